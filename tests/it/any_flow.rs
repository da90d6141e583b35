//! A flow that a program keeps in one place: whatever happens, it is still there.

use std::{
    pin::pin,
    task::{Context, Waker},
};

use tripod::{AnyFlow, CallbackError, Error, ErrorKind, Stage, transport::TransportError};

use crate::support::*;

const BACK: &str = "/back?oauth_token=request%2Ftoken%2B1&oauth_verifier=verifier%2F77";

const BEGUN: &str = "it has no request token yet; `advance` asks for one";
const REQUESTING: &str = "its request token is being asked for; `advance` goes on";
const PENDING: &str =
    "it waits for the user; give the code to `authorize`, or the callback to `receive_callback`";
const APPROVED: &str =
    "it has a verifier; `advance` exchanges it, and `discard_verifier` waits for another one";
const EXCHANGING: &str = "it is being exchanged; `advance` goes on, and `cancel` gives the call up";
const GRANTED_ALREADY: &str = "it is granted; use its `session`";

/// The state as it is printed, which is without secrets.
#[track_caller]
fn state(flow: &AnyFlow) -> String {
    let shown = format!("{flow:?}");
    silent(&shown);
    shown.split('(').next().unwrap().to_owned()
}

#[track_caller]
fn refuses(outcome: Result<(), Error>, step: &str, advice: &str) {
    let text = format!("`{step}` is not this flow's next step: {advice}");
    let error = outcome.unwrap_err();
    failed_with(&error, Stage::Setup, &Kind::out_of_order(step, advice), &text);
}

/// Polls `advance` once, and drops it.
#[track_caller]
fn begin_and_drop(flow: &mut AnyFlow) {
    let mut context = Context::from_waker(Waker::noop());
    assert!(pin!(flow.advance()).poll(&mut context).is_pending());
}

#[track_caller]
fn is_granted(flow: &AnyFlow) {
    assert_eq!(state(flow), "Granted");
    let token = flow.session().unwrap().access_token();
    assert_eq!((token.token(), token.extra("user_id")), (ACCESS_TOKEN, Some("7")));
}

#[tokio::test]
async fn a_flow_goes_all_the_way_in_one_place() {
    let scenario = Scenario::photos();
    let mut flow = AnyFlow::from(scenario.unauthorized());
    assert_eq!((state(&flow), flow.authorization_url()), ("Begun".to_owned(), None));
    scenario.script.answer(reply(200, ISSUED));
    flow.advance().await.unwrap();
    assert_eq!(state(&flow), "Pending");
    let page = "https://photos.example.net/authorize?oauth_token=request%2Ftoken%2B1";
    assert_eq!(flow.authorization_url().as_deref(), Some(page));
    flow.receive_callback(BACK).unwrap();
    assert_eq!(state(&flow), "Approved");
    assert!(flow.session().is_none());
    scenario.script.answer(reply(200, GRANTED));
    flow.advance().await.unwrap();
    is_granted(&flow);
    assert_eq!(scenario.script.sent().len(), 2);
}

#[tokio::test]
async fn a_failed_exchange_keeps_the_flow() {
    let scenario = Scenario::photos();
    let mut flow = AnyFlow::from(scenario.to_authorized());
    scenario.script.answer(reply(500, "boom"));
    let error = flow.advance().await.unwrap_err();
    assert_eq!(*error.kind(), Kind::rejected(http::StatusCode::INTERNAL_SERVER_ERROR, None));
    assert!(error.is_retryable());
    assert_eq!(state(&flow), "Approved");
    scenario.script.answer(reply(200, GRANTED));
    flow.advance().await.unwrap();
    is_granted(&flow);
    // Each attempt is signed anew.
    let sent = scenario.script.sent();
    let expected = Expected {
        method: "POST",
        base_uri: "https://photos.example.net/token",
        token: Some((REQUEST_TOKEN, REQUEST_SECRET)),
        protocol: &[("oauth_verifier", VERIFIER)],
        ..Expected::default()
    };
    expected.in_header(&sent[0]);
    Expected { nonce: "nonce2", ..expected }.in_header(&sent[1]);
}

#[tokio::test]
async fn a_failed_request_for_a_token_keeps_the_flow() {
    let scenario = Scenario::fatsecret();
    let mut flow = AnyFlow::from(scenario.unauthorized());
    scenario.script.answer(TransportError::connect("nobody there"));
    assert_eq!(*flow.advance().await.unwrap_err().kind(), ErrorKind::Connect);
    assert_eq!(state(&flow), "Begun");
    scenario.script.answer(reply(200, ISSUED));
    flow.advance().await.unwrap();
    assert_eq!(state(&flow), "Pending");
}

