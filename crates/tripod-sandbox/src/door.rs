//! A sandbox without its thread and its port, for fuzzing.

// The trap: this is no part of the API. It exists only where the compiler is told `--cfg fuzzing`,
// as cargo-fuzz does.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use axum::body::to_bytes;
use bytes::Bytes;
use http::{Request, Response};

use crate::{
    answer::Shared,
    builder::Builder,
    sandbox::{Sandbox, provider},
    wire::Broken,
};

/// Larger replies are a finding.
const MOST: usize = 8 << 20;

impl Builder {
    /// Makes the sandbox, which says that it listens on port 1 and does not.
    ///
    /// # Errors
    ///
    /// If its own URLs are refused, which would be a mistake of the crate's.
    #[doc(hidden)]
    pub fn unserved(self) -> io::Result<Sandbox> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 1));
        let shared = Arc::new(Shared::new(self.config, address)?);
        let provider = provider(&shared).map_err(io::Error::other)?;
        Ok(Sandbox { shared, provider, stop: None, thread: None })
    }
}

impl Sandbox {
    /// Handles a request as if it had come on the wire. `None`: it is never answered, or the reply
    /// is larger than any may be.
    #[doc(hidden)]
    #[must_use]
    pub fn handle(&self, request: Request<Bytes>) -> Option<Response<Bytes>> {
        let (parts, body) = request.into_parts();
        let Broken::Reply(response) = self.shared.answer(1, "http", &parts, Ok(body)) else {
            return None;
        };
        let (parts, body) = response.into_parts();
        let mut reading = pin!(to_bytes(body, MOST));
        // All of it is there at once, since no fault was asked for.
        match reading.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok(bytes)) => Some(Response::from_parts(parts, bytes)),
            _ => None,
        }
    }
}
