//! Ready-made providers over a script: what their users need beside the handshake.

use std::time::{Duration, SystemTime};

use base64::{Engine as _, prelude::*};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{HeaderValue, Method, Request, header};
use rsa::{
    RsaPrivateKey,
    pkcs1v15::{Signature, SigningKey as RsaSigningKey, VerifyingKey},
    pkcs8::DecodePrivateKey as _,
    sha2::Sha256,
    signature::{Keypair as _, SignatureEncoding as _, Signer as _, Verifier as _},
};
use tripod::{
    BoxError, Callback, Consumer, ErrorClass, ErrorKind, Provider, Retries, Session,
    SignatureMethod, SigningClient, Stage,
    providers::{self, discogs, mediawiki, x},
    signature::{Sign, SigningKey},
};

use crate::{naive, support::*};

fn granted(provider: Provider) -> (Scenario, Session) {
    let scenario = Scenario::at(provider);
    let session = scenario.to_granted();
    (scenario, session)
}

fn authorization<B>(request: &Request<B>) -> &str {
    request.headers()[header::AUTHORIZATION].to_str().unwrap()
}

#[track_caller]
fn is_denied(provider: Provider, callback: &str) {
    let failed = Scenario::at(provider).to_issued().receive_callback(callback).unwrap_err();
    assert!(matches!(failed.error().kind(), ErrorKind::Denied { .. }), "{failed:?}");
}

