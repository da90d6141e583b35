//! The session cookie: a random id under which the vault keeps a user's grant.
//!
//! The id is drawn when the login is complete. An id that is made from something older, such as the
//! login's ticket, would be known to everybody who knew that ("session fixation").

use axum::http::{HeaderMap, header};
use cookie::{Cookie, SameSite, time::Duration};
use tripod::vault::CookieScope;

use crate::Site;

/// How long a browser keeps the session.
const DAYS: i64 = 30;

/// 256 bits, in hexadecimal. There is no `Debug`: whoever has the id can read the diary.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SessionId(String);

impl SessionId {
    /// Draws an id from the operating system.
    pub(crate) fn draw() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self::from_bytes(bytes))
    }

    pub(crate) fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(hex::encode(bytes))
    }

    pub(crate) fn to_bytes(&self) -> Option<[u8; 32]> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(&self.0, &mut bytes).ok()?;
        Some(bytes)
    }

    /// Returns the id that this browser holds.
    pub(crate) fn from_headers(site: &Site, headers: &HeaderMap) -> Option<Self> {
        cookies(headers)
            .filter_map(|cookie| cookie.split_once('='))
            .find(|(found, _)| *found == name(site))
            .map(|(_, value)| Self(value.to_owned()))
            .filter(|id| id.0.len() == 64 && id.to_bytes().is_some())
    }

    /// The name in the vault. The vault's store sees only a hash of it.
    pub(crate) fn as_user(&self) -> &str {
        &self.0
    }

    /// Returns a `Set-Cookie` value that gives the id to the browser.
    pub(crate) fn set_cookie(&self, site: &Site) -> String {
        let mut cookie = base(site, self.0.clone());
        cookie.set_max_age(Duration::days(DAYS));
        cookie.to_string()
    }

    /// Returns a `Set-Cookie` value that takes the id from the browser.
    pub(crate) fn clear_cookie(site: &Site) -> String {
        let mut cookie = base(site, String::new());
        cookie.make_removal();
        cookie.to_string()
    }
}

/// The browser's cookies, such as `name=value`, each by itself.
///
/// Another host of the same domain can give the browser a cookie that is not ASCII. The browser sends
/// it along, in the same header. It must not hide our own cookies, so only that cookie is left out.
///
/// This parses as browsers do: `;` separates, and only spaces and tabs are removed. A parser that removes
/// more would take another host's cookie for one of ours.
fn cookies(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b';'))
        .filter(|cookie| cookie.is_ascii())
        .filter_map(|cookie| std::str::from_utf8(cookie).ok())
        .map(|cookie| cookie.trim_matches([' ', '\t']))
}

fn name(site: &Site) -> &'static str {
    // With `__Host-`, a browser accepts the cookie only from this very host, and only over TLS.
    if is_secure(site) { "__Host-diary" } else { "diary" }
}

fn is_secure(site: &Site) -> bool {
    matches!(site.cookies, CookieScope::Https)
}

fn base(site: &Site, value: String) -> Cookie<'static> {
    Cookie::build((name(site), value))
        .path("/")
        .http_only(true)
        .secure(is_secure(site))
        .same_site(SameSite::Lax)
        .build()
}
