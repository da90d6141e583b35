//! Time: the only place where it comes from.
//!
//! Floor 0: uses `error`, `nonce`. RFC 5849 section 3.3 asks for a positive number of seconds since
//! 1970 and a nonce that is unique for it. FatSecret asks further that no timestamp be lower than an earlier
//! one. The trap: a clock that jumps. After a refused timestamp the provider's own time is kept as
//! an anchor on the *monotonic* clock, so that a later correction of the system's clock is not
//! added to it.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use crate::{
    error::{Error, ErrorKind, SigningError},
    nonce::{Nonce, NonceSource},
};

/// Where a client reads the time. Implement it to inject a clock in tests.
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
    /// The time of day in whole seconds since 1970-01-01 00:00:00 UTC; it may jump.
    fn unix_seconds(&self) -> i64;

    /// The time since some fixed moment; it never goes back. Ages of request tokens and the
    /// provider's clock are measured on it.
    fn monotonic(&self) -> Duration;
}

/// The operating system's clocks.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// Reads the system's clocks from now on.
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

/// A timestamp and a nonce: what makes one signed request different from the next.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) timestamp: u64,
    pub(crate) nonce: Nonce,
}

/// The clock and nonces of one client, with the promise that its timestamps never go back.
pub(crate) struct Timekeeper {
    clock: Arc<dyn Clock>,
    nonces: Arc<dyn NonceSource>,
    /// The highest timestamp given out. Threads only write it when a new second begins, so that
    /// they do not fight for the cache line.
    last: AtomicU64,
    /// The provider's Unix time in milliseconds less the monotonic time, once it has been learnt.
    anchor: AtomicI64,
}

const NO_ANCHOR: i64 = i64::MIN;

/// Two minutes: a timestamp this near to the provider's time may have been accepted.
const NEAR: u64 = 120;

/// 2001-01-01 up to 2200-01-01, in Unix seconds.
const PLAUSIBLE: std::ops::Range<u64> = 978_307_200..7_258_118_400;

impl Timekeeper {
    pub(crate) fn new(clock: Arc<dyn Clock>, nonces: Arc<dyn NonceSource>) -> Self {
        Self { clock, nonces, last: AtomicU64::new(0), anchor: AtomicI64::new(NO_ANCHOR) }
    }

    pub(crate) fn system() -> Self {
        Self::new(Arc::new(SystemClock::new()), Arc::new(Nonce::random))
    }

    pub(crate) fn with_clock(&self, clock: Arc<dyn Clock>) -> Self {
        Self::new(clock, Arc::clone(&self.nonces))
    }

    pub(crate) fn with_nonces(&self, nonces: Arc<dyn NonceSource>) -> Self {
        Self::new(Arc::clone(&self.clock), nonces)
    }

    /// A fresh nonce, and a timestamp not lower than any given out before.
    pub(crate) fn moment(&self) -> Result<Moment, Error> {
        let now = seconds(self.now())?;
        let last = self.last.load(Ordering::Relaxed);
        let timestamp =
            if now <= last { last } else { self.last.fetch_max(now, Ordering::Relaxed).max(now) };
        Ok(Moment { timestamp, nonce: self.nonces.nonce() })
    }

    /// The time of day by this machine's clock, also where the provider's has been learnt: another
    /// process, which has not, is to understand it.
    #[cfg(feature = "vault")]
    pub(crate) fn unix_seconds(&self) -> Result<u64, Error> {
        seconds(self.clock.unix_seconds())
    }

    fn now(&self) -> i64 {
        match self.anchor.load(Ordering::Relaxed) {
            NO_ANCHOR => self.clock.unix_seconds(),
            anchor => anchor.saturating_add(self.monotonic_millis()).div_euclid(1000),
        }
    }

    /// Takes over the provider's time after it refused a timestamp.
    ///
    /// Not if the two agree, as far as whole seconds tell: then another process with the same
    /// consumer key signed later and was heard first, and the provider's time, which is cut to the
    /// second, would put this one behind for good.
    ///
    /// A local clock that was far ahead makes this the one case in which a timestamp may be lower than
    /// an earlier one: the provider has just said that it does not accept such ones.
    /// A time outside 2001 to 2199 is not believed. Gives whether this one was.
    pub(crate) fn learn(&self, provider_seconds: u64) -> bool {
        if !PLAUSIBLE.contains(&provider_seconds) {
            return false;
        }
        // A clock that is ahead by less is within providers' windows, so that earlier requests may
        // have been accepted: then timestamps stand still until the provider's time has come.
        if self.last.load(Ordering::Relaxed).saturating_sub(provider_seconds) > NEAR {
            self.last.fetch_min(provider_seconds, Ordering::Relaxed);
        }
        let ahead =
            u64::try_from(self.now()).ok().and_then(|now| now.checked_sub(provider_seconds));
        if matches!(ahead, Some(0 | 1)) {
            return true;
        }
        let millis = i64::try_from(provider_seconds).unwrap_or(0).saturating_mul(1000);
        self.anchor.store(millis.saturating_sub(self.monotonic_millis()), Ordering::Relaxed);
        true
    }

    pub(crate) fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }

    fn monotonic_millis(&self) -> i64 {
        i64::try_from(self.clock.monotonic().as_millis()).unwrap_or(i64::MAX)
    }
}

fn seconds(now: i64) -> Result<u64, Error> {
    u64::try_from(now)
        .ok()
        .filter(|seconds| *seconds > 0)
        .ok_or_else(|| Error::setup(ErrorKind::Signing(SigningError::ClockBeforeEpoch)))
}

