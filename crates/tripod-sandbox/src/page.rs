//! The pages for people: the question, the code, and what to say when a link is of no use.

// Plain HTML without scripts. The trap: the form must have come from this page in this browser,
// or another site could answer for the user. So a random value stands in a cookie and in the form.

use axum::{body::Body, response::Response};
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderValue, Method, StatusCode, header};
use sha2::{Digest, Sha256};

use crate::{
    approval::PageError,
    config::{Config, DEFAULT_PASSWORD},
    dialect::Data,
    escape::escape,
    handshake::{self, Asked},
    naive::{self, Pair},
    random,
    received::{Received, find},
    state::State,
    wire::{refused, reply},
};

const STYLE: &str = include_str!("page.css");
const COOKIE: &str = "sandbox_form";
/// What stands before the page's own parameters in its form, whose fields have names like theirs.
const KEPT: &str = "page.";

/// Answers `GET` and `POST` on the authorization page.
pub(crate) fn authorize(
    state: &mut State,
    config: &Config,
    received: &Received,
    now: i64,
) -> Response {
    let given = match received.verb {
        Method::GET | Method::HEAD => &received.query,
        Method::POST => &received.form,
        _ => {
            let mut response = message(
                StatusCode::METHOD_NOT_ALLOWED,
                "This page takes no such request",
                "Open it in a browser.",
            );
            response = refused(response, "the page does not accept the HTTP method".to_owned());
            let allowed = HeaderValue::from_static("GET, HEAD, POST");
            response.headers_mut().insert(header::ALLOW, allowed);
            return response;
        }
    };
    let kept: Vec<Pair>;
    let query = if received.verb == Method::POST {
        kept = kept_by_the_form(config, given);
        &kept
    } else {
        given
    };
    let opened = handshake::visit(&state.oauth, config, query)
        .and_then(|visit| Ok((handshake::asked(&state.oauth, config, &visit, now)?, visit)));
    let (asked, visit) = match opened {
        Ok(opened) => opened,
        Err(error) => return useless(error),
    };
    let cookie = find(&received.cookies, COOKIE)
        .filter(|value| value.len() == 32 && value.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let field = |name| find(given, name).unwrap_or_default();
    let title = received.address().title;
    let action =
        received.path.clone() + &title.map_or_else(String::new, |title| format!("?title={title}"));
    let ask = |error| {
        let form = cookie.map_or_else(random::hex, str::to_owned);
        let question = Question {
            config,
            asked: &asked,
            action: &action,
            query,
            form: &form,
            name: field("name"),
            error,
        };
        question.page()
    };
    if received.verb != Method::POST {
        return ask(None);
    }

    if !cookie.is_some_and(|value| naive::same(value, field("form"))) {
        return ask(Some(
            "This form was out of date, or your browser keeps no cookies. Please answer again.",
        ));
    }
    let yes = match field("answer") {
        "allow" => true,
        "deny" => false,
        _ => return ask(Some("Please choose an answer.")),
    };
    let password = match state.oauth.passwords.get(field("name")) {
        Some(password) => Some(password),
        None => (config.user.name == field("name")).then_some(&config.user.password),
    };
    if yes && !password.is_some_and(|password| naive::same(password, field("password"))) {
        return ask(Some("Name or password is wrong. Please try again."));
    }
    let user = yes.then(|| field("name").to_owned());
    match handshake::answer(&mut state.oauth, &mut state.faults, config, visit, user, now) {
        Err(error) => useless(error),
        Ok(approval) => match (approval.callback_url(), approval.verifier()) {
            (Some(url), _) => redirect(url),
            (None, Some(code)) => pin(&asked, code),
            (None, None) => message(
                StatusCode::OK,
                "You did not allow access",
                "The application got no access to your account. You can close this page.",
            ),
        },
    }
}

/// What the page with the question shows.
struct Question<'a> {
    config: &'a Config,
    asked: &'a Asked,
    /// Where the form goes.
    action: &'a str,
    /// The query that the page was opened with.
    query: &'a [Pair],
    /// The value that stands in the cookie and in the form.
    form: &'a str,
    /// The name that was typed before, if the page is shown again.
    name: &'a str,
    error: Option<&'a str>,
}

