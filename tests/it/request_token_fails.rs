//! `Flow<Unauthorized>`: each way to fail, and the flow comes back.

use std::{future::Future, pin::pin, task::Context, time::Duration};

use http::{StatusCode, header};
use tripod::{
    Approval, Dialect, Error, ErrorKind, Failed, PendingFlow, ReplyError, RequestError,
    SigningError, Stage, Unauthorized, transport::TransportError,
};

use crate::{request_token::issued, support::*};

/// Gets an answer that fails the step, and then a good one.
async fn fails(scenario: &Scenario, answer: impl Into<Answer>, kind: Kind, text: &str) {
    scenario.script.answer(answer);
    let failed: Failed<Unauthorized> =
        scenario.unauthorized().request_token().await.expect_err(text);
    let endpoint = failed.error().endpoint().unwrap().to_owned();
    // What happened comes first; advice and what the provider said come after the place.
    let at = ["; check the consumer key", "; the reply began"]
        .iter()
        .filter_map(|part| text.find(part))
        .min();
    let (what, said) = text.split_at(at.unwrap_or(text.len()));
    let text = format!("request token: {what} [{endpoint}]{said}");
    failed_with(failed.error(), Stage::RequestToken, &kind, &text);
    quiet(&failed);
    assert_eq!(failed.to_string(), "no request token was issued");
    assert_eq!(failed.error().to_string(), text);
    assert_eq!(std::error::Error::source(&failed).unwrap().to_string(), text);
    assert_eq!(scenario.script.sent().len(), 1);
    scenario.script.answer(reply(200, ISSUED));
    issued(&failed.into_flow().request_token().await.unwrap());
    assert_eq!(scenario.script.sent().len(), 1);
}

#[tokio::test]
async fn a_failure_of_the_network_gives_the_flow_back() {
    let photos = Scenario::photos();
    let fails = async |answer: Answer, kind, text: &str| fails(&photos, answer, kind, text).await;
    let secret_source = || std::io::Error::other("the line is dead");

    for (answer, kind, text) in [
        (
            TransportError::connect(secret_source()),
            Kind::from(ErrorKind::Connect),
            "no connection to the provider; check the network and try again",
        ),
        (
            TransportError::timeout(),
            Kind::from(ErrorKind::Timeout),
            "no reply within the time limit; try again",
        ),
        (
            TransportError::interrupted(secret_source()),
            Kind::from(ErrorKind::Interrupted),
            "the connection broke before the reply was complete; try again",
        ),
        (
            TransportError::too_large(65_536),
            Kind::too_large(65_536),
            "the reply is larger than 65536 bytes and was not read further",
        ),
        (
            TransportError::url_changed(),
            Kind::from(ErrorKind::Request(RequestError::UrlChanged)),
            "the HTTP client would rewrite this URL, which would invalidate the signature; write it the way the client sends it",
        ),
    ] {
        fails(answer.into(), kind, text).await;
    }

    // A transport that did not keep to the limit.
    fails(
        reply(200, vec![b'a'; 65_537]).into(),
        Kind::too_large(65_536),
        "the reply is larger than 65536 bytes and was not read further",
    )
    .await;
}

// checklist 8, 61, 62
#[tokio::test]
async fn a_refusal_gives_the_flow_back() {
    let photos = Scenario::photos();
    let fails = async |answer: Answer, kind, text: &str| fails(&photos, answer, kind, text).await;
    let rejected = |status: u16, problem: Option<&str>| {
        Kind::rejected(StatusCode::from_u16(status).unwrap(), problem)
    };
    fails(
        reply(400, "Missing required parameter: oauth_nonce\r\n").into(),
        rejected(400, None),
        "the provider refused with HTTP 400; \
         the reply began: \"Missing required parameter: oauth_nonce\"",
    )
    .await;
    let mut challenged = reply(401, "");
    challenged.headers_mut().append(header::WWW_AUTHENTICATE, "Basic realm=\"x\"".parse().unwrap());
    let problem = "OAuth realm=\"y\", oauth_problem=\"consumer_key_unknown\"";
    challenged.headers_mut().append(header::WWW_AUTHENTICATE, problem.parse().unwrap());
    fails(
        challenged.into(),
        rejected(401, Some("consumer_key_unknown")),
        "the provider refused with HTTP 401 and the problem \"consumer_key_unknown\"; \
         check the consumer key, and that it is one for this provider and these URLs",
    )
    .await;
    fails(reply(500, "").into(), rejected(500, None), "the provider refused with HTTP 500").await;
    let created = ISSUED.replace("request", "another");
    let text = "the provider refused with HTTP 201; the reply began: \
         \"oauth_token=***&oauth_token_secret=***&oauth_callback_confirmed=true\"";
    fails(reply(201, created).into(), rejected(201, None), text).await;
    for status in [301, 302, 303, 307, 308] {
        let text = format!(
            "the provider answered with a redirect (HTTP {status}), which is not followed; \
             check the endpoint"
        );
        let status = StatusCode::from_u16(status).unwrap();
        let kind = Kind::redirected(status);
        fails(reply(status.as_u16(), ISSUED).into(), kind, &text).await;
    }
}

