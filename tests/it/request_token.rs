//! `Flow<Unauthorized>`: each way to ask.

use std::time::Duration;

use http::{Method, StatusCode, header};
use tripod::{
    Callback, Endpoints, ErrorKind, PendingFlow, Provider, Signing, SigningError, Stage,
    Transmission, transport::Limits,
};

use crate::support::*;

const URL: &str = "https://photos.example.net/initiate";
const FATSECRET: &str = "https://authentication.fatsecret.com/oauth/request_token";

fn expected<'a>(method: &'a str, base_uri: &'a str) -> Expected<'a> {
    Expected { method, base_uri, protocol: &[("oauth_callback", CALLBACK)], ..Expected::default() }
}

#[track_caller]
pub(crate) fn issued(flow: &PendingFlow) {
    assert_eq!(flow.oauth_token(), REQUEST_TOKEN);
    assert_eq!(flow.age(), Duration::ZERO);
}

// checklist 3, 6
#[tokio::test]
async fn fatsecret_is_asked_by_get_with_the_query() {
    let scenario = Scenario::fatsecret();
    scenario.script.answer(reply(200, ISSUED));
    issued(&scenario.unauthorized().request_token().await.unwrap());
    let sent = scenario.script.only();
    assert_eq!(sent.method(), Method::GET);
    let query = expected("GET", FATSECRET).form();
    assert_eq!(sent.uri().to_string(), format!("{FATSECRET}?{query}"));
    assert!(!query.contains("oauth_token"));
    // RFC 5849 section 4.4: a URL with credentials is not to be kept.
    let headers: Vec<_> = sent.headers().iter().collect();
    assert_eq!(headers, [(&header::CACHE_CONTROL, &"no-store".parse().unwrap())]);
    assert!(sent.body().is_empty());
    let limits = scenario.script.limits();
    assert_eq!(limits, [Limits::TOKEN], "a small reply is all that a token call needs");
}

#[test]
fn an_explanation_is_of_the_request_that_would_be_sent() {
    let scenario = Scenario::fatsecret();
    let explained = scenario.unauthorized().explain_request_token().unwrap();
    explains(&explained, &expected("GET", FATSECRET));
    let callback = "oauth_callback=https%3A%2F%2Fapp.example%2Fback%3Fmasked-5-characters";
    assert!(explained.base_string().unwrap().contains(&crate::naive::encode(callback)));

    let provider =
        Provider::fatsecret().with_request_token_call(Method::POST, Transmission::Form).unwrap();
    let flow = Scenario::at(provider).unauthorized();
    explains(&flow.explain_request_token().unwrap(), &expected("POST", FATSECRET));
}

#[test]
fn what_cannot_be_signed_cannot_be_explained() {
    let scenario = Scenario::photos();
    scenario.hands.set(0);
    let error = scenario.unauthorized().explain_request_token().unwrap_err();
    assert_eq!(
        (error.stage(), error.kind()),
        (Stage::RequestToken, &ErrorKind::Signing(SigningError::ClockBeforeEpoch))
    );
}

// checklist 3, 53
#[tokio::test]
async fn fatsecret_can_be_asked_by_post_with_a_form() {
    let provider =
        Provider::fatsecret().with_request_token_call(Method::POST, Transmission::Form).unwrap();
    let scenario = Scenario::at(provider);
    scenario.script.answer(reply(200, ISSUED));
    issued(&scenario.unauthorized().request_token().await.unwrap());
    let sent = scenario.script.only();
    assert_eq!((sent.method(), sent.uri().to_string()), (&Method::POST, FATSECRET.to_owned()));
    assert_eq!(sent.headers()[header::CONTENT_TYPE], "application/x-www-form-urlencoded");
    assert_eq!(*sent.body(), expected("POST", FATSECRET).form());
    // The other token call is as before.
    scenario.script.answer(reply(200, GRANTED));
    drop(scenario.to_authorized().exchange().await.unwrap());
    assert_eq!(scenario.script.only().method(), Method::GET);
}

