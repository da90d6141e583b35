//! A transport that takes requests to the sandbox without a network, each with the URL that it has.

use std::{fmt, future::poll_fn, pin::Pin, sync::Arc};

use axum::body::HttpBody;
use bytes::{Bytes, BytesMut};
use http::{HeaderValue, Request, Response, header, uri::Scheme};
use tripod::transport::{Body, Limits, StreamFuture, Transport, TransportError, TransportFuture};

use crate::{
    answer::Shared,
    body::{self, AtOnce},
    sandbox::Sandbox,
    wire::Broken,
};

/// A transport that delivers a client's requests to a sandbox, whatever their URLs are.
///
/// A request for `https://api.x.com/…` reaches the sandbox unchanged, although the sandbox does not
/// listen there. So you can test a provider with its real URLs, and the signature is checked against
/// them. A host that the sandbox's [`Persona`](crate::Persona) does not have cannot be reached.
///
/// Nothing is sent over a network and nothing waits. A fault that would keep a client waiting, such as
/// [`Fault::NoAnswer`](crate::Fault::NoAnswer), ends at once as a timeout.
///
/// Calls that stream work too, such as `send_multipart` with a file, and `download`. The sandbox answers when it has
/// read the whole body of the request. It answers a body above [`Builder::body_limit`](crate::Builder::body_limit) with
/// status 413. It waits for the request's body without a time limit.
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
    async fn deliver(&self, request: Request<Body>) -> Result<Response<AtOnce>, TransportError> {
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
        let limit = self.shared.config.body_limit;
        let body = body::read(body, limit, limit).await.map_err(of_body)?;
        match self.shared.answer(0, scheme.as_str(), &parts, body) {
            Broken::Never => Err(TransportError::timeout()),
            Broken::Reply(response) => Ok(response.map(AtOnce)),
        }
    }
}

impl Transport for SandboxTransport {
    fn send(&self, request: Request<Bytes>, limits: Limits) -> TransportFuture {
        let this = self.clone();
        Box::pin(async move {
            let (parts, body) = this.deliver(request.map(Body::from)).await?.into_parts();
            Ok(Response::from_parts(parts, whole(body, limits.reply_bytes).await?))
        })
    }

    fn send_stream(&self, request: Request<Body>, _: Limits) -> StreamFuture {
        let this = self.clone();
        Box::pin(async move { Ok(this.deliver(request).await?.map(Body::new)) })
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

/// The failure of a request's body: what it says itself, or else a connection that broke.
fn of_body(error: Box<dyn std::error::Error + Send + Sync>) -> TransportError {
    match error.downcast::<TransportError>() {
        Ok(error) => *error,
        Err(other) => TransportError::interrupted(other),
    }
}

async fn whole(mut body: AtOnce, most: usize) -> Result<Bytes, TransportError> {
    let mut read = BytesMut::new();
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let Ok(data) = frame?.into_data() else { continue };
        if read.len() + data.len() > most {
            return Err(TransportError::too_large(most));
        }
        read.extend_from_slice(&data);
    }
    Ok(read.freeze())
}
