//! Timestamps, nonces, and the one retry.

use std::{
    collections::HashSet,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response, header};
use tripod::{Callback, Client, Clock, ErrorKind, Nonce, Session, Stage};
use tripod_sandbox::{Endpoint, Fault, Sandbox};

use crate::support::Kind;
use crate::{naive, support::*};

pub(crate) const PHOTOS: &str = "https://photos.example.net/photos";
/// One minute after the scenario's clock.
const NEAR: &str = "Thu, 01 Jan 2026 00:01:00 GMT";
/// 2026-01-01 02:00:00 UTC, two hours after the scenario's clock.
const LATER: &str = "Thu, 01 Jan 2026 02:00:00 GMT";

/// What the request's header says of its time: the timestamp and the nonce.
pub(crate) fn stamp<B>(request: &Request<B>) -> (i64, String) {
    let header = request.headers()[header::AUTHORIZATION].to_str().unwrap();
    let (_, pairs) = naive::read_header(header);
    let find = |wanted| pairs.iter().find(|(name, _)| name == wanted).unwrap().1.clone();
    (find("oauth_timestamp").parse().unwrap(), find("oauth_nonce"))
}

/// The timestamp in a request's header, or else in its query.
fn timestamp_of<B>(request: &Request<B>) -> i64 {
    match request.uri().query().and_then(|query| query.split_once("oauth_timestamp=")) {
        Some((_, rest)) => rest.split('&').next().unwrap().parse().unwrap(),
        None => stamp(request).0,
    }
}

pub(crate) fn sign(session: &Session) -> (i64, String) {
    let mut request = Request::get(PHOTOS).body("").unwrap();
    session.sign(&mut request).unwrap();
    stamp(&request)
}

pub(crate) fn refusal(problem: &str, date: Option<&str>) -> Response<Bytes> {
    let mut reply = reply(401, format!("oauth_problem={problem}"));
    if let Some(date) = date {
        reply.headers_mut().insert(header::DATE, date.parse().unwrap());
    }
    reply
}

// checklist 23, 24
#[test]
fn timestamps_never_go_back_and_nonces_never_repeat_across_threads_and_clones() {
    let hands = Hands::at(NOW);
    // The crate's own nonces.
    let client = Client::new(photos(), tripod::Consumer::new(KEY, SECRET))
        .unwrap()
        .with_clock(hands.clone());
    let session = client.session(tripod::AccessToken::new(ACCESS_TOKEN, ACCESS_SECRET).unwrap());
    let stop = AtomicBool::new(false);
    let all: Vec<Vec<(i64, String)>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let session = session.clone();
                scope.spawn(move || (0..2000).map(|_| sign(&session)).collect())
            })
            .collect();
        scope.spawn(|| {
            let mut turn = 0;
            while !stop.load(Ordering::Relaxed) {
                turn += 1;
                hands.set(NOW + turn / 3 - (turn % 7) * 40);
                std::thread::yield_now();
            }
        });
        let all = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        stop.store(true, Ordering::Relaxed);
        all
    });
    for stamps in &all {
        assert!(stamps.is_sorted_by_key(|(timestamp, _)| *timestamp));
    }
    let nonces: HashSet<&String> = all.iter().flatten().map(|(_, nonce)| nonce).collect();
    assert_eq!(nonces.len(), 8000);
    assert!(nonces.iter().all(|nonce| nonce.bytes().all(|byte| byte.is_ascii_alphanumeric())));

    // And a clock that was set back long ago does not matter to any clone, in any role.
    let highest = all.iter().flatten().map(|(timestamp, _)| *timestamp).max().unwrap();
    hands.set(NOW - 100_000);
    let signed = client.signed();
    let mut request = Request::get(PHOTOS).body("").unwrap();
    signed.sign(&mut request).unwrap();
    assert_eq!(stamp(&request).0, highest);
    let flow = client.begin(Callback::out_of_band());
    assert_eq!(stamp(&flow.build().unwrap().0).0, highest);
}

// checklist 24
#[test]
fn clock_and_nonces_are_those_that_were_given() {
    let scenario = Scenario::photos();
    let session = scenario.to_granted();
    assert_eq!(sign(&session), (NOW, "nonce1".to_owned()));
    scenario.hands.pass(Duration::from_secs(5));
    assert_eq!(sign(&session), (NOW + 5, "nonce2".to_owned()));
    let client = scenario.client.clone().with_nonces(|| Nonce::new("same").unwrap());
    let session = client.session(tripod::AccessToken::new("t", "s").unwrap());
    assert_eq!(sign(&session).1, "same");
    let system = tripod::SystemClock::new();
    assert!(system.unix_seconds() > NOW && system.monotonic() < Duration::from_secs(600));
}

