// Who has to act on an error. One table, so that a new kind has to be put somewhere.

use http::StatusCode;

use super::{
    groups::{
        CallbackError, ListenerError, ReplyError, RequestError, SealError, SigningError,
        TicketError, UnsupportedError,
    },
    kind::ErrorKind,
    stage::Stage,
};

/// Who has to act on an error; see [`Error::class`](super::Error::class).
///
/// Each error has exactly one class. New classes may be added, so a `match` needs a last arm.
///
/// # Examples
///
/// ```
/// use tripod::{ErrorClass, providers};
///
/// let error = providers::discogs("").unwrap_err(); // a user agent is needed
/// assert_eq!(error.class(), ErrorClass::Configuration);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorClass {
    /// The user: they denied access, came back too late or from another page, or mistyped the code and the provider said so. Show them
    /// a message.
    User,
    /// Nobody: the network or the provider was not available. Try again later;
    /// [`retry_after`](super::Error::retry_after) may say when.
    RetryLater,
    /// The user has to approve again, in a new flow: a token has expired, or was revoked, or the provider refused the
    /// exchange without a reason.
    ///
    /// For a resource, HTTP 401 without a reason has this class too, and a wrong secret, key or clock of yours looks the
    /// same; see [`needs_reauthorization`](super::Error::needs_reauthorization).
    Reauthorize,
    /// The person who configured this program: the cause is a URL, a key, a secret, the machine's
    /// clock, a missing root certificate, or a plan that does not include the method.
    Configuration,
    /// The provider, or the person who described it in a [`Provider`](crate::Provider): its reply is
    /// not what the standard or its documentation says.
    Provider,
    /// The operator of the store in which flows and sessions are kept.
    Store,
    /// The author of the program: the crate does not allow this call.
    Bug,
}

pub(super) fn of(stage: Stage, kind: &ErrorKind) -> ErrorClass {
    use ErrorClass as Class;

    match kind {
        // A value of the request, which the program gave; before that, a value of its configuration.
        ErrorKind::InvalidUrl { .. } | ErrorKind::InvalidSetting { .. }
            if stage == Stage::Resource =>
        {
            Class::Bug
        }
        ErrorKind::InvalidUrl { .. }
        | ErrorKind::InvalidSetting { .. }
        | ErrorKind::Environment { .. }
        | ErrorKind::InsecureEndpoint
        | ErrorKind::Request(RequestError::ForeignOrigin)
        | ErrorKind::Signing(
            SigningError::ClockBeforeEpoch
            | SigningError::SignerFailed
            | SigningError::PlaintextWithoutTls,
        )
        | ErrorKind::Unsupported(UnsupportedError::NoTransport | UnsupportedError::NoStreams)
        | ErrorKind::Redirected { .. }
        | ErrorKind::TimestampRefused { .. }
        | ErrorKind::Seal(
            SealError::KeyUnknown { .. }
            | SealError::Foreign
            | SealError::Version { .. }
            | SealError::TooLarge { .. },
        )
        | ErrorKind::KeyFile(_)
        | ErrorKind::Listener(ListenerError::NoPort | ListenerError::PortsTaken { .. }) => {
            Class::Configuration
        }
        ErrorKind::Request(_)
        | ErrorKind::Unsupported(
            UnsupportedError::NoRuntime | UnsupportedError::NoSuchCall { .. },
        )
        | ErrorKind::OutOfOrder { .. } => Class::Bug,
        ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Interrupted | ErrorKind::Pace(_) => {
            Class::RetryLater
        }
        ErrorKind::Rejected { status, problem } => rejected(stage, *status, problem.as_deref()),
        ErrorKind::Reply(_) => Class::Provider,
        // A callback that the program itself gave, before the flow began.
        ErrorKind::Callback(CallbackError::Unreadable { .. }) if stage == Stage::Setup => {
            Class::Configuration
        }
        ErrorKind::Callback(_)
        | ErrorKind::Denied { .. }
        | ErrorKind::Ticket(TicketError::Used | TicketError::OtherUser | TicketError::Missing)
        | ErrorKind::Listener(ListenerError::Timeout { .. }) => Class::User,
        ErrorKind::RequestTokenExpired
        | ErrorKind::Seal(SealError::Expired)
        | ErrorKind::Ticket(TicketError::Unknown) => Class::Reauthorize,
        ErrorKind::Seal(SealError::Broken | SealError::Truncated) | ErrorKind::Store { .. } => {
            Class::Store
        }
    }
}