// checklist 8, 9, 10
#[tokio::test]
async fn a_reply_that_cannot_be_used_gives_the_flow_back() {
    let photos = Scenario::photos();
    let fails = async |answer: Answer, kind, text: &str| fails(&photos, answer, kind, text).await;
    let html = "it is HTML or XML and not form-encoded text";
    for (body, reason, said) in [
        (&b""[..], "it is empty", ""),
        (b"\r\n", "it is empty", ""),
        (b"<!doctype html>", html, ""),
        (b"<p>Not approved.</p>", html, "; the reply began: \"Not approved.\""),
        (
            b"{\"oauth_token\":\"a\"}",
            "it is JSON and not form-encoded text",
            "; the reply began: \"{\\\"oauth_token\\\":\\\"***\\\"}\"",
        ),
        (b"\xff\xfe", "it is not UTF-8", "; the reply began: \"\u{fffd}\u{fffd}\""),
        (
            b"oauth_token=%FF&oauth_token_secret=a",
            "a field is not UTF-8 once percent-decoded",
            "; the reply began: \"oauth_token=***&oauth_token_secret=***\"",
        ),
    ] {
        let text = format!("the reply cannot be read: {reason}{said}");
        let answer = reply(200, body.to_vec());
        fails(answer.into(), Kind::malformed(reason), &text).await;
    }
    for (body, name) in [
        ("oauth_token=a", "oauth_token_secret"),
        ("oauth_token_secret=a&oauth_callback_confirmed=true", "oauth_token"),
        ("oauth_token=&oauth_token_secret=a&oauth_callback_confirmed=true", "oauth_token"),
        ("just words", "oauth_token"),
    ] {
        let said = body.replace("=a", "=***");
        let text = format!("the reply has no {name}; the reply began: \"{said}\"");
        fails(reply(200, body).into(), Kind::missing(name), &text).await;
    }
    for name in ["oauth_token", "oauth_token_secret", "oauth_callback_confirmed"] {
        let shown = if name == "oauth_callback_confirmed" { "true" } else { "***" };
        let text = format!(
            "the reply has {name} more than once; the reply began: \"oauth_token=***&\
             oauth_token_secret=***&oauth_callback_confirmed=true&{name}={shown}\""
        );
        let answer = reply(200, format!("{ISSUED}&{name}=true"));
        fails(answer.into(), Kind::repeated(name), &text).await;
    }
    for field in ["", "&oauth_callback_confirmed=", "&oauth_callback_confirmed=false"] {
        fails(
            reply(200, ISSUED.replace("&oauth_callback_confirmed=true", field)).into(),
            Kind::from(ErrorKind::Reply(ReplyError::CallbackNotConfirmed)),
            "the provider did not confirm the callback (oauth_callback_confirmed=true), \
             so the flow could be hijacked; check that it speaks OAuth 1.0a",
        )
        .await;
    }
}

#[test]
fn the_status_of_a_reply_that_cannot_be_used_is_told() {
    let scenario =
        Scenario::at(photos().with_dialect(Dialect::new().tolerate_any_success_status()));
    let large = "x".repeat(65_537);
    for body in ["", "<html>", "{}", "oauth_token=a", GRANTED, large.as_str()] {
        for status in [StatusCode::OK, StatusCode::CREATED] {
            let reply = reply(status.as_u16(), body.to_owned());
            let failed = scenario.unauthorized().build().unwrap().1.receive(&reply).unwrap_err();
            assert_eq!(failed.error().status(), Some(status), "{failed}");
            if body != GRANTED {
                let failed =
                    scenario.to_authorized().build().unwrap().1.receive(&reply).unwrap_err();
                assert_eq!(failed.error().status(), Some(status), "{failed}");
            }
        }
    }
}

