//! Time: the only place where it comes from.

// Layer 0: uses `error`, `nonce`. RFC 5849 section 3.3 asks for a positive number of seconds since
// 1970 and a nonce that is unique for it. FatSecret asks further that no timestamp be lower than one that
// it has accepted.

mod memory;
pub(crate) mod timekeeper;

use std::{
    fmt,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// The clock of a client. Implement it to set the time in tests.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use tripod::{Client, Clock, Consumer, Provider};
///
/// #[derive(Debug)]
/// struct NewYear2026;
///
/// impl Clock for NewYear2026 {
///     fn unix_seconds(&self) -> i64 {
///         1_767_225_600
///     }
///     fn monotonic(&self) -> Duration {
///         Duration::ZERO
///     }
/// }
///
/// # fn main() -> Result<(), tripod::Error> {
/// let client =
///     Client::new(Provider::fatsecret(), Consumer::new("key", "secret"))?.with_clock(NewYear2026);
/// # Ok(())
/// # }
/// ```
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// Returns the time of day in whole seconds since 1970-01-01 00:00:00 UTC. It may jump.
    fn unix_seconds(&self) -> i64;

    /// Returns the time since some fixed moment; it never decreases. The crate uses it to measure
    /// the age of request tokens, the difference to the provider's clock, how long a timestamp in flight
    /// counts, and the total time of [`Retries`](crate::Retries). A clock that stands still, as in the example,
    /// lets none of these pass.
    fn monotonic(&self) -> Duration;
}

/// The operating system's clocks.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use tripod::{Clock, SystemClock};
///
/// /// For a test: a machine whose clock is slow.
/// #[derive(Debug)]
/// struct Slow(SystemClock);
///
/// impl Clock for Slow {
///     fn unix_seconds(&self) -> i64 {
///         self.0.unix_seconds() - 90
///     }
///     fn monotonic(&self) -> Duration {
///         self.0.monotonic()
///     }
/// }
///
/// assert!(Slow(SystemClock::new()).unix_seconds() < SystemClock::new().unix_seconds());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// Creates a clock that reads the system's clocks.
    #[must_use]
    pub fn new() -> Self {
        Self { start: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn unix_seconds(&self) -> i64 {
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
            Err(before) => {
                i64::try_from(before.duration().as_secs()).map_or(i64::MIN, |seconds| -seconds)
            }
        }
    }

    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }
}
