//! `Session`: each way to send a signed request, as it goes out.

use http::{HeaderValue, Method, Request, header};
use tripod::{
    Client, Consumer, Endpoints, ErrorKind, Provider, RequestError, ResourceRequest, SigningError,
    Stage, Transmission,
};

use crate::support::Kind;
use crate::{naive, support::*};

pub(crate) const PHOTOS: &str = "https://photos.example.net/photos";
pub(crate) const API: &str = "https://platform.fatsecret.com/rest/server.api";
pub(crate) const TOKEN: Option<(&str, &str)> = Some((ACCESS_TOKEN, ACCESS_SECRET));

pub(crate) fn expected<'a>(method: &'a str, own: &'a [(&'a str, &'a str)]) -> Expected<'a> {
    Expected { method, base_uri: PHOTOS, own, token: TOKEN, ..Expected::default() }
}

fn at_api<'a>(method: &'a str, own: &'a [(&'a str, &'a str)]) -> Expected<'a> {
    Expected { base_uri: API, ..expected(method, own) }
}

/// Sends it through the script, and gives what went out.
async fn sent(scenario: &Scenario, request: ResourceRequest) -> Request<bytes::Bytes> {
    silent(&format!("{request:?}"));
    scenario.script.answer(reply(200, "{}"));
    request.send().await.unwrap();
    scenario.script.only()
}

#[track_caller]
pub(crate) fn refused(request: ResourceRequest, kind: &Kind) {
    silent(&format!("{request:?}"));
    let error = request.build().unwrap_err();
    assert_eq!(error.kind(), kind);
    assert_eq!(error.stage(), Stage::Resource);
    quiet(&error);
}

// checklist 26, 32, 48, 54
#[tokio::test]
async fn a_get_with_the_query_keeps_the_url_and_adds_to_it() {
    let scenario = Scenario::fatsecret();
    let url = format!("{API}?x=%7e&y=a+b&&z");
    let request = scenario.to_granted().get(&url).query(&[("date", "1 & 2"), ("x", "")]);
    let sent = sent(&scenario, request).await;
    let own = [("x", "~"), ("y", "a b"), ("z", ""), ("date", "1 & 2"), ("x", "")];
    let oauth = at_api("GET", &own).form();
    assert_eq!(sent.uri().to_string(), format!("{url}&date=1%20%26%202&x=&{oauth}"));
    assert_eq!(sent.headers().len(), 1);
    assert_eq!(sent.headers()[header::CACHE_CONTROL], "no-store");
    assert!(sent.body().is_empty());
}

// checklist 54
#[tokio::test]
async fn the_oauth_parameters_come_after_the_requests_own() {
    let scenario = Scenario::fatsecret();
    let session = scenario.to_granted();
    for (url, begins, own) in [
        (format!("{API}?a=1"), format!("{API}?a=1&"), &[("a", "1")][..]),
        (format!("{API}?a=1&"), format!("{API}?a=1&"), &[("a", "1")]),
        (format!("{API}?"), format!("{API}?"), &[]),
        (API.to_owned(), format!("{API}?"), &[]),
        (format!("{API}#top"), format!("{API}?"), &[]),
        // A question mark is data once the query has begun.
        (format!("{API}?q=why?"), format!("{API}?q=why?&"), &[("q", "why?")]),
    ] {
        let number = scenario.script.limits().len() + 1;
        let nonce = format!("nonce{number}");
        let request = sent(&scenario, session.get(url)).await;
        let oauth = Expected { nonce: &nonce, ..at_api("GET", own) }.form();
        assert_eq!(request.uri().to_string(), begins + &oauth);
    }
}

// checklist 53, 54
#[tokio::test]
async fn a_form_carries_the_parameters_behind_its_own() {
    let scenario = Scenario::fatsecret();
    let session = scenario.to_granted();
    let form = [("a", "1"), ("note", "é & +"), ("a", "")];
    let request = session.post(format!("{API}?q=2")).form(&form);
    let request = sent(&scenario, request).await;
    let own = [("q", "2"), ("a", "1"), ("note", "é & +"), ("a", "")];
    let oauth = at_api("POST", &own).form();
    assert_eq!(*request.body(), format!("a=1&note=%C3%A9%20%26%20%2B&a=&{oauth}"));
    assert_eq!(request.uri().to_string(), format!("{API}?q=2"));
    assert_eq!(request.headers()[header::CONTENT_TYPE], "application/x-www-form-urlencoded");
    assert_eq!(request.headers().len(), 1);

    // Text of the caller's own is sent as it is, with its own content type.
    let kind = "Application/X-WWW-Form-URLencoded; charset=UTF-8";
    let request = sent(&scenario, session.post(API).body(kind, "q=why?")).await;
    let oauth = Expected { nonce: "nonce2", ..at_api("POST", &[("q", "why?")]) }.form();
    assert_eq!(*request.body(), format!("q=why?&{oauth}"));
    assert_eq!(request.headers()[header::CONTENT_TYPE], kind);

    // In it a question mark is data, also before a pair that is added.
    for (nonce, text, own) in [("nonce3", "q=why?", ("q", "why?")), ("nonce4", "/?", ("/?", ""))] {
        let request = sent(&scenario, session.post(API).body(kind, text).form_pair("a", "1")).await;
        let oauth = Expected { nonce, ..at_api("POST", &[own, ("a", "1")]) }.form();
        assert_eq!(*request.body(), format!("{text}&a=1&{oauth}"));
    }
}

