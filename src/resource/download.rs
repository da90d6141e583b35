//! A reply whose body is read while it arrives.

use std::{
    fmt,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};
use http_body::{Frame, SizeHint};

use crate::{
    error::{Error, groups::ReplyError, kind::ErrorKind, stage::Stage},
    telemetry::Watch,
    transport::{TransportError, body::Body},
};

/// A reply whose body you read while it arrives.
///
/// You get it from [`ResourceRequest::download`](crate::ResourceRequest::download). Read it with
/// [`chunk`](Self::chunk), or pass it on: it is an [`http_body::Body`]. If you drop it, the rest is
/// not read. The span of the call lasts until the body has ended or was dropped.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let sandbox = tripod_sandbox::Sandbox::start().await?;
/// # let client = tripod::Client::new(sandbox.provider(), sandbox.consumer())?;
/// # let (session, url) = (client.session(sandbox.grant()), sandbox.data_url("echo/v1"));
/// use tripod::Download;
///
/// let mut download: Download = session.get(url).reply_limit(1 << 20).download().await?;
/// assert_eq!(download.status(), 200);
/// let mut bytes = 0;
/// while let Some(piece) = download.chunk().await? {
///     bytes += piece.len(); // or write it to a file
/// }
/// assert!(bytes > 0);
/// # Ok(())
/// # }
/// ```
#[must_use = "the body has not been read"]
pub struct Download {
    head: Response<()>,
    /// None once it has ended or failed.
    body: Option<Body>,
    left: usize,
    limit: usize,
    endpoint: String,
    /// The call's span, which lasts until the body has ended.
    watch: Watch,
}

impl Download {
    pub(super) fn new(
        reply: Response<Body>,
        limit: usize,
        endpoint: String,
        watch: Watch,
    ) -> Result<Self, Error> {
        let (head, body) = reply.into_parts();
        let announced = http_body::Body::size_hint(&body).lower();
        let head = Response::from_parts(head, ());
        let mut download = Self { head, body: Some(body), left: limit, limit, endpoint, watch };
        if usize::try_from(announced).map_or(true, |announced| announced > limit) {
            return Err(download.failed(Error::new(Stage::Resource, too_large(limit))));
        }
        Ok(download)
    }

    /// Returns the status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.head.status()
    }

    /// Returns the headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.head.headers()
    }

    /// Returns the next piece of the body, or `None` at its end.
    ///
    /// # Errors
    ///
    /// [`TooLarge`](crate::ReplyError::TooLarge) once the body is larger than the limit,
    /// [`Timeout`](ErrorKind::Timeout) after a pause that is too long,
    /// [`Interrupted`](ErrorKind::Interrupted) if the body ends too early. After an error there are no more
    /// pieces.
    ///
    /// # Cancel safety
    ///
    /// Safe: if you drop the future, no part of the body is lost.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            let frame = poll_fn(|context| self.poll(context)).await.transpose()?;
            match frame.map(Frame::into_data) {
                None => return Ok(None),
                Some(Ok(data)) if !data.is_empty() => return Ok(Some(data)),
                // Trailers, and pieces with nothing in them.
                Some(_) => {}
            }
        }
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let failure = match ready!(http_body::Body::poll_frame(Pin::new(body), context)) {
            None => {
                self.body = None;
                self.watch.read(self.limit - self.left, Some(Ok(())));
                return Poll::Ready(None);
            }
            Some(Ok(frame)) => {
                let length = frame.data_ref().map_or(0, Bytes::len);
                if let Some(left) = self.left.checked_sub(length) {
                    self.left = left;
                    return Poll::Ready(Some(Ok(frame)));
                }
                Error::new(Stage::Resource, too_large(self.limit))
            }
            Some(Err(error)) => TransportError::of_body(error).into_error(Stage::Resource),
        };
        Poll::Ready(Some(Err(self.failed(failure))))
    }

    fn failed(&mut self, error: Error) -> Error {
        self.body = None;
        self.watch.read(self.limit - self.left, Some(Err(&error)));
        error.with_endpoint(self.endpoint.clone()).with_status(self.status())
    }
}

impl Drop for Download {
    fn drop(&mut self) {
        if let Some(body) = &self.body {
            let has_ended = http_body::Body::is_end_stream(body);
            self.watch.read(self.limit - self.left, has_ended.then_some(Ok(())));
        }
    }
}

fn too_large(limit: usize) -> ErrorKind {
    ErrorKind::Reply(ReplyError::TooLarge { limit })
}

impl http_body::Body for Download {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        self.get_mut().poll(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(http_body::Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), http_body::Body::size_hint)
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download").field("status", &self.status()).finish_non_exhaustive()
    }
}