// checklist 25, 63
#[tokio::test]
async fn a_refused_timestamp_is_mended_once_by_the_replys_date() {
    let scenario = Scenario::photos();
    scenario.script.answer(refusal("timestamp_refused", Some(LATER))).answer(reply(200, ISSUED));
    drop(scenario.unauthorized().request_token().await.unwrap());
    let sent = scenario.script.sent();
    assert_eq!(stamp(&sent[0]), (NOW, "nonce1".to_owned()));
    assert_eq!(stamp(&sent[1]), (NOW + 7200, "nonce2".to_owned()));
    Expected {
        method: "POST",
        base_uri: "https://photos.example.net/initiate",
        protocol: &[("oauth_callback", CALLBACK)],
        nonce: "nonce2",
        timestamp: NOW + 7200,
        ..Expected::default()
    }
    .in_header(&sent[1]);

    // It is kept, and runs on the monotonic clock: a corrected time of day is not added to it.
    let session = scenario.to_granted();
    scenario.hands.pass(Duration::from_secs(60));
    scenario.hands.set(NOW + 7260);
    assert_eq!(sign(&session).0, NOW + 7260);
    scenario.hands.set(1);
    assert_eq!(sign(&session).0, NOW + 7260);
}

// checklist 63
#[tokio::test]
async fn a_clock_that_was_ahead_is_brought_back() {
    let scenario = Scenario::photos();
    scenario.hands.set(NOW + 14_400);
    scenario.script.answer(refusal("timestamp_refused", Some(LATER))).answer(reply(200, GRANTED));
    drop(scenario.to_authorized().exchange().await.unwrap());
    let sent = scenario.script.sent();
    assert_eq!((stamp(&sent[0]).0, stamp(&sent[1]).0), (NOW + 14_400, NOW + 7200));
}

/// Gets these answers to one exchange; gives the error and how often something was sent.
async fn exchange(answers: Vec<Response<Bytes>>) -> (tripod::Error, Vec<(i64, String)>) {
    let scenario = Scenario::photos();
    for answer in answers {
        scenario.script.answer(answer);
    }
    let failed = scenario.to_authorized().exchange().await.unwrap_err();
    quiet(&failed);
    let sent = scenario.script.sent().iter().map(stamp).collect();
    scenario.script.answer(reply(200, GRANTED));
    let (error, flow) = failed.into_parts();
    drop(flow.exchange().await.unwrap());
    (error, sent)
}

// checklist 63
#[tokio::test]
async fn a_second_refusal_is_the_end() {
    let twice = vec![refusal("timestamp_refused", Some(LATER)); 2];
    let (error, sent) = exchange(twice).await;
    let text = "access token: the provider refused the timestamp (HTTP 401); \
                check this machine's clock [https://photos.example.net/token]; \
                the reply began: \"oauth_problem=timestamp_refused\"";
    let kind = Kind::timestamp_refused(http::StatusCode::UNAUTHORIZED);
    failed_with(&error, Stage::AccessToken, &kind, text);
    assert!(!error.is_retryable());
    assert_eq!(sent.len(), 2);

    // One of each kind: still two sends.
    let mixed = vec![
        refusal("nonce_used", Some(NEAR)),
        refusal("timestamp_refused", Some(LATER)),
        reply(200, GRANTED),
    ];
    let scenario = Scenario::photos();
    for answer in mixed {
        scenario.script.answer(answer);
    }
    let failed = scenario.to_authorized().exchange().await.unwrap_err();
    assert!(matches!(failed.error().kind(), ErrorKind::TimestampRefused { .. }));
    assert_eq!(scenario.script.sent().len(), 2);
    // What that reply taught helps the next try of the caller's.
    drop(failed.into_flow().exchange().await.unwrap());
    assert_eq!(stamp(&scenario.script.only()).0, NOW + 7200);
}

// checklist 63
#[tokio::test]
async fn without_a_date_there_is_nothing_to_learn_and_no_retry() {
    for date in [None, Some("soon"), Some("Thu, 01 Jan 1970 00:00:00")] {
        let (error, sent) = exchange(vec![refusal("timestamp_refused", date)]).await;
        assert!(matches!(error.kind(), ErrorKind::TimestampRefused { .. }), "{error}");
        assert_eq!(sent, [(NOW, "nonce1".to_owned())], "{date:?}");
    }
}