#[tokio::test]
async fn an_empty_post_says_that_it_is_empty() {
    let scenario = Scenario::fatsecret();
    let session = scenario.to_granted();
    for (method, length) in [
        (Method::POST, Some("0")),
        (Method::PUT, Some("0")),
        (Method::PATCH, Some("0")),
        (Method::GET, None),
        (Method::DELETE, None),
    ] {
        let request = sent(&scenario, session.resource(method, API)).await;
        let found = request.headers().get(header::CONTENT_LENGTH);
        assert_eq!(found.map(|value| value.to_str().unwrap()), length);
        assert!(request.uri().query().unwrap().starts_with("oauth_consumer_key="));
    }
    let photos = Scenario::photos();
    let request = sent(&photos, photos.to_granted().post(PHOTOS)).await;
    assert_eq!(request.headers()[header::CONTENT_LENGTH], "0");
}

// checklist 35, 48, 49
#[tokio::test]
async fn the_header_is_the_default_and_a_form_is_signed_with_it() {
    let scenario = Scenario::photos();
    let session = scenario.to_granted();
    let request = session.put(format!("{PHOTOS}?size=2%2F3")).form(&[("title", "a b")]);
    let request = sent(&scenario, request).await;
    expected("PUT", &[("size", "2/3"), ("title", "a b")]).in_header(&request);
    assert_eq!(request.uri().to_string(), format!("{PHOTOS}?size=2%2F3"));
    assert_eq!(request.body(), "title=a%20b");
    assert!(!request.headers().contains_key(header::CACHE_CONTROL));
}

// checklist 35
#[tokio::test]
async fn bodies_that_are_no_form_are_sent_and_not_signed() {
    let scenario = Scenario::photos();
    let session = scenario.to_granted();
    let json = serde_json::json!({"title": "a b"});
    for (number, (request, kind, body)) in [
        (session.post(PHOTOS).json(&json), "application/json", "{\"title\":\"a b\"}"),
        (session.post(PHOTOS).body("text/plain", "title=x"), "text/plain", "title=x"),
        (
            session.post(PHOTOS).body("multipart/form-data; boundary=b", "title=x"),
            "multipart/form-data; boundary=b",
            "title=x",
        ),
        (
            session.post(PHOTOS).body("application/x-www-form-urlencoded-not", "title=x"),
            "application/x-www-form-urlencoded-not",
            "title=x",
        ),
        (
            session.post(PHOTOS).body("application/octet-stream", &b"\xff"[..]),
            "application/octet-stream",
            "",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let request = sent(&scenario, request).await;
        let nonce = format!("nonce{}", number + 1);
        Expected { nonce: &nonce, ..expected("POST", &[]) }.in_header(&request);
        assert_eq!(request.headers()[header::CONTENT_TYPE], kind);
        if body.is_empty() {
            assert_eq!(*request.body(), &b"\xff"[..]);
        } else {
            assert_eq!(request.body(), body);
        }
    }
    // A provider that wants the form has none to put the parameters into: the query takes them.
    let fatsecret = Scenario::fatsecret();
    let request = sent(&fatsecret, fatsecret.to_granted().post(API).json(&json)).await;
    assert_eq!(request.uri().query().unwrap(), at_api("POST", &[]).form());
    assert_eq!(request.body(), "{\"title\":\"a b\"}");
}

// checklist 5, 48, 53
#[tokio::test]
async fn one_request_can_travel_another_way() {
    let scenario = Scenario::photos();
    let session = scenario.to_granted();
    let request = session.post(PHOTOS).form(&[("a", "1")]).transmission(Transmission::Form);
    let request = sent(&scenario, request).await;
    assert_eq!(*request.body(), format!("a=1&{}", expected("POST", &[("a", "1")]).form()));
    assert!(!request.headers().contains_key(header::AUTHORIZATION));

    let request = session.post(PHOTOS).form(&[("a", "1")]).transmission(Transmission::Query);
    let request = sent(&scenario, request).await;
    let oauth = Expected { nonce: "nonce2", ..expected("POST", &[("a", "1")]) }.form();
    assert_eq!(request.uri().to_string(), format!("{PHOTOS}?{oauth}"));
    assert_eq!(request.body(), "a=1");

    for request in [session.get(PHOTOS), session.post(PHOTOS).json(&1)] {
        refused(
            request.transmission(Transmission::Form),
            &Kind::from(ErrorKind::Request(RequestError::FormBodyNeeded)),
        );
    }
}

// checklist 29
#[tokio::test]
async fn a_host_header_of_the_callers_is_what_is_signed() {
    let scenario = Scenario::photos();
    let host = HeaderValue::from_static("Inner.example:8443");
    let request = scenario.to_granted().get(PHOTOS).header(header::HOST, host.clone());
    let request = sent(&scenario, request).await;
    let base_uri = "https://inner.example:8443/photos";
    Expected { base_uri, ..expected("GET", &[]) }.in_header(&request);
    assert_eq!(request.headers()[header::HOST], host);
    assert_eq!(request.uri().to_string(), PHOTOS);
    // It is that of one request, and nothing of it is kept for the next.
    let session = scenario.to_granted();
    for (nonce, host) in [("nonce2", None), ("nonce3", Some(host))] {
        let request = session.get(PHOTOS);
        let (request, base_uri) = match host {
            None => (request, PHOTOS),
            Some(host) => (request.header(header::HOST, host), base_uri),
        };
        let request = sent(&scenario, request).await;
        Expected { base_uri, nonce, ..expected("GET", &[]) }.in_header(&request);
    }

    for host in ["", "a@b", "a b"] {
        let host = HeaderValue::from_static(host);
        let error = session.get(PHOTOS).header(header::HOST, host).build().unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidUrl { .. }), "{error}");
    }
}

