//! A provider's error object: in JSON and XML, and with HTTP 200.

use std::borrow::Cow;

use super::{super::dialect::SuccessRefusal, text::window};
use crate::json::Value;

/// A provider's error object, as it stands in a reply.
pub(super) struct Envelope<'t> {
    /// Its code, if it has one that is a number or a text.
    pub(super) code: Option<Cow<'t, str>>,
    pub(super) message: Option<Cow<'t, str>>,
    /// What stands in its place and is no object.
    pub(super) word: Option<Cow<'t, str>>,
}

impl<'t> Envelope<'t> {
    /// The value of the member "error", unless it is one of the spellings of nothing.
    pub(super) fn of(error: Value<'t>) -> Option<Self> {
        // MediaWiki's `api.php` has its sentence in `info`.
        let ([code, message, info], _) = error.members(["code", "message", "info"]);
        (!error.is_nothing()).then(|| Self {
            code: code.and_then(Value::text),
            message: message.or(info).and_then(Value::text),
            word: error.text(),
        })
    }
}

/// Whether a JSON text may have a member "error", at the price of one look at it: nearly no answer has.
fn may_name_an_error(text: &str) -> bool {
    // Escaped, all letters of the word are `\u006…` or `\u007…`.
    ["error", "\\u006", "\\u007"].iter().any(|part| text.contains(part))
}

/// Reads `{"error":{"code":6,"message":"…"}}` or `<error><code>6</code>…`, the only ones of their kind
/// that count with HTTP 200: the member stands at the top of a whole object, and the element is the root.
pub(super) fn envelope(text: &str) -> Option<Envelope<'_>> {
    if text.starts_with('<') {
        let (code, message) = xml_error(text, true)?;
        return Some(Envelope {
            code: Some(code.into()),
            message: message.map(Cow::from),
            word: None,
        });
    }
    if !may_name_an_error(text) {
        return None;
    }
    let ([error], is_whole) = Value::document(text).members(["error"]);
    Envelope::of(error.filter(|_| is_whole)?)
}

/// The refusal that a reply with a status of success is, in the provider's form.
pub(super) fn refusal(form: SuccessRefusal, text: &str) -> Option<Envelope<'_>> {
    match form {
        SuccessRefusal::Error => envelope(text),
        SuccessRefusal::Stat => failed_stat(text),
        SuccessRefusal::Meta => failed_meta(text),
    }
}

/// `{"stat":"fail","code":98,"message":"…"}`, also within the call of a function, and the same in XML.
fn failed_stat(text: &str) -> Option<Envelope<'_>> {
    if text.starts_with('<') {
        let text = window(text);
        let (head, inside) = text.split_once("<rsp")?.1.split_once('>')?;
        let (err, _) = inside.split_once("<err")?.1.split_once('>')?;
        let is_failed = attribute(head, "stat")? == "fail";
        let (code, message) = (attribute(err, "code")?, attribute(err, "msg"));
        return is_failed.then(|| Envelope {
            code: Some(code.into()),
            message: message.map(Cow::from),
            word: None,
        });
    }
    if !text.contains("fail") {
        return None;
    }
    let object = text.strip_prefix("jsonFlickrApi(").and_then(|text| text.strip_suffix(')'));
    let ([stat, code, message], is_whole) =
        Value::document(object.unwrap_or(text)).members(["stat", "code", "message"]);
    let is_failed = is_whole && stat?.text()? == "fail";
    let (code, message) = (code.and_then(Value::text), message.and_then(Value::text));
    is_failed.then_some(Envelope { code, message, word: None })
}

/// The value of an attribute among the text of a tag.
fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let value = tag.split_once(&format!("{name}="))?.1;
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    value[1..].split_once(quote).map(|(value, _)| value)
}

/// `{"meta":{"code":401,"message":"…"}}`
fn failed_meta(text: &str) -> Option<Envelope<'_>> {
    let ([meta], is_whole) = Value::document(text).members(["meta"]);
    let ([code, message], _) = meta.filter(|_| is_whole)?.members(["code", "message"]);
    let code = code.and_then(Value::text)?;
    let is_failed = code.parse().is_ok_and(|code: u32| code >= 400);
    let message = message.and_then(Value::text);
    is_failed.then_some(Envelope { code: Some(code), message, word: None })
}

/// Finds `<error><code>…</code><message>…</message></error>`. Two elements are no reason for an XML
/// parser: nothing else of the document is wanted.
pub(super) fn xml_error(text: &str, as_root: bool) -> Option<(&str, Option<&str>)> {
    let text = window(text);
    let mut rest = text;
    if as_root {
        while rest.starts_with("<?") || rest.starts_with("<!") {
            let end = if rest.starts_with("<!--") { "-->" } else { ">" };
            rest = rest.split_once(end)?.1.trim_start();
        }
        rest = rest.strip_prefix("<error")?;
    } else {
        rest = rest.split_once("<error")?.1;
    }
    let inside = rest.strip_prefix('>').or_else(|| {
        rest.strip_prefix(|c: char| c.is_ascii_whitespace())?.split_once('>').map(|(_, rest)| rest)
    })?;
    let code = element(inside, "code")?.trim();
    Some((code, element(inside, "message")))
}

fn element<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let start = text.split_once(&format!("<{name}>"))?.1;
    Some(start.split_once(&format!("</{name}>"))?.0)
}
