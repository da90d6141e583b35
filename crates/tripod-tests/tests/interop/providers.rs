//! Our client at oauthlib's provider and at oauthorize's: the whole flow in each transmission and by
//! each signature method that they know, and what they refuse.
//!
//! PLAINTEXT is not among them: this client refuses it without TLS.

use http::{Method, StatusCode};
use rsa::{
    RsaPrivateKey,
    pkcs1v15::SigningKey as RsaSigningKey,
    pkcs8::DecodePrivateKey,
    signature::{SignatureEncoding, Signer as _},
};
use tripod::{
    AccessToken, BoxError, Callback, Client, Consumer, Endpoints, Error, ErrorKind, Flow,
    PendingFlow, Provider, Session, SignatureMethod, Signing, Transmission, Unauthorized,
    signature::{Sign, SigningKey},
};

use crate::kind::Kind;
use crate::{prepared, raw};

const KEY: &str = "interop-key";
const SECRET: &str = "interop secret&+%";
/// Free of percent-encoding: oauthlib decodes a callback twice.
const CALLBACK: &str = "http://127.0.0.1:9/back?flow=7";

/// Pairs that are awkward to encode, to sort and to send.
const PAIRS: [(&str, &str); 5] =
    [("a b", "é&=+% ~"), ("a", "2"), ("a-b", ""), ("z|", "\"x\""), ("ключ", "☃🦀")];

struct RsaSha1(RsaSigningKey<rsa_sha1::Sha1>);

impl Sign for RsaSha1 {
    fn name(&self) -> &'static str {
        "RSA-SHA1"
    }

    fn sign(&self, base_string: &str, _: &SigningKey<'_>) -> Result<Vec<u8>, BoxError> {
        Ok(self.0.try_sign(base_string.as_bytes())?.to_vec())
    }
}

/// The key whose public half oauthlib's provider has.
fn rsa_sha1() -> SignatureMethod {
    use base64::{Engine, engine::general_purpose::STANDARD};

    let text = include_str!("../../../../tests/vectors/primitives.json");
    let vectors: serde_json::Value = serde_json::from_str(text).unwrap();
    let der = vectors["rsa"]["private_key_pkcs8_der_base64"].as_str().unwrap();
    let key = RsaPrivateKey::from_pkcs8_der(&STANDARD.decode(der).unwrap()).unwrap();
    SignatureMethod::custom(RsaSha1(RsaSigningKey::new(key)))
}

/// A provider that was started by the script.
struct Stranger {
    base: String,
    methods: Vec<SignatureMethod>,
    /// Whether it tells what is wrong.
    tells: bool,
}

impl Stranger {
    fn provider(&self, method: &SignatureMethod, way: Transmission) -> Provider {
        let at = |path: &str| format!("{}/oauth/{path}", self.base);
        let verb = if way == Transmission::Query { Method::GET } else { Method::POST };
        Provider::new(Endpoints {
            request_token: &at("request_token"),
            authorize: &at("authorize"),
            access_token: &at("access_token"),
        })
        .unwrap()
        .with_request_token_call(verb.clone(), way)
        .unwrap()
        .with_access_token_call(verb, way)
        .unwrap()
        .with_signing(Signing::new(method.clone()).with_transmission(way))
    }

    fn client(&self, method: &SignatureMethod, way: Transmission) -> Client {
        Client::new(self.provider(method, way), Consumer::new(KEY, SECRET)).unwrap()
    }

    fn usual(&self) -> Client {
        self.client(&SignatureMethod::HmacSha1, Transmission::Header)
    }

    async fn check(&self) {
        for method in &self.methods {
            for way in [Transmission::Header, Transmission::Query, Transmission::Form] {
                let session = grant(&self.client(method, way)).await;
                assert_eq!(session.access_token().extra("user_id"), Some("ada"));
                self.resource(&session, way).await.unwrap();
                // Stored and taken up again.
                let again = session.client().session(session.access_token().clone());
                self.resource(&again, way).await.unwrap();
                println!("ok: {} by {method:?} in {way:?}", self.base);
            }
        }
        self.refusals().await;
    }

    /// Asks for the resource, which says what it was sent.
    async fn resource(&self, session: &Session, way: Transmission) -> Result<(), Error> {
        let url = format!("{}/resource", self.base);
        let mut request =
            if way == Transmission::Form { session.post(url) } else { session.get(url) };
        for (name, value) in PAIRS {
            request = match way {
                Transmission::Form => request.form_pair(name, value),
                _ => request.query_pair(name, value),
            };
        }
        let reply = request.send().await?.error_for_status()?;
        let seen: serde_json::Value = reply.json()?;
        let sort = |mut pairs: Vec<(String, String)>| {
            pairs.sort();
            pairs
        };
        let seen: Vec<(String, String)> = serde_json::from_value(seen["pairs"].clone()).unwrap();
        let sent = PAIRS.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(sort(seen), sort(sent.to_vec()));
        Ok(())
    }

