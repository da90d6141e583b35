//! Bodies that are read while they are sent or while they arrive: to the sandbox, and to servers that misbehave.

use std::{
    io::{self, Cursor},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use http_body_util::BodyExt as _;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};
use tripod::{
    AccessToken, Client, Consumer, Download, Endpoints, Error, ErrorKind, Provider, RequestError,
    Session, Stage, TokenLife, UnsupportedError,
    transport::{Body, Limits, ReqwestTransport, Transport, TransportFuture},
};
use tripod_sandbox::{Endpoint, Fault, Sandbox};

use crate::bodies::stream;
use crate::support::Kind;
use crate::support::*;

const PHOTOS: &str = "https://photos.example.net/photos";
const LATER: &str = "Thu, 01 Jan 2026 02:00:00 GMT";
const PIECE: usize = 10_000;

async fn sandbox() -> (Sandbox, Session) {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::new(sandbox.provider(), sandbox.consumer()).unwrap();
    let session = client.session(sandbox.grant());
    (sandbox, session)
}

async fn raw<F>(
    answer: impl FnOnce(TcpStream) -> F + Send + 'static,
) -> (Session, String, mpsc::Receiver<String>)
where
    F: Future<Output = ()> + Send,
{
    raw_with(ReqwestTransport::new().unwrap(), answer).await
}

/// A session at a server on this machine, which runs `answer` once it has read the head of a request.
/// What it has read of the request comes out of the channel.
pub(crate) async fn raw_with<F>(
    transport: impl Transport,
    answer: impl FnOnce(TcpStream) -> F + Send + 'static,
) -> (Session, String, mpsc::Receiver<String>)
where
    F: Future<Output = ()> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let (heads, seen) = mpsc::channel(1);
    tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(connection.read_u8().await.unwrap());
        }
        heads.send(String::from_utf8(head).unwrap()).await.unwrap();
        answer(connection).await;
    });
    let url = |path: &str| format!("{origin}/{path}");
    let [request_token, authorize, access_token] =
        [url("initiate"), url("authorize"), url("token")];
    let provider = Provider::new(Endpoints {
        request_token: request_token.as_str(),
        authorize: authorize.as_str(),
        access_token: access_token.as_str(),
    })
    .unwrap();
    let client = Client::from_transport(provider, Consumer::new(KEY, SECRET), transport);
    let session = client.session(AccessToken::new(ACCESS_TOKEN, ACCESS_SECRET).unwrap());
    (session, format!("{origin}/file"), seen)
}

pub(crate) async fn whole(mut download: Download) -> Result<Vec<u8>, Error> {
    let mut whole = Vec::new();
    while let Some(piece) = download.chunk().await? {
        assert!(!piece.is_empty());
        whole.extend_from_slice(&piece);
    }
    assert!(download.chunk().await.unwrap().is_none(), "the end stays the end");
    Ok(whole)
}

#[tokio::test]
async fn the_sandbox_receives_a_stream_whole() {
    let (sandbox, session) = sandbox().await;
    let url = format!("{}?format=json", sandbox.data_url("echo/v1"));
    let pieces = || vec![vec![7_u8; PIECE]; 30];
    let reader = || Cursor::new(vec![7_u8; 30 * PIECE]);
    for body in [
        stream(pieces()),
        stream(pieces()).with_length(30 * PIECE as u64),
        Body::from_reader(reader()),
        Body::from_reader(reader()).with_length(30 * PIECE as u64),
        Body::from(vec![7; 30 * PIECE]),
    ] {
        let request = session.post(&url);
        let response = request.send_stream("application/octet-stream", body).await.unwrap();
        let echo: serde_json::Value = response.error_for_status().unwrap().json().unwrap();
        assert_eq!(
            (&echo["echo"]["body_length"], &echo["echo"]["user"]),
            (&300_000.into(), &"ada".into())
        );
    }
    let form =
        tripod::Multipart::new().text("a", "b").file("c", "d", "text/plain", stream(pieces()));
    let response = session.post(&url).send_multipart(form).await.unwrap();
    let echo: serde_json::Value = response.error_for_status().unwrap().json().unwrap();
    assert!(echo["echo"]["body_length"].as_u64().unwrap() > 300_000);
}

