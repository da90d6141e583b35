//! The attempts of one call, or of one step: how many there were, and whether another one follows.

// Layer 3: uses `client`, `error`, `retries`. What may be repeated at all is the caller's to say.

use std::time::Duration;

use crate::{client::Client, error::Error, retries::Retries, transport::PauseFuture};

/// The attempts so far, by a policy.
pub(crate) struct Attempts<'a> {
    retries: &'a Retries,
    client: &'a Client,
    begun: Duration,
    made: u32,
}

impl<'a> Attempts<'a> {
    pub(crate) fn new(retries: &'a Retries, client: &'a Client) -> Self {
        // Without a policy nobody asks for the time.
        let begun = if retries.is_on() { client.time().monotonic() } else { Duration::ZERO };
        Self { retries, client, begun, made: 1 }
    }

    fn elapsed(&self) -> Duration {
        self.client.time().monotonic().saturating_sub(self.begun)
    }

    /// What is left of the total time, if there is a policy.
    pub(crate) fn time_left(&self) -> Option<Duration> {
        self.retries.is_on().then(|| self.retries.time_left(self.elapsed()))
    }

    /// The pause before the next attempt, if there is to be one.
    pub(crate) fn again(&mut self, error: &Error) -> Option<PauseFuture> {
        if !self.retries.is_on() {
            return None;
        }
        let (made, elapsed) = (self.made, self.elapsed());
        let pause = self.retries.pause(made, elapsed, error, || self.client.time().nonce())?;
        let timer = self.retries.timer(pause).or_else(|| self.client.transport().pause(pause));
        if timer.is_some() {
            crate::warning!(attempt = made, pause_ms = pause.as_millis(), %error, "retrying after a pause");
            self.made += 1;
        } else {
            crate::warning!("no retry, because there is no timer; see `Retries::with_timer`");
        }
        timer
    }
}
