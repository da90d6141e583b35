//! Nothing that is printed, logged or chained shows a secret.
//!
//! One test, since the subscriber, the logger and the panic hook are global. The canaries are plain
//! words that no heuristic would take for a key, with a tail that has to be encoded.

mod features;
mod flows;
mod hearing;
mod panics;
mod tls;
mod types;

use std::fmt::Write as _;

use tokio::task::JoinSet;
use tripod::transport::ReqwestTransport;
use tripod_sandbox::Fault;

use self::{
    flows::{IN_A_REPLY, ON_THE_WIRE, Place, Spy, WAITED_FOR, Way},
    hearing::{FOUND, HEARD, SIGNATURES, debug},
};
use crate::naive;

const CONSUMER_SECRET: &str = "zebrafinch/1+";
const REQUEST_TOKEN: &str = "aardwolves/1+";
const REQUEST_SECRET: &str = "pangolinss/1+";
const VERIFIER: &str = "okapiherds/1+";
const ACCESS_TOKEN: &str = "quollnests/1+";
const ACCESS_SECRET: &str = "numbatdens/1+";
const CALLBACK: &str = "http://127.0.0.1:1/cb?s=tapirwalks";
const PASSWORD: &str = "wombatburr/1+";
const WORDS: [&str; 8] = [
    "zebrafinch",
    "aardwolves",
    "pangolinss",
    "okapiherds",
    "quollnests",
    "numbatdens",
    "tapirwalks",
    "wombatburr",
];

// checklist 55, 56
#[tokio::test]
async fn nothing_that_is_said_shows_a_secret() {
    hearing::listen();
    // Also where the program's own settings ask for every byte on the wire.
    let builder = ReqwestTransport::builder().unwrap().connection_verbose(true);
    let transport = Spy(ReqwestTransport::from_builder(builder).unwrap());
    debug(&transport.0);
    types::types();
    types::echoes();
    flows::callbacks(&transport).await;
    tls::flow().await;
    features::go(&transport).await;
    panics::go(&transport).await;
    let waiting = waiting(&transport).await;
    for way in [Way::Header, Way::Form, Way::Query] {
        Place::new(&transport, way).await.go([&[]; 3]).await;
        let faults = [Fault::ServerError, Fault::TimestampRefused, Fault::TimestampRefused];
        let place = Place::new(&transport, way).await;
        place.go([&faults[..1]; 3]).await;
        let place = Place::new(&transport, way).await;
        place.sandbox.inject(Fault::ClockJump(7200));
        place.sandbox.inject(Fault::NonceRefused);
        place.go([&[], &faults[1..], &[]]).await;
    }
    let place = Place::new(&transport, Way::Query).await;
    place.go([&ON_THE_WIRE; 3]).await;
    for fault in IN_A_REPLY {
        Place::new(&transport, Way::Query).await.go([&[fault], &[], &[]]).await;
        Place::new(&transport, Way::Query).await.go([&[], &[fault], &[]]).await;
    }
    Place::new(&transport, Way::Query).await.go([&[], &[Fault::LostReply], &[]]).await;
    waiting.join_all().await;

    let heard = std::mem::take(&mut *HEARD.lock().unwrap());
    // The net is out: the crate's events, reqwest's records, and what is meant to be seen.
    for expected in [
        "tripod: request stage=",
        "retrying once",
        "reqwest::connect starting",
        "rustls::client",
        "the key",
        "the transport has a bug that shows later",
        "a bug of the program's",
        "secrets::panics::by_unwrapping",
    ] {
        assert!(heard.contains(expected), "{expected}");
    }
    assert_eq!(heard.contains("h2::"), cfg!(feature = "http2"));
    let signatures = SIGNATURES.lock().unwrap();
    assert!(signatures.len() > 60, "{}", signatures.len());
    let mut needles: Vec<String> = WORDS.iter().flat_map(|word| disguises(word)).collect();
    for signature in signatures.iter() {
        let once = naive::encode(signature);
        needles.extend([naive::encode(&once), once, signature.clone()]);
    }
    needles.extend(FOUND.lock().unwrap().drain(..));
    for needle in needles {
        if let Some(at) = heard.find(&needle) {
            let around = heard[..at].rfind('\n').map_or(0, |line| line + 1);
            let line = heard[around..].lines().next().unwrap_or_default();
            panic!("{needle} is in {line}");
        }
    }
}

/// Flows and calls that wait until the time limit, each step in its turn, all at once.
async fn waiting(transport: &Spy) -> JoinSet<()> {
    let mut waiting = JoinSet::new();
    for fault in WAITED_FOR {
        for step in 0..3 {
            let place = Place::new(transport, Way::Query).await;
            waiting.spawn(async move {
                let mut faults = [&[][..]; 3];
                let fault = [fault];
                faults[step] = &fault;
                place.go(faults).await;
            });
        }
        let transport = transport.clone();
        waiting.spawn(async move { features::waiting(&transport, fault).await });
    }
    waiting
}

/// How a word looks in hex, and in Base64 wherever in a longer text it stands.
fn disguises(word: &str) -> Vec<String> {
    let hex: String = word.bytes().fold(String::new(), |mut out, byte| {
        write!(out, "{byte:02x}").unwrap();
        out
    });
    let mut all = vec![word.to_owned(), hex.to_uppercase(), hex];
    // The list of bytes that a `Vec<u8>` prints.
    all.push(format!("{:?}", word.as_bytes()).trim_matches(['[', ']']).to_owned());
    for skip in 0..3 {
        let mut bytes = vec![b'-'; skip];
        bytes.extend(word.bytes());
        let whole = bytes.len() / 3 * 3;
        let text = naive::base64(&bytes[..whole]);
        all.push(text[if skip == 0 { 0 } else { 4 }..].to_owned());
    }
    all
}
