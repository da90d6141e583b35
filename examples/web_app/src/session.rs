//! The session cookie: a random value that names a user's grant in the vault.
//!
//! It is made from the ticket of the login that it came of. So a callback that arrives twice, from a
//! double click or because the first answer was lost on the way, leads to the same session: only
//! the browser that holds the ticket can name it, and the ticket's cookie is cleared with the answer.

use axum::http::{HeaderMap, header};
use cookie::{Cookie, SameSite, time::Duration};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use tripod::vault::{CookieScope, Ticket};

use crate::Site;

/// How long a browser keeps the session.
const DAYS: i64 = 30;

/// 256 bits, in hexadecimal. No `Debug`: whoever has it reads the diary.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SessionId(String);

impl SessionId {
    pub(crate) fn of(ticket: &Ticket) -> Self {
        let mut hash = Sha256::new_with_prefix("web_app session\0");
        hash.update(ticket.value().expose_secret());
        Self(hex::encode(hash.finalize()))
    }

    /// The one that this browser holds, if it looks like one.
    pub(crate) fn from_headers(site: &Site, headers: &HeaderMap) -> Option<Self> {
        let all = cookies(headers);
        let found = Cookie::split_parse(&all)
            .filter_map(Result::ok)
            .find(|cookie| cookie.name() == name(site))?;
        let value = found.value();
        (value.len() == 64 && value.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .then(|| Self(value.to_owned()))
    }

    /// The name in the vault, which shows its store no more of it than a hash.
    pub(crate) fn as_user(&self) -> &str {
        &self.0
    }

    /// A `Set-Cookie` value.
    pub(crate) fn set_cookie(&self, site: &Site) -> String {
        let mut cookie = base(site, self.0.clone());
        cookie.set_max_age(Duration::days(DAYS));
        cookie.to_string()
    }

    pub(crate) fn clear_cookie(site: &Site) -> String {
        let mut cookie = base(site, String::new());
        cookie.make_removal();
        cookie.to_string()
    }
}

/// What the browser sent, as one line.
pub(crate) fn cookies(headers: &HeaderMap) -> String {
    let lines = headers.get_all(header::COOKIE).iter();
    lines.filter_map(|line| line.to_str().ok()).collect::<Vec<_>>().join("; ")
}

fn name(site: &Site) -> &'static str {
    // With `__Host-`, a browser takes the cookie from this very host only, and over TLS.
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
