//! The one error of this crate: a stage, a kind, and what the provider said.
//!
//! Floor 0: uses nothing of ours. The trap: an error travels into logs and bug reports, so nothing
//! that is put in here may hold a secret, a query string or a header. Text from outside comes in
//! through [`Error::with_excerpt`], which the caller redacts and bounds first.

use std::{error::Error as StdError, fmt};

use http::StatusCode;

/// A boxed foreign error, kept as the source of ours.
pub type BoxError = Box<dyn StdError + Send + Sync + 'static>;

/// What went wrong, where in the flow, and what the provider said about it.
///
/// Match on [`kind`](Self::kind), ask [`is_retryable`](Self::is_retryable), print it for people:
/// `Display` is a sentence that says what to do. No secret, query string or header is ever in it.
///
/// # Examples
///
/// ```
/// use tripod::{ErrorKind, Provider};
///
/// let error = Provider::new(
///     "http://provider.example/request_token",
///     "https://provider.example/authorize",
///     "https://provider.example/access_token",
/// )
/// .unwrap_err();
/// assert!(matches!(error.kind(), ErrorKind::InsecureEndpoint));
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    stage: Stage,
    kind: ErrorKind,
    endpoint: Option<String>,
    excerpt: Option<String>,
    detail: Option<String>,
    source: Option<BoxError>,
    /// Of a reply that could not be used, where the kind does not hold it.
    status: Option<StatusCode>,
    /// What the provider's own code says of trying again, where the kind does not tell.
    retryable: Option<bool>,
}

/// The part of the work in which an error arose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// Building a client, a provider, a callback or a request, before anything is sent.
    Setup,
    /// Asking for a request token (RFC 5849 section 2.1).
    RequestToken,
    /// Taking the user's approval: the callback or the typed verifier (section 2.2).
    Approval,
    /// Exchanging the request token for an access token (section 2.3).
    AccessToken,
    /// Calling a protected resource (section 3).
    Resource,
    /// Putting a flow or a session away, or taking it up again: sealing, tickets and stores.
    Keeping,
}

