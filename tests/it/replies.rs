//! What a session's reply is, and what becomes an error when it is asked for.

use http::{StatusCode, header};
use tripod::{Client, Consumer, ErrorKind, ResourceResponse, Stage, transport::TransportError};

use super::session::PHOTOS;
use crate::support::Kind;
use crate::{naive, support::*};

async fn replied(answer: impl Into<Answer>) -> Result<ResourceResponse, tripod::Error> {
    let scenario = Scenario::photos();
    scenario.script.answer(answer);
    scenario.to_granted().get(format!("{PHOTOS}?tab=3")).send().await
}

// checklist 61
#[tokio::test]
async fn replies_are_given_as_they_are_and_made_errors_on_request() {
    let response = replied(reply(200, "{\"n\":1}")).await.unwrap().error_for_status().unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.text().unwrap(), "{\"n\":1}");
    assert_eq!(response.json::<serde_json::Value>().unwrap()["n"], 1);
    assert_eq!(format!("{response:?}"), "ResourceResponse { status: 200, bytes: 7, .. }");
    assert_eq!(response.into_http().into_body(), "{\"n\":1}");

    let response = replied(reply(404, "no \u{e9}")).await.unwrap();
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    let error = response.error_for_status().unwrap_err();
    let kind = Kind::rejected(StatusCode::NOT_FOUND, None);
    let text = "resource: the provider refused with HTTP 404 \
                [https://photos.example.net/photos]; the reply began: \"no é\"";
    failed_with(&error, Stage::Resource, &kind, text);

    let response = replied(reply(302, "")).await.unwrap();
    let kind = Kind::redirected(StatusCode::FOUND);
    assert_eq!(*response.error_for_status().unwrap_err().kind(), kind);

    let echoed = format!("saw {ACCESS_TOKEN} and {}", naive::encode(ACCESS_SECRET));
    let error = replied(reply(401, echoed)).await.unwrap().error_for_status().unwrap_err();
    assert_eq!(error.excerpt(), Some("saw *** and ***"));
    quiet(&error);

    let response = replied(reply(200, vec![0xff])).await.unwrap();
    let error = response.text().unwrap_err();
    assert_eq!(*error.kind(), Kind::malformed("it is not UTF-8"));
    assert_eq!(error.endpoint(), Some(PHOTOS));
    assert_eq!(error.status(), Some(StatusCode::OK));
    let error = response.json::<serde_json::Value>().unwrap_err();
    let reason = "it is not the JSON that was expected";
    assert_eq!(*error.kind(), Kind::malformed(reason));

    let error = replied(TransportError::timeout()).await.unwrap_err();
    let text = "resource: no reply within the time limit; try again \
                [https://photos.example.net/photos]";
    failed_with(&error, Stage::Resource, &Kind::from(ErrorKind::Timeout), text);
}

// checklist 61
#[tokio::test]
async fn fatsecrets_refusals_with_status_200_are_errors_on_request() {
    let url = "https://platform.fatsecret.com/rest/server.api";
    let json = r#"{"error":{"code":9,"message":"Invalid access token: access/token+1"}}"#;
    let text = r#"{ "error": {"code": "9", "message": ""} }"#;
    let xml = "<?xml version=\"1.0\"?><error xmlns=\"x\"><code>9</code><message/></error>";
    let spaces = format!("{}{json}", " ".repeat(70));
    let long = format!(r#"{{"error":{{"message":"{}","code":9}}}}"#, "m".repeat(17_000));
    let second = r#"{"first":[{"error":1}],"error":{"code":9}}"#;
    let escaped = r#"{"\u0065rror":{"code":9}}"#;
    let marked = format!("\u{feff}{xml}");
    for body in [json, text, xml, &marked, &spaces, &long, second, escaped] {
        let scenario = Scenario::fatsecret();
        scenario.script.answer(reply(200, body.to_owned()));
        let response = scenario.to_granted().get(url).send().await.unwrap();
        assert_eq!(response.text().unwrap(), body);
        let error = response.error_for_status().unwrap_err();
        let kind = Kind::rejected(StatusCode::OK, Some("9"));
        assert_eq!((Kind::from(error.kind()), error.endpoint()), (kind, Some(url)), "{body}");
        assert_eq!((error.problem(), error.is_retryable()), (Some("9"), false));
        quiet(&error);

        // Elsewhere the same reply is an answer.
        assert!(replied(reply(200, body.to_owned())).await.unwrap().error_for_status().is_ok());
    }
    for body in [r#"{"food":{"error":1}}"#, r#"{"foods":null}"#, "<food/>", ""] {
        let scenario = Scenario::fatsecret();
        scenario.script.answer(reply(200, body));
        let response = scenario.to_granted().get(url).send().await.unwrap();
        assert!(response.error_for_status().is_ok(), "{body}");
    }
}

// checklist 56
#[tokio::test]
async fn a_problem_that_is_a_secret_is_not_passed_on() {
    let (token, secret) = ("opensesame", "abracadabra");
    let scenario = Scenario::photos();
    let client =
        Client::from_transport(photos(), Consumer::new(KEY, "swordfish"), scenario.script.clone());
    let session = client.session(tripod::AccessToken::new(token, secret).unwrap());
    for (word, shown) in [
        ("swordfish", false),
        (token, false),
        (secret, false),
        ("bad_swordfish", false),
        ("token_rejected", true),
    ] {
        let mut refused = reply(401, "");
        let challenge = format!("OAuth oauth_problem=\"{word}\"");
        refused.headers_mut().insert(header::WWW_AUTHENTICATE, challenge.parse().unwrap());
        scenario.script.answer(refused).answer(reply(403, format!("oauth_problem={word}")));
        for _ in 0..2 {
            let response = session.get(PHOTOS).send().await.unwrap();
            let error = response.error_for_status().unwrap_err();
            assert_eq!(error.problem(), shown.then_some(word));
            assert_eq!(format!("{error} {error:?}").contains(word), shown, "{error}");
        }
    }
    let flow = client.begin(tripod::Callback::out_of_band());
    let failed =
        flow.build().unwrap().1.receive(&reply(401, "oauth_problem=swordfish")).unwrap_err();
    assert_eq!(failed.error().problem(), None);
    assert!(!format!("{failed} {failed:?}").contains("swordfish"), "{failed}");
}
