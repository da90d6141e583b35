//! Kinds of errors to compare with. Variants with fields cannot be built outside of the crate, so that fields can
//! be added; here they are written as their `Debug` shows them.
#![allow(dead_code, reason = "each of the tests that share this uses a part")]

use std::{fmt, time::Duration};

use http::StatusCode;
use tripod::ErrorKind;

/// A kind, by its `Debug`, which names the variant and each field with its value.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Kind(String);

impl Kind {
    pub(crate) fn invalid_url(reason: &str) -> Self {
        Self(format!("InvalidUrl {{ reason: {reason:?} }}"))
    }

    pub(crate) fn invalid_setting(reason: &str) -> Self {
        Self(format!("InvalidSetting {{ reason: {reason:?} }}"))
    }

    pub(crate) fn environment(variable: &str, reason: &str) -> Self {
        Self(format!("Environment {{ variable: {variable:?}, reason: {reason:?} }}"))
    }

    pub(crate) fn out_of_order(step: &str, advice: &str) -> Self {
        Self(format!("OutOfOrder {{ step: {step:?}, advice: {advice:?} }}"))
    }

    pub(crate) fn reserved(name: impl AsRef<str>) -> Self {
        Self(format!("Request(ReservedParameter {{ name: {:?} }})", name.as_ref()))
    }

    pub(crate) fn redirected(status: StatusCode) -> Self {
        Self(format!("Redirected {{ status: {status:?} }}"))
    }

    pub(crate) fn rejected(status: StatusCode, problem: Option<&str>) -> Self {
        Self(format!("Rejected {{ status: {status:?}, problem: {problem:?} }}"))
    }

    pub(crate) fn timestamp_refused(status: StatusCode) -> Self {
        Self(format!("TimestampRefused {{ status: {status:?} }}"))
    }

    pub(crate) fn malformed(reason: &str) -> Self {
        Self(format!("Reply(Malformed {{ reason: {reason:?} }})"))
    }

    pub(crate) fn missing(name: &str) -> Self {
        Self(format!("Reply(MissingField {{ name: {name:?} }})"))
    }

    pub(crate) fn repeated(name: &str) -> Self {
        Self(format!("Reply(RepeatedField {{ name: {name:?} }})"))
    }

    pub(crate) fn too_large(limit: usize) -> Self {
        Self(format!("Reply(TooLarge {{ limit: {limit:?} }})"))
    }

    pub(crate) fn unreadable(reason: &str) -> Self {
        Self(format!("Callback(Unreadable {{ reason: {reason:?} }})"))
    }

    pub(crate) fn denied(problem: Option<&str>) -> Self {
        Self(format!("Denied {{ problem: {problem:?} }}"))
    }

    pub(crate) fn key_unknown(id: &str) -> Self {
        Self(format!("Seal(KeyUnknown {{ id: {id:?} }})"))
    }

    pub(crate) fn seal_version(version: u8) -> Self {
        Self(format!("Seal(Version {{ version: {version:?} }})"))
    }

    pub(crate) fn seal_too_large(limit: usize) -> Self {
        Self(format!("Seal(TooLarge {{ limit: {limit:?} }})"))
    }

    pub(crate) fn store(retryable: bool) -> Self {
        Self(format!("Store {{ retryable: {retryable:?} }}"))
    }

    pub(crate) fn callback_timeout(limit: Duration) -> Self {
        Self(format!("Listener(Timeout {{ limit: {limit:?} }})"))
    }
}

impl From<ErrorKind> for Kind {
    fn from(kind: ErrorKind) -> Self {
        Self(format!("{kind:?}"))
    }
}

impl From<&ErrorKind> for Kind {
    fn from(kind: &ErrorKind) -> Self {
        Self(format!("{kind:?}"))
    }
}

impl PartialEq<Kind> for ErrorKind {
    fn eq(&self, other: &Kind) -> bool {
        format!("{self:?}") == other.0
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
