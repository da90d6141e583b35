//! Transports behind pointers, of closures, of services, with settings, and without a runtime.

use std::{
    future::{pending, ready},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::Request;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};
use tripod::{
    Callback, Client, Consumer, ErrorKind, Provider, UnsupportedError,
    providers::fatsecret::{DATA, HANDSHAKE},
    transport::{
        self, Body, Limits, PauseFuture, ReqwestSettings, ReqwestTransport, StreamFuture,
        Transport, TransportError, TransportFuture, UreqTransport,
    },
};
use tripod_sandbox::Sandbox;

use crate::support::{GRANTED, ISSUED, KEY, Kind, SECRET, quiet, reply};

fn client(transport: impl Transport) -> Client {
    Client::from_transport(crate::support::photos(), Consumer::new(KEY, SECRET), transport)
}

/// Says by its errors which method was called.
struct Named;

impl Transport for Named {
    fn send(&self, _: Request<Bytes>, _: Limits) -> TransportFuture {
        Box::pin(ready(Err(TransportError::connect("sent"))))
    }

    fn send_stream(&self, _: Request<Body>, _: Limits) -> StreamFuture {
        Box::pin(ready(Err(TransportError::connect("streamed"))))
    }

    fn pause(&self, _: Duration) -> Option<PauseFuture> {
        Some(Box::pin(ready(())))
    }
}

#[test]
fn pointers_pass_every_method_on() {
    fn check(transport: &impl Transport) {
        let error = |error: TransportError| std::error::Error::source(&error).unwrap().to_string();
        let sent = tripod_poll(transport.send(Request::default(), Limits::TOKEN));
        assert_eq!(error(sent.unwrap_err()), "sent");
        let streamed = tripod_poll(transport.send_stream(Request::default(), Limits::TOKEN));
        assert_eq!(error(streamed.unwrap_err()), "streamed");
        assert!(transport.pause(Duration::from_secs(1)).is_some());
    }
    check(&Arc::new(Named));
    check(&Box::new(Named));
    check(&(Arc::new(Named) as Arc<dyn Transport>));
    check(&(Box::new(Named) as Box<dyn Transport>));
    check(&Arc::new(Box::new(Named) as Box<dyn Transport>));
}

fn tripod_poll<F: Future + Unpin>(mut call: F) -> F::Output {
    let mut context = Context::from_waker(std::task::Waker::noop());
    match std::pin::Pin::new(&mut call).poll(&mut context) {
        Poll::Ready(outcome) => outcome,
        Poll::Pending => panic!("it waits"),
    }
}

#[test]
fn a_closure_is_a_transport_and_needs_no_runtime() {
    let count = Arc::new(AtomicUsize::new(0));
    let sent = Arc::clone(&count);
    let transport = transport::from_fn(move |request: Request<Bytes>, _| {
        assert!(request.headers().contains_key("authorization"));
        let body = [ISSUED, GRANTED, "done"][sent.fetch_add(1, Ordering::SeqCst)];
        ready(Ok(reply(200, body)))
    });
    let issued = client(transport).begin(Callback::out_of_band()).request_token().wait().unwrap();
    let session = issued.authorize("77").unwrap().exchange().wait().unwrap();
    let reply = session.get("https://photos.example.net/photos").wait().unwrap();
    assert_eq!(reply.text().unwrap(), "done");
    let error = session.get("https://elsewhere.example/").wait().unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Request(tripod::RequestError::ForeignOrigin));
    assert_eq!(count.load(Ordering::SeqCst), 3);
}

/// Nothing was sent, and the flow is still there.
#[track_caller]
fn needs_a_runtime(client: &Client) {
    let failed = client.begin(Callback::out_of_band()).request_token().wait().unwrap_err();
    assert_eq!(*failed.error().kind(), ErrorKind::Unsupported(UnsupportedError::NoRuntime));
    assert_eq!(failed.error().stage(), tripod::Stage::RequestToken);
    assert!(!failed.error().may_have_happened());
    let said = failed.error().to_string();
    assert!(said.contains("use `UreqTransport` with `wait`"), "{said}");
    quiet(&failed);
    drop(failed.into_flow().request_token());
}

#[tokio::test]
async fn a_transport_with_a_reactor_refuses_to_be_waited_for_in_a_runtime() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::new(sandbox.provider(), sandbox.consumer()).unwrap();
    needs_a_runtime(&client);
    needs_a_runtime(&client.clone().with_transport(crate::tower::hyper()));
    assert_eq!(sandbox.requests(), 0);
    // Awaited, the same client works.
    let _issued = client.begin(Callback::out_of_band()).request_token().await.unwrap();
}

#[test]
fn a_transport_with_a_reactor_refuses_to_be_waited_for_without_one() {
    needs_a_runtime(&client(ReqwestTransport::new().unwrap()));
    // What else is not ready at once may have been sent.
    let never = transport::from_fn(|_, _| pending());
    let failed = client(never).begin(Callback::out_of_band()).request_token().wait().unwrap_err();
    assert_eq!(*failed.error().kind(), ErrorKind::Unsupported(UnsupportedError::NoRuntime));
    assert!(failed.error().may_have_happened());
}

