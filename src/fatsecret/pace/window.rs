//! How many calls began in the last minute, or day.

// The trap: a window is kept for each user, and its settings come from the caller, so it must not grow with
// the number of calls that it allows.

use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;

/// At most so many calls in any period of that length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limit {
    pub(super) calls: u32,
    pub(super) period: Duration,
}

/// A period is divided so finely, which bounds what is kept. A call counts for a hundredth of the
/// period too long at most.
const GRAINS: u32 = 100;

/// The calls that count against a [`Limit`].
#[derive(Debug, Default)]
pub(super) struct Window {
    grains: VecDeque<Grain>,
}

/// Calls that began at about the same time.
#[derive(Debug)]
struct Grain {
    first: Instant,
    last: Instant,
    calls: u32,
}

impl Window {
    /// When the limit has room for one more call: `now`, or later.
    pub(super) fn free_at(&self, limit: Limit, now: Instant) -> Instant {
        if limit.calls == 0 {
            return now + limit.period;
        }
        let mut counted: u64 = self.grains.iter().map(|grain| u64::from(grain.calls)).sum();
        let mut free = now;
        for grain in &self.grains {
            if counted < u64::from(limit.calls) {
                break;
            }
            counted -= u64::from(grain.calls);
            free = free.max(grain.last + limit.period);
        }
        free
    }

    /// Counts a call that begins `now`.
    pub(super) fn record(&mut self, limit: Limit, now: Instant) {
        self.forget(limit, now);
        match self.grains.back_mut() {
            Some(grain) if now.duration_since(grain.first) < limit.period / GRAINS => {
                grain.last = now;
                grain.calls = grain.calls.saturating_add(1);
            }
            _ => self.grains.push_back(Grain { first: now, last: now, calls: 1 }),
        }
    }

    /// Whether no call counts any more.
    pub(super) fn is_empty(&self, limit: Limit, now: Instant) -> bool {
        self.grains.back().is_none_or(|grain| grain.last + limit.period <= now)
    }

    fn forget(&mut self, limit: Limit, now: Instant) {
        while self.grains.front().is_some_and(|grain| grain.last + limit.period <= now) {
            self.grains.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Limit = Limit { calls: 3, period: Duration::from_secs(60) };

    /// Counts calls at these seconds, and gives when the next one fits.
    #[track_caller]
    fn check(calls: &[u64], now: u64, free_at: u64) {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut window = Window::default();
        for call in calls {
            window.record(LIMIT, at(*call));
        }
        assert_eq!(window.free_at(LIMIT, at(now)), at(free_at), "{calls:?}");
    }

    #[test]
    fn a_call_fits_when_enough_of_the_others_have_left() {
        check(&[], 5, 5);
        check(&[0, 1], 1, 1);
        check(&[0, 1, 2], 2, 60);
        check(&[0, 1, 2], 60, 60);
        check(&[0, 1, 2, 60], 60, 61);
        // More than are allowed, as after a change of the clock: nobody is let in too early.
        check(&[0, 10, 20, 30], 30, 70);
    }

    #[test]
    fn what_is_kept_does_not_grow_with_the_limit() {
        let limit = Limit { calls: 1_000_000, period: Duration::from_secs(100) };
        let start = Instant::now();
        let mut window = Window::default();
        for milliseconds in 0..200_000 {
            let now = start + Duration::from_millis(milliseconds);
            assert_eq!(window.free_at(limit, now), now);
            window.record(limit, now);
        }
        assert!(window.grains.len() <= 101, "{}", window.grains.len());
        // Calls that are counted together leave together, with the last of them.
        let counted: u32 = window.grains.iter().map(|grain| grain.calls).sum();
        assert!((100_000..=101_000).contains(&counted), "{counted}");
        let end = start + Duration::from_secs(199);
        assert!(!window.is_empty(limit, end));
        assert!(window.is_empty(limit, end + Duration::from_secs(101)));
    }
}
