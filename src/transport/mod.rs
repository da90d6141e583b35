//! HTTP transports: how requests are sent.
//!
//! [`Transport`] is one small trait over `http` types, so that you can use any HTTP client. The crate has
//! `ReqwestTransport` (feature `reqwest`, on by default), `UreqTransport` (feature `ureq`), which needs no async
//! runtime, and `TowerTransport` (feature `tower`), which uses any `tower` service. [`from_fn`] creates a transport from
//! a closure.

// Layer 3: uses layer 0. The trap: a transport that follows a redirect or rewrites a URL sends
// credentials elsewhere, or what was not signed.

pub(crate) mod body;
mod forward;
#[cfg(any(feature = "reqwest", feature = "tower", feature = "ureq"))]
mod gathered;
mod kind;
#[cfg(any(feature = "reqwest", feature = "tower"))]
mod reader;
#[cfg(feature = "reqwest")]
pub(crate) mod reqwest;
pub(crate) mod sequence;
#[cfg(feature = "reqwest")]
mod settings;
#[cfg(any(feature = "reqwest", feature = "tower"))]
mod stream;
#[cfg(any(feature = "rustls-ring", feature = "postgres", feature = "redis"))]
pub(crate) mod tls;
#[cfg(feature = "tower")]
mod tower;
#[cfg(feature = "ureq")]
pub(crate) mod ureq;

use std::{fmt, pin::Pin, time::Duration};

use bytes::Bytes;
use http::{Request, Response};

#[cfg(feature = "tower")]
#[cfg_attr(docsrs, doc(cfg(feature = "tower")))]
pub use self::tower::TowerTransport;
#[cfg(feature = "ureq")]
#[cfg_attr(docsrs, doc(cfg(feature = "ureq")))]
pub use self::ureq::UreqTransport;
pub use self::{
    body::Body,
    forward::{FromFn, from_fn},
    kind::TransportErrorKind,
};
#[cfg(feature = "reqwest")]
#[cfg_attr(docsrs, doc(cfg(feature = "reqwest")))]
pub use self::{reqwest::ReqwestTransport, settings::ReqwestSettings};
use crate::error::{BoxError, Error, groups::UnsupportedError, kind::ErrorKind, stage::Stage};

/// The future that [`Transport::send`] returns. Its result is a complete reply.
pub type TransportFuture =
    Pin<Box<dyn Future<Output = Result<Response<Bytes>, TransportError>> + Send + 'static>>;

/// The future that [`Transport::send_stream`] returns. Its result is a reply whose body is read as
/// it arrives.
pub type StreamFuture =
    Pin<Box<dyn Future<Output = Result<Response<Body>, TransportError>> + Send + 'static>>;

/// The future that [`Transport::pause`] returns. It ends when the time is over.
pub type PauseFuture = Pin<Box<dyn Future<Output = ()> + Send + 'static>>;

