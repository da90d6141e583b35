//! The HTTP side: one thread, one small runtime, one handler.
//!
//! A thread of its own, so that blocking clients and single-threaded tests cannot starve it, and so
//! that a drop closes every connection at once, also those that a fault keeps open.

use std::{
    future, io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, UNIX_EPOCH},
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{ConnectInfo, Request, State as FromState, connect_info::Connected},
    response::Response,
    serve::{IncomingStream, Listener},
};
use http::{HeaderValue, StatusCode, header, request};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::oneshot,
};

use super::{
    Endpoint, Fault, Seen,
    builder::Config,
    check,
    data::{self, DataError, Params},
    dialect::Refusals,
    fault::Layer,
    handshake,
    log::Refusal,
    naive, page,
    problem::Problem,
    received::{Received, find},
    state::State,
    wire::{self, Broken, refused, reply},
};

/// Largest request body that is read, in bytes.
const BODY: usize = 1 << 20;
/// Longest path that the log keeps, in characters.
const PATH: usize = 200;

const FORM: &str = "application/x-www-form-urlencoded";
const TEXT: &str = "text/plain; charset=utf-8";

/// What the server's thread and the handle have in common.
pub(super) struct Shared {
    pub(super) config: Config,
    pub(super) address: SocketAddr,
    state: Mutex<State>,
}

impl Shared {
    pub(super) fn new(config: Config, address: SocketAddr) -> Self {
        let state = Mutex::new(State::new(&config));
        Self { config, address, state }
    }

    pub(super) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Never held over an await: all work on the state is synchronous.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now(&self, state: &State) -> i64 {
        self.config.clock().saturating_add(state.clock_offset)
    }
}

/// Runs the server on a thread of its own, until `stop` is dropped or sent.
pub(super) fn spawn(
    shared: Arc<Shared>,
    listener: std::net::TcpListener,
    ready: impl FnOnce(io::Result<()>) + Send + 'static,
    stop: oneshot::Receiver<()>,
) -> io::Result<thread::JoinHandle<()>> {
    thread::Builder::new().name("tripod-sandbox".to_owned()).spawn(move || {
        let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => {
                ready(Err(error));
                return;
            }
        };
        runtime.block_on(async move {
            let listener = match TcpListener::from_std(listener) {
                Ok(inner) => Counting { inner, shared: Arc::clone(&shared) },
                Err(error) => {
                    ready(Err(error));
                    return;
                }
            };
            let router = Router::new().fallback(handle).with_state(shared);
            let service = router.into_make_service_with_connect_info::<Connection>();
            tokio::spawn(axum::serve(listener, service).into_future());
            ready(Ok(()));
            let _ = stop.await;
        });
        // Dropping the runtime drops every connection.
    })
}

/// A listener that numbers its connections.
struct Counting {
    inner: TcpListener,
    shared: Arc<Shared>,
}

impl Listener for Counting {
    type Io = TcpStream;
    type Addr = u64;

    async fn accept(&mut self) -> (TcpStream, u64) {
        let (stream, _) = Listener::accept(&mut self.inner).await;
        let mut state = self.shared.lock();
        state.connections += 1;
        (stream, state.connections)
    }

    fn local_addr(&self) -> io::Result<u64> {
        Ok(0)
    }
}

/// The number of the connection that a request came on.
#[derive(Clone, Copy)]
struct Connection(u64);

impl Connected<IncomingStream<'_, Counting>> for Connection {
    fn connect_info(stream: IncomingStream<'_, Counting>) -> Self {
        Self(*stream.remote_addr())
    }
}

async fn handle(
    FromState(shared): FromState<Arc<Shared>>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, BODY).await.ok();
    match shared.answer(connection.0, &parts, body) {
        Broken::Reply(response) => response,
        Broken::Never => future::pending().await,
    }
}

impl Shared {
    /// Handles a request; a body of `None` was too long, or broke off.
    pub(super) fn answer(
        &self,
        connection: u64,
        parts: &request::Parts,
        body: Option<Bytes>,
    ) -> Broken {
        let (broken, seen) = self.handled(connection, parts, body);
        // Outside the lock, which the function might want through a handle of its own.
        if let Some(call) = &self.config.on_request {
            call(&seen);
        }
        broken
    }

