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
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::{collections::HashMap, future::ready, sync::Mutex, time::{Duration, Instant}};
/// use tripod::vault::store::{Claim, Key, Store, StoreError, StoreFuture, Taken, Value};
///
/// struct Entry {
///     value: Vec<u8>,
///     end: Option<Instant>,
///     claim: Option<Claim>,
/// }
///
/// /// Of one process, and lost with it; `MemoryStore` is a better one.
/// #[derive(Default)]
/// struct Small(Mutex<HashMap<Key, Entry>>);
///
/// impl Small {
///     /// Does something with the entry under the key, if there is one.
///     fn with<T>(&self, key: &Key, job: impl FnOnce(&mut Entry) -> T) -> Option<T> {
///         let mut entries = self.0.lock().ok()?;
///         let entry = entries.get_mut(key)?;
///         entry.end.is_none_or(|end| Instant::now() < end).then(|| job(entry))
///     }
/// }
///
/// impl Store for Small {
///     fn put<'a>(
///         &'a self,
///         key: &'a Key,
///         value: Value<'a>,
///         lifetime: Option<Duration>,
///     ) -> StoreFuture<'a, ()> {
///         let end = lifetime.and_then(|lifetime| Instant::now().checked_add(lifetime));
///         let entry = Entry { value: value.as_bytes().to_vec(), end, claim: None };
///         let put = self.0.lock().map(|mut entries| drop(entries.insert(key.clone(), entry)));
///         Box::pin(ready(put.map_err(|_| StoreError::refused("a thread has panicked"))))
///     }
///
///     fn get<'a>(&'a self, key: &'a Key) -> StoreFuture<'a, Option<Vec<u8>>> {
///         let value = self.with(key, |entry| entry.claim.is_none().then(|| entry.value.clone()));
///         Box::pin(ready(Ok(value.flatten())))
///     }
///
///     fn take<'a>(&'a self, key: &'a Key, claim: &'a Claim) -> StoreFuture<'a, Taken> {
///         let taken = self.with(key, |entry| {
///             // The same claim may take it again.
///             let is_first = entry.claim.get_or_insert_with(|| claim.clone()) == claim;
///             if is_first { Taken::Value(entry.value.clone()) } else { Taken::Already }
///         });
///         Box::pin(ready(Ok(taken.unwrap_or(Taken::Missing))))
///     }
///
///     fn delete<'a>(&'a self, key: &'a Key) -> StoreFuture<'a, bool> {
///         let was_there = self.with(key, |_| ()).is_some();
///         if let Ok(mut entries) = self.0.lock() {
///             entries.remove(key);
///         }
///         Box::pin(ready(Ok(was_there)))
///     }
///
///     fn replace<'a>(&'a self, key: &'a Key, old: Value<'a>, new: Value<'a>) -> StoreFuture<'a, bool> {
///         let is_replaced = self.with(key, |entry| {
///             let is_same = entry.claim.is_none() && entry.value == old.as_bytes();
///             if is_same {
///                 entry.value = new.as_bytes().to_vec();
///             }
///             is_same
///         });
///         Box::pin(ready(Ok(is_replaced.unwrap_or(false))))
///     }
/// }
///
/// let (store, key, mine) = (Small::default(), Key::new("flow:1")?, Claim::new());
/// store.put(&key, b"sealed".into(), Some(Duration::from_secs(600))).await?;
/// assert_eq!(store.take(&key, &mine).await?, Taken::Value(b"sealed".to_vec()));
/// assert_eq!(store.take(&key, &Claim::new()).await?, Taken::Already);
/// # Ok(())
/// # }
/// ```
pub trait Store: Send + Sync + 'static {
    /// Stores `value` under `key` until `lifetime` has passed, or without a time limit. Replaces an
    /// earlier entry and its claim.
    ///
    /// An entry without a lifetime is a session. It must survive a power failure as soon as the call
    /// has succeeded. An entry with a lifetime is a pending flow. It need not survive, because the
    /// user can begin again, so a store may answer before the entry is on the disk.
    ///
    /// The lifetime is not checked before: it may be as long as [`Duration::MAX`]. A store that calculates the time
    /// at which the entry expires must not overflow, and an entry whose time is beyond what the store can express must
    /// not expire. `checked_add` does this, as in the example above. A store that keeps whole milliseconds
    /// rounds up, and leaves out what is more than a hundred years:
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// fn milliseconds(lifetime: Option<Duration>) -> Option<i64> {
    ///     const LONGEST: i64 = 100 * 365 * 24 * 60 * 60 * 1000;
    ///     let milliseconds = i64::try_from(lifetime?.as_nanos().div_ceil(1_000_000)).ok()?;
    ///     (milliseconds <= LONGEST).then_some(milliseconds)
    /// }
    ///
    /// assert_eq!(milliseconds(Some(Duration::from_nanos(1))), Some(1));
    /// assert_eq!(milliseconds(Some(Duration::MAX)), None);
    /// ```
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
///
/// A store of your own writes it with both fields; no others will be added.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use tripod::vault::store::{Heads, Key, MemoryStore, Store, StoreError};
///
/// async fn entries(store: &impl Store) -> Result<usize, StoreError> {
///     let mut heads: Heads = store.heads(None).await?;
///     let mut entries = heads.values.len();
///     while let Some(next) = heads.next {
///         heads = store.heads(Some(&next)).await?;
///         entries += heads.values.len();
///     }
///     Ok(entries)
/// }
///
/// let store = MemoryStore::new();
/// store.put(&Key::new("session:7")?, b"sealed".into(), None).await?;
/// assert_eq!(entries(&store).await?, 1);
/// # Ok(())
/// # }
/// ```
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
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use tripod::vault::store::{Claim, Key, MemoryStore, Store as _, Taken};
///
/// let (store, key, mine) = (MemoryStore::new(), Key::new("flow:1")?, Claim::new());
/// store.put(&key, b"sealed".into(), None).await?;
/// assert_eq!(store.take(&key, &mine).await?, Taken::Value(b"sealed".to_vec()));
/// // The reply was lost: the same claim gets the entry again, and no other one does.
/// assert_eq!(store.take(&key, &mine).await?, Taken::Value(b"sealed".to_vec()));
/// assert_eq!(store.take(&key, &Claim::new()).await?, Taken::Already);
/// store.delete(&key).await?;
/// assert_eq!(store.take(&key, &mine).await?, Taken::Missing);
/// # Ok(())
/// # }
/// ```
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
