//! What the targets have in common: secrets that must not be told, texts that hold them, and a client
//! whose provider is the input.
//!
//! The trap: a fuzzer never guesses a secret, so an input names one by a control character, and
//! [`expand`] puts it there in one of its spellings.

use std::{
    fmt::{Debug, Display, Write as _},
    future::{Future, ready},
    pin::pin,
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
use tripod::{Endpoints, 
    Authorized, Callback, Client, Clock, Consumer, Flow, PendingFlow, Provider,
    signature::percent_encode,
    transport::{Limits, Transport, TransportFuture},
};

pub const CONSUMER_SECRET: &str = "canary/consumer secret+1";
pub const REQUEST_TOKEN: &str = "canary/request=token+2";
pub const REQUEST_SECRET: &str = "canary/request&secret+3";
pub const VERIFIER: &str = "canary/verifier+4";
/// One that the client has never seen, of the shape that FatSecret's tokens have.
pub const FRESH: &str = "5f0c2a96d1e84b73a5c9e0178d3b6f42";

/// All of them, in the order in which an input names them.
pub const SECRETS: [&str; 5] = [CONSUMER_SECRET, REQUEST_TOKEN, REQUEST_SECRET, VERIFIER, FRESH];

/// The most that an error may say, in bytes, its excerpt of 300 characters included.
pub const MOST_SAID: usize = 4096;

/// Replaces control characters by secrets: 1 to 5 stand for them as they are, 14 to 18
/// percent-encoded, 19 to 23 encoded twice.
pub fn expand(input: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(input.len());
    for &byte in input {
        let (index, times) = match byte {
            1..=5 => (byte - 1, 0),
            14..=18 => (byte - 14, 1),
            19..=23 => (byte - 19, 2),
            _ => {
                out.push(byte);
                continue;
            }
        };
        let mut text = SECRETS[usize::from(index)].to_owned();
        for _ in 0..times {
            text = percent_encode(&text).into_owned();
        }
        out.extend_from_slice(text.as_bytes());
    }
    out
}

/// Panics if `said` holds one of `secrets` as it is, or encoded once or twice.
pub fn silent(said: &str, secrets: &[&str]) {
    for secret in secrets {
        let once = percent_encode(secret);
        let twice = percent_encode(&once);
        for spelling in [*secret, &*once, &*twice] {
            assert!(!said.contains(spelling), "{spelling} in {said}");
        }
    }
}

/// All that an error and its sources say; bounded, and without any of `secrets`.
pub fn check_error<E: std::error::Error + Debug>(error: &E, secrets: &[&str]) {
    let mut said = format!("{error}\n{error:?}\n{error:#?}");
    let mut source = error.source();
    while let Some(inner) = source {
        let _ = write!(said, "\n{inner}\n{inner:?}");
        source = inner.source();
    }
    assert!(said.len() <= 4 * MOST_SAID, "{} bytes: {said}", said.len());
    silent(&said, secrets);
}

/// The same for a value that is shown and is no error.
pub fn check_shown<T: Display>(value: &T, most: usize, secrets: &[&str]) {
    let said = value.to_string();
    assert!(said.len() <= most, "{} bytes: {said}", said.len());
    silent(&said, secrets);
}

/// An input's fields, parted by a byte that is in no text.
pub fn fields(input: &[u8]) -> impl Iterator<Item = &[u8]> {
    input.split(|byte| *byte == 0xff)
}

/// A reply: a status by number, then challenges, then the body, in fields.
pub fn reply(input: &[u8]) -> Response<Bytes> {
    let mut parts: Vec<&[u8]> = fields(input).collect();
    let body = expand(parts.pop().unwrap_or_default());
    let mut parts = parts.into_iter();
    let number = parts.next().and_then(|text| std::str::from_utf8(text).ok());
    let status = number.and_then(|text| text.parse().ok()).unwrap_or(200);
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    for challenge in parts {
        push(response.headers_mut(), &expand(challenge));
    }
    response
}

fn push(headers: &mut HeaderMap, challenge: &[u8]) {
    if let Ok(value) = HeaderValue::from_bytes(challenge) {
        // Also as a date, which a refused timestamp makes the client read.
        headers.insert(header::DATE, value.clone());
        headers.append(header::WWW_AUTHENTICATE, value);
    }
}

/// A clock that stands.
#[derive(Debug)]
pub struct Stopped;

impl Clock for Stopped {
    fn unix_seconds(&self) -> i64 {
        1_767_225_600
    }

    fn monotonic(&self) -> std::time::Duration {
        std::time::Duration::ZERO
    }
}

/// Gives the same reply to every request.
pub struct Always(pub Response<Bytes>);

impl Transport for Always {
    fn send(&self, _: Request<Bytes>, _: Limits) -> TransportFuture {
        let (parts, body) = (self.0.clone()).into_parts();
        Box::pin(ready(Ok(Response::from_parts(parts, body))))
    }
}

/// A client of `provider` that gets `reply` to all it asks.
pub fn client(provider: Provider, reply: Response<Bytes>) -> Client {
    Client::new(provider, Consumer::new("key", CONSUMER_SECRET))
        .expect("a client without a transport can always be made")
        .with_clock(Stopped)
        .with_transport(Always(reply))
}

/// A provider that follows the standard alone.
pub fn standard() -> Provider {
    let at = |path: &str| format!("https://provider.example/{path}");
    Provider::new(Endpoints { request_token: &at("request"), authorize: &at("authorize"), access_token: &at("access") }).expect("its URLs are good")
}

/// The flow that waits for the user, with the secrets above.
pub fn pending(client: &Client) -> PendingFlow {
    let encode = |text| percent_encode(text).into_owned();
    let body = format!(
        "oauth_token={}&oauth_token_secret={}&oauth_callback_confirmed=true",
        encode(REQUEST_TOKEN),
        encode(REQUEST_SECRET)
    );
    client
        .begin(Callback::out_of_band())
        .build()
        .expect("it can be signed")
        .1
        .receive(&Response::new(body))
        .expect("a good reply")
}

/// The flow that is ready for the exchange.
pub fn authorized(client: &Client) -> Flow<Authorized> {
    pending(client).authorize(VERIFIER).expect("a good verifier")
}

/// Runs a future that waits for nothing.
pub fn run<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..1000 {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
    panic!("a future that has nothing to wait for waits");
}