// checklist 55
#[tokio::test]
async fn headers_are_sent_except_those_that_are_set_otherwise() {
    let scenario = Scenario::photos();
    let session = scenario.to_granted();
    let accept = HeaderValue::from_static("text/xml");
    let request = sent(&scenario, session.get(PHOTOS).header(header::ACCEPT, accept)).await;
    assert_eq!(request.headers()[header::ACCEPT], "text/xml");
    let reason = "the Authorization and Content-Type headers are set with the body";
    for name in [header::AUTHORIZATION, header::CONTENT_TYPE] {
        let value = HeaderValue::from_static("x");
        refused(session.get(PHOTOS).header(name, value), &Kind::invalid_setting(reason));
    }
    let reason = "the content type cannot stand in a header";
    refused(session.post(PHOTOS).body("a\r\nb", "x"), &Kind::invalid_setting(reason));
}

/// The values are those of the draft's appendix.
#[tokio::test]
async fn a_body_hash_is_sent_and_signed_when_it_is_asked_for() {
    let scenario = Scenario::photos();
    let session = scenario.to_granted();
    for (number, (request, hash)) in [
        (session.put(PHOTOS).body("text/plain", "Hello World!"), "Lve95gjOVATpfV8EL5X4nxwjKHE="),
        (session.put(PHOTOS), "2jmj7l5rSw0yVb/vlWAYkK/YBwk="),
    ]
    .into_iter()
    .enumerate()
    {
        let request = sent(&scenario, request.body_hash()).await;
        let nonce = format!("nonce{}", number + 1);
        let protocol: &[_] = &[("oauth_body_hash", hash)];
        Expected { nonce: &nonce, protocol, ..expected("PUT", &[]) }.in_header(&request);
    }
    // The extension forbids it beside a form, which is signed anyway.
    let request = sent(&scenario, session.put(PHOTOS).form(&[("a", "1")]).body_hash()).await;
    Expected { nonce: "nonce3", ..expected("PUT", &[("a", "1")]) }.in_header(&request);
}

#[test]
fn an_explanation_is_of_the_request_that_would_be_sent() {
    let scenario = Scenario::photos();
    let session = scenario.to_granted();
    let explained = session
        .put(format!("{PHOTOS}?a=1"))
        .body("text/plain", "Hello World!")
        .body_hash()
        .explain();
    let explained = explained.unwrap();
    let hash = "Lve95gjOVATpfV8EL5X4nxwjKHE=";
    let protocol: &[_] = &[("oauth_body_hash", hash)];
    let own: &[_] = &[("a", "1")];
    let header = Expected { protocol, ..expected("PUT", own) }.header();
    let (_, sent) = naive::read_header(&header);
    assert_eq!(explained.signature(), sent.last().unwrap().1);
    let base_string = explained.base_string().unwrap();
    assert!(
        base_string.contains(&naive::encode(&format!("oauth_body_hash={}", naive::encode(hash))))
    );
    assert!(base_string.starts_with("PUT&https%3A%2F%2Fphotos.example.net%2Fphotos&a%3D1%26"));
    silent(&format!("{explained} {explained:?}"));
    let error = session.get("/photos").explain().unwrap_err();
    assert_eq!(error.stage(), Stage::Resource);
}

