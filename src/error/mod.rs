//! The one error of this crate: a stage, a kind, and what the provider said.

// An error travels into logs and bug reports, so nothing that is put in here may hold a secret, a query string or
// a header. Text from outside comes in through `with_excerpt`, which the caller redacts and bounds first.

pub(crate) mod class;
pub(crate) mod groups;
pub(crate) mod kind;
mod making;
pub(crate) mod meaning;
pub(crate) mod report;
pub(crate) mod stage;
mod texts;

use std::{error::Error as StdError, fmt, time::Duration};

use http::StatusCode;

pub use self::{
    class::ErrorClass,
    groups::{
        CallbackError, KeyFileError, ListenerError, PaceError, ReplyError, RequestError, SealError,
        SigningError, TicketError, UnsupportedError,
    },
    kind::ErrorKind,
    meaning::Meaning,
    report::ProblemReport,
    stage::Stage,
};

/// A boxed foreign error, kept as the source of ours.
pub type BoxError = Box<dyn StdError + Send + Sync + 'static>;

/// What went wrong, where in the flow, and what the provider said about it.
///
/// Ask [`class`](Self::class) who has to act, and match on [`kind`](Self::kind) where that is not enough.
/// `Display` is one sentence that says what happened and what to do. It does not repeat the
/// [`source`](StdError::source), since error reporters print that themselves: print the chain, not
/// the error alone. `Debug`, which a `main` that returns the error prints, begins with the same
/// sentence. No secret, query string or header of a request is ever put into it. But the provider's reply may repeat
/// parameters of your own, and the [`excerpt`](Self::excerpt), which `Display` and `Debug` show, is the beginning of that
/// reply.
///
/// # Examples
///
/// The page that a web program shows when the user comes back:
///
/// ```
/// use tripod::{Error, ErrorClass};
///
/// fn page(error: &Error) -> &'static str {
///     match error.class() {
///         _ if error.is_denied() => "You did not allow access. Nothing was connected.",
///         ErrorClass::User => "This link was used already, or belongs to another browser.",
///         ErrorClass::Reauthorize => "That took too long. Please connect again.",
///         ErrorClass::RetryLater => "The service is not available. Please try again in a minute.",
///         _ => "Something is wrong on our side. We have been told.",
///     }
/// }
/// ```
///
/// Whether the user has withdrawn their approval, and has to be asked again:
///
/// ```
/// # use tripod::Session;
/// enum Outcome { Done(String), AskAgain, Failed(tripod::Error) }
///
/// async fn read(session: &Session, url: &str) -> Outcome {
///     let reply = match session.get(url).send().await {
///         Ok(reply) => reply.error_for_status(),
///         Err(error) => Err(error),
///     };
///     match reply {
///         Ok(reply) => Outcome::Done(reply.text().unwrap_or_default().to_owned()),
///         Err(error) if error.needs_reauthorization() => Outcome::AskAgain,
///         Err(error) => Outcome::Failed(error),
///     }
/// }
/// ```
///
/// How long to wait, where the provider limits the rate of calls:
///
/// ```
/// use std::time::Duration;
/// use tripod::Error;
///
/// fn pause(error: &Error) -> Option<Duration> {
///     if !error.is_retryable() {
///         return None;
///     }
///     Some(error.retry_after().unwrap_or(Duration::from_secs(5)))
/// }
/// ```
///
/// The exit code of a command-line program, after `sysexits.h`:
///
/// ```
/// use tripod::{Error, ErrorClass};
///
/// fn exit_code(error: &Error) -> u8 {
///     match error.class() {
///         ErrorClass::User | ErrorClass::Reauthorize => 77, // no permission: log in again
///         ErrorClass::RetryLater => 75,                     // try again later
///         ErrorClass::Configuration => 78,
///         ErrorClass::Provider => 76,                       // the other side's protocol
///         ErrorClass::Store => 74,                          // input and output
///         _ => 70,                                          // a mistake of the program's
///     }
/// }
/// ```
///
/// Whether a write may have been done, although the call failed:
///
/// ```
/// use tripod::Error;
///
/// fn advice(error: &Error) -> &'static str {
///     if error.may_have_happened() {
///         "Read first whether the entry is there."
///     } else if error.is_retryable() {
///         "Nothing was written. The same call can be sent again."
///     } else {
///         "Nothing was written, and sending it again will not help."
///     }
/// }
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    stage: Stage,
    kind: ErrorKind,
    endpoint: Option<String>,
    excerpt: Option<String>,
    /// Nearly always empty.
    report: Option<Box<ProblemReport>>,
    detail: Option<String>,
    source: Option<BoxError>,
    /// Of a reply that could not be used, where the kind does not hold it.
    status: Option<StatusCode>,
    /// How long the provider asked to wait.
    retry_after: Option<Duration>,
    /// What the provider's words mean.
    meaning: Option<Meaning>,
    /// Whether they say that the token itself has ended, so that no other code helps.
    token_ended: bool,
    /// What the provider's own code says, where the kind does not tell.
    class: Option<ErrorClass>,
    retryable: Option<bool>,
    happened: Option<bool>,
}

