//! Three-legged OAuth 1.0a whose steps are types.
#![forbid(unsafe_code)]
#![warn(clippy::print_stdout, clippy::print_stderr)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod client;
mod clock;
mod credentials;
mod error;
#[cfg(feature = "fatsecret")]
#[cfg_attr(docsrs, doc(cfg(feature = "fatsecret")))]
pub mod fatsecret;
mod flow;
pub mod guide;
mod outgoing;
mod protocol;
mod provider;
#[cfg(feature = "sandbox")]
#[cfg_attr(docsrs, doc(cfg(feature = "sandbox")))]
pub mod sandbox;
pub mod signature;
pub mod transport;

pub use client::Client;
pub use clock::{Clock, Nonce, NonceSource, SystemClock};
pub use credentials::{AccessToken, Consumer};
pub use error::{BoxError, Error, ErrorKind, Stage};
pub use flow::{
    AccessGranted, Authorized, Failed, Flow, PendingFlow, RequestTokenIssued, ResourceRequest,
    ResourceResponse, Session, Signed, Step, Unauthorized,
};
pub use protocol::callback::Callback;
pub use provider::{Provider, Transmission};
pub use signature::SignatureMethod;

/// An event for `tracing`, where that feature is on. Nothing secret may be put in: no query, no
/// header, no token.
macro_rules! event {
    ($($fields:tt)*) => {
        #[cfg(feature = "tracing")]
        tracing::debug!(target: "tripod", $($fields)*);
    };
}
use event;
