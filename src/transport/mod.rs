//! The one place where requests leave the program.
//!
//! [`Transport`] is one small trait over `http` types, so that any HTTP client fits. The crate brings
//! `ReqwestTransport` (feature `reqwest`, on by default), `UreqTransport` (feature `ureq`), which needs no async
//! runtime, and `TowerTransport` (feature `tower`), which takes any `tower` service. [`from_fn`] makes one of a closure.

// Layer 3: uses layer 0. The trap: a transport that follows a redirect or rewrites a URL sends
// credentials elsewhere, or what was not signed.

pub(crate) mod body;
mod forward;
#[cfg(any(feature = "reqwest", feature = "tower", feature = "ureq"))]
mod gathered;
#[cfg(feature = "reqwest")]
mod reader;
#[cfg(feature = "reqwest")]
pub(crate) mod reqwest;
pub(crate) mod sequence;
#[cfg(feature = "reqwest")]
mod settings;
#[cfg(any(feature = "rustls-ring", feature = "postgres", feature = "redis"))]
pub(crate) mod tls;
#[cfg(feature = "tower")]
mod tower;
#[cfg(feature = "ureq")]
mod ureq;

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
};
#[cfg(feature = "reqwest")]
#[cfg_attr(docsrs, doc(cfg(feature = "reqwest")))]
pub use self::{reqwest::ReqwestTransport, settings::ReqwestSettings};
use crate::error::{BoxError, Error, ErrorKind, ReplyError, Stage};

/// What [`Transport::send`] gives back: a reply that was read whole, later.
pub type TransportFuture =
    Pin<Box<dyn Future<Output = Result<Response<Bytes>, TransportError>> + Send + 'static>>;

/// What [`Transport::send_stream`] gives back: a reply whose body is read as it arrives, later.
pub type StreamFuture =
    Pin<Box<dyn Future<Output = Result<Response<Body>, TransportError>> + Send + 'static>>;

/// What [`Transport::pause`] gives back: a future that ends when the time is over.
pub type PauseFuture = Pin<Box<dyn Future<Output = ()> + Send + 'static>>;

/// Sends a request and reads the whole reply.
///
/// Implement it to use another HTTP client, a proxy, or a script of replies in tests.
///
/// A transport must:
///
/// - send each request at most once. The nonce in it is good for one request only, so a layer that sends it again
///   gets "nonce used", or carries out a write twice. To repeat calls, use
///   [`Client::with_retries`](crate::Client::with_retries), which signs each attempt anew. Some HTTP clients send
///   a request again if a connection that they had kept was closed before it took the request; that is safe;
/// - not follow redirects: it returns a reply with status 3xx as it is;
/// - send the URL exactly as it stands in the request;
/// - keep to the [`Limits`]: a larger reply is an error.
///
/// # Cancel safety
///
/// Dropping the future gives up the call. The provider may have carried it out all the same.
///
/// # Examples
///
/// A transport that answers from a script:
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
pub trait Transport: Send + Sync + 'static {
    /// Sends `request` and reads its reply, within `limits`.
    ///
    /// # Errors
    ///
    /// The future ends with a [`TransportError`], made by the constructor that fits. Its source
    /// must not hold the URL's query or a header.
    fn send(&self, request: Request<Bytes>, limits: Limits) -> TransportFuture;

    /// Sends `request` while its body is read, and returns the reply as soon as its head is here.
    ///
    /// [`ResourceRequest::send_stream`](crate::ResourceRequest::send_stream) and the other calls that stream
    /// need this method; all others use [`send`](Self::send). The default cannot stream. A transport that
    /// contains another one forwards to it.
    ///
    /// `limits.time` is the limit for each pause: until the provider takes the next piece of the body, until the
    /// head of the reply, and until the next piece of the reply. A transport must keep to it. The crate
    /// counts the reply's bytes itself, while they arrive.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send). If the reply's body breaks, its error is a [`TransportError`] too; any other
    /// error of the body is taken for a connection that broke. The default is an error of the kind
    /// [`NoStreams`](crate::ErrorKind::NoStreams).
    fn send_stream(&self, request: Request<Body>, limits: Limits) -> StreamFuture {
        let _ = (request, limits);
        Box::pin(std::future::ready(Err(TransportError::no_streams())))
    }

    /// Waits for `time`, before a [retry](crate::Retries). Returns `None` if there is no timer; nothing is repeated
    /// then.
    ///
    /// As it comes with the trait, it uses Tokio's timer, if the feature `reqwest` or `tower` is on and the call is made in
    /// a Tokio runtime; otherwise there is no timer.
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

