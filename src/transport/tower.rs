//! Any `tower` service as a transport.

use std::{
    fmt,
    future::poll_fn,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::{Buf as _, Bytes};
use http::{Request, Response};
use tower_service::Service;

use super::{
    Limits, StreamFuture, Transport, TransportError, TransportFuture,
    body::Body,
    gathered::Gathered,
    needs_runtime,
    stream::{Progress, Timed},
};
use crate::error::BoxError;

/// Sends requests with any [`tower::Service`](https://docs.rs/tower-service) that takes requests of the crate `http`
/// with a [`Body`]: hyper-util's client, for example, or an axum router in a test.
///
/// The service is cloned for each request, and called as soon as that clone is ready. The reply's body is read up to
/// the limit, or as it arrives if you stream. It runs on Tokio: without a runtime, a call ends with
/// [`UnsupportedError::NoRuntime`](crate::UnsupportedError::NoRuntime).
///
/// The service must follow the rules of [`Transport`]. So leave out layers that retry, follow redirects, change the URL,
/// or record it: `tower::retry`, `tower_http::follow_redirect`, `tower_http::trace`.
///
/// # Examples
///
/// The client of the crate `hyper-util`. Without a [classifier](Self::with_classifier), an error of the service
/// counts as a broken connection, so a write is never retried after it:
///
/// ```
/// use hyper_util::{client::legacy::{self, Client as Hyper}, rt::TokioExecutor};
/// use tripod::{Client, Consumer, Provider, transport::{Body, TowerTransport, TransportError}};
///
/// let hyper: Hyper<_, Body> = Hyper::builder(TokioExecutor::new()).build_http();
/// let transport = TowerTransport::new(hyper).with_classifier(|error| {
///     match error.downcast::<legacy::Error>() {
///         Ok(error) if error.is_connect() => TransportError::connect(error),
///         Ok(error) => TransportError::interrupted(error),
///         Err(error) => TransportError::interrupted(error),
///     }
/// });
/// let client = Client::from_transport(Provider::fatsecret(), Consumer::new("key", "secret"), transport);
/// ```
pub struct TowerTransport<S> {
    // The mutex makes the transport `Sync`, which a service need not be. It is locked only to clone it.
    service: Mutex<S>,
    classify: Arc<Classify>,
}

type Classify = dyn Fn(BoxError) -> TransportError + Send + Sync;

impl<S> TowerTransport<S> {
    /// Creates a transport from a service.
    pub fn new<R>(service: S) -> Self
    where
        S: Service<Request<Body>, Response = Response<R>>,
    {
        Self { service: Mutex::new(service), classify: Arc::new(usual) }
    }

    /// Sets a function that says what an error of the service means: whether a connection was made, or whether the
    /// timeout passed.
    ///
    /// This matters for [retries](crate::Retries): a write is retried only after [`TransportError::connect`]. The
    /// source of the result must not contain the URL's query or a header. If the service fails before it is ready,
    /// nothing was sent, and the classifier is not called.
    #[must_use]
    pub fn with_classifier(
        mut self,
        classify: impl Fn(BoxError) -> TransportError + Send + Sync + 'static,
    ) -> Self {
        self.classify = Arc::new(classify);
        self
    }
}

/// A `TransportError` is what it is; nobody knows what has become of the rest.
fn usual(error: BoxError) -> TransportError {
    match error.downcast::<TransportError>() {
        Ok(error) => *error,
        Err(error) => TransportError::interrupted(error),
    }
}

impl<S, R> Transport for TowerTransport<S>
where
    S: Service<Request<Body>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Into<BoxError>,
    R: http_body::Body + Send + 'static,
    R::Data: Send,
    R::Error: Into<BoxError>,
{
    fn send(&self, request: Request<Bytes>, limits: Limits) -> TransportFuture {
        let (mut service, classify) = self.parts();
        Box::pin(async move {
            needs_runtime().await?;
            let mut has_left = false;
            let reply = async {
                let request = request.map(Body::from);
                let reply = call(&mut service, request, &*classify, &mut has_left).await?;
                let (parts, body) = reply.into_parts();
                let body = read(body, limits.reply_bytes, &*classify).await?;
                Ok(Response::from_parts(parts, body))
            };
            match tokio::time::timeout(limits.time, reply).await {
                Ok(outcome) => outcome,
                Err(_) => Err(timeout(has_left)),
            }
        })
    }

    fn send_stream(&self, request: Request<Body>, limits: Limits) -> StreamFuture {
        let (mut service, classify) = self.parts();
        Box::pin(async move {
            needs_runtime().await?;
            let mut has_left = false;
            let progress = Progress::new();
            let request = request.map(|body| Body::new(progress.of(body)));
            let reply = call(&mut service, request, &*classify, &mut has_left);
            let reply = progress.within(limits.time, reply).await;
            let reply = reply.unwrap_or_else(|| Err(timeout(has_left)))?;
            let classify = move |error: R::Error| after_the_head(classify(error.into()));
            Ok(reply.map(|body| Body::new(Timed::new(body, classify, limits.time))))
        })
    }
}

/// Calls the service as soon as it is ready. `has_left` becomes true when it is called.
async fn call<S, R>(
    service: &mut S,
    request: Request<Body>,
    classify: &Classify,
    has_left: &mut bool,
) -> Result<Response<R>, TransportError>
where
    S: Service<Request<Body>, Response = Response<R>>,
    S::Error: Into<BoxError>,
{
    // The clone is called that was found ready: readiness is not shared.
    let ready = poll_fn(|context| service.poll_ready(context)).await;
    ready.map_err(TransportError::connect)?;
    *has_left = true;
    service.call(request).await.map_err(|error| classify(error.into()))
}

fn timeout(has_left: bool) -> TransportError {
    if has_left {
        TransportError::timeout()
    } else {
        TransportError::connect("the service was not ready within the time limit")
    }
}

/// Reads a body up to `limit` bytes.
async fn read<R>(body: R, limit: usize, classify: &Classify) -> Result<Bytes, TransportError>
where
    R: http_body::Body,
    R::Error: Into<BoxError>,
{
    if usize::try_from(body.size_hint().lower()).map_or(true, |lower| lower > limit) {
        return Err(TransportError::too_large(limit));
    }
    let mut body = pin!(body);
    let mut whole = Gathered::default();
    while let Some(frame) = poll_fn(|context| body.as_mut().poll_frame(context)).await {
        let frame = frame.map_err(|error| after_the_head(classify(error.into())))?;
        // Trailers say nothing that is needed.
        let Ok(mut data) = frame.into_data() else { continue };
        if data.remaining() > limit.saturating_sub(whole.len()) {
            return Err(TransportError::too_large(limit));
        }
        whole.take(data.copy_to_bytes(data.remaining()));
    }
    Ok(whole.freeze())
}

/// The request has left, whatever the classifier says.
fn after_the_head(error: TransportError) -> TransportError {
    if error.never_left() { TransportError::interrupted(error) } else { error }
}

impl<S: Clone> TowerTransport<S> {
    fn parts(&self) -> (S, Arc<Classify>) {
        let service = self.service.lock().unwrap_or_else(PoisonError::into_inner).clone();
        (service, Arc::clone(&self.classify))
    }
}

impl<S: Clone> Clone for TowerTransport<S> {
    fn clone(&self) -> Self {
        let (service, classify) = self.parts();
        Self { service: Mutex::new(service), classify }
    }
}

impl<S> fmt::Debug for TowerTransport<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TowerTransport(..)")
    }
}
