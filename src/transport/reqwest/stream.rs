//! Bodies that are streamed through reqwest, up and down.
//!
//! The time limit holds for each pause: a large file may take as long as it takes, but not stand still.

use std::{
    pin::{Pin, pin},
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Frame, SizeHint};
use reqwest::Client;
use tokio::{
    runtime::Handle,
    time::{Instant, Sleep, sleep, timeout_at},
};

use super::{Limits, StayedHere, TransportError, classify, convert, stayed_here};
use crate::{error::BoxError, transport::body::Body};

/// Sends the request, and gives the reply once its head is here.
pub(super) async fn send(
    client: Client,
    request: Request<Body>,
    limits: Limits,
) -> Result<Response<Body>, TransportError> {
    if Handle::try_current().is_err() {
        return Err(TransportError::no_runtime());
    }
    let (parts, body) = request.into_parts();
    let progress = Progress::new();
    let (request, url) = match body.into_whole() {
        Ok(bytes) => convert(Request::from_parts(parts, bytes))?,
        Err(body) => {
            let (mut request, url) = convert(Request::from_parts(parts, Bytes::new()))?;
            let watched = Watched { body, progress: progress.clone() };
            *request.body_mut() = Some(reqwest::Body::wrap(watched));
            (request, url)
        }
    };
    let reply = progress.within(limits.time, client.execute(request)).await?;
    let mut reply = reply.map_err(classify)?;
    if reply.url().as_str() != url {
        return Err(TransportError::url_changed());
    }
    let mut response = Response::new(());
    if stayed_here(&reply) {
        response.extensions_mut().insert(StayedHere);
    }
    *response.status_mut() = reply.status();
    *response.version_mut() = reply.version();
    *response.headers_mut() = std::mem::take(reply.headers_mut());
    let body = Timed { body: reply.into(), limit: limits.time, pause: None };
    Ok(response.map(|()| Body::new(body)))
}

/// When a piece of the request's body was last taken.
#[derive(Clone)]
struct Progress(Arc<Mutex<Instant>>);

impl Progress {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }

    fn last(&self) -> Instant {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_made(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// Waits as long as there is no pause longer than `limit`.
    async fn within<T>(
        &self,
        limit: Duration,
        call: impl Future<Output = T>,
    ) -> Result<T, TransportError> {
        let mut call = pin!(call);
        loop {
            let last = self.last();
            // A limit beyond all time is none.
            let Some(deadline) = last.checked_add(limit) else { return Ok(call.await) };
            match timeout_at(deadline, call.as_mut()).await {
                Ok(outcome) => return Ok(outcome),
                Err(_) if self.last() > last => {}
                Err(_) => return Err(TransportError::timeout()),
            }
        }
    }
}

/// A request's body whose pieces are noticed as they are taken.
struct Watched {
    body: Body,
    progress: Progress,
}

impl http_body::Body for Watched {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        let frame = Pin::new(&mut this.body).poll_frame(context);
        if frame.is_ready() {
            this.progress.is_made();
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A reply's body that does not stand still for longer than the limit.
///
/// The time that its reader takes between two pieces does not count.
struct Timed {
    body: reqwest::Body,
    limit: Duration,
    /// Runs while the reader waits.
    pause: Option<Pin<Box<Sleep>>>,
}

impl http_body::Body for Timed {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(context) {
            this.pause = None;
            return Poll::Ready(frame.map(|frame| frame.map_err(|error| classify(error).into())));
        }
        if this.pause.is_none() && Handle::try_current().is_err() {
            return Poll::Ready(Some(Err(TransportError::no_runtime().into())));
        }
        let pause = this.pause.get_or_insert_with(|| Box::pin(sleep(this.limit)));
        pause.as_mut().poll(context).map(|()| Some(Err(TransportError::timeout().into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
