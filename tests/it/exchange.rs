//! `Flow<Authorized>`: the request token for an access token.

use std::{future::Future, pin::pin, task::Context};

use http::{Method, StatusCode, header};
use secrecy::ExposeSecret;
use tripod::{
    Authorized, Callback, ErrorClass, ErrorKind, Failed, Meaning, Provider, ReplyError,
    RequestError, Session, SigningError, Stage, Transmission, transport::TransportError,
};

use crate::support::*;

const URL: &str = "https://photos.example.net/token";
const FATSECRET: &str = "https://authentication.fatsecret.com/oauth/access_token";

fn expected<'a>(method: &'a str, base_uri: &'a str) -> Expected<'a> {
    Expected {
        method,
        base_uri,
        token: Some((REQUEST_TOKEN, REQUEST_SECRET)),
        protocol: &[("oauth_verifier", VERIFIER)],
        ..Expected::default()
    }
}

#[track_caller]
fn granted(session: &Session) {
    let token = session.access_token();
    assert_eq!(token.token(), ACCESS_TOKEN);
    assert_eq!(token.secret().expose_secret(), ACCESS_SECRET);
    assert_eq!(token.extra("user_id"), Some("7"));
    assert_eq!(token.extra_names().collect::<Vec<_>>(), ["user_id"]);
    silent(&format!("{session:?} {token:?}"));
}

// checklist 16
#[tokio::test]
async fn fatsecret_is_asked_by_get_with_the_query() {
    let scenario = Scenario::fatsecret();
    scenario.script.answer(reply(200, GRANTED));
    granted(&scenario.to_authorized().exchange().await.unwrap());
    let sent = scenario.script.only();
    assert_eq!(sent.method(), Method::GET);
    let query = expected("GET", FATSECRET).form();
    assert_eq!(sent.uri().to_string(), format!("{FATSECRET}?{query}"));
    assert_eq!(sent.headers().len(), 1);
    assert_eq!(sent.headers()[header::CACHE_CONTROL], "no-store");
}

#[test]
fn an_explanation_is_of_the_request_that_would_be_sent() {
    let flow = Scenario::photos().to_authorized();
    let explained = flow.explain_exchange().unwrap();
    explains(&explained, &expected("POST", URL));
    let names: Vec<_> = explained.pairs().iter().map(|(name, _)| name.as_str()).collect();
    assert!(names.contains(&"oauth_verifier") && names.contains(&"oauth_token"), "{names:?}");
    // The flow is as it was.
    assert!(flow.build().is_ok());

    let scenario = Scenario::photos();
    let flow = scenario.to_authorized();
    scenario.hands.set(0);
    let error = flow.explain_exchange().unwrap_err();
    assert_eq!(
        (error.stage(), error.kind()),
        (Stage::AccessToken, &ErrorKind::Signing(SigningError::ClockBeforeEpoch))
    );
}

// checklist 5, 16, 48
#[tokio::test]
async fn the_parameters_are_in_one_place_whichever_it_is() {
    for (method, transmission) in [
        (Method::POST, Transmission::Header),
        (Method::GET, Transmission::Header),
        (Method::GET, Transmission::Query),
        (Method::POST, Transmission::Query),
        (Method::POST, Transmission::Form),
    ] {
        let provider = photos().with_access_token_call(method.clone(), transmission).unwrap();
        let scenario = Scenario::at(provider);
        scenario.script.answer(reply(200, GRANTED));
        granted(&scenario.to_authorized().exchange().await.unwrap());
        let sent = scenario.script.only();
        let expected = expected(method.as_str(), URL);
        assert_eq!(sent.method(), method);
        let authorization = sent.headers().get(header::AUTHORIZATION);
        match transmission {
            Transmission::Header => {
                expected.in_header(&sent);
                assert_eq!(sent.uri().to_string(), URL);
                assert!(sent.body().is_empty());
            }
            Transmission::Query => {
                assert_eq!(sent.uri().to_string(), format!("{URL}?{}", expected.form()));
                assert!(authorization.is_none() && sent.body().is_empty());
            }
            _ => {
                assert_eq!(*sent.body(), expected.form());
                assert_eq!(sent.uri().to_string(), URL);
                assert!(authorization.is_none());
            }
        }
    }
    let refused = Provider::fatsecret().with_access_token_call(Method::GET, Transmission::Form);
    assert_eq!(*refused.unwrap_err().kind(), ErrorKind::Request(RequestError::FormBodyNeeded));
}

