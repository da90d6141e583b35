//! What a request can be told beside its query and its body, and a request that the program sends itself.

use std::time::Duration;

use http::{HeaderName, HeaderValue, Method, Response, StatusCode, header};
use tripod::{ErrorKind, PendingResponse, Stage};

use crate::support::Kind;
use crate::{naive, support::*};

const PHOTOS: &str = "https://photos.example.net/photos";
const LATER: &str = "Thu, 01 Jan 2026 02:00:00 GMT";

fn expected<'a>(method: &'a str, nonce: &'a str) -> Expected<'a> {
    let token = Some((ACCESS_TOKEN, ACCESS_SECRET));
    Expected { method, base_uri: PHOTOS, token, nonce, ..Expected::default() }
}

/// A refusal with the provider's time.
fn refusal(word: &str) -> Response<bytes::Bytes> {
    let mut refusal = reply(401, format!("oauth_problem={word}"));
    refusal.headers_mut().insert(header::DATE, HeaderValue::from_static(LATER));
    refusal
}

#[tokio::test]
async fn a_clone_is_sent_with_a_signature_of_its_own() {
    let scenario = Scenario::photos();
    let request = scenario.to_granted().post(PHOTOS).body("text/plain", "a b");
    for nonce in ["nonce1", "nonce2"] {
        scenario.script.answer(reply(200, ""));
        request.clone().send().await.unwrap();
        let sent = scenario.script.only();
        expected("POST", nonce).in_header(&sent);
        assert_eq!(sent.body(), "a b");
    }
    // A mistake is cloned too, with the text of its source.
    let mistaken = scenario.to_granted().get(PHOTOS).query("text");
    let [clone, original] =
        [mistaken.clone(), mistaken].map(|request| request.build().unwrap_err());
    assert_eq!((clone.kind(), clone.stage()), (original.kind(), original.stage()));
    let source = |error| std::error::Error::source(error).map(ToString::to_string);
    assert!(source(&clone).is_some());
    assert_eq!(source(&clone), source(&original));
}

/// Each pair as it is, the odd ones too, in its order; and what is sent is what is signed.
#[test]
fn pairs_that_serde_writes_are_sent_encoded_once() {
    #[derive(serde::Serialize)]
    struct Meal<'a> {
        name: &'a str,
        #[serde(rename = "a&b=%26+c")]
        odd: &'a str,
        units: u32,
        none: Option<u32>,
        empty: &'a str,
    }

    let meal =
        Meal { name: "M\u{fc}sli 100% + ~*", odd: "=&;%20", units: 2, none: None, empty: "" };
    let text =
        "name=M%C3%BCsli%20100%25%20%2B%20~%2A&a%26b%3D%2526%2Bc=%3D%26%3B%2520&units=2&empty=";
    let own =
        [("name", "M\u{fc}sli 100% + ~*"), ("a&b=%26+c", "=&;%20"), ("units", "2"), ("empty", "")];
    let (sent, _) = Scenario::photos().to_granted().get(PHOTOS).query(&meal).build().unwrap();
    assert_eq!(sent.uri().query(), Some(text));
    Expected { own: &own, ..expected("GET", "nonce1") }.in_header(&sent);
    let (sent, _) = Scenario::photos().to_granted().post(PHOTOS).form(&meal).build().unwrap();
    assert_eq!(sent.body(), text);
    Expected { own: &own, ..expected("POST", "nonce1") }.in_header(&sent);

    let repeated = [("a", "2"), ("a", "1"), ("", "")];
    let (sent, _) = Scenario::photos().to_granted().get(PHOTOS).query(&repeated).build().unwrap();
    assert_eq!(sent.uri().query(), Some("a=2&a=1&="));
    Expected { own: &repeated, ..expected("GET", "nonce1") }.in_header(&sent);
}

#[tokio::test]
async fn a_request_has_limits_of_its_own() {
    let mut scenario = Scenario::photos();
    scenario.client = scenario.client.with_timeout(Duration::from_secs(3)).with_reply_limit(10);
    let session = scenario.to_granted();
    let body = "0123456789a";
    for _ in 0..2 {
        scenario.script.answer(reply(200, body));
    }
    let request = session.get(PHOTOS).timeout(Duration::from_secs(7)).reply_limit(11);
    assert_eq!(request.clone().send().await.unwrap().text().unwrap(), body);
    let error = request.reply_limit(4).send().await.unwrap_err();
    assert_eq!(*error.kind(), Kind::too_large(4));
    let limits: Vec<_> =
        scenario.script.limits().iter().map(|l| (l.time.as_secs(), l.reply_bytes)).collect();
    assert_eq!(limits, [(7, 11), (7, 4)]);
}

