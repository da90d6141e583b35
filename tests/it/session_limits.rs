//! `Session`: what it does not sign or send, and how much it takes.

use std::time::Duration;

use http::{HeaderValue, Request, StatusCode, header};
use tripod::{
    ErrorKind, Provider, RequestError, ResourceRequest, Session, Stage, Transmission,
    transport::Limits,
};

use super::session::{API, PHOTOS, expected, refused};
use crate::support::Kind;
use crate::support::*;

#[track_caller]
fn refuses_strangers(session: &Session) {
    for url in [
        "https://evil.example/photos",
        "http://photos.example.net/photos",
        "https://photos.example.net:8443/photos",
        "https://photos.example.net.evil.example/",
        "https://evil.example/?https://photos.example.net/",
        "https://photos.example.net@evil.example/",
    ] {
        // Twice: the first time must not make it known.
        session.get(url).build().unwrap_err();
        let error = session.get(url).build().unwrap_err();
        let stranger = matches!(error.kind(), ErrorKind::Request(RequestError::ForeignOrigin))
            || url.contains('@') && matches!(error.kind(), ErrorKind::InvalidUrl { .. });
        assert!(stranger, "{url}: {error}");
        let mut request = Request::get(url).body("").unwrap();
        session.sign(&mut request).unwrap_err();
        assert!(request.headers().is_empty(), "{url}");
    }
}

// checklist 29
#[test]
fn nothing_is_signed_for_a_stranger() {
    refuses_strangers(&Scenario::photos().to_granted());
    let session = Scenario::photos().to_granted();
    let text = "resource: the URL is not at one of the provider's origins, so the request was not signed; \
                its origin is https://evil.example, and the provider has https://photos.example.net; \
                if you trust this origin, add it with `Provider::with_resource_origin`";
    let error = session.get("https://evil.example/photos").build().unwrap_err();
    failed_with(
        &error,
        Stage::Resource,
        &Kind::from(ErrorKind::Request(RequestError::ForeignOrigin)),
        text,
    );

    let error = session.get("http://Photos.example.net/photos").build().unwrap_err();
    let text = "resource: the URL is not at one of the provider's origins, so the request was not signed; \
                its origin is http://photos.example.net: write https://photos.example.net";
    assert_eq!(error.to_string(), text);

    let trusting = Scenario::at(photos().with_resource_origin("https://api.example:8443").unwrap());
    assert!(trusting.to_granted().get("https://API.example:8443/x").build().is_ok());
    assert!(trusting.to_granted().get("https://api.example/x").build().is_err());
}

#[test]
fn a_prepared_resource_makes_the_requests_that_its_url_makes() {
    let changes: [fn(ResourceRequest) -> ResourceRequest; 4] = [
        |request| request,
        |request| request.query_pair("a b", "1 & 2"),
        |request| request.form_pair("c", "d e").query_pair("c", ""),
        |request| request.header(header::HOST, HeaderValue::from_static("h.example")),
    ];
    for transmission in [Transmission::Header, Transmission::Query, Transmission::FormOrQuery] {
        for url in [API.to_owned(), format!("{API}?"), format!("{API}?format=json&x=%7e&&z#part")] {
            for change in changes {
                let built = |prepare: bool| {
                    // Each session has the same time and the same nonce.
                    let provider = Provider::fatsecret();
                    let signing = provider.signing().clone().with_transmission(transmission);
                    let provider = provider.with_signing(signing);
                    let session = Scenario::at(provider).to_granted();
                    let request = if prepare {
                        let prepared = session.at(&url).unwrap();
                        silent(&format!("{prepared:?}"));
                        prepared.clone().post("")
                    } else {
                        session.post(&url)
                    };
                    change(request).build().unwrap().0.into_parts()
                };
                let ((plain, plain_body), (ready, ready_body)) = (built(false), built(true));
                assert_eq!((&plain.method, &plain.uri), (&ready.method, &ready.uri));
                assert_eq!(plain.headers, ready.headers, "{url}");
                assert_eq!(plain_body, ready_body);
            }
        }
    }
}

#[test]
fn only_a_url_of_the_providers_is_prepared() {
    let session = Scenario::photos().to_granted();
    for (url, reason) in [
        ("https://evil.example/photos", None),
        ("http://photos.example.net/photos", None),
        ("https://me@photos.example.net/photos", Some("user name")),
        ("/photos", Some("absolute")),
        ("https://photos.example.net/a b", Some("percent-encode")),
    ] {
        let error = session.at(url).unwrap_err();
        assert_eq!(error.stage(), Stage::Resource);
        match (error.kind(), reason) {
            (ErrorKind::Request(RequestError::ForeignOrigin), None) => {}
            (ErrorKind::InvalidUrl { reason, .. }, Some(part)) => {
                assert!(reason.contains(part), "{reason}");
            }
            (other, _) => panic!("{url}: {other:?}"),
        }
    }
    // Names of OAuth's own are refused as they are without preparing.
    let prepared = session.at(format!("{PHOTOS}?oauth_token=x")).unwrap();
    let error = prepared.get("").build().unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Request(RequestError::ReservedParameter { .. })));
}

