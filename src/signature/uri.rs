//! The base string URI, RFC 5849 section 3.4.1.2: a borrowed view of an absolute URL.

// What is signed is what is sent, so the path is taken as it stands: never decoded, never
// re-cased, no dot segments resolved. The trap: the host and port must be those of the `Host` header,
// which a program behind a proxy may set by hand; [`BaseUri::with_host`] is for that.

use std::fmt::{self, Write as _};

use http::uri::Scheme;

use crate::{
    error::{Error, kind::ErrorKind},
    shown::name_character,
};

use super::{
    encode::{Digits, ONCE, ONCE_LOWER, decimal},
    params::Pair,
    writer::Out,
};

/// The parts of an absolute `http` or `https` URL that OAuth signs, borrowed from its text.
///
/// `Display` writes the base string URI: scheme and host in lower case, no default port, no query, no
/// fragment, no user name. `Debug` writes the same, so that no query gets into a log.
///
/// # Source
///
/// RFC 5849 section 3.4.1.2.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use tripod::signature::BaseUri;
///
/// let uri = BaseUri::parse("HTTP://EXAMPLE.COM:80/r%20v/X?id=123")?;
/// assert_eq!(uri.to_string(), "http://example.com/r%20v/X");
/// assert_eq!(uri.query(), Some("id=123"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy)]
pub struct BaseUri<'a> {
    pub(super) tls: bool,
    /// Whether a user name or a password stands before the host. They travel elsewhere.
    pub(super) has_user: bool,
    pub(super) host: &'a str,
    /// Whether the host is the same in a base string.
    pub(super) plain_host: bool,
    /// None if it is the scheme's own.
    pub(super) port: Option<u16>,
    pub(super) path: &'a str,
    pub(super) query: Option<&'a str>,
    /// What [`write_encoded`](Self::write_encoded) writes, if a
    /// [`PreparedUri`](super::PreparedUri) has it.
    pub(super) encoded: Option<&'a str>,
    /// The query's pairs, if a [`PreparedUri`](super::PreparedUri) has them.
    pub(super) pairs: Option<&'a [Pair<'a>]>,
}

const NO_WEB: &str = "the scheme is neither https nor http";

fn invalid(reason: &'static str) -> Error {
    Error::setup(ErrorKind::InvalidUrl { reason })
}

impl<'a> BaseUri<'a> {
    /// Reads an absolute URL.
    ///
    /// Scheme and host may be in any letter case. A user name and a fragment are left out, an empty
    /// path becomes `/`, and the scheme's default port is left out.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidUrl`] if the URL is not absolute, is neither `http` nor `https`, has no host
    /// or one that is not ASCII, has a port that is not a number up to 65535, or holds a space, a
    /// control character or a character that is not ASCII, which a URL has to percent-encode.
    pub fn parse(url: &'a str) -> Result<Self, Error> {
        let (tls, rest) = scheme(url)?;
        let (authority, rest, _) = split(rest, SLASH | QUESTION | HASH);
        let (path, rest, path_has) = split(rest, QUESTION | HASH);
        let (query, query_has) = match rest.strip_prefix('?') {
            Some(rest) => {
                let (query, _fragment, has) = split(rest, HASH);
                (Some(query), has)
            }
            None => (None, 0),
        };
        Self::from_parts(tls, authority, path, query, path_has | query_has)
    }

    /// Reads a URL of the `http` crate.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidUrl`] as for [`parse`](Self::parse), among others if the URL is relative.
    pub fn from_uri(uri: &'a http::Uri) -> Result<Self, Error> {
        let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else {
            return Err(invalid("it is not absolute: scheme or host is missing"));
        };
        // The `http` crate has the two in lower case, whatever was written.
        let tls = if *scheme == Scheme::HTTPS {
            true
        } else if *scheme == Scheme::HTTP {
            false
        } else {
            return Err(invalid(NO_WEB));
        };
        // Of what may not stand in a URL, that type lets through what is not ASCII.
        let is_ascii = uri.path_and_query().is_none_or(|text| text.as_str().is_ascii());
        let has = if is_ascii { 0 } else { INVISIBLE };
        Self::from_parts(tls, authority.as_str(), uri.path(), uri.query(), has)
    }

