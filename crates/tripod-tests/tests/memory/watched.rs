//! The process that is watched: a whole flow, and no copy of a canary but those that are handed over.
//!
//! It reads its canaries without a buffer that outlives them, and wipes what it made of them. What a
//! real program does with its secrets before it has a `Consumer` is its own matter.

use std::{
    fs::File,
    future::{pending, ready},
    io::{self, Read as _, Write as _},
    os::fd::AsFd as _,
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use http::{Method, Request, Response};
use tripod::{
    BoxError, Callback, Client, Consumer, Endpoints, Provider, Session, SignatureMethod, Signing,
    Transmission,
    signature::{Sign, SigningKey},
    transport::{Limits, ReqwestTransport, Transport, TransportFuture},
    vault::{KeyRing, SealingKey, Vault, store::MemoryStore},
};
use zeroize::{Zeroize as _, Zeroizing};

/// The canaries' lines, in the order of [`Canaries::sheet`](crate::canary::Canaries::sheet).
struct Sheet {
    text: Zeroizing<Vec<u8>>,
}

impl Sheet {
    fn read(input: &mut File) -> Self {
        let mut text = Zeroizing::new(Vec::with_capacity(4096));
        let mut byte = Zeroizing::new([0]);
        let mut lines = 0;
        while lines < 6 {
            input.read_exact(&mut *byte).unwrap();
            lines += usize::from(byte[0] == b'\n');
            assert!(text.len() < text.capacity(), "growing would leave a copy behind");
            text.push(byte[0]);
        }
        Self { text }
    }

    fn line(&self, index: usize) -> &str {
        std::str::from_utf8(&self.text).unwrap().lines().nth(index).unwrap()
    }

    /// As what is handed over: it has no spare room, so that giving it up copies nothing.
    fn owned(&self, index: usize) -> String {
        let line = self.line(index);
        let mut owned = String::with_capacity(line.len());
        owned.push_str(line);
        owned
    }

    /// A token reply.
    fn reply(&self, index: usize, more: &str) -> Bytes {
        Bytes::from(self.encoded("oauth_token=t&oauth_token_secret=", index, more))
    }

    /// A line, encoded without a copy on the way, and what stands around it.
    fn encoded(&self, start: &str, index: usize, more: &str) -> String {
        let line = self.line(index);
        let changed = line.bytes().filter(|byte| matches!(byte, b'/' | b'+')).count();
        let mut body = String::with_capacity(start.len() + line.len() + 2 * changed + more.len());
        body.push_str(start);
        for character in line.chars() {
            match character {
                '/' => body.push_str("%2F"),
                '+' => body.push_str("%2B"),
                other => body.push(other),
            }
        }
        body.push_str(more);
        assert_eq!(body.len(), body.capacity());
        body
    }
}

/// What happens to the next request.
#[derive(Clone, Copy)]
enum Turn {
    Answer,
    Never,
    Refuse,
    Panic,
}

/// A transport that wipes what it can of what it was given.
#[derive(Clone)]
struct Scripted {
    sheet: Arc<Sheet>,
    next: Arc<Mutex<Turn>>,
}

impl Scripted {
    fn next(&self, turn: Turn) {
        *self.next.lock().unwrap() = turn;
    }
}

impl Transport for Scripted {
    fn send(&self, request: Request<Bytes>, _: Limits) -> TransportFuture {
        let turn = std::mem::replace(&mut *self.next.lock().unwrap(), Turn::Answer);
        let path = request.uri().path().to_owned();
        if let Ok(mut sent) = request.into_body().try_into_mut() {
            sent.zeroize();
        }
        match turn {
            Turn::Never => return Box::pin(pending()),
            Turn::Panic => panic!("the transport has a bug"),
            Turn::Refuse => {
                let mut reply = Response::new(Bytes::from_static(b"oauth_problem=token_rejected"));
                *reply.status_mut() = http::StatusCode::UNAUTHORIZED;
                return Box::pin(ready(Ok(reply)));
            }
            Turn::Answer => {}
        }
        let body = match path.as_str() {
            "/request" => self.sheet.reply(1, "&oauth_callback_confirmed=true"),
            "/access" => self.sheet.reply(3, ""),
            _ => Bytes::from_static(b"{}"),
        };
        Box::pin(ready(Ok(Response::new(body))))
    }
}

/// A signer of the caller's own, which looks at the secrets.
struct Own;

impl Sign for Own {
    fn name(&self) -> &'static str {
        "X-OWN"
    }

    fn sign(&self, base_string: &str, key: &SigningKey<'_>) -> Result<Vec<u8>, BoxError> {
        let length = base_string.len() + key.consumer_secret().len() + key.token_secret().len();
        Ok(length.to_be_bytes().to_vec())
    }
}

