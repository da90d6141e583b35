//! URLs that are signed again and again, read and encoded once.
//!
//! Floor 1. The trap: what is remembered of a URL must be what reading it again would give, so only the
//! very same text counts as known.

use std::fmt;

use super::uri::BaseUri;

/// A URL that many requests have in common, with its place in the base string written beforehand.
///
/// Reading a URL and encoding it costs a fifth of a short signature. A [`Client`](crate::Client) keeps one by
/// itself: that of the first resource that one of its sessions asks for.
///
/// # Source
///
/// RFC 5849 sections 3.4.1.1 and 3.4.1.2.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use tripod::signature::{BaseUri, PreparedUri};
///
/// let url = BaseUri::parse("https://platform.fatsecret.com/rest/server.api")?;
/// let prepared = PreparedUri::new(url);
/// assert_eq!(prepared.uri(), url);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct PreparedUri {
    tls: bool,
    host: Box<str>,
    plain_host: bool,
    port: Option<u16>,
    path: Box<str>,
    query: Option<Box<str>>,
    encoded: Box<str>,
}

impl PreparedUri {
    /// Keeps a copy of the URL, its query too.
    #[must_use]
    pub fn new(uri: BaseUri<'_>) -> Self {
        let mut encoded = String::new();
        uri.write_encoded(&mut encoded);
        let BaseUri { tls, host, plain_host, port, path, query, encoded: _ } = uri;
        let [host, path, encoded] = [host, path, &encoded].map(Box::from);
        Self { tls, host, plain_host, port, path, query: query.map(Box::from), encoded }
    }

    /// The URL, to be signed with.
    #[inline]
    #[must_use]
    pub fn uri(&self) -> BaseUri<'_> {
        BaseUri {
            tls: self.tls,
            host: &self.host,
            plain_host: self.plain_host,
            port: self.port,
            path: &self.path,
            query: self.query.as_deref(),
            encoded: Some(&self.encoded),
        }
    }
}

impl fmt::Debug for PreparedUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PreparedUri({})", self.uri())
    }
}

/// A URL without its query, and what reading it gave.
pub(crate) struct KnownUri {
    text: Box<str>,
    prepared: PreparedUri,
}

impl KnownUri {
    /// A longer URL, its query too, is not worth its place for as long as a client lives.
    pub(crate) const LONGEST: usize = 1000;

    /// `uri` is what reading `url` has given.
    pub(crate) fn new(url: &str, uri: BaseUri<'_>) -> Self {
        let text = url.split(['?', '#']).next().unwrap_or_default().into();
        Self { text, prepared: PreparedUri::new(BaseUri { query: None, ..uri }) }
    }

    /// What reading `url` gives, if it is this one with any query.
    pub(crate) fn read<'a>(&'a self, url: &'a str) -> Option<BaseUri<'a>> {
        self.prepared.uri().with_end(url.strip_prefix(&*self.text)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // checklist 29, 32
    #[test]
    fn what_was_encoded_beforehand_is_what_would_be_encoded() {
        let encoded = |uri: BaseUri<'_>| {
            let mut out = String::new();
            uri.write_encoded(&mut out);
            out
        };
        for (url, expected) in [
            (
                "https://A.example:8443/x%2fy/(z)?q",
                "&https%3A%2F%2Fa.example%3A8443%2Fx%252fy%2F%28z%29&",
            ),
            ("http://[::1]", "&http%3A%2F%2F%5B%3A%3A1%5D%2F&"),
        ] {
            let uri = BaseUri::parse(url).unwrap();
            let prepared = PreparedUri::new(uri);
            assert_eq!(encoded(uri), expected);
            assert_eq!(encoded(prepared.uri()), expected);
            assert_eq!(encoded(PreparedUri::new(prepared.uri()).uri()), expected);
            assert_eq!(prepared.uri(), uri);
            // Another host is not the one that was encoded.
            let other = encoded(prepared.uri().with_host("B.example").unwrap());
            assert_eq!(other, encoded(uri.with_host("B.example").unwrap()));
            assert!(other.contains("%2F%2Fb.example%2F"), "{other}");
        }
    }

    // checklist 28, 29
    #[test]
    fn a_known_url_is_read_as_if_it_were_new() {
        let known = |url: &str| KnownUri::new(url, BaseUri::parse(url).unwrap());
        let bases =
            ["https://A.example:8443/x%2fy", "http://a.example", "https://a.example/?q=1#f"];
        let ends = [
            "",
            "?",
            "?a=b&c",
            "?a=/b?c#d?e",
            "#f?g",
            "/more",
            "z",
            ":80/",
            "?a b",
            "?é",
            "?\r\n",
            "@b/",
        ];
        for base in bases {
            let known = known(base);
            for (text, end) in bases.iter().flat_map(|base| ends.map(|end| (base, end))) {
                let text = text.split(['?', '#']).next().unwrap();
                let url = format!("{text}{end}");
                // None sends the caller to the reader, whatever that says.
                if let Some(uri) = known.read(&url) {
                    assert_eq!(Ok(uri), BaseUri::parse(&url).map_err(|_| ()), "{base} {url}");
                }
                let same = base.starts_with(text) && known.text.len() == text.len();
                let plain = matches!(end, "" | "?" | "?a=b&c" | "?a=/b?c#d?e");
                assert_eq!(known.read(&url).is_some(), same && plain, "{base} {url}");
            }
        }
    }
}