#[tokio::test]
async fn x_is_asked_for_less_tells_who_it_is_and_takes_the_token_back() {
    let scenario = Scenario::at(x());
    let (sent, _) = scenario.unauthorized().with_ask(x::ask(x::Access::Read)).build().unwrap();
    assert_eq!(sent.uri(), "https://api.x.com/oauth/request_token");
    assert_eq!(sent.body(), "x_auth_access_type=read");

    let session = scenario.to_granted();
    assert_eq!(x::user_id(session.access_token()), Some("7"));
    assert_eq!(x::screen_name(session.access_token()), None);
    // A wrong clock, then a dead token.
    let mut late = reply(401, r#"{"errors":[{"code":135,"message":"Timestamp out of bounds."}]}"#);
    let date = HeaderValue::from_static("Thu, 01 Jan 2026 02:00:00 GMT");
    late.headers_mut().insert(header::DATE, date);
    let dead = r#"{"errors":[{"code":89,"message":"Invalid or expired token."}]}"#;
    scenario.script.answer(late).answer(reply(401, dead));
    let me = "https://api.x.com/2/users/me";
    let error = session.get(me).send().await.unwrap().error_for_status().unwrap_err();
    assert!(error.needs_reauthorization(), "{error}");
    assert!(authorization(&scenario.script.sent()[1]).contains("oauth_timestamp=\"1767232800\""));

    scenario.script.answer(reply(200, r#"{"access_token":"masked"}"#));
    session.revoke().await.unwrap();
    let sent = scenario.script.only();
    assert_eq!(sent.uri(), "https://api.x.com/1.1/oauth/invalidate_token.json");
    is_denied(x(), "/back?denied=request%2Ftoken%2B1");
}

#[tokio::test]
async fn flickr_refuses_with_a_status_of_success() {
    let (scenario, session) = granted(providers::flickr());
    let rest = "https://api.flickr.com/services/rest?method=flickr.test.login";
    let fail = r#"{"stat":"fail","code":98,"message":"Invalid auth token"}"#;
    scenario.script.answer(reply(200, fail)).answer(reply(200, r#"{"stat":"ok"}"#));
    let error = session.get(rest).send().await.unwrap().error_for_status().unwrap_err();
    assert_eq!((error.problem(), error.class()), (Some("98"), ErrorClass::Reauthorize));
    assert!(session.get(rest).send().await.unwrap().error_for_status().is_ok());
}

#[tokio::test]
async fn discogs_is_told_the_application_and_tells_the_user() {
    let agent = "Crates/1.0 +https://crates.example";
    let (scenario, session) = granted(discogs(agent).unwrap());
    let (sent, _) = scenario.unauthorized().build().unwrap();
    assert_eq!(
        (sent.method(), &sent.headers()[header::USER_AGENT]),
        (&Method::GET, &HeaderValue::from_static("Crates/1.0 +https://crates.example"))
    );
    let body = r#"{"id":17,"username":"ada","consumer_name":"Crates"}"#;
    scenario.script.answer(reply(200, body)).answer(reply(200, "{\"id\":17}"));
    scenario.script.answer(reply(401, r#"{"message":"You must authenticate."}"#));
    let user = discogs::identity(&session).await.unwrap();
    assert_eq!((user.id, user.username.as_str()), (17, "ada"));
    let sent = scenario.script.only();
    assert_eq!(sent.uri(), "https://api.discogs.com/oauth/identity");
    assert_eq!(sent.headers()[header::USER_AGENT], agent);
    assert!(discogs::identity(&session).await.is_err());
    assert!(discogs::identity(&session).await.unwrap_err().needs_reauthorization());
}

fn wiki() -> Provider {
    mediawiki("https://wiki.example/w/index.php").unwrap()
}

#[tokio::test]
async fn a_wiki_refuses_a_token_call_with_a_sentence() {
    let scenario = Scenario::at(wiki());
    let refusal = "Error: The consumer is not approved for this wiki.";
    scenario.script.answer(reply(200, refusal));
    let failed = scenario.unauthorized().request_token().await.unwrap_err();
    assert!(matches!(failed.error().kind(), ErrorKind::Rejected { .. }), "{failed:?}");
    assert!(failed.error().to_string().contains("not approved for this wiki"), "{failed:?}");
    let sent = scenario.script.only();
    assert_eq!(sent.uri(), "https://wiki.example/w/index.php?title=Special:OAuth/initiate");

    // By the clock of the wiki's reply it succeeds.
    let mut late = reply(200, "Error: Expired timestamp, yours 1767225600, ours 1767232800");
    let date = HeaderValue::from_static("Thu, 01 Jan 2026 02:00:00 GMT");
    late.headers_mut().insert(header::DATE, date);
    scenario.script.answer(late).answer(reply(200, ISSUED));
    let issued = failed.into_flow().request_token().await.unwrap();
    assert_eq!(
        issued.authorization_url(),
        "https://wiki.example/w/index.php?title=Special:OAuth/authorize&\
         oauth_consumer_key=key%201&oauth_token=request%2Ftoken%2B1"
    );
}

/// A token as the wiki signs it.
fn identity(nonce: &str, secret: &str) -> String {
    identity_at(NOW, nonce, secret)
}

fn identity_at(time: i64, nonce: &str, secret: &str) -> String {
    let part = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
    let claims = format!(
        r#"{{"iss":"https://wiki.example","sub":17,"aud":"key 1","iat":{time},"exp":{time},"nonce":"{nonce}","username":"Ada"}}"#
    );
    let text = format!("{}.{}", part(r#"{"typ":"JWT","alg":"HS256"}"#), part(&claims));
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    let signature = BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
    format!("{text}.{signature}")
}

#[tokio::test]
async fn a_wiki_signs_who_the_user_is() {
    let (scenario, session) = granted(wiki());
    // Three requests, each with the next nonce.
    scenario
        .script
        .answer(reply(200, identity("nonce1", SECRET)))
        .answer(reply(200, identity("nonce1", SECRET)))
        .answer(reply(200, identity("nonce3", "another secret")))
        .answer(reply(200, "Error: Invalid access token: access/token+1"));
    let user = mediawiki::identify(&session).await.unwrap();
    assert_eq!((user.id, user.username.as_str()), (17, "Ada"));
    let sent = scenario.script.only();
    assert_eq!(sent.method(), Method::POST);
    assert_eq!(sent.uri(), "https://wiki.example/w/index.php?title=Special:OAuth/identify");
    let replayed = mediawiki::identify(&session).await.unwrap_err();
    assert!(replayed.to_string().contains("answers another request"), "{replayed}");
    let forged = mediawiki::identify(&session).await.unwrap_err();
    assert!(forged.to_string().contains("not signed with the consumer secret"), "{forged}");
    let refused = mediawiki::identify(&session).await.unwrap_err();
    assert!(matches!(refused.kind(), ErrorKind::Rejected { .. }), "{refused}");
    assert!(!format!("{refused} {refused:?}").contains(ACCESS_TOKEN), "{refused:?}");
    let (_, elsewhere) = granted(providers::tumblr());
    assert!(mediawiki::identify(&elsewhere).await.is_err());
}

/// The first call of a process whose clock is wrong: the wiki's time is learnt, for the request and for the answer.
#[tokio::test(start_paused = true)]
async fn a_wiki_is_asked_again_by_its_own_clock() {
    let (scenario, session) = granted(wiki());
    let theirs = NOW + 3600;
    let expired = format!("Error: Expired timestamp, yours {NOW}, ours {theirs}");
    let mut refusal = reply(200, expired);
    let date = SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(theirs).unwrap());
    refusal.headers_mut().insert(header::DATE, httpdate::fmt_http_date(date).parse().unwrap());
    scenario.script.answer(refusal).answer(reply(200, identity_at(theirs, "nonce2", SECRET)));
    assert_eq!(mediawiki::identify(&session).await.unwrap().username, "Ada");
    assert_eq!(scenario.script.sent().len(), 2);

    // The client's policy holds for it, too. The length of the pause takes the fourth nonce.
    let client = scenario.client.clone().with_retries(Retries::standard());
    let session = client.session(session.access_token().clone());
    scenario
        .script
        .answer(reply(502, ""))
        .answer(reply(200, identity_at(theirs, "nonce5", SECRET)));
    assert_eq!(mediawiki::identify(&session).await.unwrap().username, "Ada");
    assert_eq!(scenario.script.sent().len(), 2);
    scenario.script.answer(reply(404, "no such page"));
    let error = mediawiki::identify(&session).await.unwrap_err();
    assert_eq!(error.stage(), Stage::Resource);
    assert_eq!(error.endpoint(), Some("https://wiki.example/w/index.php"));
}

#[test]
fn netsuite_has_the_account_as_the_realm_and_says_no_by_an_empty_verifier() {
    let provider = || providers::netsuite("1234567_SB1").unwrap();
    let (_, session) = granted(provider());
    let url = "https://1234567-sb1.suitetalk.api.netsuite.com/services/rest/record/v1/customer";
    let (sent, _) = session.get(url).build().unwrap();
    assert!(authorization(&sent).starts_with("OAuth realm=\"1234567_SB1\","), "{sent:?}");
    assert!(authorization(&sent).contains("oauth_signature_method=\"HMAC-SHA256\""));
    is_denied(provider(), "/back?oauth_token=request%2Ftoken%2B1&oauth_verifier=&company=1");
}

#[tokio::test]
async fn etrade_is_opened_with_the_key_and_renewed_in_plain_text() {
    let scenario = Scenario::at(providers::etrade());
    let unconfirmed = ISSUED.replace("confirmed=true", "confirmed=false");
    let begun = scenario.client.begin(Callback::out_of_band());
    let (sent, awaiting) = begun.build().unwrap();
    assert!(authorization(&sent).contains("oauth_callback=\"oob\""));
    let issued = awaiting.receive(&reply(200, unconfirmed)).unwrap();
    assert_eq!(
        issued.authorization_url(),
        "https://us.etrade.com/e/t/etws/authorize?key=key%201&token=request%2Ftoken%2B1"
    );
    let session = scenario.to_granted();
    let granted_at = session.access_token().granted_at();
    scenario.hands.set(NOW + 3600);
    scenario.script.answer(reply(200, "Access Token has been renewed"));
    let renewed = session.renew().await.unwrap();
    assert!(!renewed.pair_changed());
    let session = renewed.into_session();
    // Midnight ends it, whenever it was renewed.
    assert_eq!(session.access_token().granted_at(), granted_at);
    scenario.script.answer(reply(200, "Revoked Access Token"));
    session.revoke().await.unwrap();
    let sent = scenario.script.sent();
    assert_eq!(sent[0].uri(), "https://api.etrade.com/oauth/renew_access_token");
    assert_eq!(sent[1].uri(), "https://api.etrade.com/oauth/revoke_access_token");
}

#[tokio::test]
async fn zotero_takes_the_key_back_without_a_signature() {
    let (scenario, session) = granted(providers::zotero("Papers"));
    assert!(session.get("https://api.zotero.org/keys/current").build().is_err());
    scenario.script.answer(reply(204, ""));
    session.revoke().await.unwrap();
    let sent = scenario.script.only();
    assert_eq!(sent.uri(), "https://api.zotero.org/keys/access%3Dsecret%2F1");
    assert!(!sent.headers().contains_key(header::AUTHORIZATION));
}

#[test]
fn atlassian_says_no_by_a_word() {
    let method = SignatureMethod::custom(Rsa("RSA-SHA1", key()));
    let provider = providers::atlassian_data_center("https://jira.example", method).unwrap();
    is_denied(provider, "/back?oauth_token=request%2Ftoken%2B1&oauth_verifier=denied");
}

#[test]
fn a_shop_without_tls_is_signed_for_in_the_query_and_without_a_version() {
    let signing = providers::insecure_woocommerce("http://shop.example").unwrap();
    let client = SigningClient::new(signing, Consumer::new("ck", "cs")).unwrap();
    let (sent, _) =
        client.signed().get("http://shop.example/wp-json/wc/v3/orders").build().unwrap();
    let query = sent.uri().query().unwrap();
    assert!(query.contains("oauth_signature=") && !query.contains("oauth_version"), "{query}");
    assert!(client.signed().get("http://other.example/").build().is_err());
}

/// The recipe of the guide, with the name to choose.
struct Rsa(&'static str, RsaSigningKey<Sha256>);

impl Sign for Rsa {
    fn name(&self) -> &str {
        self.0
    }

    fn sign(&self, base_string: &str, _: &SigningKey<'_>) -> Result<Vec<u8>, BoxError> {
        Ok(self.1.try_sign(base_string.as_bytes())?.to_vec())
    }
}

/// The key of the vectors.
fn key() -> RsaSigningKey<Sha256> {
    let vectors: serde_json::Value =
        serde_json::from_str(include_str!("../vectors/primitives.json")).unwrap();
    let der = vectors["rsa"]["private_key_pkcs8_der_base64"].as_str().unwrap();
    let der = BASE64_STANDARD.decode(der).unwrap();
    RsaSigningKey::new(RsaPrivateKey::from_pkcs8_der(&der).unwrap())
}

#[test]
fn mastercard_gets_a_signature_that_the_public_key_verifies_and_the_hash_of_the_body() {
    let method = SignatureMethod::custom(Rsa("RSA-SHA256", key()));
    let signing = providers::mastercard(method).unwrap();
    let client = SigningClient::new(signing, Consumer::new("key!1", "")).unwrap();
    let url = "https://sandbox.api.mastercard.com/service?b=2&a=1";
    // SHA-256 of nothing, and of the body.
    for (sent, hash) in [
        (
            client.signed().get(url).build().unwrap().0,
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        ),
        (
            client.signed().post(url).body("application/json", "{}").build().unwrap().0,
            "RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=",
        ),
    ] {
        let (_, fields) = naive::read_header(authorization(&sent));
        let field = |name: &str| fields.iter().find(|(field, _)| field == name).unwrap().1.as_str();
        assert_eq!(field("oauth_body_hash"), hash);
        let mut all: Vec<(&str, &str)> = fields
            .iter()
            .filter(|(name, _)| name != "oauth_signature")
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        all.extend([("a", "1"), ("b", "2")]);
        let base = "https://sandbox.api.mastercard.com/service";
        let text = naive::base_string(sent.method().as_str(), base, &all);
        let signature = BASE64_STANDARD.decode(field("oauth_signature")).unwrap();
        let verifying: VerifyingKey<Sha256> = key().verifying_key();
        let signature = Signature::try_from(&signature[..]).unwrap();
        assert!(verifying.verify(text.as_bytes(), &signature).is_ok(), "{text}");
    }
}

/// The extension's words for a grant that the user took back, at `api.php` and at the page that says who it is.
#[tokio::test]
async fn a_wiki_says_that_the_user_withdrew_the_access() {
    let gone = "No approved grant was found for that authorization token.";
    let (scenario, session) = granted(providers::wikimedia("Sunflower/1.0 (x@y.example)").unwrap());
    let info = format!("The authorization headers in your request are not valid: {gone}");
    let body = format!(r#"{{"error":{{"code":"mwoauth-invalid-authorization","info":"{info}"}}}}"#);
    scenario.script.answer(reply(200, body)).answer(reply(200, format!("Error: {gone}")));
    let url = "https://meta.wikimedia.org/w/api.php?action=query&format=json";
    let refused = session.get(url).send().await.unwrap().error_for_status().unwrap_err();
    let unknown = mediawiki::identify(&session).await.unwrap_err();
    for error in [refused, unknown] {
        assert!(error.needs_reauthorization(), "{error}");
        assert_eq!((error.stage(), error.may_have_happened()), (Stage::Resource, false));
    }
}
