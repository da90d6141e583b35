//! The one error of this crate: a stage, a kind, and what the provider said.
//!
//! Floor 0: uses nothing of ours. The trap: an error travels into logs and bug reports, so nothing
//! that is put in here may hold a secret, a query string or a header. Text from outside comes in
//! through [`Error::with_excerpt`], which the caller redacts and bounds first.

mod kind;

use std::{error::Error as StdError, fmt};

use http::StatusCode;

pub use self::kind::ErrorKind;

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
