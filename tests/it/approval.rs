//! `Flow<RequestTokenIssued>`: where the user is sent, and what they bring back.

use std::time::Duration;

use tripod::{CallbackError, ErrorKind, Failed, RequestTokenIssued, Stage};

use crate::support::*;

const BACK: &str = "https://app.example/back?tab=3&oauth_token=request%2Ftoken%2B1";

/// The callback fails the step; the flow that comes back takes the right one.
#[track_caller]
fn refuses(callback: &str, kind: &Kind, text: &str) {
    let scenario = Scenario::fatsecret();
    let failed: Failed<RequestTokenIssued> =
        scenario.to_issued().receive_callback(callback).expect_err(callback);
    failed_with(failed.error(), Stage::Approval, kind, &format!("approval: {text}"));
    quiet(&failed);
    let flow = failed.into_flow();
    let right = format!("{BACK}&oauth_verifier=verifier%2F77");
    let authorized = flow.receive_callback(&right).unwrap();
    drop(authorized.build().unwrap().1.receive(&reply(200, GRANTED)).unwrap());
    assert!(scenario.script.sent().is_empty(), "no I/O");
}

// checklist 12
#[test]
fn the_user_is_sent_to_the_authorization_page_with_the_token() {
    let issued = Scenario::fatsecret().to_issued();
    assert_eq!(
        issued.authorization_url(),
        "https://authentication.fatsecret.com/oauth/authorize?oauth_token=request%2Ftoken%2B1"
    );
    silent(&format!("{issued:?}"));
}

// checklist 13, 16
#[tokio::test]
async fn a_callback_brings_the_verifier_to_the_exchange() {
    for callback in [
        format!("{BACK}&oauth_verifier=verifier%2F77"),
        format!("{BACK}&oauth_verifier=verifier%2F77#top"),
        "/back?oauth_verifier=verifier/77&oauth_token=request/token%2B1".to_owned(),
        "oauth_token=request%2Ftoken%2B1&oauth_verifier=verifier%2F77".to_owned(),
    ] {
        let scenario = Scenario::fatsecret();
        scenario.script.answer(reply(200, GRANTED));
        let authorized = scenario.to_issued().receive_callback(&callback).unwrap();
        silent(&format!("{authorized:?}"));
        drop(authorized.exchange().await.unwrap());
        let query = scenario.script.only().uri().query().unwrap().to_owned();
        assert!(query.contains("&oauth_verifier=verifier%2F77&"), "{query}");
    }
}

// checklist 14
#[test]
fn other_token_gives_the_flow_back() {
    for callback in [
        "https://app.example/back?oauth_token=other&oauth_verifier=verifier%2F77".to_owned(),
        "https://app.example/back?oauth_verifier=verifier%2F77".to_owned(),
        format!("{BACK}&oauth_token=request%2Ftoken%2B1&oauth_verifier=v"),
    ] {
        let text = "the callback is for another request token; was another tab used?";
        refuses(&callback, &Kind::from(ErrorKind::Callback(CallbackError::TokenMismatch)), text);
    }
}

// checklist 15
#[test]
fn a_refusal_is_an_error_of_its_own_and_gives_the_flow_back() {
    for callback in ["https://app.example/back?tab=3", "", BACK] {
        let kind = Kind::denied(None);
        refuses(callback, &kind, "access was denied: the callback has no verifier");
    }
    for (callback, word) in [
        (format!("{BACK}&oauth_problem=user_refused"), "user_refused"),
        ("/back?error=access_denied".to_owned(), "access_denied"),
        ("https://app.example/back?denied=request%2Ftoken%2B1".to_owned(), "denied"),
    ] {
        let kind = Kind::denied(Some(word));
        let text = format!("the user or the provider denied access ({word:?})");
        refuses(&callback, &kind, &text);
    }
    // A word that may be a token is not repeated.
    let callback = format!("{BACK}&oauth_problem=request%2Ftoken%2B1");
    let failed = Scenario::fatsecret().to_issued().receive_callback(&callback).unwrap_err();
    assert_eq!(*failed.error().kind(), Kind::denied(None));
    assert!(failed.error().is_denied() && !failed.error().is_retryable());
}

