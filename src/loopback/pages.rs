//! What the user sees in the browser: plain pages, without scripts, readable on a phone and at night.

use std::borrow::Cow;

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::Full;
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("page.css");

/// The texts of the pages that the user sees after the callback.
///
/// They are plain text, and the crate puts them into its own pages. The default is English.
///
/// # Examples
///
/// ```
/// use tripod::loopback::Pages;
///
/// let pages = Pages::default()
///     .with_language("de")
///     .with_granted("Erledigt", "Sie können dieses Fenster schließen.")
///     .with_denied("Abgelehnt", "Die Anwendung hat keinen Zugang erhalten.");
/// ```
#[derive(Clone, Debug)]
pub struct Pages {
    language: Cow<'static, str>,
    granted: Words,
    denied: Words,
    expired: Words,
    wrong_link: Words,
    not_taken: Words,
}

#[derive(Clone, Debug)]
struct Words {
    title: Cow<'static, str>,
    text: Cow<'static, str>,
}

impl Words {
    fn new(title: impl Into<Cow<'static, str>>, text: impl Into<Cow<'static, str>>) -> Self {
        Self { title: title.into(), text: text.into() }
    }
}

impl Default for Pages {
    fn default() -> Self {
        Self {
            language: "en".into(),
            granted: Words::new(
                "You allowed access",
                "Go back to the application: it goes on there. You can close this page.",
            ),
            denied: Words::new(
                "You did not allow access",
                "The application got no access to your account. You can close this page.",
            ),
            expired: Words::new(
                "That took too long",
                "The request is no longer valid. Go back to the application and begin again.",
            ),
            wrong_link: Words::new(
                "This is the wrong link",
                "It belongs to another request, perhaps to an older tab. The application still \
                 waits: answer in the page that it opened last.",
            ),
            not_taken: Words::new(
                "The application is busy",
                "It has not taken your answer yet. Go back to it, and reload this page if it waits.",
            ),
        }
    }
}

/// Replaces the title and the text of one page.
macro_rules! setters {
    ($($(#[$doc:meta])* $setter:ident, $page:ident;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $setter(
            mut self,
            title: impl Into<Cow<'static, str>>,
            text: impl Into<Cow<'static, str>>,
        ) -> Self {
            self.$page = Words::new(title, text);
            self
        }
    )*};
}

impl Pages {
    /// Sets the language of the texts, such as `pt-BR`, for screen readers and translators.
    #[must_use]
    pub fn with_language(mut self, language: impl Into<Cow<'static, str>>) -> Self {
        self.language = language.into();
        self
    }

    setters! {
        /// Sets the title and the text of the page that says: the user has allowed access.
        with_granted, granted;
        /// Sets the title and the text of the page that says: the user, or the provider for the user, has denied access.
        with_denied, denied;
        /// Sets the title and the text of the page that says: the request token has expired, because the user took too long.
        with_expired, expired;
        /// Sets the title and the text of the page that says: the link belongs to another flow, or is damaged.
        with_wrong_link, wrong_link;
        /// Sets the title and the text of the page that says: the program does not wait for a callback at the moment.
        with_not_taken, not_taken;
    }

    pub(super) fn page(&self, page: Page) -> Response<Full<Bytes>> {
        let (status, words) = match page {
            Page::Granted => (StatusCode::OK, &self.granted),
            Page::Denied => (StatusCode::OK, &self.denied),
            Page::Expired => (StatusCode::GONE, &self.expired),
            Page::WrongLink => (StatusCode::BAD_REQUEST, &self.wrong_link),
            Page::NotTaken => (StatusCode::SERVICE_UNAVAILABLE, &self.not_taken),
        };
        let (title, text) = (escape(&words.title), escape(&words.text));
        let language = escape(&self.language);
        // The icon is named so that browsers do not come back to ask for one.
        let html = format!(
            "<!doctype html><html lang=\"{language}\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <meta name=\"color-scheme\" content=\"light dark\">\
             <meta name=\"robots\" content=\"noindex\">\
             <link rel=\"icon\" href=\"data:,\">\
             <title>{title}</title><style>{STYLE}</style></head>\
             <body><main><h1>{title}</h1><p>{text}</p></main></body></html>"
        );
        reply(status, "text/html; charset=utf-8", html)
    }
}

/// The pages, by what they say. All but the last are what a callback comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Page {
    Granted,
    Denied,
    Expired,
    WrongLink,
    NotTaken,
}

impl Page {
    /// The pages that a callback is redirected to, with the last part of their address.
    pub(super) const ADDRESSES: [(Self, &'static str); 4] = [
        (Self::Granted, "granted"),
        (Self::Denied, "denied"),
        (Self::Expired, "expired"),
        (Self::WrongLink, "wrong-link"),
    ];

    pub(super) fn address(self) -> &'static str {
        let found = Self::ADDRESSES.into_iter().find(|(page, _)| *page == self);
        found.map_or("", |(_, address)| address)
    }
}

/// A few words for strangers.
pub(super) fn short(status: StatusCode, text: &'static str) -> Response<Full<Bytes>> {
    reply(status, "text/plain; charset=utf-8", text)
}

/// Sends the browser on, from an address that it should not keep.
pub(super) fn redirect(to: &str) -> Response<Full<Bytes>> {
    let Ok(to) = HeaderValue::try_from(to) else {
        // A provider's address that is no text for a header; it was read as a URL, so it is.
        return short(StatusCode::NOT_FOUND, "There is nothing here.\n");
    };
    let mut response = reply(StatusCode::SEE_OTHER, "text/plain; charset=utf-8", "");
    response.headers_mut().insert(header::LOCATION, to);
    response
}

fn reply(
    status: StatusCode,
    content_type: &'static str,
    body: impl Into<Bytes>,
) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; img-src data:; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'",
        STANDARD.encode(Sha256::digest(STYLE))
    );
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in [
        (header::CONTENT_TYPE, content_type),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    response
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
