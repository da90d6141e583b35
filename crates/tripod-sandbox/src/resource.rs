//! What a persona's resources answer: what was asked and by whom, in a few shapes of their owners'.

use axum::{body::Body, response::Response};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use http::StatusCode;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::{
    check::Verified, config::Config, naive::Pair, received::Received, refusal::json_reply,
    route::Gives, wire::reply,
};

/// Answers a request whose signature, or whose key, holds. `secret` is its consumer's, and `user` is whose token it
/// came with.
pub(crate) fn answer(
    config: &Config,
    received: &Received,
    verified: &Verified,
    secret: &str,
    gives: Gives,
    user: Option<&str>,
    now: i64,
) -> Response {
    match gives {
        Gives::Echo => {
            let pairs = |pairs: &[Pair]| {
                pairs.iter().map(|(name, value)| json!([name, value])).collect::<Vec<Value>>()
            };
            let answer = json!({
                "persona": config.dialect.name,
                "user": user,
                "verb": received.verb.as_str(),
                "path": received.path,
                "query": pairs(&received.query),
                "form": pairs(&received.form),
                "body_length": received.body.len(),
            });
            json_reply(StatusCode::OK, &answer)
        }
        Gives::Identity => {
            let name = user.unwrap_or_default();
            let answer = json!({
                "id": 1,
                "username": name,
                "resource_url": format!("https://api.discogs.com/users/{name}"),
                "consumer_name": config.application,
            });
            json_reply(StatusCode::OK, &answer)
        }
        Gives::SignedIdentity => {
            let nonce = verified.nonce.as_deref();
            let token = statement(config, &verified.consumer, secret, user, nonce, now);
            reply(StatusCode::OK, "text/plain; charset=utf-8", Body::from(token))
        }
        Gives::TokenInfo => {
            let answer = json!({
                "companyId": config.names.realm,
                "companyName": "Example",
                "roleId": 3,
                "userId": user,
            });
            json_reply(StatusCode::OK, &answer)
        }
        Gives::Upload => reply(
            StatusCode::OK,
            "text/xml; charset=utf-8",
            Body::from(
                "<?xml version=\"1.0\" encoding=\"utf-8\" ?>\n<rsp stat=\"ok\">\n<photoid>1</photoid>\n</rsp>\n",
            ),
        ),
    }
}

/// A JSON web token (RFC 7519) that is signed with the consumer secret.
fn statement(
    config: &Config,
    consumer: &str,
    secret: &str,
    user: Option<&str>,
    nonce: Option<&str>,
    now: i64,
) -> String {
    let names = &config.names;
    let claims = json!({
        "iss": format!("{}://{}", names.scheme, names.host),
        "sub": 1,
        "aud": consumer,
        "exp": now.saturating_add(100),
        "iat": now,
        "nonce": nonce,
        "username": user,
        "editcount": 0,
        "confirmed_email": true,
        "blocked": false,
        "registered": "20260101000000",
        "groups": ["*", "user"],
        "rights": ["read"],
        "grants": ["basic"],
    });
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", encode(&json!({"typ": "JWT", "alg": "HS256"})), encode(&claims));
    let signature = <Hmac<Sha256> as KeyInit>::new_from_slice(secret.as_bytes()).map_or_else(
        |_| String::new(),
        |mut mac| {
            mac.update(signed.as_bytes());
            URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
        },
    );
    format!("{signed}.{signature}")
}
