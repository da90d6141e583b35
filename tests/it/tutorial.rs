//! The requests and replies in `docs/tutorial.md` are those of a flow against the sandbox.
//!
//! To write them anew: `TRIPOD_UI=overwrite cargo test --test it tutorial`.

use std::{
    env,
    fmt::Write as _,
    fs,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use http::{Request, Response};
use tripod::{
    Callback, Client, Consumer, Nonce, Provider,
    transport::{Limits, Transport, TransportFuture},
};
use tripod_sandbox::{Persona, Sandbox, SandboxTransport};

use crate::support::Hands;

const NOW: i64 = 1_795_694_400;

/// Writes down what goes over the wire.
struct Recorder {
    inner: SandboxTransport,
    wire: Arc<Mutex<Vec<String>>>,
}

impl Transport for Recorder {
    fn send(&self, request: Request<Bytes>, limits: Limits) -> TransportFuture {
        let mut asked = format!("{} {}\n", request.method(), lines(&request.uri().to_string()));
        for (name, value) in request.headers() {
            writeln!(asked, "{name}: {}", value.to_str().unwrap()).unwrap();
        }
        let (reply, wire) = (self.inner.send(request, limits), Arc::clone(&self.wire));
        Box::pin(async move {
            let reply: Response<Bytes> = reply.await?;
            let body = std::str::from_utf8(reply.body()).unwrap();
            let body = if body.starts_with("oauth") {
                body.replace('&', "\n  &")
            } else {
                body.to_owned()
            };
            wire.lock().unwrap().push(format!("{asked}\n{}\n\n{body}\n", reply.status()));
            Ok(reply)
        })
    }
}

/// A URL with each parameter of its query on a line of its own.
fn lines(url: &str) -> String {
    url.replacen('?', "\n  ?", 1).replace('&', "\n  &")
}

#[tokio::test]
async fn the_tutorial_shows_what_goes_over_the_wire() {
    let sandbox = Sandbox::builder()
        .like(Persona::FatSecret)
        .consumer("your-consumer-key", "your-consumer-secret")
        .fixed_time(NOW)
        .request_token("request-token", "request-secret")
        .verifier("1234567")
        .access_token("access-token", "access-secret")
        .start()
        .await
        .unwrap();
    let wire = Arc::<Mutex<Vec<String>>>::default();
    let recorder = Recorder { inner: sandbox.transport(), wire: Arc::clone(&wire) };
    let counter = Mutex::new(0);
    let nonces = move || {
        let mut counter = counter.lock().unwrap();
        *counter += 1;
        Nonce::new(&format!("nonce{counter}")).unwrap()
    };
    let consumer = Consumer::new("your-consumer-key", "your-consumer-secret");
    let client = Client::from_transport(Provider::fatsecret(), consumer, recorder)
        .with_clock(Hands::at(NOW))
        .with_nonces(nonces);

    let issued = client.begin(Callback::out_of_band()).request_token().await.unwrap();
    let page = issued.authorization_url();
    let pin = sandbox.approve(&page).unwrap().verifier().unwrap().to_owned();
    let session = issued.authorize(&pin).unwrap().exchange().await.unwrap();
    let api = "https://platform.fatsecret.com/rest/server.api";
    let reply = session
        .get(api)
        .query(&[("method", "food_entries.get.v2"), ("date", "20454"), ("format", "json")])
        .send()
        .await
        .unwrap();
    reply.error_for_status().unwrap();

    let mut wire = wire.lock().unwrap();
    assert_eq!(wire.len(), 3);
    wire.insert(1, format!("{}\n", lines(&page)));
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/tutorial.md");
    let page = fs::read_to_string(path).unwrap();
    let mut written = String::new();
    let mut rest = page.as_str();
    for said in wire.iter() {
        let (before, after) = rest.split_once("<!-- wire -->\n```text\n").unwrap();
        let (_, after) = after.split_once("```").unwrap();
        write!(written, "{before}<!-- wire -->\n```text\n{said}```").unwrap();
        rest = after;
    }
    written += rest;
    if env::var("TRIPOD_UI").as_deref() == Ok("overwrite") {
        fs::write(path, &written).unwrap();
        return;
    }
    assert!(
        page == written,
        "docs/tutorial.md shows other requests or replies than\n{}",
        wire.join("\n")
    );
}
