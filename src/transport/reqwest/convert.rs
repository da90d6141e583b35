//! A request as reqwest's type, for the URL that was signed and no other.

use bytes::Bytes;
use http::{Request, Uri};
use reqwest::Url;

use super::known::{KnownUrl, text_of};
use crate::{shown::percent, transport::TransportError};

/// The request as reqwest's type, and the URL that will be called, as reqwest spells it.
pub(super) fn convert(
    request: Request<Bytes>,
) -> Result<(reqwest::Request, String), TransportError> {
    let (mut parts, body) = request.into_parts();
    let mut text = text_of(&parts.uri);
    let known = parts.extensions.remove::<KnownUrl>();
    let url = match known.and_then(|known| known.with_query(&text, parts.uri.query())) {
        Some(url) => url,
        None => Url::parse(&text).map_err(|_| TransportError::url_changed())?,
    };
    if url.as_str() != text {
        if let Some(part) = difference(&url, &parts.uri) {
            return Err(TransportError::url_changed_in(part));
        }
        url.as_str().clone_into(&mut text);
    }
    let mut request = reqwest::Request::new(parts.method, url);
    *request.headers_mut() = parts.headers;
    *request.version_mut() = parts.version;
    if !body.is_empty() {
        // An empty body is polled for data before the head goes out; no body is not.
        *request.body_mut() = Some(body.into());
    }
    Ok((request, text))
}

/// In which part reqwest's idea of the URL is not, byte for byte, what was signed. Its parser
/// resolves `..` and encodes some characters; letter case of the host and a default port make no
/// difference.
fn difference(url: &Url, uri: &Uri) -> Option<String> {
    let path = if uri.path().is_empty() { "/" } else { uri.path() };
    let host = url.host_str().unwrap_or_default();
    let standard = if uri.scheme_str() == Some("http") { 80 } else { 443 };
    if url.path() != path {
        Some(described("path", path, url.path()))
    } else if url.query() != uri.query() {
        let (signed, sent) = (uri.query().unwrap_or_default(), url.query().unwrap_or_default());
        Some(described("query", signed, sent))
    } else if !uri.host().is_some_and(|asked| asked.eq_ignore_ascii_case(host)) {
        Some("the host would be written differently".to_owned())
    } else if url.port_or_known_default() != uri.port_u16().or(Some(standard)) {
        Some("the port would be different".to_owned())
    } else {
        None
    }
}

/// What becomes of the first difference. Of the text no more is shown than one character that has to
/// be encoded: no letter and no digit.
fn described(part: &str, signed: &str, sent: &str) -> String {
    let same = signed.bytes().zip(sent.bytes()).take_while(|(a, b)| a == b).count();
    let character = signed.get(same..).and_then(|rest| rest.chars().next());
    match character.filter(char::is_ascii_punctuation) {
        Some(character) if sent.get(same..).is_some_and(|rest| rest.starts_with('%')) => {
            format!(
                "the {part} has a {:?} that would be sent as \"{}\"",
                character.to_string(),
                percent(character)
            )
        }
        _ if part == "path" => "the path has a \".\" or \"..\" that would be resolved".to_owned(),
        _ => format!("the {part} would be different"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(uri: &str, same: bool) {
        let url = Url::parse(uri).unwrap();
        assert_eq!(difference(&url, &uri.parse().unwrap()).is_none(), same, "{uri}");
    }

    // checklist 32
    #[test]
    fn a_url_that_would_change_on_the_wire_is_noticed() {
        check("https://a.example", true);
        check("https://A.example:443/x%2fy?q=%7e&b=a+b", true);
        check("http://127.0.0.1:80/x", true);
        check("https://a.example:8443/x?", true);
        check("https://a.example/a/../b", false);
        check("https://a.example/./b", false);
        check("https://a.example/a?q='", false);
        check("https://a.example/%2e%2e/b", false);
    }

    /// A wrapper around this transport may have changed the URL behind the hint.
    #[test]
    fn a_hint_never_decides_what_is_called() {
        for hint in ["https://a.example/x?b=1", "https://evil.example/x?b=1", "http://a.example/"] {
            let converted = |url: &str| {
                let hint = KnownUrl::new(&hint.parse().unwrap()).unwrap();
                let request = Request::get(url).extension(hint).body(Bytes::new()).unwrap();
                let (request, text) = convert(request)?;
                assert_eq!(request.url().as_str(), text);
                Ok::<_, TransportError>(text)
            };
            for url in
                ["https://a.example/x?b=1", "https://a.example/x?c=%27+~", "https://a.example/y"]
            {
                assert_eq!(converted(url).unwrap(), url, "{hint}");
            }
            assert!(converted("https://a.example/x?b='").is_err(), "{hint}");
        }
    }

    #[test]
    fn the_part_that_would_change_is_named_without_its_text() {
        let part = |uri: &str| difference(&Url::parse(uri).unwrap(), &uri.parse().unwrap());
        for (uri, named) in [
            (
                "https://a.example/x?canary=it's",
                "the query has a \"'\" that would be sent as \"%27\"",
            ),
            (
                "https://a.example/x{canary}?b=%27",
                "the path has a \"{\" that would be sent as \"%7B\"",
            ),
            (
                "https://a.example/x\"canary",
                "the path has a \"\\\"\" that would be sent as \"%22\"",
            ),
            (
                "https://a.example/canary/../b?c",
                "the path has a \".\" or \"..\" that would be resolved",
            ),
            ("https://a.example/%2e%2e/b", "the path has a \".\" or \"..\" that would be resolved"),
            ("https://127.1/b", "the host would be written differently"),
        ] {
            assert_eq!(part(uri).as_deref(), Some(named), "{uri}");
        }
    }
}
