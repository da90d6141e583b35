//! What the ready-made providers' own calls have in common.

use crate::error::{Error, groups::ReplyError, stage::Stage};

pub(super) fn missing(name: &'static str) -> Error {
    Error::new(Stage::Resource, ReplyError::MissingField { name })
}

#[cfg(feature = "hmac-sha2")]
pub(super) fn malformed(reason: &'static str) -> Error {
    Error::new(Stage::Resource, ReplyError::Malformed { reason })
}
