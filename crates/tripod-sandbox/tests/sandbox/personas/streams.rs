//! Uploads and downloads through the transport, with a provider's real URLs.

use std::{
    collections::VecDeque,
    io,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::Frame;
use tripod::{Client, ErrorKind, Multipart, RequestError, Session, providers, transport::Body};
use tripod_sandbox::{Builder, Fault, Persona, Sandbox};

const UPLOAD: &str = "https://up.flickr.com/services/upload/";

/// A file that comes in pieces, and may break off.
struct File(VecDeque<io::Result<Bytes>>);

impl File {
    fn of(pieces: usize) -> Self {
        Self((0..pieces).map(|_| Ok(Bytes::from(vec![0xd8; 1 << 16]))).collect())
    }
}

impl http_body::Body for File {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        Poll::Ready(self.0.pop_front().map(|piece| piece.map(Frame::data)))
    }
}

fn flickr(builder: Builder) -> (Sandbox, Session) {
    let sandbox = builder.like(Persona::Flickr).start_blocking().unwrap();
    let provider = providers::flickr();
    let client = Client::from_transport(provider, sandbox.consumer(), sandbox.transport());
    let session = client.session(sandbox.grant());
    (sandbox, session)
}

fn photo(file: File) -> Multipart {
    Multipart::new().text("title", "The sea").file(
        "photo",
        "sea.jpg",
        "image/jpeg",
        Body::new(file),
    )
}

#[tokio::test]
async fn a_photo_of_several_megabytes_is_uploaded_as_a_stream() {
    let (sandbox, session) = flickr(Sandbox::builder());
    let upload = photo(File::of(5 << 4)).with_signed_text();
    let reply = session.post(UPLOAD).send_multipart(upload).await.unwrap();
    let seen = sandbox.log().pop().unwrap();
    assert_eq!((seen.refusal, seen.with_token), (None, true));
    assert!(reply.text().unwrap().contains("<photoid>1</photoid>"));

    let reply = session.post(UPLOAD).send_multipart(photo(File::of(1))).await.unwrap();
    assert!(reply.text().unwrap().contains("code=\"96\""), "the title is not signed");
}

#[tokio::test]
async fn an_upload_above_the_limit_is_refused() {
    let (sandbox, session) = flickr(Sandbox::builder().body_limit(1 << 17));
    let upload = photo(File::of(2)).with_signed_text();
    let reply = session.post(UPLOAD).send_multipart(upload).await.unwrap();
    assert_eq!(reply.status(), 413);
    let reason = sandbox.log().pop().unwrap().refusal.unwrap();
    assert!(reason.starts_with("the body is larger than 131072 bytes"), "{reason}");
    assert_eq!(reply.text().unwrap(), reason);
}

#[tokio::test]
async fn an_upload_that_breaks_off_does_not_reach_the_sandbox() {
    let (sandbox, session) = flickr(Sandbox::builder());
    let mut file = File::of(1);
    file.0.push_back(Err(io::Error::other("the disk is gone")));
    let upload = photo(file).with_signed_text();
    let error = session.post(UPLOAD).send_multipart(upload).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Request(RequestError::BodyFailed));
    assert_eq!(sandbox.requests(), 0);
}

#[tokio::test]
async fn a_reply_is_downloaded_piece_by_piece() {
    let (_sandbox, session) = flickr(Sandbox::builder());
    let url = "https://api.flickr.com/services/rest";
    let mut reply = session.get(url).query(&[("a", "1")]).download().await.unwrap();
    assert_eq!(reply.status(), 200);
    let mut text = Vec::new();
    while let Some(piece) = reply.chunk().await.unwrap() {
        text.extend_from_slice(&piece);
    }
    let echo: serde_json::Value = serde_json::from_slice(&text).unwrap();
    assert_eq!(echo["query"], serde_json::json!([["a", "1"]]));
}

#[tokio::test]
async fn a_download_that_would_wait_ends_at_once() {
    let sandbox = Sandbox::builder().like(Persona::X).start_blocking().unwrap();
    let client = Client::from_transport(providers::x(), sandbox.consumer(), sandbox.transport());
    let session = client.session(sandbox.grant());
    let download = async || session.get("https://api.x.com/2/users/me").download().await;
    for (fault, kind) in
        [(Fault::SlowBody, ErrorKind::Timeout), (Fault::CutOff, ErrorKind::Interrupted)]
    {
        sandbox.inject(fault);
        let mut reply = download().await.unwrap();
        assert_eq!(reply.chunk().await.unwrap().unwrap(), "oauth_token=cut&oauth_tok");
        assert_eq!(reply.chunk().await.unwrap_err().kind(), &kind, "{fault:?}");
    }
    sandbox.inject(Fault::NoAnswer);
    assert_eq!(download().await.unwrap_err().kind(), &ErrorKind::Timeout);
}
