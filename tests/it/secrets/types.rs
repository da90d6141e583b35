//! Every type that holds or held a secret, and every reply that repeats one.

use std::fmt::Write as _;

use http::{Response, header};
use tripod::{
    AccessToken, AnyFlow, BoxError, Callback, Client, Consumer, Endpoints, Nonce, Provider,
    SignatureMethod, Signing, SystemClock, Transmission,
    signature::{BaseUri, Sign, Signer, SigningKey, Stamp, ToSign},
    transport::{Limits, TransportError},
};
use tripod_sandbox::Sandbox;

use super::{
    ACCESS_SECRET, ACCESS_TOKEN, CALLBACK, CONSUMER_SECRET, PASSWORD, REQUEST_SECRET,
    REQUEST_TOKEN, VERIFIER,
    flows::canaries,
    hearing::{both, chain, debug, failed, hear},
};
use crate::{naive, support::Script};

/// A provider that repeats what it was sent, in each spelling, in each of its replies.
pub(super) fn echoes() {
    let all = [CONSUMER_SECRET, REQUEST_TOKEN, REQUEST_SECRET, VERIFIER];
    let mut body = String::from("Invalid: ");
    for secret in all {
        let once = naive::encode(secret);
        let twice = naive::encode(&once);
        let (lower, json) = (once.to_lowercase(), secret.replace('/', "\\/"));
        write!(body, "{secret} {once} {twice} {lower} {json} ").unwrap();
    }
    let at =
        |body: &str, status: u16| Response::builder().status(status).body(body.to_owned()).unwrap();
    let client = Client::from_transport(
        crate::support::photos(),
        Consumer::new("key", CONSUMER_SECRET),
        Script::default(),
    );
    let begin = || client.begin(Callback::url(CALLBACK).unwrap());
    let issued = format!(
        "oauth_token={}&oauth_token_secret={}&oauth_callback_confirmed=true",
        naive::encode(REQUEST_TOKEN),
        naive::encode(REQUEST_SECRET)
    );
    for status in [200, 302, 400, 401, 500] {
        // The token is not known before the first reply, so only its own parameters hide it.
        let early = "oauth_token=aardwolves oauth_token_secret = pangolinss <a>/cb?s=tapirwalks";
        drop(failed(begin().build().unwrap().1.receive(&at(early, status)).unwrap_err()));
        let authorized = begin()
            .build()
            .unwrap()
            .1
            .receive(&at(&issued, 200))
            .unwrap()
            .authorize(VERIFIER)
            .unwrap();
        drop(failed(authorized.build().unwrap().1.receive(&at(&body, status)).unwrap_err()));
    }
    hear(&format!("{:?}", begin().build().unwrap().1.receive(&at(&issued, 200)).unwrap()));
}

/// A signer of the caller's own, which prints what it gets.
struct Nosy;

impl Sign for Nosy {
    fn name(&self) -> &'static str {
        "X-NOSY"
    }

    fn sign(&self, _: &str, key: &SigningKey<'_>) -> Result<Vec<u8>, BoxError> {
        debug(key);
        Err("the module is locked".into())
    }
}

/// Every type that holds or held a secret, as it prints.
#[expect(clippy::too_many_lines, reason = "a list: each type once")]
pub(super) fn types() {
    let consumer = Consumer::new("the key", CONSUMER_SECRET);
    let token = AccessToken::new(ACCESS_TOKEN, ACCESS_SECRET).unwrap();
    let callback = Callback::url(CALLBACK).unwrap();
    debug(&consumer);
    debug(&token);
    debug(&callback);
    debug(&Callback::out_of_band());
    debug(&SystemClock::new());
    debug(&Nonce::random());
    debug(&Limits::TOKEN);
    debug(&canaries(Sandbox::builder()));

    let url =
        format!("https://h.example/x?session=tapirwalks&token={}", naive::encode(ACCESS_TOKEN));
    let methods = [
        SignatureMethod::HmacSha1,
        SignatureMethod::HmacSha256,
        SignatureMethod::HmacSha512,
        SignatureMethod::Plaintext,
        SignatureMethod::custom(Nosy),
    ];
    for method in methods {
        debug(&method);
        let plaintext = matches!(method, SignatureMethod::Plaintext);
        let signer = Signer::new(method.clone(), &consumer, Some((ACCESS_TOKEN, token.secret())));
        debug(&signer);
        let uri = BaseUri::parse(&url).unwrap();
        both(&uri);
        let to_sign = ToSign {
            http_method: "GET",
            uri,
            pairs: &[("password", PASSWORD)],
            protocol: &[("oauth_verifier", VERIFIER), ("oauth_callback", CALLBACK)],
            stamp: Some(Stamp { timestamp: 1, nonce: "n" }),
        };
        debug(&to_sign);
        match signer.explain(&to_sign) {
            Ok(explained) => {
                both(&explained);
                let signature = signer.signature(&to_sign).unwrap();
                assert!(!plaintext || signature.contains("zebrafinch"));
            }
            Err(error) => chain(&error),
        }
        let provider = Provider::new(Endpoints {
            request_token: &url,
            authorize: "https://h.example/a",
            access_token: "https://h.example/t",
        })
        .unwrap();
        both(&Signing::default().with_realm("a\nzebrafinch").unwrap_err());
        let client = Client::from_transport(
            provider.with_signing(Signing::new(method)),
            consumer.clone(),
            Script::default(),
        );
        debug(&client);
        debug(&client.signed());
        let session = client.session(token.clone());
        debug(&session);
        let outcomes = [
            session.get(&url).query(&[("oauth_token", ACCESS_TOKEN)]),
            session.get(&url).query(ACCESS_SECRET),
            session.get(format!("https://u:zebrafinch@h.example/x?{ACCESS_TOKEN}")),
            session.get(format!("https://evil.example/x?{ACCESS_TOKEN}")),
            session.get(format!("https://h.example/x?{ACCESS_TOKEN} ")),
            session.get(format!("https://h.example/x?a={ACCESS_TOKEN}%FF")),
            session.get(&url).transmission(Transmission::Form),
            session.get(&url).transmission(Transmission::Query),
            session.get(&url).header("x\nzebrafinch", "zebrafinch"),
            session.get(&url).header("x-test", "zebrafinch\n"),
        ];
        for request in outcomes {
            debug(&request);
            debug(&request.clone());
            if let Err(error) = request.build() {
                chain(&error);
            }
        }
        if let Ok((request, pending)) = session.get(&url).build() {
            debug(&pending);
            assert!(request.headers()[header::AUTHORIZATION].is_sensitive());
            debug(&request.headers());
        }
        if let Ok((request, awaiting)) = client.begin(callback.clone()).build() {
            debug(&awaiting);
            debug(&request.headers());
            debug(&AnyFlow::from(awaiting.into_flow()));
        }
    }
    chain(&Callback::url(&format!("{CALLBACK}&oauth_x=okapiherds")).unwrap_err());
    chain(&Callback::url("tapirwalks").unwrap_err());
    for error in [
        TransportError::connect("refused"),
        TransportError::interrupted("reset"),
        TransportError::timeout(),
        TransportError::url_changed(),
    ] {
        chain(&error);
    }
    for url in ["https://h.example/x?oauth_token=quollnests", "https://u:zebrafinch@h.example/"] {
        chain(
            &Provider::new(Endpoints { request_token: url, authorize: url, access_token: url })
                .unwrap_err(),
        );
    }
}
