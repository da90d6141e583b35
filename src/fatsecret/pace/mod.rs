//! The pace of calls, so that FatSecret does not refuse them as too many.

// The trap: two clocks. Everything here reads Tokio's, so that a test that pauses time pauses all of it.

mod lane;
mod settings;
mod shared;
mod state;
mod turn;
mod window;

use std::{fmt, sync::Arc, time::Duration};

use self::{
    settings::{DAY, Settings},
    shared::{Shared, UserKey},
    turn::Turn,
    window::Limit,
};
use super::codes::ErrorCode;

/// A rate limiter for the calls of one application to FatSecret.
///
/// FatSecret refuses calls if a user makes too many (code 12), and if an application has used up its
/// daily calls (code 11). Its replies do not say what the limits are. A `Pace` makes calls wait, and
/// after such a refusal it lets no call through for a while.
///
/// | | Default | Counts | To change it |
/// |---|---|---|---|
/// | Rate | 20 calls in any minute | each user | [`with_rate`](Self::with_rate) |
/// | Burst | 10 calls at once, then one each second | each user | [`with_burst`](Self::with_burst) |
/// | Cool-down after code 12 | 30 seconds | each user | [`with_user_cool_down`](Self::with_user_cool_down) |
/// | Cool-down after code 11 | 10 minutes | all users | [`with_application_cool_down`](Self::with_application_cool_down) |
/// | Calls a day | no limit | all users | [`with_daily_budget`](Self::with_daily_budget) |
///
/// The defaults are those of a program of 2026 that FatSecret did not refuse. FatSecret did refuse
/// about 38 calls in 50 seconds, and, after a while, one call each 400 ms.
///
/// # Sharing
///
/// Give the same pace to every [`FatSecret`](super::FatSecret) of one application
/// ([`with_pace`](super::FatSecret::with_pace)); clones of a pace share the same limits. It
/// distinguishes users by their access token, of which it keeps only a keyed hash. Calls without a
/// user count as the calls of one more user. If FatSecret should count all users of your
/// application together, use [`per_application`](Self::per_application).
///
/// A pace knows only the calls of its own process. If your program runs on several machines, divide the daily
/// budget among them. Memory is limited: if more than 4,096 users have called within the last minute, the other
/// users share 64 limiters.
///
/// # Waiting and failing
///
/// A call that is too early waits. The calls of one user are sent in the order in which they were
/// made. To stop waiting, drop the call: it has sent nothing, and the next call takes its place.
///
/// During a cool-down, and when the daily budget is used up, calls fail at once and nothing is sent;
/// waiting calls fail too. If the client has retries ([`Client::with_retries`](crate::Client::with_retries)) whose total
/// time is long enough, the call waits for the end of the cool-down instead. The error is an [`ErrorKind::Pace`](crate::ErrorKind::Pace), its
/// [`retry_after`](crate::Error::retry_after) says how long to wait, and its class is
/// [`RetryLater`](crate::ErrorClass::RetryLater).
///
/// # Runtime
///
/// Waiting needs a Tokio runtime with its timer enabled. Outside of one, a call that has to wait fails with
/// [`UnsupportedError::NoRuntime`](crate::UnsupportedError::NoRuntime).
///
/// # Examples
///
/// ```
/// use tripod::{AccessToken, Client, Consumer, Provider, fatsecret::{FatSecret, Pace}};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let client = Client::new(Provider::fatsecret(), Consumer::new("key", "secret"))?;
/// let ada = client.session(AccessToken::new("ada", "ada's secret")?);
/// let ben = client.session(AccessToken::new("ben", "ben's secret")?);
///
/// // 5,000 calls a day is what the free plan has.
/// let pace = Pace::new().with_daily_budget(5_000);
/// let ada = FatSecret::new(ada).with_pace(&pace);
/// let ben = FatSecret::new(ben).with_pace(&pace);
/// # Ok(())
/// # }
/// ```
///
/// A call that was not sent:
///
/// ```
/// use tripod::{Error, ErrorKind, PaceError};
///
/// fn advice(error: &Error) -> String {
///     match (error.kind(), error.retry_after()) {
///         (ErrorKind::Pace(PaceError::BudgetSpent), _) => "try again tomorrow".to_owned(),
///         (ErrorKind::Pace(_), Some(pause)) => format!("try again in {} seconds", pause.as_secs()),
///         _ => error.to_string(),
///     }
/// }
/// ```
#[derive(Clone)]
pub struct Pace(Arc<Shared>);

