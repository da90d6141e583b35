//! One connection: a request, its answer, the end.

// The trap: the verifier stands in the request's target. It goes to the flow and nowhere else, and the
// browser is redirected to an address without it.

use std::{
    convert::Infallible,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::{mpsc, oneshot},
    time::timeout,
};

use super::{
    pages::{Page, Pages, redirect, short},
    peer::Ends,
};
use crate::{error::Error, event, nonce::Nonce, protocol::callback::Callback};

/// Longest head that is read, in bytes. Browsers send the cookies of every program that ever set one
/// on this host, whatever its port, so it is not small.
const HEAD: usize = 64 * 1024;
/// How long a client may take to send its head.
const HEAD_TIME: Duration = Duration::from_secs(5);
/// How long a callback waits for the program to take it.
const TAKE_TIME: Duration = Duration::from_secs(5);
/// How long a connection may last in all.
const CONNECTION_TIME: Duration = Duration::from_secs(15);

/// A callback on its way to the flow, and the way back for what comes of it.
pub(super) struct Arrival {
    pub(super) query: SecretString,
    pub(super) answer: oneshot::Sender<Page>,
    /// The turn in which it came.
    pub(super) turn: u64,
}

/// What all connections and the program's side have in common.
pub(super) struct Shared {
    pub(super) port: u16,
    /// Where the callback arrives; random, unless it is registered with the provider.
    callback_path: String,
    /// What the pages' addresses begin with; random.
    page_path: String,
    /// Where the browser is sent first; random, and of no use to find the other.
    start_path: String,
    state: Mutex<State>,
}

pub(super) struct State {
    /// The host and port that a request must name.
    authority: String,
    pub(super) pages: Arc<Pages>,
    /// The provider's page, once the browser may be forwarded to it.
    pub(super) page: Option<String>,
    /// The callback that ended the waiting, and what it came to: browsers ask twice.
    pub(super) settled: Option<(SecretString, Page)>,
    /// The waiting has ended because the request token has: no callback can be of use any more.
    pub(super) is_expired: bool,
    /// A page that a browser was redirected to and has not fetched yet.
    pub(super) owed: Option<Page>,
    /// The request token of the flow whose turn it is.
    token: String,
    /// Counts the flows.
    pub(super) turn: u64,
}

impl Shared {
    pub(super) fn new(port: u16) -> Self {
        let path = random_path("callback");
        Self::with_paths(port, path.clone(), path)
    }

    /// The same with the path of a registered callback.
    pub(super) fn at(port: u16, callback_path: &str) -> Self {
        Self::with_paths(port, callback_path.to_owned(), random_path("page"))
    }

    fn with_paths(port: u16, callback_path: String, page_path: String) -> Self {
        Self {
            port,
            callback_path,
            page_path,
            start_path: random_path("start"),
            state: Mutex::new(State {
                authority: String::new(),
                pages: Arc::default(),
                page: None,
                settled: None,
                is_expired: false,
                owed: None,
                token: String::new(),
                turn: 0,
            }),
        }
    }

    /// Never held over an await.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Serves `host` from now on.
    pub(super) fn callback_at(&self, host: &str) -> Result<Callback, Error> {
        let authority = format!("{host}:{}", self.port);
        let callback = Callback::url(&format!("http://{authority}{}", self.callback_path))?;
        self.lock().authority = authority;
        Ok(callback)
    }

    /// Serves this host, whose callback is written elsewhere.
    pub(super) fn serve(&self, authority: String) {
        self.lock().authority = authority;
    }

    pub(super) fn start_url(&self) -> String {
        format!("http://{}{}", self.lock().authority, self.start_path)
    }

    /// What stands at a path. The random ones are compared in constant time.
    fn place(&self, path: &str) -> Option<Place> {
        if same(path, &self.start_path) {
            return Some(Place::Start);
        }
        if same(path, &self.callback_path) {
            return Some(Place::Callback);
        }
        let (begin, rest) = path.split_at_checked(self.page_path.len())?;
        if !same(begin, &self.page_path) {
            return None;
        }
        let asked = rest.strip_prefix('/')?;
        let mut pages = Page::ADDRESSES.into_iter();
        pages.find_map(|(page, address)| (address == asked).then_some(Place::Page(page)))
    }

    /// Ends the forwarding and remembers what the callback came to.
    pub(super) fn settle(&self, query: SecretString, page: Page) {
        let mut state = self.lock();
        state.page = None;
        state.settled = Some((query, page));
    }
}

