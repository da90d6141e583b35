// The ticket: what a browser gets for a flow that was parked, and brings back with the callback.
//
// The trap: the ticket is the only thing that tells the browser which began the flow from one that
// was sent a callback link (OAuth advisory 2009.1). So it goes into a cookie that scripts cannot
// read, that other sites cannot send, and that other hosts cannot plant.

use std::{fmt, time::Duration};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use cookie::{Cookie, SameSite};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::{format::digest, sealer::keeping, store::entry::Key};
use crate::{
    error::{Error, groups::TicketError, kind::ErrorKind},
    hex, random,
};

/// Letters of the tag.
const TAG: usize = 16;

/// Stands in the cookie in the place of the ticket's own letters when its flow is finished.
const USED: &str = "used";

/// How long a browser keeps that, where the ticket's lifetime is not known: as long as a flow is parked.
const USED_LIFETIME: Duration = Duration::from_secs(3600);

/// Browsers keep cookies of up to 4096 bytes, name and value together.
const MAX_BYTES: usize = 4000;

/// The name in [`CookieScope::Https`]. Browsers take a cookie of that prefix only from the host
/// itself over HTTPS, never from a neighbour under the same domain.
const HOST_PREFIX: &str = "__Host-tripod-";
const PLAIN_PREFIX: &str = "tripod-";

/// A random value that the user's browser keeps while its flow is parked. The browser that brings
/// the callback must also bring the ticket.
///
/// A ticket is secret: with the ticket and the callback, a flow can be continued. `Debug` does not
/// show it. Put it into a cookie with [`set_cookie`](Self::set_cookie), or its
/// [`value`](Self::value) into a header of your own.
///
/// A ticket begins with a tag that is made from the request token. Each flow has its own cookie,
/// with the tag in its name, so that several tabs do not disturb each other.
///
/// # Examples
///
/// ```
/// use tripod::{Error, vault::{CookieScope, Ticket}};
///
/// /// The headers of the reply that sends the user to the provider's page.
/// fn redirect(ticket: &Ticket, page: String) -> [(&'static str, String); 2] {
///     [("location", page), ("set-cookie", ticket.set_cookie(CookieScope::Https))]
/// }
///
/// /// The ticket that the browser brings back; `path` is `/back?oauth_token=…`.
/// fn ticket(cookies: &str, path: &str) -> Result<Ticket, Error> {
///     Ticket::from_cookies(cookies, path, CookieScope::Https)
/// }
/// ```
#[derive(Clone)]
pub struct Ticket {
    value: SecretString,
    lifetime: Option<Duration>,
}

/// The connections on which the browser sends a ticket's cookie.
///
/// # Examples
///
/// ```
/// use tripod::vault::CookieScope;
///
/// /// `site` is the URL at which browsers reach your program.
/// fn scope(site: &str) -> CookieScope {
///     if site.starts_with("http://127.0.0.1:") { CookieScope::Loopback } else { CookieScope::Https }
/// }
///
/// assert_eq!(scope("https://app.example"), CookieScope::Https);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CookieScope {
    /// This host over HTTPS: `__Host-tripod-…; HttpOnly; SameSite=Lax; Secure; Path=/`.
    Https,
    /// Plain HTTP on the loopback interface, for development: `tripod-…; HttpOnly; SameSite=Lax;
    /// Path=/`.
    ///
    /// # Security
    ///
    /// Do not use it on a public host: another host of the same domain could set such a cookie.
    Loopback,
}

impl CookieScope {
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::Https => HOST_PREFIX,
            Self::Loopback => PLAIN_PREFIX,
        }
    }
}

