//! Where a [vault](super) keeps its sealed bytes.
//!
//! Floor 5: knows nothing of flows or secrets; what it is given is sealed already. The trap is
//! [`Store::take`]: it must let one caller win, also over a network that loses replies.

use std::{fmt, pin::Pin, time::Duration};

use rand::Rng as _;

use crate::error::BoxError;

/// What a [`Store`] gives back, later.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Bytes under names, for a time, to be taken once.
///
/// Keys are 1 to 128 ASCII letters, digits and `-_.:`; values are at most 64 KiB. Both are the
/// vault's to keep to. A store sees sealed bytes only.
///
/// # Cancel safety
///
/// Dropping a future gives up waiting; the change may have been made all the same. Each call can
/// be made again with the same arguments, to the same end.
pub trait Store: Send + Sync + 'static {
    /// Keeps `value` under `key` until `lifetime` has passed, or for good. Replaces what is there,
    /// a claim included.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store cannot be reached or refuses; what was there before is then
    /// either still there or replaced whole.
    fn put<'a>(
        &'a self,
        key: &'a str,
        value: &'a [u8],
        lifetime: Option<Duration>,
    ) -> StoreFuture<'a, ()>;

    /// Reads what is kept under `key`; nothing if it was taken, deleted, or has expired.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store cannot be reached or refuses.
    fn get<'a>(&'a self, key: &'a str) -> StoreFuture<'a, Option<Vec<u8>>>;

    /// Takes what is kept under `key`, for one `claim` only.
    ///
    /// The first claim wins. The same claim may take again until the lifetime is over, so that a
    /// call whose reply was lost can be repeated; any other finds [`Taken::Already`].
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store cannot be reached or refuses.
    fn take<'a>(&'a self, key: &'a str, claim: &'a Claim) -> StoreFuture<'a, Taken>;

    /// Forgets what is kept under `key`, taken or not. Whether there was something that had not
    /// expired.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store cannot be reached or refuses.
    fn delete<'a>(&'a self, key: &'a str) -> StoreFuture<'a, bool>;
}

/// Names one attempt to take an entry: 128 random bits.
#[derive(Clone, PartialEq, Eq)]
pub struct Claim([u8; 16]);

impl Claim {
    /// Draws a new one.
    #[must_use]
    pub fn new() -> Self {
        let mut bytes = [0; 16];
        rand::rng().fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// Its bytes, to be kept beside the entry.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl Default for Claim {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Claim(..)")
    }
}

/// What came of [`Store::take`].
#[derive(Clone, PartialEq, Eq)]
pub enum Taken {
    /// The entry, which is now this claim's alone.
    Value(Vec<u8>),
    /// Another claim was first.
    Already,
    /// There is none: never put, deleted, or expired.
    Missing,
}

impl fmt::Debug for Taken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Value(_) => "Value(..)",
            Self::Already => "Already",
            Self::Missing => "Missing",
        })
    }
}

/// Why a store could not do its work.
#[derive(Debug)]
pub struct StoreError {
    retryable: bool,
    source: BoxError,
}

impl StoreError {
    /// The store could not be reached, or did not answer in time. The same call may succeed later.
    ///
    /// `source` must hold neither a password nor the entry.
    pub fn unavailable(source: impl Into<BoxError>) -> Self {
        Self { retryable: true, source: source.into() }
    }

    /// The store answered and refused: full, read-only, another schema.
    ///
    /// `source` must hold neither a password nor the entry.
    pub fn refused(source: impl Into<BoxError>) -> Self {
        Self { retryable: false, source: source.into() }
    }

    /// Whether the same call may succeed later.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.retryable
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.retryable {
            "the store cannot be reached; try again"
        } else {
            "the store refused; see the source"
        })
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.source)
    }
}