/// A refusal, by its status. What the words of the problem reporting extension and a provider's own codes mean is said by
/// the dialect, which then sets the class by itself; here are the two words whose meaning matters nowhere else.
fn rejected(stage: Stage, status: StatusCode, problem: Option<&str>) -> ErrorClass {
    match problem {
        Some("signature_method_rejected" | "version_rejected") => ErrorClass::Configuration,
        _ if is_passing(status) => ErrorClass::RetryLater,
        // Without a word of why: a token that the provider no longer takes.
        None if is_with_token(stage) && status == StatusCode::UNAUTHORIZED => {
            ErrorClass::Reauthorize
        }
        // Without a word of why: a request token that is too old or was used, or a wrong verifier. The consumer is known
        // to be right, since the provider has issued a request token to it.
        None if stage == Stage::AccessToken && matches!(status.as_u16(), 400 | 401 | 403) => {
            ErrorClass::Reauthorize
        }
        // Here there is neither a token nor a user, so the consumer or the clock is wrong.
        None if stage == Stage::RequestToken && status == StatusCode::UNAUTHORIZED => {
            ErrorClass::Configuration
        }
        _ => ErrorClass::Provider,
    }
}

/// Returns whether the request was signed with an access token, or should have been.
fn is_with_token(stage: Stage) -> bool {
    matches!(stage, Stage::Resource | Stage::Renewal | Stage::Revocation)
}

/// The status of a page that a web program shows for an error.
pub(super) fn http_status(stage: Stage, kind: &ErrorKind, class: ErrorClass) -> StatusCode {
    match kind {
        ErrorKind::Ticket(TicketError::Missing | TicketError::OtherUser) => StatusCode::FORBIDDEN,
        ErrorKind::Ticket(TicketError::Used) => StatusCode::CONFLICT,
        ErrorKind::Ticket(TicketError::Unknown)
        | ErrorKind::Seal(SealError::Expired)
        | ErrorKind::RequestTokenExpired => StatusCode::GONE,
        ErrorKind::Store { retryable: true } => StatusCode::SERVICE_UNAVAILABLE,
        _ => match class {
            ErrorClass::User => StatusCode::BAD_REQUEST,
            ErrorClass::RetryLater => StatusCode::SERVICE_UNAVAILABLE,
            // The request token is used up; or the user's access token, and they have to connect again.
            ErrorClass::Reauthorize if stage == Stage::AccessToken => StatusCode::GONE,
            ErrorClass::Reauthorize => StatusCode::FORBIDDEN,
            ErrorClass::Provider => StatusCode::BAD_GATEWAY,
            ErrorClass::Configuration | ErrorClass::Store | ErrorClass::Bug => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        },
    }
}

/// A status that says that the same request may succeed later.
pub(super) fn is_passing(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504)
}