impl Error {
    /// Returns what went wrong.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// Returns the part of the work in which it went wrong.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.0.stage
    }

    /// Returns the HTTP status of the reply that this error is about, if there was one.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match self.0.kind {
            ErrorKind::Rejected { status, .. }
            | ErrorKind::Redirected { status }
            | ErrorKind::TimestampRefused { status } => Some(status),
            _ => self.0.status,
        }
    }

    /// Returns the provider's own word for the problem: its `oauth_problem`, or an error code as text.
    #[must_use]
    pub fn problem(&self) -> Option<&str> {
        match &self.0.kind {
            ErrorKind::Rejected { problem, .. } | ErrorKind::Denied { problem } => {
                problem.as_deref()
            }
            _ => None,
        }
    }

    /// Returns the beginning of the reply's body: at most 300 characters. The secrets of the client and of the flow or
    /// session are masked.
    ///
    /// A provider may repeat what it was sent, and parameters of your own are not masked. `Display` and `Debug` show the
    /// excerpt. To log an error without it, write [`stage`](Self::stage), [`kind`](Self::kind) and
    /// [`endpoint`](Self::endpoint) instead.
    #[must_use]
    pub fn excerpt(&self) -> Option<&str> {
        self.0.excerpt.as_deref()
    }

    /// Returns what else the provider reports: missing parameters, accepted versions, advice, its
    /// own base string.
    ///
    /// `None` if it reports nothing of this kind.
    ///
    /// # Examples
    ///
    /// ```
    /// use tripod::{Error, signature::Explanation};
    ///
    /// /// What a developer needs to find the cause of "invalid signature".
    /// fn compared(error: &Error, ours: &Explanation) -> Option<String> {
    ///     let theirs = error.report()?.base_string()?;
    ///     Some(format!("ours:   {}\ntheirs: {theirs}", ours.base_string()?))
    /// }
    /// ```
    #[must_use]
    pub fn report(&self) -> Option<&ProblemReport> {
        self.0.report.as_deref()
    }

    /// Returns the URL that was called, without its query.
    #[must_use]
    pub fn endpoint(&self) -> Option<&str> {
        self.0.endpoint.as_deref()
    }

    /// Returns who has to act: the user, the person who configured the program, the provider, … Each
    /// error has one class.
    ///
    /// The class does not depend on [`is_retryable`](Self::is_retryable): if a store cannot be
    /// reached, the class is [`Store`](ErrorClass::Store), and the same call may succeed later.
    #[must_use]
    pub fn class(&self) -> ErrorClass {
        self.0.class.unwrap_or_else(|| class::of(self.0.stage, &self.0.kind))
    }

    /// Suggests the HTTP status of the page that a web program shows for this error, in a request of
    /// the user's browser.
    ///
    /// 400, 403, 409 and 410 are for mistakes of the user and for what the user has to do again; 503
    /// is for temporary failures, 502 for failures of the provider, 500 for all others, and 200 for a
    /// user who denied access. The guide's page `keeping` has a text for each case.
    #[must_use]
    pub fn http_status_hint(&self) -> StatusCode {
        if self.is_denied() {
            return StatusCode::OK;
        }
        class::http_status(self.0.stage, &self.0.kind, self.class())
    }

    /// Returns whether the same step may succeed if it is simply tried again, after a pause.
    ///
    /// `true` for network failures, for a store that cannot be reached, and for the statuses 408,
    /// 429, 500, 502, 503 and 504. If the connection broke during a token exchange, the request token
    /// may be used up at the provider; then the retry ends with [`ErrorKind::Rejected`].
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        if let Some(retryable) = self.0.retryable {
            return retryable;
        }
        match &self.0.kind {
            ErrorKind::Connect
            | ErrorKind::Timeout
            | ErrorKind::Interrupted
            | ErrorKind::Pace(_) => true,
            ErrorKind::Rejected { status, .. } => class::is_passing(*status),
            ErrorKind::Store { retryable } => *retryable,
            _ => false,
        }
    }

    /// Returns how long to wait before the next attempt: the provider's `Retry-After`, the rest of a cool-down of the
    /// rate limiter, or the pause that is known for this provider (30 seconds after FatSecret's code 12).
    ///
    /// `None` if it is not known. At most one day.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Returns whether the user has to approve again, in a new flow: the class is
    /// [`ErrorClass::Reauthorize`].
    ///
    /// During the exchange it is also `true` for HTTP 400, 401 or 403 without a reason. Then the request token is too old or
    /// was used, or the user mistyped the code. If users type codes, ask
    /// [`may_be_wrong_verifier`](Self::may_be_wrong_verifier) first.
    ///
    /// It is also `true` if the provider refused a request for a resource with HTTP 401 and gave no reason. A withdrawn
    /// access is the usual cause, but a wrong consumer secret, a wrong key or a wrong clock gets the same reply. So ask
    /// the user to log in again, and delete the stored session only if [`meaning`](Self::meaning) is
    /// [`Meaning::DeadToken`]: then the provider has said that the token has ended.
    #[must_use]
    pub fn needs_reauthorization(&self) -> bool {
        self.class() == ErrorClass::Reauthorize
    }

    /// Returns whether the provider may have done what it was asked to do, although the call failed.
    ///
    /// `true` if the request may have arrived and no usable reply came back: after a timeout, a broken
    /// connection, a reply that cannot be read, a redirect with a status from 300 to 303, and for the statuses 408 and
    /// 5xx, except 501, 503 and 505. Also `true` for a refusal that comes with a status of success and whose words are not
    /// known. `false` if nothing was sent, if the provider refused with another status, or if its words say that it did not
    /// accept the request, whatever the status: they have a [`meaning`](Self::meaning).
    #[must_use]
    pub fn may_have_happened(&self) -> bool {
        self.0.happened.unwrap_or_else(|| class::may_have_happened(&self.0.kind))
    }

    /// Returns whether the user denied access, or the provider did so for the user.
    ///
    /// Most providers say it in the callback, and some only when the request token is exchanged.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Denied { .. })
            || self.0.stage == Stage::AccessToken && self.0.meaning == Some(Meaning::Denied)
    }

    /// Returns what the provider's refusal means, if it says so in words or codes that are known: those of the
    /// provider's [`Dialect`](crate::Dialect), and those that many providers use.
    #[must_use]
    pub fn meaning(&self) -> Option<Meaning> {
        match self.0.kind {
            ErrorKind::Denied { .. } => Some(Meaning::Denied),
            _ => self.0.meaning,
        }
    }

    /// Returns whether another code may help: the user typed nothing, or the provider refused the exchange with status
    /// 400, 401, 403 or, as MediaWiki does, with a status of success.
    ///
    /// Few providers have a word for a mistyped code. Others call the token or the signature invalid, or say nothing, so
    /// each such refusal counts, except a denial, an unknown consumer key, and a word that says that the request token
    /// itself has ended: `token_expired`, `token_used`, `token_revoked`. If the [`Dialect`](crate::Dialect) has a row of its own for
    /// [`Meaning::Verifier`], no refusal with another known meaning for the token counts.
    ///
    /// So `true` may also mean that the request token was used or is too old. Ask for a code three times at most, and then
    /// begin a new flow. Begin one at once if the callback brought the verifier.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn run(client: tripod::Client, ask: impl Fn() -> String) -> Result<(), tripod::Error> {
    /// use tripod::{Callback, Session};
    ///
    /// let mut issued = client.begin(Callback::out_of_band()).request_token().await?;
    /// println!("Open {}", issued.authorization_url());
    /// let mut refused = 0;
    /// let session: Session = loop {
    ///     let authorized = match issued.authorize(&ask()) {
    ///         Ok(authorized) => authorized,
    ///         Err(failed) if failed.error().may_be_wrong_verifier() => {
    ///             issued = failed.into_flow();
    ///             continue;
    ///         }
    ///         Err(failed) => return Err(failed.into_error()),
    ///     };
    ///     match authorized.exchange().await {
    ///         Ok(session) => break session,
    ///         Err(failed) if failed.error().may_be_wrong_verifier() && refused < 2 => {
    ///             refused += 1;
    ///             issued = failed.into_flow().discard_verifier();
    ///         }
    ///         Err(failed) => return Err(failed.into_error()),
    ///     }
    /// };
    /// # let _ = session;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn may_be_wrong_verifier(&self) -> bool {
        match &self.0.kind {
            ErrorKind::Callback(CallbackError::MissingVerifier) => true,
            ErrorKind::Rejected { status, .. } => {
                self.0.stage == Stage::AccessToken
                    && (status.is_success() || matches!(status.as_u16(), 400 | 401 | 403))
                    && !matches!(self.0.meaning, Some(Meaning::Denied | Meaning::Consumer))
                    && !self.0.token_ended
            }
            _ => false,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.stage {
            Stage::Setup => {}
            Stage::RequestToken => f.write_str("request token: ")?,
            Stage::Approval => f.write_str("approval: ")?,
            Stage::AccessToken => f.write_str("access token: ")?,
            Stage::Resource => f.write_str("resource: ")?,
            Stage::Renewal => f.write_str("renewal: ")?,
            Stage::Revocation => f.write_str("revocation: ")?,
            Stage::Keeping => f.write_str("keeping: ")?,
        }
        write!(f, "{}", self.0.kind)?;
        if let Some(endpoint) = &self.0.endpoint {
            write!(f, " [{endpoint}]")?;
        }
        if let Some(detail) = &self.0.detail {
            write!(f, "; {detail}")?;
        }
        if let Some(excerpt) = &self.0.excerpt {
            write!(f, "; the reply began: {excerpt:?}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The sentence first: a `main` that returns the error prints this form and no other.
        let mut out = f.debug_struct("Error");
        out.field("text", &self.to_string());
        out.field("stage", &self.0.stage).field("kind", &self.0.kind);
        if let Some(source) = &self.0.source {
            out.field("source", source);
        }
        out.finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}
