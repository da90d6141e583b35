//! What can be wrong with an answer of FatSecret's.

// Pure. The trap: an error of FatSecret's is an HTTP 200 like any answer, and its message
// may repeat a signature, so every text in here has been through `excerpt`.

use std::{error::Error as StdError, fmt, mem};

use http::StatusCode;

use crate::{
    error::{BoxError, Error},
    protocol::redact,
    signature::explain::Explanation,
};

use super::{
    codes::{ErrorCode, Retry},
    wire::outcome::FieldError,
};

/// The error of a call of FatSecret: FatSecret refused, or its reply cannot be read.
///
/// Match on [`kind`](Self::kind), or ask [`code`](Self::code) and [`retry`](Self::retry). `Display`
/// says what to do. No token, signature or secret is in it.
///
/// # Examples
///
/// ```
/// use tripod::fatsecret::{ErrorCode, endpoint::Endpoint, profile::GetProfile};
///
/// let body = br#"{"error":{"code":"9","message":"Invalid access token"}}"#;
/// let error = GetProfile::new().decode(http::StatusCode::OK, body).unwrap_err();
/// assert_eq!(error.code(), Some(ErrorCode::AccessTokenInvalid));
/// ```
pub struct ApiError(Box<Inner>);

struct Inner {
    status: StatusCode,
    kind: ApiErrorKind,
    source: Option<BoxError>,
    explanation: Option<Explanation>,
}

/// What is wrong with a reply of FatSecret.
///
/// # Examples
///
/// ```
/// use tripod::fatsecret::{ApiError, ApiErrorKind, endpoint::Endpoint, profile::GetProfile};
///
/// fn what(error: &ApiError) -> String {
///     match error.kind() {
///         ApiErrorKind::Refused { code, message, .. } => format!("{}: {message}", code.number()),
///         ApiErrorKind::Field(field) => format!("{} cannot be read", field.path()),
///         ApiErrorKind::NotAnAnswer { looks_like, .. } => format!("no answer, but {looks_like}"),
///         other => format!("{other:?}"),
///     }
/// }
///
/// let body = br#"{"error":{"code":"9","message":"Invalid access token"}}"#;
/// let error = GetProfile::new().decode(http::StatusCode::OK, body).unwrap_err();
/// assert_eq!(what(&error), "9: Invalid access token");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApiErrorKind {
    /// FatSecret answered with an error code.
    #[non_exhaustive]
    Refused {
        /// The code, which knows what to do.
        code: ErrorCode,
        /// FatSecret's own words: at most 300 characters, secrets masked.
        message: String,
    },
    /// A required field of the reply is missing or malformed. FatSecret has changed the field, or
    /// this crate is wrong about it: please report it. If the call was a write, it has probably
    /// been done.
    Field(FieldError),
    /// The reply does not come from FatSecret's API: it is a gateway's page, XML (was `format=json`
    /// lost?), text, or it was cut off.
    #[non_exhaustive]
    NotAnAnswer {
        /// What it looks like.
        looks_like: &'static str,
        /// Its beginning: at most 300 characters, secrets masked.
        excerpt: String,
    },
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, kind: ApiErrorKind) -> Self {
        Self(Box::new(Inner { status, kind, source: None, explanation: None }))
    }

    pub(crate) fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    pub(crate) fn with_explanation(mut self, explanation: Option<Explanation>) -> Self {
        self.0.explanation = explanation;
        self
    }

    /// Masks what the caller knows to be secret, in whatever is quoted of the reply.
    pub(crate) fn without(mut self, secrets: &[&str]) -> Self {
        match &mut self.0.kind {
            ApiErrorKind::Refused { message: text, .. }
            | ApiErrorKind::NotAnAnswer { excerpt: text, .. } => {
                *text = redact::without(mem::take(text), secrets);
            }
            ApiErrorKind::Field(field) => field.without(secrets),
        }
        self
    }

    /// Returns FatSecret's part of a call's error, if there is one.
    ///
    /// # Examples
    ///
    /// ```
    /// use tripod::fatsecret::{ApiError, ErrorCode};
    ///
    /// fn is_slow_down(error: &tripod::Error) -> bool {
    ///     ApiError::of(error).and_then(ApiError::code) == Some(ErrorCode::TooManyActions)
    /// }
    /// ```
    #[must_use]
    pub fn of(error: &Error) -> Option<&Self> {
        StdError::source(error)?.downcast_ref()
    }

    /// Returns the steps of the signature, with secrets masked, if FatSecret found it invalid (code 8), for
    /// example for a bug report.
    ///
    /// It was computed from the same request a moment later, so timestamp and nonce differ.
    #[must_use]
    pub fn explanation(&self) -> Option<&Explanation> {
        self.0.explanation.as_ref()
    }

    /// Returns what is wrong.
    #[must_use]
    pub fn kind(&self) -> &ApiErrorKind {
        &self.0.kind
    }

    /// Returns the HTTP status of the reply. FatSecret's own errors usually come with 200.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// Returns FatSecret's error code, if FatSecret refused.
    #[must_use]
    pub fn code(&self) -> Option<ErrorCode> {
        match self.0.kind {
            ApiErrorKind::Refused { code, .. } => Some(code),
            _ => None,
        }
    }

    /// Returns the field that is missing or malformed, if that is the error.
    #[must_use]
    pub fn field(&self) -> Option<&FieldError> {
        match &self.0.kind {
            ApiErrorKind::Field(field) => Some(field),
            _ => None,
        }
    }

    /// Returns whether and how to send the request again. It depends on FatSecret's code, or on the status
    /// if a gateway sent the error.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match (&self.0.kind, self.0.status.as_u16()) {
            (ApiErrorKind::Refused { code, .. }, _) => code.retry(),
            (ApiErrorKind::NotAnAnswer { .. }, 429) => Retry::Slower,
            (ApiErrorKind::NotAnAnswer { .. }, 503) => Retry::Backoff,
            (ApiErrorKind::NotAnAnswer { .. }, 408 | 500 | 502 | 504) => Retry::IfRepeatable,
            _ => Retry::Never,
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.kind {
            ApiErrorKind::Refused { code, message } => {
                write!(f, "FatSecret refused: {code}")?;
                if !message.is_empty() {
                    write!(f, ", in its words {message:?}")?;
                }
                write!(f, "; {}", code.advice())
            }
            ApiErrorKind::Field(field) => write!(f, "the answer cannot be read: {field}"),
            ApiErrorKind::NotAnAnswer { looks_like, excerpt } => {
                write!(
                    f,
                    "the reply (HTTP {}) is {looks_like} and no answer of FatSecret's",
                    self.0.status.as_u16()
                )?;
                if !excerpt.is_empty() {
                    write!(f, "; it began: {excerpt:?}")?;
                }
                Ok(())
            }
        }
    }
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("ApiError");
        out.field("status", &self.0.status).field("kind", &self.0.kind);
        if let Some(source) = &self.0.source {
            out.field("source", source);
        }
        out.finish()
    }
}

impl StdError for ApiError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0.source {
            Some(source) => Some(source.as_ref()),
            None => None,
        }
    }
}
