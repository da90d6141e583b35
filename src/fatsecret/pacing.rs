//! A pause between calls, for FatSecret's error 12.

// Governor counts (the GCRA algorithm, without a lock or a task of its own); Tokio waits.
// The trap: two clocks. governor is given Tokio's, so that a test that pauses time pauses both.

use std::time::Duration;

use governor::{
    Quota, RateLimiter,
    clock::{Clock, Reference},
    middleware::NoOpMiddleware,
    nanos::Nanos,
    state::{InMemoryState, NotKeyed},
};
use tokio::time::Instant;

/// Takes turns, one each pause.
#[derive(Debug)]
pub(super) struct Pace {
    limiter: RateLimiter<NotKeyed, InMemoryState, TokioClock, NoOpMiddleware<Moment>>,
    clock: TokioClock,
}

impl Pace {
    /// None for no pause at all.
    pub(super) fn new(pause: Duration) -> Option<Self> {
        let clock = TokioClock;
        let quota = Quota::with_period(pause)?;
        Some(Self { limiter: RateLimiter::direct_with_clock(quota, clock), clock })
    }

    /// Waits for the next turn and takes it.
    pub(super) async fn turn(&self) {
        while let Err(early) = self.limiter.check() {
            tokio::time::sleep(early.wait_time_from(self.clock.now())).await;
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct TokioClock;

/// A moment on Tokio's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Moment(Instant);

impl Clock for TokioClock {
    type Instant = Moment;

    fn now(&self) -> Moment {
        Moment(Instant::now())
    }
}

impl Reference for Moment {
    fn duration_since(&self, earlier: Self) -> Nanos {
        self.0.saturating_duration_since(earlier.0).into()
    }

    fn saturating_sub(&self, duration: Nanos) -> Self {
        Self(self.0.checked_sub(duration.into()).unwrap_or(self.0))
    }
}

impl std::ops::Add<Nanos> for Moment {
    type Output = Self;

    fn add(self, duration: Nanos) -> Self {
        Self(self.0 + Duration::from(duration))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn turns_are_a_pause_apart() {
        let pace = Pace::new(Duration::from_millis(400)).unwrap();
        let start = Instant::now();
        let mut at = Vec::new();
        for _ in 0..4 {
            pace.turn().await;
            at.push(start.elapsed().as_millis());
        }
        assert_eq!(at[0], 0);
        for pair in at.windows(2) {
            // Tokio's timers have a grain of a millisecond.
            assert!((400..=402).contains(&(pair[1] - pair[0])), "{at:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_caller_does_not_wait() {
        let pace = Pace::new(Duration::from_millis(400)).unwrap();
        pace.turn().await;
        tokio::time::advance(Duration::from_secs(5)).await;
        let before = Instant::now();
        pace.turn().await;
        assert_eq!(before.elapsed(), Duration::ZERO);
    }

    #[test]
    fn no_pause_is_no_pace() {
        assert!(Pace::new(Duration::ZERO).is_none());
    }
}