#[tokio::test]
async fn no_redirect_is_followed_whatever_the_builder_says() {
    let target = crate::proxy::issuing("followed").await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(connection.read_u8().await.unwrap());
        }
        let reply = format!("HTTP/1.1 307 X\r\nlocation: {target}/\r\ncontent-length: 0\r\n\r\n");
        connection.write_all(reply.as_bytes()).await.unwrap();
    });
    let following = ReqwestTransport::builder().unwrap();
    let following = following.redirect(reqwest::redirect::Policy::limited(5));
    let transport = ReqwestTransport::from_builder(following).unwrap();
    let provider = Provider::fatsecret().moved_to(&[(HANDSHAKE, &origin), (DATA, &origin)]);
    let client = Client::from_transport(provider.unwrap(), Consumer::new(KEY, SECRET), transport);
    let failed = client.begin(Callback::out_of_band()).request_token().await.unwrap_err();
    let redirected = Kind::redirected(http::StatusCode::TEMPORARY_REDIRECT);
    assert_eq!(*failed.error().kind(), redirected);
}

#[tokio::test]
async fn the_settings_reach_the_provider() {
    let sandbox = Sandbox::start().await.unwrap();
    let transport = ReqwestSettings::new()
        .with_user_agent("diary-reader/1.2")
        .with_connect_timeout(Duration::from_secs(3))
        // Requests to this machine do not take the proxy, which does not exist.
        .with_proxy("http://user:canary@127.0.0.1:1")
        .build()
        .unwrap();
    let client = Client::from_transport(sandbox.provider(), sandbox.consumer(), transport);
    let _issued = client.begin(Callback::out_of_band()).request_token().await.unwrap();

    for settings in [
        ReqwestSettings::new().with_user_agent("a\nb"),
        ReqwestSettings::new().with_proxy("http://user:canary@[x"),
        ReqwestSettings::new().with_root_certificates("no PEM"),
        ReqwestSettings::new().with_root_certificates(
            "-----BEGIN CERTIFICATE-----\ncanary\n-----END CERTIFICATE-----\n",
        ),
    ] {
        let said = format!("{settings:?}");
        let Err(error) = settings.build() else { panic!("{said}") };
        assert!(matches!(error.kind(), ErrorKind::InvalidSetting { .. }), "{error:?}");
        let said = format!("{said} {error} {error:?}");
        assert!(!said.contains("canary"), "{said}");
    }
}

/// Takes one request's head, and hangs up.
async fn hears_one_head(listener: TcpListener) -> String {
    let (mut connection, _) = listener.accept().await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(connection.read_u8().await.unwrap());
    }
    String::from_utf8(head).unwrap().to_ascii_lowercase()
}

/// Other systems have one address of this machine only.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn no_address_of_this_machine_takes_the_proxy() {
    let listener = TcpListener::bind("127.0.0.2:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let head = tokio::spawn(hears_one_head(listener));
    let transport = ReqwestSettings::new().with_proxy("http://127.0.0.1:1").build().unwrap();
    let here = [HANDSHAKE, DATA].map(|there| (there, origin.as_str()));
    let provider = Provider::fatsecret().moved_to(&here).unwrap();
    let client = Client::from_transport(provider, Consumer::new(KEY, SECRET), transport);
    let failed = client.begin(Callback::out_of_band()).request_token().await.unwrap_err();
    // By the proxy, which does not exist, there would be no connection.
    assert_eq!(*failed.error().kind(), ErrorKind::Interrupted);
    let head = head.await.unwrap();
    assert!(head.contains(&format!("host: {}\r\n", &origin["http://".len()..])), "{head}");
}

#[tokio::test]
async fn the_user_agent_and_the_proxy_are_used() {
    let listen = async || {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        (origin, tokio::spawn(hears_one_head(listener)))
    };
    let consumer = || Consumer::new(KEY, SECRET);
    let begin = async |client: Client| {
        client.begin(Callback::out_of_band()).request_token().await.unwrap_err()
    };

    let (origin, head) = listen().await;
    let transport = ReqwestSettings::new().with_user_agent("diary-reader/1.2").build().unwrap();
    let here = [HANDSHAKE, DATA].map(|there| (there, origin.as_str()));
    let provider = Provider::fatsecret().moved_to(&here).unwrap();
    let _failed = begin(Client::from_transport(provider, consumer(), transport)).await;
    let head = head.await.unwrap();
    assert!(head.contains("\r\nuser-agent: diary-reader/1.2\r\n"), "{head}");

    // The proxy is asked for a connection to the provider, and learns no more than the host.
    let (proxy, head) = listen().await;
    let proxy = proxy.replace("http://", "http://user:canary@");
    let transport = ReqwestSettings::new().with_proxy(proxy).build().unwrap();
    let failed = begin(Client::from_transport(Provider::fatsecret(), consumer(), transport)).await;
    let head = head.await.unwrap();
    assert!(head.starts_with("connect authentication.fatsecret.com:443 http/1.1\r\n"), "{head}");
    // user:canary
    assert!(head.contains("\r\nproxy-authorization: basic dxnlcjpjyw5hcnk=\r\n"), "{head}");
    let said = format!("{failed} {failed:?} {:?}", failed.error());
    assert!(!said.contains("canary"), "{said}");
}

#[test]
fn ureq_needs_no_runtime_and_finds_nobody() {
    let nobody = "http://localhost:1";
    let provider = Provider::fatsecret().moved_to(&[(HANDSHAKE, nobody), (DATA, nobody)]);
    let client =
        Client::from_transport(provider.unwrap(), Consumer::new(KEY, SECRET), UreqTransport::new());
    let failed = client.begin(Callback::out_of_band()).request_token().wait().unwrap_err();
    assert_eq!(*failed.error().kind(), ErrorKind::Connect);
    assert!(!failed.error().may_have_happened());
    quiet(&failed);
}
