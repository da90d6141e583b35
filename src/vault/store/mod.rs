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

/// The future that a method of [`Store`] returns.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// A key-value store for a [`Vault`](super::Vault). Implement it to use a database of your own.
///
/// Five methods are required, and the difficult one is [`take`](Self::take). A store keeps bytes
/// under a key for some time, and lets one caller take them.
///
/// A [`Key`] and a [`Value`] have been checked, so a store does not have to check, escape or
/// shorten them. The value is sealed. Lifetimes have a precision of a millisecond; a lifetime of
/// zero expires at once, and one of more than a hundred years never expires.
///
/// If others can write to the store, check the size of an entry before you read it: an entry that
/// is longer than [`Value::MAX`] was not written by this crate.
///
/// # Cancel safety
///
/// If a future is dropped, the change may have been made or not. Each call can be repeated with the
/// same arguments, with the same result.
pub trait Store: Send + Sync + 'static {
    /// Stores `value` under `key` until `lifetime` has passed, or without a time limit. Replaces an
    /// earlier entry and its claim.
    ///
    /// An entry without a lifetime is a session. It must survive a power failure as soon as the call
    /// has succeeded. An entry with a lifetime is a pending flow. It need not survive, because the
    /// user can begin again, so a store may answer before the entry is on the disk.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store cannot be reached or refuses; the earlier entry is then either
    /// unchanged or completely replaced.
    fn put<'a>(
        &'a self,
        key: &'a Key,
        value: Value<'a>,
        lifetime: Option<Duration>,
    ) -> StoreFuture<'a, ()>;

    /// Returns the entry under `key`, or `None` if it was taken or deleted, or has expired.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store cannot be reached or refuses.
    fn get<'a>(&'a self, key: &'a Key) -> StoreFuture<'a, Option<Vec<u8>>>;

    /// Takes the entry under `key`, for one `claim` only.
    ///
    /// The first claim gets the entry. The same claim may take the entry again until it expires, so
    /// that a call can be repeated if its reply was lost. Any other claim gets [`Taken::Already`].
    ///
    /// A claim need not survive a power failure by itself. But it must survive if a later entry without
    /// a lifetime survives. The guide's page [`keeping`](crate::guide::keeping) says why.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store cannot be reached or refuses.
    fn take<'a>(&'a self, key: &'a Key, claim: &'a Claim) -> StoreFuture<'a, Taken>;

    /// Deletes the entry under `key`, taken or not.
    ///
    /// Returns whether there was an entry that had not expired; `false` also if an earlier attempt,
    /// whose reply was lost, had deleted it already. The deletion must survive a power failure as
    /// soon as the call has succeeded.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store cannot be reached or refuses.
    fn delete<'a>(&'a self, key: &'a Key) -> StoreFuture<'a, bool>;

    /// Replaces `old` by `new`, if [`get`](Self::get) would return exactly `old`. The lifetime does not
    /// change.
    ///
    /// Returns whether it was replaced; `false` also if an earlier attempt, whose reply was lost, had
    /// replaced it already. The comparison and the change must be atomic, so that a newer entry is
    /// never overwritten. The change must survive a power failure as soon as the call has succeeded.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store cannot be reached or refuses.
    fn replace<'a>(&'a self, key: &'a Key, old: Value<'a>, new: Value<'a>)
    -> StoreFuture<'a, bool>;

    /// Returns the first bytes of the values, some at a time, to count the keys with which they are
    /// sealed.
    ///
    /// `after` is [`Heads::next`] of the previous call, and `None` for the first call. An entry that
    /// exists from the first call to the last is returned at least once, taken or not; an expired entry
    /// is not returned.
    ///
    /// The default implementation returns an error, for stores that cannot list their entries.
    /// Everything else works without it.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store cannot be reached or refuses.
    fn heads<'a>(&'a self, after: Option<&'a str>) -> StoreFuture<'a, Heads> {
        let _ = after;
        Box::pin(async { Err(StoreError::refused("this store does not list its entries")) })
    }
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

    fn replace<'a>(
        &'a self,
        key: &'a Key,
        old: Value<'a>,
        new: Value<'a>,
    ) -> StoreFuture<'a, bool> {
        (**self).replace(key, old, new)
    }

    fn heads<'a>(&'a self, after: Option<&'a str>) -> StoreFuture<'a, Heads> {
        (**self).heads(after)
    }
}

/// One part of the result of [`Store::heads`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heads {
    /// The first [`BYTES`](Self::BYTES) of each value, or all of a shorter value. The list may be empty
    /// although more parts follow.
    pub values: Vec<Vec<u8>>,
    /// The argument `after` of the next call; `None` if this was the last part.
    pub next: Option<String>,
}

impl Heads {
    /// The number of bytes of each value that are read: 128.
    pub const BYTES: usize = 128;

    fn head(value: &[u8]) -> &[u8] {
        value.get(..Self::BYTES).unwrap_or(value)
    }
}

fn no_such_place() -> StoreError {
    StoreError::refused("the listing cannot go on there; begin again")
}

/// Identifies one attempt to take an entry: 128 random bits from the operating system.
#[derive(Clone, PartialEq, Eq)]
pub struct Claim([u8; 16]);

impl Claim {
    /// Creates a random claim.
    #[must_use]
    pub fn new() -> Self {
        let mut bytes = [0; 16];
        random::fill(&mut bytes);
        Self(bytes)
    }

    /// Returns the bytes of the claim, to be stored with the entry.
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

/// The result of [`Store::take`].
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Taken {
    /// The entry, which only this claim can take again.
    Value(Vec<u8>),
    /// Another claim was first.
    Already,
    /// There is no such entry: it was never stored, it was deleted, or it has expired.
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
