//! A reply: an answer, or what stands in its place.

// Pure. The trap: the error envelope comes before everything else. It arrives with HTTP
// 200 and, when the request failed before FatSecret had read `format`, as XML.

use std::{borrow::Cow, fmt};

use bytes::Bytes;
use http::{Response, StatusCode};
use serde::de::{DeserializeOwned, IgnoredAny};

use super::{
    codes::ErrorCode,
    error::{ApiError, ApiErrorKind},
    wire::{
        Fields,
        outcome::{Answer, FieldError},
        read_object,
    },
};
use crate::protocol::{
    problem::{ErrorObject, Problem, without_mark},
    redact::{excerpt, markup::is_html, words::Source},
};

/// A reply to a call, of which it is known whether it is an error of FatSecret.
///
/// [`Endpoint::read`](super::endpoint::Endpoint::read) takes it. For a reply that your program received with its own HTTP
/// client, [`new`](Self::new) looks whether it is an error.
///
/// # Examples
///
/// ```
/// use http::StatusCode;
/// use tripod::fatsecret::{ErrorCode, Reply};
///
/// let reply = Reply::new(StatusCode::OK, br#"{"error":{"code":106,"message":"Invalid ID"}}"#);
/// assert_eq!(reply.code(), Some(ErrorCode::IdInvalid));
/// assert_eq!(Reply::new(StatusCode::OK, br#"{"food":{"food_id":"1"}}"#).code(), None);
/// ```
#[derive(Clone)]
pub struct Reply<'a> {
    status: StatusCode,
    body: &'a [u8],
    object: Option<Cow<'a, ErrorObject>>,
}

impl<'a> Reply<'a> {
    /// Creates a reply from its status and its whole body.
    #[must_use]
    pub fn new(status: StatusCode, body: &'a [u8]) -> Self {
        let object = text_of(body).and_then(ErrorObject::in_text).map(Cow::Owned);
        Self { status, body, object }
    }

    /// A reply of which it is known what it means.
    pub(crate) fn known(reply: &'a Response<Bytes>, problem: &'a Problem) -> Self {
        let body = reply.body();
        // What is no text is no error of FatSecret, whatever is found in it.
        let object = problem.object.as_deref().filter(|_| text_of(body).is_some());
        Self { status: reply.status(), body, object: object.map(Cow::Borrowed) }
    }

    /// Returns the HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the body.
    #[must_use]
    pub fn body(&self) -> &'a [u8] {
        self.body
    }

    /// Returns FatSecret's error code, if the reply is an error of FatSecret.
    #[must_use]
    pub fn code(&self) -> Option<ErrorCode> {
        let number: u32 = self.object.as_ref()?.code.as_deref()?.trim().parse().ok()?;
        Some(ErrorCode::from(number))
    }

    /// Decodes the reply with `serde`: for an [`Endpoint`](super::endpoint::Endpoint) of your own.
    ///
    /// `T` is the whole reply, so it needs a field for the outermost name, such as `food`. FatSecret
    /// writes most numbers as text, and a list of one item as that item alone.
    ///
    /// # Errors
    ///
    /// [`ApiErrorKind::Refused`] if the reply is an error of FatSecret, and
    /// [`ApiErrorKind::NotAnAnswer`] if it is not JSON, or cannot be decoded into a `T`.
    pub fn json<T: DeserializeOwned>(&self) -> Result<Answer<T>, ApiError> {
        let text = self.text()?;
        match serde_json::from_str(text) {
            Ok(value) if self.status.is_success() => Ok(Answer::new(value, Vec::new())),
            // A proxy's JSON is no answer.
            Ok(_) => Err(self.no_answer(OTHER_JSON)),
            Err(error) if error.is_data() => {
                // Of a text that is cut off, too, a value may be read before its end is missed.
                serde_json::from_str::<IgnoredAny>(text).map_err(|error| self.no_json(error))?;
                // serde's own text quotes the reply, which may hold anything.
                let (line, column) = (error.line(), error.column());
                let source = format!("a Data error of the JSON at line {line} column {column}");
                Err(self.no_answer(OTHER_JSON).with_source(source))
            }
            Err(error) => Err(self.no_json(error)),
        }
    }

    /// Decodes the reply: an error of FatSecret's, in JSON or XML, or what `read` makes of the object.
    pub(crate) fn object<T>(
        &self,
        read: impl FnOnce(&Fields<'_>) -> Result<T, FieldError>,
    ) -> Result<Answer<T>, ApiError> {
        let outcome = read_object(self.text()?, |fields| {
            // A proxy's JSON is no answer.
            if !self.status.is_success() {
                return Ok(Err(self.no_answer(OTHER_JSON)));
            }
            read(fields).map(Ok)
        });
        match outcome {
            Ok(Ok(answer)) => answer.transpose(),
            Ok(Err(_)) if !self.status.is_success() => Err(self.no_answer(OTHER_JSON)),
            Ok(Err(field)) => Err(ApiError::new(self.status, ApiErrorKind::Field(field))),
            Err(error) => Err(self.no_json(error)),
        }
    }

    /// The text, if it may be that of an answer.
    fn text(&self) -> Result<&'a str, ApiError> {
        let Some(text) = text_of(self.body) else {
            return Err(self.no_answer("not UTF-8"));
        };
        if let Some((object, code)) = self.object.as_ref().zip(self.code()) {
            let message = object.message.as_deref().unwrap_or_default().trim();
            let message = excerpt(Source::Refusal, message.as_bytes(), &[]);
            return Err(ApiError::new(self.status, ApiErrorKind::Refused { code, message }));
        }
        let looks_like = if text.is_empty() {
            "empty"
        } else if is_html(text) {
            "an HTML page"
        } else if text.starts_with('<') {
            "XML"
        } else if self.object.is_some() {
            // Without a code that is a number, it is a proxy's, and no answer either.
            OTHER_JSON
        } else {
            return Ok(text);
        };
        Err(self.no_answer(looks_like))
    }

    fn no_json(&self, error: serde_json::Error) -> ApiError {
        let looks_like = if error.is_eof() { "JSON that is cut off" } else { "not JSON" };
        self.no_answer(looks_like).with_source(error)
    }

    fn no_answer(&self, looks_like: &'static str) -> ApiError {
        let excerpt = excerpt(Source::Refusal, self.body, &[]);
        ApiError::new(self.status, ApiErrorKind::NotAnAnswer { looks_like, excerpt })
    }
}

/// Nothing of the body, which may hold anything.
impl fmt::Debug for Reply<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("bytes", &self.body.len())
            .field("code", &self.code())
            .finish_non_exhaustive()
    }
}

const OTHER_JSON: &str = "JSON of another kind";

/// The body as text, without a byte order mark and the space around it.
fn text_of(body: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(body).ok()?;
    Some(without_mark(text))
}

impl ErrorCode {
    /// Returns the error code in a reply's body, if the reply is an error of FatSecret.
    ///
    /// Use it if your program sends the requests itself and checks the reply before decoding it.
    ///
    /// # Examples
    ///
    /// ```
    /// use tripod::fatsecret::ErrorCode;
    ///
    /// let body = br#"{"error":{"code":6,"message":"Invalid/expired timestamp"}}"#;
    /// assert_eq!(ErrorCode::in_body(body), Some(ErrorCode::TimestampInvalid));
    /// assert_eq!(ErrorCode::in_body(br#"{"food_entries":null}"#), None);
    /// ```
    #[must_use]
    pub fn in_body(body: &[u8]) -> Option<Self> {
        Reply::new(StatusCode::OK, body).code()
    }
}
