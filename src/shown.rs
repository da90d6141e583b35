//! What of a URL may be shown in an error, an event or a `Debug`.

// Layer 0: uses nothing of ours. The trap: a query may hold a token, and what stands before an `@` is a
// password.

use std::{
    borrow::Cow,
    fmt::{self, Write as _},
    sync::Arc,
};

use http::Uri;
use percent_encoding::percent_decode_str;

/// A URL without user-info, query and fragment. It is written only when something asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ShownUrl<'a> {
    /// With its colon and slashes; empty for a URL without an authority.
    scheme: &'a str,
    host: &'a str,
    path: &'a str,
}

impl<'a> ShownUrl<'a> {
    /// Of any text that is, or should be, a URL or a relative one.
    pub(crate) fn of(url: &'a str) -> Self {
        let url = url.split(['?', '#']).next().unwrap_or_default();
        let start = match url.split_once("//") {
            Some((scheme, _)) if scheme.is_empty() || scheme.ends_with(':') => scheme.len() + 2,
            _ => return Self { scheme: "", host: "", path: without_user(url) },
        };
        let (scheme, rest) = url.split_at(start);
        let (authority, path) = rest.split_at(rest.find(['/', '\\']).unwrap_or(rest.len()));
        Self { scheme, host: without_user(authority), path }
    }

    pub(crate) fn of_uri(uri: &'a Uri) -> Self {
        let scheme = match uri.scheme_str() {
            Some("https") => "https://",
            Some("http") => "http://",
            _ => "",
        };
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        Self { scheme, host: without_user(authority), path: uri.path() }
    }

    /// Of a request that was sent: its URL, or what is shown instead.
    pub(crate) fn of_sent(uri: &'a Uri, shown_as: Option<&'a ShownAs>) -> Self {
        shown_as.map_or_else(|| Self::of_uri(uri), |ShownAs(shown)| Self::of(shown))
    }

    /// As text, with a path in which no segment is one of the `secrets`. Some providers have a token there, in the
    /// call that revokes it.
    pub(crate) fn without(&self, secrets: &[&str]) -> String {
        [self.scheme, self.host, &masked(self.path, secrets)].concat()
    }

    /// The path alone, masked in the same way.
    #[cfg(feature = "tracing")]
    pub(crate) fn path_without(&self, secrets: &[&str]) -> Cow<'a, str> {
        masked(self.path, secrets)
    }
}

/// Masks the segments that are a secret, whatever characters of it are percent-encoded; or the whole path, if a secret
/// with a `/` is in several segments of it.
fn masked<'a>(path: &'a str, secrets: &[&str]) -> Cow<'a, str> {
    let is_secret = |segment: &str| {
        let mut forms = secrets.iter().filter(|secret| !secret.is_empty());
        forms.any(|secret| segment == *secret || percent_decode_str(segment).eq(secret.bytes()))
    };
    let mut shown = Cow::Borrowed(path);
    if path.split('/').any(is_secret) {
        let segments: Vec<&str> = path
            .split('/')
            .map(|segment| if is_secret(segment) { "[redacted]" } else { segment })
            .collect();
        shown = Cow::Owned(segments.join("/"));
    }
    let mut across = secrets.iter().filter(|secret| secret.contains('/'));
    let is_across = across.any(|secret| {
        shown.contains(secret) || percent_decode_str(&shown).decode_utf8_lossy().contains(secret)
    });
    if is_across { Cow::Borrowed("/[redacted]") } else { shown }
}

/// In the extensions of a request whose path holds a secret: its URL as it may be shown.
#[derive(Clone, Debug)]
pub(crate) struct ShownAs(pub(crate) Arc<str>);

fn without_user(authority: &str) -> &str {
    authority.rsplit('@').next().unwrap_or_default()
}

impl fmt::Display for ShownUrl<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.scheme)?;
        f.write_str(self.host)?;
        f.write_str(self.path)
    }
}

/// Names a character that must be percent-encoded: `it has a "\"", which is written "%22"`.
pub(crate) fn name_character(character: char) -> String {
    format!("it has a {:?}, which is written \"{}\"", character.to_string(), percent(character))
}

/// The character percent-encoded, whatever it is.
pub(crate) fn percent(character: char) -> String {
    let mut text = String::new();
    for byte in character.encode_utf8(&mut [0; 4]).bytes() {
        // Writing to a string cannot fail.
        let _ = write!(text, "%{byte:02X}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, expected: &str) {
        assert_eq!(ShownUrl::of(url).to_string(), expected, "{url}");
    }

    #[test]
    fn a_url_is_shown_without_user_query_and_fragment() {
        check("https://a.example/b/c", "https://a.example/b/c");
        check("https://a.example", "https://a.example");
        check("https://a.example?canary", "https://a.example");
        check("https://a.example/b#canary", "https://a.example/b");
        check("https://canary:canary@a.example:8443/b?canary#canary", "https://a.example:8443/b");
        check("https://canary@canary@a.example/b@c", "https://a.example/b@c");
        check("https://canary@a.example?b/@c", "https://a.example");
        check("//canary@a.example/b", "//a.example/b");
        check("https:canary@a.example/b", "a.example/b");
        check("/b/c?canary", "/b/c");
        check("b//c", "b//c");
        check("app.example:/back?canary", "app.example:/back");
        check("https://canary@a.example\\b", "https://a.example\\b");
        check("", "");
    }

    #[test]
    fn a_uri_is_shown_as_its_text_is() {
        for url in ["https://a.example/b?canary", "http://canary@127.0.0.1:1/b", "/b/c?canary"] {
            let uri = url.parse().unwrap();
            assert_eq!(ShownUrl::of_uri(&uri), ShownUrl::of(url));
        }
    }

    #[test]
    fn a_segment_that_is_a_secret_is_masked_however_it_is_encoded() {
        let secrets = ["tok/en+1", "", "other"];
        for (url, shown) in [
            ("https://a.example/keys/tok%2Fen+1?x", "https://a.example/keys/[redacted]"),
            ("https://a.example/t%6fk%2fen%2B1/x", "https://a.example/[redacted]/x"),
            ("https://a.example/other", "https://a.example/[redacted]"),
            ("https://a.example//another/", "https://a.example//another/"),
            ("https://other.example", "https://other.example"),
            ("https://a.example/keys/tok/en+1/x", "https://a.example/[redacted]"),
            ("https://a.example/keys/t%6fk/en%2B1", "https://a.example/[redacted]"),
            ("https://a.example/tok/en", "https://a.example/tok/en"),
        ] {
            assert_eq!(ShownUrl::of(url).without(&secrets), shown);
        }
    }

    #[test]
    fn a_character_is_named_as_it_is_and_as_it_should_be() {
        assert_eq!(name_character(' '), "it has a \" \", which is written \"%20\"");
        assert_eq!(name_character('\n'), "it has a \"\\n\", which is written \"%0A\"");
        assert_eq!(name_character('é'), "it has a \"é\", which is written \"%C3%A9\"");
    }
}