#[tokio::test]
async fn a_header_is_given_as_text_or_as_what_it_is() {
    let scenario = Scenario::photos();
    let session = scenario.to_granted();
    scenario.script.answer(reply(200, ""));
    let request = session
        .get(PHOTOS)
        .header("x-text", "1")
        .header("x-owned".to_owned(), String::from("2"))
        .header(HeaderName::from_static("x-typed"), HeaderValue::from_static("3"))
        .accept_json();
    request.send().await.unwrap();
    let sent = scenario.script.only();
    for (name, value) in
        [("x-text", "1"), ("x-owned", "2"), ("x-typed", "3"), ("accept", "application/json")]
    {
        assert_eq!(sent.headers()[name], value);
    }
    let reason = "a header's name or value has a character that it cannot have";
    for (name, value) in
        [("x y", "tab=3"), ("", "tab=3"), ("x", "tab=3\r\nx: y"), ("x", "tab=3\u{7f}")]
    {
        let error = session.get(PHOTOS).header(name, value).send().await.unwrap_err();
        assert_eq!(*error.kind(), Kind::invalid_setting(reason), "{name:?} {value:?}");
        assert_eq!(error.stage(), Stage::Resource);
        assert!(std::error::Error::source(&error).is_some());
        quiet(&error);
    }
}

#[tokio::test]
async fn each_verb_begins_a_request_of_its_method() {
    let scenario = Scenario::photos();
    let (session, signed) = (scenario.to_granted(), scenario.client.signed());
    let (of_user, of_nobody) = (session.at(PHOTOS).unwrap(), signed.at(PHOTOS).unwrap());
    for (requests, method) in [
        (
            [session.get(PHOTOS), signed.get(PHOTOS), of_user.get(""), of_nobody.get("")],
            Method::GET,
        ),
        (
            [session.head(PHOTOS), signed.head(PHOTOS), of_user.head(""), of_nobody.head("")],
            Method::HEAD,
        ),
        (
            [session.post(PHOTOS), signed.post(PHOTOS), of_user.post(""), of_nobody.post("")],
            Method::POST,
        ),
        (
            [session.put(PHOTOS), signed.put(PHOTOS), of_user.put(""), of_nobody.put("")],
            Method::PUT,
        ),
        (
            [session.patch(PHOTOS), signed.patch(PHOTOS), of_user.patch(""), of_nobody.patch("")],
            Method::PATCH,
        ),
        (
            [
                session.delete(PHOTOS),
                signed.delete(PHOTOS),
                of_user.delete(""),
                of_nobody.delete(""),
            ],
            Method::DELETE,
        ),
    ] {
        for request in requests {
            let (request, _) = request.build().unwrap();
            assert_eq!((request.method(), request.uri().to_string().as_str()), (&method, PHOTOS));
        }
    }
}

#[tokio::test]
async fn a_text_is_taken_out_of_a_reply() {
    let scenario = Scenario::photos();
    let session = scenario.to_granted();
    scenario.script.answer(reply(200, "é")).answer(reply(200, vec![b'a', 0xff]));
    assert_eq!(session.get(PHOTOS).send().await.unwrap().into_text().unwrap(), "é");
    let error = session.get(PHOTOS).send().await.unwrap().into_text().unwrap_err();
    assert_eq!(*error.kind(), Kind::malformed("it is not UTF-8"));
    assert_eq!((error.endpoint(), error.status()), (Some(PHOTOS), Some(StatusCode::OK)));
}

