//! The attempts of one call, or of one step: how many there were, and whether another one follows.

// Layer 3: uses `client`, `error`, `retries`. What may be repeated at all is the caller's to say.

use std::{
    future::{poll_fn, ready},
    task::Poll,
    time::Duration,
};

use crate::{
    client::Client, error::Error, retries::Retries, transport::PauseFuture, wait::is_waiting,
};

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
    pub(crate) async fn again(&mut self, error: &Error) -> Option<PauseFuture> {
        if !self.retries.is_on() {
            return None;
        }
        let (made, elapsed) = (self.made, self.elapsed());
        let pause = self.retries.pause(made, elapsed, error, || self.client.time().nonce())?;
        let timer = self.retries.timer(pause).or_else(|| self.client.transport().pause(pause));
        let timer = driven(timer).await;
        if timer.is_some() {
            crate::warning!(attempt = made, pause_ms = pause.as_millis(), %error, "retrying after a pause");
            self.made += 1;
        } else {
            crate::warning!("no retry, because there is no timer; see `Retries::with_timer`");
        }
        timer
    }
}

/// The pause, unless nobody would ever end it: in [`wait`](crate::wait) it has to be over at once, as a transport's is that
/// blocks the thread.
async fn driven(pause: Option<PauseFuture>) -> Option<PauseFuture> {
    let mut pause = pause?;
    let is_waiting = poll_fn(|context| Poll::Ready(is_waiting(context))).await;
    if !is_waiting {
        return Some(pause);
    }
    let is_over = poll_fn(|context| Poll::Ready(pause.as_mut().poll(context).is_ready())).await;
    is_over.then(|| Box::pin(ready(())) as PauseFuture)
}