/// What happened.
///
/// New kinds may be added, so a `match` needs a last arm.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A URL could not be read. `reason` says which part. Give an absolute `http` or `https` URL
    /// whose other characters are percent-encoded and whose host name is ASCII (punycode).
    InvalidUrl {
        /// Which part is wrong.
        reason: &'static str,
    },
    /// An endpoint is not HTTPS and not on the loopback interface. RFC 5849 sections 2.1 and 2.3
    /// require TLS: the replies carry secrets.
    InsecureEndpoint,
    /// PLAINTEXT was asked for over a connection without TLS, which would show the secrets
    /// (RFC 5849 section 3.4.4). Use HTTPS or an HMAC method.
    PlaintextWithoutTls,
    /// A name or value of the caller's is one of OAuth's own (`oauth_…`), which may stand in one
    /// place only, once (RFC 5849 sections 2, 3.1 and 3.5). Take it out; the crate adds them.
    ReservedParameter {
        /// The parameter's name.
        name: String,
    },
    /// A setting has a value that cannot be sent, such as a line break in a realm.
    InvalidSetting {
        /// Which setting, and why.
        reason: &'static str,
    },
    /// Parameters were to travel in the form body, and the request has none (RFC 5849 section
    /// 3.5.2). Use the header or the query for this request.
    FormBodyNeeded,
    /// The request's query or form holds bytes that are not UTF-8 once decoded, which RFC 5849
    /// section 3.6 has no spelling for. Send text.
    ParameterNotUtf8,
    /// The request goes to a host that is not the provider's, so signing it would show the token
    /// to a stranger. Name the origin with [`Provider::with_resource_origin`].
    ///
    /// [`Provider::with_resource_origin`]: crate::Provider::with_resource_origin
    ForeignOrigin,
    /// The clock stands at or before 1970-01-01, where no valid timestamp exists (RFC 5849 section
    /// 3.3). Set the system's clock.
    ClockBeforeEpoch,
    /// The caller's own signer failed; its error is the source.
    SignerFailed,
    /// A body or parameter could not be serialised; the serialiser's error is the source.
    NotSerializable,
    /// No transport: the crate was built without the `reqwest` feature and none was given.
    /// Use [`Client::with_transport`](crate::Client::with_transport), or `request` and `accept`.
    NoTransport,
    /// The reqwest transport was used outside a Tokio runtime. Call it from one, or use `request`
    /// and `accept`.
    NoRuntime,

    /// The connection could not be made: name, route, refused, or TLS.
    Connect,
    /// The reply did not come within the time limit.
    Timeout,
    /// The connection broke before the reply was whole.
    Interrupted,
    /// The reply is larger than the limit, after decompression.
    ReplyTooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The provider answered with a redirect, which is never followed: it would carry credentials
    /// elsewhere. Check the endpoint's URL.
    Redirected {
        /// The reply's status.
        status: StatusCode,
    },
    /// The reply came from another URL than the one asked, or the HTTP client would send another
    /// URL than the one signed.
    UrlChanged,

    /// The provider refused. `problem` is its `oauth_problem` or error code, if it sent one.
    Rejected {
        /// The reply's status.
        status: StatusCode,
        /// The provider's own word for it, such as `nonce_used`, or a numeric code.
        problem: Option<String>,
    },
    /// The provider refused the timestamp, also on the retry with its own clock. Check the time of
    /// this machine.
    TimestampRefused {
        /// The reply's status.
        status: StatusCode,
    },
    /// The reply is not the form-encoded text that RFC 5849 sections 2.1 and 2.3 describe. `reason`
    /// says what it looks like instead.
    MalformedReply {
        /// What is wrong.
        reason: &'static str,
    },
    /// A required field of the reply is missing or empty.
    MissingField {
        /// The field's name.
        name: &'static str,
    },
    /// A field of the reply stands there more than once, so that its value is in doubt.
    RepeatedField {
        /// The field's name.
        name: &'static str,
    },
    /// The provider did not confirm the callback with `oauth_callback_confirmed=true`: it may be an
    /// OAuth 1.0 service, open to session fixation (RFC 5849 section 2.1). A provider that is known
    /// to leave it out can be marked so with [`Provider::tolerate_missing_confirmation`].
    ///
    /// [`Provider::tolerate_missing_confirmation`]: crate::Provider::tolerate_missing_confirmation
    CallbackNotConfirmed,

    /// The callback is not a URL, a query or a relative path with a readable query.
    InvalidCallback {
        /// What is wrong.
        reason: &'static str,
    },
    /// The callback named another request token than the one this flow was issued, or none (RFC
    /// 5849 section 2.2). Usual cause: two tabs, or a callback meant for another user. Wait for the
    /// right callback, or begin again.
    CallbackTokenMismatch,
    /// The user, or the provider for them, said no. `problem` is the word that came with it.
    Denied {
        /// Such as `user_refused` or `access_denied`; none if the callback simply had no verifier.
        problem: Option<String>,
    },
    /// The verifier is empty. The user has to copy the code that the provider showed.
    MissingVerifier,
    /// The request token is older than the provider's stated lifetime. Begin again.
    RequestTokenExpired,

    /// What was sealed names a key that is not in the key ring: it was sealed by a program with
    /// other keys, or the key was taken out too early. Put the key back, as an older one.
    SealKeyUnknown {
        /// The key's id, as the sealed bytes have it; not authenticated.
        id: String,
    },
    /// What was sealed cannot be opened: it was changed, or sealed under another key of that id, or
    /// for another place (another ticket, another user). Treat it as lost, and look who moved it.
    SealBroken,
    /// It is sound, but was sealed for another provider, another consumer key, or another purpose
    /// (a pending flow is not a session). Open it with a client of the same provider and consumer.
    SealForeign,
    /// It was written by a version of this crate that has another format. Update this program.
    SealVersion {
        /// The format's version, as the bytes have it; not authenticated.
        version: u8,
    },
    /// It ends too early: the bytes were cut off where they were kept.
    SealTruncated,
    /// The pending flow was put away for a time that is over. Begin again.
    SealExpired,
    /// It would be larger, once sealed, than the place it is meant for can hold.
    SealTooLarge {
        /// How much that place holds, in bytes.
        limit: usize,
    },
    /// No flow is kept under the ticket: it has expired, or was never parked here. Begin again.
    TicketUnknown,
    /// The flow was taken up already, by a double click or from another tab. That request has it.
    TicketUsed,
    /// The browser that brought the callback has no ticket for it: the callback belongs to another
    /// browser, or the cookie has expired. Refuse it; whoever began the flow can begin again.
    TicketMissing,
    /// The store failed; its error is the source.
    StoreFailed {
        /// Whether the same call may succeed later.
        retryable: bool,
    },
}

