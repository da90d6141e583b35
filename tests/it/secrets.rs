//! Nothing that is printed, logged or chained shows a secret.
//!
//! One test, since the subscriber and the logger are global. The canaries are plain words that no
//! heuristic would take for a key, with a tail that has to be encoded.

use std::{
    error::Error as StdError,
    fmt::{Debug, Display, Write as _},
    io,
    sync::{LazyLock, Mutex},
    time::Duration,
};

use bytes::Bytes;
use http::{Method, Request, Response, header};
use tripod::{
    AccessToken, BoxError, Callback, Client, Consumer, Failed, Flow, Nonce, Provider,
    ResourceRequest, Session, SignatureMethod, SystemClock, Transmission,
    sandbox::{Builder, Denial, Endpoint, Fault, Placement, Sandbox},
    signature::{BaseUri, Sign, Signer, SigningKey, Stamp, ToSign},
    transport::{Limits, ReqwestTransport, Transport, TransportError, TransportFuture},
};

use crate::{naive, support::Script};

const CONSUMER_SECRET: &str = "zebrafinch/1+";
const REQUEST_TOKEN: &str = "aardwolves/1+";
const REQUEST_SECRET: &str = "pangolinss/1+";
const VERIFIER: &str = "okapiherds/1+";
const ACCESS_TOKEN: &str = "quollnests/1+";
const ACCESS_SECRET: &str = "numbatdens/1+";
const CALLBACK: &str = "http://127.0.0.1:1/cb?s=tapirwalks";
const PASSWORD: &str = "wombatburr/1+";
const WORDS: [&str; 8] = [
    "zebrafinch",
    "aardwolves",
    "pangolinss",
    "okapiherds",
    "quollnests",
    "numbatdens",
    "tapirwalks",
    "wombatburr",
];

/// Everything that was said.
static HEARD: LazyLock<Mutex<String>> = LazyLock::new(Mutex::default);
/// Every signature that was sent.
static SIGNATURES: LazyLock<Mutex<Vec<String>>> = LazyLock::new(Mutex::default);

fn hear(text: &str) {
    let mut heard = HEARD.lock().unwrap();
    heard.push_str(text);
    heard.push('\n');
}

fn debug(value: &impl Debug) {
    hear(&format!("{value:?}\n{value:#?}"));
}

fn both(value: &(impl Debug + Display)) {
    debug(value);
    hear(&format!("{value}\n{value:#}"));
}

fn chain(error: &dyn StdError) {
    let mut next = Some(error);
    while let Some(error) = next {
        hear(&format!("{error}\n{error:?}\n{error:#?}"));
        next = error.source();
    }
}

fn failed<S>(failed: Failed<S>) -> Flow<S>
where
    Failed<S>: StdError + Debug,
{
    chain(&failed);
    both(failed.error().kind());
    hear(&format!("{:?} {:?}", failed.error().excerpt(), failed.error().endpoint()));
    chain(failed.error());
    failed.into_flow()
}

/// A writer of `tracing`'s events.
struct Ear;

