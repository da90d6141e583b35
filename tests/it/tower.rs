//! Any `tower` service as a transport: when it is called, what its failures mean, and what is streamed through it.

use std::{
    convert::Infallible,
    future::{Ready, pending, ready},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Frame;
use http_body_util::Full;
use hyper_util::{
    client::legacy::{self, connect::HttpConnector},
    rt::TokioExecutor,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tower_service::Service;
use tripod::{
    AccessToken, Callback, Client, Consumer, ErrorKind, RequestError,
    transport::{Body, TowerTransport, Transport, TransportError},
};
use tripod_sandbox::Sandbox;

use crate::{
    bodies::stream,
    streams::{raw_with, whole},
    support::{ACCESS_SECRET, ACCESS_TOKEN, ISSUED, KEY, Kind, SECRET, photos, quiet},
};

const PHOTOS: &str = "https://photos.example.net/photos";

/// The client of hyper-util, as the documentation has it.
pub(crate) fn hyper() -> TowerTransport<legacy::Client<HttpConnector, Body>> {
    let hyper = legacy::Client::builder(TokioExecutor::new()).build_http();
    TowerTransport::new(hyper).with_classifier(|error| match error.downcast::<legacy::Error>() {
        Ok(error) if error.is_connect() => TransportError::connect(error),
        Ok(error) => TransportError::interrupted(error),
        Err(error) => TransportError::interrupted(error),
    })
}

fn client(transport: impl Transport) -> Client {
    Client::from_transport(photos(), Consumer::new(KEY, SECRET), transport)
}

fn token() -> AccessToken {
    AccessToken::new(ACCESS_TOKEN, ACCESS_SECRET).unwrap()
}

/// Must be polled until it is ready, and only then called: once for each clone.
struct Fine {
    readied: bool,
    calls: Arc<AtomicUsize>,
}

impl Clone for Fine {
    fn clone(&self) -> Self {
        Self { readied: false, calls: Arc::clone(&self.calls) }
    }
}

impl Service<Request<Body>> for Fine {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        if std::mem::replace(&mut self.readied, true) {
            return Poll::Ready(Ok(()));
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        assert!(self.readied, "called before it was ready");
        self.calls.fetch_add(1, Ordering::SeqCst);
        ready(Ok(Response::new(Full::from(ISSUED))))
    }
}

#[tokio::test]
async fn a_service_is_called_when_it_is_ready() {
    let service = Fine { readied: true, calls: Arc::default() };
    let calls = Arc::clone(&service.calls);
    let client = client(TowerTransport::new(service));
    for _ in 0..2 {
        let _issued = client.begin(Callback::out_of_band()).request_token().await.unwrap();
    }
    assert_eq!(calls.load(Ordering::SeqCst), 2);
    let failed = client.with_reply_limit(3).session(token());
    let error = failed.get("https://photos.example.net/").send().await.unwrap_err();
    assert_eq!(*error.kind(), Kind::too_large(3));
}

#[tokio::test]
async fn a_router_of_axum_is_a_service() {
    let provider = axum::Router::new().route("/initiate", axum::routing::post(|| ready(ISSUED)));
    let client = client(TowerTransport::new(provider));
    let issued = client.begin(Callback::out_of_band()).request_token().await.unwrap();
    assert!(issued.authorization_url().ends_with("/authorize?oauth_token=request%2Ftoken%2B1"));
}

/// Fails in the way that it is told.
#[derive(Clone)]
enum Bad {
    NeverReady,
    NotReady,
    NeverAnswers,
    Fails(&'static str),
}

impl Service<Request<Body>> for Bad {
    type Response = Response<Full<Bytes>>;
    type Error = tripod::BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, tripod::BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), tripod::BoxError>> {
        match self {
            Self::NeverReady => Poll::Pending,
            Self::NotReady => Poll::Ready(Err("overloaded".into())),
            _ => Poll::Ready(Ok(())),
        }
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        match self {
            Self::Fails(why) => Box::pin(ready(Err((*why).into()))),
            _ => Box::pin(pending()),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_services_failures_are_told_apart() {
    for (bad, kind, may_have_happened) in [
        (Bad::NeverReady, ErrorKind::Connect, false),
        (Bad::NotReady, ErrorKind::Connect, false),
        (Bad::NeverAnswers, ErrorKind::Timeout, true),
        (Bad::Fails("cut"), ErrorKind::Interrupted, true),
        (Bad::Fails("refused"), ErrorKind::Connect, false),
    ] {
        let transport = TowerTransport::new(bad).with_classifier(|error| {
            let is_refused = error.to_string() == "refused";
            if is_refused {
                TransportError::connect(error)
            } else {
                TransportError::interrupted(error)
            }
        });
        let failed =
            client(transport).begin(Callback::out_of_band()).request_token().await.unwrap_err();
        assert_eq!(*failed.error().kind(), kind);
        assert_eq!(failed.error().may_have_happened(), may_have_happened);
    }
    // Unless somebody knows better, it may have happened.
    let transport = TowerTransport::new(Bad::Fails("refused"));
    let failed =
        client(transport).begin(Callback::out_of_band()).request_token().await.unwrap_err();
    assert_eq!(*failed.error().kind(), ErrorKind::Interrupted);
}

#[tokio::test]
async fn the_sandbox_receives_a_stream_through_a_service() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::from_transport(sandbox.provider(), sandbox.consumer(), hyper());
    let session = client.session(sandbox.grant());
    let url = format!("{}?format=json", sandbox.data_url("echo/v1"));
    let pieces = || vec![vec![7_u8; 10_000]; 30];
    for body in
        [stream(pieces()), stream(pieces()).with_length(300_000), Body::from(vec![7; 300_000])]
    {
        let request = session.post(&url);
        let reply = request.send_stream("application/octet-stream", body).await.unwrap();
        let echo: serde_json::Value = reply.error_for_status().unwrap().json().unwrap();
        assert_eq!(echo["echo"]["body_length"], 300_000);
    }
    // And a whole body, which is no stream.
    let reply = session.post(&url).body("text/plain", "abc").send().await.unwrap();
    let echo: serde_json::Value = reply.error_for_status().unwrap().json().unwrap();
    assert_eq!(echo["echo"]["body_length"], 3);
}

#[tokio::test]
async fn a_service_is_told_a_length_that_is_known() {
    for (body, announced) in [
        (stream(["hel", "lo"]), "transfer-encoding: chunked\r\n"),
        (stream(["hel", "lo"]).with_length(5), "content-length: 5\r\n"),
    ] {
        let (session, url, mut seen) = raw_with(hyper(), async |mut connection: TcpStream| {
            let mut body = Vec::new();
            while body != b"hello" && !body.ends_with(b"0\r\n\r\n") {
                body.push(connection.read_u8().await.unwrap());
            }
            connection.write_all(b"HTTP/1.1 201 X\r\nContent-Length: 0\r\n\r\n").await.unwrap();
        })
        .await;
        let reply = session.put(url).send_stream("video/mp4", body).await.unwrap();
        assert_eq!(reply.status(), 201);
        let head = seen.recv().await.unwrap();
        assert!(head.contains(announced), "{head}");
    }
}

#[tokio::test]
async fn a_body_that_fails_is_told_from_a_service_that_fails() {
    let (session, url, _seen) = raw_with(hyper(), async |mut connection: TcpStream| {
        let mut rest = Vec::new();
        let _ = connection.read_to_end(&mut rest).await;
    })
    .await;
    let short = stream(["hello"]).with_length(9);
    let error = session.put(url).send_stream("video/mp4", short).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Request(RequestError::BodyFailed));
    quiet(&error);
}

/// The second half is written only when the first has been read.
#[tokio::test]
async fn a_services_reply_is_read_while_it_arrives() {
    let (first_is_read, wait) = tokio::sync::oneshot::channel();
    let (session, url, _seen) = raw_with(hyper(), async move |mut connection: TcpStream| {
        let head = b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n";
        connection.write_all(head).await.unwrap();
        connection.write_all(b"half").await.unwrap();
        wait.await.unwrap();
        connection.write_all(b"half").await.unwrap();
    })
    .await;
    let mut download = session.get(url).download().await.unwrap();
    assert_eq!(download.chunk().await.unwrap().unwrap(), "half");
    first_is_read.send(()).unwrap();
    assert_eq!(whole(download).await.unwrap(), b"half");
}

/// A reply whose body has one piece, and then fails or stands still.
#[derive(Clone)]
struct Breaks {
    fails: bool,
}

impl Service<Request<Body>> for Breaks {
    type Response = Response<Self>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        ready(Ok(Response::new(self.clone())))
    }
}

impl http_body::Body for Breaks {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
        if self.fails { Poll::Ready(Some(Err("cut"))) } else { Poll::Pending }
    }
}

#[tokio::test(start_paused = true)]
async fn a_services_failures_are_told_apart_in_a_stream() {
    async fn failed(transport: impl Transport) -> tripod::Error {
        let session = client(transport).session(token());
        let get = session.get(PHOTOS).timeout(Duration::from_secs(7));
        match get.download().await {
            Ok(mut download) => download.chunk().await.unwrap_err(),
            Err(error) => error,
        }
    }
    for (bad, kind, may_have_happened, seconds) in [
        (Bad::NeverReady, ErrorKind::Connect, false, 7),
        (Bad::NotReady, ErrorKind::Connect, false, 0),
        (Bad::NeverAnswers, ErrorKind::Timeout, true, 7),
        (Bad::Fails("cut"), ErrorKind::Interrupted, true, 0),
    ] {
        let start = tokio::time::Instant::now();
        let error = failed(TowerTransport::new(bad)).await;
        assert_eq!(*error.kind(), kind);
        assert_eq!(error.may_have_happened(), may_have_happened, "{error}");
        assert_eq!(start.elapsed().as_secs(), seconds, "{error}");
    }
    // There was a reply, so there was a connection, whatever the classifier says of it.
    for (fails, kind) in [(true, ErrorKind::Interrupted), (false, ErrorKind::Timeout)] {
        let transport = TowerTransport::new(Breaks { fails });
        let error = failed(transport.with_classifier(TransportError::connect)).await;
        assert_eq!(*error.kind(), kind);
        assert!(error.may_have_happened(), "{error}");
    }
}