    fn from_parts(
        tls: bool,
        authority: &'a str,
        path: &'a str,
        query: Option<&'a str>,
        has: u8,
    ) -> Result<Self, Error> {
        if has & INVISIBLE != 0 {
            return Err(invisible(path, query.unwrap_or_default()));
        }
        let mut uri = Self {
            tls,
            has_user: false,
            host: "",
            plain_host: true,
            port: None,
            path: if path.is_empty() { "/" } else { path },
            query,
            encoded: None,
            pairs: None,
        };
        if uri.set_usual_host(authority) {
            return Ok(uri);
        }
        // What stands before the last `@` is the user's name and password.
        match authority.rsplit_once('@') {
            None => uri.with_unusual_host(authority),
            Some((_, host)) => {
                uri.has_user = true;
                uri.with_host(host)
            }
        }
    }

    /// Sets another host, with or without a port: the `Host` header of the request.
    ///
    /// You need this only if you set that header yourself, for example for a proxy or a test
    /// server.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidUrl`] if it is not a host, or its port is not a number up to 65535.
    pub fn with_host(mut self, host: &'a str) -> Result<Self, Error> {
        self.encoded = None;
        if self.set_usual_host(host) { Ok(self) } else { self.with_unusual_host(host) }
    }

    /// Sets a name or an IPv4 address without a port, and says whether it is one.
    #[inline]
    fn set_usual_host(&mut self, host: &'a str) -> bool {
        let has = host.bytes().fold(0, |has, byte| has | IN_HOST[usize::from(byte)]);
        let is_usual = has & OTHER == 0 && !host.is_empty();
        if is_usual {
            (self.host, self.plain_host, self.port) = (host, has == 0, None);
        }
        is_usual
    }

    /// A host with a port, an IPv6 address, or what is no host.
    #[inline(never)]
    fn with_unusual_host(mut self, host: &'a str) -> Result<Self, Error> {
        let (name, port) = split_port(host);
        let valid = match name.strip_prefix('[') {
            Some(rest) => rest.strip_suffix(']').is_some_and(|address| {
                !address.is_empty()
                    && address
                        .bytes()
                        .all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.'))
            }),
            None => {
                !name.is_empty() && name.bytes().all(|byte| IN_HOST[usize::from(byte)] & OTHER == 0)
            }
        };
        if !valid {
            return Err(invalid(
                "the host is empty or holds a character that a host cannot have; write a name that is not ASCII as punycode",
            ));
        }
        let port = match port {
            None | Some("") => None,
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                Some(digits.parse().map_err(|_| invalid("the port is larger than 65535"))?)
            }
            Some(_) => return Err(invalid("the port is not a number")),
        };
        self.host = name;
        self.plain_host = ONCE_LOWER.keeps_all(name.as_bytes());
        self.port = port.filter(|&port| port != if self.tls { 443 } else { 80 });
        Ok(self)
    }

    /// Returns the query as it is in the URL, without `?`, or `None` if there is no `?`.
    #[must_use]
    pub fn query(&self) -> Option<&'a str> {
        self.query
    }

    pub(crate) fn names_a_user(&self) -> bool {
        self.has_user
    }

    /// Returns whether the scheme is `https`.
    #[must_use]
    pub fn is_tls(&self) -> bool {
        self.tls
    }

    /// Returns the scheme, in lower case.
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        if self.tls { "https" } else { "http" }
    }

    /// Returns the host as it is in the URL, without the port. An IPv6 address has its brackets.
    #[must_use]
    pub fn host(&self) -> &'a str {
        self.host
    }

    /// Returns the port, or `None` if it is the scheme's default port.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// Returns the path as it is in the URL, or `/` if it is empty.
    #[must_use]
    pub fn path(&self) -> &'a str {
        self.path
    }

    /// Writes it as the second part of a base string, with what stands before and after it.
    #[inline]
    pub(super) fn write_encoded(&self, out: &mut impl Out) {
        match self.encoded {
            Some(encoded) => out.raw(encoded),
            None => self.encode(out),
        }
    }

    #[inline(never)]
    fn encode(&self, out: &mut impl Out) {
        out.raw("&");
        out.raw(if self.tls { "https%3A%2F%2F" } else { "http%3A%2F%2F" });
        if self.plain_host {
            out.raw(self.host);
        } else {
            out.encode(self.host, &ONCE_LOWER);
        }
        if let Some(port) = self.port {
            out.raw("%3A");
            out.raw(decimal(port.into(), &mut { Digits::NONE }));
        }
        out.encode(self.path, &ONCE);
        out.raw("&");
    }
}

