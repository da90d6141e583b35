// Where resources are: scheme, host and port.
//
// The trap: an origin that is too wide shows the token to a stranger, so what is more than an
// origin is refused and not cut down to one.

use std::fmt;

use super::url::{check_any_url, check_url};
use crate::{
    error::{Error, kind::ErrorKind},
    signature::uri::BaseUri,
};

/// Scheme, host and port. Kept apart, so that each request is compared without allocating.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Origin {
    tls: bool,
    host: String,
    /// None for the scheme's own.
    port: Option<u16>,
}

impl Origin {
    pub(super) fn of(uri: &BaseUri<'_>) -> Self {
        Self { tls: uri.is_tls(), host: uri.host().to_ascii_lowercase(), port: uri.port() }
    }

    pub(super) fn is_of(&self, uri: &BaseUri<'_>) -> bool {
        self.tls == uri.is_tls()
            && self.port == uri.port()
            && self.host.eq_ignore_ascii_case(uri.host())
    }

    /// Whether this is the other with `https` in place of `http`.
    pub(super) fn is_with_tls(&self, other: &Self) -> bool {
        self.tls && !other.tls && self.port == other.port && self.host == other.host
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
    only_origin(&check_url(url)?)
}

/// The same for an origin that need not have TLS.
pub(super) fn check_insecure_origin(url: &str) -> Result<Origin, Error> {
    only_origin(&check_any_url(url)?)
}

fn only_origin(uri: &BaseUri<'_>) -> Result<Origin, Error> {
    if uri.path() != "/" || uri.query().is_some() {
        let reason = "an origin is a scheme, a host and a port, without a path and a query";
        return Err(Error::setup(ErrorKind::InvalidUrl { reason }));
    }
    Ok(Origin::of(uri))
}

/// From which origins to which others a provider is moved.
pub(super) struct Moves(Vec<Move>);

struct Move {
    from: Origin,
    to: Origin,
    is_used: bool,
}

impl Moves {
    pub(super) fn new(pairs: &[(&str, &str)]) -> Result<Self, Error> {
        let moves = pairs.iter().map(|(from, to)| {
            Ok(Move { from: check_insecure_origin(from)?, to: check_origin(to)?, is_used: false })
        });
        moves.collect::<Result<_, Error>>().map(Self)
    }

    /// Writes another origin into a URL, if its own is to be moved.
    pub(super) fn url(&mut self, url: &mut String) {
        let Ok(uri) = BaseUri::parse(url) else { return };
        let Some(found) = self.0.iter_mut().find(|moved| moved.from.is_of(&uri)) else { return };
        found.is_used = true;
        // As it is written, for what is behind the origin stays as it is.
        let authority = url.find("://").map_or(0, |at| at + 3);
        let rest = url[authority..].find(['/', '?']).map_or("", |at| &url[authority + at..]);
        *url = format!("{}{rest}", found.to);
    }

    pub(super) fn origin(&mut self, origin: &mut Origin) {
        if let Some(found) = self.0.iter_mut().find(|moved| moved.from == *origin) {
            found.is_used = true;
            *origin = found.to.clone();
        }
    }

    /// Whether each origin was somewhere in the provider.
    pub(super) fn all_used(&self) -> Result<(), Error> {
        let Some(unused) = self.0.iter().find(|moved| !moved.is_used) else { return Ok(()) };
        let reason =
            "the provider has no address at one of the origins that it should be moved from";
        let error = Error::setup(ErrorKind::InvalidSetting { reason });
        Err(error.with_detail(format!("this origin is {}", unused.from)))
    }
}
