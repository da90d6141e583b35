//! Checks and headers for every request.
//!
//! A request must be for this host, and if it changes anything it must come from our own pages. The
//! headers of each answer keep browsers from storing it, showing it in a frame or guessing its type.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, Uri, header},
    middleware::Next,
    response::Response,
};
use tripod::Client;

use crate::{App, Outcome, Site, trouble};

pub(crate) async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = if !is_for_us(&app, request.headers()) {
        trouble::other_host(&app)
    } else if request.method() == Method::POST && !is_ours(&app, request.headers()) {
        trouble::other_site()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::try_from(&app.policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // The callback's address contains the verifier, so it must not be sent to other sites. This
        // cannot be `no-referrer`: our own forms would then have `Origin: null`, as foreign ones can.
        (header::REFERRER_POLICY, "strict-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if app.origin.starts_with("https://") {
        let two_years = HeaderValue::from_static("max-age=63072000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, two_years);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Whether the request's `Host` is ours. It is not ours if somebody made another host name lead to our
/// address ("DNS rebinding").
fn is_for_us(site: &Site, headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    host.is_some_and(|host| site.origin.split_once("://").is_some_and(|(_, ours)| host == ours))
}

/// Whether a form was sent from one of our pages.
///
/// The session cookie is `SameSite=Lax`, so browsers do not send it with another site's form. This check
/// refuses the form itself, also from another host of our domain, and also where no cookie is needed, as
/// for `/login`.
fn is_ours(site: &Site, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => origin == site.origin,
        // Every current browser sends one of the two with a form.
        (None, None) => false,
    }
}

/// Returns the `Content-Security-Policy` of all pages: no scripts, no frames, nothing from other sites.
///
/// Browsers apply `form-action` to redirects as well. `/login` redirects to the provider, and the provider
/// may redirect to further hosts, so every HTTPS address is allowed there.
pub(crate) fn policy(client: &Client) -> Outcome<String> {
    let page: Uri = client.provider().to_string().parse()?;
    let scheme = page.scheme_str().unwrap_or("https");
    let host = page.authority().ok_or("a provider without a host")?;
    Ok(format!(
        "default-src 'none'; style-src 'self'; form-action 'self' {scheme}://{host} https:; \
         base-uri 'none'; frame-ancestors 'none'"
    ))
}

/// Checks the site's address in the browser: it must be HTTPS, without a path.
pub(crate) fn public_origin(url: &str) -> Outcome<String> {
    let uri: Uri = url.parse()?;
    match (uri.scheme_str(), uri.authority(), uri.path()) {
        (Some("https"), Some(authority), "/") => Ok(as_browsers_write("https", authority.as_str())),
        _ => {
            Err("--public-url must be an https address without a path, like https://diary.example"
                .into())
        }
    }
}

/// An origin in lower case and without the port that its scheme has anyway, as browsers send it in `Host` and `Origin`.
pub(crate) fn as_browsers_write(scheme: &str, authority: &str) -> String {
    let authority = authority.to_ascii_lowercase();
    let port = if scheme == "https" { ":443" } else { ":80" };
    format!("{scheme}://{}", authority.strip_suffix(port).unwrap_or(&authority))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_port_is_not_in_an_origin() {
        assert_eq!(public_origin("https://diary.example:443").unwrap(), "https://diary.example");
        assert_eq!(public_origin("https://Diary.Example").unwrap(), "https://diary.example");
        assert_eq!(
            public_origin("https://diary.example:8443").unwrap(),
            "https://diary.example:8443"
        );
        assert_eq!(as_browsers_write("http", "127.0.0.1:80"), "http://127.0.0.1");
        assert_eq!(as_browsers_write("http", "[::1]:8080"), "http://[::1]:8080");
    }
}