impl Ticket {
    /// Draws a ticket of 256 random bits for the flow of that request token.
    pub(super) fn draw(oauth_token: &str) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        random::fill(&mut *bytes);
        Self::holding(&tag(oauth_token), &*bytes)
    }

    /// A ticket that holds these bytes.
    pub(super) fn holding(tag: &str, bytes: &[u8]) -> Self {
        // The exact length, so that nothing is copied and left behind.
        let mut value = String::with_capacity(TAG + 1 + (bytes.len() * 4).div_ceil(3));
        value.push_str(tag);
        value.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(bytes, &mut value);
        Self { value: SecretString::from(value), lifetime: None }
    }

    pub(super) fn for_time(mut self, lifetime: Duration) -> Self {
        self.lifetime = Some(lifetime);
        self
    }

    /// Creates a ticket from its value, for example from a header of your own.
    ///
    /// # Errors
    ///
    /// [`TicketError::Missing`] if the value is empty, [`TicketError::Unknown`] if it cannot be a
    /// ticket, [`TicketError::Used`] if it is the value that [`used_cookie`](Self::used_cookie)
    /// sets.
    pub fn from_value(value: &str) -> Result<Self, Error> {
        if value.is_empty() {
            return Err(keeping(ErrorKind::Ticket(TicketError::Missing)));
        }
        let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        let valid = value.len() <= MAX_BYTES
            && value.split_once('.').is_some_and(|(tag, body)| {
                is_tag(tag.as_bytes()) && !body.is_empty() && body.bytes().all(is_base64)
            });
        if !valid {
            return Err(keeping(ErrorKind::Ticket(TicketError::Unknown)));
        }
        if value.split_once('.').is_some_and(|(_, body)| body == USED) {
            return Err(keeping(ErrorKind::Ticket(TicketError::Used)));
        }
        Ok(Self { value: SecretString::from(value), lifetime: None })
    }

    /// Returns the value of the `Set-Cookie` header that gives this ticket to the browser.
    ///
    /// The cookie lasts as long as the flow is kept, or until the browser is closed for a ticket that was
    /// created [from its value](Self::from_value).
    ///
    /// # Security
    ///
    /// The value contains the ticket: keep it out of logs.
    #[must_use]
    pub fn set_cookie(&self, scope: CookieScope) -> String {
        let mut cookie = self.cookie(scope, self.value.expose_secret());
        if let Some(lifetime) = self.lifetime {
            cookie.set_max_age(seconds(lifetime));
        }
        cookie.to_string()
    }

    /// Returns the value of the `Set-Cookie` header that deletes the ticket in the browser, after the flow
    /// was continued.
    #[must_use]
    pub fn clear_cookie(&self, scope: CookieScope) -> String {
        let mut cookie = self.cookie(scope, "");
        cookie.set_max_age(seconds(Duration::ZERO));
        cookie.to_string()
    }

    /// Returns the value of the `Set-Cookie` header that replaces the ticket by the note that its flow is
    /// finished.
    ///
    /// A later request of this browser is then refused with [`TicketError::Used`], on any machine. The cookie
    /// lasts for an hour, or as long as the ticket would have. Use it with a [`CookieVault`](super::CookieVault),
    /// which has no other way to know that the flow is finished. With a [`Vault`](super::Vault), leave the ticket
    /// in the browser: `finish` then returns the session again.
    #[must_use]
    pub fn used_cookie(&self, scope: CookieScope) -> String {
        let (tag, _) = self.parts();
        let value = format!("{tag}.{USED}");
        let mut cookie = self.cookie(scope, &value);
        cookie.set_max_age(seconds(self.lifetime.unwrap_or(USED_LIFETIME)));
        cookie.to_string()
    }

    /// Returns the ticket as text, for a header or a field of your own: up to 4000 characters, which are
    /// letters, digits, `-`, `_` and `.`.
    #[must_use]
    pub fn value(&self) -> &SecretString {
        &self.value
    }

    /// Under which its flow stands in a store.
    pub(super) fn key(&self) -> Key {
        Key::hashed("flow", &digest("tripod ticket 1", &[self.place().as_bytes()]))
    }

    /// The place that its flow is sealed for.
    pub(super) fn place(&self) -> &str {
        self.value.expose_secret()
    }

    /// The tag and what follows it. Both were checked when the ticket was made.
    pub(super) fn parts(&self) -> (&str, &str) {
        self.value.expose_secret().split_once('.').unwrap_or_default()
    }

    fn cookie<'a>(&'a self, scope: CookieScope, value: &'a str) -> Cookie<'a> {
        let (tag, _) = self.parts();
        Cookie::build((format!("{}{tag}", scope.prefix()), value))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(scope == CookieScope::Https)
            .build()
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ticket(..)")
    }
}

/// Says which flow of a browser's a ticket is for; it gives the request token away to nobody.
pub(super) fn tag(oauth_token: &str) -> String {
    let digest = digest("tripod tag 1", &[oauth_token.as_bytes()]);
    let mut tag = hex::encode(&digest);
    tag.truncate(TAG);
    tag
}

pub(super) fn is_tag(text: &[u8]) -> bool {
    text.len() == TAG && text.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn seconds(time: Duration) -> cookie::time::Duration {
    cookie::time::Duration::seconds(i64::try_from(time.as_secs()).unwrap_or(i64::MAX))
}