// checklist 3, 5, 6, 48, 49
#[tokio::test]
async fn the_parameters_are_in_one_place_whichever_it_is() {
    let default = Scenario::photos();
    default.script.answer(reply(200, ISSUED));
    issued(&default.unauthorized().request_token().await.unwrap());
    let sent = default.script.only();
    assert_eq!((sent.method(), sent.uri().to_string()), (&Method::POST, URL.to_owned()));
    expected("POST", URL).in_header(&sent);
    assert_eq!(sent.headers()[header::CONTENT_LENGTH], "0");
    assert!(sent.body().is_empty());

    for (method, transmission, place) in [
        (Method::GET, Transmission::Header, Transmission::Header),
        (Method::GET, Transmission::Query, Transmission::Query),
        (Method::GET, Transmission::FormOrQuery, Transmission::Query),
        (Method::POST, Transmission::Query, Transmission::Query),
        (Method::POST, Transmission::Form, Transmission::Form),
        (Method::POST, Transmission::FormOrQuery, Transmission::Form),
    ] {
        let provider = photos().with_request_token_call(method.clone(), transmission).unwrap();
        let scenario = Scenario::at(provider);
        scenario.script.answer(reply(200, ISSUED));
        issued(&scenario.unauthorized().request_token().await.unwrap());
        let sent = scenario.script.only();
        let expected = expected(method.as_str(), URL);
        assert_eq!(sent.method(), method);
        let authorization = sent.headers().get(header::AUTHORIZATION);
        match place {
            Transmission::Header => {
                expected.in_header(&sent);
                assert_eq!(sent.uri().to_string(), URL);
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
}

// checklist 1, 34
#[tokio::test]
async fn an_endpoints_own_query_is_kept_and_signed_and_a_realm_is_not() {
    let provider = Provider::new(Endpoints {
        request_token: "https://photos.example.net/initiate?lang=de+AT",
        authorize: "https://photos.example.net/authorize?lang=de",
        access_token: "https://photos.example.net/token",
    })
    .unwrap()
    .with_signing(Signing::default().with_realm("Photos \"1\"").unwrap().without_version());
    let scenario = Scenario::at(provider);
    scenario.script.answer(reply(200, ISSUED));
    let issued = scenario.unauthorized().request_token().await.unwrap();
    let sent = scenario.script.only();
    assert_eq!(sent.uri().to_string(), format!("{URL}?lang=de+AT"));
    let expected =
        Expected { own: &[("lang", "de AT")], version: false, ..expected("POST", URL) }.header();
    let parameters = expected.strip_prefix("OAuth ").unwrap();
    assert_eq!(
        sent.headers()[header::AUTHORIZATION].to_str().unwrap(),
        format!("OAuth realm=\"Photos \\\"1\\\"\", {parameters}")
    );
    assert_eq!(
        issued.authorization_url(),
        "https://photos.example.net/authorize?lang=de&oauth_token=request%2Ftoken%2B1"
    );
}

// checklist 4
#[tokio::test]
async fn out_of_band_is_the_word_oob() {
    let scenario = Scenario::fatsecret();
    scenario.script.answer(reply(200, ISSUED));
    let flow = scenario.client.begin(Callback::out_of_band());
    issued(&flow.request_token().await.unwrap());
    let protocol: &[_] = &[("oauth_callback", "oob")];
    let expected = Expected { protocol, ..expected("GET", FATSECRET) };
    assert_eq!(scenario.script.only().uri().query().unwrap(), expected.form());
}

// checklist 25
#[test]
fn the_two_halves_do_the_step_without_io() {
    let scenario = Scenario::fatsecret();
    let flow = scenario.unauthorized();
    let (first, awaiting) = flow.build().unwrap();
    assert_eq!(first.uri().query().unwrap(), expected("GET", FATSECRET).form());
    // A second one is another request: its nonce is new.
    let second = Expected { nonce: "nonce2", ..expected("GET", FATSECRET) };
    let (again, awaiting) = awaiting.into_flow().build().unwrap();
    assert_eq!(again.uri().query().unwrap(), second.form());
    silent(&format!("{awaiting:?}"));
    let failed = awaiting.receive(&reply(503, "")).unwrap_err();
    assert!(failed.error().is_retryable());
    assert_eq!(failed.error().status(), Some(StatusCode::SERVICE_UNAVAILABLE));
    issued(&failed.into_flow().build().unwrap().1.receive(&http::Response::new(ISSUED)).unwrap());
    assert!(scenario.script.sent().is_empty());
}

// checklist 2
#[tokio::test]
async fn tokens_of_any_size_and_characters_go_all_the_way() {
    let printable: String = (' '..='~').collect();
    let odd = format!("{printable}é→𝄞{}", "x".repeat(4096));
    let form = |first: &str, field: &str| {
        let (token, secret) =
            (crate::naive::encode(&odd), crate::naive::encode(&format!("{first}{odd}")));
        reply(200, format!("oauth_token={token}&oauth_token_secret={secret}&{field}"))
    };
    let scenario = Scenario::photos();
    scenario.script.answer(form("s", "oauth_callback_confirmed=true"));
    let issued = scenario.unauthorized().request_token().await.unwrap();
    scenario.script.sent();
    assert_eq!(issued.oauth_token(), odd);
    let token = crate::naive::encode(&odd);
    let back = format!("{CALLBACK}&oauth_token={token}&oauth_verifier={token}");
    scenario.script.answer(form("granted", "x=y"));
    let session = issued.receive_callback(&back).unwrap().exchange().await.unwrap();
    let secret = format!("s{odd}");
    Expected {
        method: "POST",
        base_uri: "https://photos.example.net/token",
        token: Some((&odd, &secret)),
        protocol: &[("oauth_verifier", &odd)],
        nonce: "nonce2",
        ..Expected::default()
    }
    .in_header(&scenario.script.only());
    let (request, _) = session.get("https://photos.example.net/photos").build().unwrap();
    Expected {
        base_uri: "https://photos.example.net/photos",
        token: Some((&odd, &format!("granted{odd}"))),
        nonce: "nonce3",
        ..Expected::default()
    }
    .in_header(&request);
}
