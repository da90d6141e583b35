//! The transport that comes with the crate: reqwest, bounded.
//!
//! No redirects, no cookies, a limit on connecting, on the whole call and on the reply's size
//! after decompression, and a check that the URL on the wire is the one that was signed.

mod convert;
pub(crate) mod known;

use std::{
    error::Error as _,
    fmt, io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response};
use reqwest::{Client, ClientBuilder, redirect::Policy};

use self::convert::convert;
use super::{
    Limits, StayedHere, StreamFuture, Transport, TransportError, TransportFuture,
    body::Body,
    gathered::Gathered,
    needs_runtime,
    stream::{Progress, Timed},
};
use crate::error::{BoxError, Error, kind::ErrorKind};

/// What `localhost` is connected to, in this order; port 0 stands for the URL's.
const LOCALHOST: [SocketAddr; 2] = [
    SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), 0),
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
];

/// Sends requests with [`reqwest`]. This is the default transport. Its connections are kept, and clones share them.
///
/// With [`ReqwestSettings`](super::ReqwestSettings) you can set the user agent, a proxy, root certificates and the
/// connect timeout. For other settings of reqwest, use [`builder`](Self::builder). The types of reqwest are part of this
/// API, so a new major version of reqwest is a new major version of this crate. Use reqwest as `tripod::reqwest`, so that
/// the versions agree.
///
/// # Security
///
/// Plain HTTP is allowed for loopback addresses and for `localhost`, so `localhost` must not be another
/// machine. This transport connects `localhost` to `[::1]` and `127.0.0.1` without asking a resolver,
/// also if you set a resolver in [`from_builder`](Self::from_builder). If you set a proxy there, the
/// proxy makes the connection and resolves the name: exclude `localhost` with [`reqwest::NoProxy`].
///
/// A call needs a Tokio runtime with I/O and time; without a runtime, it fails with
/// [`UnsupportedError::NoRuntime`](crate::UnsupportedError::NoRuntime). You can create the transport without a runtime.
///
/// # Panics
///
/// A call panics in a Tokio runtime whose I/O or time is switched off, because this cannot be detected
/// beforehand. `#[tokio::main]` and [`enable_all`](tokio::runtime::Builder::enable_all) switch both on.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use std::time::Duration;
/// use tripod::{Client, Consumer, Provider, providers, transport::ReqwestTransport};
///
/// let builder = ReqwestTransport::builder()?.pool_idle_timeout(Duration::from_secs(20));
/// let transport = ReqwestTransport::from_builder(builder)?;
/// // Both clients use the same connections.
/// let consumer = Consumer::new("key", "secret");
/// let fatsecret = Client::from_transport(Provider::fatsecret(), consumer.clone(), transport.clone());
/// let tumblr = Client::from_transport(providers::tumblr(), consumer, transport);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ReqwestTransport {
    client: Client,
}

impl ReqwestTransport {
    /// Creates a transport with the defaults: 10 seconds to connect, no proxy from the environment.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`] if TLS cannot be set up. If the system has no root
    /// certificates, HTTPS calls fail later with [`ErrorKind::Connect`].
    pub fn new() -> Result<Self, Error> {
        Self::from_builder(Self::builder()?)
    }

    /// Returns reqwest's builder with the same defaults as [`new`](Self::new), for settings that
    /// [`ReqwestSettings`](super::ReqwestSettings) does not have.
    ///
    /// # Errors
    ///
    /// The errors of [`new`](Self::new).
    pub fn builder() -> Result<ClientBuilder, Error> {
        with_tls(usual())
    }

    /// The same with another configuration of TLS.
    #[cfg(feature = "rustls-ring")]
    pub(super) fn builder_with(config: rustls::ClientConfig) -> ClientBuilder {
        with_config(usual(), config)
    }

    /// Creates a transport from a builder of your own.
    ///
    /// Begin with [`builder`](Self::builder): reqwest's own builder uses `HTTP_PROXY`, and panics if there is
    /// no TLS backend. Three settings are always made here, whatever the builder says: redirects are off;
    /// `connection_verbose` is off, because it would write the tokens to the log; and `localhost` means this
    /// machine.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`] if reqwest refuses the builder; its error is the source.
    pub fn from_builder(builder: ClientBuilder) -> Result<Self, Error> {
        let builder = builder
            .redirect(Policy::none())
            .connection_verbose(false)
            .resolve_to_addrs("localhost", &LOCALHOST);
        match builder.build() {
            Ok(client) => Ok(Self { client }),
            Err(error) => {
                let reason = "the HTTP client cannot be built";
                let kind = ErrorKind::InvalidSetting { reason };
                Err(Error::setup(kind).with_source(error.without_url()))
            }
        }
    }
}

fn usual() -> ClientBuilder {
    Client::builder()
        .connect_timeout(Duration::from_secs(10))
        .referer(false)
        .no_proxy()
        .user_agent(concat!("tripod/", env!("CARGO_PKG_VERSION")))
}

#[cfg(feature = "rustls-ring")]
fn with_tls(builder: ClientBuilder) -> Result<ClientBuilder, Error> {
    Ok(with_config(builder, super::tls::config()?))
}

#[cfg(feature = "rustls-ring")]
fn with_config(builder: ClientBuilder, mut config: rustls::ClientConfig) -> ClientBuilder {
    if cfg!(feature = "http2") {
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    }
    builder.tls_backend_preconfigured(config)
}

