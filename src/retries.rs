//! Retries: which failed calls are made again, how often, and after which pause.

// Layer 3: uses `error`, `nonce`, `transport`. The loop is in `exchange`; here are the decisions. The trap: a
// write that is sent twice. Whether a call may be repeated is the call's to say, not the policy's.

use std::{fmt, sync::Arc, time::Duration};

use crate::{
    error::{Error, kind::ErrorKind},
    nonce::Nonce,
    transport::PauseFuture,
};

type Judge = dyn Fn(&Error) -> bool + Send + Sync;
type Timer = dyn Fn(Duration) -> PauseFuture + Send + Sync;

/// Decides which failed calls a client makes again, how often, and after which pause.
///
/// Retries are off by default. Switch them on with
/// [`Client::with_retries`](crate::Client::with_retries):
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use tripod::{Client, Consumer, Provider, Retries};
///
/// let client = Client::new(Provider::fatsecret(), Consumer::new("key", "secret"))?
///     .with_retries(Retries::standard());
/// # Ok(())
/// # }
/// ```
///
/// A call is retried if its error [is retryable](Error::is_retryable): failures of the network, the statuses 408, 429,
/// 500, 502, 503 and 504, and what the provider says in its own words or codes, such as FatSecret's code 12. A call that
/// a FatSecret `Pace` holds back during a cool-down is retried as well. Each attempt is signed again, with a new nonce and timestamp. If
/// no attempt succeeds, you get the result of the last one.
///
/// # What is never sent twice
///
/// - A write is repeated only if the provider cannot have carried it out: no connection was made, or the
///   provider refused (429 or 503, for example). See [`Error::may_have_happened`]. Every method counts as a
///   write except `GET`, `HEAD`, `OPTIONS` and `TRACE`. `PUT` and `DELETE` count too, although RFC 9110 section
///   9.2.2 calls them idempotent: a repeated `PUT` can overwrite what somebody else has written in between, and
///   a repeated `DELETE` reports that there is nothing to delete, although the first one succeeded.
/// - The exchange of a request token is treated as a write, because it uses up the request token. Three things repeat it
///   even if the provider may have carried it out, because a flow that was exchanged unseen is of no use: `finish` of a
///   vault, [`step`](Self::step), and the loopback login where the client has no policy of its own. The call for a
///   request token can always be repeated: a request token that nobody received does no harm.
/// - [Renewal](crate::Flow::renew) and [revocation](crate::Flow::revoke) of an access token are treated as writes, whatever
///   their method: the provider may have replaced the token, or removed it, so that a second call would be refused.
/// - A streamed body is never sent again. A reply that is streamed is asked for again until its body begins, and not after
///   that.
///
/// The first retry after a refused timestamp or nonce happens without this policy, and does not count as one of
/// its attempts. If the provider refuses the corrected timestamp as well, or its reply does not tell its time, this
/// policy decides: a program on several machines gets this error when another machine's request is faster.
///
/// # Pauses
///
/// The longest possible pause doubles each time, up to a limit. The actual pause is random, between half of it and
/// all of it: many clients that failed at the same moment should not all try again at the same moment. It is never
/// shorter than the provider's `Retry-After`. If the pause would end after the total time,
/// the call fails at once, and [`Error::retry_after`] tells you how long the provider wants you to wait.
///
/// Waiting needs a timer. With the features `reqwest` and `tower`, it is Tokio's timer. `UreqTransport` puts
/// the thread to sleep. Otherwise, implement [`Transport::pause`](crate::transport::Transport::pause), or
/// use [`with_timer`](Self::with_timer). Without a timer there are no retries.
///
/// # Cancel safety
///
/// If you drop the future during a pause, nothing more is sent.
#[derive(Clone)]
pub struct Retries {
    attempts: u32,
    first_pause: Duration,
    longest_pause: Duration,
    total_time: Duration,
    only: Option<Arc<Judge>>,
    timer: Option<Arc<Timer>>,
}

impl Retries {
    /// Returns a policy without retries: each call is made once. This is the default.
    #[must_use]
    pub fn none() -> Self {
        Self { attempts: 1, total_time: Duration::MAX, ..Self::standard() }
    }

    /// Returns a policy for most programs: three attempts, pauses from half a second up to 20
    /// seconds, and at most 60 seconds in total.
    #[must_use]
    pub fn standard() -> Self {
        Self {
            attempts: 3,
            first_pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(20),
            total_time: Duration::from_secs(60),
            only: None,
            timer: None,
        }
    }

    /// A vault's policy where the program sets none. At once: a browser waits, and there may be no timer. So not where
    /// the provider asks for a pause.
    #[cfg(feature = "vault")]
    pub(crate) fn at_once() -> Self {
        Self::standard()
            .with_pauses(Duration::ZERO, Duration::ZERO)
            .only_if(|error| error.retry_after().is_none())
            .with_timer(|_| std::future::ready(()))
    }