impl State {
    /// It is the turn of the flow with this request token. What was said of an earlier one counts no more.
    pub(super) fn begin(&mut self, token: &str) {
        self.settled = None;
        self.is_expired = false;
        if self.token != token {
            token.clone_into(&mut self.token);
            self.turn += 1;
        }
    }

    /// What a callback comes to when another one has ended the waiting.
    pub(super) fn settled(&self, query: &SecretString) -> Option<Page> {
        let (taken, page) = self.settled.as_ref()?;
        let is_taken = same(taken.expose_secret(), query.expose_secret());
        Some(if is_taken { *page } else { Page::WrongLink })
    }
}

/// What is served, by its path.
enum Place {
    Start,
    Callback,
    Page(Page),
}

/// What a connection needs.
#[derive(Clone)]
pub(super) struct Desk {
    pub(super) shared: Arc<Shared>,
    pub(super) arrivals: mpsc::Sender<Arrival>,
}

/// How far a connection is, for those who look at it from outside.
#[derive(Default)]
pub(super) struct Progress {
    /// Its head has come.
    busy: AtomicBool,
    /// The page that it was sent.
    page: Mutex<Option<Page>>,
}

impl Progress {
    pub(super) fn is_busy(&self) -> bool {
        self.busy.load(Ordering::Relaxed)
    }

