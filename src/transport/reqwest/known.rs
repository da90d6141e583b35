//! A URL that reqwest's type has read already, for requests that have it in common.

use http::Uri;
use reqwest::Url;

/// Comes with a request, among its extensions, so that the transport need not read the URL again. Only the query may be
/// another. It is a hint: what is called is always the URL of the request, byte for byte.
#[derive(Clone)]
pub(crate) struct KnownUrl(Url);

impl KnownUrl {
    /// None if reqwest cannot read it; the call says so then.
    pub(crate) fn new(uri: &Uri) -> Option<Self> {
        Url::parse(&text_of(uri)).ok().map(Self)
    }

    /// The URL with this text and query, if it is this one with another query and needs no change.
    pub(super) fn with_query(self, text: &str, query: Option<&str>) -> Option<Url> {
        let Self(mut url) = self;
        if url.as_str() != text {
            url.set_query(query);
        }
        (url.as_str() == text).then_some(url)
    }
}

/// The URL's text, without the machinery of `to_string`.
pub(super) fn text_of(uri: &Uri) -> String {
    let scheme = uri.scheme_str().unwrap_or_default();
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    [scheme, "://", authority, path].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(known: &str, called: &str, helps: bool) {
        let uri: Uri = called.parse().unwrap();
        let url = KnownUrl::new(&known.parse().unwrap()).unwrap().with_query(called, uri.query());
        assert_eq!(url, helps.then(|| Url::parse(called).unwrap()), "{called}");
    }

    #[test]
    fn only_the_query_may_be_another() {
        let known = "https://a.example:8443/x%2fy?a=1";
        check(known, known, true);
        check(known, "https://a.example:8443/x%2fy?a=1&b=%27+~", true);
        check(known, "https://a.example:8443/x%2fy?", true);
        check(known, "https://a.example:8443/x%2fy", true);
        check("https://a.example/x", "https://a.example/x?a=1", true);
        check(known, "https://a.example:8443/x%2Fy?a=1", false);
        check(known, "https://a.example/x%2fy?a=1", false);
        check(known, "http://a.example:8443/x%2fy?a=1", false);
        check(known, "https://b.example:8443/x%2fy?a=1", false);
    }

    #[test]
    fn what_reqwest_would_write_differently_is_left_to_its_reader() {
        check("https://a.example/x", "https://a.example/x?a=it's", false);
        check("https://A.example/x", "https://A.example/x?a=1", false);
        check("https://a.example:443/x", "https://a.example:443/x", false);
        check("https://a.example/a/../x", "https://a.example/a/../x", false);
    }
}