pub(crate) fn run(case: &str) {
    let mut input = File::from(io::stdin().as_fd().try_clone_to_owned().unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let held = runtime.block_on(flow(case, &mut input));
    pause("alive", &mut input);
    drop(held);
    drop(runtime);
    pause("over", &mut input);
}

/// Stops until the memory has been read.
fn pause(point: &str, input: &mut File) {
    let mut output = io::stdout().lock();
    writeln!(output, "{point}").unwrap();
    output.flush().unwrap();
    input.read_exact(&mut [0]).unwrap();
}

/// The session, and the vault where it was kept.
async fn flow(case: &str, input: &mut File) -> (Session, Option<Vault>) {
    let sheet = Arc::new(Sheet::read(input));
    let script = Scripted { sheet: Arc::clone(&sheet), next: Arc::new(Mutex::new(Turn::Answer)) };
    let networked = case.starts_with("over reqwest");
    let origin = if networked {
        format!("http://{}", sheet.line(4))
    } else {
        "https://p.example".to_owned()
    };
    let client =
        Client::new(provider(case, &origin), Consumer::new("the key", sheet.owned(0))).unwrap();
    let client = if networked {
        client.with_transport(ReqwestTransport::new().unwrap())
    } else {
        client.with_transport(script.clone())
    };
    let verifier = Zeroizing::new(sheet.owned(2));

    let issued = client.begin(Callback::out_of_band()).request_token().await.unwrap();
    let vault = (case == "put away and taken up again").then(|| {
        let key = SealingKey::from_base64(sheet.line(5)).unwrap();
        Vault::new(&client, KeyRing::new("1", key).unwrap(), MemoryStore::new())
    });
    let mut authorized = match &vault {
        None => issued.authorize(&verifier).unwrap(),
        Some(vault) => {
            let ticket = vault.park(issued).await.unwrap();
            let came_back = Zeroizing::new(sheet.encoded("/?oauth_token=t&oauth_verifier=", 2, ""));
            vault.resume(&ticket, &came_back).await.unwrap()
        }
    };
    match case {
        "steps given up and refused" => {
            script.next(Turn::Never);
            let mut step = authorized.exchange();
            assert!(step.now_or_never().is_none());
            authorized = step.into_flow().unwrap();
            script.next(Turn::Refuse);
            authorized = authorized.exchange().await.unwrap_err().into_flow();
            authorized = authorized.discard_verifier().authorize(&verifier).unwrap();
        }
        "a transport that panics" => {
            script.next(Turn::Panic);
            let mut step = authorized.exchange();
            let caught =
                std::panic::catch_unwind(AssertUnwindSafe(|| step.now_or_never().is_none()));
            assert!(caught.is_err());
            authorized = step.into_flow().unwrap();
        }
        _ => {}
    }
    let mut session = authorized.exchange().await.unwrap();
    if let Some(vault) = &vault {
        vault.save("the user", &session).await.unwrap();
        session = vault.load("the user").await.unwrap().unwrap();
    }
    let url = format!("{origin}/data");
    let request = || match case.split(',').next() {
        Some("header" | "query" | "over reqwest") => session.get(&url),
        _ => session.post(&url).form(&[("note", "a b")]),
    };
    let explained = request().explain().unwrap();
    assert_eq!(explained.method(), client.provider().signing().method().name());
    let reply = request().send().await.unwrap();
    assert_eq!(reply.text().unwrap(), "{}");
    (session, vault)
}

fn provider(case: &str, origin: &str) -> Provider {
    let at = |path: &str| format!("{origin}{path}");
    let provider = Provider::new(Endpoints {
        request_token: &at("/request"),
        authorize: &at("/authorize"),
        access_token: &at("/access"),
    })
    .unwrap();
    let signing = Signing::new(match case {
        "form, HMAC-SHA256" => SignatureMethod::HmacSha256,
        "form, HMAC-SHA512" => SignatureMethod::HmacSha512,
        "form, PLAINTEXT" => SignatureMethod::Plaintext,
        "form, a signer of the caller's own" => SignatureMethod::custom(Own),
        _ => SignatureMethod::HmacSha1,
    });
    let (method, transmission) = match case.split(',').next() {
        Some("header" | "over reqwest") => (Method::POST, Transmission::Header),
        Some("query") => (Method::GET, Transmission::Query),
        _ => (Method::POST, Transmission::Form),
    };
    provider
        .with_request_token_call(method.clone(), transmission)
        .and_then(|provider| provider.with_access_token_call(method, transmission))
        .unwrap()
        .with_signing(signing.with_transmission(transmission))
}

/// Polls a step once.
trait NowOrNever: Future + Unpin {
    fn now_or_never(&mut self) -> Option<Self::Output> {
        let context = &mut Context::from_waker(Waker::noop());
        match Pin::new(self).poll(context) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        }
    }
}

impl<F: Future + Unpin> NowOrNever for F {}
