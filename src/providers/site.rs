//! The addresses of providers that exist once per site.

use crate::{
    error::{Error, kind::ErrorKind},
    provider::url::check_url,
};

/// Checks the address of a site, such as `https://jira.example/jira`, and cuts the slash off its end.
///
/// It is HTTPS, or on the loopback interface, and has no query.
pub(super) fn check_site(site: &str) -> Result<String, Error> {
    let uri = check_url(site)?;
    if uri.query().is_some() {
        return Err(invalid("the address of a site has no query"));
    }
    Ok(site.trim_end_matches('/').to_owned())
}

/// The same for a site that has no path.
pub(super) fn check_host(site: &str) -> Result<String, Error> {
    let site = check_site(site)?;
    let is_bare = check_url(&site)?.path() == "/";
    if is_bare {
        Ok(site)
    } else {
        Err(invalid("the address of this site has no path: scheme and host only"))
    }
}

/// Scheme, host and port of an address that was checked.
pub(super) fn origin_of(site: &str) -> &str {
    let host = site.find("://").map_or(0, |at| at + 3);
    let end = site[host..].find('/').map_or(site.len(), |at| host + at);
    &site[..end]
}

pub(super) fn invalid(reason: &'static str) -> Error {
    Error::setup(ErrorKind::InvalidUrl { reason })
}

pub(super) fn setting(reason: &'static str) -> Error {
    Error::setup(ErrorKind::InvalidSetting { reason })
}
