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
/// Five methods are required, and the difficult one is [`take`](Self::take).
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
    /// What is kept for good must survive a power failure once this has been acknowledged: it is a
    /// session. What has a lifetime need not, and a store may answer before its disk has it: it is a
    /// pending flow, and the user can begin again.
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
    /// A claim need not survive a power failure by itself, if it survives whenever a later put for good
    /// does. The guide's page [`keeping`](crate::guide::keeping) says why.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store cannot be reached or refuses.
    fn take<'a>(&'a self, key: &'a Key, claim: &'a Claim) -> StoreFuture<'a, Taken>;

    /// Forgets what is kept under `key`, taken or not. Whether there was something that had not
    /// expired; false also if an attempt whose reply was lost had deleted it already.
    ///
    /// It must survive a power failure once it has been acknowledged.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store cannot be reached or refuses.
    fn delete<'a>(&'a self, key: &'a Key) -> StoreFuture<'a, bool>;

    /// Puts `new` in the place of `old`, if exactly `old` is what [`get`](Self::get) would read. The
    /// lifetime goes on. Whether it was replaced; false also if an attempt whose reply was lost had
    /// replaced it already.
    ///
    /// The comparison and the change are one step for all other callers, so that a newer entry is never
    /// overwritten. It must survive a power failure once it has been acknowledged.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store cannot be reached or refuses.
    fn replace<'a>(&'a self, key: &'a Key, old: Value<'a>, new: Value<'a>)
    -> StoreFuture<'a, bool>;

    /// Reads the beginnings of the values, some at a time, to count which keys they are sealed with.
    ///
    /// `after` is what the last call gave as [`Heads::next`], and `None` for the first. An entry that is
    /// there from the first call to the last is read at least once, taken or not; one that has expired
    /// is not read.
    ///
    /// The default refuses, for stores that cannot list what they hold. Everything else works with
    /// such a store.
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

/// Some of what [`Store::heads`] reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heads {
    /// The first [`BYTES`](Self::BYTES) of each value, or all of a shorter one. There may be none, though
    /// there are more to come.
    pub values: Vec<Vec<u8>>,
    /// Where the next call goes on; `None` if these were the last.
    pub next: Option<String>,
}

impl Heads {
    /// How many bytes of each value are read: 128.
    pub const BYTES: usize = 128;

    fn head(value: &[u8]) -> &[u8] {
        value.get(..Self::BYTES).unwrap_or(value)
    }
}

fn no_such_place() -> StoreError {
    StoreError::refused("the listing cannot go on there; begin again")
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
#[non_exhaustive]
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