impl Error {
    pub(crate) fn new(stage: Stage, kind: ErrorKind) -> Self {
        Self(Box::new(Inner {
            stage,
            kind,
            endpoint: None,
            excerpt: None,
            detail: None,
            source: None,
            status: None,
            retryable: None,
        }))
    }

    pub(crate) fn setup(kind: ErrorKind) -> Self {
        Self::new(Stage::Setup, kind)
    }

    pub(crate) fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.0.status = Some(status);
        self
    }

    pub(crate) fn at_stage(mut self, stage: Stage) -> Self {
        self.0.stage = stage;
        self
    }

    /// `endpoint` must have no query, fragment or user-info.
    pub(crate) fn with_endpoint(mut self, endpoint: String) -> Self {
        self.0.endpoint = Some(endpoint);
        self
    }

    /// `excerpt` must be redacted and bounded.
    pub(crate) fn with_excerpt(mut self, excerpt: String) -> Self {
        self.0.excerpt = (!excerpt.is_empty()).then_some(excerpt);
        self
    }

    /// `detail` is advice in our own words, with nothing from outside that is not redacted.
    #[cfg(feature = "fatsecret")]
    pub(crate) fn with_detail(mut self, detail: String) -> Self {
        self.0.detail = Some(detail);
        self
    }

    #[cfg(feature = "fatsecret")]
    pub(crate) fn with_retryable(mut self, retryable: bool) -> Self {
        self.0.retryable = Some(retryable);
        self
    }

    /// What happened.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// In which part of the work.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.0.stage
    }

    /// The HTTP status of the reply that this error is about, if there was one.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match self.0.kind {
            ErrorKind::Rejected { status, .. }
            | ErrorKind::Redirected { status }
            | ErrorKind::TimestampRefused { status } => Some(status),
            _ => self.0.status,
        }
    }

    /// The provider's own word for the problem: its `oauth_problem`, or an error code as text.
    #[must_use]
    pub fn problem(&self) -> Option<&str> {
        match &self.0.kind {
            ErrorKind::Rejected { problem, .. } | ErrorKind::Denied { problem } => {
                problem.as_deref()
            }
            _ => None,
        }
    }

    /// The beginning of the reply's body: at most 300 characters, secrets masked.
    #[must_use]
    pub fn excerpt(&self) -> Option<&str> {
        self.0.excerpt.as_deref()
    }

    /// The URL that was called, without its query.
    #[must_use]
    pub fn endpoint(&self) -> Option<&str> {
        self.0.endpoint.as_deref()
    }

    /// Whether the same step may succeed if it is simply tried again, after a pause.
    ///
    /// True for failures of the network and of a store that may come back, and for statuses 408, 429,
    /// 500, 502, 503 and 504. A token
    /// exchange that was cut off may have spent the request token at the provider; the retry then
    /// ends with [`ErrorKind::Rejected`].
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        if let Some(retryable) = self.0.retryable {
            return retryable;
        }
        match &self.0.kind {
            ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Interrupted => true,
            ErrorKind::Rejected { status, .. } => {
                matches!(status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504)
            }
            ErrorKind::StoreFailed { retryable } => *retryable,
            _ => false,
        }
    }

    /// Whether the user (or the provider on their behalf) refused the approval.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Denied { .. })
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

