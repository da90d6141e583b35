//! Where a [vault](super) keeps its sealed bytes.
//!
//! Floor 5: knows nothing of flows or secrets; what it is given is sealed already. The trap is
//! [`Store::take`]: it must let one caller win, also over a network that loses replies.

mod memory;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "redis")]
mod redis;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::{fmt, pin::Pin, sync::Arc, time::Duration};

use rand::Rng as _;

pub use self::memory::MemoryStore;
#[cfg(feature = "postgres")]
#[cfg_attr(docsrs, doc(cfg(feature = "postgres")))]
pub use self::postgres::PostgresStore;
#[cfg(feature = "redis")]
#[cfg_attr(docsrs, doc(cfg(feature = "redis")))]
pub use self::redis::RedisStore;
#[cfg(feature = "sqlite")]
#[cfg_attr(docsrs, doc(cfg(feature = "sqlite")))]
pub use self::sqlite::SqliteStore;
use crate::error::BoxError;

/// How long one call may take, waiting for a connection included.
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "redis"))]
const CALL_LIMIT: Duration = Duration::from_secs(5);
const LONGEST_KEY: usize = 128;
const LONGEST_VALUE: usize = 64 << 10;
/// A hundred years, in milliseconds: longer is for good. Keeps every store's arithmetic in range.
const LONGEST_LIFETIME: i64 = 100 * 365 * 24 * 60 * 60 * 1000;

/// What a [`Store`] gives back, later.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Bytes under names, for a time, to be taken once.
///
/// Keys are 1 to 128 ASCII letters, digits and `-_.:`; values are at most 64 KiB. The stores of this
/// crate refuse others. They see sealed bytes only. A lifetime is kept to the millisecond; one of
/// zero is over at once, and one of more than a hundred years never is.
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
    /// expired; false also if an attempt whose reply was lost had deleted it already.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store cannot be reached or refuses.
    fn delete<'a>(&'a self, key: &'a str) -> StoreFuture<'a, bool>;
}

impl<S: Store + ?Sized> Store for Arc<S> {
    fn put<'a>(
        &'a self,
        key: &'a str,
        value: &'a [u8],
        lifetime: Option<Duration>,
    ) -> StoreFuture<'a, ()> {
        (**self).put(key, value, lifetime)
    }

    fn get<'a>(&'a self, key: &'a str) -> StoreFuture<'a, Option<Vec<u8>>> {
        (**self).get(key)
    }

    fn take<'a>(&'a self, key: &'a str, claim: &'a Claim) -> StoreFuture<'a, Taken> {
        (**self).take(key, claim)
    }

    fn delete<'a>(&'a self, key: &'a str) -> StoreFuture<'a, bool> {
        (**self).delete(key)
    }
}

/// Refuses a key that some store might fold, escape or cut.
fn check_key(key: &str) -> Result<(), StoreError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    if (1..=LONGEST_KEY).contains(&key.len()) && key.bytes().all(plain) {
        Ok(())
    } else {
        Err(StoreError::refused("a key is 1 to 128 ASCII letters, digits and -_.:"))
    }
}

fn check_value(value: &[u8]) -> Result<(), StoreError> {
    if value.len() <= LONGEST_VALUE {
        Ok(())
    } else {
        Err(StoreError::refused("a value is at most 64 KiB"))
    }
}

/// The lifetime in whole milliseconds, at least as long; nothing for good.
fn milliseconds(lifetime: Option<Duration>) -> Option<i64> {
    let milliseconds = i64::try_from(lifetime?.as_nanos().div_ceil(1_000_000)).ok()?;
    (milliseconds <= LONGEST_LIFETIME).then_some(milliseconds)
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
