// The cookies of a browser that may be the ticket for a callback.
//
// The trap: a callback may name no request token. Then a flow that is finished must not stand in the way of
// the one that is not.

use http::{HeaderMap, HeaderValue, header};
use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use super::{
    sealer::keeping,
    ticket::{CookieScope, Ticket, is_tag, tag},
};
use crate::{
    error::{Error, groups::TicketError, kind::ErrorKind},
    protocol::callback::{named_token, without_a_flow},
};

/// # Find the ticket for a callback
impl Ticket {
    /// Finds the ticket for a callback among the cookies of the request that brought it.
    ///
    /// `cookie_header` is the request's `Cookie` header, as text or as bytes; join several with `"; "`. Other
    /// cookies, for example of other hosts under the same domain, need not be text. `callback` is the URL of
    /// the request, or its path with the query, or the query. If the callback does not name a request
    /// token, as a denial of some providers and each callback of E*TRADE, the ticket is found only if the browser
    /// has exactly one. Cookies that [`used_cookie`](Self::used_cookie) has set do not count beside it, nor do those
    /// whose value cannot be a ticket. With a
    /// [`Vault`](super::Vault), call [`find_ticket`](super::Vault::find_ticket) instead, which knows the flows that
    /// are finished.
    ///
    /// # Errors
    ///
    /// [`TicketError::Missing`] if this browser has no ticket for the callback, or two that contradict each other; [`TicketError::Unknown`] if the cookie's value
    /// cannot be a ticket; [`TicketError::Used`] if the flow is finished and the browser has the [`used_cookie`](Self::used_cookie), or if the callback names no flow and all flows of the browser are finished;
    /// [`ErrorKind::Denied`] for a denial that may belong to several flows; [`CallbackError::Unreadable`](crate::CallbackError::Unreadable) or
    /// [`CallbackError::TokenMismatch`](crate::CallbackError::TokenMismatch) if the callback cannot be read.
    ///
    /// # Security
    ///
    /// `scope` must be the same as for [`set_cookie`](Self::set_cookie). With [`CookieScope::Https`],
    /// a cookie without the `__Host-` prefix is ignored, because another host under the same domain
    /// could have set it. Names are compared byte for byte, as browsers do: only spaces and tabs
    /// around a cookie are removed, no other white space.
    pub fn from_cookies(
        cookie_header: impl AsRef<[u8]>,
        callback: &str,
        scope: CookieScope,
    ) -> Result<Self, Error> {
        Candidates::among(cookie_header.as_ref(), callback, scope)?.only()
    }

    /// Finds the ticket for a callback among the headers of the request that brought it, as
    /// [`from_cookies`](Self::from_cookies) does.
    ///
    /// Several `Cookie` headers, which HTTP/2 allows, are read as one.
    ///
    /// # Errors
    ///
    /// The errors of [`from_cookies`](Self::from_cookies).
    ///
    /// # Security
    ///
    /// As for [`from_cookies`](Self::from_cookies).
    ///
    /// # Examples
    ///
    /// ```
    /// use tripod::{Error, vault::{CookieScope, Ticket}};
    ///
    /// fn ticket(request: &http::Request<()>) -> Result<Ticket, Error> {
    ///     let target = request.uri().to_string(); // `/back?oauth_token=…`
    ///     Ticket::from_headers(request.headers(), &target, CookieScope::Https)
    /// }
    /// ```
    pub fn from_headers(
        headers: &HeaderMap,
        callback: &str,
        scope: CookieScope,
    ) -> Result<Self, Error> {
        Self::from_cookies(cookies_of(headers).as_slice(), callback, scope)
    }
}

/// A browser with more tickets than this is not looked at: nobody begins so many flows.
const MOST: usize = 16;

/// The cookies that may be the ticket for a callback, each once.
pub(super) struct Candidates<'a> {
    callback: &'a str,
    /// Whether the callback names its request token.
    pub(super) is_named: bool,
    /// Names without the prefix, and values.
    found: Vec<(&'a [u8], &'a [u8])>,
}