    /// Sets how many times a call is made at most, the first attempt included.
    #[must_use]
    pub fn with_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Sets the longest pause before the first retry, and the longest of all. The longest possible pause doubles with
    /// each retry, until it reaches `longest`.
    ///
    /// The actual pause is random, between half of that and all of it.
    #[must_use]
    pub fn with_pauses(mut self, first: Duration, longest: Duration) -> Self {
        self.first_pause = first;
        self.longest_pause = longest;
        self
    }

    /// Limits the time from the beginning of the first attempt to the end of the last one, pauses included.
    ///
    /// [`Client::with_timeout`](crate::Client::with_timeout) limits each attempt; the last attempt gets less
    /// if less is left of the total time. [`step`](Self::step), the vault and
    /// [`download`](crate::ResourceRequest::download) do not shorten an attempt: there, no new attempt begins once the time
    /// is over.
    #[must_use]
    pub fn with_total_time(mut self, limit: Duration) -> Self {
        self.total_time = limit;
        self
    }

    /// Retries only calls with errors that your function approves.
    ///
    /// A call that would not be retried without the function is not retried, whatever the function returns.
    ///
    /// # Examples
    ///
    /// ```
    /// use tripod::{ErrorKind, Retries};
    ///
    /// let network_only = Retries::standard().only_if(|error| {
    ///     matches!(error.kind(), ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Interrupted)
    /// });
    /// ```
    #[must_use]
    pub fn only_if(mut self, approve: impl Fn(&Error) -> bool + Send + Sync + 'static) -> Self {
        self.only = Some(Arc::new(approve));
        self
    }

    /// Sets the timer that waits between two attempts, for another runtime than Tokio, or for
    /// tests.
    ///
    /// # Examples
    ///
    /// ```
    /// use tripod::Retries;
    ///
    /// let retries = Retries::standard().with_timer(tokio::time::sleep);
    /// ```
    #[must_use]
    pub fn with_timer<F>(mut self, timer: impl Fn(Duration) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.timer = Some(Arc::new(move |time| -> PauseFuture { Box::pin(timer(time)) }));
        self
    }

    pub(crate) fn is_on(&self) -> bool {
        self.attempts > 1
    }

    /// What is left of the total time.
    pub(crate) fn time_left(&self, elapsed: Duration) -> Duration {
        self.total_time.saturating_sub(elapsed)
    }

    /// The pause before the next attempt, after `made` attempts in the time `elapsed`; `None` if there is to be no
    /// other one.
    pub(crate) fn pause(
        &self,
        made: u32,
        elapsed: Duration,
        error: &Error,
        nonce: impl FnOnce() -> Nonce,
    ) -> Option<Duration> {
        let is_approved = self.only.as_ref().is_none_or(|approve| approve(error));
        if made >= self.attempts || !may_pass(error) || !is_approved {
            return None;
        }
        let longest = self.first_pause.saturating_mul(1 << made.saturating_sub(1).min(31));
        let pause = jittered(longest.min(self.longest_pause), &nonce());
        let pause = pause.max(error.retry_after().unwrap_or_default());
        (pause < self.time_left(elapsed)).then_some(pause)
    }

    pub(crate) fn timer(&self, pause: Duration) -> Option<PauseFuture> {
        self.timer.as_ref().map(|timer| timer(pause))
    }
}

impl fmt::Debug for Retries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retries")
            .field("attempts", &self.attempts)
            .field("first_pause", &self.first_pause)
            .field("longest_pause", &self.longest_pause)
            .field("total_time", &self.total_time)
            .finish_non_exhaustive()
    }
}

/// A timestamp that was refused, although the client had corrected it or had nothing to learn: usually another machine
/// with the same consumer key signed later and arrived earlier, and the next timestamp is newer.
fn may_pass(error: &Error) -> bool {
    error.is_retryable() || matches!(error.kind(), ErrorKind::TimestampRefused { .. })
}

