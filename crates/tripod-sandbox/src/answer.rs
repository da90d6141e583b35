//! From a request to its reply and to what the log says of it. Nothing in here waits.

use std::{
    fmt::Write as _,
    io,
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
    callback::is_absolute,
    check::{self, Verified},
    config::Config,
    data::{
        error::DataError,
        node::{self, Node},
        params::Params,
        route,
    },
    dialect::{Data, Done, Refusals, Renewal},
    endpoint::Endpoint,
    fault::{Fault, Layer},
    handshake,
    log::{self, Seen},
    page,
    problem::Problem,
    quote::quoted,
    received::{Address, Received, find, is_loopback},
    refusal::Refusal,
    resource,
    route::{Gives, Route},
    site::{Site, SiteNames},
    state::State,
    wire::{self, Broken, refused, reply},
};

/// As much of a base string as the log keeps, in bytes: a form may have some megabytes, and three times as many
/// when it is encoded.
const BASE_STRING: usize = 64 * 1024;

/// Longest path that the log keeps, in characters.
const PATH: usize = 200;

const TEXT: &str = "text/plain; charset=utf-8";

/// What the server's thread and the handle have in common.
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) address: SocketAddr,
    state: Mutex<State>,
}

impl Shared {
    pub(crate) fn new(mut config: Config, address: SocketAddr) -> io::Result<Self> {
        let kind = config.dialect.site;
        config.names = SiteNames::of(kind, config.site.as_deref()).ok_or_else(|| {
            let wanted = match kind {
                Site::One => "there is one provider of this kind, so it has no site",
                Site::Base(_) | Site::Wiki(_) => {
                    "the site must be a base URL, such as https://shop.example"
                }
                Site::Account(_) => "the site must be an account, such as 1234567_SB1",
            };
            io::Error::new(io::ErrorKind::InvalidInput, wanted)
        })?;
        if config.registered_callback.as_deref().is_some_and(|url| !is_absolute(url)) {
            let wanted =
                "the registered callback must be an absolute URL in ASCII, without a fragment";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, wanted));
        }
        let state = Mutex::new(State::new(&config));
        Ok(Self { config, address, state })
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns whether a client can reach this host: one of the provider's, or the sandbox's own address.
    pub(crate) fn has_host(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        let routes = self.config.dialect.routes;
        let mut named = routes.iter().filter(|route| !route.is_anywhere()).peekable();
        is_loopback(&host)
            || named.peek().is_none()
            || named.any(|route| route.is_host(&self.config.names, &host))
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
    /// Handles a request that was sent with this scheme. Its body may have been too large, or have broken off.
    pub(crate) fn answer(
        &self,
        connection: u64,
        scheme: &str,
        parts: &request::Parts,
        body: Result<Bytes, Problem>,
    ) -> Broken {
        let (broken, seen) = self.handled(connection, scheme, parts, body);
        // Outside the lock, which the function might want through a handle of its own.
        if let Some(call) = &self.config.on_request {
            call(&seen);
        }
        broken
    }

    /// The part of the provider that a request is for.
    pub(crate) fn route(&self, address: &Address<'_>) -> Option<&'static Route> {
        self.config.dialect.routes.iter().find(|route| route.fits(&self.config.names, address))
    }

    /// Where the provider's first page of that kind is, at the sandbox's own address. A provider
    /// without one has the path that others mostly have, with nothing there.
    pub(crate) fn url(&self, endpoint: Endpoint) -> String {
        let route = self.config.dialect.routes.iter().find(|route| route.endpoint == endpoint);
        let target = route.map(|route| route.target(&self.config.names));
        self.origin() + &target.unwrap_or_else(|| "/oauth/none".to_owned())
    }

    /// Returns whether this request can fail in this way. A fault that cannot happen waits for one that can.
    fn can_happen(&self, fault: &Fault, received: Option<&Received>) -> bool {
        let has_time = || {
            received.is_some_and(|received| {
                received
                    .placements()
                    .first()
                    .is_some_and(|place| find(received.pairs(*place), "oauth_timestamp").is_some())
            })
        };
        fault.layer() != Layer::Callback
            && self.config.dialect.knows(fault)
            // A key that does instead of a signature has no time, and with PLAINTEXT it may be left out.
            && (!matches!(fault, Fault::TimestampRefused | Fault::NonceRefused) || has_time())
    }

    fn handled(
        &self,
        connection: u64,
        scheme: &str,
        parts: &request::Parts,
        body: Result<Bytes, Problem>,
    ) -> (Broken, Seen) {
        let mut received = body.and_then(|body| Received::read(scheme, parts, body));
        let route = if let Ok(received) = &mut received {
            let route = self.route(&received.address());
            received.signs_form = self.config.dialect.signs_forms;
            if route.is_some_and(|route| route.gives == Gives::Upload) {
                received.read_parts("photo");
            }
            route
        } else {
            let path = parts.uri.path();
            self.route(&Address { host: "", is_own: true, path, title: None })
        };
        let endpoint = route.map(|route| route.endpoint);

        let mut state = self.lock();
        state.log.requests += 1;
        let fault = endpoint.and_then(|endpoint| {
            state.faults.take(endpoint, |fault| self.can_happen(fault, received.as_ref().ok()))
        });
        if let Some(Fault::ClockJump(seconds)) = fault {
            state.oauth.shift_clock(seconds);
        }
        let now = self.now(&state);
        let mut seen = seen(connection, parts, received.as_ref().ok(), endpoint, fault);
        // What is revoked stands in some paths.
        let path = parts.uri.path();
        let revoked = route.filter(|route| route.endpoint == Endpoint::Revocation);
        if let Some(rest) = revoked.and_then(|route| route.rest_of(&self.config.names, path)) {
            seen.path = path.strip_suffix(rest).unwrap_or_default().to_owned() + "*";
        }

        let wire = fault.filter(|fault| fault.layer() == Layer::Wire);
        let mut broken = match wire {
            Some(fault) if fault != Fault::LostReply => {
                wire::broken(fault, received.as_ref().ok(), self.address.port())
            }
            _ => {
                let response =
                    self.reply(&mut state, received.as_ref(), route, now, fault.as_ref());
                let refusal = response.extensions().get::<log::Refusal>().cloned();
                seen.refusal = refusal.map(|log::Refusal(reason)| reason);
                let wrong = response.extensions().get::<WrongSignature>().is_some();
                if wrong && self.config.keep_base_strings {
                    seen.base_string = received.ok().map(|received| cut(received.base_string()));
                }
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
        received: Result<&Received, &Problem>,
        route: Option<&Route>,
        now: i64,
        fault: Option<&Fault>,
    ) -> Response {
        let received = match received {
            Ok(received) => received,
            Err(problem) => return self.refusal(state, route, None, now, problem),
        };
        let Some(route) = route else {
            let response = reply(StatusCode::NOT_FOUND, TEXT, Body::from("Not found"));
            return refused(response, "there is nothing at this path".to_owned());
        };
        if route.endpoint == Endpoint::Authorize {
            return page::authorize(state, &self.config, received, now);
        }
        if route.endpoint == Endpoint::Data && self.config.dialect.data == Data::FatSecret {
            return self.data(state, route, received, now, fault);
        }
        let outcome = check::check(&mut state.oauth, &self.config, received, route, now, fault)
            .and_then(|verified| self.carry_out(state, route, received, verified, now, fault));
        let mut response = outcome.unwrap_or_else(|problem| {
            self.refusal(state, Some(route), Some(received), now, &problem)
        });
        if route.endpoint != Endpoint::Data {
            // Section 2.1 and 2.3: the replies hold secrets.
            let no_store = HeaderValue::from_static("no-store");
            response.headers_mut().insert(header::CACHE_CONTROL, no_store);
        }
        response
    }

    /// Does what a request is for whose signature holds.
    fn carry_out(
        &self,
        state: &mut State,
        route: &Route,
        received: &Received,
        verified: Verified,
        now: i64,
        fault: Option<&Fault>,
    ) -> Result<Response, Problem> {
        let config = &self.config;
        let server = &mut state.oauth;
        let tokens =
            |body: String| reply(StatusCode::OK, config.dialect.reply_type, Body::from(body));
        let token = verified.token.clone().unwrap_or_default();
        match verified.endpoint {
            Endpoint::RequestToken => {
                Ok(tokens(handshake::request_token(server, config, verified, now, fault)))
            }
            Endpoint::AccessToken => {
                handshake::access_token(server, config, &verified, now, fault).map(tokens)
            }
            Endpoint::Renewal if config.dialect.renewal == Renewal::Handle => {
                let handle = [&received.header, &received.form, &received.query]
                    .into_iter()
                    .find_map(|pairs| find(pairs, "oauth_session_handle"));
                let handle = handle.unwrap_or_default();
                handshake::renew(server, config, &verified, handle, now, fault).map(tokens)
            }
            // The check has noted that the token was used, which is what wakes it.
            Endpoint::Renewal => Ok(done(config.dialect.renewed, &token)),
            Endpoint::Revocation => {
                // The token may stand in the path, and only its owner's counts.
                let named = route.rest_of(&config.names, &received.path).unwrap_or(&token);
                if named != token {
                    return Err(Problem::AccessToken(quoted(named)));
                }
                server.access_tokens.remove(&token);
                Ok(done(config.dialect.revoked, &token))
            }
            Endpoint::Data | Endpoint::Authorize => {
                let user = server.access_tokens.get(&token).map(|grant| grant.user.clone());
                let user = user.as_deref();
                let consumer = server.consumers.get(&verified.consumer);
                let secret = consumer.map_or("", |consumer| consumer.secret.as_str());
                Ok(resource::answer(config, received, &verified, secret, route.gives, user, now))
            }
        }
    }

    /// FatSecret's methods, which every sandbox has that is no persona.
    fn data(
        &self,
        state: &mut State,
        route: &Route,
        received: &Received,
        now: i64,
        fault: Option<&Fault>,
    ) -> Response {
        let config = &self.config;
        let verified = match check::check(&mut state.oauth, config, received, route, now, fault) {
            Ok(verified) => verified,
            Err(problem) => {
                return self.refusal(state, Some(route), Some(received), now, &problem);
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
        route: Option<&Route>,
        received: Option<&Received>,
        now: i64,
        problem: &Problem,
    ) -> Response {
        let config = &self.config;
        if matches!(problem, Problem::BodyTooLarge(_)) {
            // The sandbox's own limit, and so in its own words whoever it is like.
            let reason = problem.reason();
            return refused(reply(problem.status(), TEXT, Body::from(reason.clone())), reason);
        }
        // MediaWiki's statement of who the user is comes from the same pages as its tokens.
        let is_data = route.is_some_and(|route| {
            route.endpoint == Endpoint::Data && route.gives != Gives::SignedIdentity
        });
        let form = if is_data { config.dialect.data_refusals } else { config.dialect.refusals };
        let mut response = if is_data && form == Refusals::FatSecret {
            let as_json = received.is_some_and(|received| received.field("format") == Some("json"));
            written(state, None, as_json, Err(DataError::from(problem)))
        } else {
            Refusal { problem, config, received, now }.write(form)
        };
        if matches!(problem, Problem::Signature(_)) {
            response.extensions_mut().insert(WrongSignature);
        }
        refused(response, problem.reason())
    }
}

/// A reply that says no more than that it is done.
fn done(done: Done, token: &str) -> Response {
    let status = StatusCode::from_u16(done.status).unwrap_or(StatusCode::OK);
    reply(status, done.media_type, Body::from(done.body.replace("{token}", token)))
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

/// The beginning of a base string, which says so if it is not all.
fn cut(mut base_string: String) -> String {
    let length = base_string.len();
    if length > BASE_STRING {
        // It is percent-encoded, and so ASCII.
        let end = (0..=BASE_STRING).rev().find(|end| base_string.is_char_boundary(*end));
        base_string.truncate(end.unwrap_or(0));
        let _ = write!(base_string, " (cut: the first 64 KiB of {length} bytes)");
        base_string.shrink_to_fit();
    }
    base_string
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