#[tokio::test]
async fn an_explained_request_can_still_be_sent() {
    let scenario = Scenario::photos();
    let request = scenario.to_granted().get(PHOTOS).query(&[("a", "1")]);
    request.explain().unwrap();
    let request = sent(&scenario, request).await;
    Expected { nonce: "nonce2", ..expected("GET", &[("a", "1")]) }.in_header(&request);

    let request = scenario.to_granted().get(PHOTOS).query("text");
    let error = request.explain().unwrap_err();
    let original = request.build().unwrap_err();
    assert_eq!((error.kind(), error.stage()), (original.kind(), original.stage()));
    let source = |error| std::error::Error::source(error).map(ToString::to_string);
    assert_eq!(source(&error), source(&original));
    assert!(source(&error).is_some());

    // What is wrong with a URL is said to everybody who asks.
    let request = scenario.to_granted().get(format!("{PHOTOS}/a b"));
    let explained = request.explain().unwrap_err().to_string();
    assert!(explained.ends_with("it has a \" \", which is written \"%20\""), "{explained}");
    assert_eq!(request.clone().build().unwrap_err().to_string(), explained);
    assert_eq!(request.build().unwrap_err().to_string(), explained);
}

// checklist 6, 20, 21
#[tokio::test]
async fn a_stored_token_is_taken_up_and_no_token_is_another_type() {
    let scenario = Scenario::photos();
    let session =
        scenario.client.session(tripod::AccessToken::new(ACCESS_TOKEN, ACCESS_SECRET).unwrap());
    let request = sent(&scenario, session.get(PHOTOS)).await;
    expected("GET", &[]).in_header(&request);

    let signed = scenario.client.signed();
    let request = sent(&scenario, signed.get(PHOTOS).query(&[("a", "1")])).await;
    let without = Expected { token: None, nonce: "nonce2", ..expected("GET", &[("a", "1")]) };
    without.in_header(&request);
    assert!(!without.header().contains("oauth_token"));
    for (request, method, nonce) in [
        (signed.put(PHOTOS), "PUT", "nonce3"),
        (signed.delete(PHOTOS), "DELETE", "nonce4"),
        (signed.post(PHOTOS), "POST", "nonce5"),
        (signed.resource(Method::PATCH, PHOTOS), "PATCH", "nonce6"),
    ] {
        let request = sent(&scenario, request).await;
        assert_eq!(request.method(), method);
        Expected { token: None, nonce, ..expected(method, &[]) }.in_header(&request);
    }
    let mut request = Request::post(PHOTOS).body("").unwrap();
    signed.sign(&mut request).unwrap();
    Expected { token: None, nonce: "nonce7", ..expected("POST", &[]) }.in_header(&request);
    silent(&format!("{signed:?} {:?}", signed.client()));
}

// checklist 45
#[test]
fn plaintext_is_for_tls_only() {
    let plaintext = |origin: &str| {
        let provider = Provider::new(Endpoints {
            request_token: &format!("{origin}/initiate"),
            authorize: &format!("{origin}/authorize"),
            access_token: &format!("{origin}/token"),
        })
        .unwrap()
        .with_signing(tripod::Signing::new(tripod::SignatureMethod::Plaintext));
        Client::new(provider, Consumer::new(KEY, SECRET)).unwrap()
    };
    let client = plaintext("http://127.0.0.1:1");
    let flow = client.begin(tripod::Callback::out_of_band());
    let error = flow.build().unwrap_err().into_error();
    assert_eq!(*error.kind(), ErrorKind::Signing(SigningError::PlaintextWithoutTls));
    quiet(&error);
    let session = client.session(tripod::AccessToken::new(ACCESS_TOKEN, ACCESS_SECRET).unwrap());
    refused(
        session.get("http://127.0.0.1:1/x"),
        &Kind::from(ErrorKind::Signing(SigningError::PlaintextWithoutTls)),
    );
    let session = plaintext("https://photos.example.net")
        .session(tripod::AccessToken::new(ACCESS_TOKEN, ACCESS_SECRET).unwrap());
    let (request, _) = session.get(PHOTOS).build().unwrap();
    let header = request.headers()[header::AUTHORIZATION].to_str().unwrap();
    let (_, pairs) = naive::read_header(header);
    let key = format!("{}&{}", naive::encode(SECRET), naive::encode(ACCESS_SECRET));
    assert_eq!(pairs.last().unwrap().1, key);
}
