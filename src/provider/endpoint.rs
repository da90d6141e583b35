//! One endpoint: how a token call is made, and which URLs may be called with secrets.

// The trap: an endpoint's query is part of what is signed, and must not hold a parameter of
// OAuth's own (RFC 5849 section 2).

use std::{borrow::Cow, fmt, net::IpAddr};

use http::Method;

use super::{Transmission, origin::Origin};
use crate::{
    error::{Error, groups::RequestError, kind::ErrorKind},
    shown::ShownUrl,
    signature::{
        params::{decode_pairs, refuse_reserved},
        uri::BaseUri,
    },
};

/// One of the two calls that give a token.
#[derive(Clone)]
pub(crate) struct TokenCall {
    pub(crate) url: Cow<'static, str>,
    pub(crate) method: Method,
    pub(crate) transmission: Transmission,
}

impl TokenCall {
    pub(super) fn set(&mut self, method: Method, transmission: Transmission) -> Result<(), Error> {
        let bodiless = [Method::GET, Method::HEAD].contains(&method);
        self.transmission = match transmission {
            Transmission::Form if bodiless => {
                return Err(Error::setup(ErrorKind::Request(RequestError::FormBodyNeeded)));
            }
            Transmission::FormOrQuery if bodiless => Transmission::Query,
            Transmission::FormOrQuery => Transmission::Form,
            other => other,
        };
        self.method = method;
        Ok(())
    }
}

impl fmt::Debug for TokenCall {
    // An endpoint's query may hold a key of the application's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = ShownUrl::of(&self.url);
        write!(f, "{} {url} ({:?})", self.method, self.transmission)
    }
}

/// Checks one endpoint, and gives its origin.
pub(super) fn check_endpoint(url: &str) -> Result<Origin, Error> {
    let uri = BaseUri::parse(url)?;
    let invalid = |reason| Error::setup(ErrorKind::InvalidUrl { reason });
    if url.contains('#') {
        return Err(invalid("an endpoint has no fragment"));
    }
    if has_user_info(url) {
        return Err(invalid("an endpoint has no user name or password"));
    }
    if !is_secure(&uri) {
        return Err(Error::setup(ErrorKind::InsecureEndpoint));
    }
    refuse_reserved(&decode_pairs(uri.query().unwrap_or_default())?)?;
    Ok(Origin::of(&uri))
}

/// Whether a user name or a password stands before the host.
fn has_user_info(url: &str) -> bool {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().is_some_and(|authority| authority.contains('@'))
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