    fn handled(
        &self,
        connection: u64,
        parts: &request::Parts,
        body: Option<Bytes>,
    ) -> (Broken, Seen) {
        let received = body
            .ok_or(Problem::Unreadable("the body is too large"))
            .and_then(|body| Received::read(parts, body));
        let endpoint = Endpoint::at(parts.uri.path());

        let mut state = self.lock();
        state.requests += 1;
        let fault = endpoint.and_then(|endpoint| {
            state.take_fault(endpoint, |fault| fault.layer() != Layer::Callback)
        });
        if let Some(Fault::ClockJump(seconds)) = fault {
            state.shift_clock(seconds);
        }
        let now = self.now(&state);
        let mut seen = seen(connection, parts, received.as_ref().ok(), endpoint, fault);

        let wire = fault.filter(|fault| fault.layer() == Layer::Wire);
        let mut broken = match wire {
            Some(fault) if fault != Fault::LostReply => {
                wire::broken(fault, received.as_ref().ok(), self.address.port())
            }
            _ => {
                let keep = self.config.keep_base_strings;
                let base_string =
                    received.as_ref().ok().filter(|_| keep).map(Received::base_string);
                let response = self.reply(&mut state, received, endpoint, now, fault.as_ref());
                let refusal = response.extensions().get::<Refusal>().cloned();
                seen.refusal = refusal.map(|Refusal(reason)| reason);
                let wrong = response.extensions().get::<WrongSignature>().is_some();
                seen.base_string = base_string.filter(|_| wrong);
                Broken::Reply(response)
            }
        };
        if wire == Some(Fault::LostReply) {
            broken = Broken::Reply(wire::hang_up());
        }
        if let Broken::Reply(response) = &mut broken {
            if !matches!(wire, Some(Fault::HangUp | Fault::LostReply)) {
                seen.status = Some(response.status());
            }
            if let Some(date) = date(now) {
                response.headers_mut().insert(header::DATE, date);
            }
        }
        state.record(seen.clone());
        (broken, seen)
    }

    fn reply(
        &self,
        state: &mut State,
        received: Result<Received, Problem>,
        endpoint: Option<Endpoint>,
        now: i64,
        fault: Option<&Fault>,
    ) -> Response {
        let config = &self.config;
        let received = match received {
            Ok(received) => received,
            Err(problem) => return self.refusal(state, endpoint, &problem, false),
        };
        match endpoint {
            None => {
                let response = reply(StatusCode::NOT_FOUND, TEXT, Body::from("Not found"));
                refused(response, "there is nothing at this path".to_owned())
            }
            Some(Endpoint::Authorize) => page::authorize(state, config, &received, now),
            Some(endpoint @ (Endpoint::RequestToken | Endpoint::AccessToken)) => {
                let outcome = check::check(state, config, &received, endpoint, now, fault)
                    .and_then(|verified| match endpoint {
                        Endpoint::RequestToken => {
                            Ok(handshake::request_token(state, config, verified, now, fault))
                        }
                        _ => handshake::access_token(state, config, &verified, now, fault),
                    });
                let mut response = match outcome {
                    Ok(body) => reply(StatusCode::OK, FORM, Body::from(body)),
                    Err(problem) => self.refusal(state, Some(endpoint), &problem, false),
                };
                // Section 2.1 and 2.3: the replies hold secrets.
                let no_store = HeaderValue::from_static("no-store");
                response.headers_mut().insert(header::CACHE_CONTROL, no_store);
                response
            }
            Some(Endpoint::Data) => self.data(state, &received, now, fault),
        }
    }

