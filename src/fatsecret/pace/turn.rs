//! Waiting for a turn.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::{
    runtime::Handle,
    time::{Sleep, sleep_until},
};

use super::{
    lane::Place,
    shared::{Shared, UserKey},
    state::Attempt,
};
use crate::error::{Error, groups::UnsupportedError, stage::Stage};

/// Waits for the turn of one call of one user. Dropping it gives the place back.
#[must_use = "futures do nothing unless polled"]
pub(in crate::fatsecret) struct Turn<'a> {
    shared: &'a Shared,
    user: UserKey,
    place: Option<Place>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl<'a> Turn<'a> {
    pub(super) fn new(shared: &'a Shared, user: UserKey) -> Self {
        Self { shared, user, place: None, timer: None }
    }
}

impl Future for Turn<'_> {
    type Output = Result<(), Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        loop {
            let at = match this.shared.attempt(this.user, &mut this.place, context.waker()) {
                Attempt::Over(outcome) => return Poll::Ready(outcome),
                Attempt::At(at) => at,
            };
            if Handle::try_current().is_err() {
                return Poll::Ready(Err(Error::new(Stage::Resource, UnsupportedError::NoRuntime)));
            }
            let timer = this.timer.get_or_insert_with(|| Box::pin(sleep_until(at)));
            if timer.deadline() != at {
                timer.as_mut().reset(at);
            }
            ready!(timer.as_mut().poll(context));
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.shared.leave(&mut self.place);
    }
}
