//! Whatever a provider answers and whatever comes back from the browser: no panic, no secret in the
//! error, and the flow comes back or goes on. RFC 5849 section 4 has the reasons.

use std::sync::LazyLock;

use http::{HeaderValue, Response, StatusCode, header};
use proptest::prelude::*;
use tripod::{Authorized, Callback, Client, Consumer, Endpoints, Flow, PendingFlow, Provider};

const TOKEN: &str = "canary-request-token-7d1f";
const TOKEN_SECRET: &str = "canary-token-secret-51aa";
const CONSUMER_SECRET: &str = "canary-consumer-secret-09";

/// One for all cases: making it reads the system's certificates.
static CLIENT: LazyLock<Client> = LazyLock::new(|| {
    Client::new(Provider::fatsecret(), Consumer::new("key", CONSUMER_SECRET)).unwrap()
});

fn pending() -> PendingFlow {
    let body = format!(
        "oauth_token={TOKEN}&oauth_token_secret={TOKEN_SECRET}&oauth_callback_confirmed=true"
    );
    CLIENT.begin(Callback::out_of_band()).build().unwrap().1.receive(&Response::new(body)).unwrap()
}

/// Bodies that are near to what is expected, and bodies that are far from it.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just("oauth_token=".to_owned()),
        Just("oauth_token_secret=".to_owned()),
        Just("oauth_callback_confirmed=true".to_owned()),
        Just("oauth_problem=timestamp_refused".to_owned()),
        Just(r#"{"error":{"code":6,"message":"Invalid/expired timestamp"}}"#.to_owned()),
        Just("<error><code>7</code></error>".to_owned()),
        Just("&".to_owned()),
        Just("%FF%".to_owned()),
        Just(TOKEN_SECRET.to_owned()),
        Just(format!("oauth_signature '{TOKEN}'")),
        ".{0,40}",
    ];
    prop_oneof![
        proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat().into_bytes()),
        proptest::collection::vec(any::<u8>(), 0..600),
    ]
}

fn reply() -> impl Strategy<Value = Response<Vec<u8>>> {
    (body(), 200_u16..600, proptest::collection::vec(any::<u8>(), 0..80)).prop_map(
        |(body, status, challenge)| {
            let mut reply = Response::new(body);
            *reply.status_mut() = StatusCode::from_u16(status).unwrap();
            if let Ok(value) = HeaderValue::from_bytes(&challenge) {
                reply.headers_mut().append(header::WWW_AUTHENTICATE, value);
            }
            reply
        },
    )
}

/// What the flow itself knows must not be shown, wherever the provider repeats it.
fn check_secrets(shown: &str, secrets: &[&str]) {
    for secret in secrets {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_reply_to_the_request_token_call(reply in reply()) {
        match CLIENT.begin(Callback::out_of_band()).build().unwrap().1.receive(&reply) {
            Ok(issued) => {
                prop_assert_eq!(reply.status(), StatusCode::OK);
                prop_assert!(!issued.oauth_token().is_empty());
            }
            Err(failed) => {
                check_secrets(&format!("{failed} {failed:?}"), &[CONSUMER_SECRET]);
                prop_assert!(failed.error().excerpt().is_none_or(|text| text.chars().count() <= 301));
                prop_assert!(failed.into_flow().build().is_ok());
            }
        }
    }

    #[test]
    fn any_reply_to_the_exchange(reply in reply()) {
        let authorized: Flow<Authorized> = pending().authorize("1234567").unwrap();
        match authorized.build().unwrap().1.receive(&reply) {
            Ok(_) => prop_assert_eq!(reply.status(), StatusCode::OK),
            Err(failed) => {
                let shown = format!("{failed} {failed:?}");
                check_secrets(&shown, &[CONSUMER_SECRET, TOKEN_SECRET, TOKEN]);
                prop_assert!(failed.into_flow().build().is_ok());
            }
        }
    }

    #[test]
    fn any_callback(callback in prop_oneof![
        ".{0,200}",
        r"(https?://[a-z.]{0,9})?/?[a-z]{0,4}\??((oauth_token|oauth_verifier|denied|error|x)(=[a-z0-9%+]{0,9})?&?){0,5}(#.{0,5})?",
    ]) {
        match pending().receive_callback(&callback) {
            Ok(_) => prop_assert!(callback.contains(TOKEN)),
            Err(failed) => {
                check_secrets(&format!("{failed} {failed:?}"), &[TOKEN, TOKEN_SECRET]);
                prop_assert!(failed.into_flow().authorization_url().contains(TOKEN));
            }
        }
    }

    #[test]
    fn any_url_and_any_pairs_of_the_callers(url in ".{0,120}", name in ".{0,40}", value in ".{0,40}") {
        let session = CLIENT.session(tripod::AccessToken::new(TOKEN, TOKEN_SECRET).unwrap());
        let good = "https://platform.fatsecret.com/rest/server.api";
        let built = session.get(good).query_pair(name.as_str(), value.as_str()).build();
        prop_assert_eq!(built.is_ok(), !name.starts_with("oauth_"));
        if let Err(error) = session.get(url.as_str()).build() {
            check_secrets(&format!("{error} {error:?}"), &[TOKEN, TOKEN_SECRET, CONSUMER_SECRET]);
        }
        let _ = Callback::url(&url);
        let _ = Provider::new(Endpoints { request_token: &url, authorize: &url, access_token: &url });
    }
}