// checklist 8, 10
#[tokio::test]
async fn a_provider_may_be_marked_as_odd_in_two_ways_only() {
    let scenario = Scenario::at(
        photos()
            .with_approval(Approval::new().tolerate_missing_confirmation())
            .with_dialect(Dialect::new().tolerate_any_success_status()),
    );
    for body in [ISSUED, &ISSUED.replace("&oauth_callback_confirmed=true", "")] {
        issued(
            &scenario
                .unauthorized()
                .build()
                .unwrap()
                .1
                .receive(&reply(201, body.to_owned()))
                .unwrap(),
        );
    }
    let denied = ISSUED.replace("=true", "=false");
    let failed =
        scenario.unauthorized().build().unwrap().1.receive(&reply(200, denied)).unwrap_err();
    assert_eq!(*failed.error().kind(), ErrorKind::Reply(ReplyError::CallbackNotConfirmed));
    let failed =
        scenario.unauthorized().build().unwrap().1.receive(&reply(302, ISSUED)).unwrap_err();
    assert_eq!(*failed.error().kind(), Kind::redirected(StatusCode::FOUND));
}

#[tokio::test]
async fn the_request_itself_can_be_impossible() {
    let scenario = Scenario::fatsecret();
    scenario.hands.set(0);
    let failed = scenario.unauthorized().request_token().await.unwrap_err();
    let text = "request token: the clock is at or before 1970, where no timestamp is valid; \
                set this machine's clock";
    failed_with(
        failed.error(),
        Stage::RequestToken,
        &Kind::from(ErrorKind::Signing(SigningError::ClockBeforeEpoch)),
        text,
    );
    assert!(scenario.script.sent().is_empty(), "nothing is sent");
    let failed = failed.into_flow().build().unwrap_err();
    assert_eq!(failed.error().stage(), Stage::RequestToken);
    let flow = failed.into_flow();
    scenario.hands.set(NOW);
    scenario.script.answer(reply(200, ISSUED));
    issued(&flow.request_token().await.unwrap());
}

#[tokio::test]
async fn a_step_that_is_given_up_gives_the_flow_back() {
    let scenario = Scenario::fatsecret();
    let mut step = scenario.unauthorized().request_token();
    assert!(scenario.script.sent().is_empty(), "nothing happens before the first poll");
    scenario.script.answer(Answer::Never);
    let mut context = Context::from_waker(std::task::Waker::noop());
    assert!(pin!(&mut step).poll(&mut context).is_pending());
    assert_eq!(scenario.script.sent().len(), 1);
    silent(&format!("{step:?}"));
    let flow = step.into_flow().unwrap();
    scenario.script.answer(reply(200, ISSUED));
    issued(&flow.request_token().await.unwrap());
}

#[tokio::test]
async fn a_step_can_be_waited_for_again_after_a_select_and_a_timeout() {
    let scenario = Scenario::fatsecret();
    let (send, receive) = tokio::sync::oneshot::channel::<()>();
    scenario.script.answer(Answer::Never);
    let mut step = scenario.unauthorized().request_token();
    send.send(()).unwrap();
    tokio::select! {
        biased;
        _ = &mut step => panic!("the script never answers"),
        _ = receive => {}
    }
    let elapsed = tokio::time::timeout(Duration::from_millis(1), &mut step).await;
    assert!(elapsed.is_err());
    assert_eq!(scenario.script.sent().len(), 1, "the call went on, it did not begin anew");
    assert!(step.into_flow().is_some());
}

#[tokio::test]
async fn a_step_that_has_ended_has_no_flow() {
    let scenario = Scenario::fatsecret();
    scenario.script.answer(reply(200, ISSUED));
    let mut step = scenario.unauthorized().request_token();
    issued(&(&mut step).await.unwrap());
    assert_eq!(format!("{step:?}"), "Step { flow: None, .. }");
    assert!(step.into_flow().is_none());
}

#[tokio::test]
#[should_panic(expected = "polled again after it had completed")]
async fn a_step_that_is_polled_after_its_end_panics() {
    let scenario = Scenario::fatsecret();
    scenario.script.answer(reply(200, ISSUED));
    let mut step = scenario.unauthorized().request_token();
    issued(&(&mut step).await.unwrap());
    let _ = (&mut step).await;
}

#[test]
fn a_failed_step_becomes_its_error_with_a_question_mark() {
    fn step(scenario: &Scenario) -> Result<PendingFlow, Error> {
        Ok(scenario.unauthorized().build().unwrap().1.receive(&reply(500, ""))?)
    }
    let error = step(&Scenario::fatsecret()).unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::INTERNAL_SERVER_ERROR));
}