/// Sends requests and reads replies. Implement it to use another HTTP client, or prepared replies
/// in tests.
///
/// A transport must:
///
/// - send each request at most once. Its nonce can be used for one request only: if a layer sends the request
///   again, the provider answers "nonce used", or carries out a write twice. To retry calls, use
///   [`Client::with_retries`](crate::Client::with_retries), which signs each attempt again. Some HTTP clients
///   send a request again if a kept connection was closed before it took the request; that is safe;
/// - not follow redirects: it returns a reply with status 3xx unchanged;
/// - send the URL exactly as it is in the request;
/// - respect the [`Limits`]: a larger reply is an error.
///
/// # Cancel safety
///
/// If the future is dropped, the call is cancelled. The provider may have carried it out all the same.
///
/// # Examples
///
/// A transport with prepared replies:
///
/// ```
/// use bytes::Bytes;
/// use http::{Request, Response};
/// use tripod::transport::{Limits, Transport, TransportFuture};
///
/// struct Scripted;
///
/// impl Transport for Scripted {
///     fn send(&self, _request: Request<Bytes>, _limits: Limits) -> TransportFuture {
///         let body = "oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true";
///         Box::pin(async move { Ok(Response::new(Bytes::from_static(body.as_bytes()))) })
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), tripod::Error> {
/// use tripod::{Callback, Client, Consumer, Provider};
///
/// let client = Client::new(Provider::fatsecret(), Consumer::new("key", "secret"))?
///     .with_transport(Scripted);
/// let issued = client.begin(Callback::out_of_band()).request_token().await?;
/// assert!(issued.authorization_url().ends_with("?oauth_token=t"));
/// # Ok(())
/// # }
/// ```
///
/// A transport around another one, which counts the calls:
///
/// ```
/// use std::{sync::atomic::{AtomicUsize, Ordering::Relaxed}, time::Duration};
/// use bytes::Bytes;
/// use http::Request;
/// use tripod::transport::{Body, Limits, PauseFuture, StreamFuture, Transport, TransportFuture};
///
/// struct Counting<T>(T, AtomicUsize);
///
/// impl<T: Transport> Transport for Counting<T> {
///     fn send(&self, request: Request<Bytes>, limits: Limits) -> TransportFuture {
///         self.1.fetch_add(1, Relaxed);
///         self.0.send(request, limits)
///     }
///     fn send_stream(&self, request: Request<Body>, limits: Limits) -> StreamFuture {
///         self.1.fetch_add(1, Relaxed);
///         self.0.send_stream(request, limits)
///     }
///     fn pause(&self, time: Duration) -> Option<PauseFuture> {
///         self.0.pause(time)
///     }
/// }
/// ```
pub trait Transport: Send + Sync + 'static {
    /// Sends `request` and reads its reply, within `limits`.
    ///
    /// # Errors
    ///
    /// The future ends with a [`TransportError`]; choose the right constructor. Its source must not
    /// contain the URL's query or a header.
    fn send(&self, request: Request<Bytes>, limits: Limits) -> TransportFuture;

    /// Sends `request` while its body is read, and returns the reply as soon as its status and
    /// headers have arrived.
    ///
    /// [`ResourceRequest::send_stream`](crate::ResourceRequest::send_stream) and the other calls that stream
    /// need this method; all others use [`send`](Self::send). The default implementation cannot stream. If a
    /// transport contains another one, it must forward this method too.
    ///
    /// `limits.time` is the limit for each pause: until the provider takes the next piece of the body, until the
    /// head of the reply, and until the next piece of the reply. A transport must respect it. The crate counts
    /// the reply's bytes itself, while they arrive.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send). If the reply's body fails, its error should be a [`TransportError`] too;
    /// any other error of the body counts as a broken connection. The default implementation returns an
    /// error of the kind [`NoStreams`](crate::UnsupportedError::NoStreams).
    fn send_stream(&self, request: Request<Body>, limits: Limits) -> StreamFuture {
        let _ = (request, limits);
        Box::pin(std::future::ready(Err(TransportError::no_streams())))
    }

    /// Waits for `time`, before a [retry](crate::Retries). Returns `None` if there is no timer; then there are no retries.
    ///
    /// The default implementation uses Tokio's timer, if the feature `reqwest` or `tower` is on and the call is made in a
    /// Tokio runtime; otherwise there is no timer.
    fn pause(&self, time: Duration) -> Option<PauseFuture> {
        pause(time)
    }
}

/// Ends with an error where nothing drives Tokio's timers and sockets: outside of a runtime, or in a call that
/// [`wait`](crate::wait) polls once and nobody wakes.
#[cfg(any(feature = "reqwest", feature = "tower"))]
async fn needs_runtime() -> Result<(), TransportError> {
    let is_waiting =
        std::future::poll_fn(|context| std::task::Poll::Ready(crate::wait::is_waiting(context)));
    if is_waiting.await || tokio::runtime::Handle::try_current().is_err() {
        return Err(TransportError::no_runtime());
    }
    Ok(())
}

#[cfg(any(feature = "reqwest", feature = "tower"))]
fn pause(time: Duration) -> Option<PauseFuture> {
    tokio::runtime::Handle::try_current().ok()?;
    Some(Box::pin(tokio::time::sleep(time)))
}

#[cfg(not(any(feature = "reqwest", feature = "tower")))]
fn pause(_: Duration) -> Option<PauseFuture> {
    None
}

/// The limits of one call: time and size.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use bytes::Bytes;
/// use http::Response;
/// use tripod::transport::{self, Limits, TransportError};
/// use tripod::{Callback, Client, Consumer, ErrorKind, Provider, ReplyError};
///
/// let transport = transport::from_fn(|_request, limits: Limits| async move {
///     let body = vec![b'a'; 100_000]; // what came
///     if body.len() > limits.reply_bytes {
///         return Err(TransportError::too_large(limits.reply_bytes));
///     }
///     Ok(Response::new(Bytes::from(body)))
/// });
/// let client = Client::from_transport(Provider::fatsecret(), Consumer::new("key", "secret"), transport);
/// let failed = client.begin(Callback::out_of_band()).request_token().wait().unwrap_err();
/// let kind = failed.error().kind();
/// assert!(matches!(kind, ErrorKind::Reply(ReplyError::TooLarge { limit: 65_536, .. })));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The timeout, from the beginning of the call to the last byte of the reply. For a stream, the
    /// longest pause.
    pub time: Duration,
    /// The maximum size of the reply's body in bytes, after decompression.
    pub reply_bytes: usize,
}

impl Limits {
    /// The default limits of a token call: 30 seconds, 64 KiB.
    pub const TOKEN: Self = Self { time: Duration::from_secs(30), reply_bytes: 64 * 1024 };

    /// The default limits of a call for a resource: 30 seconds, 16 MiB.
    pub const RESOURCE: Self = Self { time: Duration::from_secs(30), reply_bytes: 16 << 20 };
}

