//! Replies that break on the wire: truncated, endless, compressed beyond reason.
//!
//! The bodies are made piece by piece as the connection takes them, so a client that stops reading
//! costs nothing.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes},
    response::Response,
};
use http::{HeaderValue, StatusCode, header};
use http_body::Frame;

use crate::{fault::Fault, log::Refusal, received::Received};

/// Bytes that a huge body has in the end, after decompression if there is any.
const HUGE: u64 = 512 << 20;

/// What to do with a request whose fault is on the wire.
pub(crate) enum Broken {
    Never,
    Reply(Response),
}

pub(crate) fn broken(fault: Fault, received: Option<&Received>, port: u16) -> Broken {
    const FORM: &str = "application/x-www-form-urlencoded";
    Broken::Reply(match fault {
        Fault::NoAnswer => return Broken::Never,
        Fault::SlowBody => promise(1000, Pieces::once(PART, End::Stall)),
        Fault::CutOff => promise(1000, Pieces::once(PART, End::Break)),
        Fault::HangUp | Fault::LostReply => hang_up(),
        Fault::Huge => {
            let chunk = Bytes::from(vec![b'a'; 64 << 10]);
            let left = HUGE / chunk.len() as u64;
            let pieces = Pieces::new(b"oauth_token=", chunk, left, End::Whole);
            reply(StatusCode::OK, FORM, pieces.into_body())
        }
        Fault::GzipBomb => gzip_bomb(),
        Fault::GarbageBytes => reply(
            StatusCode::OK,
            FORM,
            Body::from(&b"oauth_token=\xff\xfe\x00\x80&oauth_token_secret=\xc3\x28"[..]),
        ),
        Fault::JsonReply => reply(
            StatusCode::OK,
            "application/json",
            Body::from(r#"{"oauth_token":"json","oauth_token_secret":"json"}"#),
        ),
        Fault::ServerError => reply(
            StatusCode::INTERNAL_SERVER_ERROR,
            "text/html; charset=utf-8",
            Body::from(careless_page(received)),
        ),
        Fault::Status(code) => {
            let status = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let mut response = reply(status, "text/plain; charset=utf-8", Body::empty());
            if matches!(code, 429 | 503) {
                let second = HeaderValue::from_static("1");
                response.headers_mut().insert(header::RETRY_AFTER, second);
            }
            response
        }
        Fault::Redirect => {
            let mut response =
                reply(StatusCode::TEMPORARY_REDIRECT, "text/plain; charset=utf-8", Body::empty());
            if let Ok(to) = HeaderValue::try_from(format!("http://localhost:{port}/elsewhere")) {
                response.headers_mut().insert(header::LOCATION, to);
            }
            response
        }
        // `HtmlPage`; the other layers never come here.
        _ => reply(
            StatusCode::OK,
            "text/html; charset=utf-8",
            Body::from("<!doctype html><title>Welcome to the hotel</title><p>Please accept."),
        ),
    })
}

/// The beginning of a reply that will not be whole.
const PART: &[u8] = b"oauth_token=cut&oauth_tok";

pub(crate) fn reply(status: StatusCode, content_type: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// Notes for the log why this reply is a refusal.
pub(crate) fn refused(mut response: Response, reason: String) -> Response {
    response.extensions_mut().insert(Refusal(reason));
    response
}

/// Closes the connection before the head has been written.
pub(crate) fn hang_up() -> Response {
    let mut pieces = Pieces::new(b"", Bytes::new(), 0, End::Break);
    pieces.flushed = true;
    reply(StatusCode::OK, "text/plain", pieces.into_body())
}

fn promise(length: u64, pieces: Pieces) -> Response {
    let mut response =
        reply(StatusCode::OK, "application/x-www-form-urlencoded", pieces.into_body());
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    response
}

fn careless_page(received: Option<&Received>) -> String {
    let base_string = received.map(Received::base_string).unwrap_or_default();
    let given: Vec<String> = received
        .map(Received::all_pairs)
        .unwrap_or_default()
        .iter()
        .map(|(name, value)| format!("{name} = {value}"))
        .collect();
    format!("<h1>Server Error</h1><pre>debug_sbs={base_string}\n{}</pre>", given.join("\n"))
}

/// What a gzip stream of zeros begins with: a head without name or time (RFC 1952), then the last
/// block of the stream, of fixed codes (RFC 1951 section 3.2.6), its first zero, and the first
/// "258 bytes from one byte back".
const BOMB_START: [u8; 13] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff, 0x63, 0x18, 0x05];
/// "258 bytes from one byte back" eight times, 13 bits each. The stream repeats it without end.
const BOMB_PART: [u8; 13] =
    [0xa3, 0x60, 0x14, 0x8c, 0x82, 0x51, 0x30, 0x0a, 0x46, 0xc1, 0x28, 0x18, 0x05];
/// Zeros that a part becomes.
const BOMB_PART_UNPACKED: u64 = 8 * 258;

/// Zero bytes, compressed about 160 times. The stream was made by hand and is kept as bytes.
fn gzip_bomb() -> Response {
    let chunk = Bytes::from(BOMB_PART.repeat(512));
    let left = HUGE / (512 * BOMB_PART_UNPACKED);
    let mut response = reply(
        StatusCode::OK,
        "application/x-www-form-urlencoded",
        Pieces::new(&BOMB_START, chunk, left, End::Whole).into_body(),
    );
    response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    response
}

/// How a body ends.
#[derive(Clone, Copy)]
enum End {
    Whole,
    /// Nothing more comes; the connection stays.
    Stall,
    /// The connection is closed.
    Break,
}

/// A body made of a start and a chunk that repeats.
struct Pieces {
    start: Option<Bytes>,
    chunk: Bytes,
    left: u64,
    end: End,
    flushed: bool,
}

impl Pieces {
    fn new(start: &[u8], chunk: Bytes, left: u64, end: End) -> Self {
        Self {
            start: (!start.is_empty()).then(|| Bytes::copy_from_slice(start)),
            chunk,
            left,
            end,
            flushed: false,
        }
    }

    fn once(start: &[u8], end: End) -> Self {
        Self::new(start, Bytes::new(), 0, end)
    }

    fn into_body(self) -> Body {
        Body::new(self)
    }
}

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(start) = self.start.take() {
            return Poll::Ready(Some(Ok(Frame::data(start))));
        }
        if self.left > 0 {
            self.left -= 1;
            return Poll::Ready(Some(Ok(Frame::data(self.chunk.clone()))));
        }
        match self.end {
            End::Whole => Poll::Ready(None),
            End::Stall => Poll::Pending,
            // One pause, in which the connection writes out what it has.
            End::Break if !self.flushed => {
                self.flushed = true;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            End::Break => Poll::Ready(Some(Err(io::Error::other("cut off on demand")))),
        }
    }
}
