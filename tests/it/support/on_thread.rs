//! The transport that blocks, where the provider answers on the same thread.

use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::Request;
use tripod::transport::{Limits, Transport, TransportFuture, UreqTransport};

/// Blocks another thread with each call.
#[derive(Clone, Debug, Default)]
pub(crate) struct OnThread(UreqTransport);

impl Transport for OnThread {
    fn send(&self, request: Request<Bytes>, limits: Limits) -> TransportFuture {
        let mut call = self.0.send(request, limits);
        let call = tokio::task::spawn_blocking(move || {
            match call.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(outcome) => outcome,
                Poll::Pending => panic!("it does its work in the first poll"),
            }
        });
        Box::pin(async { call.await.unwrap() })
    }
}
