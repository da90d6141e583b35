//! Log in, the callback, log out.
//!
//! `begin` asks for a request token, parks the flow in the vault and sends the browser to the
//! provider. The browser gets a ticket for the flow in a cookie. `callback` takes the flow out of the
//! vault, on this machine or another, exchanges it and stores the session. A page says that something
//! is done only after the store has confirmed it.
//!
//! This site has no accounts of its own: logging in is the flow. A site with accounts binds each flow to
//! the account that began it, so that nobody's grant is saved under another account.

use std::time::{Duration, Instant};

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use tripod::{
    Authorized, Callback, Error, ErrorKind, Failed, Flow, PendingFlow, Session, TicketError,
    vault::{Ticket, store::StoreError},
};

use crate::{
    App, Site,
    pages::{self, Next},
    session::{self, SessionId},
    trouble::{self, Trouble},
};

/// When a second request with the same ticket looks for what the first one did: the pauses between
/// two looks, in milliseconds.
const OTHER: [u64; 6] = [100, 300, 600, 1000, 2000, 4000];

/// A few tries of one step while the browser waits: at most four, and none after five seconds.
struct Tries {
    began: Instant,
    pauses: std::array::IntoIter<u64, 3>,
}

impl Tries {
    fn new() -> Self {
        Self { began: Instant::now(), pauses: [100, 400, 1500].into_iter() }
    }

    /// Waits a moment. Returns whether to try once more.
    async fn again(&mut self) -> bool {
        match self.pauses.next() {
            Some(pause) if self.began.elapsed() < Duration::from_secs(5) => {
                tokio::time::sleep(Duration::from_millis(pause)).await;
                true
            }
            _ => false,
        }
    }
}

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
    let issued = request_token(site, callback).await?;
    let page = issued.authorization_url();
    let ticket = park(site, issued).await?;
    Ok(go(&page, &[ticket.set_cookie(site.cookies)]))
}

async fn request_token(site: &Site, callback: Callback) -> Result<PendingFlow, Error> {
    let (mut flow, mut tries) = (site.client.begin(callback), Tries::new());
    loop {
        match flow.request_token().await {
            Err(failed) if is_passing(failed.error()) && tries.again().await => {
                flow = failed.into_flow();
            }
            outcome => return outcome.map_err(Failed::into_error),
        }
    }
}

async fn park(site: &Site, mut flow: PendingFlow) -> Result<Ticket, Error> {
    let mut tries = Tries::new();
    loop {
        match site.vault.park(flow).await {
            Err(failed) if is_passing(failed.error()) && tries.again().await => {
                flow = failed.into_flow();
            }
            outcome => return outcome.map_err(Failed::into_error),
        }
    }
}

/// The user came back.
///
/// This runs as a task of its own. Otherwise, a browser that disconnects would stop it, possibly after
/// the flow was taken from the store and before the session was saved.
pub(crate) async fn callback(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Response {
    let finished = tokio::spawn(async move { finish(&app, &uri, &headers).await }).await;
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
    let cookies = session::cookies(headers).collect::<Vec<_>>().join("; ");
    let ticket = Ticket::from_cookies(&cookies, &target, site.cookies)?;
    let cleared = ticket.clear_cookie(site.cookies);
    let flow = match resume(site, &ticket, &target).await {
        Ok(flow) => flow,
        // The ticket's cookie stays. The browser shows only the answer to its last request, and by the
        // same ticket a reload finds what the other request ended in: a session, or a flow parked again.
        Err(error) if matches!(error.kind(), ErrorKind::Ticket(TicketError::Used)) => {
            return match wait_for_other(site, &ticket, &target).await? {
                Other::Finished(id) => Ok(go("/diary", &[id.set_cookie(site), cleared])),
                Other::Unknown => Err(error.into()),
                Other::TooManyWait => Err(Trouble::busy()),
            };
        }
        // The flow is still in the vault, and the right link may still come. So the ticket's cookie
        // stays, also after a refusal, because anybody could have forged that.
        Err(error) => return Err(error.into()),
    };
    let session = match exchange(flow).await {
        Ok(session) => session,
        Err(failed) if is_passing(failed.error()) => return park_again(site, failed).await,
        Err(failed) => return Ok(Trouble::from(failed.into_error()).with_cookie(cleared)),
    };
    // From here on the same link cannot work again, so the page offers a new login.
    let id = SessionId::draw().map_err(|error| Trouble::ours(&error))?;
    save(site, &id, &session).await.map_err(|error| Trouble::from(error).then(Next::LogIn))?;
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

async fn resume(site: &Site, ticket: &Ticket, target: &str) -> Result<Flow<Authorized>, Error> {
    let (mut attempt, mut tries) = (site.vault.resume(ticket, target), Tries::new());
    loop {
        match attempt.await {
            // `retry` uses the same claim: if this request took the flow and only the store's answer
            // was lost, it gets the flow now.
            Err(failed) if is_passing(failed.error()) && tries.again().await => {
                attempt = failed.retry();
            }
            outcome => return outcome.map_err(Error::from),
        }
    }
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

async fn exchange(mut flow: Flow<Authorized>) -> Result<Session, Failed<Authorized>> {
    let mut tries = Tries::new();
    loop {
        match flow.exchange().await {
            Err(failed) if is_passing(failed.error()) && tries.again().await => {
                flow = failed.into_flow();
            }
            outcome => return outcome,
        }
    }
}

/// The provider does not answer. The flow goes back into the vault, so that the same link works later.
async fn park_again(site: &Site, failed: Failed<Authorized>) -> Result<Response, Trouble> {
    let (error, flow) = failed.into_parts();
    let parked = park(site, flow.discard_verifier()).await;
    let ticket = parked.map_err(|error| Trouble::from(error).then(Next::LogIn))?;
    Ok(Trouble::from(error).with_cookie(ticket.set_cookie(site.cookies)))
}

async fn save(site: &Site, id: &SessionId, session: &Session) -> Result<(), Error> {
    let mut tries = Tries::new();
    loop {
        match site.vault.save(id.as_user(), session).await {
            Err(error) if is_passing(&error) && tries.again().await => {}
            outcome => return outcome,
        }
    }
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

/// Whether the same step may succeed a little later.
fn is_passing(error: &Error) -> bool {
    // FatSecret refuses a timestamp that is older than one it has seen. With two machines, the request
    // that was signed first can arrive last.
    error.is_retryable() || matches!(error.kind(), ErrorKind::TimestampRefused { .. })
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
