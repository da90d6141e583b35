//! A transport that takes requests to the sandbox without a network, each with the URL that it has.

use std::{
    fmt,
    future::ready,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use axum::body::{Body, HttpBody};
use bytes::{Bytes, BytesMut};
use http::{HeaderValue, Request, Response, header, uri::Scheme};
use tripod::transport::{Limits, Transport, TransportError, TransportFuture};

use crate::{answer::Shared, sandbox::Sandbox, server::BODY, wire::Broken};

/// A transport that delivers a client's requests to a sandbox, whatever their URLs are.
///
/// A request for `https://api.x.com/…` reaches the sandbox unchanged, although the sandbox does not
/// listen there. So you can test a provider with its real URLs, and the signature is checked against
/// them. A host that the sandbox's [`Persona`](crate::Persona) does not have cannot be reached.
///
/// Nothing is sent over a network and nothing waits. A fault that would keep a client waiting, such as
/// [`Fault::NoAnswer`](crate::Fault::NoAnswer), ends at once as a timeout.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use tripod::{Callback, Client, Provider};
/// use tripod_sandbox::{Persona, Sandbox};
///
/// let sandbox = Sandbox::builder().like(Persona::FatSecret).start().await?;
/// let client = Client::from_transport(Provider::fatsecret(), sandbox.consumer(), sandbox.transport());
/// let issued = client.begin(Callback::out_of_band()).request_token().await?;
/// assert!(issued.authorization_url().starts_with("https://authentication.fatsecret.com/"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct SandboxTransport {
    shared: Arc<Shared>,
}

impl Sandbox {
    /// Returns a transport that delivers requests to this sandbox, whatever their URLs are.
    ///
    /// It also works after the sandbox was dropped.
    #[must_use]
    pub fn transport(&self) -> SandboxTransport {
        SandboxTransport { shared: Arc::clone(&self.shared) }
    }
}

impl SandboxTransport {
    fn deliver(
        &self,
        request: Request<Bytes>,
        limits: Limits,
    ) -> Result<Response<Bytes>, TransportError> {
        let (mut parts, body) = request.into_parts();
        let authority = parts.uri.authority().map(|authority| authority.as_str().to_owned());
        let authority = authority.ok_or_else(|| unreachable_host("a URL without a host"))?;
        if !self.shared.has_host(&authority) {
            return Err(unreachable_host(&authority));
        }
        let scheme = parts.uri.scheme().cloned().unwrap_or(Scheme::HTTP);
        // What every HTTP client adds.
        let host = HeaderValue::try_from(authority).map_err(TransportError::connect)?;
        parts.headers.entry(header::HOST).or_insert(host);
        let body = (body.len() <= BODY).then_some(body);
        match self.shared.answer(0, scheme.as_str(), &parts, body) {
            Broken::Never => Err(TransportError::timeout()),
            Broken::Reply(response) => {
                let (parts, body) = response.into_parts();
                Ok(Response::from_parts(parts, read(body, limits.reply_bytes)?))
            }
        }
    }
}

impl Transport for SandboxTransport {
    fn send(&self, request: Request<Bytes>, limits: Limits) -> TransportFuture {
        Box::pin(ready(self.deliver(request, limits)))
    }
}

impl fmt::Debug for SandboxTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SandboxTransport(..)")
    }
}

fn unreachable_host(host: &str) -> TransportError {
    TransportError::connect(format!("the sandbox is not {host}"))
}

/// Reads a body that is made in this process: what is not there at the second look never comes.
fn read(body: Body, most: usize) -> Result<Bytes, TransportError> {
    let mut body = pin!(body);
    let mut context = Context::from_waker(Waker::noop());
    let mut read = BytesMut::new();
    let mut waited = false;
    loop {
        match body.as_mut().poll_frame(&mut context) {
            Poll::Ready(None) => return Ok(read.freeze()),
            Poll::Ready(Some(Err(error))) => return Err(TransportError::interrupted(error)),
            Poll::Ready(Some(Ok(frame))) => {
                waited = false;
                if let Ok(data) = frame.into_data() {
                    if read.len() + data.len() > most {
                        return Err(TransportError::too_large(most));
                    }
                    read.extend_from_slice(&data);
                }
            }
            Poll::Pending if waited => return Err(TransportError::timeout()),
            Poll::Pending => waited = true,
        }
    }
}
