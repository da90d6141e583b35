//! What strangers can make this program keep or wait for, and how much of it.
//!
//! Both limits are for the whole process, not for one address: behind a proxy all requests have the
//! same address. So a flood keeps other people from logging in while it lasts, but it cannot fill the
//! store, and those who are logged in do not notice it. A limit for each address belongs into the proxy
//! in front, which knows the addresses.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// How many requests may wait at the same time for a login that another request is finishing.
pub(crate) const WAITING: usize = 64;

/// Counts the logins that began in a span of time.
///
/// Each login puts an entry into the store, which stays there for that time: also if nobody comes back
/// from the provider, and also after somebody did, as the mark that the ticket was used.
pub(crate) struct Logins {
    most: usize,
    span: Duration,
    begun: Mutex<VecDeque<Instant>>,
}

impl Logins {
    pub(crate) fn new(most: usize, span: Duration) -> Self {
        Self { most, span, begun: Mutex::default() }
    }

    /// Counts one more login. Returns `false` if there are too many already.
    pub(crate) fn begin(&self) -> bool {
        let now = Instant::now();
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        while begun.front().is_some_and(|first| now.duration_since(*first) >= self.span) {
            begun.pop_front();
        }
        let admitted = begun.len() < self.most;
        if admitted {
            begun.push_back(now);
        }
        admitted
    }

    /// Takes back the last count: that login failed before the store had an entry.
    pub(crate) fn failed(&self) {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner).pop_back();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_counts_until_its_time_is_over() {
        let logins = Logins::new(2, Duration::MAX);
        assert_eq!([logins.begin(), logins.begin(), logins.begin()], [true, true, false]);
        logins.failed();
        assert_eq!([logins.begin(), logins.begin()], [true, false]);

        let over_at_once = Logins::new(1, Duration::ZERO);
        assert_eq!([over_at_once.begin(), over_at_once.begin()], [true, true]);
    }
}
