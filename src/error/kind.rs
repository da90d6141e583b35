// What a kind holds is shown, so it is a word of ours, or one that was checked; and no kind is named like a
// state, or rustc prints long paths in every message about flows.

use std::fmt;

use http::StatusCode;

use super::groups::{
    CallbackError, KeyFileError, ListenerError, PaceError, ReplyError, RequestError, SealError,
    SigningError, TicketError, UnsupportedError,
};

/// What went wrong. Most programs need only [`Error::class`](super::Error::class) and a few kinds. Kinds that
/// belong to one part of the crate are grouped: `Seal(_)`, `Ticket(_)` and so on. New kinds and fields may be
/// added, so a `match` needs a last arm and a pattern with fields ends with `..`.
///
/// # Examples
///
/// ```
/// use tripod::{Consumer, Error, ErrorKind};
///
/// fn advice(error: &Error) -> String {
///     match error.kind() {
///         ErrorKind::Environment { variable, .. } => format!("set {variable}"),
///         ErrorKind::Denied { .. } => "the user said no".to_owned(),
///         ErrorKind::Rejected { status, .. } if status.as_u16() == 404 => "check the URL".to_owned(),
///         ErrorKind::Connect | ErrorKind::Timeout => "try again".to_owned(),
///         other => other.to_string(),
///     }
/// }
///
/// let error = Consumer::from_env("DIARY").unwrap_err();
/// assert_eq!(advice(&error), "set DIARY_CONSUMER_KEY");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A URL could not be read. `reason` says which part. Give an absolute `http` or `https` URL
    /// whose other characters are percent-encoded and whose host name is ASCII (punycode).
    #[non_exhaustive]
    InvalidUrl {
        /// Which part is wrong.
        reason: &'static str,
    },
    /// A setting has a value that cannot be used, such as a line break in a realm. `reason` says
    /// what is wrong. At [`Stage::Resource`](crate::Stage::Resource) it is a value of the request, such as a header.
    #[non_exhaustive]
    InvalidSetting {
        /// Which setting, and why.
        reason: &'static str,
    },
    /// An environment variable that holds a setting is missing or cannot be used. Its value is never shown.
    #[non_exhaustive]
    Environment {
        /// The variable's name.
        variable: String,
        /// What is wrong.
        reason: &'static str,
    },
    /// An endpoint is not HTTPS and not on the loopback interface. RFC 5849 sections 2.1 and 2.3
    /// require TLS: the replies carry secrets.
    InsecureEndpoint,
    /// The request cannot be signed; something in it has to change first.
    Request(RequestError),
    /// The signature cannot be made.
    Signing(SigningError),
    /// What was asked for cannot be done here.
    Unsupported(UnsupportedError),
    /// An [`AnyFlow`](crate::AnyFlow) was asked for a step that its state does not have. The error's text says
    /// which step it has instead. With [`Flow`](crate::Flow) this error cannot occur: such a step does not
    /// compile.
    #[non_exhaustive]
    OutOfOrder {
        /// The method that was called.
        step: &'static str,
        /// Where the flow is, and what to call instead.
        advice: &'static str,
    },

    /// No connection could be made: the host name was not found, the host was not reachable, the
    /// connection was refused, or TLS failed.
    Connect,
    /// The reply did not come within the timeout.
    Timeout,
    /// The connection broke before the reply was complete.
    Interrupted,
    /// The provider answered with a redirect. Redirects are never followed, because they would
    /// carry credentials to another address. Check the endpoint's URL.
    #[non_exhaustive]
    Redirected {
        /// The reply's status.
        status: StatusCode,
    },

    /// The provider refused the request. `problem` is its `oauth_problem` or error code, if it sent
    /// one.
    #[non_exhaustive]
    Rejected {
        /// The reply's status.
        status: StatusCode,
        /// The provider's own word for it, such as `nonce_used`, or a numeric code.
        problem: Option<String>,
    },
    /// The provider refused the timestamp. It refused it again after the client had corrected it, or its reply had no
    /// `Date` to learn the time from.
    /// Check this machine's clock.
    #[non_exhaustive]
    TimestampRefused {
        /// The reply's status.
        status: StatusCode,
    },
    /// The reply cannot be used.
    Reply(ReplyError),
    /// The callback cannot be used.
    Callback(CallbackError),
    /// The user denied access, or the provider did so for the user. `problem` is the provider's
    /// word for it, if it sent one, and `denied` if the callback has no more than this parameter.
    #[non_exhaustive]
    Denied {
        /// Such as `user_refused` or `access_denied`; none if the callback simply had no verifier.
        problem: Option<String>,
    },
    /// The request token is older than the lifetime in the provider's description. Begin again.
    RequestTokenExpired,

    /// Sealed bytes cannot be made or opened.
    Seal(SealError),
    /// The file with a sealing key cannot be used.
    KeyFile(KeyFileError),
    /// No parked flow belongs to the ticket, or no ticket to the callback.
    Ticket(TicketError),
    /// The callback was not received on this machine.
    Listener(ListenerError),
    /// The rate limiter did not send the call. Wait as long as
    /// [`Error::retry_after`](super::Error::retry_after) says.
    Pace(PaceError),
    /// The store failed; its error is the source.
    #[non_exhaustive]
    Store {
        /// Whether the same call may succeed later.
        retryable: bool,
    },
}