#[tokio::test]
async fn a_mistyped_code_keeps_the_flow() {
    let scenario = Scenario::fatsecret();
    let mut flow = AnyFlow::from(scenario.to_issued());
    let page = flow.authorization_url().unwrap();
    let error = flow.authorize(" \n").unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Callback(CallbackError::MissingVerifier));
    let error = flow.receive_callback("/back?oauth_token=other&oauth_verifier=v").unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Callback(CallbackError::TokenMismatch));
    assert_eq!(state(&flow), "Pending");

    flow.authorize("wrong").unwrap();
    scenario.script.answer(reply(400, "Invalid verifier: oauth_verifier"));
    let error = flow.advance().await.unwrap_err();
    assert_eq!(error.status(), Some(http::StatusCode::BAD_REQUEST));
    assert_eq!(state(&flow), "Approved");
    flow.discard_verifier().unwrap();
    assert_eq!(flow.authorization_url(), Some(page));
    flow.authorize(VERIFIER).unwrap();
    scenario.script.answer(reply(200, GRANTED));
    flow.advance().await.unwrap();
    is_granted(&flow);
    let query = scenario.script.sent()[1].uri().query().unwrap().to_owned();
    assert!(query.contains("&oauth_verifier=verifier%2F77&"), "{query}");
}

#[tokio::test]
async fn a_dropped_future_keeps_the_flow_and_its_call() {
    let scenario = Scenario::photos();
    let mut flow = AnyFlow::from(scenario.unauthorized());
    // One that is never polled does nothing.
    drop(flow.advance());
    assert_eq!(state(&flow), "Begun");

    let (answer, wait) = tokio::sync::oneshot::channel();
    scenario.script.answer(Answer::Later(wait));
    begin_and_drop(&mut flow);
    begin_and_drop(&mut flow);
    assert_eq!(state(&flow), "Requesting");
    answer.send(reply(200, ISSUED)).unwrap();
    flow.advance().await.unwrap();
    assert_eq!(state(&flow), "Pending");

    flow.authorize(VERIFIER).unwrap();
    let (answer, wait) = tokio::sync::oneshot::channel();
    scenario.script.answer(Answer::Later(wait));
    begin_and_drop(&mut flow);
    assert_eq!(state(&flow), "Exchanging");
    answer.send(reply(200, GRANTED)).unwrap();
    flow.advance().await.unwrap();
    is_granted(&flow);
    assert_eq!(scenario.script.sent().len(), 2, "the calls went on, and were not sent again");
}

#[tokio::test]
async fn a_step_that_is_given_up_keeps_the_flow() {
    let scenario = Scenario::photos();
    let mut flow = AnyFlow::from(scenario.unauthorized());
    flow.cancel();
    assert_eq!(state(&flow), "Begun");
    scenario.script.answer(Answer::Never);
    begin_and_drop(&mut flow);
    flow.cancel();
    assert_eq!(state(&flow), "Begun");

    let mut flow = AnyFlow::from(scenario.to_authorized());
    scenario.script.answer(Answer::Never);
    begin_and_drop(&mut flow);
    flow.cancel();
    assert_eq!(state(&flow), "Approved");
    scenario.script.answer(reply(200, GRANTED));
    flow.advance().await.unwrap();
    is_granted(&flow);
}

#[tokio::test]
async fn a_step_out_of_order_says_which_one_is_next() {
    let scenario = Scenario::photos();
    let requesting = || {
        let mut flow = AnyFlow::from(scenario.unauthorized());
        scenario.script.answer(Answer::Never);
        begin_and_drop(&mut flow);
        flow
    };
    let exchanging = || {
        let mut flow = AnyFlow::from(scenario.to_authorized());
        scenario.script.answer(Answer::Never);
        begin_and_drop(&mut flow);
        flow
    };
    let pending = || AnyFlow::from(scenario.to_issued());
    let granted = || AnyFlow::from(scenario.to_granted());
    for (mut flow, advice) in [
        (scenario.unauthorized().into(), BEGUN),
        (requesting(), REQUESTING),
        (scenario.to_authorized().into(), APPROVED),
        (exchanging(), EXCHANGING),
        (granted(), GRANTED_ALREADY),
    ] {
        let before = state(&flow);
        refuses(flow.authorize(VERIFIER), "authorize", advice);
        refuses(flow.receive_callback(BACK), "receive_callback", advice);
        assert_eq!(state(&flow), before);
    }
    for (mut flow, advice) in [
        (scenario.unauthorized().into(), BEGUN),
        (requesting(), REQUESTING),
        (pending(), PENDING),
        (exchanging(), EXCHANGING),
        (granted(), GRANTED_ALREADY),
    ] {
        refuses(flow.discard_verifier(), "discard_verifier", advice);
    }
    for (mut flow, advice) in [(pending(), PENDING), (granted(), GRANTED_ALREADY)] {
        let before = state(&flow);
        refuses(flow.advance().await, "advance", advice);
        assert_eq!(state(&flow), before);
    }
}

/// A step that a program has awaited itself is no flow any more, and nothing makes one of it.
#[tokio::test]
async fn a_step_that_ended_elsewhere_is_left_alone() {
    let scenario = Scenario::photos();
    scenario.script.answer(reply(200, ISSUED));
    let mut step = scenario.unauthorized().request_token();
    drop((&mut step).await.unwrap());
    let mut flow = AnyFlow::Requesting(step);
    flow.cancel();
    refuses(flow.authorize(VERIFIER), "authorize", REQUESTING);
    refuses(flow.discard_verifier(), "discard_verifier", REQUESTING);
    assert_eq!(state(&flow), "Requesting");
}