impl fmt::Debug for Timekeeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timekeeper").field("clock", &self.clock).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[derive(Debug, Default)]
    struct Hands {
        unix: AtomicI64,
        monotonic: AtomicU64,
    }

    impl Clock for Arc<Hands> {
        fn unix_seconds(&self) -> i64 {
            self.unix.load(Ordering::SeqCst)
        }
        fn monotonic(&self) -> Duration {
            Duration::from_secs(self.monotonic.load(Ordering::SeqCst))
        }
    }

    fn at(unix: i64) -> (Arc<Hands>, Timekeeper) {
        let hands = Arc::new(Hands::default());
        hands.unix.store(unix, Ordering::SeqCst);
        let keeper = Timekeeper::new(Arc::new(Arc::clone(&hands)), Arc::new(Nonce::random));
        (hands, keeper)
    }

    #[track_caller]
    fn check(keeper: &Timekeeper, expected: u64) {
        assert_eq!(keeper.moment().unwrap().timestamp, expected);
    }

    // checklist 23
    #[test]
    fn a_clock_at_or_before_1970_is_an_error() {
        for unix in [0, -1, i64::MIN] {
            let (_, keeper) = at(unix);
            assert_eq!(
                *keeper.moment().unwrap_err().kind(),
                ErrorKind::Signing(SigningError::ClockBeforeEpoch)
            );
        }
    }

    #[test]
    fn timestamps_never_go_back_when_the_clock_does() {
        let (hands, keeper) = at(1000);
        check(&keeper, 1000);
        hands.unix.store(900, Ordering::SeqCst);
        check(&keeper, 1000);
        hands.unix.store(1001, Ordering::SeqCst);
        check(&keeper, 1001);
    }

    #[test]
    fn a_learnt_time_runs_on_the_monotonic_clock() {
        let (hands, keeper) = at(1_700_000_000);
        check(&keeper, 1_700_000_000);
        assert!(keeper.learn(1_700_007_200));
        hands.monotonic.store(5, Ordering::SeqCst);
        // The system's clock is put right meanwhile; that must not be added.
        hands.unix.store(1_700_007_205, Ordering::SeqCst);
        check(&keeper, 1_700_007_205);
    }

    #[test]
    fn a_clock_that_was_ahead_is_brought_back_by_the_provider() {
        let (_, keeper) = at(1_700_007_200);
        check(&keeper, 1_700_007_200);
        assert!(keeper.learn(1_700_000_000));
        check(&keeper, 1_700_000_000);
    }

    #[test]
    fn a_clock_that_was_ahead_a_little_stands_still() {
        let (hands, keeper) = at(1_700_000_060);
        check(&keeper, 1_700_000_060);
        keeper.learn(1_700_000_000);
        check(&keeper, 1_700_000_060);
        hands.monotonic.store(61, Ordering::SeqCst);
        check(&keeper, 1_700_000_061);
    }

    #[test]
    fn a_clock_that_is_right_is_left_alone() {
        for provider in [1_700_000_000, 1_699_999_999] {
            let (hands, keeper) = at(1_700_000_000);
            assert!(keeper.learn(provider));
            // The next second begins a moment later, and not a whole second after the refusal.
            hands.unix.store(1_700_000_001, Ordering::SeqCst);
            check(&keeper, 1_700_000_001);
        }
        // Behind by what may be less than a second: the retry must not be as old again.
        let (_, keeper) = at(1_700_000_000);
        assert!(keeper.learn(1_700_000_001));
        check(&keeper, 1_700_000_001);
    }

    #[test]
    fn a_clock_that_was_far_ahead_and_was_set_right_is_believed_again() {
        let (hands, keeper) = at(1_700_003_600);
        check(&keeper, 1_700_003_600);
        hands.unix.store(1_700_000_000, Ordering::SeqCst);
        check(&keeper, 1_700_003_600);
        assert!(keeper.learn(1_700_000_000));
        check(&keeper, 1_700_000_000);
    }

    #[cfg(feature = "vault")]
    #[test]
    fn the_time_of_day_is_this_machines_own_whatever_was_learnt() {
        let (_, keeper) = at(1_700_003_600);
        assert!(keeper.learn(1_700_000_000));
        check(&keeper, 1_700_000_000);
        assert_eq!(keeper.unix_seconds().unwrap(), 1_700_003_600);
    }

    #[test]
    fn absurd_provider_times_are_not_believed() {
        let (_, keeper) = at(1_700_000_000);
        for absurd in [0, 1, 978_307_199, 7_258_118_400, u64::MAX] {
            assert!(!keeper.learn(absurd));
            check(&keeper, 1_700_000_000);
        }
    }

    #[test]
    fn threads_see_timestamps_that_only_rise() {
        let (hands, keeper) = at(1_000);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let mut last = 0;
                    for _ in 0..10_000 {
                        let now = keeper.moment().unwrap().timestamp;
                        assert!(now >= last, "{now} after {last}");
                        last = now;
                    }
                });
            }
            scope.spawn(|| {
                for step in 0..10_000_i64 {
                    hands.unix.store(1_000 + step - (step % 7) * 3, Ordering::SeqCst);
                    if step % 7 == 0 {
                        thread::yield_now();
                    }
                }
                hands.unix.store(20_000, Ordering::SeqCst);
            });
        });
    }
}