/// In the extensions of a reply from `localhost`: the connection went to a loopback address.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StayedHere;

/// Why a transport could not return a reply.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use tripod::{Callback, Client, Consumer, ErrorKind, Provider, transport::{self, TransportError}};
///
/// let offline = transport::from_fn(|_request, _limits| async {
///     Err(TransportError::connect("the network is down"))
/// });
/// let client = Client::from_transport(Provider::fatsecret(), Consumer::new("key", "secret"), offline);
/// let failed = client.begin(Callback::out_of_band()).request_token().wait().unwrap_err();
/// assert_eq!(*failed.error().kind(), ErrorKind::Connect);
/// assert!(failed.error().is_retryable() && !failed.error().may_have_happened());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct TransportError {
    kind: TransportErrorKind,
    /// What more there is to say, with nothing of a query.
    detail: Option<String>,
    source: Option<BoxError>,
}

impl TransportError {
    fn new(kind: TransportErrorKind, source: Option<BoxError>) -> Self {
        Self { kind, detail: None, source }
    }

    /// Creates the error for: no connection was made, so nothing can have reached the provider.
    pub fn connect(source: impl Into<BoxError>) -> Self {
        Self::new(TransportErrorKind::Connect, Some(source.into()))
    }

    /// Creates the error for: the timeout passed.
    #[must_use]
    pub fn timeout() -> Self {
        Self::new(TransportErrorKind::Timeout, None)
    }

    /// Creates the error for: the connection broke after the request was sent.
    pub fn interrupted(source: impl Into<BoxError>) -> Self {
        Self::new(TransportErrorKind::Interrupted, Some(source.into()))
    }

    /// Creates the error for: the reply is not HTTP, or is malformed, so trying again does not
    /// help.
    pub fn not_http(source: impl Into<BoxError>) -> Self {
        Self::new(TransportErrorKind::NotHttp, Some(source.into()))
    }

    /// Creates the error for: the reply is larger than the limit, in bytes.
    #[must_use]
    pub fn too_large(limit: usize) -> Self {
        Self::new(TransportErrorKind::TooLarge { limit }, None)
    }

    /// Creates the error for: the URL that would be called, or that answered, is not the URL of the
    /// request.
    #[must_use]
    pub fn url_changed() -> Self {
        Self::new(TransportErrorKind::UrlChanged, None)
    }

    /// The same, where it is known which part is not the same.
    #[cfg(feature = "reqwest")]
    fn url_changed_in(part: String) -> Self {
        Self { detail: Some(part), ..Self::url_changed() }
    }

    #[cfg(any(feature = "reqwest", feature = "tower"))]
    fn no_runtime() -> Self {
        Self::unsupported(UnsupportedError::NoRuntime)
    }

    #[cfg(not(any(feature = "reqwest", feature = "ureq")))]
    fn no_transport() -> Self {
        Self::unsupported(UnsupportedError::NoTransport)
    }

    fn no_streams() -> Self {
        Self::unsupported(UnsupportedError::NoStreams)
    }

    fn unsupported(why: UnsupportedError) -> Self {
        Self::new(TransportErrorKind::Unsupported(why), None)
    }

    /// Returns what kind of failure it is.
    #[must_use]
    pub fn kind(&self) -> &TransportErrorKind {
        &self.kind
    }

    /// The failure of a body: what it says itself, or else a connection that broke.
    pub(crate) fn of_body(error: BoxError) -> Self {
        match error.downcast::<Self>() {
            Ok(error) => *error,
            Err(other) => Self::interrupted(other),
        }
    }

    /// Returns whether the request cannot have reached anybody.
    pub(crate) fn never_left(&self) -> bool {
        matches!(self.kind, TransportErrorKind::Connect | TransportErrorKind::Unsupported(_))
    }

    pub(crate) fn into_error(self, stage: Stage) -> Error {
        let mut error = Error::new(stage, ErrorKind::from(self.kind));
        if let Some(detail) = self.detail {
            error = error.with_detail(detail);
        }
        match self.source {
            Some(source) => error.with_source(source),
            None => error,
        }
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", ErrorKind::from(self.kind.clone()))?;
        match &self.detail {
            Some(detail) => write!(f, "; {detail}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for TransportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn std::error::Error + 'static))
    }
}

/// Stands in where there is no transport, so that the same program builds with every feature set.
#[cfg(not(any(feature = "reqwest", feature = "ureq")))]
pub(crate) struct NoTransport;

#[cfg(not(any(feature = "reqwest", feature = "ureq")))]
impl Transport for NoTransport {
    fn send(&self, _: Request<Bytes>, _: Limits) -> TransportFuture {
        Box::pin(std::future::ready(Err(TransportError::no_transport())))
    }

    fn send_stream(&self, _: Request<Body>, _: Limits) -> StreamFuture {
        Box::pin(std::future::ready(Err(TransportError::no_transport())))
    }
}