/// Between the half of `longest` and the whole, to the microsecond. The nonce is the chance, so that a test that
/// gives the nonces knows the pause.
fn jittered(longest: Duration, nonce: &Nonce) -> Duration {
    // FNV-1a: any source's nonces, even a counter's, spread well enough.
    let hash = nonce.as_str().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let half = longest / 2;
    let most = u64::try_from(longest.saturating_sub(half).as_micros()).unwrap_or(u64::MAX - 1);
    half + Duration::from_micros(hash % (most + 1))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use http::StatusCode;

    use super::*;
    use crate::error::{groups::RequestError, stage::Stage};

    fn broken() -> Error {
        Error::new(Stage::Resource, ErrorKind::Interrupted)
    }

    fn nonce() -> Nonce {
        Nonce::new("abc").unwrap()
    }

    fn pause(retries: &Retries, made: u32, elapsed: u64, error: &Error) -> Option<Duration> {
        retries.pause(made, Duration::from_secs(elapsed), error, nonce)
    }

    #[test]
    fn pauses_double_up_to_the_longest_and_are_at_least_half_of_it() {
        let retries = Retries::standard().with_attempts(100).with_total_time(Duration::MAX);
        for (made, longest) in
            [(1, 500), (2, 1000), (3, 2000), (4, 4000), (6, 16_000), (7, 20_000), (99, 20_000)]
        {
            let longest = Duration::from_millis(longest);
            let pauses: BTreeSet<Duration> = (0..200)
                .filter_map(|_| retries.pause(made, Duration::ZERO, &broken(), Nonce::random))
                .collect();
            assert!(pauses.len() > 190, "{made}: {}", pauses.len());
            let (least, most) = (pauses.first().unwrap(), pauses.last().unwrap());
            assert!(*least >= longest / 2 && *most <= longest, "{made}: {least:?} {most:?}");
            // They are not all in one corner: each quarter of the random part is met.
            for quarter in 0..4 {
                let from = longest / 2 + longest * quarter / 8;
                assert!(
                    pauses.range(from..=from + longest / 8).next().is_some(),
                    "{made} {quarter}"
                );
            }
        }
    }

    #[test]
    fn the_nonce_decides_the_random_part() {
        let retries = Retries::standard();
        let first = pause(&retries, 1, 0, &broken());
        assert_eq!(first, pause(&retries, 1, 0, &broken()));
        let other = retries.pause(1, Duration::ZERO, &broken(), || Nonce::new("abd").unwrap());
        assert_ne!(first, other);
        let exactly = Duration::from_micros(1);
        let tiny = Retries::standard().with_pauses(exactly, exactly);
        assert!(pause(&tiny, 1, 0, &broken()).unwrap() <= exactly);
        let none = Retries::standard().with_pauses(Duration::ZERO, Duration::ZERO);
        assert_eq!(pause(&none, 1, 0, &broken()), Some(Duration::ZERO));
        let huge = Retries::standard().with_pauses(Duration::MAX, Duration::MAX);
        assert_eq!(pause(&huge, 1, 0, &broken()), None);
    }

    #[test]
    fn retry_after_is_a_lower_bound_and_the_total_time_an_upper_one() {
        let retries = Retries::standard();
        let asked = |seconds| broken().with_retry_after(Some(Duration::from_secs(seconds)));
        assert_eq!(pause(&retries, 1, 0, &asked(59)), Some(Duration::from_secs(59)));
        assert_eq!(pause(&retries, 1, 0, &asked(60)), None);
        assert_eq!(pause(&retries, 1, 40, &asked(19)), Some(Duration::from_secs(19)));
        assert_eq!(pause(&retries, 1, 40, &asked(20)), None);
        assert_eq!(pause(&retries, 1, 0, &asked(0)), pause(&retries, 1, 0, &broken()));
        assert_eq!(pause(&retries, 1, 60, &broken()), None);
        assert_eq!(retries.time_left(Duration::from_secs(59)), Duration::from_secs(1));
        assert_eq!(retries.time_left(Duration::from_secs(61)), Duration::ZERO);
    }

    #[test]
    fn attempts_kinds_and_the_callers_choice_end_it() {
        let retries = Retries::standard();
        assert!(pause(&retries, 2, 0, &broken()).is_some());
        assert_eq!(pause(&retries, 3, 0, &broken()), None);
        let bug = Error::new(Stage::Resource, RequestError::UrlChanged);
        assert_eq!(pause(&retries, 1, 0, &bug), None);
        let status = StatusCode::UNAUTHORIZED;
        let late = Error::new(Stage::Resource, ErrorKind::TimestampRefused { status });
        assert!(pause(&retries, 1, 0, &late).is_some() && !late.is_retryable());
        let picky = Retries::standard().only_if(|error| *error.kind() == ErrorKind::Connect);
        assert_eq!(pause(&picky, 1, 0, &broken()), None);
        let connect = Error::new(Stage::Resource, ErrorKind::Connect);
        assert!(pause(&picky, 1, 0, &connect).is_some());
        let all = Retries::standard().only_if(|_| true);
        assert_eq!(pause(&all, 1, 0, &bug), None, "it only narrows");
        assert!(!Retries::none().is_on() && Retries::standard().is_on());
        assert_eq!(pause(&Retries::none(), 1, 0, &broken()), None);
    }
}