    /// It refused, in a way that can be matched on, and no secret is told.
    #[track_caller]
    fn refused(&self, error: &Error, words: &[&str]) {
        let ErrorKind::Rejected { status, problem, .. } = error.kind() else { panic!("{error:?}") };
        assert!([StatusCode::UNAUTHORIZED, StatusCode::BAD_REQUEST].contains(status), "{error:?}");
        assert!(!error.is_retryable(), "{error:?}");
        if self.tells {
            let problem = problem.as_deref().unwrap_or_default();
            assert!(words.contains(&problem), "{error:?}");
        }
        assert!(!format!("{error} {error:?}").contains("interop secret"), "{error:?}");
    }

    async fn refusals(&self) {
        let client = self.usual();

        // Another secret.
        let provider = self.provider(&SignatureMethod::HmacSha1, Transmission::Header);
        let other = Client::new(provider, Consumer::new(KEY, "another")).unwrap();
        let failed = begin(&other).request_token().await.unwrap_err();
        self.refused(failed.error(), &["signature_invalid"]);

        // The user says no: with a word, or with nothing at all.
        let issued = begin(&client).request_token().await.unwrap();
        let callback = answer(&issued, "deny");
        let denied = issued.receive_callback(&callback).unwrap_err();
        let word = self.tells.then(|| "user_refused".to_owned());
        assert_eq!(*denied.error().kind(), Kind::denied(word.as_deref()));

        // A wrong code, and then the right one.
        let issued = begin(&client).request_token().await.unwrap();
        let callback = answer(&issued, "allow");
        let failed = issued.authorize("wrong").unwrap().exchange().await.unwrap_err();
        self.refused(failed.error(), &["verifier_invalid"]);
        let issued = failed.into_flow().discard_verifier();
        let authorized = issued.receive_callback(&callback).unwrap();
        let (spent, awaiting) = authorized.build().unwrap();
        let session = awaiting.into_flow().exchange().await.unwrap();

        // A request token that was used, with a nonce that was not.
        let reply = raw::send(&spent);
        assert!(reply.status().is_client_error(), "{reply:?}");

        // A nonce that was used.
        let request = begin(&client).build().unwrap().0;
        assert_eq!(raw::send(&request).status(), 200);
        let reply = raw::send(&request);
        assert!(reply.status().is_client_error(), "{reply:?}");
        let failed = begin(&client).build().unwrap().1.receive(&reply).unwrap_err();
        self.refused(failed.error(), &["nonce_used"]);

        // Another secret of the access token, and another token.
        let token = session.access_token().token();
        for (token, word) in [(token, "signature_invalid"), ("unknown", "token_rejected")] {
            let session = client.session(AccessToken::new(token, "another").unwrap());
            let error = self.resource(&session, Transmission::Header).await.unwrap_err();
            self.refused(&error, &[word]);
        }
        self.resource(&session, Transmission::Header).await.unwrap();
        println!("ok: what {} refuses", self.base);
    }
}

fn begin(client: &Client) -> Flow<Unauthorized> {
    client.begin(Callback::url(CALLBACK).unwrap())
}

/// Plays the user's browser: the address it comes back on.
fn answer(issued: &PendingFlow, answer: &str) -> String {
    let callback = raw::redirected(&format!("{}&answer={answer}", issued.authorization_url()));
    assert!(callback.starts_with(CALLBACK), "{callback}");
    callback
}

async fn grant(client: &Client) -> Session {
    let issued = begin(client).request_token().await.unwrap();
    let callback = answer(&issued, "allow");
    issued.receive_callback(&callback).unwrap().exchange().await.unwrap()
}

#[tokio::test]
async fn the_flow_at_oauthlib() {
    let Some(base) = prepared("TRIPOD_INTEROP_OAUTHLIB", "oauthlib's provider") else { return };
    let methods = vec![
        SignatureMethod::HmacSha1,
        SignatureMethod::HmacSha256,
        SignatureMethod::HmacSha512,
        rsa_sha1(),
    ];
    // It answers 401 without a word.
    Stranger { base, methods, tells: false }.check().await;
}

#[tokio::test]
async fn the_flow_at_oauthorize() {
    let Some(base) = prepared("TRIPOD_INTEROP_PASSPORT", "oauthorize's provider") else { return };
    let methods = vec![SignatureMethod::HmacSha1, SignatureMethod::HmacSha256];
    Stranger { base, methods, tells: true }.check().await;
}
