//! A URL that many requests have in common: one address, or all that is below it.

use std::{fmt, sync::Arc};

use http::{Method, Uri};

use super::{
    address::{Address, push_query},
    request::ResourceRequest,
    signatory::Signatory,
    verbs::verbs,
};
use crate::{
    error::{Error, kind::ErrorKind, stage::Stage},
    shown::ShownUrl,
};

/// A base URL, for many requests to it and to the paths below it.
///
/// You get it from [`Session::at`](crate::Flow::at) or [`Signed::at`](crate::Signed::at), which read and check the
/// URL once. It is cheap to clone. The empty path means the URL itself. Such a request costs less than a request
/// from the URL's text, because the URL has been read and encoded already. Each request gets its own signature.
///
/// # Relative paths
///
/// A path is appended to the URL's own path. It does not matter whether the URL ends with a slash, or whether the
/// relative path begins with a slash. So `user/info` and `/user/info` at `https://api.example/v2` both mean
/// `https://api.example/v2/user/info`. A path may have a query. If the URL has one too, each request has both, the
/// URL's first. A fragment is never sent.
///
/// A path cannot lead out of the URL: another scheme or host, `..` and backslashes are refused. If you
/// put text from outside into a path, encode it with
/// [`percent_encode`](crate::signature::percent_encode), so that a `/` or `?` in the text does not
/// change the path.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use tripod::{Client, Consumer, Provider, Resources};
///
/// let client = Client::new(Provider::fatsecret(), Consumer::new("key", "secret"))?;
/// let api: Resources = client.signed().at("https://platform.fatsecret.com/rest?format=json")?;
///
/// let (request, _) = api.get("food/v4?food_id=1").build()?;
/// let url = request.uri().to_string();
/// assert!(url.starts_with("https://platform.fatsecret.com/rest/food/v4?format=json&food_id=1&"));
///
/// let refused = api.get("../oauth/request_token").build();
/// assert!(refused.is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Resources {
    who: Arc<Signatory>,
    address: Address,
}

impl Resources {
    pub(crate) fn new(who: Arc<Signatory>, url: &str) -> Result<Self, Error> {
        let prepare = || {
            let address = Address::new(url)?;
            who.check_origin(&address.base()?)?;
            address.prepared()
        };
        let address = prepare().map_err(|error: Error| error.at_stage(Stage::Resource))?;
        Ok(Self { who, address })
    }

    verbs! {
        /// Begins a GET request for `path` below the URL. The empty path means the URL itself.
        ///
        /// # Errors
        ///
        /// Later, from [`send`](ResourceRequest::send): [`InvalidUrl`](ErrorKind::InvalidUrl) for a path that
        /// leads out of the URL, or that contains a character that must be percent-encoded.
        path
    }

    /// Begins a request with any method.
    pub fn resource(&self, method: Method, path: impl AsRef<str>) -> ResourceRequest {
        let address = self.join(path.as_ref());
        ResourceRequest::at(Arc::clone(&self.who), method, address)
    }

    fn join(&self, relative: &str) -> Result<Address, Error> {
        if relative.is_empty() {
            return Ok(self.address.clone());
        }
        let url = joined(self.address.uri(), relative)
            .ok_or_else(|| Error::setup(ErrorKind::InvalidUrl { reason: LEADS_OUT }))?;
        Address::new(&url)
    }
}

const LEADS_OUT: &str =
    "a relative path has no scheme, no host, no backslash and no `.` or `..` between slashes";

/// None if `relative` would lead out of `base`, or might, to a reader who resolves it.
fn joined(base: &Uri, relative: &str) -> Option<String> {
    let relative = relative.split('#').next().unwrap_or_default();
    let (path, query) = relative.split_once('?').unwrap_or((relative, ""));
    let has_scheme = path.split_once("://").is_some_and(|(scheme, _)| !scheme.contains('/'));
    let mut segments =
        path.split('/').map(|segment| segment.replace("%2e", ".").replace("%2E", "."));
    let leads_out = has_scheme
        || path.starts_with("//")
        || path.contains('\\')
        || segments.any(|segment| matches!(segment.as_str(), "." | ".."));
    if leads_out {
        return None;
    }
    let scheme = base.scheme_str()?;
    let authority = base.authority()?.as_str();
    let own = base.path();
    let mut url = [scheme, "://", authority, own].concat();
    if !path.is_empty() {
        url.truncate(url.len() - usize::from(own.ends_with('/')));
        url.push('/');
        url.push_str(path.strip_prefix('/').unwrap_or(path));
    }
    push_query(&mut url, base.query().unwrap_or_default());
    push_query(&mut url, query);
    Some(url)
}

impl fmt::Debug for Resources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = ShownUrl::of_uri(self.address.uri()).without(&self.who.secrets());
        write!(f, "Resources({url})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(base: &str, relative: &str, expected: &str) {
        assert_eq!(
            joined(&base.parse().unwrap(), relative).as_deref(),
            Some(expected),
            "{relative}"
        );
    }

    #[test]
    fn a_path_stays_below_the_urls_own() {
        for base in ["https://api.example/v2", "https://api.example/v2/"] {
            check(base, "user/info", "https://api.example/v2/user/info");
            check(base, "/user/info", "https://api.example/v2/user/info");
            check(base, "user/", "https://api.example/v2/user/");
            check(base, "/", "https://api.example/v2/");
            check(base, "a?b=c/../d", "https://api.example/v2/a?b=c/../d");
            check(base, "a?b=https://c", "https://api.example/v2/a?b=https://c");
            check(base, "user:1/@me/a..b/...", "https://api.example/v2/user:1/@me/a..b/...");
            check(base, "a#b?c", "https://api.example/v2/a");
        }
        check("https://api.example", "@evil.example", "https://api.example/@evil.example");
        check("https://api.example:8443", ":80/x", "https://api.example:8443/:80/x");
        check("https://api.example/v2", "?a=1", "https://api.example/v2?a=1");
    }

    #[test]
    fn the_query_of_the_url_comes_before_that_of_the_path() {
        check("https://api.example/v2?k=1", "a?b=2", "https://api.example/v2/a?k=1&b=2");
        check("https://api.example/v2?k=1&", "a", "https://api.example/v2/a?k=1&");
        check("https://api.example/v2?", "a?b?c", "https://api.example/v2/a?b?c");
    }

    #[test]
    fn no_path_leads_out() {
        let base = "https://api.example/v2".parse().unwrap();
        for relative in [
            "https://evil.example/",
            "HTTPS://evil.example",
            "x://evil.example",
            "//evil.example/",
            "..",
            "a/../../b",
            "%2e%2E/b",
            ".%2e/b",
            "./b",
            "a/.",
            "\\\\evil.example",
            "a\\..\\b",
        ] {
            assert_eq!(joined(&base, relative), None, "{relative}");
        }
    }
}