impl Question<'_> {
    fn page(&self) -> Response {
        let body = format!(
            "<h1><b>{application}</b> asks for access to your account</h1>\
             <p>If you allow it, the application can, until you take the access back:</p>\
             <ul>{rights}</ul>\
             <p>It does not learn your password. {afterwards}</p>\
             <form method=\"post\" action=\"{action}\">{error}{kept}\
             <input type=\"hidden\" name=\"form\" value=\"{form}\">\
             <label for=\"name\">Name</label>\
             <input id=\"name\" name=\"name\" value=\"{name}\" autocomplete=\"username\" \
             autocapitalize=\"none\" spellcheck=\"false\" required{name_error}>\
             <label for=\"password\">Password</label>\
             <input id=\"password\" name=\"password\" type=\"password\" \
             autocomplete=\"current-password\" required{password_error}>\
             <div class=\"answers\">\
             <button name=\"answer\" value=\"allow\">Log in and allow</button>\
             <button name=\"answer\" value=\"deny\" class=\"quiet\" formnovalidate>Deny</button>\
             </div></form>\
             <footer>This is a sandbox for tests: no real account is behind it.{hint}</footer>",
            application = escape(&self.asked.application),
            rights = match self.config.dialect.data {
                Data::FatSecret => {
                    "<li>read your food diary, weight and exercise</li>\
                     <li>add, change and delete entries in them</li>"
                }
                Data::Routes => "<li>do what it asked for, in your name</li>",
            },
            afterwards = self.afterwards(),
            action = escape(self.action),
            error = self.error.map_or_else(String::new, |text| {
                let text = escape(text);
                format!("<p class=\"error\" id=\"error\" role=\"alert\">{text}</p>")
            }),
            kept = self.kept(),
            form = escape(self.form),
            name = escape(self.name),
            // Nothing has the focus at first: it would take people past the question.
            name_error = self.described(""),
            password_error = self.described(" autofocus"),
            hint = self.hint(),
        );
        let title = format!("Allow {} access?", self.asked.application);
        let (status, title) = match self.error {
            Some(_) => (StatusCode::FORBIDDEN, format!("Error: {title}")),
            None => (StatusCode::OK, title),
        };
        let mut response = page(status, &title, &body);
        if let Some(error) = self.error {
            response = refused(response, format!("the page asks again: {error}"));
        }
        let path = if self.action.starts_with("/oauth/") { "/oauth/" } else { "/" };
        let cookie = format!("{COOKIE}={}; Path={path}; HttpOnly; SameSite=Lax", self.form);
        if let Ok(cookie) = HeaderValue::try_from(cookie) {
            response.headers_mut().insert(header::SET_COOKIE, cookie);
        }
        response
    }

    /// What the form has to send along: the token, and what else stood in the query.
    fn kept(&self) -> String {
        let page = &self.config.dialect.page;
        let hidden = |name: &str, value: &str| {
            let (name, value) = (escape(name), escape(value));
            format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">")
        };
        let names = page.parameters.iter().map(|parameter| parameter.0).chain(page.key);
        let mut kept = hidden("oauth_token", find(self.query, page.token).unwrap_or_default());
        for name in names {
            if let Some(value) = find(self.query, name) {
                kept += &hidden(&format!("{KEPT}{name}"), value);
            }
        }
        kept
    }

    fn afterwards(&self) -> String {
        match self.asked.callback.as_deref().map(destination) {
            Some(place) => format!("Afterwards you go back to <b>{}</b>.", escape(&place)),
            None => "Afterwards you are shown a code to type into the application.".to_owned(),
        }
    }

    /// Attributes of a field while there is an error.
    fn described(&self, more: &str) -> String {
        self.error.map_or_else(String::new, |_| format!(" aria-describedby=\"error\"{more}"))
    }

    /// The default user is documented, so the page may tell; others are the test's business.
    fn hint(&self) -> String {
        let user = &self.config.user;
        if user.password == DEFAULT_PASSWORD {
            format!(
                " Here you are <b>{}</b>, and the password is <b>{DEFAULT_PASSWORD}</b>.",
                escape(&user.name)
            )
        } else {
            String::new()
        }
    }
}

