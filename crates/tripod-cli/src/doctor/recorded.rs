//! A request as it was read: from a curl command, or from the text of HTTP.

use std::{collections::HashSet, fmt};

use tripod::http::{HeaderMap, HeaderName, HeaderValue, header};
use tripod::signature::diagnose::Sent;

/// A request that somebody sent, and what there is to say about how it was read.
pub(super) struct Recorded {
    pub(super) method: String,
    pub(super) url: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    pub(super) notes: Vec<String>,
}

impl Recorded {
    pub(super) fn as_sent(&self) -> Sent<'_> {
        Sent { method: &self.method, url: &self.url, headers: &self.headers, body: &self.body }
    }

    /// Whether it names a token, so that a token's secret signs it.
    pub(super) fn names_a_token(&self) -> bool {
        !self.tokens().is_empty()
    }

    /// The tokens that it names, still encoded.
    fn tokens(&self) -> Vec<String> {
        let mut tokens = Vec::new();
        let mut look = |text: &str| {
            for (at, name) in text.match_indices("oauth_token=") {
                let value = text.get(at + name.len()..).unwrap_or_default();
                let value = value.strip_prefix('"').unwrap_or(value);
                let end = value.find(['"', '&', ',', '#', ' ']).unwrap_or(value.len());
                tokens
                    .extend(value.get(..end).filter(|token| !token.is_empty()).map(str::to_owned));
            }
        };
        look(&self.url);
        look(&String::from_utf8_lossy(&self.body));
        // A realm may have letters that are not ASCII.
        for value in self.headers.get_all(header::AUTHORIZATION) {
            look(&String::from_utf8_lossy(value.as_bytes()));
        }
        tokens
    }
}

/// Shows the method, the URL without its query, and what else there is.
impl fmt::Display for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = self.url.find(['?', '#']).unwrap_or(self.url.len());
        let (address, rest) = self.url.split_at(end);
        // What stands before an `@` may be a password.
        let (start, path) = match address.split_once("://") {
            Some((scheme, rest)) => {
                let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
                (format!("{scheme}://{host}"), path)
            }
            None => (String::new(), address),
        };
        // Some providers have a token in the path, in the call that revokes it.
        let mut tokens: HashSet<String> = self.tokens().into_iter().collect();
        let decoded_tokens: Vec<String> = tokens.iter().map(|token| decoded(token)).collect();
        // What cannot be decoded is decoded to nothing.
        tokens.extend(decoded_tokens.into_iter().filter(|token| !token.is_empty()));
        let is_token = |part: &str| tokens.contains(part) || tokens.contains(&decoded(part));
        let parts: Vec<&str> =
            path.split('/').map(|part| if is_token(part) { "masked" } else { part }).collect();
        let mut path = parts.join("/");
        // A token with a `/` is in several parts, if that was not encoded.
        let mut across = tokens.iter().filter(|token| token.contains('/'));
        if across.any(|token| path.contains(token) || decoded(&path).contains(token)) {
            "/masked".clone_into(&mut path);
        }
        write!(f, "{} {start}{path}", self.method)?;
        if rest.starts_with('?') {
            f.write_str(" with a query")?;
        }
        if !self.body.is_empty() {
            let length = self.body.len();
            let kind = self.headers.get(header::CONTENT_TYPE);
            let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or("no content type");
            let kind = kind.split(';').next().unwrap_or_default().trim();
            write!(f, " and a body of {length} bytes ({kind})")?;
        }
        Ok(())
    }
}

/// Whether it is a whole URL. A query may have a URL in it.
pub(super) fn is_absolute(target: &str) -> bool {
    target.find("://").is_some_and(|at| !target[..at].contains(['/', '?', '#']))
}

/// Adds a header, or says why it is none.
pub(super) fn add_header(headers: &mut HeaderMap, name: &str, value: &[u8]) -> Result<(), String> {
    // The text of a header is not shown: it may be a token.
    let name = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| "a header's name has a character that it cannot have".to_owned())?;
    let value = HeaderValue::from_bytes(value)
        .map_err(|_| format!("the header {name} has a character that it cannot have"))?;
    headers.try_append(name, value).map_err(|_| "there are too many headers".to_owned())?;
    Ok(())
}

/// Decodes the percent signs of a text, which may have any characters.
fn decoded(text: &str) -> String {
    let text = text.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    let pairs = tripod::signature::decode_pairs(&text).unwrap_or_default();
    pairs.into_iter().next().map_or_else(String::new, |(name, _)| name.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded(url: &str, authorization: &str, body: &str) -> Recorded {
        let mut headers = HeaderMap::new();
        add_header(&mut headers, "Authorization", authorization.as_bytes()).unwrap();
        add_header(&mut headers, "Content-Type", b"text/plain; charset=utf-8").unwrap();
        let (method, body) = ("GET".to_owned(), body.as_bytes().to_vec());
        Recorded { method, url: url.to_owned(), headers, body, notes: Vec::new() }
    }

    #[test]
    fn a_token_is_seen_wherever_it_stands() {
        let url = "https://a.example/";
        for (url, authorization, body, names) in [
            (url, "OAuth oauth_token=\"t\"", "", true),
            (url, "OAuth oauth_token=t", "", true),
            (url, "OAuth oauth_token=\"\", oauth_x=\"1\"", "", false),
            (url, "OAuth oauth_x=\"1\"", "", false),
            (url, "", "a=b&oauth_token=t", true),
            (url, "", "oauth_token=&a=b", false),
            ("https://a.example/?oauth_token=t", "", "", true),
            ("https://a.example/?oauth_token=", "", "", false),
            (url, "OAuth realm=\"M\u{fc}ller\", oauth_token=\"t\"", "", true),
        ] {
            assert_eq!(recorded(url, authorization, body).names_a_token(), names, "{url} {body}");
        }
    }

    #[test]
    fn what_is_shown_has_no_query_and_no_password() {
        let one = recorded("https://u:canary@a.example/x?q=canary#canary", "", "canary");
        assert_eq!(
            one.to_string(),
            "GET https://a.example/x with a query and a body of 6 bytes (text/plain)"
        );
        assert_eq!(recorded("http://a.example", "", "").to_string(), "GET http://a.example");
        for token in ["ca/nary", "ca%2Fnary"] {
            let url = "https://a.example/1/tokens/ca%2fnary/x";
            let one = recorded(url, &format!("OAuth oauth_token=\"{token}\""), "");
            assert_eq!(one.to_string(), "GET https://a.example/1/tokens/masked/x");
            for decoded in ["ca/nary", "c%61/nary"] {
                let url = format!("https://a.example/1/tokens/{decoded}/x");
                let one = recorded(&url, &format!("OAuth oauth_token=\"{token}\""), "");
                assert_eq!(one.to_string(), "GET https://a.example/masked");
            }
        }
    }

    #[test]
    fn a_header_that_cannot_be_is_not_shown() {
        let mut headers = HeaderMap::new();
        for (name, value) in [("a canary", "x"), ("x", "a\ncanary")] {
            let error = add_header(&mut headers, name, value.as_bytes()).unwrap_err();
            assert!(!error.contains("canary"), "{error}");
        }
    }
}