// checklist 16
#[test]
fn an_unreadable_or_empty_verifier_gives_the_flow_back() {
    let empty =
        "the verifier is empty; the provider granted nothing with this callback; begin again";
    refuses(
        &format!("{BACK}&oauth_verifier="),
        &Kind::from(ErrorKind::Callback(CallbackError::MissingVerifier)),
        empty,
    );
    for (callback, reason) in [
        (format!("{BACK}&oauth_verifier=a&oauth_verifier=b"), "it has more than one verifier"),
        (format!("{BACK}&oauth_verifier=%FF"), "a parameter is not UTF-8 once percent-decoded"),
        (format!("{BACK}&oauth_verifier={}", "v".repeat(65_536)), "it is longer than 64 KiB"),
    ] {
        let text = format!("the callback cannot be read: {reason}");
        refuses(&callback, &Kind::unreadable(reason), &text);
    }
    for typed in ["", " \t\r\n"] {
        let failed = Scenario::fatsecret().to_issued().authorize(typed).unwrap_err();
        failed_with(
            failed.error(),
            Stage::Approval,
            &Kind::from(ErrorKind::Callback(CallbackError::MissingVerifier)),
            "approval: the verifier is empty; copy the code that the provider shows after approval",
        );
        assert!(failed.into_flow().authorize("1234567").is_ok());
    }
}

#[tokio::test]
async fn white_space_around_a_typed_code_is_dropped() {
    let scenario = Scenario::fatsecret();
    scenario.script.answer(reply(200, GRANTED));
    let authorized = scenario.to_issued().authorize(" 12 34567\r\n").unwrap();
    drop(authorized.exchange().await.unwrap());
    let query = scenario.script.only().uri().query().unwrap().to_owned();
    assert!(query.contains("&oauth_verifier=12%2034567&"), "{query}");
}

#[test]
fn a_request_token_ages_on_the_monotonic_clock_and_expires() {
    let scenario = Scenario::fatsecret();
    let issued = scenario.to_issued();
    // Somebody sets the time of day: no age.
    scenario.hands.set(NOW + 86_400);
    assert!(!issued.is_expired() && issued.age() == Duration::ZERO);
    scenario.hands.pass(Duration::from_secs(899));
    assert!(!issued.is_expired());
    scenario.hands.pass(Duration::from_secs(1));
    assert!(issued.is_expired());
    assert_eq!(issued.age(), Duration::from_secs(900));

    let text = "approval: the request token is older than the provider allows; begin again";
    let failed = issued.authorize(VERIFIER).unwrap_err();
    failed_with(failed.error(), Stage::Approval, &Kind::from(ErrorKind::RequestTokenExpired), text);
    let callback = format!("{BACK}&oauth_verifier=verifier%2F77");
    let failed = failed.into_flow().receive_callback(&callback).unwrap_err();
    failed_with(failed.error(), Stage::Approval, &Kind::from(ErrorKind::RequestTokenExpired), text);
    // A refusal is a refusal, however old.
    let failed = failed.into_flow().receive_callback(BACK).unwrap_err();
    assert!(failed.error().is_denied());

    // A provider that has not said how long they live.
    let scenario = Scenario::photos();
    let issued = scenario.to_issued();
    scenario.hands.pass(Duration::from_secs(1_000_000));
    assert!(!issued.is_expired());
    assert!(issued.authorize(VERIFIER).is_ok());
}

/// What a state's missing method is: a method of that name in the crate would be found first.
struct No;

trait Missing {
    fn request_token(&self) -> No {
        No
    }
    fn authorize(&self) -> No {
        No
    }
    fn receive_callback(&self) -> No {
        No
    }
    fn exchange(&self) -> No {
        No
    }
    fn get(&self) -> No {
        No
    }
    fn sign(&self) -> No {
        No
    }
}

impl<S> Missing for tripod::Flow<S> {}

// checklist 11, 16
#[test]
fn a_step_out_of_order_is_no_method_of_the_state() {
    let scenario = Scenario::fatsecret();
    let unauthorized = scenario.unauthorized();
    let No = unauthorized.authorize();
    let No = unauthorized.receive_callback();
    let No = unauthorized.exchange();
    let No = unauthorized.get();
    let No = unauthorized.sign();
    let issued = scenario.to_issued();
    let No = issued.request_token();
    let No = issued.exchange();
    let No = issued.get();
    let No = issued.sign();
    let authorized = scenario.to_authorized();
    let No = authorized.request_token();
    let No = authorized.authorize();
    let No = authorized.receive_callback();
    let No = authorized.get();
    let No = authorized.sign();
    let granted = scenario.to_granted();
    let No = granted.request_token();
    let No = granted.authorize();
    let No = granted.receive_callback();
    let No = granted.exchange();
}
