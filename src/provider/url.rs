//! Which URLs may be called with secrets.

// The trap: an endpoint's query is part of what is signed, and must not hold a parameter of
// OAuth's own (RFC 5849 section 2).

use std::net::IpAddr;

use crate::{
    error::{Error, kind::ErrorKind},
    signature::{
        params::{decode_pairs, refuse_reserved},
        uri::BaseUri,
    },
};

/// Checks the URL of a call or of a page, and reads it.
pub(crate) fn check_url(url: &str) -> Result<BaseUri<'_>, Error> {
    let uri = check_any_url(url)?;
    if !is_secure(&uri) {
        return Err(Error::setup(ErrorKind::InsecureEndpoint));
    }
    Ok(uri)
}

/// The same, without asking for TLS.
pub(super) fn check_any_url(url: &str) -> Result<BaseUri<'_>, Error> {
    let uri = BaseUri::parse(url)?;
    let invalid = |reason| Error::setup(ErrorKind::InvalidUrl { reason });
    if url.contains('#') {
        return Err(invalid("an endpoint has no fragment"));
    }
    if uri.names_a_user() {
        return Err(invalid("an endpoint has no user name or password"));
    }
    refuse_reserved(&decode_pairs(uri.query().unwrap_or_default())?)?;
    Ok(uri)
}

/// HTTPS, or the loopback interface, where nobody else listens in.
pub(crate) fn is_secure(uri: &BaseUri<'_>) -> bool {
    is_literally_secure(uri) || is_localhost(uri)
}

/// HTTPS, or a loopback address, to which every transport connects without asking a resolver.
pub(crate) fn is_literally_secure(uri: &BaseUri<'_>) -> bool {
    let address = uri.host().trim_matches(['[', ']']).parse();
    uri.is_tls() || address.is_ok_and(|address: IpAddr| address.is_loopback())
}

pub(crate) fn is_localhost(uri: &BaseUri<'_>) -> bool {
    uri.host().eq_ignore_ascii_case("localhost")
}