impl fmt::Display for ErrorKind {
    #[expect(clippy::too_many_lines, reason = "one sentence for each kind, and no logic")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidUrl { reason } => write!(f, "the URL cannot be used: {reason}"),
            Self::InsecureEndpoint => {
                f.write_str("the endpoint must be https (http only on the loopback interface)")
            }
            Self::PlaintextWithoutTls => f.write_str(
                "PLAINTEXT would send the secrets over a connection without TLS; use https or an HMAC method",
            ),
            Self::ReservedParameter { name } => write!(
                f,
                "the parameter {name:?} is OAuth's own and may not be given by the caller; take it out"
            ),
            Self::InvalidSetting { reason } => write!(f, "a setting cannot be used: {reason}"),
            Self::FormBodyNeeded => f.write_str(
                "the OAuth parameters should travel in a form body, and this request has none; use the header or the query",
            ),
            Self::ParameterNotUtf8 => f.write_str(
                "a parameter is not UTF-8 once percent-decoded, and OAuth can sign only text",
            ),
            Self::ForeignOrigin => f.write_str(
                "the URL is not at the provider, and signing would show it the token; name the origin on the provider if it is trusted",
            ),
            Self::ClockBeforeEpoch => {
                f.write_str("the clock stands at or before 1970, where no timestamp is valid; set it")
            }
            Self::SignerFailed => f.write_str("the signer that was given failed"),
            Self::NotSerializable => f.write_str("the parameters or the body cannot be serialised"),
            Self::NoTransport => f.write_str(
                "there is no HTTP transport; give the client one, enable the `reqwest` feature, or use `request` and `accept`",
            ),
            Self::NoRuntime => f.write_str(
                "the reqwest transport needs a Tokio runtime; call it from one, or use `request` and `accept`",
            ),
            Self::Connect => f.write_str("no connection to the provider; check the network and try again"),
            Self::Timeout => f.write_str("no reply within the time limit; try again"),
            Self::Interrupted => f.write_str("the connection broke before the reply was whole; try again"),
            Self::ReplyTooLarge { limit } => {
                write!(f, "the reply is larger than {limit} bytes and was not read further")
            }
            Self::Redirected { status } => write!(
                f,
                "the provider answered with a redirect (HTTP {}), which is not followed; check the endpoint",
                status.as_u16()
            ),
            Self::UrlChanged => f.write_str(
                "the URL that is called is not the one that was signed; write it in its normal form",
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
            Self::MalformedReply { reason } => {
                write!(f, "the reply is not the form-encoded text that OAuth prescribes: {reason}")
            }
            Self::MissingField { name } => write!(f, "the reply has no {name}"),
            Self::RepeatedField { name } => write!(f, "the reply has {name} more than once"),
            Self::CallbackNotConfirmed => f.write_str(
                "the provider did not confirm the callback (oauth_callback_confirmed=true), so the flow could be hijacked",
            ),
            Self::InvalidCallback { reason } => write!(f, "the callback cannot be read: {reason}"),
            Self::CallbackTokenMismatch => {
                f.write_str("the callback is for another request token; was another tab used?")
            }
            Self::Denied { problem: Some(problem) } => {
                write!(f, "the user or the provider refused the approval ({problem:?})")
            }
            Self::Denied { problem: None } => f.write_str(
                "the approval was refused: the callback has no verifier",
            ),
            Self::MissingVerifier => {
                f.write_str("the verifier is empty; copy the code that the provider shows after approval")
            }
            Self::RequestTokenExpired => {
                f.write_str("the request token is older than the provider allows; begin again")
            }
            Self::SealKeyUnknown { id } => {
                write!(f, "it was sealed with the key {id:?}, which is not in the key ring; put it back")
            }
            Self::SealBroken => f.write_str(
                "what was sealed cannot be opened: it was changed or moved, or the key is another one",
            ),
            Self::SealForeign => f.write_str(
                "it was sealed for another provider, consumer or purpose",
            ),
            Self::SealVersion { version } => write!(
                f,
                "it was sealed in the format's version {version}, which this program does not know; update it"
            ),
            Self::SealTruncated => f.write_str("what was sealed ends too early"),
            Self::SealExpired => {
                f.write_str("the pending flow was kept for a time that is over; begin again")
            }
            Self::SealTooLarge { limit } => {
                write!(f, "it would be larger than the {limit} bytes that can be kept")
            }
            Self::TicketUnknown => {
                f.write_str("no flow is kept under this ticket; it may have expired, so begin again")
            }
            Self::TicketUsed => f.write_str("the flow was taken up already; was the link opened twice?"),
            Self::TicketMissing => f.write_str(
                "this browser has no ticket for the callback; was the flow begun in another one?",
            ),
            Self::StoreFailed { retryable: true } => f.write_str("the store failed; try again"),
            Self::StoreFailed { retryable: false } => f.write_str("the store refused"),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Error");
        out.field("stage", &self.0.stage).field("kind", &self.0.kind);
        if let Some(endpoint) = &self.0.endpoint {
            out.field("endpoint", endpoint);
        }
        if let Some(detail) = &self.0.detail {
            out.field("detail", detail);
        }
        if let Some(excerpt) = &self.0.excerpt {
            out.field("excerpt", excerpt);
        }
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