#[cfg(not(feature = "rustls-ring"))]
#[expect(clippy::unnecessary_wraps, reason = "the other build of it can fail")]
fn with_tls(builder: ClientBuilder) -> Result<ClientBuilder, Error> {
    Ok(builder)
}

impl fmt::Debug for ReqwestTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReqwestTransport(..)")
    }
}

impl Transport for ReqwestTransport {
    fn send(&self, request: Request<Bytes>, limits: Limits) -> TransportFuture {
        let client = self.client.clone();
        // What is large is gone before the first await: a future above a kilobyte would cost the
        // allocator's slow path with every call.
        Box::pin(async move {
            needs_runtime().await?;
            let (request, url) = convert(request)?;
            let reply = receive(client.execute(request), &url, limits.reply_bytes);
            match tokio::time::timeout(limits.time, reply).await {
                Ok(outcome) => outcome,
                Err(_) => Err(TransportError::timeout()),
            }
        })
    }

    fn send_stream(&self, request: Request<Body>, limits: Limits) -> StreamFuture {
        let client = self.client.clone();
        Box::pin(async move {
            needs_runtime().await?;
            let (parts, body) = request.into_parts();
            let (bytes, body) = match body.into_whole() {
                Ok(bytes) => (bytes, None),
                Err(body) => (Bytes::new(), Some(body)),
            };
            let (mut request, url) = convert(Request::from_parts(parts, bytes))?;
            let progress = Progress::new();
            if let Some(body) = body {
                *request.body_mut() = Some(reqwest::Body::wrap(progress.of(body)));
            }
            let reply = progress.within(limits.time, client.execute(request)).await;
            let mut reply = reply.ok_or_else(TransportError::timeout)?.map_err(classify)?;
            if reply.url().as_str() != url {
                return Err(TransportError::url_changed());
            }
            let head = head_of(&mut reply);
            let body = Timed::new(reqwest::Body::from(reply), classify, limits.time);
            Ok(head.map(|()| Body::new(body)))
        })
    }
}

/// Reads the reply to a request for `url`.
async fn receive(
    reply: impl Future<Output = reqwest::Result<reqwest::Response>>,
    url: &str,
    limit: usize,
) -> Result<Response<Bytes>, TransportError> {
    let mut reply = reply.await.map_err(classify)?;
    if reply.url().as_str() != url {
        return Err(TransportError::url_changed());
    }
    let announced = reply.content_length().unwrap_or(0);
    if usize::try_from(announced).map_or(true, |announced| announced > limit) {
        return Err(TransportError::too_large(limit));
    }
    let body = read(&mut reply, limit).await?;
    Ok(head_of(&mut reply).map(|()| body))
}

/// The reply's head, taken out of it.
fn head_of(reply: &mut reqwest::Response) -> Response<()> {
    let mut head = Response::new(());
    let stayed_here = reply.url().host_str() == Some("localhost")
        && reply.remote_addr().is_some_and(|peer| peer.ip().is_loopback());
    if stayed_here {
        head.extensions_mut().insert(StayedHere);
    }
    *head.status_mut() = reply.status();
    *head.version_mut() = reply.version();
    *head.headers_mut() = std::mem::take(reply.headers_mut());
    head
}

/// Reads the body up to `limit` bytes. Most replies come in one piece, which is passed on as it is.
async fn read(reply: &mut reqwest::Response, limit: usize) -> Result<Bytes, TransportError> {
    let Some(first) = reply.chunk().await.map_err(classify)? else { return Ok(Bytes::new()) };
    let mut whole = Gathered::default();
    let mut next = Some(first);
    while let Some(piece) = next {
        if piece.len() > limit.saturating_sub(whole.len()) {
            return Err(TransportError::too_large(limit));
        }
        next = reply.chunk().await.map_err(classify)?;
        if whole.len() == 0 && next.is_none() {
            return Ok(piece);
        }
        whole.take(piece);
    }
    Ok(whole.freeze())
}

/// What kind of failure it was. The URL is taken out of the error, since it may hold a token.
fn classify(error: reqwest::Error) -> TransportError {
    let error = error.without_url();
    if error.is_connect() {
        TransportError::connect(BoxError::from(error))
    } else if error.is_timeout() {
        TransportError::timeout()
    } else if error.is_builder() {
        TransportError::url_changed()
    } else if is_malformed(&error) {
        TransportError::not_http(BoxError::from(error))
    } else {
        TransportError::interrupted(BoxError::from(error))
    }
}

/// Returns whether the reply itself is at fault, and not the line.
fn is_malformed(error: &reqwest::Error) -> bool {
    let mut next = error.source();
    while let Some(cause) = next {
        // Of a head that cannot be read.
        let parse = cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse);
        // Of chunks that cannot.
        let chunk = cause.downcast_ref::<io::Error>().is_some_and(|error| match error.kind() {
            io::ErrorKind::InvalidInput => true,
            io::ErrorKind::InvalidData => !is_of_tls(error),
            _ => false,
        });
        if parse || chunk {
            return true;
        }
        next = cause.source();
    }
    false
}

/// TLS reports bytes that were changed on the way as invalid data, too; they may come whole another time.
#[cfg(feature = "rustls-ring")]
fn is_of_tls(error: &io::Error) -> bool {
    error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()).is_some()
}

/// It cannot be told, so that it may be.
#[cfg(not(feature = "rustls-ring"))]
fn is_of_tls(_: &io::Error) -> bool {
    true
}