    pub(super) fn page(&self) -> Option<Page> {
        *self.page.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn shows(&self, page: Page) {
        *self.page.lock().unwrap_or_else(PoisonError::into_inner) = Some(page);
    }
}

/// Serves one request and closes. Bounded in time and in bytes, whatever comes. Without `ends` it is not
/// asked whose connection it is.
pub(super) async fn connection<IO>(io: IO, ends: Option<Ends>, desk: Desk, progress: Arc<Progress>)
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    let service = service_fn(|request| {
        let (desk, progress) = (&desk, &progress);
        async move { Ok::<_, Infallible>(desk.answer(&request, ends, progress).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(HEAD)
        .keep_alive(false)
        // Some simple clients end their side once they have asked.
        .half_close(true)
        .serve_connection(TokioIo::new(io), service);
    // Whatever went wrong, it is a stranger's matter.
    let _ = timeout(CONNECTION_TIME, connection).await;
}

impl Desk {
    /// Bodies are not read: no request that is answered here has one.
    async fn answer(
        &self,
        request: &Request<Incoming>,
        ends: Option<Ends>,
        progress: &Progress,
    ) -> Response<Full<Bytes>> {
        progress.busy.store(true, Ordering::Relaxed);
        if !self.is_for_us(request) {
            // A name that a stranger's DNS brought here (rebinding), or none at all.
            return short(StatusCode::MISDIRECTED_REQUEST, "This host is not served here.\n");
        }
        let Some(place) = self.shared.place(request.uri().path()) else { return not_found() };
        if let Some(ends) = ends {
            if ends.are_of_two_users().await {
                event!("another user of this machine was refused");
                return short(StatusCode::FORBIDDEN, "This is for another user of this machine.\n");
            }
        }
        match (place, request.method()) {
            (Place::Start, &Method::GET) => self.forward(),
            (Place::Start, &Method::HEAD) => self.would_forward(),
            (Place::Start, _) => not_allowed("GET, HEAD"),
            (Place::Callback, &Method::GET) if !is_navigation(request) => {
                // A page of another site can ask for an image or a frame from here, and so end the login.
                event!("a request that the browser shows nobody was refused");
                short(
                    StatusCode::FORBIDDEN,
                    "This is for a browser that comes from the provider.\n",
                )
            }
            (Place::Callback, &Method::GET) => {
                self.callback(request.uri().query().unwrap_or_default()).await
            }
            (Place::Page(page), &Method::GET) => {
                progress.shows(page);
                self.pages().page(page)
            }
            (Place::Callback | Place::Page(_), _) => not_allowed("GET"),
        }
    }

    /// Returns whether the request names the host of the callback, once.
    fn is_for_us(&self, request: &Request<Incoming>) -> bool {
        let state = self.shared.lock();
        let is_ours = |text: &[u8]| is_same(text, state.authority.as_bytes());
        let mut hosts = request.headers().get_all(header::HOST).iter();
        let (host, more) = (hosts.next(), hosts.next());
        let target = request.uri().authority();
        host.is_some_and(|host| is_ours(host.as_bytes()))
            && more.is_none()
            && target.is_none_or(|target| is_ours(target.as_str().as_bytes()))
    }

    fn pages(&self) -> Arc<Pages> {
        Arc::clone(&self.shared.lock().pages)
    }

    /// From the address that the browser was opened on to the provider's page, once: where another user of
    /// this machine cannot be told from ours, they may have read the address in the list of processes.
    /// Whoever comes second learns nothing, and a user who comes second sees that something is wrong.
    fn forward(&self) -> Response<Full<Bytes>> {
        let page = self.shared.lock().page.take();
        page.as_deref().map_or_else(not_found, redirect)
    }

    /// Some desktops ask for the head first, to see what it is. It does not say where to.
    fn would_forward(&self) -> Response<Full<Bytes>> {
        match self.shared.lock().page {
            Some(_) => short(StatusCode::OK, ""),
            None => not_found(),
        }
    }

    async fn callback(&self, query: &str) -> Response<Full<Bytes>> {
        let page = match self.hand_over(SecretString::from(format!("?{query}"))) {
            Handed::Settled(page) => Some(page),
            Handed::Over(answer) => match timeout(TAKE_TIME, answer).await {
                Ok(Ok(page)) => Some(page),
                _ => None,
            },
            Handed::Nobody => None,
        };
        let Some(page) = page else { return self.pages().page(Page::NotTaken) };
        if page != Page::WrongLink {
            self.shared.lock().owed = Some(page);
        }
        redirect(&format!("{}/{}", self.shared.page_path, page.address()))
    }

    /// Gives the callback to whoever waits, unless the waiting has ended.
    fn hand_over(&self, query: SecretString) -> Handed {
        // Held throughout, so that nothing is put into the queue behind the back of `settle`.
        let state = self.shared.lock();
        if let Some(page) = state.settled(&query) {
            return Handed::Settled(page);
        }
        if state.is_expired {
            return Handed::Settled(Page::Expired);
        }
        let (answer, answered) = oneshot::channel();
        match self.arrivals.try_send(Arrival { query, answer, turn: state.turn }) {
            Ok(()) => Handed::Over(answered),
            Err(_) => Handed::Nobody,
        }
    }
}

enum Handed {
    /// Another callback has ended the waiting.
    Settled(Page),
    Over(oneshot::Receiver<Page>),
    /// Too many wait already, or the program is done.
    Nobody,
}

fn random_path(name: &str) -> String {
    format!("/{name}/{}", Nonce::random().as_str())
}

fn same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

fn not_found() -> Response<Full<Bytes>> {
    short(StatusCode::NOT_FOUND, "There is nothing here.\n")
}

fn not_allowed(allowed: &'static str) -> Response<Full<Bytes>> {
    let mut response = short(StatusCode::METHOD_NOT_ALLOWED, "Open this in a browser.\n");
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allowed));
    response
}

/// Returns whether a browser shows the answer to the user. Browsers say what a request is for, and pages cannot change
/// that; whoever says nothing is believed.
fn is_navigation(request: &Request<Incoming>) -> bool {
    let said = |name: &str, expected: &str| {
        request.headers().get_all(name).iter().all(|value| value.as_bytes() == expected.as_bytes())
    };
    said("sec-fetch-mode", "navigate") && said("sec-fetch-dest", "document")
}

/// Returns whether two authorities are the same. Browsers leave out the port of the scheme.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    let plain = |text: &[u8]| text.strip_suffix(b":80").unwrap_or(text).to_ascii_lowercase();
    plain(one) == plain(other)
}

/// Serves one connection on `127.0.0.1:1`, where the callback is at `/callback/0`, and calls every
/// callback a wrong link. Gives how many there were.
#[cfg(any(fuzzing, test))]
#[cfg_attr(not(fuzzing), expect(unreachable_pub, reason = "only a fuzzer reaches it"))]
pub async fn serve_alone<IO: AsyncRead + AsyncWrite + Unpin>(io: IO) -> usize {
    let mut shared = Shared::new(1);
    "/callback/0".clone_into(&mut shared.callback_path);
    "/callback/0".clone_into(&mut shared.page_path);
    "127.0.0.1:1".clone_into(&mut shared.lock().authority);
    let (arrivals, mut arrived) = mpsc::channel::<Arrival>(8);
    let desk = Desk { shared: Arc::new(shared), arrivals };
    let count = async {
        let mut count = 0;
        while let Some(arrival) = arrived.recv().await {
            count += 1;
            // The client may have gone.
            let _ = arrival.answer.send(Page::WrongLink);
        }
        count
    };
    // The desk goes with the connection, and the counting ends with the desk.
    let mut serve = Some(Box::pin(connection(io, None, desk, Arc::default())));
    let mut count = std::pin::pin!(count);
    std::future::poll_fn(|context| {
        if serve.as_mut().is_some_and(|serve| serve.as_mut().poll(context).is_ready()) {
            serve = None;
        }
        count.as_mut().poll(context)
    })
    .await
}

#[cfg(test)]
mod tests;