macro_rules! grouped {
    ($($group:ident $kind:ident),*) => {$(
        impl From<$group> for ErrorKind {
            fn from(kind: $group) -> Self {
                Self::$kind(kind)
            }
        }

        // What caused it, if anything, is the source of the `Error` with this kind.
        impl std::error::Error for $group {}
    )*};
}

grouped!(
    UnsupportedError Unsupported,
    RequestError Request,
    SigningError Signing,
    ReplyError Reply,
    CallbackError Callback,
    SealError Seal,
    KeyFileError KeyFile,
    TicketError Ticket,
    ListenerError Listener,
    PaceError Pace
);

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidUrl { reason } => write!(f, "the URL cannot be used: {reason}"),
            Self::InvalidSetting { reason } => write!(f, "a setting cannot be used: {reason}"),
            Self::Environment { variable, reason } => {
                write!(f, "the environment variable {variable} {reason}")
            }
            Self::InsecureEndpoint => {
                f.write_str("the endpoint must be https (http only on the loopback interface)")
            }
            Self::Request(kind) => kind.fmt(f),
            Self::Signing(kind) => kind.fmt(f),
            Self::Unsupported(kind) => kind.fmt(f),
            Self::OutOfOrder { step, advice } => {
                write!(f, "`{step}` is not this flow's next step: {advice}")
            }
            Self::Connect => {
                f.write_str("no connection to the provider; check the network and try again")
            }
            Self::Timeout => f.write_str("no reply within the time limit; try again"),
            Self::Interrupted => {
                f.write_str("the connection broke before the reply was complete; try again")
            }
            Self::Redirected { status } => write!(
                f,
                "the provider answered with a redirect (HTTP {}), which is not followed; check the endpoint",
                status.as_u16()
            ),
            Self::Rejected { status, problem } => {
                write!(f, "the provider refused with HTTP {}", status.as_u16())?;
                match problem {
                    Some(problem) => write!(f, " and the problem {problem:?}"),
                    None => Ok(()),
                }
            }
            Self::TimestampRefused { status } => write!(
                f,
                "the provider refused the timestamp (HTTP {}); check this machine's clock",
                status.as_u16()
            ),
            Self::Reply(kind) => kind.fmt(f),
            Self::Callback(kind) => kind.fmt(f),
            Self::Denied { problem: Some(problem) } => {
                write!(f, "the user or the provider denied access ({problem:?})")
            }
            Self::Denied { problem: None } => {
                f.write_str("access was denied: the callback has no verifier")
            }
            Self::RequestTokenExpired => {
                f.write_str("the request token is older than the provider allows; begin again")
            }
            Self::Seal(kind) => kind.fmt(f),
            Self::KeyFile(kind) => kind.fmt(f),
            Self::Ticket(kind) => kind.fmt(f),
            Self::Listener(kind) => kind.fmt(f),
            Self::Pace(kind) => kind.fmt(f),
            Self::Store { retryable: true } => f.write_str("the store failed; try again"),
            Self::Store { retryable: false } => {
                f.write_str("the store refused the call; its own error says why")
            }
        }
    }
}
