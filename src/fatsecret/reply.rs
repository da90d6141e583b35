//! From a status and a body to an answer or an error.

// Pure. The trap: the error envelope comes before everything else. It arrives with HTTP
// 200 and, when the request failed before FatSecret had read `format`, as XML.

use http::StatusCode;
use serde::de::DeserializeOwned;

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
    problem::{
        envelope::{Envelope, envelope},
        without_mark,
    },
    redact::{excerpt, markup::is_html, words::Source},
};

/// Decodes a reply: an error of FatSecret's, in JSON or XML, or what `read` makes of the object.
pub(crate) fn decode<T>(
    status: StatusCode,
    body: &[u8],
    read: impl FnOnce(&Fields<'_>) -> Result<T, FieldError>,
) -> Result<Answer<T>, ApiError> {
    let not_an_answer = |looks_like| ApiErrorKind::NotAnAnswer {
        looks_like,
        excerpt: excerpt(Source::Refusal, body, &[]),
    };
    let fail = |kind| Err(ApiError::new(status, kind));
    let Some(text) = text_of(body) else {
        return fail(not_an_answer("not UTF-8"));
    };
    if text.is_empty() {
        return fail(not_an_answer("empty"));
    }
    let envelope = envelope(text);
    if let Some(kind) = envelope.as_ref().and_then(refused) {
        return fail(kind);
    }
    if is_html(text) {
        return fail(not_an_answer("an HTML page"));
    }
    if text.starts_with('<') {
        return fail(not_an_answer("XML"));
    }
    if envelope.is_some() {
        // Without a code that is a number, it is a proxy's, and no answer either.
        return fail(not_an_answer("JSON of another kind"));
    }
    let outcome = read_object(text, |fields| {
        // A proxy's JSON is no answer.
        if !status.is_success() {
            return Ok(Err(not_an_answer("JSON of another kind")));
        }
        read(fields).map(Ok)
    });
    match outcome {
        Ok(Ok(answer)) => answer.transpose().map_err(|kind| ApiError::new(status, kind)),
        Ok(Err(_)) if !status.is_success() => fail(not_an_answer("JSON of another kind")),
        Ok(Err(field)) => fail(ApiErrorKind::Field(field)),
        Err(error) => {
            let looks_like = if error.is_eof() { "JSON that is cut off" } else { "not JSON" };
            Err(ApiError::new(status, not_an_answer(looks_like)).with_source(error))
        }
    }
}

impl<T: DeserializeOwned> Answer<T> {
    /// Decodes a reply with `serde`: for an [`Endpoint`](super::endpoint::Endpoint) of your own.
    ///
    /// `T` is the whole reply, so it needs a field for the outermost name, such as `food`. FatSecret
    /// writes most numbers as text, and a list of one item as that item alone.
    ///
    /// # Errors
    ///
    /// [`ApiErrorKind::Refused`] if the reply is an error of FatSecret, and
    /// [`ApiErrorKind::NotAnAnswer`] if it is not JSON, or cannot be decoded into a `T`.
    pub fn from_json(status: StatusCode, body: &[u8]) -> Result<Self, ApiError> {
        decode(status, body, |_| Ok(()))?;
        let text = text_of(body).unwrap_or_default();
        serde_json::from_str(text).map(|value| Self::new(value, Vec::new())).map_err(|error| {
            let excerpt = excerpt(Source::Refusal, body, &[]);
            let looks_like = "JSON of another kind";
            ApiError::new(status, ApiErrorKind::NotAnAnswer { looks_like, excerpt })
                .with_source(error)
        })
    }
}

/// Takes the refusal with `code` for an answer without anything in it.
pub(crate) fn empty_if<T: Default>(
    code: ErrorCode,
    decoded: Result<Answer<T>, ApiError>,
) -> Result<Answer<T>, ApiError> {
    match decoded {
        Err(error) if error.code() == Some(code) => Ok(Answer::new(T::default(), Vec::new())),
        decoded => decoded,
    }
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
        decode(StatusCode::OK, body, |_| Ok(())).err()?.code()
    }
}

/// The body as text, without a byte order mark and the space around it.
fn text_of(body: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(body).ok()?;
    Some(without_mark(text))
}

fn refused(envelope: &Envelope<'_>) -> Option<ApiErrorKind> {
    let code: u32 = envelope.code.as_deref()?.trim().parse().ok()?;
    let message = envelope.message.as_deref().unwrap_or_default().trim();
    Some(ApiErrorKind::Refused {
        code: ErrorCode::from(code),
        message: excerpt(Source::Refusal, message.as_bytes(), &[]),
    })
}
