//! URLs that are signed again and again, read and encoded once.

// The trap: what is remembered of a URL must be what reading it again would give, so only the
// very same text counts as known.

use std::fmt;

use super::uri::BaseUri;

/// A URL that many requests have in common, with its place in the base string written beforehand.
///
/// Reading a URL and encoding it costs a fifth of a short signature. A session keeps one for you in a
/// [`PreparedResource`](crate::PreparedResource).
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
}
