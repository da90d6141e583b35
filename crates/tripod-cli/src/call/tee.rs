//! A transport that keeps how each reply begins.

// Why: `download` gives a refusal as an error, which holds an excerpt only. A person who calls an API by hand wants
// to read all of it.

use std::{
    fmt,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
};

use http_body::{Frame, SizeHint};
use tripod::{
    bytes::Bytes,
    http::{HeaderMap, Request, StatusCode, Version},
    transport::{Body, Limits, ReqwestTransport, StreamFuture, Transport, TransportFuture},
};

/// As much as the library reads of a refusal.
const KEPT: usize = 64 * 1024;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// How a reply began.
#[derive(Clone, Default)]
pub(super) struct Beginning {
    pub(super) status: StatusCode,
    pub(super) version: Version,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// The latest reply.
#[derive(Clone, Default)]
pub(super) struct Latest(Arc<Mutex<Option<Beginning>>>);

impl Latest {
    /// Takes it out. None if there was no reply.
    pub(super) fn take(&self) -> Option<Beginning> {
        self.lock().take()
    }

    /// The version of the protocol that the latest reply came with.
    pub(super) fn version(&self) -> Version {
        self.lock().as_ref().map_or(Version::HTTP_11, |reply| reply.version)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Beginning>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The library's transport, which also keeps how each streamed reply begins.
pub(super) struct Tee {
    inner: ReqwestTransport,
    latest: Latest,
}

impl Tee {
    pub(super) fn new(latest: Latest) -> Result<Self, tripod::Error> {
        Ok(Self { inner: ReqwestTransport::new()?, latest })
    }
}

impl fmt::Debug for Tee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tee").finish_non_exhaustive()
    }
}

impl Transport for Tee {
    fn send(&self, request: Request<Bytes>, limits: Limits) -> TransportFuture {
        self.inner.send(request, limits)
    }

    fn send_stream(&self, request: Request<Body>, limits: Limits) -> StreamFuture {
        let (call, latest) = (self.inner.send_stream(request, limits), self.latest.clone());
        Box::pin(async move {
            let reply = call.await?;
            *latest.lock() = Some(Beginning {
                status: reply.status(),
                version: reply.version(),
                headers: reply.headers().clone(),
                body: Vec::new(),
            });
            Ok(reply.map(|body| Body::new(Copied { body, latest })))
        })
    }
}

/// A body whose beginning is copied while it is read.
struct Copied {
    body: Body,
    latest: Latest,
}

impl http_body::Body for Copied {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        let frame = ready!(Pin::new(&mut this.body).poll_frame(context));
        let data = frame.as_ref().and_then(|frame| frame.as_ref().ok()?.data_ref());
        if let (Some(data), Some(latest)) = (data, this.latest.lock().as_mut()) {
            let room = KEPT.saturating_sub(latest.body.len()).min(data.len());
            latest.body.extend_from_slice(data.get(..room).unwrap_or_default());
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
