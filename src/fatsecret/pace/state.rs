//! The lines of all users, the application's budget and its cool-down.

// The trap: as many users as come, and the memory of a fixed number. A line that is idle says nothing and
// is removed; beyond the limit several users share a line, which only makes them slower.

use std::{collections::HashMap, task::Waker, time::Duration};

use tokio::time::Instant;

use super::{
    lane::{Lane, Place, remaining},
    settings::Settings,
    window::Window,
};
use crate::error::{Error, groups::PaceError, stage::Stage};

/// Lines of users of their own.
pub(super) const MOST_LANES: usize = 4_096;
/// Lines that others share when there are so many.
const SHARED_LANES: u64 = 64;
/// Looking for idle lines costs time, so it is not done for each call.
const SWEEP_EVERY: Duration = Duration::from_secs(1);

/// What came of asking for a turn.
pub(super) enum Attempt {
    /// It is the caller's turn, or there will be none.
    Over(Result<(), Error>),
    /// The caller has a place in the line, and looks again then or when it is woken.
    At(Instant),
}

#[derive(Debug, Default)]
pub(super) struct State {
    lanes: HashMap<u64, Lane>,
    sweep_at: usize,
    swept: Option<Instant>,
    tickets: u64,
    cool_until: Option<Instant>,
    spent: Window,
}

impl State {
    /// Gives a caller its turn, an error, or a place in the line of `user`. Adds those who have to be woken.
    pub(super) fn attempt(
        &mut self,
        settings: &Settings,
        user: u64,
        place: &mut Option<Place>,
        waker: &Waker,
        woken: &mut Vec<Waker>,
    ) -> Attempt {
        let now = Instant::now();
        let key = place.map_or_else(|| self.lane_of(user, settings, now), |place| place.lane);
        let is_cooling = self.lanes.get(&key).and_then(|lane| lane.cooling(now));
        if let Some(error) = self.refusal(settings, is_cooling, now) {
            woken.extend(self.leave(place));
            return Attempt::Over(Err(error));
        }
        let lane = self.lanes.entry(key).or_default();
        let at = lane.turn_at(settings, place.map(|place| place.ticket), now);
        if at > now {
            let ticket = place.get_or_insert_with(|| {
                self.tickets += 1;
                Place { lane: key, ticket: self.tickets }
            });
            lane.wait(ticket.ticket, waker);
            return Attempt::At(at);
        }
        lane.record(settings, now);
        woken.extend(self.leave(place));
        if let Some(limit) = settings.budget() {
            self.spent.record(limit, now);
            if self.spent.free_at(limit, now) > now {
                // It was the last one: nobody has to wait for their turn to hear that.
                woken.extend(self.lanes.values().flat_map(Lane::everybody));
            }
        }
        Attempt::Over(Ok(()))
    }

    /// Takes a caller out of its line. Gives whoever is to be woken.
    pub(super) fn leave(&mut self, place: &mut Option<Place>) -> Option<Waker> {
        let place = place.take()?;
        self.lanes.get_mut(&place.lane)?.leave(place.ticket)
    }

    /// Begins a user's cool-down. Gives those who wait.
    pub(super) fn cool_user(&mut self, settings: &Settings, user: u64) -> Vec<Waker> {
        let now = Instant::now();
        let key = self.lane_of(user, settings, now);
        let lane = self.lanes.entry(key).or_default();
        lane.cool(now + settings.user_cool_down).collect()
    }

    /// Begins the application's cool-down. Gives those who wait.
    pub(super) fn cool_application(&mut self, settings: &Settings) -> Vec<Waker> {
        let until = Instant::now() + settings.application_cool_down;
        self.cool_until = self.cool_until.max(Some(until));
        self.lanes.values().flat_map(Lane::everybody).collect()
    }

    /// Why nobody of this line may call now, not even later in this call.
    fn refusal(&self, settings: &Settings, user: Option<Duration>, now: Instant) -> Option<Error> {
        let application = remaining(self.cool_until, now);
        let spent = settings
            .budget()
            .and_then(|limit| remaining(Some(self.spent.free_at(limit, now)), now));
        let (kind, left) = [
            (PaceError::ApplicationCoolDown, application),
            (PaceError::UserCoolDown, user),
            (PaceError::BudgetSpent, spent),
        ]
        .into_iter()
        .filter_map(|(kind, left)| Some((kind, left?)))
        // The one that lasts longest: before that, another try would end in the same way.
        .max_by_key(|(_, left)| *left)?;
        Some(Error::new(Stage::Resource, kind).with_retry_after(Some(left)))
    }

    /// The line of a user: one of their own, or one that they share.
    fn lane_of(&mut self, user: u64, settings: &Settings, now: Instant) -> u64 {
        if self.lanes.contains_key(&user) {
            return user;
        }
        let is_due = self.swept.is_none_or(|swept| swept + SWEEP_EVERY <= now);
        if self.lanes.len() >= self.sweep_at.max(64) && is_due {
            self.lanes.retain(|_, lane| !lane.is_idle(settings, now));
            self.sweep_at = (2 * self.lanes.len()).min(MOST_LANES);
            self.swept = Some(now);
        }
        if self.lanes.len() < MOST_LANES { user } else { user % SHARED_LANES }
    }

    #[cfg(test)]
    pub(super) fn lanes(&self) -> usize {
        self.lanes.len()
    }
}
