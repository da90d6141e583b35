//! What the clones of a pace have in common, behind a lock.

use std::{
    hash::{BuildHasher as _, RandomState},
    sync::{Mutex, MutexGuard, PoisonError},
    task::Waker,
    time::Duration,
};

use super::{
    lane::Place,
    settings::Settings,
    state::{Attempt, State},
};

#[derive(Default)]
pub(super) struct Shared {
    settings: Settings,
    users: RandomState,
    state: Mutex<State>,
}

/// Which user a call counts against: a keyed hash of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct UserKey(u64);

impl Shared {
    pub(super) fn new(settings: Settings) -> Self {
        Self { settings, ..Self::default() }
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Whose calls they are: of the user with that token, or of nobody.
    pub(super) fn user(&self, token: Option<&str>) -> UserKey {
        let user = token.filter(|_| !self.settings.per_application);
        UserKey(self.users.hash_one(user))
    }

    /// Gives a caller its turn, an error, or a place in the line.
    pub(super) fn attempt(
        &self,
        user: UserKey,
        place: &mut Option<Place>,
        waker: &Waker,
    ) -> Attempt {
        let mut woken = Vec::new();
        let attempt = self.state().attempt(&self.settings, user.0, place, waker, &mut woken);
        wake(woken);
        attempt
    }

    /// Takes a caller out of its line.
    pub(super) fn leave(&self, place: &mut Option<Place>) {
        if place.is_some() {
            let woken = self.state().leave(place);
            wake(woken);
        }
    }

    /// Begins a user's cool-down. Gives its length.
    pub(super) fn cool_user(&self, user: UserKey) -> Duration {
        let woken = self.state().cool_user(&self.settings, user.0);
        wake(woken);
        self.settings.user_cool_down
    }

    /// Begins everybody's cool-down. Gives its length.
    pub(super) fn cool_application(&self) -> Duration {
        let woken = self.state().cool_application(&self.settings);
        wake(woken);
        self.settings.application_cool_down
    }

    /// Of users and how many of them wait nothing can be half done, so a thread that panicked with the
    /// lock is no reason to give up.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub(super) fn lanes(&self) -> usize {
        self.state().lanes()
    }
}

/// Not while the state is locked: a waker is foreign code.
fn wake(wakers: impl IntoIterator<Item = Waker>) {
    wakers.into_iter().for_each(Waker::wake);
}