// checklist 25, 63
#[test]
fn the_halves_learn_the_providers_time_as_a_step_does() {
    let fatsecret = || {
        let body = "{\"error\":{\"code\":6,\"message\":\"Invalid/expired timestamp\"}}";
        let mut reply = reply(200, body);
        reply.headers_mut().insert(header::DATE, LATER.parse().unwrap());
        reply
    };
    let refused = refusal("timestamp_refused", Some(LATER));
    for (scenario, refused) in
        [(Scenario::photos(), &refused), (Scenario::fatsecret(), &fatsecret())]
    {
        let failed = scenario.unauthorized().build().unwrap().1.receive(refused).unwrap_err();
        assert!(matches!(failed.error().kind(), ErrorKind::TimestampRefused { .. }), "{failed}");
        assert_eq!(timestamp_of(&failed.into_flow().build().unwrap().0), NOW + 7200);
    }
    let scenario = Scenario::photos();
    let failed = scenario.to_authorized().build().unwrap().1.receive(&refused).unwrap_err();
    assert_eq!(timestamp_of(&failed.into_flow().build().unwrap().0), NOW + 7200);

    // A time that does not help is given up.
    let scenario = Scenario::photos();
    let mut flow = scenario.unauthorized();
    for (answer, signed_at) in [
        (refusal("timestamp_refused", Some(LATER)), NOW),
        (refusal("timestamp_refused", None), NOW + 7200),
    ] {
        let (request, awaiting) = flow.build().unwrap();
        assert_eq!(timestamp_of(&request), signed_at);
        flow = awaiting.receive(&answer).unwrap_err().into_flow();
    }
    assert_eq!(timestamp_of(&flow.build().unwrap().0), NOW);

    // Other refusals, and a refusal without a date, teach nothing.
    for other in [refusal("token_rejected", Some(LATER)), refusal("timestamp_refused", None)] {
        let scenario = Scenario::photos();
        let failed = scenario.unauthorized().build().unwrap().1.receive(&other).unwrap_err();
        assert_eq!(timestamp_of(&failed.into_flow().build().unwrap().0), NOW);
    }
}

// checklist 63
#[tokio::test]
async fn a_date_out_of_reason_changes_nothing() {
    for date in ["Thu, 01 Jan 1970 00:00:01 GMT", "Fri, 31 Dec 9999 23:59:59 GMT"] {
        let scenario = Scenario::photos();
        scenario.script.answer(refusal("timestamp_refused", Some(date)));
        let failed = scenario.to_authorized().exchange().await.unwrap_err();
        assert!(matches!(failed.error().kind(), ErrorKind::TimestampRefused { .. }));
        assert_eq!(scenario.script.sent().len(), 1, "the same timestamp is not sent again");
        assert_eq!(sign(&scenario.to_granted()).0, NOW);
    }
}

// checklist 25
#[tokio::test]
async fn a_used_nonce_is_replaced_once() {
    let scenario = Scenario::photos();
    scenario.script.answer(refusal("nonce_used", None)).answer(reply(200, GRANTED));
    drop(scenario.to_authorized().exchange().await.unwrap());
    let sent: Vec<_> = scenario.script.sent().iter().map(stamp).collect();
    assert_eq!(sent, [(NOW, "nonce1".to_owned()), (NOW, "nonce2".to_owned())]);

    let (error, sent) = exchange(vec![refusal("nonce_used", Some(NEAR)); 2]).await;
    assert_eq!(error.problem(), Some("nonce_used"));
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[1].0, NOW, "only a refused timestamp teaches the time");
}

/// As passport-http-oauth reports a timestamp that it does not accept.
#[tokio::test]
async fn a_used_nonce_with_a_date_far_away_is_a_matter_of_the_clock() {
    let (error, sent) = exchange(vec![refusal("nonce_used", Some(LATER)); 2]).await;
    // By the right clock, it is the nonce.
    assert_eq!(error.problem(), Some("nonce_used"));
    let times: Vec<_> = sent.iter().map(|(time, _)| *time).collect();
    assert_eq!(times, [NOW, NOW + 7200]);
}

#[tokio::test]
async fn without_a_date_the_acceptable_range_tells_the_time() {
    let range =
        format!("timestamp_refused&oauth_acceptable_timestamps={}-{}", NOW + 7000, NOW + 7400);
    let scenario = Scenario::photos();
    scenario.script.answer(refusal(&range, None)).answer(reply(200, GRANTED));
    drop(scenario.to_authorized().exchange().await.unwrap());
    let sent: Vec<_> = scenario.script.sent().iter().map(|sent| stamp(sent).0).collect();
    assert_eq!(sent, [NOW, NOW + 7200]);
    // A date is nearer to the truth.
    scenario.script.answer(refusal(&range, Some(NEAR))).answer(reply(200, GRANTED));
    drop(scenario.to_authorized().exchange().await.unwrap());
    assert_eq!(stamp(&scenario.script.sent()[1]).0, NOW + 60);
}