#[tokio::test]
async fn a_length_that_is_known_is_announced() {
    for (body, announced) in [
        (stream(["hel", "lo"]), "transfer-encoding: chunked\r\n"),
        (stream(["hel", "lo"]).with_length(5), "content-length: 5\r\n"),
    ] {
        let (session, url, mut seen) = raw(async |mut connection: TcpStream| {
            // To its end: whoever closes a connection with unread bytes resets it.
            let mut body = Vec::new();
            while body != b"hello" && !body.ends_with(b"0\r\n\r\n") {
                body.push(connection.read_u8().await.unwrap());
            }
            connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await.unwrap();
        })
        .await;
        let response = session.put(url).send_stream("video/mp4", body).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let head = seen.recv().await.unwrap();
        assert!(head.contains(announced) && head.contains("content-type: video/mp4\r\n"), "{head}");
    }
}

#[tokio::test]
async fn a_download_and_an_upload_count_as_use_of_the_token() {
    for is_upload in [false, true] {
        let (session, url, _seen) = raw(async |mut connection: TcpStream| {
            let reply = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
            connection.write_all(reply).await.unwrap();
        })
        .await;
        let life = TokenLife::new().with_idle_limit(Duration::from_secs(7200));
        let provider = session.client().provider().clone().with_token_life(life).unwrap();
        let client = Client::new(provider, Consumer::new(KEY, SECRET)).unwrap();
        let session = client.session(session.access_token().clone());
        assert_eq!(session.expires_at(), None);
        if is_upload {
            let _reply = session.put(url).send_stream("x/y", Bytes::new()).await.unwrap();
        } else {
            let _download = session.get(url).download().await.unwrap();
        }
        assert!(session.expires_at().is_some(), "upload: {is_upload}");
    }
}

#[tokio::test]
async fn a_stream_that_is_empty_says_so() {
    let (session, url, mut seen) = raw(async |mut connection: TcpStream| {
        connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await.unwrap();
    })
    .await;
    let response = session.post(url).send_stream("image/png", Bytes::new()).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let head = seen.recv().await.unwrap();
    assert_eq!(head.matches("content-length: 0\r\n").count(), 1, "{head}");
}

#[tokio::test]
async fn a_body_that_fails_is_told_from_a_connection_that_breaks() {
    async fn failed(body: Body) -> Error {
        let (session, url, _seen) = raw(async |mut connection: TcpStream| {
            let mut rest = Vec::new();
            let _ = connection.read_to_end(&mut rest).await;
        })
        .await;
        session.put(url).send_stream("video/mp4", body).await.unwrap_err()
    }
    for (body, source) in [
        (Body::from_reader(Fails(false)), "the disk is gone"),
        (stream(["hello"]).with_length(9), "the body ended before the length that was promised"),
        (
            stream(["hello", "!"]).with_length(5),
            "the body is longer than the length that was promised",
        ),
    ] {
        let error = failed(body).await;
        assert_eq!(*error.kind(), ErrorKind::Request(RequestError::BodyFailed));
        assert_eq!(std::error::Error::source(&error).unwrap().to_string(), source);
        assert_eq!((error.is_retryable(), error.may_have_happened()), (false, false));
        quiet(&error);
    }
}

/// A reader that gives a piece and then fails.
struct Fails(bool);