/// Whether the provider may have carried out what it was asked for, as far as the kind tells.
pub(super) fn may_have_happened(kind: &ErrorKind) -> bool {
    match kind {
        // The reply was read; the flow only refuses to go on with it.
        ErrorKind::Reply(ReplyError::CallbackNotConfirmed) => false,
        ErrorKind::Timeout | ErrorKind::Interrupted | ErrorKind::Reply(_) => true,
        // Of the server's errors these three say that nothing was done. Others, of gateways, may follow after it was.
        ErrorKind::Rejected { status, .. } => {
            let is_open = status.is_server_error() && !matches!(status.as_u16(), 501 | 503 | 505);
            is_open || *status == StatusCode::REQUEST_TIMEOUT || status.is_success()
        }
        // "It is done, look there" (303, and what browsers do with 301 and 302); 307 and 308 ask for it elsewhere.
        ErrorKind::Redirected { status } => matches!(status.as_u16(), 300..=303),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::error::{Error, KeyFileError, PaceError};

    fn rejected(status: u16, problem: Option<&str>) -> ErrorKind {
        let status = StatusCode::from_u16(status).unwrap();
        ErrorKind::Rejected { status, problem: problem.map(str::to_owned) }
    }

    #[test]
    fn a_gateways_error_and_a_redirect_leave_open_what_was_done() {
        for (status, is_open) in [
            (400, false),
            (408, true),
            (429, false),
            (500, true),
            (501, false),
            (503, false),
            (504, true),
            (505, false),
            // Cloudflare's, whose server has the request.
            (524, true),
        ] {
            assert_eq!(may_have_happened(&rejected(status, None)), is_open, "{status}");
        }
        for (status, is_open) in [(301, true), (303, true), (304, false), (307, false)] {
            let status = StatusCode::from_u16(status).unwrap();
            let kind = ErrorKind::Redirected { status };
            assert_eq!(may_have_happened(&kind), is_open, "{status}");
        }
    }

    #[test]
    fn each_error_is_somebodys_matter() {
        use ErrorClass::{Bug, Configuration, Provider, Reauthorize, RetryLater, Store, User};
        use Stage::{AccessToken, Approval, Keeping, RequestToken, Resource, Setup};

        let reason = "x";
        for (stage, kind, class, retryable, happened) in [
            (Setup, ErrorKind::InvalidUrl { reason }, Configuration, false, false),
            (Resource, ErrorKind::InvalidUrl { reason }, Bug, false, false),
            (Setup, ErrorKind::InvalidSetting { reason }, Configuration, false, false),
            (Resource, ErrorKind::InvalidSetting { reason }, Bug, false, false),
            (Setup, ErrorKind::InsecureEndpoint, Configuration, false, false),
            (
                Setup,
                ErrorKind::Environment { variable: "X".to_owned(), reason },
                Configuration,
                false,
                false,
            ),
            (Setup, ErrorKind::OutOfOrder { step: "advance", advice: reason }, Bug, false, false),
            (Resource, RequestError::ForeignOrigin.into(), Configuration, false, false),
            (Resource, RequestError::NotSerializable.into(), Bug, false, false),
            (Resource, SigningError::ClockBeforeEpoch.into(), Configuration, false, false),
            (Resource, UnsupportedError::NoTransport.into(), Configuration, false, false),
            (Resource, UnsupportedError::NoStreams.into(), Configuration, false, false),
            (Resource, UnsupportedError::NoRuntime.into(), Bug, false, false),
            (Resource, ErrorKind::Connect, RetryLater, true, false),
            (Resource, ErrorKind::Timeout, RetryLater, true, true),
            (Resource, ErrorKind::Interrupted, RetryLater, true, true),
            (Resource, PaceError::UserCoolDown.into(), RetryLater, true, false),
            (Resource, RequestError::UrlChanged.into(), Bug, false, false),
            (Resource, ReplyError::Malformed { reason }.into(), Provider, false, true),
            (Resource, ReplyError::NotHttp.into(), Provider, false, true),
            (RequestToken, ReplyError::CallbackNotConfirmed.into(), Provider, false, false),
            (Setup, CallbackError::Unreadable { reason }.into(), Configuration, false, false),
            (Approval, CallbackError::Unreadable { reason }.into(), User, false, false),
            (Approval, CallbackError::TokenMismatch.into(), User, false, false),
            (Approval, ErrorKind::Denied { problem: None }, User, false, false),
            (Approval, ErrorKind::RequestTokenExpired, Reauthorize, false, false),
            (Keeping, SealError::Broken.into(), Store, false, false),
            (Keeping, SealError::Foreign.into(), Configuration, false, false),
            (Keeping, SealError::Expired.into(), Reauthorize, false, false),
            (Setup, KeyFileError::Missing.into(), Configuration, false, false),
            (Keeping, TicketError::Unknown.into(), Reauthorize, false, false),
            (Keeping, TicketError::Used.into(), User, false, false),
            (Keeping, TicketError::OtherUser.into(), User, false, false),
            (Keeping, ErrorKind::Store { retryable: true }, Store, true, false),
            (Keeping, ErrorKind::Store { retryable: false }, Store, false, false),
            (Setup, ListenerError::NoPort.into(), Configuration, false, false),
            (
                Approval,
                ListenerError::Timeout { limit: Duration::from_secs(1) }.into(),
                User,
                false,
                false,
            ),
            (RequestToken, rejected(401, Some("version_rejected")), Configuration, false, false),
            (AccessToken, rejected(401, Some("unknown")), Provider, false, false),
            (Resource, rejected(401, None), Reauthorize, false, false),
            (RequestToken, rejected(401, None), Configuration, false, false),
            (RequestToken, rejected(401, Some("unknown")), Provider, false, false),
            (RequestToken, rejected(403, None), Provider, false, false),
            (AccessToken, rejected(400, None), Reauthorize, false, false),
            (AccessToken, rejected(401, None), Reauthorize, false, false),
            (AccessToken, rejected(403, None), Reauthorize, false, false),
            (AccessToken, rejected(404, None), Provider, false, false),
            (AccessToken, rejected(503, None), RetryLater, true, false),
            (Resource, rejected(403, None), Provider, false, false),
            (Resource, rejected(429, None), RetryLater, true, false),
            (Resource, rejected(503, None), RetryLater, true, false),
            (Resource, rejected(500, None), RetryLater, true, true),
        ] {
            let error = Error::new(stage, kind);
            assert_eq!(
                (error.class(), error.is_retryable(), error.may_have_happened()),
                (class, retryable, happened),
                "{error:?}"
            );
            assert_eq!(error.needs_reauthorization(), class == Reauthorize);
        }
    }

    #[test]
    fn a_web_program_has_a_status_for_each_error() {
        use Stage::{AccessToken, Approval, Keeping, RequestToken, Resource, Setup};

        let reason = "x";
        for (stage, kind, status) in [
            (Approval, ErrorKind::Denied { problem: None }, 200),
            (Approval, CallbackError::TokenMismatch.into(), 400),
            (Setup, CallbackError::Unreadable { reason }.into(), 500),
            (Keeping, TicketError::Missing.into(), 403),
            (Keeping, TicketError::OtherUser.into(), 403),
            (Keeping, TicketError::Used.into(), 409),
            (Keeping, TicketError::Unknown.into(), 410),
            (Keeping, SealError::Expired.into(), 410),
            (Approval, ErrorKind::RequestTokenExpired, 410),
            (Keeping, SealError::Broken.into(), 500),
            (Keeping, ErrorKind::Store { retryable: true }, 503),
            (Keeping, ErrorKind::Store { retryable: false }, 500),
            (AccessToken, ErrorKind::Connect, 503),
            (AccessToken, rejected(503, None), 503),
            (AccessToken, rejected(401, None), 410),
            (AccessToken, rejected(404, None), 502),
            (RequestToken, rejected(401, None), 500),
            (Resource, rejected(401, None), 403),
            (Resource, RequestError::UrlChanged.into(), 500),
            (Resource, PaceError::BudgetSpent.into(), 503),
        ] {
            let error = Error::new(stage, kind);
            assert_eq!(error.http_status_hint().as_u16(), status, "{error:?}");
        }
    }

    #[test]
    fn an_error_does_not_repeat_its_source() {
        let source = std::io::Error::other("the source's own words");
        let error = Error::new(Stage::Keeping, ErrorKind::Store { retryable: true });
        let error = error.with_source(source).with_retry_after(Some(Duration::from_secs(7)));
        assert!(!error.to_string().contains("own words"), "{error}");
        let source = std::error::Error::source(&error).unwrap();
        assert_eq!(source.to_string(), "the source's own words");
        assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    }
}
