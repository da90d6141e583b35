//! From a status and a body to an answer or an error.
//!
//! Floor 5: pure. The trap: the error envelope comes before everything else. It arrives with HTTP
//! 200 and, when the request failed before FatSecret had read `format`, as XML.

use std::borrow::Cow;

use http::StatusCode;

use super::{
    codes::ErrorCode,
    error::{ApiError, ApiErrorKind},
    wire::{Answer, FieldError, Fields, FromJson, Json, read_object},
};
use crate::protocol::{
    problem::without_mark,
    redact::{Source, excerpt},
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
    if text.starts_with('<') {
        if is_html(text) {
            return fail(not_an_answer("an HTML page"));
        }
        return fail(xml_error(text).unwrap_or_else(|| not_an_answer("XML")));
    }
    let outcome = read_object(text, |fields| {
        if let Some(refused) = fields.optional("error") {
            return Ok(Err(refused));
        }
        // A proxy's JSON is no answer, and an unread one no empty list.
        if !status.is_success() || fields.optional::<Present>("error").is_some() {
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
    /// The error code in a reply's body, if the reply is one of FatSecret's errors.
    ///
    /// For those who send requests by themselves and want to look before decoding.
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

/// An `error` that is there, whatever it is.
struct Present;

impl FromJson for Present {
    fn from_json(_: Json<'_>) -> Result<Self, FieldError> {
        Ok(Self)
    }
}

impl FromJson for ApiErrorKind {
    fn from_json(json: Json<'_>) -> Result<Self, FieldError> {
        let fields = json.fields()?;
        Ok(refused(fields.get("code")?, &fields.optional::<String>("message").unwrap_or_default()))
    }
}

fn refused(code: u32, message: &str) -> ApiErrorKind {
    ApiErrorKind::Refused {
        code: ErrorCode::from(code),
        message: excerpt(Source::Refusal, message.trim().as_bytes(), &[]),
    }
}

/// Finds `<error><code>…</code><message>…</message></error>`. Two elements are no reason for an XML
/// parser: nothing else of the document is wanted.
fn xml_error(text: &str) -> Option<ApiErrorKind> {
    let inside = text.split_once("<error")?.1;
    let code = element(inside, "code")?.trim().parse().ok()?;
    let message = element(inside, "message").unwrap_or_default();
    Some(refused(code, &unescape(message)))
}

fn element<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let start = text.split_once(&format!("<{name}>"))?.1;
    Some(start.split_once(&format!("</{name}>"))?.0)
}

fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = text.to_owned();
    for (entity, character) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&apos;", "'"),
        ("&#39;", "'"),
        // Last, so that `&amp;lt;` stays `&lt;`.
        ("&amp;", "&"),
    ] {
        out = out.replace(entity, character);
    }
    Cow::Owned(out)
}

fn is_html(text: &str) -> bool {
    let beginning: String = text.chars().take(200).collect::<String>().to_ascii_lowercase();
    beginning.contains("<html") || beginning.starts_with("<!doctype")
}