impl AsyncRead for Fails {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        space: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if std::mem::replace(&mut self.0, true) {
            return Poll::Ready(Err(io::Error::other("the disk is gone")));
        }
        space.put_slice(b"hello");
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn a_stream_is_sent_once_and_its_refusal_teaches_the_time() {
    let scenario = Scenario::photos();
    let session = scenario.to_granted();
    let mut refusal = reply(401, "oauth_problem=timestamp_refused");
    refusal.headers_mut().insert(header::DATE, LATER.parse().unwrap());
    scenario.script.answer(refusal).answer(reply(200, "done"));
    let request = session.put(PHOTOS);
    let refused = request.clone().send_stream("video/mp4", stream(["a", "b"])).await.unwrap();
    let token = Some((ACCESS_TOKEN, ACCESS_SECRET));
    let expected = Expected { method: "PUT", base_uri: PHOTOS, token, ..Expected::default() };
    let sent = scenario.script.only();
    expected.in_header(&sent);
    assert_eq!(sent.body(), "ab");
    let error = refused.error_for_status().unwrap_err();
    assert_eq!(*error.kind(), Kind::timestamp_refused(StatusCode::UNAUTHORIZED));
    assert!(
        error.is_retryable() && error.to_string().contains("; the request was not sent a second")
    );

    let done = request.send_stream("video/mp4", stream(["a", "b"])).await.unwrap();
    assert_eq!(done.error_for_status().unwrap().into_text().unwrap(), "done");
    Expected { timestamp: NOW + 7200, nonce: "nonce2", ..expected }
        .in_header(&scenario.script.only());
}

#[tokio::test]
async fn the_sandbox_refuses_a_streams_time_once() {
    let (sandbox, session) = sandbox().await;
    let url = format!("{}?format=json", sandbox.data_url("echo/v1"));
    sandbox.inject_at(Endpoint::Data, Fault::TimestampRefused);
    let before = sandbox.requests();
    let response = session.post(url).send_stream("text/plain", stream(["a"])).await.unwrap();
    let error = response.error_for_status().unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TimestampRefused { .. }), "{error:?}");
    assert_eq!(sandbox.requests() - before, 1);
}

#[tokio::test]
async fn what_cannot_be_streamed_is_not_sent() {
    let scenario = Scenario::photos();
    let session = scenario.to_granted();
    let form = "application/x-www-form-urlencoded; charset=utf-8";
    let both = "the request has a body already, and is sent with another";
    let hash = "oauth_body_hash needs the whole body before it is signed, and this one is sent as a stream; pass it with `body`";
    let header = "the content type cannot stand in a header";
    let post = || session.post(PHOTOS);
    for (request, content_type, kind) in [
        (post(), form, Kind::from(ErrorKind::Request(RequestError::FormFieldsNeeded))),
        (post().form_pair("a", "b"), "x/y", Kind::invalid_setting(both)),
        (post().body("x/y", "z"), "x/y", Kind::invalid_setting(both)),
        (post().body_hash(), "x/y", Kind::invalid_setting(hash)),
        (post(), "x/y\r\n", Kind::invalid_setting(header)),
        (post().query_pair("oauth_token", "x"), "x/y", Kind::reserved("oauth_token")),
        (
            session.post("https://evil.example/"),
            "x/y",
            Kind::from(ErrorKind::Request(RequestError::ForeignOrigin)),
        ),
    ] {
        let error = request.send_stream(content_type, stream(["a"])).await.unwrap_err();
        assert_eq!(*error.kind(), kind);
        assert_eq!(error.stage(), Stage::Resource);
        quiet(&error);
    }
    assert!(scenario.script.sent().is_empty());
}

#[tokio::test]
async fn a_transport_that_cannot_stream_says_what_to_do() {
    struct Whole;
    impl Transport for Whole {
        fn send(&self, _: Request<Bytes>, _: Limits) -> TransportFuture {
            Box::pin(std::future::ready(Ok(Response::new(Bytes::from_static(b"whole")))))
        }
    }
    let client = Client::from_transport(photos(), Consumer::new(KEY, SECRET), Whole);
    let session = client.session(AccessToken::new(ACCESS_TOKEN, ACCESS_SECRET).unwrap());
    let upload = session.put(PHOTOS).send_stream("x/y", stream(["a"])).await.unwrap_err();
    let download = session.get(PHOTOS).download().await.unwrap_err();
    for error in [upload, download] {
        let text = "resource: the HTTP transport cannot stream bodies; use `ReqwestTransport` or \
                    `TowerTransport`, implement `Transport::send_stream`, or send the body from memory [https://photos.example.net/photos]";
        failed_with(
            &error,
            Stage::Resource,
            &Kind::from(ErrorKind::Unsupported(UnsupportedError::NoStreams)),
            text,
        );
        assert_eq!((error.is_retryable(), error.may_have_happened()), (false, false));
    }
    // A multipart body in memory needs no stream.
    let form = tripod::Multipart::new().file("a", "b", "x/y", "c");
    let response = session.post(PHOTOS).send_multipart(form).await.unwrap();
    assert_eq!(response.text().unwrap(), "whole");
}

