//! Transports behind a pointer, and transports made of a closure.

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Request, Response};

use super::{
    Limits, PauseFuture, StreamFuture, Transport, TransportError, TransportFuture, body::Body,
};

macro_rules! forward {
    ($($pointer:ident),*) => { $(
        impl<T: Transport + ?Sized> Transport for $pointer<T> {
            fn send(&self, request: Request<Bytes>, limits: Limits) -> TransportFuture {
                (**self).send(request, limits)
            }

            fn send_stream(&self, request: Request<Body>, limits: Limits) -> StreamFuture {
                (**self).send_stream(request, limits)
            }

            fn pause(&self, time: Duration) -> Option<PauseFuture> {
                (**self).pause(time)
            }
        }
    )* };
}

forward!(Arc, Box);

/// Creates a transport from a closure, for tests and for simple HTTP clients.
///
/// The closure must follow the rules of [`Transport`]. It cannot stream.
///
/// # Examples
///
/// ```
/// use bytes::Bytes;
/// use http::Response;
/// use tripod::{Callback, Client, Consumer, Provider, transport};
///
/// # fn main() -> Result<(), tripod::Error> {
/// let scripted = transport::from_fn(|_request, _limits| async {
///     let body = "oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true";
///     Ok(Response::new(Bytes::from_static(body.as_bytes())))
/// });
/// let client = Client::from_transport(Provider::fatsecret(), Consumer::new("key", "secret"), scripted);
/// let issued = client.begin(Callback::out_of_band()).request_token().wait()?;
/// assert_eq!(issued.oauth_token(), "t");
/// # Ok(())
/// # }
/// ```
pub fn from_fn<F, T>(send: F) -> FromFn<F>
where
    F: Fn(Request<Bytes>, Limits) -> T + Send + Sync + 'static,
    T: Future<Output = Result<Response<Bytes>, TransportError>> + Send + 'static,
{
    FromFn(send)
}

/// A transport that calls a closure; [`from_fn`] creates it.
#[derive(Clone)]
pub struct FromFn<F>(F);

impl<F, T> Transport for FromFn<F>
where
    F: Fn(Request<Bytes>, Limits) -> T + Send + Sync + 'static,
    T: Future<Output = Result<Response<Bytes>, TransportError>> + Send + 'static,
{
    fn send(&self, request: Request<Bytes>, limits: Limits) -> TransportFuture {
        Box::pin((self.0)(request, limits))
    }
}

impl<F> fmt::Debug for FromFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FromFn(..)")
    }
}
