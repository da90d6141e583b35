//! Log in, the callback, log out.
//!
//! `begin` asks for a request token, parks the flow in the vault and sends the browser to the
//! provider. The browser gets a ticket for the flow in a cookie. `callback` lets the vault finish the
//! flow, on this machine or another: exchange it and save the session. A page says that something is
//! done only after the store has confirmed it.
//!
//! This site has no accounts of its own: logging in is the flow, so it uses `park`. A site with accounts
//! uses `park_for`, so that nobody's grant is saved under another account.

use std::time::Duration;

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use tripod::{
    Callback, Error, ErrorKind, Flow, Retries, TicketError,
    vault::{Ticket, store::StoreError},
};

use crate::{
    App, Site,
    pages::{self, Next},
    session::SessionId,
    trouble::{self, Trouble},
};

/// When a second request with the same ticket looks for what the first one did: the pauses between
/// two looks, in milliseconds.
const OTHER: [u64; 6] = [100, 300, 600, 1000, 2000, 4000];

/// How often a step is tried while the browser waits: at most four times, and not after five seconds.
pub(crate) fn patience() -> Retries {
    Retries::standard()
        .with_attempts(4)
        .with_pauses(Duration::from_millis(300), Duration::from_millis(1500))
        .with_total_time(Duration::from_secs(5))
}

/// A login whose callback has come ends within this time: the last attempt begins after five seconds and takes at most
/// the client's time limit, and then the session is saved.
pub(crate) const LONGEST: Duration = Duration::from_secs(60);

pub(crate) async fn welcome(State(app): State<App>, headers: HeaderMap) -> Response {
    match SessionId::from_headers(&app, &headers) {
        // The diary's page finds out whether the session still works.
        Some(_) => go("/diary", &[]),
        None => pages::welcome(),
    }
}

/// Sends the browser to the provider.
pub(crate) async fn begin(State(app): State<App>) -> Result<Response, Trouble> {
    if !app.logins.begin() {
        return Err(Trouble::too_many_logins());
    }
    match send_to_provider(&app).await {
        Ok(reply) => Ok(reply),
        Err(error) => {
            app.logins.failed();
            Err(Trouble::from(error).then(Next::LogIn))
        }
    }
}

async fn send_to_provider(site: &Site) -> Result<Response, Error> {
    let callback = Callback::url(&format!("{}/callback", site.origin))?;
    let flow = site.client.begin(callback);
    let issued = patience().step(flow, Flow::request_token).await?;
    let page = issued.authorization_url();
    let ticket = patience().step(issued, |flow| site.vault.park(flow)).await?;
    Ok(go(&page, &[ticket.set_cookie(site.cookies)]))
}

/// The user came back.
///
/// This runs as a task of its own. Otherwise, a browser that disconnects would stop it, possibly after
/// the flow was taken from the store and before the session was saved. The program ends after these tasks.
pub(crate) async fn callback(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Response {
    let tasks = app.finishing.clone();
    let finished = tasks.spawn(async move { finish(&app, &uri, &headers).await }).await;
    match finished {
        Ok(outcome) => outcome.into_response(),
        Err(error) => {
            trouble::log(&error);
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

async fn finish(site: &Site, uri: &Uri, headers: &HeaderMap) -> Result<Response, Trouble> {
    let target = uri.to_string();
    let ticket = site.vault.find_ticket(headers, &target, site.cookies).await?;
    let id = SessionId::draw().map_err(|error| Trouble::ours(&error))?;
    let cleared = ticket.clear_cookie(site.cookies);
    if let Err(failed) = site.vault.finish(id.as_user(), &ticket, &target).await {
        let trouble = Trouble::from(failed.error());
        // The ticket's cookie stays. The browser shows only the answer to its last request, and by the
        // same ticket a reload finds what the other request ended in: a session, or a flow parked again.
        if matches!(failed.error().kind(), ErrorKind::Ticket(TicketError::Used)) {
            return match wait_for_other(site, &ticket, &target).await? {
                Other::Finished(id) => Ok(go("/diary", &[id.set_cookie(site), cleared])),
                Other::Unknown => Err(trouble),
                Other::TooManyWait => Err(Trouble::busy()),
            };
        }
        // Without a session, the flow is still in the vault, or is there again, and the right link may
        // still come. So the cookie stays, also after a refusal, because anybody could have forged that.
        let session = failed.into_session().ok_or(trouble)?;
        // Only saving failed. The link cannot work again, so try once more, or else offer a new login.
        let saved = site.vault.save(id.as_user(), &session).await;
        saved.map_err(|error| Trouble::from(error).then(Next::LogIn))?;
    }
    if let Err(error) = site.finished.remember(&ticket, &target, &id).await {
        // Only a reload of this page will notice.
        trouble::log(&error);
    }
    // If this browser had a session already, nobody needs that any more.
    if let Some(earlier) = SessionId::from_headers(site, headers) {
        if let Err(error) = site.vault.forget(earlier.as_user()).await {
            trouble::log(&error);
        }
    }
    Ok(go("/diary", &[id.set_cookie(site), cleared]))
}

/// What became of another request with the same ticket and callback.
enum Other {
    Finished(SessionId),
    /// It failed, it takes long, or there was none within the last minute.
    Unknown,
    /// Not found at the first look, and too many requests wait to look again.
    TooManyWait,
}

/// A double click sends two requests, so another one may be finishing this login now.
async fn wait_for_other(site: &Site, ticket: &Ticket, target: &str) -> Result<Other, Trouble> {
    let waiting = site.waiting.try_acquire();
    let mut pauses = OTHER.into_iter();
    loop {
        let found = site.finished.find(ticket, target).await.map_err(|error| store_away(&error))?;
        if let Some(id) = found {
            // The user may have logged out since.
            let session = site.vault.load(id.as_user()).await?;
            return Ok(session.map_or(Other::Unknown, |_| Other::Finished(id)));
        }
        if waiting.is_err() {
            return Ok(Other::TooManyWait);
        }
        let Some(pause) = pauses.next() else { return Ok(Other::Unknown) };
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
}

fn store_away(error: &StoreError) -> Trouble {
    trouble::log(error);
    Trouble::store_away()
}

pub(crate) async fn log_out(
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let Some(id) = SessionId::from_headers(&app, &headers) else {
        // There was nothing to delete, so nothing is reported as deleted.
        return Ok(go("/", &[SessionId::clear_cookie(&app)]));
    };
    // The browser keeps its cookie until the grant is deleted, so that the user can try again.
    let deleted = app.vault.forget(id.as_user()).await;
    deleted.map_err(|error| Trouble::from(error).then(Next::Diary))?;
    Ok(go("/goodbye", &[SessionId::clear_cookie(&app)]))
}

pub(crate) async fn goodbye(State(app): State<App>, headers: HeaderMap) -> Response {
    match SessionId::from_headers(&app, &headers) {
        // Somebody opened the address without logging out.
        Some(_) => go("/diary", &[]),
        None => pages::goodbye(),
    }
}

/// Returns a redirect, which the browser follows by GET, with cookies to set.
pub(crate) fn go(url: &str, cookies: &[String]) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    if let Ok(url) = HeaderValue::try_from(url) {
        headers.insert(header::LOCATION, url);
    }
    for cookie in cookies {
        if let Ok(cookie) = HeaderValue::try_from(cookie) {
            headers.append(header::SET_COOKIE, cookie);
        }
    }
    response
}
