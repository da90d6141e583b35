//! Log in, the way back, log out.
//!
//! `begin` asks for a request token, parks the flow in the vault and sends the browser to the
//! provider with a ticket cookie of this flow's own. `callback` takes the flow up again, on this
//! machine or another, exchanges it and keeps the session. What was said to be done is in the store.

use std::time::{Duration, Instant};

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use tripod::{
    Authorized, Callback, Error, ErrorKind, Failed, Flow, PendingFlow, Session, TicketError,
    vault::Ticket,
};

use crate::{
    App, Site,
    pages::{self, Next},
    session::{SessionId, cookies},
    trouble::{self, Trouble},
};

/// How long the answer to a second click waits for what the first one does, in milliseconds.
const OTHER: [u64; 6] = [100, 300, 600, 1000, 2000, 4000];

/// A few tries of one step while the browser waits: up to four, and no further one after five
/// seconds.
struct Tries {
    began: Instant,
    pauses: std::array::IntoIter<u64, 3>,
}

impl Tries {
    fn new() -> Self {
        Self { began: Instant::now(), pauses: [100, 400, 1500].into_iter() }
    }

    /// Whether to try once more, after a pause.
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
        // The diary finds out whether it is still good.
        Some(_) => go("/diary", &[]),
        None => pages::welcome(),
    }
}

/// Sends the browser to the provider.
pub(crate) async fn begin(State(app): State<App>) -> Result<Response, Trouble> {
    let again = |error: Error| Trouble::from(error).then(Next::LogIn);
    let callback = Callback::url(&format!("{}/callback", app.origin)).map_err(again)?;
    let issued = request_token(&app, callback).await.map_err(again)?;
    let page = issued.authorization_url();
    let ticket = park(&app, issued).await.map_err(again)?;
    Ok(go(&page, &[ticket.set_cookie(app.cookies)]))
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
/// On a task of its own: a browser that goes away in the middle would otherwise take the flow along
/// after it was taken from the store.
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
    let ticket = Ticket::from_cookies(&cookies(headers), &target, site.cookies)?;
    let id = SessionId::of(&ticket);
    let cleared = ticket.clear_cookie(site.cookies);
    let flow = match resume(site, &ticket, &target).await {
        Ok(flow) => flow,
        Err(error) if matches!(error.kind(), ErrorKind::Ticket(TicketError::Used)) => {
            if wait_for_other(site, &id).await? {
                return Ok(go("/diary", &[id.set_cookie(site), cleared]));
            }
            // The ticket stays: the browser shows this answer only, and by the same ticket a reload
            // finds what the other request does at last, be it a session or a flow that was parked again.
            return Err(error.into());
        }
        // Nothing was taken: the right link may still come, or the same one do next time. So the
        // ticket stays, also after a refusal, which anybody could have forged.
        Err(error) => return Err(error.into()),
    };
    let session = match exchange(flow).await {
        Ok(session) => session,
        Err(failed) if is_passing(failed.error()) => return park_again(site, failed).await,
        Err(failed) => return Ok(Trouble::from(failed.into_error()).with_cookie(cleared)),
    };
    // The flow is spent, so the same link would not do again.
    save(site, &id, &session).await.map_err(|error| Trouble::from(error).then(Next::LogIn))?;
    // Another login of this browser's, if there was one, is of no more use.
    if let Some(earlier) = SessionId::from_headers(site, headers).filter(|earlier| *earlier != id) {
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
            // With the same claim: if it was taken and only the answer was lost, it is ours.
            Err(failed) if is_passing(failed.error()) && tries.again().await => {
                attempt = failed.retry();
            }
            outcome => return outcome.map_err(Error::from),
        }
    }
}

/// The other request with this ticket may be about to end: a double click sends two.
async fn wait_for_other(site: &Site, id: &SessionId) -> Result<bool, Error> {
    for pause in OTHER {
        if site.vault.load(id.as_user()).await?.is_some() {
            return Ok(true);
        }
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
    Ok(site.vault.load(id.as_user()).await?.is_some())
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

/// The provider is away. The flow goes back into the vault, so that the same link works later.
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
    if let Some(id) = SessionId::from_headers(&app, &headers) {
        // The cookie goes only once the grant has gone: until then the user can try again.
        app.vault
            .forget(id.as_user())
            .await
            .map_err(|error| Trouble::from(error).then(Next::Diary))?;
    }
    Ok(go("/goodbye", &[SessionId::clear_cookie(&app)]))
}

/// Whether the same may do a little later.
fn is_passing(error: &Error) -> bool {
    // A second machine may have signed a moment later and been heard a moment earlier, and
    // FatSecret wants timestamps that never go back.
    error.is_retryable() || matches!(error.kind(), ErrorKind::TimestampRefused { .. })
}

/// A redirect that is followed by GET, and the cookies to be set.
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