// checklist 29
#[test]
fn a_url_with_a_user_name_is_refused() {
    let session = Scenario::photos().to_granted();
    let reason = "it has a user name or a password, which the signature does not cover";
    for url in [
        "https://user@photos.example.net/photos",
        "https://user:tab=3@photos.example.net/photos?a=1",
        "https://@photos.example.net/photos",
    ] {
        for _ in 0..2 {
            refused(session.get(url), &Kind::invalid_url(reason));
        }
        let mut request = Request::get(url).body("").unwrap();
        let error = session.sign(&mut request).unwrap_err();
        assert_eq!(*error.kind(), Kind::invalid_url(reason));
        assert!(request.headers().is_empty());
        quiet(&error);
    }
    assert!(session.get("https://photos.example.net/@user?a=b@c").build().is_ok());
}

// checklist 19, 22, 48
#[test]
fn names_of_oauths_own_are_refused_wherever_they_stand() {
    let session = Scenario::photos().to_granted();
    let kind = Kind::reserved("oauth_nonce");
    let pair = [("oauth_nonce", "x")];
    refused(session.get(PHOTOS).query(&pair), &kind);
    refused(session.post(PHOTOS).form(&pair), &kind);
    refused(session.get(format!("{PHOTOS}?a=1&oauth%5Fnonce=x")), &kind);
    let form = "application/x-www-form-urlencoded";
    refused(session.post(PHOTOS).body(form, "%6Fauth_nonce=x"), &kind);
    let custom = Kind::reserved("oauth_x");
    refused(session.get(PHOTOS).query(&[("oauth_x", "")]), &custom);
    let long = format!("oauth_{}", "x".repeat(100_000));
    match session.get(PHOTOS).query(&[(long, "")]).build().unwrap_err().kind() {
        ErrorKind::Request(RequestError::ReservedParameter { name, .. }) => {
            assert_eq!(name.len(), 64);
        }
        other => panic!("{other:?}"),
    }
    let other = [("OAuth_nonce", "x"), ("OAUTH_TOKEN", "y"), ("oauth", "z")];
    let (request, _) = session.get(PHOTOS).query(&other).build().unwrap();
    let (sent, _) = Scenario::photos().to_granted().get(PHOTOS).query(&other).build().unwrap();
    assert_eq!(request.uri(), sent.uri());
    expected("GET", &other).in_header(&sent);
}

// checklist 60
#[test]
fn what_cannot_be_sent_or_signed_is_an_error() {
    let session = Scenario::photos().to_granted();
    refused(
        session.get(format!("{PHOTOS}?q=%FF")),
        &Kind::from(ErrorKind::Request(RequestError::ParameterNotUtf8)),
    );
    let form = "application/x-www-form-urlencoded";
    refused(
        session.post(PHOTOS).body(form, &b"q=\xff"[..]),
        &Kind::from(ErrorKind::Request(RequestError::ParameterNotUtf8)),
    );
    refused(
        session.post(PHOTOS).body(form, "q=%FF"),
        &Kind::from(ErrorKind::Request(RequestError::ParameterNotUtf8)),
    );
    refused(
        session.get(PHOTOS).query(&[("a", &[1, 2])]),
        &Kind::from(ErrorKind::Request(RequestError::NotSerializable)),
    );
    refused(
        session.get(PHOTOS).query("text"),
        &Kind::from(ErrorKind::Request(RequestError::NotSerializable)),
    );
    for url in ["/photos", "", "photos.example.net/photos", "https://photos.example.net/a b"] {
        let error = session.get(url).build().unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidUrl { .. }), "{error}");
        assert_eq!(error.stage(), Stage::Resource);
    }
    // The first mistake is the one that is told.
    let request =
        session.get(PHOTOS).query("text").body("a\nb", "").transmission(Transmission::Form);
    refused(request, &Kind::from(ErrorKind::Request(RequestError::NotSerializable)));
}

#[tokio::test]
async fn the_limits_are_the_clients_and_token_calls_keep_their_size() {
    let mut scenario = Scenario::photos();
    scenario.client = scenario.client.with_timeout(Duration::from_secs(3)).with_reply_limit(1000);
    scenario.script.answer(reply(200, "x"));
    scenario.to_granted().get(PHOTOS).send().await.unwrap();
    scenario.script.answer(reply(200, GRANTED));
    drop(scenario.to_authorized().exchange().await.unwrap());
    let limits: Vec<_> =
        scenario.script.limits().iter().map(|l| (l.time.as_secs(), l.reply_bytes)).collect();
    assert_eq!(limits, [(3, 1000), (3, 65_536)]);

    let scenario = Scenario::photos();
    scenario.script.answer(reply(200, "x"));
    scenario.to_granted().get(PHOTOS).send().await.unwrap();
    assert_eq!(scenario.script.limits(), [Limits::RESOURCE]);
    let in_numbers = |limits: Limits| (limits.time.as_secs(), limits.reply_bytes);
    assert_eq!(in_numbers(Limits::RESOURCE), (30, 16_777_216));
    assert_eq!(in_numbers(Limits::TOKEN), (30, 65_536));
}

#[tokio::test]
async fn a_transport_that_does_not_keep_to_the_limit_is_noticed() {
    let mut scenario = Scenario::photos();
    scenario.client = scenario.client.with_reply_limit(10);
    let session = scenario.to_granted();
    scenario.script.answer(reply(200, "0123456789")).answer(reply(206, "0123456789a"));
    session.get(PHOTOS).send().await.unwrap();
    let error = session.get(PHOTOS).send().await.unwrap_err();
    let text = "resource: the reply is larger than 10 bytes and was not read further \
                [https://photos.example.net/photos]";
    failed_with(&error, Stage::Resource, &Kind::too_large(10), text);
    assert_eq!(error.status(), Some(StatusCode::PARTIAL_CONTENT));
}
