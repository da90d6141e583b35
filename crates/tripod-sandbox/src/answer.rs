//! From a request to its reply and to what the log says of it. Nothing in here waits.

use std::{
    net::SocketAddr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, UNIX_EPOCH},
};

use axum::{
    body::{Body, Bytes},
    response::Response,
};
use http::{HeaderValue, StatusCode, header, request};

use crate::{
    check,
    config::Config,
    data::{
        error::DataError,
        node::{self, Node},
        params::Params,
        route,
    },
    dialect::Refusals,
    endpoint::Endpoint,
    fault::{Fault, Layer},
    handshake,
    log::{Refusal, Seen},
    naive, page,
    problem::Problem,
    quote::quoted,
    received::{Received, find},
    state::State,
    wire::{self, Broken, refused, reply},
};

/// Longest path that the log keeps, in characters.
const PATH: usize = 200;

const FORM: &str = "application/x-www-form-urlencoded";
const TEXT: &str = "text/plain; charset=utf-8";

/// What the server's thread and the handle have in common.
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) address: SocketAddr,
    state: Mutex<State>,
}

impl Shared {
    pub(crate) fn new(config: Config, address: SocketAddr) -> Self {
        let state = Mutex::new(State::new(&config));
        Self { config, address, state }
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Never held over an await: all work on the state is synchronous.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn now(&self, state: &State) -> i64 {
        state.oauth.now(&self.config)
    }
}

impl Shared {
    /// Handles a request; a body of `None` was too long, or broke off.
    pub(crate) fn answer(
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
        state.log.requests += 1;
        let fault = endpoint.and_then(|endpoint| {
            state.faults.take(endpoint, |fault| fault.layer() != Layer::Callback)
        });
        if let Some(Fault::ClockJump(seconds)) = fault {
            state.oauth.shift_clock(seconds);
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
        state.log.record(seen.clone());
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
                let outcome =
                    check::check(&mut state.oauth, config, &received, endpoint, now, fault)
                        .and_then(|verified| match endpoint {
                            Endpoint::RequestToken => Ok(handshake::request_token(
                                &mut state.oauth,
                                config,
                                verified,
                                now,
                                fault,
                            )),
                            _ => handshake::access_token(
                                &mut state.oauth,
                                config,
                                &verified,
                                now,
                                fault,
                            ),
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
        let verified =
            match check::check(&mut state.oauth, config, received, Endpoint::Data, now, fault) {
                Ok(verified) => verified,
                Err(problem) => {
                    let as_json = received.field("format") == Some("json");
                    return self.refusal(state, Some(Endpoint::Data), &problem, as_json);
                }
            };
        let user = verified
            .token
            .and_then(|token| state.oauth.access_tokens.get(&token))
            .map(|grant| grant.user.clone());
        let mut params = Params::of(received, user.is_some(), verified.consumer, now);
        let outcome = match fault {
            Some(Fault::ApiError(code)) => Err(DataError::new(*code, "Injected by the test")),
            _ => route::answer(
                &mut state.data,
                &mut state.oauth,
                config,
                &received.path,
                user.as_deref(),
                &mut params,
            ),
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
    outcome: Result<Node, DataError>,
) -> Response {
    let version = params.map_or(1, Params::version);
    let text = match outcome {
        Ok(node) => node::write(&node, version, &mut state.data.shapes, as_json),
        Err(error) => node::write_error(&error, &state.data.shapes, as_json),
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
            .map(quoted),
        placement,
        timestamp: find(oauth, "oauth_timestamp").and_then(|value| value.parse().ok()),
        nonce: find(oauth, "oauth_nonce").map(quoted),
        with_token: find(oauth, "oauth_token").is_some(),
        fault,
        status: None,
        refusal: None,
        base_string: None,
    }
}