/// The bounds of one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// From the beginning of the call to the last byte of the reply; for a stream, the longest pause.
    pub time: Duration,
    /// The size of the reply's body in bytes, after decompression.
    pub reply_bytes: usize,
}

impl Limits {
    /// For a token reply: 30 seconds, 64 KiB.
    pub const TOKEN: Self = Self { time: Duration::from_secs(30), reply_bytes: 64 * 1024 };

    /// For a resource: 30 seconds, 16 MiB.
    pub const RESOURCE: Self = Self { time: Duration::from_secs(30), reply_bytes: 16 << 20 };
}

/// In the extensions of a reply from `localhost`: the connection went to a loopback address.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StayedHere;

/// Why a transport has no reply.
#[derive(Debug)]
pub struct TransportError {
    kind: ErrorKind,
    /// What more there is to say, with nothing of a query.
    detail: Option<String>,
    source: Option<BoxError>,
}

impl TransportError {
    fn new(kind: ErrorKind, source: Option<BoxError>) -> Self {
        Self { kind, detail: None, source }
    }

    /// No connection was made: nothing can have reached the provider.
    pub fn connect(source: impl Into<BoxError>) -> Self {
        Self::new(ErrorKind::Connect, Some(source.into()))
    }

    /// The time limit passed.
    #[must_use]
    pub fn timeout() -> Self {
        Self::new(ErrorKind::Timeout, None)
    }

    /// The connection broke after the request was sent.
    pub fn interrupted(source: impl Into<BoxError>) -> Self {
        Self::new(ErrorKind::Interrupted, Some(source.into()))
    }

    /// The reply is not HTTP, or is malformed, so that it would be the same another time.
    pub fn not_http(source: impl Into<BoxError>) -> Self {
        Self::new(ReplyError::NotHttp.into(), Some(source.into()))
    }

    /// The reply is larger than the limit, in bytes.
    #[must_use]
    pub fn too_large(limit: usize) -> Self {
        Self::new(ErrorKind::Reply(ReplyError::TooLarge { limit }), None)
    }

    /// The URL that would be called, or that answered, is not the one of the request.
    #[must_use]
    pub fn url_changed() -> Self {
        Self::new(ErrorKind::UrlChanged, None)
    }

    /// The same, where it is known which part is not the same.
    #[cfg(feature = "reqwest")]
    fn url_changed_in(part: String) -> Self {
        Self { detail: Some(part), ..Self::url_changed() }
    }

    #[cfg(any(feature = "reqwest", feature = "tower"))]
    fn no_runtime() -> Self {
        Self::new(ErrorKind::NoRuntime, None)
    }

    #[cfg(not(any(feature = "reqwest", feature = "ureq")))]
    fn no_transport() -> Self {
        Self::new(ErrorKind::NoTransport, None)
    }

    fn no_streams() -> Self {
        Self::new(ErrorKind::NoStreams, None)
    }

    /// The failure of a body: what it says itself, or else a connection that broke.
    pub(crate) fn of_body(error: BoxError) -> Self {
        match error.downcast::<Self>() {
            Ok(error) => *error,
            Err(other) => Self::interrupted(other),
        }
    }

    /// Whether the request cannot have reached anybody.
    pub(crate) fn never_left(&self) -> bool {
        matches!(
            self.kind,
            ErrorKind::Connect
                | ErrorKind::NoRuntime
                | ErrorKind::NoTransport
                | ErrorKind::NoStreams
        )
    }

    pub(crate) fn into_error(self, stage: Stage) -> Error {
        let mut error = Error::new(stage, self.kind);
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
        write!(f, "{}", self.kind)?;
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
