use std::fmt;

use crate::error::BoxError;

/// The error of a [`Store`](super::Store).
///
/// # Examples
///
/// ```
/// use std::io;
/// use tripod::vault::store::{StoreError, StoreErrorKind};
///
/// /// The error of a store of your own.
/// fn of(error: io::Error) -> StoreError {
///     match error.kind() {
///         io::ErrorKind::PermissionDenied => StoreError::refused(error),
///         _ => StoreError::unavailable(error),
///     }
/// }
///
/// let error = of(io::ErrorKind::TimedOut.into());
/// assert_eq!(error.kind(), StoreErrorKind::Unavailable);
/// assert!(error.is_retryable());
/// ```
#[derive(Debug)]
pub struct StoreError {
    kind: StoreErrorKind,
    source: Option<BoxError>,
}

/// What kind of failure it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// The store could not be reached, or did not answer in time. The same call may succeed later.
    Unavailable,
    /// The store answered and refused: full, read-only, another schema, an invalid key. The same
    /// call will be refused again.
    Refused,
    /// The call was made outside a Tokio runtime, and this store needs one.
    NoRuntime,
}

impl StoreError {
    /// Creates the error for a store that could not be reached, or did not answer in time. The same
    /// call may succeed later.
    ///
    /// `source` must not contain a password or the entry.
    pub fn unavailable(source: impl Into<BoxError>) -> Self {
        Self { kind: StoreErrorKind::Unavailable, source: Some(source.into()) }
    }

    /// Creates the error for a store that answered and refused the call, because it is full,
    /// read-only, or has another schema.
    ///
    /// `source` must not contain a password or the entry.
    pub fn refused(source: impl Into<BoxError>) -> Self {
        Self { kind: StoreErrorKind::Refused, source: Some(source.into()) }
    }

    /// The call was made outside a Tokio runtime, and this store needs one.
    #[must_use]
    pub fn no_runtime() -> Self {
        Self { kind: StoreErrorKind::NoRuntime, source: None }
    }

    /// Returns the kind of failure.
    #[must_use]
    pub fn kind(&self) -> StoreErrorKind {
        self.kind
    }

    /// Returns whether the same call may succeed later.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.kind == StoreErrorKind::Unavailable
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            StoreErrorKind::Unavailable => "the store cannot be reached; try again",
            StoreErrorKind::Refused => "the store refused the call",
            StoreErrorKind::NoRuntime => {
                "the store was used outside a Tokio runtime; call it from within one"
            }
        })
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