/// However a provider says that it is the clock, it is repaired, and the call is sent once more.
#[tokio::test]
async fn the_clock_is_repaired_in_many_dialects() {
    for (status, body) in [
        (401, r#"{"errors":[{"code":135,"message":"Timestamp out of bounds."}]}"#),
        (
            400,
            "This message has a timestamp of 11/26/2026 01:10:00 PM, which is beyond the allowable clock skew for in the future.",
        ),
        (
            400,
            r#"{"error":{"developer_message":"x","reason_stack":["bad_request","invalid_timestamp"]}}"#,
        ),
    ] {
        let refused = || {
            let mut reply = reply(status, body);
            reply.headers_mut().insert(header::DATE, LATER.parse().unwrap());
            reply
        };
        let scenario = Scenario::photos();
        scenario.script.answer(refused()).answer(reply(200, ISSUED));
        drop(scenario.unauthorized().request_token().await.unwrap());
        let scenario = Scenario::photos();
        scenario.script.answer(refused()).answer(reply(200, GRANTED));
        drop(scenario.to_authorized().exchange().await.unwrap());
        let scenario = Scenario::photos();
        scenario.script.answer(refused()).answer(reply(200, "answer"));
        let answer = scenario.to_granted().get(PHOTOS).send().await.unwrap();
        assert_eq!(answer.error_for_status().unwrap().text().unwrap(), "answer");
        let sent: Vec<_> = scenario.script.sent().iter().map(|sent| stamp(sent).0).collect();
        assert_eq!(sent, [NOW, NOW + 7200], "{body}");
    }
    // MediaWiki answers the token calls so with status 200.
    let mut refused = reply(200, "Error: Expired timestamp, yours 1767225600, ours 1767232800");
    refused.headers_mut().insert(header::DATE, LATER.parse().unwrap());
    let scenario = Scenario::photos();
    scenario.script.answer(refused.clone()).answer(refused);
    let failed = scenario.unauthorized().request_token().await.unwrap_err();
    assert_eq!(*failed.error().kind(), Kind::timestamp_refused(http::StatusCode::OK));
    assert_eq!(stamp(&scenario.script.sent()[1]).0, NOW + 7200);
}

/// Whether the retry is made at each stage, on a sandbox whose clock is wrong by that much.
async fn hours_off(generic: bool, seconds: i64) {
    let builder = Sandbox::builder().clock_offset(seconds);
    let builder = if generic { builder.generic() } else { builder };
    let sandbox = builder.start().await.unwrap();
    let client = Client::new(sandbox.provider(), sandbox.consumer()).unwrap();
    let near = |sandbox: &Sandbox| {
        let log = sandbox.log();
        let [.., first, second] = log.as_slice() else { panic!("{log:?}") };
        assert_ne!(first.nonce, second.nonce);
        assert_eq!(first.endpoint, second.endpoint);
        let (now, sent) = (sandbox.now(), second.timestamp.unwrap());
        assert!(now.abs_diff(i64::try_from(sent).unwrap()) < 60, "{sent} at {now}");
        log.len()
    };
    let issued = client.begin(Callback::out_of_band()).request_token().await.unwrap();
    assert_eq!(near(&sandbox), 2, "one retry");
    let verifier = sandbox.approve(&issued.authorization_url()).unwrap();
    let authorized = issued.authorize(verifier.verifier().unwrap()).unwrap();

    // The provider's clock jumps back, during the exchange and during a request. Request tokens
    // live for minutes, so their lifetime has to be longer than the jump.
    sandbox.inject_at(Endpoint::AccessToken, Fault::ClockJump(-7200));
    let session = authorized.exchange().await.unwrap();
    assert_eq!(near(&sandbox), 4);
    sandbox.inject_at(Endpoint::Data, Fault::ClockJump(7200));
    let reply = session.get(sandbox.data_url("echo/v1")).send().await.unwrap();
    assert!(reply.error_for_status().unwrap().text().unwrap().contains("ada"));
    assert_eq!(near(&sandbox), 6);
    // From then on there is nothing to mend.
    session.get(sandbox.data_url("echo/v1")).send().await.unwrap();
    assert_eq!(sandbox.requests(), 7);
}

// checklist 25, 63
#[tokio::test]
async fn a_clock_hours_off_either_way_costs_one_retry_at_any_stage() {
    for generic in [false, true] {
        for seconds in [7200, -7200] {
            hours_off(generic, seconds).await;
        }
    }
}