/// The query with which the page was opened, out of its form.
fn kept_by_the_form(config: &Config, form: &[Pair]) -> Vec<Pair> {
    form.iter()
        .filter_map(|(name, value)| match name.strip_prefix(KEPT) {
            Some(name) => Some((name.to_owned(), value.clone())),
            None if name == "oauth_token" => {
                Some((config.dialect.page.token.to_owned(), value.clone()))
            }
            None => None,
        })
        .collect()
}

fn pin(asked: &Asked, code: &str) -> Response {
    let body = format!(
        "<h1>Access allowed</h1>\
         <p>Type this code into <b>{}</b> to finish:</p>\
         <p class=\"code\"><strong id=\"code\">{}</strong></p>\
         <p>The code works once. Give it to nobody else. You can close this page afterwards.</p>",
        escape(&asked.application),
        escape(code)
    );
    page(StatusCode::OK, "Your code", &body)
}

fn useless(error: PageError) -> Response {
    let (status, title, text) = match error {
        PageError::OtherAddress | PageError::NoToken => (
            StatusCode::BAD_REQUEST,
            "This link is not complete",
            "It does not say which request it is for. Go back to the application and begin again.",
        ),
        // A page is never asked for by the name of a user; it is here for `approve_as`.
        PageError::UnknownToken | PageError::UnknownUser => (
            StatusCode::NOT_FOUND,
            "This request is not known",
            "The link may be cut short or very old. Go back to the application and begin again.",
        ),
        PageError::WrongConsumerKey | PageError::BadParameter => (
            StatusCode::BAD_REQUEST,
            "This link is wrong",
            "It asks for something that this page does not know. Go back to the application and begin again.",
        ),
        PageError::ExpiredToken => (
            StatusCode::GONE,
            "This request is too old",
            "It waited too long for an answer. Go back to the application and begin again.",
        ),
        PageError::UsedToken => (
            StatusCode::GONE,
            "This request was answered already",
            "A link works once. If the application still waits, go back to it and begin again.",
        ),
    };
    refused(message(status, title, text), error.to_string())
}

fn message(status: StatusCode, title: &str, text: &str) -> Response {
    let body = format!("<h1>{}</h1><p>{}</p>", escape(title), escape(text));
    page(status, title, &body)
}

fn page(status: StatusCode, title: &str, body: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\">\
         <title>{}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>",
        escape(title)
    );
    guarded(reply(status, "text/html; charset=utf-8", Body::from(html)))
}

fn redirect(url: &str) -> Response {
    let mut response = reply(StatusCode::SEE_OTHER, "text/plain; charset=utf-8", Body::empty());
    match HeaderValue::try_from(url) {
        Ok(url) => {
            response.headers_mut().insert(header::LOCATION, url);
            guarded(response)
        }
        // Callbacks are checked to be ASCII when they come in or are registered, so this is not reached.
        Err(_) => useless(PageError::UnknownToken),
    }
}

fn guarded(mut response: Response) -> Response {
    // No `form-action`: Chromium applies it to the redirect that follows the form as well, and so
    // to redirects of the application's own callback.
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; frame-ancestors 'none'",
        STANDARD.encode(Sha256::digest(STYLE))
    );
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in [
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The part of a callback that tells the user where they go: the host, or a scheme of its own.
fn destination(callback: &str) -> String {
    let (scheme, rest) = callback.split_once(':').unwrap_or((callback, ""));
    let is_web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    let authority = rest
        .strip_prefix("//")
        .and_then(|rest| rest.split(['/', '?']).next())
        // What stands before an @ is no host, though it may look like one.
        .and_then(|authority| authority.rsplit('@').next());
    match authority {
        Some(host) if is_web => host.to_owned(),
        _ => format!("the application ({scheme}:)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_destination_is_the_real_host() {
        assert_eq!(destination("http://127.0.0.1:80/cb"), "127.0.0.1:80");
        assert_eq!(destination("https://bank.example@evil.example?x"), "evil.example");
        assert_eq!(destination("myapp://bank.example/"), "the application (myapp:)");
    }
}