#[test]
fn a_reply_to_the_request_token_call_is_no_grant() {
    let granted_if = |body: String| {
        let (_, awaiting) = Scenario::photos().to_authorized().build().unwrap();
        awaiting.receive(&reply(200, body))
    };
    // MediaWiki confirms the callback in both replies, so that the field tells nothing.
    for more in ["&oauth_callback_confirmed=true", "&oauth_callback_confirmed=TRUE&a=b", ""] {
        let first = ISSUED.replace("&oauth_callback_confirmed=true", "");
        let failed = granted_if(format!("{first}{more}")).unwrap_err();
        assert_eq!(failed.error().stage(), Stage::AccessToken);
        match failed.error().kind() {
            ErrorKind::Reply(ReplyError::Malformed { reason, .. }) => {
                assert!(reason.contains("request token"), "{reason}");
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(failed.error().endpoint(), Some(URL));
        quiet(failed.error());
        // The flow is as it was, and the right reply is taken.
        let (_, awaiting) = failed.into_flow().build().unwrap();
        granted(&awaiting.receive(&reply(200, GRANTED)).unwrap());
    }
    // A provider may keep one of the two.
    for kept in ["oauth_token", "oauth_token_secret"] {
        let value = |body: &'static str, name: &str| {
            let pairs = body.split('&').filter_map(|pair| pair.split_once('='));
            pairs.filter(|(n, _)| *n == name).map(|(_, value)| value).next().unwrap()
        };
        let of = |name: &str| value(if name == kept { ISSUED } else { GRANTED }, name);
        let (token, secret) = (of("oauth_token"), of("oauth_token_secret"));
        assert!(granted_if(format!("oauth_token={token}&oauth_token_secret={secret}")).is_ok());
    }
}

#[test]
fn the_two_halves_do_the_step_without_io() {
    let scenario = Scenario::photos();
    let flow = scenario.to_authorized();
    let (request, awaiting) = flow.build().unwrap();
    expected("POST", URL).in_header(&request);
    let (request, awaiting) = awaiting.into_flow().build().unwrap();
    Expected { nonce: "nonce2", ..expected("POST", URL) }.in_header(&request);
    silent(&format!("{awaiting:?}"));
    let failed = awaiting.receive(&reply(401, "oauth_problem=token_rejected")).unwrap_err();
    assert_eq!(failed.error().problem(), Some("token_rejected"));
    granted(&failed.into_flow().build().unwrap().1.receive(&reply(200, GRANTED)).unwrap());
    assert!(scenario.script.sent().is_empty());
    let authorized = scenario.to_authorized();
    scenario.hands.set(-1);
    // The clock of a client never goes back, so one that is set before 1970 is an error instead.
    let error = authorized.build().unwrap_err().into_error();
    assert_eq!(
        (error.stage(), error.kind()),
        (Stage::AccessToken, &ErrorKind::Signing(SigningError::ClockBeforeEpoch))
    );
}

// checklist 8, 9, 17, 61
#[tokio::test]
async fn every_failure_says_what_it_is_and_gives_the_flow_back() {
    let rejected = |status: u16, problem: Option<&str>| {
        Kind::rejected(StatusCode::from_u16(status).unwrap(), problem)
    };
    let rows: Vec<(Answer, Kind, &str)> = vec![
        (
            TransportError::connect("nobody there").into(),
            Kind::from(ErrorKind::Connect),
            "no connection to the provider; check the network and try again [<>]",
        ),
        (
            TransportError::timeout().into(),
            Kind::from(ErrorKind::Timeout),
            "no reply within the time limit; try again [<>]",
        ),
        (
            TransportError::interrupted("cut").into(),
            Kind::from(ErrorKind::Interrupted),
            "the connection broke before the reply was complete; try again [<>]",
        ),
        (
            reply(500, "boom").into(),
            rejected(500, None),
            "the provider refused with HTTP 500 [<>]; the reply began: \"boom\"",
        ),
        (
            reply(302, GRANTED).into(),
            Kind::redirected(StatusCode::FOUND),
            "the provider answered with a redirect (HTTP 302), which is not followed; \
             check the endpoint [<>]",
        ),
        (
            reply(200, "<html>").into(),
            Kind::malformed("it is HTML or XML and not form-encoded text"),
            "the reply cannot be read: it is HTML or XML and not form-encoded text [<>]",
        ),
        (
            reply(200, "oauth_token=a").into(),
            Kind::missing("oauth_token_secret"),
            "the reply has no oauth_token_secret [<>]; the reply began: \"oauth_token=***\"",
        ),
        (
            reply(200, format!("{GRANTED}&oauth_token=b")).into(),
            Kind::repeated("oauth_token"),
            "the reply has oauth_token more than once [<>]; the reply began: \
             \"oauth_token=***&oauth_token_secret=***&user_id=***&oauth_token=***\"",
        ),
    ];
    for (answer, kind, text) in rows {
        let scenario = Scenario::photos();
        scenario.script.answer(answer);
        let failed: Failed<Authorized> = scenario.to_authorized().exchange().await.expect_err(text);
        let text = format!("access token: {}", text.replace("<>", URL));
        failed_with(failed.error(), Stage::AccessToken, &kind, &text);
        quiet(&failed);
        scenario.script.answer(reply(200, GRANTED));
        granted(&failed.into_flow().exchange().await.unwrap());
        let sent = scenario.script.sent();
        Expected { nonce: "nonce2", ..expected("POST", URL) }.in_header(&sent[1]);
        assert_eq!(sent.len(), 2);
    }
}

/// The provider's own base string is there to be compared, and gives nothing away.
#[tokio::test]
async fn a_refused_signature_comes_with_the_providers_base_string_and_advice() {
    let scenario = Scenario::photos();
    let leaky = format!(
        "oauth_problem=signature_invalid&debug_sbs=POST&https%3A%2F%2Fphotos.example.net%2Ftoken&{}",
        crate::naive::encode(&expected("POST", URL).form())
    );
    scenario.script.answer(reply(401, leaky));
    let failed = scenario.to_authorized().exchange().await.unwrap_err();
    quiet(&failed);
    let (error, flow) = failed.into_parts();
    assert_eq!(error.problem(), Some("signature_invalid"));
    let excerpt = error.excerpt().unwrap();
    let shown = "oauth_problem=signature_invalid&debug_sbs=POST&https://photos.example.net/token&oauth_consumer_key=***&";
    assert!(excerpt.starts_with(shown), "{excerpt}");
    let theirs = error.report().unwrap().base_string().unwrap();
    silent(theirs);
    let ours = flow.explain_exchange().unwrap();
    let (ours, _) = ours.base_string().unwrap().split_once("oauth_nonce").unwrap();
    assert!(theirs.starts_with(ours), "{theirs}");
    let masked = "oauth_verifier%3Dmasked-11-characters";
    assert!(theirs.contains(masked), "{theirs}");
    assert!(error.to_string().contains("`explain_exchange` shows what was signed"), "{error}");
}

#[tokio::test]
async fn a_step_that_is_given_up_gives_the_flow_back() {
    let scenario = Scenario::fatsecret();
    scenario.script.answer(Answer::Never);
    let mut step = scenario.to_authorized().exchange();
    let mut context = Context::from_waker(std::task::Waker::noop());
    assert!(pin!(&mut step).poll(&mut context).is_pending());
    silent(&format!("{step:?} {step:#?}"));
    let flow = step.into_flow().unwrap();
    scenario.script.answer(reply(200, GRANTED));
    granted(&flow.exchange().await.unwrap());
}

#[tokio::test]
async fn a_mistyped_code_can_be_typed_again() {
    let scenario = Scenario::fatsecret();
    scenario.script.answer(reply(400, "Invalid verifier: oauth_verifier"));
    let failed = scenario.to_issued().authorize("wrong").unwrap().exchange().await.unwrap_err();
    assert_eq!(failed.error().status(), Some(StatusCode::BAD_REQUEST));
    assert_eq!(failed.error().class(), ErrorClass::User);
    assert!(failed.error().to_string().contains("the usual cause is a mistyped code"), "{failed}");
    let issued = failed.into_flow().discard_verifier();
    scenario.script.answer(reply(200, GRANTED));
    granted(&issued.authorize(VERIFIER).unwrap().exchange().await.unwrap());
    let sent = scenario.script.sent();
    let second = Expected { nonce: "nonce2", ..expected("GET", FATSECRET) };
    assert_eq!(sent[1].uri().query().unwrap(), second.form());

    // Another call has no code that a user types.
    scenario.script.answer(reply(400, "Invalid verifier: code_verifier"));
    let url = "https://platform.fatsecret.com/rest/server.api";
    let refused = scenario.to_granted().get(url).send().await.unwrap();
    assert_eq!(refused.error_for_status().unwrap_err().class(), ErrorClass::Provider);
}

/// Few providers have a word for a mistyped code: FatSecret says it with status 400 and a sentence that nobody has recorded.
#[tokio::test]
async fn an_exchange_that_is_refused_may_be_tried_with_another_code() {
    for (status, body, meaning, may_be_mistyped) in [
        (400, "This PIN is not right.", None, true),
        (401, "", None, true),
        (403, "<html><body>Forbidden</body></html>", None, true),
        (400, "oauth_problem=verifier_invalid", Some(Meaning::Verifier), true),
        // Some call the request token invalid, or the signature.
        (401, "oauth_problem=token_rejected", Some(Meaning::DeadToken), true),
        // But none calls it used because of the code.
        (401, "oauth_problem=token_used", Some(Meaning::DeadToken), false),
        (401, "oauth_problem=token_expired", Some(Meaning::DeadToken), false),
        (401, "oauth_problem=Token-Revoked", Some(Meaning::DeadToken), false),
        (401, "Invalid signature", Some(Meaning::Signature), true),
        (401, "oauth_problem=user_refused", Some(Meaning::Denied), false),
        (401, "oauth_problem=consumer_key_unknown", Some(Meaning::Consumer), false),
        (500, "", None, false),
        (404, "", None, false),
    ] {
        let scenario = Scenario::fatsecret();
        scenario.script.answer(reply(status, body));
        let failed = scenario.to_authorized().exchange().await.unwrap_err();
        let error = failed.error();
        assert_eq!(error.meaning(), meaning, "{status} {body}");
        assert_eq!(error.may_be_wrong_verifier(), may_be_mistyped, "{status} {body}");
        let is_denied = meaning == Some(Meaning::Denied);
        assert_eq!((error.is_denied(), error.http_status_hint() == 200), (is_denied, is_denied));
    }
    // Before, the consumer may be at fault.
    let scenario = Scenario::fatsecret();
    scenario.script.answer(reply(400, "This PIN is not right."));
    let failed = scenario.client.begin(Callback::out_of_band()).request_token().await.unwrap_err();
    assert!(!failed.error().may_be_wrong_verifier());

    let failed = scenario.to_issued().authorize(" ").unwrap_err();
    assert!(failed.error().may_be_wrong_verifier());
    let failed = scenario.to_issued().receive_callback("/back").unwrap_err();
    let error = failed.error();
    assert_eq!((error.may_be_wrong_verifier(), error.meaning()), (false, Some(Meaning::Denied)));
}
