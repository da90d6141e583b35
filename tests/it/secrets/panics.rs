//! What a panic says: its message, its backtrace, and what is dropped on the way out.

use std::{
    backtrace::Backtrace,
    panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use bytes::Bytes;
use http::Request;
use tripod::{
    BoxError, Callback, Client, Clock, Consumer, Nonce, Session, SignatureMethod,
    signature::{Sign, SigningKey},
    transport::{Limits, Transport, TransportFuture},
};

use super::{
    CALLBACK, CONSUMER_SECRET, VERIFIER,
    features::session,
    flows::{Place, Spy, Way},
    hearing::{debug, hear},
};

/// A transport with a bug: at once, or while the reply is awaited.
struct Broken {
    late: bool,
}

impl Transport for Broken {
    fn send(&self, _: Request<Bytes>, _: Limits) -> TransportFuture {
        assert!(self.late, "the transport has a bug");
        Box::pin(async { panic!("the transport has a bug that shows later") })
    }
}

struct BrokenSigner;

impl Sign for BrokenSigner {
    fn name(&self) -> &'static str {
        "X-BROKEN"
    }

    fn sign(&self, _: &str, _: &SigningKey<'_>) -> Result<Vec<u8>, BoxError> {
        panic!("the signer has a bug")
    }
}

#[derive(Debug)]
struct BrokenClock;

impl Clock for BrokenClock {
    fn unix_seconds(&self) -> i64 {
        panic!("the clock has a bug")
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}

/// Runs what panics, and hears what it says.
#[track_caller]
fn panics<T>(action: impl FnOnce() -> T) {
    let payload = catch_unwind(AssertUnwindSafe(action)).err().expect("it panics");
    let text = payload.downcast_ref::<String>().map(String::as_str);
    hear(text.or(payload.downcast_ref::<&str>().copied()).unwrap_or("another payload"));
}

pub(super) async fn go(transport: &Spy) {
    let (me, before) = (thread::current().id(), take_hook());
    set_hook(Box::new(move |info| {
        if thread::current().id() == me {
            hear(&format!("{info}\n{info:?}\n{}", Backtrace::force_capture()));
        } else {
            before(info);
        }
    }));
    let place = Place::new(transport, Way::Header).await;
    let granted = session(&place).await;
    for late in [false, true] {
        in_a_task(&place, &granted, late).await;
    }
    in_what_is_injected(&place, &granted);
    by_unwrapping(&place, granted).await;
    // Back to the usual hook.
    drop(take_hook());
}

/// A step and a request that panic take down their task, with the flow that they own.
async fn in_a_task(place: &Place, granted: &Session, late: bool) {
    let url = place.sandbox.data_url("echo/v1");
    let client = place.client.clone().with_transport(Broken { late });
    let begin = || client.begin(Callback::url(CALLBACK).unwrap());
    debug(&tokio::spawn(begin().request_token()).await.unwrap_err());
    let reply =
        "oauth_token=aardwolves&oauth_token_secret=pangolinss&oauth_callback_confirmed=true";
    let issued = begin().build().unwrap().1.receive(&http::Response::new(reply)).unwrap();
    let authorized = issued.authorize(VERIFIER).unwrap();
    debug(&tokio::spawn(authorized.exchange()).await.unwrap_err());
    let session = client.session(granted.access_token().clone());
    debug(&tokio::spawn(session.get(url).send()).await.unwrap_err());
}

/// A clock, nonces and a signer of the program's own; afterwards the client works as before.
fn in_what_is_injected(place: &Place, granted: &Session) {
    static ASKED: AtomicBool = AtomicBool::new(false);
    let token = granted.access_token();
    let url = place.sandbox.data_url("echo/v1");
    let clock = place.client.clone().with_clock(BrokenClock);
    panics(|| clock.session(token.clone()).get(&url).build());

    let nonces = place.client.clone().with_nonces(|| {
        assert!(ASKED.swap(true, Ordering::SeqCst), "the nonces have a bug");
        Nonce::random()
    });
    let session = nonces.session(token.clone());
    panics(|| session.get(&url).build());
    assert!(session.get(&url).build().is_ok());

    let provider = place.sandbox.provider();
    let signing = provider.signing().clone().with_method(SignatureMethod::custom(BrokenSigner));
    let provider = provider.with_signing(signing);
    let client = Client::new(provider, Consumer::new("the key", CONSUMER_SECRET)).unwrap();
    panics(|| client.session(token.clone()).get(&url).build());
    panics(|| client.begin(Callback::url(CALLBACK).unwrap()).build());
}

/// What programs do most: `unwrap` prints the error with the flow, `unwrap_err` prints the flow.
async fn by_unwrapping(place: &Place, granted: Session) {
    let begin = || place.client.begin(Callback::url(CALLBACK).unwrap());
    let refused =
        begin().build().unwrap().1.receive(&http::Response::new("oauth_token=aardwolves"));
    panics(|| refused.unwrap());
    let issued = begin().request_token().await.unwrap();
    let mismatch = issued.receive_callback("/cb?oauth_token=x&oauth_verifier=okapiherds");
    panics(|| mismatch.unwrap());
    let issued = begin().request_token().await;
    panics(|| issued.unwrap_err());
    let started = place.client.begin(Callback::out_of_band());
    let reply =
        "oauth_token=aardwolves&oauth_token_secret=pangolinss&oauth_callback_confirmed=true";
    let authorized = started
        .build()
        .unwrap()
        .1
        .receive(&http::Response::new(reply))
        .unwrap()
        .authorize(VERIFIER)
        .unwrap();
    let session = authorized
        .build()
        .unwrap()
        .1
        .receive(&http::Response::new("oauth_token=quollnests&oauth_token_secret=numbatdens"));
    panics(|| session.unwrap_err());
    // Dropped while the stack unwinds.
    let (flow, step) = (begin(), begin().request_token());
    panics(move || {
        let _held = (flow, step, granted);
        panic!("a bug of the program's");
    });
}
