//! The URL of a request, read once.

// The trap: the text of a URL must stay as it was given (RFC 5849 section 3.4). The `http` crate's type keeps
// it, but for the fragment, which is never sent; what is added to a query stands behind it.

use std::sync::Arc;

use http::{
    Uri,
    uri::{InvalidUri, PathAndQuery},
};

#[cfg(feature = "reqwest")]
use crate::transport::reqwest::known::KnownUrl;
use crate::{
    error::{Error, kind::ErrorKind},
    shown::name_character,
    signature::{
        params::{Pair, encode_pairs_into},
        prepared::PreparedUri,
        uri::BaseUri,
    },
};

/// A URL, and how it is signed if that was written beforehand.
#[derive(Clone)]
pub(crate) struct Address(Kind);

#[derive(Clone)]
enum Kind {
    Plain(Uri),
    Prepared(Arc<Prepared>),
}

/// What is read and written once for many requests.
struct Prepared {
    uri: Uri,
    /// For their signatures.
    signed: PreparedUri,
    /// For their way: the URL as reqwest reads it.
    #[cfg(feature = "reqwest")]
    sent: Option<KnownUrl>,
}

impl Address {
    pub(crate) fn new(url: &str) -> Result<Self, Error> {
        // Our own reader says more exactly what is wrong.
        let uri = uri_of(url).map_err(|error| BaseUri::parse(url).err().unwrap_or(error))?;
        Ok(Self::of(uri))
    }

    pub(crate) fn of(uri: Uri) -> Self {
        Self(Kind::Plain(uri))
    }

    /// Reads and writes beforehand what requests to it have in common.
    pub(crate) fn prepared(self) -> Result<Self, Error> {
        Ok(Self(Kind::Prepared(Arc::new(Prepared {
            signed: PreparedUri::new(self.base()?),
            #[cfg(feature = "reqwest")]
            sent: KnownUrl::new(self.uri()),
            uri: self.uri().clone(),
        }))))
    }

    /// What the transport need not read again.
    #[cfg(feature = "reqwest")]
    pub(super) fn known_url(&self) -> Option<&KnownUrl> {
        match &self.0 {
            Kind::Plain(_) => None,
            Kind::Prepared(prepared) => prepared.sent.as_ref(),
        }
    }

    pub(crate) fn uri(&self) -> &Uri {
        match &self.0 {
            Kind::Plain(uri) => uri,
            Kind::Prepared(prepared) => &prepared.uri,
        }
    }

    pub(crate) fn is_prepared(&self) -> bool {
        matches!(self.0, Kind::Prepared(_))
    }

    /// What of it is signed.
    pub(crate) fn base(&self) -> Result<BaseUri<'_>, Error> {
        match &self.0 {
            Kind::Plain(uri) => BaseUri::from_uri(uri),
            Kind::Prepared(prepared) => Ok(prepared.signed.uri()),
        }
    }

    /// The URL with `added` behind its own query, and `more`, which is encoded already, behind that.
    #[inline]
    pub(crate) fn with_query(&self, added: &[Pair<'_>], more: &str) -> Result<Uri, Error> {
        if added.is_empty() && more.is_empty() {
            return Ok(self.uri().clone());
        }
        self.with_longer_query(added, more)
    }

    fn with_longer_query(&self, added: &[Pair<'_>], more: &str) -> Result<Uri, Error> {
        let own = self.uri().path_and_query().map_or("/", PathAndQuery::as_str);
        let lengths = added.iter().map(|(name, value)| name.len() + value.len() + 2);
        let mut text = String::with_capacity(own.len() + lengths.sum::<usize>() + more.len() + 2);
        text.push_str(own);
        if !added.is_empty() {
            begin_query(&mut text);
            encode_pairs_into(added, &mut text);
        }
        push_query(&mut text, more);
        let authority = self.uri().authority().map_or(0, |authority| authority.as_str().len());
        let length = "https://".len() + authority + text.len();
        if length > LONGEST {
            return Err(Error::setup(ErrorKind::InvalidUrl { reason: TOO_LONG }));
        }
        let mut parts = self.uri().clone().into_parts();
        parts.path_and_query =
            Some(PathAndQuery::try_from(text).map_err(|error| invalid(error, length))?);
        // An absolute URL with another query is one.
        Uri::from_parts(parts).map_err(|error| {
            let reason = "it is not absolute: scheme or host is missing";
            Error::setup(ErrorKind::InvalidUrl { reason }).with_source(error)
        })
    }
}

/// What the `http` crate's type can hold.
const LONGEST: usize = 65_534;
const TOO_LONG: &str =
    "it is longer than 65,534 bytes once signed; send the parameters in a form body";

fn uri_of(text: &str) -> Result<Uri, Error> {
    Uri::try_from(text).map_err(|error| {
        let error = invalid(error, text.len());
        match refused_character(text) {
            Some(character) => error.with_detail(name_character(character)),
            None => error,
        }
    })
}

/// The first character of a URL's path and query that the `http` crate does not take there.
fn refused_character(url: &str) -> Option<char> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.find(['/', '?']).and_then(|at| rest.get(at..))?;
    let query_at = rest.find('?').unwrap_or(rest.len());
    let is_refused = |(at, character): &(usize, char)| {
        let prefix = if *at < query_at { "/" } else { "/?" };
        PathAndQuery::try_from(format!("{prefix}{character}")).is_err()
    };
    rest.char_indices().find(is_refused).map(|(_, character)| character)
}

fn invalid(error: InvalidUri, length: usize) -> Error {
    let reason =
        if length > LONGEST { TOO_LONG } else { "it has a character that must be percent-encoded" };
    // `http`'s error names the part and holds none of the text.
    Error::setup(ErrorKind::InvalidUrl { reason }).with_source(error)
}

/// Adds `more` behind whatever query the URL has.
pub(crate) fn push_query(url: &mut String, more: &str) {
    if !more.is_empty() {
        begin_query(url);
        url.push_str(more);
    }
}

/// Writes what must stand between a URL, with whatever query it has, and more pairs.
fn begin_query(url: &mut String) {
    match url.find('?') {
        None => url.push('?'),
        Some(mark) => end_pairs(url, mark + 1),
    }
}

/// Ends the pairs that begin at `start`, if there are any. Within them a question mark is data, also
/// as the last character.
pub(crate) fn end_pairs(text: &mut String, start: usize) {
    if text.len() > start && !text.ends_with('&') {
        text.push('&');
    }
}