#[tokio::test]
async fn a_download_comes_in_pieces_and_can_be_passed_on() {
    let answer = async |mut connection: TcpStream| {
        let head =
            "HTTP/1.1 206 Partial Content\r\nX-Test: 1\r\nTransfer-Encoding: chunked\r\n\r\n";
        connection.write_all(head.as_bytes()).await.unwrap();
        for _ in 0..30 {
            connection.write_all(format!("{PIECE:x}\r\n").as_bytes()).await.unwrap();
            connection.write_all(&[7; PIECE]).await.unwrap();
            connection.write_all(b"\r\n").await.unwrap();
        }
        connection.write_all(b"0\r\n\r\n").await.unwrap();
    };
    let (session, url, mut seen) = raw(answer).await;
    let request = session.get(&url).reply_limit(30 * PIECE).header("range", "bytes=1-");
    let download = request.download().await.unwrap();
    assert_eq!(download.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(download.headers()["x-test"], "1");
    assert_eq!(format!("{download:?}"), "Download { status: 206, .. }");
    assert_eq!(whole(download).await.unwrap(), vec![7; 30 * PIECE]);
    assert!(seen.recv().await.unwrap().contains("range: bytes=1-\r\n"));

    let (session, url, _seen) = raw(answer).await;
    let download = session.get(url).download().await.unwrap();
    let all = Body::new(download).collect().await.unwrap().to_bytes();
    assert_eq!(all.len(), 30 * PIECE);
}

/// A server that writes this head, and then bytes as long as anybody reads them.
async fn endless(head: &'static str) -> (Session, String, mpsc::Receiver<String>) {
    raw(async move |mut connection: TcpStream| {
        connection.write_all(head.as_bytes()).await.unwrap();
        while connection.write_all(&[b'x'; PIECE]).await.is_ok() {}
    })
    .await
}

#[tokio::test]
async fn a_download_ends_at_the_limit() {
    const LIMIT: usize = 5 * PIECE + 1;
    let (session, url, _seen) = endless("HTTP/1.1 200 OK\r\n\r\n").await;
    let mut download = session.get(&url).reply_limit(LIMIT).download().await.unwrap();
    let mut read = 0;
    let error = loop {
        match download.chunk().await {
            Ok(piece) => read += piece.expect("it has no end").len(),
            Err(error) => break error,
        }
    };
    assert!(read <= LIMIT, "{read}");
    assert_eq!(*error.kind(), Kind::too_large(LIMIT));
    assert_eq!((error.status(), error.endpoint()), (Some(StatusCode::OK), Some(url.as_str())));
    assert!(download.chunk().await.unwrap().is_none(), "there is nothing after an error");

    // Announced, it is not even begun.
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 50002\r\n\r\n";
    let (session, url, _seen) = endless(head).await;
    let error = session.get(&url).reply_limit(LIMIT).download().await.unwrap_err();
    assert_eq!(*error.kind(), Kind::too_large(LIMIT));
    quiet(&error);
}

#[tokio::test]
async fn a_download_that_is_cut_or_stands_still_is_an_error() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello";
    for (stalls, kind) in [(false, ErrorKind::Interrupted), (true, ErrorKind::Timeout)] {
        let (session, url, _seen) = raw(async move |mut connection: TcpStream| {
            connection.write_all(head.as_bytes()).await.unwrap();
            if stalls {
                // Until the client has had enough.
                let _ = connection.read_u8().await;
            }
        })
        .await;
        let mut download = session.get(&url).download().await.unwrap();
        assert_eq!(download.chunk().await.unwrap().unwrap(), "hello");
        if stalls {
            // From here on there is nothing but the time limit, and the clock goes to it at once.
            tokio::time::pause();
        }
        let error = download.chunk().await.unwrap_err();
        assert_eq!(*error.kind(), kind);
        assert!(error.is_retryable());
        assert_eq!((error.status(), error.endpoint()), (Some(StatusCode::OK), Some(url.as_str())));
        quiet(&error);
    }
    tokio::time::resume();
    // The head itself may not come.
    let (session, url, mut seen) = raw(async |mut connection: TcpStream| {
        let _ = connection.read_u8().await;
    })
    .await;
    let sent = async {
        seen.recv().await.unwrap();
        tokio::time::pause();
    };
    let (download, ()) = tokio::join!(session.get(&url).download(), sent);
    assert_eq!(*download.unwrap_err().kind(), ErrorKind::Timeout);
}