    fn data(
        &self,
        state: &mut State,
        received: &Received,
        now: i64,
        fault: Option<&Fault>,
    ) -> Response {
        let config = &self.config;
        let verified = match check::check(state, config, received, Endpoint::Data, now, fault) {
            Ok(verified) => verified,
            Err(problem) => {
                let as_json = received.field("format") == Some("json");
                return self.refusal(state, Some(Endpoint::Data), &problem, as_json);
            }
        };
        let user = verified
            .token
            .and_then(|token| state.access_tokens.get(&token))
            .map(|grant| grant.user.clone());
        let mut params = Params::of(received, user.is_some(), verified.consumer, now);
        let outcome = match fault {
            Some(Fault::ApiError(code)) => Err(DataError::new(*code, "Injected by the test")),
            _ => data::answer(state, config, &received.path, user.as_deref(), &mut params),
        };
        let as_json = !config.dialect.writes_xml || params.wants_json();
        let reason = outcome.as_ref().err().map(DataError::reason);
        let response = written(state, Some(&params), as_json, outcome);
        match reason {
            Some(reason) => refused(response, reason),
            None => response,
        }
    }

    /// A refusal in the form that this kind of provider gives it at that place.
    fn refusal(
        &self,
        state: &mut State,
        endpoint: Option<Endpoint>,
        problem: &Problem,
        as_json: bool,
    ) -> Response {
        let mut response = match self.config.dialect.refusals {
            Refusals::ProblemReports => report(problem),
            Refusals::Sentences if endpoint == Some(Endpoint::Data) => {
                written(state, None, as_json, Err(DataError::from(problem)))
            }
            // FatSecret's handshake host has one status for everything that it understands.
            Refusals::Sentences => {
                let status = match problem {
                    Problem::VerbNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
                    _ => StatusCode::BAD_REQUEST,
                };
                reply(status, TEXT, Body::from(problem.sentence()))
            }
        };
        if matches!(problem, Problem::Signature(_)) {
            response.extensions_mut().insert(WrongSignature);
        }
        refused(response, problem.reason())
    }
}

/// Marks the reply to a request whose signature was wrong.
#[derive(Clone)]
struct WrongSignature;

/// An answer of the data host: HTTP 200 whatever it says, as FatSecret does it.
fn written(
    state: &mut State,
    params: Option<&Params>,
    as_json: bool,
    outcome: Result<data::Node, DataError>,
) -> Response {
    let version = params.map_or(1, Params::version);
    let text = match outcome {
        Ok(node) => data::write(&node, version, &mut state.shapes, as_json),
        Err(error) => data::write_error(&error, &state.shapes, as_json),
    };
    let kind = if as_json { "application/json; charset=utf-8" } else { "text/xml; charset=utf-8" };
    reply(StatusCode::OK, kind, Body::from(text))
}

/// A refusal of a generic provider.
fn report(problem: &Problem) -> Response {
    let pairs = problem.report();
    let pairs: Vec<(&str, &str)> =
        pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut response = reply(problem.status(), FORM, Body::from(naive::write_form(&pairs)));
    if problem.status() == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static("OAuth realm=\"sandbox\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}

fn date(now: i64) -> Option<HeaderValue> {
    // Later than the year 9999 there is no HTTP date.
    let seconds = u64::try_from(now).unwrap_or(0).min(253_402_300_799);
    let time = UNIX_EPOCH.checked_add(Duration::from_secs(seconds))?;
    HeaderValue::try_from(httpdate::fmt_http_date(time)).ok()
}

fn seen(
    connection: u64,
    parts: &request::Parts,
    received: Option<&Received>,
    endpoint: Option<Endpoint>,
    fault: Option<Fault>,
) -> Seen {
    let placement = received.and_then(|received| received.placements().first().copied());
    let oauth = received
        .zip(placement)
        .map(|(received, placement)| received.pairs(placement))
        .unwrap_or_default();
    Seen {
        connection,
        verb: parts.method.clone(),
        path: parts.uri.path().chars().take(PATH).collect(),
        endpoint,
        method: received
            .filter(|_| endpoint == Some(Endpoint::Data))
            .and_then(|received| received.field("method"))
            .map(check::quoted),
        placement,
        timestamp: find(oauth, "oauth_timestamp").and_then(|value| value.parse().ok()),
        nonce: find(oauth, "oauth_nonce").map(check::quoted),
        with_token: find(oauth, "oauth_token").is_some(),
        fault,
        status: None,
        refusal: None,
        base_string: None,
    }
}
