//! What the provider says when it refuses.
//!
//! Four places are in use: the `WWW-Authenticate` challenge (RFC 5849 section 3.5.1 with the OAuth
//! problem reporting extension), a form body, a JSON or XML body, or a plain sentence. Or there is
//! nothing at all. The trap: the text comes from outside; only short plain words are passed on.

use http::{HeaderMap, StatusCode, header};

use crate::signature::decode_pairs;

/// Bodies are searched this far.
const WINDOW_BYTES: usize = 16 * 1024;

/// Which dialect a provider's error bodies are in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// `oauth_problem` and nothing else has a meaning that is known.
    #[default]
    OAuth,
    /// FatSecret: numeric codes, on the data host with HTTP 200; sentences on the handshake host.
    FatSecret,
}

/// A refusal that one retry may mend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Timestamp,
    Nonce,
}

/// The provider's word, and whether it is one of the two that a retry may mend.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) word: Option<String>,
    pub(crate) refusal: Option<Refusal>,
}

impl Problem {
    pub(crate) fn read(
        dialect: Dialect,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Self {
        let may_be_envelope = dialect == Dialect::FatSecret && may_be_envelope(body);
        if status.is_success() && !may_be_envelope {
            // Nearly every reply: there is nothing to read.
            return Self::default();
        }
        let body = body.get(..WINDOW_BYTES).unwrap_or(body);
        let text = String::from_utf8_lossy(body);
        let text = without_mark(&text);
        let word = if status.is_success() {
            None
        } else {
            from_challenges(headers).or_else(|| from_form(text))
        };
        let refusal = match word.as_deref() {
            Some("timestamp_refused") => Some(Refusal::Timestamp),
            Some("nonce_used") => Some(Refusal::Nonce),
            _ => None,
        };
        if word.is_some() || dialect == Dialect::OAuth {
            let word = word.or_else(|| (!status.is_success()).then(|| error_code(text)).flatten());
            return Self { word, refusal };
        }
        if let Some(code) = may_be_envelope.then(|| error_code(text)).flatten() {
            let refusal = match code.as_str() {
                "6" => Some(Refusal::Timestamp),
                "7" => Some(Refusal::Nonce),
                _ => None,
            };
            return Self { word: Some(code), refusal };
        }
        Self { word: None, refusal: if status.is_success() { None } else { from_sentence(text) } }
    }
}

/// The envelope of FatSecret's data replies has one key, so it stands at the beginning.
fn may_be_envelope(body: &[u8]) -> bool {
    let body = body.trim_ascii_start();
    body.get(..72).unwrap_or(body).windows(5).any(|some| some == b"error")
}

/// The text without a byte order mark, which .NET puts before XML, and without the space around it.
pub(crate) fn without_mark(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix('\u{feff}').unwrap_or(text).trim_start()
}

/// Passes on a short plain word and nothing else.
pub(crate) fn word(text: &str) -> Option<String> {
    let plain = (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
    // A long word with digits may be a token that was put in the wrong place.
    let key_like = text.len() >= 16 && text.bytes().any(|byte| byte.is_ascii_digit());
    (plain && !key_like).then(|| text.to_owned())
}

fn from_challenges(headers: &HeaderMap) -> Option<String> {
    headers
        .get_all(header::WWW_AUTHENTICATE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .find_map(|challenges| parameter(challenges, "oauth_problem"))
}

/// Finds an authentication parameter, in whichever challenge of the header it stands.
fn parameter(challenges: &str, wanted: &str) -> Option<String> {
    let mut rest = challenges;
    loop {
        let name_end = rest.find(['=', '"'])?;
        let (before, after) = rest.split_at(name_end);
        if let Some(quoted) = after.strip_prefix('"') {
            rest = skip_quoted(quoted).1;
            continue;
        }
        // A challenge's scheme and its first parameter are parted by a space.
        let name = before.rsplit([' ', ',', '\t']).find(|piece| !piece.is_empty());
        let after = after[1..].trim_start();
        let (value, left) = match after.strip_prefix('"') {
            Some(quoted) => skip_quoted(quoted),
            None => after.split_at(after.find([',', ' ']).unwrap_or(after.len())),
        };
        if name.is_some_and(|name| name.eq_ignore_ascii_case(wanted)) {
            return word(value);
        }
        rest = left;
    }
}

/// Splits behind the closing quote; a backslash quotes the next byte (RFC 9110 section 5.6.4).
fn skip_quoted(text: &str) -> (&str, &str) {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' if !escaped => return (&text[..at], &text[at + 1..]),
            b'\\' if !escaped => escaped = true,
            _ => escaped = false,
        }
    }
    (text, "")
}

fn from_form(text: &str) -> Option<String> {
    if text.starts_with(['<', '{', '[']) {
        return None;
    }
    decode_pairs(text)
        .ok()?
        .iter()
        .find(|(name, _)| name == "oauth_problem")
        .and_then(|(_, value)| word(value))
}

/// The code of `{"error":{"code":6,…}}`, `{"errors":[{"code":6}]}`, `{"error":"word"}` or
/// `<error><code>6</code>…`.
fn error_code(text: &str) -> Option<String> {
    if text.starts_with('<') {
        let (_, rest) = text.split_once("<error")?;
        let (_, rest) = rest.split_once("<code>")?;
        return word(rest.split_once("</code>")?.0.trim());
    }
    json_code(text)
}

#[cfg(feature = "json")]
fn json_code(text: &str) -> Option<String> {
    use serde_json::Value;

    if !text.starts_with('{') {
        return None;
    }
    let reply: Value = serde_json::from_str(text).ok()?;
    let problem = reply.get("oauth_problem").or_else(|| reply.get("error"));
    let problem = problem.or_else(|| reply.get("errors")?.get(0))?;
    match problem.get("code").unwrap_or(problem) {
        Value::String(code) => word(code),
        Value::Number(code) => word(&code.to_string()),
        _ => None,
    }
}

#[cfg(not(feature = "json"))]
fn json_code(_: &str) -> Option<String> {
    None
}

/// FatSecret's handshake host answers with a sentence.
fn from_sentence(text: &str) -> Option<Refusal> {
    let text = text.get(..200).unwrap_or(text).to_ascii_lowercase();
    if !text.contains("invalid") && !text.contains("expired") && !text.contains("used") {
        return None;
    }
    if text.contains("signature") || text.contains("missing") {
        None
    } else if text.contains("timestamp") {
        Some(Refusal::Timestamp)
    } else if text.contains("nonce") {
        Some(Refusal::Nonce)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(dialect: Dialect, status: u16, challenges: &[&str], body: &str) -> Problem {
        let mut headers = HeaderMap::new();
        for challenge in challenges {
            headers.append(header::WWW_AUTHENTICATE, challenge.parse().unwrap());
        }
        Problem::read(dialect, StatusCode::from_u16(status).unwrap(), &headers, body.as_bytes())
    }

    #[track_caller]
    fn check(found: &Problem, word: Option<&str>, refusal: Option<Refusal>) {
        assert_eq!((found.word.as_deref(), found.refusal), (word, refusal));
    }

    // checklist 50, 62
    #[test]
    fn the_problem_is_found_in_any_challenge() {
        for challenges in [
            &["OAuth realm=\"a\", oauth_problem=\"nonce_used\""][..],
            &["Basic realm=\"a, oauth_problem=\\\"no\\\"\", oAuTh oauth_problem=nonce_used"],
            &["Basic realm=x", "OAuth OAUTH_PROBLEM = \"nonce_used\""],
        ] {
            let found = read(Dialect::OAuth, 401, challenges, "");
            check(&found, Some("nonce_used"), Some(Refusal::Nonce));
        }
        check(&read(Dialect::OAuth, 401, &["OAuth realm=\"oauth_problem=no\""], ""), None, None);
        check(&read(Dialect::OAuth, 401, &["OAuth \"\"\"=", "=", "\"", "a="], ""), None, None);
    }

    #[test]
    fn the_problem_is_found_in_bodies() {
        let form = "oauth_problem=timestamp_refused&debug_sbs=POST&http%3A%2F%2F";
        let found = read(Dialect::OAuth, 401, &[], form);
        check(&found, Some("timestamp_refused"), Some(Refusal::Timestamp));
        check(&read(Dialect::OAuth, 401, &[], "{\"errors\":[{\"code\":89}]}"), Some("89"), None);
        check(&read(Dialect::OAuth, 401, &[], "{\"error\":\"gone\"}"), Some("gone"), None);
        check(&read(Dialect::OAuth, 500, &[], "<html>boom</html>"), None, None);
        check(&read(Dialect::OAuth, 401, &[], ""), None, None);
    }

    #[test]
    fn fatsecret_refuses_with_status_200_and_a_code() {
        for body in [
            "{\"error\":{\"code\":6,\"message\":\"Invalid/expired timestamp\"}}",
            "{\"error\":{\"code\":\"6\",\"message\":\"x\"}}",
            "<?xml version=\"1.0\"?>\n<error xmlns=\"x\"><code>6</code><message/></error>",
            "\u{feff}<?xml version=\"1.0\"?>\n<error xmlns=\"x\"><code>6</code></error>",
            "\r\n\u{feff} {\"error\":{\"code\":6}}",
        ] {
            let found = read(Dialect::FatSecret, 200, &[], body);
            check(&found, Some("6"), Some(Refusal::Timestamp));
            check(&read(Dialect::OAuth, 200, &[], body), None, None);
        }
        check(&read(Dialect::FatSecret, 200, &[], "{\"foods\":null}"), None, None);
    }

    #[test]
    fn fatsecret_refuses_the_handshake_with_a_sentence() {
        let read = |text| read(Dialect::FatSecret, 400, &[], text).refusal;
        assert_eq!(read("Invalid/expired timestamp: 17"), Some(Refusal::Timestamp));
        assert_eq!(read("Invalid/used nonce: 17"), Some(Refusal::Nonce));
        assert_eq!(read("Missing required parameter: oauth_timestamp"), None);
        assert_eq!(read("Invalid signature: oauth_timestamp"), None);
    }

    #[test]
    fn only_short_plain_words_are_passed_on() {
        assert_eq!(word("user_refused").as_deref(), Some("user_refused"));
        for text in ["", "two words", "a\nb", "é", &"a".repeat(65), "0123456789abcdef0"] {
            assert_eq!(word(text), None, "{text:?}");
        }
    }
}