impl<'a> Candidates<'a> {
    pub(super) fn among(
        cookie_header: &'a [u8],
        callback: &'a str,
        scope: CookieScope,
    ) -> Result<Self, Error> {
        let named = named_token(callback)?.map(|token| tag(token.expose_secret()));
        // One more than can be told apart is enough, and each is compared with those before it.
        let enough = if named.is_some() { 2 } else { MOST + 1 };
        let mut found = Vec::new();
        for (name, value) in cookies(cookie_header) {
            let Some(name) = name.strip_prefix(scope.prefix().as_bytes()) else {
                continue;
            };
            let is_named = named.as_ref().is_none_or(|named| named.as_bytes() == name);
            if is_tag(name) && is_named && !found.contains(&(name, value)) {
                found.push((name, value));
            }
            if found.len() == enough {
                break;
            }
        }
        Ok(Self { callback, is_named: named.is_some(), found })
    }

    /// The only ticket that it can be.
    pub(super) fn only(&self) -> Result<Ticket, Error> {
        if self.is_named {
            return match &self.found[..] {
                [(_, value)] => read(value),
                _ => Err(keeping(ErrorKind::Ticket(TicketError::Missing))),
            };
        }
        if self.are_too_many() {
            return Err(self.nobodys());
        }
        let mut open: Vec<Result<Ticket, Error>> = self.open().collect();
        // What cannot be a ticket cannot continue a flow: it neither hides the only one that can nor counts beside it,
        // however many there are.
        if open.iter().any(Result::is_ok) {
            open.retain(Result::is_ok);
        }
        match (open.pop(), open.is_empty()) {
            (Some(only), true) => only,
            (None, _) if !self.found.is_empty() => {
                Err(keeping(ErrorKind::Ticket(TicketError::Used)))
            }
            _ => Err(self.nobodys()),
        }
    }

    /// Whether there are more than are looked at.
    pub(super) fn are_too_many(&self) -> bool {
        self.found.len() > MOST
    }

    /// The tickets, and what looks like one, without those that the browser was told are used.
    pub(super) fn open(&self) -> impl Iterator<Item = Result<Ticket, Error>> {
        self.found.iter().map(|(_, value)| read(value)).filter(|ticket| {
            let used = ErrorKind::Ticket(TicketError::Used);
            !matches!(ticket, Err(error) if *error.kind() == used)
        })
    }

    /// What is to be said if it cannot be told whose the callback is.
    pub(super) fn nobodys(&self) -> Error {
        without_a_flow(self.callback)
    }
}

fn read(value: &[u8]) -> Result<Ticket, Error> {
    match std::str::from_utf8(value) {
        Ok(value) => Ticket::from_value(value),
        Err(_) => Err(keeping(ErrorKind::Ticket(TicketError::Unknown))),
    }
}

/// The `Cookie` headers of a request as one.
pub(super) fn cookies_of(headers: &HeaderMap) -> Zeroizing<Vec<u8>> {
    let cookies: Vec<&[u8]> =
        headers.get_all(header::COOKIE).iter().map(HeaderValue::as_bytes).collect();
    Zeroizing::new(cookies.join(&b"; "[..]))
}

/// The names and values of a `Cookie` header, taken apart as a browser puts them together: between
/// semicolons, and without the spaces and tabs around them.
///
/// A parser that dropped other white space too would take a name for one that has the prefix, and a
/// neighbour may set such a cookie.
fn cookies(header: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    header.split(|byte| *byte == b';').filter_map(|cookie| {
        let equals = cookie.iter().position(|byte| *byte == b'=')?;
        let (name, value) = (trimmed(&cookie[..equals]), trimmed(&cookie[equals + 1..]));
        is_token(name).then_some((name, value))
    })
}

fn trimmed(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

/// Returns whether this can be the name of a cookie, RFC 6265 section 4.1.1.
fn is_token(name: &[u8]) -> bool {
    !name.is_empty()
        && name.iter().all(|byte| byte.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?={}".contains(byte))
}
