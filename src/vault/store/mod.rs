//! Where a [vault](super) keeps its sealed bytes.

// Knows nothing of flows or secrets; what it is given is sealed already. The trap is `Store::take`: it
// must let one caller win, also over a network that loses replies.

#[cfg(any(feature = "sqlite", feature = "postgres", feature = "redis"))]
mod deadline;
pub(in crate::vault) mod entry;
pub(in crate::vault) mod error;
mod memory;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "redis")]
mod redis;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::{fmt, pin::Pin, sync::Arc, time::Duration};

#[cfg(feature = "postgres")]
#[cfg_attr(docsrs, doc(cfg(feature = "postgres")))]
pub use self::postgres::PostgresStore;
#[cfg(feature = "redis")]
#[cfg_attr(docsrs, doc(cfg(feature = "redis")))]
pub use self::redis::RedisStore;
#[cfg(feature = "sqlite")]
#[cfg_attr(docsrs, doc(cfg(feature = "sqlite")))]
pub use self::sqlite::SqliteStore;
pub use self::{
    entry::{Key, Value},
    error::{StoreError, StoreErrorKind},
    memory::MemoryStore,
};
use crate::random;

/// What a [`Store`] gives back, later.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Bytes under names, for a time, to be taken once.
///
/// A [`Key`] and a [`Value`] have been checked, so a store has nothing to check, escape or cut. The
/// value is sealed. A lifetime is kept to the millisecond; one of zero is over at once, and one of
/// more than a hundred years never is.
///
/// A store that others can write to should look at the size of what it finds before it reads it:
/// whatever is longer than [`Value::MAX`] was not put there by this crate.
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
        key: &'a Key,
        value: Value<'a>,
        lifetime: Option<Duration>,
    ) -> StoreFuture<'a, ()>;

    /// Reads what is kept under `key`; nothing if it was taken, deleted, or has expired.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store cannot be reached or refuses.
    fn get<'a>(&'a self, key: &'a Key) -> StoreFuture<'a, Option<Vec<u8>>>;

    /// Takes what is kept under `key`, for one `claim` only.
    ///
    /// The first claim wins. The same claim may take again until the lifetime is over, so that a
    /// call whose reply was lost can be repeated; any other finds [`Taken::Already`].
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store cannot be reached or refuses.
    fn take<'a>(&'a self, key: &'a Key, claim: &'a Claim) -> StoreFuture<'a, Taken>;

    /// Forgets what is kept under `key`, taken or not. Whether there was something that had not
    /// expired; false also if an attempt whose reply was lost had deleted it already.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store cannot be reached or refuses.
    fn delete<'a>(&'a self, key: &'a Key) -> StoreFuture<'a, bool>;
}

impl<S: Store + ?Sized> Store for Arc<S> {
    fn put<'a>(
        &'a self,
        key: &'a Key,
        value: Value<'a>,
        lifetime: Option<Duration>,
    ) -> StoreFuture<'a, ()> {
        (**self).put(key, value, lifetime)
    }

    fn get<'a>(&'a self, key: &'a Key) -> StoreFuture<'a, Option<Vec<u8>>> {
        (**self).get(key)
    }

    fn take<'a>(&'a self, key: &'a Key, claim: &'a Claim) -> StoreFuture<'a, Taken> {
        (**self).take(key, claim)
    }

    fn delete<'a>(&'a self, key: &'a Key) -> StoreFuture<'a, bool> {
        (**self).delete(key)
    }
}

/// Names one attempt to take an entry: 128 random bits, from the operating system.
#[derive(Clone, PartialEq, Eq)]
pub struct Claim([u8; 16]);

impl Claim {
    /// Draws a new one.
    #[must_use]
    pub fn new() -> Self {
        let mut bytes = [0; 16];
        random::fill(&mut bytes);
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