/// A byte that is not written the same in a base string.
const CHANGES: u8 = 1;
/// A byte that neither a name nor an IPv4 address can have, RFC 3986 section 3.2.2.
const OTHER: u8 = 2;

/// What a byte means in a host.
static IN_HOST: [u8; 256] = {
    const SAME: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789-._~";
    const CHANGED: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ!$&'()*+,;=";
    let mut meaning = [OTHER; 256];
    let mut index = 0;
    while index < SAME.len() {
        meaning[SAME[index] as usize] = 0;
        index += 1;
    }
    index = 0;
    while index < CHANGED.len() {
        meaning[CHANGED[index] as usize] = CHANGES;
        index += 1;
    }
    meaning
};

const SLASH: u8 = 1;
const QUESTION: u8 = 2;
const HASH: u8 = 4;
/// What a URL has to percent-encode: a space, a control character, or a byte that is not ASCII.
const INVISIBLE: u8 = 8;

/// What a byte may mean in a URL.
static MEANING: [u8; 256] = {
    let mut meaning = [INVISIBLE; 256];
    let mut byte = b'!';
    while byte <= b'~' {
        meaning[byte as usize] = 0;
        byte += 1;
    }
    meaning[b'/' as usize] = SLASH;
    meaning[b'?' as usize] = QUESTION;
    meaning[b'#' as usize] = HASH;
    meaning
};

/// What is wrong with a URL that has an invisible character.
#[cold]
fn invisible(path: &str, query: &str) -> Error {
    let reason = "the path or the query holds a space, a control character or one that is not ASCII; percent-encode it";
    let refused = path.chars().chain(query.chars()).find(|character| !character.is_ascii_graphic());
    match refused {
        Some(character) => invalid(reason).with_detail(name_character(character)),
        None => invalid(reason),
    }
}

/// Splits before the first byte with one of these meanings, and gathers the meanings of those before
/// it and of itself.
#[inline]
fn split(text: &str, ends: u8) -> (&str, &str, u8) {
    let of = |byte: &u8| MEANING[usize::from(*byte)];
    let mut rest = text.as_bytes();
    let mut has = 0;
    // Eight without a branch between them, as long as none of them ends it.
    while let Some((group, after)) = rest.split_first_chunk::<8>() {
        let any = group.iter().fold(0, |any, byte| any | of(byte));
        if any & ends != 0 {
            break;
        }
        has |= any;
        rest = after;
    }
    let length = rest.iter().position(|byte| {
        has |= of(byte);
        of(byte) & ends != 0
    });
    let left = length.map_or(0, |length| rest.len() - length);
    let (before, after) = text.split_at(text.len() - left);
    (before, after, has)
}

/// Returns whether the scheme is `https`, and what follows `://`.
pub(super) fn scheme(url: &str) -> Result<(bool, &str), Error> {
    for (text, tls) in [("https://", true), ("http://", false)] {
        if let Some((start, rest)) = url.split_at_checked(text.len()) {
            if start.eq_ignore_ascii_case(text) {
                return Ok((tls, rest));
            }
        }
    }
    Err(invalid(if url.contains("://") { NO_WEB } else { "it is not absolute: there is no `://`" }))
}

/// The port follows the last colon, unless that colon is inside an IPv6 address.
fn split_port(host: &str) -> (&str, Option<&str>) {
    let mut from_end = host.bytes().enumerate().rev();
    match from_end.find(|(_, byte)| matches!(byte, b':' | b']')) {
        Some((at, b':')) => (host.split_at(at).0, host.get(at + 1..)),
        _ => (host, None),
    }
}

impl fmt::Display for BaseUri<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://", self.scheme())?;
        for character in self.host.chars() {
            f.write_char(character.to_ascii_lowercase())?;
        }
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        f.write_str(self.path)
    }
}

impl PartialEq for BaseUri<'_> {
    /// Returns whether both have the same parts, in the same letter case, the query too.
    fn eq(&self, other: &Self) -> bool {
        let parts = |uri: &Self| (uri.tls, uri.host, uri.port, uri.path, uri.query);
        parts(self) == parts(other)
    }
}

impl Eq for BaseUri<'_> {}

impl fmt::Debug for BaseUri<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BaseUri({self})")
    }
}

#[cfg(test)]
mod tests;