#[tokio::test]
async fn a_refusal_of_a_download_is_read_no_further_than_it_needs() {
    let head = "HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\n\r\noauth_problem=permission_denied&x=";
    let (session, url, _seen) = endless(head).await;
    let error = session.get(&url).download().await.unwrap_err();
    assert_eq!(*error.kind(), Kind::rejected(StatusCode::FORBIDDEN, Some("permission_denied")));
    assert!(error.excerpt().unwrap().starts_with("oauth_problem=permission_denied"));
    assert_eq!(error.endpoint(), Some(url.as_str()));

    // One that breaks off is a refusal all the same.
    let (session, url, _seen) = raw(async |mut connection: TcpStream| {
        let head = "HTTP/1.1 404 Not Found\r\nContent-Length: 100\r\n\r\nno such file";
        connection.write_all(head.as_bytes()).await.unwrap();
    })
    .await;
    let error = session.get(&url).download().await.unwrap_err();
    assert_eq!(
        (error.status(), error.excerpt()),
        (Some(StatusCode::NOT_FOUND), Some("no such file"))
    );
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn a_download_that_is_refused_for_its_time_is_asked_for_once_more() {
    let refusal = || {
        let mut refusal = reply(401, "oauth_problem=timestamp_refused");
        refusal.headers_mut().insert(header::DATE, LATER.parse().unwrap());
        refusal
    };
    let scenario = Scenario::photos();
    scenario.script.answer(refusal()).answer(reply(200, "file"));
    let request = scenario.to_granted().get(PHOTOS);
    assert_eq!(whole(request.download().await.unwrap()).await.unwrap(), b"file");
    let sent = scenario.script.sent();
    let token = Some((ACCESS_TOKEN, ACCESS_SECRET));
    for (sent, (nonce, timestamp)) in sent.iter().zip([("nonce1", NOW), ("nonce2", NOW + 7200)]) {
        Expected { base_uri: PHOTOS, token, nonce, timestamp, ..Expected::default() }
            .in_header(sent);
    }
    assert_eq!(sent.len(), 2);

    let scenario = Scenario::photos();
    scenario.script.answer(refusal()).answer(refusal());
    let error = scenario.to_granted().get(PHOTOS).download().await.unwrap_err();
    assert_eq!(*error.kind(), Kind::timestamp_refused(StatusCode::UNAUTHORIZED));
    assert_eq!(scenario.script.sent().len(), 2);
    // Nothing has changed since the last time: that is no refusal and has no body.
    scenario.script.answer(reply(304, ""));
    let unchanged = scenario.to_granted().get(PHOTOS).download().await.unwrap();
    assert_eq!(unchanged.status(), StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn a_refusal_with_status_200_is_seen_before_a_download_begins() {
    let url = "https://platform.fatsecret.com/rest/server.api";
    for (body, refused) in [
        (r#"{"error":{"code":9,"message":"x"}}"#.to_owned(), true),
        (r#"{"food":1}"#.to_owned(), false),
        ("y".repeat(100_000), false),
    ] {
        let life = TokenLife::new().with_idle_limit(Duration::from_secs(7200));
        let scenario = Scenario::at(Provider::fatsecret().with_token_life(life).unwrap());
        scenario.script.answer(reply(200, body.clone()));
        let stored = AccessToken::new(ACCESS_TOKEN, ACCESS_SECRET).unwrap();
        let session = scenario.client.session(stored);
        match session.get(url).download().await {
            Ok(download) => assert_eq!(whole(download).await.unwrap(), body.as_bytes()),
            Err(error) => assert_eq!((error.problem(), refused), (Some("9"), true)),
        }
        // An answer is a use of the token, however short it is; a refusal is none.
        assert_eq!(session.expires_at().is_some(), !refused);
    }
}
