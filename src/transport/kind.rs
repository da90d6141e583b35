//! Why a transport could not return a reply, as data.

use crate::error::{
    groups::{ReplyError, RequestError, UnsupportedError},
    kind::ErrorKind,
};

/// What kind of failure a [`TransportError`](super::TransportError) is.
///
/// # Examples
///
/// A transport around another one counts the timeouts:
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use std::sync::{Arc, atomic::{AtomicU64, Ordering::Relaxed}};
/// use tripod::{
///     Callback, Client, Consumer, Provider,
///     transport::{self, Transport, TransportError, TransportErrorKind},
/// };
///
/// # let inner = transport::from_fn(|_request, _limits| async { Err(TransportError::timeout()) });
/// let inner: Arc<dyn Transport> = Arc::new(inner); // such as a `ReqwestTransport`
/// let timeouts = Arc::new(AtomicU64::new(0));
/// let count = Arc::clone(&timeouts);
/// let counting = transport::from_fn(move |request, limits| {
///     let (reply, count) = (inner.send(request, limits), Arc::clone(&count));
///     async move {
///         let reply = reply.await;
///         if let Err(error) = &reply {
///             if *error.kind() == TransportErrorKind::Timeout {
///                 count.fetch_add(1, Relaxed);
///             }
///         }
///         reply
///     }
/// });
/// let client = Client::from_transport(Provider::fatsecret(), Consumer::new("key", "secret"), counting);
/// # assert!(client.begin(Callback::out_of_band()).request_token().wait().is_err());
/// # assert_eq!(timeouts.load(Relaxed), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection was made, so nothing can have reached the provider.
    Connect,
    /// The timeout passed.
    Timeout,
    /// The connection broke after the request was sent.
    Interrupted,
    /// The reply is not HTTP, or is malformed.
    NotHttp,
    /// The reply is larger than the limit.
    #[non_exhaustive]
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The URL that would be called, or that answered, is not the URL of the request.
    UrlChanged,
    /// The transport cannot send this request, or not in this thread. Nothing was sent.
    Unsupported(UnsupportedError),
}

impl From<TransportErrorKind> for ErrorKind {
    fn from(kind: TransportErrorKind) -> Self {
        match kind {
            TransportErrorKind::Connect => Self::Connect,
            TransportErrorKind::Timeout => Self::Timeout,
            TransportErrorKind::Interrupted => Self::Interrupted,
            TransportErrorKind::NotHttp => ReplyError::NotHttp.into(),
            TransportErrorKind::TooLarge { limit } => ReplyError::TooLarge { limit }.into(),
            TransportErrorKind::UrlChanged => RequestError::UrlChanged.into(),
            TransportErrorKind::Unsupported(why) => why.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{error::stage::Stage, transport::TransportError};

    #[test]
    fn a_kind_is_that_of_the_error_which_it_becomes() {
        use TransportErrorKind as Kind;

        for (failure, kind, becomes) in [
            (TransportError::connect("x"), Kind::Connect, ErrorKind::Connect),
            (TransportError::timeout(), Kind::Timeout, ErrorKind::Timeout),
            (TransportError::interrupted("x"), Kind::Interrupted, ErrorKind::Interrupted),
            (TransportError::not_http("x"), Kind::NotHttp, ReplyError::NotHttp.into()),
            (
                TransportError::too_large(7),
                Kind::TooLarge { limit: 7 },
                ReplyError::TooLarge { limit: 7 }.into(),
            ),
            (TransportError::url_changed(), Kind::UrlChanged, RequestError::UrlChanged.into()),
        ] {
            assert_eq!(*failure.kind(), kind);
            assert_eq!(failure.to_string(), becomes.to_string());
            assert_eq!(*failure.into_error(Stage::Resource).kind(), becomes);
        }
    }
}
