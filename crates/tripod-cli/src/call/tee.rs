//! A transport that keeps how each reply begins.

// Why: `download` gives a refusal as an error, which holds an excerpt only. A person who calls an API by hand wants
// to read all of it.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use http_body::Frame;
use http_body_util::BodyExt as _;
use tripod::{
    bytes::Bytes,
    http::{HeaderMap, Request, StatusCode, Version, header},
    transport::{Body, Limits, ReqwestTransport, StreamFuture, Transport, TransportFuture},
};

/// As much as the library reads of a refusal.
const KEPT: usize = 64 * 1024;

/// How a reply began.
#[derive(Clone, Default)]
pub(super) struct Beginning {
    pub(super) status: StatusCode,
    pub(super) version: Version,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Beginning {
    /// Whether the reply may have had more than was kept.
    pub(super) fn is_cut(&self) -> bool {
        let announced = self.headers.get(header::CONTENT_LENGTH);
        let announced = announced.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        self.body.len() >= KEPT && announced != Some(self.body.len())
    }
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

    /// Keeps a piece of the body, as long as there is room for it.
    fn copied(&self, frame: Frame<Bytes>) -> Frame<Bytes> {
        if let (Some(data), Some(latest)) = (frame.data_ref(), self.lock().as_mut()) {
            let room = KEPT.saturating_sub(latest.body.len()).min(data.len());
            latest.body.extend_from_slice(data.get(..room).unwrap_or_default());
        }
        frame
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
            // The beginning of the body is copied while it is read.
            Ok(reply.map(|body| Body::new(body.map_frame(move |frame| latest.copied(frame)))))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_cut_if_more_was_announced_or_may_have_come() {
        let of = |kept: usize, announced: Option<usize>| {
            let mut headers = HeaderMap::new();
            if let Some(length) = announced {
                headers.insert(header::CONTENT_LENGTH, length.into());
            }
            Beginning { headers, body: vec![0; kept], ..Beginning::default() }.is_cut()
        };
        assert!(!of(KEPT - 1, None) && !of(KEPT, Some(KEPT)));
        assert!(of(KEPT, None) && of(KEPT, Some(KEPT + 1)));
    }
}
