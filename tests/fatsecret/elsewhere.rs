//! The typed calls with the parameters in the header, and at a provider that is not FatSecret's own.

use http::{Method, Request, header};
use tripod::{
    AccessToken, Endpoints, Provider, Transmission,
    fatsecret::{ApiError, ErrorCode, FatSecret},
};

use crate::kind::Kind;
use crate::{
    cases::DAY,
    naive::{base_string, base64, hmac_sha1, read_form, read_header},
    support::{DONE, HOST, KEY, NOW, SECRET, Script, TOKEN, client_of, said, silent},
};

const NONE: &str = r#"{"food_entries":null}"#;

fn at(provider: Provider) -> (FatSecret<tripod::Session>, Script) {
    let script = Script::default();
    let session = client_of(provider, &script).session(AccessToken::new(TOKEN.0, TOKEN.1).unwrap());
    (FatSecret::new(session), script)
}

/// The OAuth parameters stand in the header alone, and their signature is right for `own`.
#[track_caller]
fn in_header(request: &Request<bytes::Bytes>, base_uri: &str, own: &str) {
    let value = &request.headers()[header::AUTHORIZATION];
    assert!(value.is_sensitive());
    let (_, mut oauth) = read_header(value.to_str().unwrap());
    let signature = oauth.pop().unwrap();
    assert_eq!(signature.0, "oauth_signature");
    let find = |name: &str| oauth.iter().find(|(other, _)| other == name).unwrap().1.as_str();
    assert_eq!((find("oauth_consumer_key"), find("oauth_token")), (KEY, TOKEN.0));
    assert_eq!(find("oauth_timestamp"), NOW);
    let own = read_form(own);
    let all: Vec<(&str, &str)> =
        own.iter().chain(&oauth).map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let text = base_string(request.method().as_str(), base_uri, &all);
    assert_eq!(signature.1, base64(&hmac_sha1(SECRET, TOKEN.1, &text)));
}

#[tokio::test]
async fn the_parameters_can_travel_in_the_header() {
    let provider = Provider::fatsecret();
    let signing = provider.signing().clone().with_transmission(Transmission::Header);
    let provider = provider.with_signing(signing);
    let (api, script) = at(provider);
    let server = format!("{HOST}/rest/server.api");

    script.answer(200, NONE);
    assert!(api.food_entries(DAY).await.unwrap().is_empty());
    let own = "method=food_entries.get.v2&format=json&date=20454";
    let sent = script.only();
    assert_eq!(sent.uri().to_string(), format!("{server}?{own}"));
    in_header(&sent, &server, own);

    script.answer(200, DONE);
    api.delete_food_entry(11.into()).await.unwrap();
    let own = "method=food_entry.delete&format=json&food_entry_id=11";
    let sent = script.only();
    let in_query = format!("{server}?{own}");
    assert_eq!((sent.method(), sent.uri().to_string()), (&Method::POST, in_query));
    assert!(sent.body().is_empty());
    in_header(&sent, &server, own);

    script.answer(200, DONE);
    api.clone().with_form_writes().delete_food_entry(11.into()).await.unwrap();
    let sent = script.only();
    assert_eq!((sent.method(), sent.uri().to_string()), (&Method::POST, server.clone()));
    assert_eq!(sent.body(), own);
    in_header(&sent, &server, own);

    script.answer(200, DONE);
    api.with_url_style().delete_food_entry(11.into()).await.unwrap();
    let own = "format=json&food_entry_id=11";
    let sent = script.only();
    let path = format!("{HOST}/rest/food-entries/v1");
    assert_eq!((sent.method(), sent.uri().to_string()), (&Method::DELETE, format!("{path}?{own}")));
    assert!(sent.body().is_empty());
    in_header(&sent, &path, own);
}

fn gateway() -> Provider {
    Provider::new(Endpoints {
        request_token: "https://tokens.gateway.example/request",
        authorize: "https://tokens.gateway.example/authorize",
        access_token: "https://tokens.gateway.example/access",
    })
    .unwrap()
}

#[tokio::test]
async fn another_provider_is_called_where_its_api_was_named_to_be() {
    let provider = gateway().with_resource_origin("https://api.gateway.example:8443").unwrap();
    let (api, script) = at(provider);
    script.answer(200, NONE);
    assert!(api.food_entries(DAY).await.unwrap().is_empty());
    let own = "method=food_entries.get.v2&format=json&date=20454";
    let url = "https://api.gateway.example:8443/rest/server.api";
    let sent = script.only();
    assert_eq!(sent.uri().to_string(), format!("{url}?{own}"));
    in_header(&sent, url, own);

    // None was named: the token endpoints' host is all that is known.
    let (api, script) = at(gateway());
    script.answer(200, NONE);
    api.food_entries(DAY).await.unwrap();
    assert_eq!(script.only().uri().host(), Some("tokens.gateway.example"));
}

/// FatSecret's refusals are read whatever the provider, but only its own are signed and sent again.
#[tokio::test]
async fn another_provider_refuses_in_fatsecrets_words() {
    for (code, kind) in [
        (6, Kind::timestamp_refused(http::StatusCode::OK)),
        (9, Kind::rejected(http::StatusCode::OK, Some("9"))),
    ] {
        let (api, script) = at(gateway());
        let body = format!(r#"{{"error":{{"code":{code},"message":"no {}"}}}}"#, TOKEN.0);
        script.answer(200, body);
        let error = api.food_entries(DAY).await.unwrap_err();
        assert_eq!(*error.kind(), kind);
        assert_eq!(error.status(), Some(http::StatusCode::OK));
        let code = ErrorCode::from(code);
        assert_eq!(ApiError::of(&error).and_then(ApiError::code), Some(code));
        assert_eq!(script.sent().len(), 1);
        silent(said(&error).replace("access/token+1", "").as_str());
    }
}
