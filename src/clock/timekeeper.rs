//! The time that one client signs with.

// The trap: a clock that jumps. After a refused timestamp the provider's own time is kept as an anchor on
// the *monotonic* clock, so that a later correction of the system's clock is not added to it.

use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use super::{
    Clock, SystemClock,
    memory::{Clocks, Lesson, Memory, Signed},
};
use crate::{
    error::{Error, groups::SigningError, kind::ErrorKind},
    nonce::{Nonce, NonceSource},
};

/// A timestamp and a nonce: what makes one signed request different from the next.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) timestamp: u64,
    pub(crate) nonce: Nonce,
}

/// The clock and nonces of one client.
///
/// A timestamp binds later ones while its request may be in flight, and after that if a reply shows that
/// the provider accepted it. An accepted one binds until a later request is refused for its timestamp.
pub(crate) struct Timekeeper {
    clock: Arc<dyn Clock>,
    nonces: Arc<dyn NonceSource>,
    /// The timestamp that was given out last.
    last: AtomicU64,
    /// The second in which it was last noted that a request left whose end nobody will tell. Threads only
    /// write these two when a new second begins, so that they do not fight for the cache line.
    noted: AtomicU64,
    /// The provider's Unix time in milliseconds less the monotonic time, once it has been learnt. Written
    /// by whoever has locked `memory`.
    anchor: AtomicI64,
    memory: Mutex<Memory>,
}

const NO_ANCHOR: i64 = i64::MIN;

/// 2001-01-01 up to 2200-01-01, in Unix seconds. A time outside is not believed.
const PLAUSIBLE: std::ops::Range<u64> = 978_307_200..7_258_118_400;

impl Timekeeper {
    pub(crate) fn new(clock: Arc<dyn Clock>, nonces: Arc<dyn NonceSource>) -> Self {
        Self {
            clock,
            nonces,
            last: AtomicU64::new(0),
            noted: AtomicU64::new(0),
            anchor: AtomicI64::new(NO_ANCHOR),
            memory: Mutex::default(),
        }
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

    /// A fresh timestamp and nonce for a request whose end nobody will tell. It may be in flight for
    /// `limit`.
    pub(crate) fn moment(&self, limit: Duration) -> Result<Moment, Error> {
        let now = seconds(self.now())?;
        let is_noted =
            self.last.load(Ordering::Relaxed) == now && self.noted.load(Ordering::Relaxed) == now;
        let timestamp = if is_noted {
            now
        } else {
            // Others follow in the same second without a lock.
            let limit = limit.saturating_add(Duration::from_secs(1));
            let timestamp = self.give(now, limit, false).timestamp;
            if timestamp == now {
                self.noted.store(now, Ordering::Relaxed);
            }
            timestamp
        };
        Ok(Moment { timestamp, nonce: self.nonces.nonce() })
    }

    /// A nonce alone, for whatever else is left to chance.
    pub(crate) fn nonce(&self) -> Nonce {
        self.nonces.nonce()
    }

    /// A fresh timestamp and nonce for a request whose end the [`Flight`] is told.
    pub(crate) fn depart(self: &Arc<Self>, limit: Duration) -> Result<(Moment, Flight), Error> {
        let signed = self.give(seconds(self.now())?, limit, true);
        let moment = Moment { timestamp: signed.timestamp, nonce: self.nonces.nonce() };
        Ok((moment, Flight { time: Arc::clone(self), signed, has_ended: false }))
    }

    fn give(&self, now: u64, limit: Duration, is_told: bool) -> Signed {
        let monotonic = self.monotonic();
        let mut memory = self.memory();
        let signed = memory.give(now, monotonic, limit, is_told);
        self.last.store(signed.timestamp, Ordering::Relaxed);
        signed
    }

    /// Never held while anything of the caller's runs, such as its clock.
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time of day by this machine's clock, also where the provider's has been learnt: another
    /// process, which has not, is to understand it.
    pub(crate) fn unix_seconds(&self) -> Result<u64, Error> {
        seconds(self.clock.unix_seconds())
    }

    /// The time of day as the provider's clock has it, if that has been learnt.
    #[cfg(feature = "hmac-sha2")]
    pub(crate) fn provider_seconds(&self) -> Result<u64, Error> {
        seconds(self.now())
    }

    fn now(&self) -> i64 {
        self.learnt().unwrap_or_else(|| self.clock.unix_seconds())
    }

    /// The provider's time, if it has been learnt.
    fn learnt(&self) -> Option<i64> {
        self.anchored().map(|anchor| anchor.saturating_add(self.millis()).div_euclid(1000))
    }

    fn anchored(&self) -> Option<i64> {
        Some(self.anchor.load(Ordering::Relaxed)).filter(|anchor| *anchor != NO_ANCHOR)
    }

    /// Returns whether the provider's time is so far from the timestamps of this client that it refuses them.
    pub(crate) fn is_far_from(&self, provider_seconds: u64) -> bool {
        /// Two minutes; the windows of providers are five or more.
        const FAR: u64 = 120;

        let now = u64::try_from(self.now()).unwrap_or(0);
        now.max(self.last.load(Ordering::Relaxed)).abs_diff(provider_seconds) > FAR
    }

    fn learn(&self, signed: Signed, date: Option<u64>) -> bool {
        let (local, monotonic, millis) =
            (self.clock.unix_seconds(), self.monotonic(), self.millis());
        let mut memory = self.memory();
        let learnt = self.anchored().map(|anchor| anchor.saturating_add(millis).div_euclid(1000));
        let clocks = Clocks { local, learnt, monotonic };
        let date = date.filter(|date| PLAUSIBLE.contains(date));
        let lesson = memory.refused(signed, date, clocks);
        match lesson {
            Lesson::Learn(date) => {
                let date = i64::try_from(date).unwrap_or(0).saturating_mul(1000);
                self.anchor.store(date.saturating_sub(millis), Ordering::Relaxed);
            }
            Lesson::Forget => self.anchor.store(NO_ANCHOR, Ordering::Relaxed),
            Lesson::Keep | Lesson::Nothing => {}
        }
        lesson != Lesson::Nothing
    }

    pub(crate) fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }

    fn millis(&self) -> i64 {
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

/// A request under way. One that is dropped may still reach the provider.
#[derive(Debug)]
#[must_use = "its end has to be told"]
pub(crate) struct Flight {
    time: Arc<Timekeeper>,
    signed: Signed,
    has_ended: bool,
}

impl Flight {
    /// The reply shows that the provider accepted the timestamp.
    pub(crate) fn accepted(mut self) {
        self.has_ended = true;
        self.time.memory().accepted(self.signed);
    }

    /// The request could not be signed, and so binds no later timestamp. Gives the error back.
    pub(crate) fn unsigned(self, error: Error) -> Error {
        self.ended();
        error
    }

    /// There is a reply, which says nothing about the timestamp; or the request never left.
    pub(crate) fn ended(mut self) {
        self.has_ended = true;
        let monotonic = self.time.monotonic();
        self.time.memory().ended(self.signed, monotonic);
    }

    /// The provider refused the timestamp; `date` is what its reply says of the time. Gives whether it may
    /// accept another.
    pub(crate) fn refused(mut self, date: Option<u64>) -> bool {
        self.has_ended = true;
        self.time.learn(self.signed, date)
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        if !self.has_ended {
            self.time.memory().lost(self.signed);
        }
    }
}

#[cfg(test)]
mod tests;
