//! URLs that are signed again and again, read, decoded and encoded once.

// The trap: what is remembered of a URL must be what reading it again would give, so only the
// very same text counts as known.

use std::fmt;

use super::{
    params::{Pair, decode_pairs},
    uri::BaseUri,
};

/// A URL that is read and encoded once and then signed for many requests.
///
/// Reading and encoding a URL costs about a fifth of a short signature. [`Resources`](crate::Resources)
/// of a session contain one.
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
    has_user: bool,
    host: Box<str>,
    plain_host: bool,
    port: Option<u16>,
    path: Box<str>,
    query: Option<Box<str>>,
    encoded: Box<str>,
    /// None if there is no query, or one that cannot be signed: that is told when it is.
    pairs: Option<Box<[Pair<'static>]>>,
}

impl PreparedUri {
    /// Creates it from a URL. It keeps a copy of the URL with its query.
    #[must_use]
    pub fn new(uri: BaseUri<'_>) -> Self {
        let mut encoded = String::new();
        uri.write_encoded(&mut encoded);
        let BaseUri { tls, has_user, host, plain_host, port, path, query, encoded: _, pairs: _ } =
            uri;
        let pairs = query.and_then(|query| decode_pairs(query).ok());
        let pairs = pairs.map(|pairs| pairs.into_iter().map(owned).collect());
        let [host, path, encoded] = [host, path, &encoded].map(Box::from);
        let query = query.map(Box::from);
        Self { tls, has_user, host, plain_host, port, path, query, encoded, pairs }
    }

    /// Returns the URL, for [`ToSign`](super::ToSign).
    #[inline]
    #[must_use]
    pub fn uri(&self) -> BaseUri<'_> {
        BaseUri {
            tls: self.tls,
            has_user: self.has_user,
            host: &self.host,
            plain_host: self.plain_host,
            port: self.port,
            path: &self.path,
            query: self.query.as_deref(),
            encoded: Some(&self.encoded),
            pairs: self.pairs.as_deref(),
        }
    }
}

fn owned((name, value): Pair<'_>) -> Pair<'static> {
    (name.into_owned().into(), value.into_owned().into())
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

    // checklist 33, 60
    #[test]
    fn what_was_decoded_beforehand_is_what_would_be_decoded() {
        for (query, is_decoded) in
            [("?a=x+y&b=%C3%A9=&&c", true), ("?", true), ("", false), ("?a=%FF", false)]
        {
            let url = format!("https://a.example/x{query}");
            let uri = BaseUri::parse(&url).unwrap();
            let prepared = PreparedUri::new(uri);
            let pairs = prepared.uri().pairs;
            assert_eq!(pairs.is_some(), is_decoded, "{query}");
            if let Some(pairs) = pairs {
                assert_eq!(pairs, decode_pairs(query.trim_start_matches('?')).unwrap(), "{query}");
            }
        }
        // What cannot be decoded is refused when it is signed, prepared or not.
        let prepared = PreparedUri::new(BaseUri::parse("https://a.example/?a=%FF").unwrap());
        assert_eq!(prepared.uri().query(), Some("a=%FF"));
    }
}
