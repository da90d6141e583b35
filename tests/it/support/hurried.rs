//! A transport that soon gives up the call that nobody will answer, and has time for all others: a machine may be slow.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use http::Request;
use tripod::transport::{Limits, Transport, TransportFuture};
use tripod_sandbox::{Endpoint, Fault, Sandbox};

/// Says that the next call meets a fault without an end.
#[derive(Clone, Default)]
pub(crate) struct Hurry(Arc<AtomicBool>);

impl Hurry {
    pub(crate) fn over<T: Transport>(&self, inner: T) -> Hurried<T> {
        Hurried { inner, hurry: self.clone() }
    }

    /// The next call, which is of this endpoint, fails in this way.
    pub(crate) fn inject_at(&self, sandbox: &Sandbox, endpoint: Endpoint, fault: Fault) {
        sandbox.inject_at(endpoint, fault);
        self.0.store(matches!(fault, Fault::NoAnswer | Fault::SlowBody), Ordering::SeqCst);
    }
}

pub(crate) struct Hurried<T> {
    inner: T,
    hurry: Hurry,
}

impl<T: Transport> Transport for Hurried<T> {
    fn send(&self, request: Request<Bytes>, mut limits: Limits) -> TransportFuture {
        if self.hurry.0.swap(false, Ordering::SeqCst) {
            limits.time = Duration::from_secs(3);
        }
        self.inner.send(request, limits)
    }
}