impl io::Write for Ear {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        HEARD.lock().unwrap().push_str(&String::from_utf8_lossy(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl log::Log for Ear {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        hear(&format!("{} {} {}", record.level(), record.target(), record.args()));
    }

    fn flush(&self) {}
}

fn listen() {
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(|| Ear)
        .init();
    log::set_boxed_logger(Box::new(Ear)).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
}

/// Sends requests over the crate's own transport, and keeps their signatures.
#[derive(Clone)]
struct Spy(ReqwestTransport);

impl Transport for Spy {
    fn send(&self, request: Request<Bytes>, limits: Limits) -> TransportFuture {
        let pairs = match request.headers().get(header::AUTHORIZATION) {
            Some(value) => {
                assert!(value.is_sensitive());
                naive::read_header(value.to_str().unwrap()).1
            }
            None if request.body().is_empty() => naive::read_form(request.uri().query().unwrap()),
            None => naive::read_form(std::str::from_utf8(request.body()).unwrap()),
        };
        let signature = pairs.into_iter().find(|(name, _)| name == "oauth_signature").unwrap().1;
        SIGNATURES.lock().unwrap().push(signature);
        // A program that prints the headers does no harm; the URL is another matter.
        debug(&request.headers());
        self.0.send(request, limits)
    }
}

fn canaries(builder: Builder) -> Builder {
    builder
        .consumer("the key", CONSUMER_SECRET)
        .request_token(REQUEST_TOKEN, REQUEST_SECRET)
        .access_token(ACCESS_TOKEN, ACCESS_SECRET)
        .verifier(VERIFIER)
        .user("ada", PASSWORD)
}

/// The ways the parameters can travel: on the token calls and on the session's.
#[derive(Clone, Copy, Debug)]
enum Way {
    Header,
    Form,
    Query,
}

struct Place {
    sandbox: Sandbox,
    client: Client,
    way: Way,
}

impl Place {
    async fn new(transport: &Spy, way: Way) -> Self {
        let sandbox = match way {
            Way::Header => Sandbox::builder().generic(),
            Way::Form => {
                let ways = [(Method::POST, Placement::Form), (Method::GET, Placement::Query)];
                Sandbox::builder().handshake_reads(&ways)
            }
            Way::Query => Sandbox::builder(),
        };
        let sandbox = canaries(sandbox).start().await.unwrap();
        let mut provider = sandbox.provider();
        if let Way::Form = way {
            provider = provider
                .with_request_token_call(Method::POST, Transmission::Form)
                .and_then(|p| p.with_access_token_call(Method::POST, Transmission::Form))
                .unwrap();
        }
        let client = Client::new(provider, sandbox.consumer())
            .unwrap()
            .with_transport(transport.clone())
            .with_time_limit(Duration::from_millis(300));
        both(&sandbox.provider());
        debug(&client);
        Self { sandbox, client, way }
    }

    fn request(&self, session: &Session) -> ResourceRequest {
        let url = format!("{}?format=json", self.sandbox.data_url("echo/v1"));
        let request = match self.way {
            Way::Form => session.post(url).form(&[("note", "a b")]),
            _ => session.get(url),
        };
        debug(&request);
        request
    }

    /// The whole flow and two requests, each of which meets a fault, where one is given.
    async fn go(self, request_token: &[Fault], exchange: &[Fault], resource: &[Fault]) {
        let Self { sandbox, client, .. } = &self;
        let mut flow = client.begin(Callback::url(CALLBACK).unwrap());
        debug(&flow);
        for fault in request_token {
            sandbox.inject_at(Endpoint::RequestToken, *fault);
            flow = match flow.request_token().await {
                Err(error) => failed(error),
                Ok(issued) => {
                    // The canary has been issued; this place is used up.
                    debug(&issued);
                    return;
                }
            };
        }
        let step = flow.request_token();
        debug(&step);
        let Ok(issued) = step.await else { return };
        debug(&issued);
        let approval = sandbox.approve(&issued.authorization_url()).unwrap();
        debug(&approval);
        let mut flow = issued.receive_callback(approval.callback_url().unwrap()).unwrap();
        for fault in exchange {
            debug(&flow);
            sandbox.inject_at(Endpoint::AccessToken, *fault);
            flow = match flow.exchange().await {
                Err(error) => failed(error),
                Ok(session) => {
                    debug(&session);
                    return;
                }
            };
        }
        let session = match flow.exchange().await {
            Ok(session) => session,
            // A lost reply has spent the token.
            Err(error) => return drop(failed(error)),
        };
        debug(&session);
        debug(session.access_token());
        for fault in resource {
            sandbox.inject_at(Endpoint::Data, *fault);
            let outcome = self.request(&session).send().await;
            if let Ok(reply) = &outcome {
                debug(reply);
            }
            let outcome = outcome
                .and_then(tripod::ResourceResponse::error_for_status)
                .and_then(|reply| reply.json::<u8>());
            chain(&outcome.unwrap_err());
        }
        both(&client.begin(Callback::out_of_band()).explain_request_token().unwrap());
        let explained = self.request(&session).explain().unwrap();
        both(&explained);
        let reply = self.request(&session).send().await.unwrap();
        assert!(reply.text().unwrap().contains("\"user\":\"ada\""));
        debug(&reply);
        chain(&reply.json::<u8>().unwrap_err());
        debug(&sandbox.log());
        debug(sandbox);
        debug(sandbox.user());
    }
}

const ON_THE_WIRE: [Fault; 13] = [
    Fault::NoAnswer,
    Fault::SlowBody,
    Fault::CutOff,
    Fault::HangUp,
    Fault::Huge,
    Fault::GzipBomb,
    Fault::GarbageBytes,
    Fault::HtmlPage,
    Fault::JsonReply,
    Fault::ServerError,
    Fault::Status(429),
    Fault::Redirect,
    Fault::ServerError,
];

const IN_A_REPLY: [Fault; 5] = [
    Fault::RepeatedField,
    Fault::NoSecret,
    Fault::EmptyToken,
    Fault::NoConfirmation,
    Fault::ConfirmationFalse,
];

/// What the callback says when it goes wrong.
async fn callbacks(transport: &Spy) {
    for fault in [
        Fault::OtherToken,
        Fault::NoToken,
        Fault::EmptyVerifier,
        Fault::Denied(Denial::DeniedToken),
        Fault::Denied(Denial::UserRefused),
        Fault::Denied(Denial::NoVerifier),
    ] {
        let place = Place::new(transport, Way::Query).await;
        let callback = Callback::url(CALLBACK).unwrap();
        let issued = place.client.begin(callback).request_token().await.unwrap();
        place.sandbox.inject(fault);
        let approval = place.sandbox.approve(&issued.authorization_url()).unwrap();
        let issued = failed(issued.receive_callback(approval.callback_url().unwrap()).unwrap_err());
        // Words that a stranger chose, among them what they should not know.
        for callback in [
            format!("/cb?oauth_problem={REQUEST_TOKEN}"),
            "/cb?error=x&oauth_token=aardwolves".to_owned(),
            format!("/cb?oauth_token={}&oauth_verifier=", naive::encode(REQUEST_TOKEN)),
            format!("/cb?oauth_token=%FF&oauth_verifier={VERIFIER}"),
        ] {
            let again = place.client.begin(Callback::out_of_band());
            let reply = format!(
                "oauth_token={}&oauth_token_secret=x&oauth_callback_confirmed=true",
                naive::encode(REQUEST_TOKEN)
            );
            let pending = again.accept(&Response::new(reply)).unwrap();
            drop(failed(pending.receive_callback(&callback).unwrap_err()));
        }
        drop(failed(issued.authorize(" ").unwrap_err()));
    }
}

/// A provider that repeats what it was sent, in each spelling, in each of its replies.
fn echoes() {
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
    let client = Client::new(crate::support::photos(), Consumer::new("key", CONSUMER_SECRET))
        .unwrap()
        .with_transport(Script::default());
    let begin = || client.begin(Callback::url(CALLBACK).unwrap());
    let issued = format!(
        "oauth_token={}&oauth_token_secret={}&oauth_callback_confirmed=true",
        naive::encode(REQUEST_TOKEN),
        naive::encode(REQUEST_SECRET)
    );
    for status in [200, 302, 400, 401, 500] {
        // The token is not known before the first reply, so only its own parameters hide it.
        let early = "oauth_token=aardwolves oauth_token_secret = pangolinss <a>/cb?s=tapirwalks";
        drop(failed(begin().accept(&at(early, status)).unwrap_err()));
        let authorized = begin().accept(&at(&issued, 200)).unwrap().authorize(VERIFIER).unwrap();
        drop(failed(authorized.accept(&at(&body, status)).unwrap_err()));
    }
    hear(&format!("{:?}", begin().accept(&at(&issued, 200)).unwrap()));
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
fn types() {
    let consumer = Consumer::new("the key", CONSUMER_SECRET);
    let token = AccessToken::new(ACCESS_TOKEN, ACCESS_SECRET);
    let callback = Callback::url(CALLBACK).unwrap();
    debug(&consumer);
    debug(&token);
    debug(&callback);
    debug(&Callback::out_of_band());
    debug(&SystemClock::new());
    debug(&Nonce::random());
    debug(&Limits::TOKEN);
    debug(&canaries(Sandbox::builder()));

    let url = format!("https://h.example/x?s=tapirwalks&t={}", naive::encode(ACCESS_TOKEN));
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
        let provider = Provider::new(&url, "https://h.example/a", "https://h.example/t").unwrap();
        both(&provider.clone().with_realm("a\nzebrafinch").unwrap_err());
        let client = Client::new(provider.with_signature_method(method), consumer.clone())
            .unwrap()
            .with_transport(Script::default());
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
        ];
        for request in outcomes {
            debug(&request);
            if let Err(error) = request.build() {
                chain(&error);
            }
        }
        if let Ok(request) = session.get(&url).build() {
            assert!(request.headers()[header::AUTHORIZATION].is_sensitive());
            debug(&request.headers());
        }
        if let Ok(request) = client.begin(callback.clone()).request() {
            debug(&request.headers());
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
        chain(&Provider::new(url, url, url).unwrap_err());
    }
}

/// How a word looks in hex, and in Base64 wherever in a longer text it stands.
fn disguises(word: &str) -> Vec<String> {
    let hex: String = word.bytes().fold(String::new(), |mut out, byte| {
        write!(out, "{byte:02x}").unwrap();
        out
    });
    let mut all = vec![word.to_owned(), hex.to_uppercase(), hex];
    // The list of bytes that a `Vec<u8>` prints.
    all.push(format!("{:?}", word.as_bytes()).trim_matches(['[', ']']).to_owned());
    for skip in 0..3 {
        let mut bytes = vec![b'-'; skip];
        bytes.extend(word.bytes());
        let whole = bytes.len() / 3 * 3;
        let text = naive::base64(&bytes[..whole]);
        all.push(text[if skip == 0 { 0 } else { 4 }..].to_owned());
    }
    all
}

// checklist 55, 56
#[tokio::test]
async fn nothing_that_is_said_shows_a_secret() {
    listen();
    // Also where the program's own settings ask for every byte on the wire.
    let builder = ReqwestTransport::builder().unwrap().connection_verbose(true);
    let transport = Spy(ReqwestTransport::from_builder(builder).unwrap());
    debug(&transport.0);
    types();
    echoes();
    callbacks(&transport).await;
    let none = &[][..];
    for way in [Way::Header, Way::Form, Way::Query] {
        Place::new(&transport, way).await.go(none, none, none).await;
        let faults = [Fault::ServerError, Fault::TimestampRefused, Fault::TimestampRefused];
        let place = Place::new(&transport, way).await;
        place.go(&faults[..1], &faults[..1], &faults[..1]).await;
        let place = Place::new(&transport, way).await;
        place.sandbox.inject(Fault::ClockJump(7200));
        place.sandbox.inject(Fault::NonceRefused);
        place.go(none, &faults[1..], none).await;
    }
    let place = Place::new(&transport, Way::Query).await;
    place.go(&ON_THE_WIRE, &ON_THE_WIRE, &ON_THE_WIRE).await;
    for fault in IN_A_REPLY {
        Place::new(&transport, Way::Query).await.go(&[fault], none, none).await;
        Place::new(&transport, Way::Query).await.go(none, &[fault], none).await;
    }
    Place::new(&transport, Way::Query).await.go(none, &[Fault::LostReply], none).await;

    let heard = std::mem::take(&mut *HEARD.lock().unwrap());
    // The net is out: the crate's events, reqwest's records, and what is meant to be seen.
    for expected in ["tripod: request stage=", "one retry", "reqwest::connect starting", "the key"]
    {
        assert!(heard.contains(expected), "{expected}");
    }
    let signatures = SIGNATURES.lock().unwrap();
    assert!(signatures.len() > 60, "{}", signatures.len());
    let mut needles: Vec<String> = WORDS.iter().flat_map(|word| disguises(word)).collect();
    for signature in signatures.iter() {
        let once = naive::encode(signature);
        needles.extend([naive::encode(&once), once, signature.clone()]);
    }
    for needle in needles {
        if let Some(at) = heard.find(&needle) {
            let around = heard[..at].rfind('\n').map_or(0, |line| line + 1);
            let line = heard[around..].lines().next().unwrap_or_default();
            panic!("{needle} is in {line}");
        }
    }
}