impl Pace {
    /// Creates a pace with the settings in the table above.
    #[must_use]
    pub fn new() -> Self {
        Self::with(Settings::default())
    }

    /// Allows at most `calls` calls in any `period`.
    ///
    /// `calls` is at least 1, and `period` is at most a day. This method and the other `with_…` methods return a
    /// new pace that shares nothing with the old one: set everything first, then share it.
    #[must_use]
    pub fn with_rate(self, calls: u32, period: Duration) -> Self {
        self.change(|settings| {
            settings.rate = Limit { calls: calls.max(1), period: period.min(DAY) };
        })
    }

    /// Lets up to `calls` calls start at once, and then one each `interval`.
    ///
    /// For each `interval` without a call, a user may start one more call at once. The rate
    /// ([`with_rate`](Self::with_rate)) still applies. `calls` is at least 1, and `interval` is at most
    /// a day.
    #[must_use]
    pub fn with_burst(self, calls: u32, interval: Duration) -> Self {
        self.change(|settings| {
            settings.burst = calls.max(1);
            settings.interval = interval.min(DAY);
        })
    }

    /// Allows at most `calls` calls of all users in any 24 hours. 5,000 is what the free plan has.
    ///
    /// FatSecret does not say at which hour its day begins, so the limit applies to any 24 hours. The
    /// count starts again when the process starts.
    #[must_use]
    pub fn with_daily_budget(self, calls: u32) -> Self {
        self.change(|settings| settings.daily_budget = Some(calls))
    }

    /// Sets how long a user's calls fail after code 12: at most a day, zero for not at all.
    #[must_use]
    pub fn with_user_cool_down(self, pause: Duration) -> Self {
        self.change(|settings| settings.user_cool_down = pause.min(DAY))
    }

    /// Sets how long all calls fail after code 11: at most a day, zero for not at all.
    #[must_use]
    pub fn with_application_cool_down(self, pause: Duration) -> Self {
        self.change(|settings| settings.application_cool_down = pause.min(DAY))
    }

    /// Counts the calls of all users together: rate, burst, and the cool-down after code 12.
    #[must_use]
    pub fn per_application(self) -> Self {
        self.change(|settings| settings.per_application = true)
    }

    fn with(settings: Settings) -> Self {
        Self(Arc::new(Shared::new(settings)))
    }

    fn change(self, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = *self.0.settings();
        change(&mut settings);
        Self::with(settings)
    }

    /// Whose calls they are: of the user with that token, or of nobody.
    pub(super) fn of(&self, token: Option<&str>) -> PaceOf {
        PaceOf { pace: self.clone(), user: self.0.user(token) }
    }
}

/// A pace for the calls of one user.
#[derive(Clone, Debug)]
pub(super) struct PaceOf {
    pace: Pace,
    user: UserKey,
}

impl PaceOf {
    /// Waits for the turn of one call.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Pace` during a cool-down, and when the budget is spent.
    pub(super) fn turn(&self) -> Turn<'_> {
        Turn::new(&self.pace.0, self.user)
    }

    /// Takes note of a refusal. Gives the cool-down that follows, if one does.
    pub(super) fn refused(&self, code: ErrorCode) -> Option<Duration> {
        let pause = match code {
            ErrorCode::TooManyActions => self.pace.0.cool_user(self.user),
            ErrorCode::RequestLimitReached => self.pace.0.cool_application(),
            _ => return None,
        };
        Some(pause).filter(|pause| !pause.is_zero())
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pace").field("settings", self.0.settings()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
