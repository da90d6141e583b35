//! What holds for every request: it is for this host, it comes from our own pages if it changes
//! anything, and what is answered is neither kept nor framed nor sniffed.

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
        // The callback's address holds the verifier. Not `no-referrer`: forms would then come with
        // `Origin: null`, and `is_ours` could not tell them from foreign ones.
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

/// Whether the request names us: a page elsewhere whose name was pointed at our address does not.
fn is_for_us(site: &Site, headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    host.is_some_and(|host| site.origin.split_once("://").is_some_and(|(_, ours)| host == ours))
}

/// Whether a form was sent from a page of ours.
///
/// The session cookie is `SameSite=Lax`, so that a foreign form does not carry it. This refuses the
/// form itself, also from a sister host and also where no cookie is needed, such as `/login`.
fn is_ours(site: &Site, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => origin == site.origin,
        // Every browser of these years sends one of the two with a form.
        (None, None) => false,
    }
}

/// The policy of all pages: no script, no frame, nothing from elsewhere.
///
/// `form-action` counts for redirects as well, and `/login` answers with one to the provider, which
/// may lead on to other hosts of its own.
pub(crate) fn policy(client: &Client) -> Outcome<String> {
    let page: Uri = client.provider().to_string().parse()?;
    let scheme = page.scheme_str().unwrap_or("https");
    let host = page.authority().ok_or("a provider without a host")?;
    Ok(format!(
        "default-src 'none'; style-src 'self'; form-action 'self' {scheme}://{host} https:; \
         base-uri 'none'; frame-ancestors 'none'"
    ))
}

/// Checks the address that browsers know: HTTPS, without a path.
pub(crate) fn public_origin(url: &str) -> Outcome<String> {
    let uri: Uri = url.parse()?;
    match (uri.scheme_str(), uri.authority(), uri.path()) {
        (Some("https"), Some(authority), "/") => Ok(format!("https://{authority}")),
        _ => {
            Err("--public-url must be like https://diary.example: cookies and codes need TLS"
                .into())
        }
    }
}
