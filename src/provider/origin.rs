//! Where resources are: scheme, host and port.

// The trap: an origin that is too wide shows the token to a stranger, so what is more than an
// origin is refused and not cut down to one.

use std::{borrow::Cow, fmt};

use super::endpoint::check_endpoint;
use crate::{
    error::{Error, kind::ErrorKind},
    signature::uri::BaseUri,
};

/// Scheme, host and port. Kept apart, so that each request is compared without allocating.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Origin {
    tls: bool,
    host: Cow<'static, str>,
    /// None for the scheme's own.
    port: Option<u16>,
}

impl Origin {
    pub(super) const fn https(host: &'static str) -> Self {
        Self { tls: true, host: Cow::Borrowed(host), port: None }
    }

    pub(super) fn of(uri: &BaseUri<'_>) -> Self {
        let host = uri.host().to_ascii_lowercase().into();
        Self { tls: uri.is_tls(), host, port: uri.port() }
    }

    pub(super) fn is_of(&self, uri: &BaseUri<'_>) -> bool {
        self.tls == uri.is_tls()
            && self.port == uri.port()
            && self.host.eq_ignore_ascii_case(uri.host())
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.tls { "https" } else { "http" }, self.host)?;
        match self.port {
            Some(port) => write!(f, ":{port}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Checks an origin: scheme, host and port, and at most the slash behind them.
pub(super) fn check_origin(url: &str) -> Result<Origin, Error> {
    let origin = check_endpoint(url)?;
    let uri = BaseUri::parse(url)?;
    if uri.path() != "/" || uri.query().is_some() {
        let reason = "an origin is a scheme, a host and a port, without a path and a query";
        return Err(Error::setup(ErrorKind::InvalidUrl { reason }));
    }
    Ok(origin)
}
