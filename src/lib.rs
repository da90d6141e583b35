//! Three-legged OAuth 1.0a whose steps are types.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod credentials;
mod error;
pub mod signature;

pub use credentials::{AccessToken, Consumer};
pub use error::{BoxError, Error, ErrorKind, Stage};
pub use signature::SignatureMethod;