#[tokio::test]
async fn a_path_is_joined_to_a_url_and_signed_as_it_is_sent() {
    let scenario = Scenario::photos();
    for (nonce, base) in
        [("nonce1", "https://photos.example.net/v2"), ("nonce2", "https://photos.example.net/v2/")]
    {
        let api = scenario.to_granted().at(base).unwrap();
        silent(&format!("{api:?}"));
        scenario.script.answer(reply(200, ""));
        api.get("user/a%2Fb?x=1&y=%20").query_pair("z", "2").send().await.unwrap();
        let sent = scenario.script.only();
        let url = "https://photos.example.net/v2/user/a%2Fb";
        assert_eq!(sent.uri().to_string(), format!("{url}?x=1&y=%20&z=2"));
        let own: &[_] = &[("x", "1"), ("y", " "), ("z", "2")];
        Expected { base_uri: url, own, ..expected("GET", nonce) }.in_header(&sent);
    }

    let api = scenario.to_granted().at("https://photos.example.net/v2?k=1").unwrap();
    let (request, _) = api.delete("a?b=2").build().unwrap();
    assert_eq!(request.uri().to_string(), "https://photos.example.net/v2/a?k=1&b=2");
    for path in ["//evil.example/", "https://evil.example/", "../oauth", "a/%2e%2e/b"] {
        let error = api.get(path).build().unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidUrl { .. }), "{path}: {error:?}");
        assert_eq!(error.stage(), Stage::Resource);
    }
    let error = api.get("a b").build().unwrap_err();
    assert!(error.to_string().ends_with("; it has a \" \", which is written \"%20\""), "{error}");
}

#[test]
fn a_program_that_sends_the_request_itself_learns_from_the_reply() {
    let scenario = Scenario::photos();
    let session = scenario.to_granted();
    let (first, pending): (_, PendingResponse) = session.get(PHOTOS).build().unwrap();
    expected("GET", "nonce1").in_header(&first);
    assert_eq!(format!("{pending:?}"), format!("PendingResponse {{ url: {PHOTOS}, .. }}"));

    let error = pending.receive(refusal("timestamp_refused")).error_for_status().unwrap_err();
    assert!(error.is_retryable());
    let kind = Kind::timestamp_refused(StatusCode::UNAUTHORIZED);
    let text = "resource: the provider refused the timestamp (HTTP 401); check this machine's clock \
                [https://photos.example.net/photos]; the request was not sent a second time; sign \
                and send it again, and it has the provider's time and a new nonce; the reply began: \
                \"oauth_problem=timestamp_refused\"";
    failed_with(&error, Stage::Resource, &kind, text);
    let (second, pending) = session.get(PHOTOS).build().unwrap();
    Expected { timestamp: NOW + 7200, ..expected("GET", "nonce2") }.in_header(&second);

    // Any owned body will do, and what has no refusal is an answer.
    let response = pending.receive(Response::new(String::from("{}"))).error_for_status().unwrap();
    assert_eq!(response.text().unwrap(), "{}");

    // Other refusals teach nothing and are not worth another try.
    let (_, pending) = session.get(PHOTOS).build().unwrap();
    let response =
        pending.receive(Response::builder().status(403).body("oauth_problem=x").unwrap());
    let error = response.error_for_status().unwrap_err();
    assert_eq!((error.problem(), error.is_retryable()), (Some("x"), false));
    let (_, pending) = session.get(PHOTOS).build().unwrap();
    let error = pending.receive(refusal("nonce_used")).error_for_status().unwrap_err();
    assert_eq!((error.problem(), error.is_retryable()), (Some("nonce_used"), true));
}

#[test]
fn an_explanation_masks_secrets_under_any_name() {
    let scenario = Scenario::photos();
    let session = scenario.to_granted();
    for secret in [ACCESS_TOKEN, ACCESS_SECRET, SECRET] {
        let request = session.post(format!("{PHOTOS}?note={}", naive::encode(secret)));
        let explained = request
            .query_pair("title", secret)
            .query_pair("longer", format!("a {secret} b"))
            .form_pair(secret, "x")
            .explain()
            .unwrap();
        silent(&format!("{explained} {explained:?}"));
        let mask = format!("masked-{}-characters", secret.chars().count());
        let pairs = explained.pairs();
        let value = |name: &str| &pairs.iter().find(|(n, _)| n == name).unwrap().1;
        assert_eq!([value("note"), value("title")], [&mask, &mask]);
        assert!(pairs.iter().any(|(name, _)| *name == mask), "{explained}");
        assert_eq!(value("oauth_timestamp"), &NOW.to_string());

        let encoded = naive::encode(secret);
        for (path, more) in [(encoded.clone(), 0), (format!("{encoded}.json"), ".json".len())] {
            let url = format!("https://photos.example.net/1/tokens/{path}/x");
            let explained = session.get(url).explain().unwrap();
            silent(&format!("{explained} {explained:?}"));
            let length = secret.chars().count() + more;
            let url = format!("https://photos.example.net/1/tokens/masked-{length}-characters/x");
            let beginning = format!("GET&{}&oauth_", naive::encode(&url));
            assert!(explained.base_string().unwrap().starts_with(&beginning), "{explained}");
        }
    }
}
