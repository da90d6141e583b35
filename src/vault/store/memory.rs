// A store in this process's memory: for tests, for one machine, and for what may be lost when
// the program ends.
//
// The trap is the queue of deadlines: an entry and its place in the queue must change together, so
// both live in one shard under one lock.

use std::{
    collections::{BTreeSet, HashMap},
    fmt,
    hash::{BuildHasher as _, RandomState},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use super::{
    Claim, Heads, Store, StoreFuture, Taken,
    entry::{Key, Value, milliseconds},
    error::StoreError,
    no_such_place,
};
use crate::clock::{Clock, SystemClock};

/// A power of two; more than the threads that a program usually has.
const SHARDS: usize = 64;
/// Expired entries dropped by one put. More than one, so that puts outrun what they leave behind.
const SWEEP: usize = 8;
/// What an entry costs besides its key and value, as measured by `benches/vault.sh`.
const OVERHEAD: u64 = 256;
const CAPACITY: u64 = 1 << 30;

/// Keeps entries in memory. They are lost when the program ends.
///
/// Expired entries are deleted when new entries are added or when they are read; there is no
/// background task. All entries together may take about [one gibibyte](Self::with_capacity); more
/// entries are refused.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use tripod::vault::store::{Claim, Key, MemoryStore, Store as _, Taken};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let store = MemoryStore::new();
/// let key = Key::new("flow:1")?;
/// store.put(&key, b"sealed".into(), Some(Duration::from_secs(600))).await?;
///
/// let mine = Claim::new();
/// assert_eq!(store.take(&key, &mine).await?, Taken::Value(b"sealed".to_vec()));
/// assert_eq!(store.take(&key, &Claim::new()).await?, Taken::Already);
/// # Ok(())
/// # }
/// ```
pub struct MemoryStore {
    shards: Box<[Mutex<Shard>]>,
    hasher: RandomState,
    clock: Arc<dyn Clock>,
    used: AtomicU64,
    capacity: u64,
}

#[derive(Default)]
struct Shard {
    entries: HashMap<Arc<str>, Entry>,
    /// The entries that expire, soonest first. Shares the keys, and has no entry that is gone.
    deadlines: BTreeSet<(u64, Arc<str>)>,
}

struct Entry {
    value: Box<[u8]>,
    /// In milliseconds of the monotonic clock; `u64::MAX` for good.
    deadline: u64,
    claim: Option<Claim>,
}

impl MemoryStore {
    /// Creates an empty store.
    #[must_use]
    pub fn new() -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
            clock: Arc::new(SystemClock::new()),
            used: AtomicU64::new(0),
            capacity: CAPACITY,
        }
    }

    /// Sets about how many bytes of memory all entries may take together. The default is 2³⁰.
    ///
    /// Each entry counts as its key, its value and 256 bytes. If there is no room, a new entry is
    /// refused, unless enough entries near it have expired.
    #[must_use]
    pub fn with_capacity(mut self, bytes: u64) -> Self {
        self.capacity = bytes;
        self
    }

    /// Measures lifetimes with another clock ([`Clock::monotonic`]), for example in tests.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Returns the number of entries, including expired entries that are not deleted yet.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shards.iter().map(|shard| lock(shard).entries.len()).sum()
    }

    /// Returns whether there are no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn now(&self) -> u64 {
        u64::try_from(self.clock.monotonic().as_millis()).unwrap_or(u64::MAX)
    }

    fn shard(&self, key: &str) -> MutexGuard<'_, Shard> {
        let at = usize::try_from(self.hasher.hash_one(key) % SHARDS as u64).unwrap_or_default();
        lock(&self.shards[at])
    }

    fn put_now(
        &self,
        key: &str,
        value: &[u8],
        lifetime: Option<Duration>,
    ) -> Result<(), StoreError> {
        let now = self.now();
        let deadline =
            milliseconds(lifetime).map_or(u64::MAX, |life| now.saturating_add_signed(life));
        // Allocated and, if replaced, freed outside the lock.
        let entry = Entry { value: value.into(), deadline, claim: None };
        let name: Arc<str> = key.into();

        let mut shard = self.shard(key);
        self.release(shard.sweep(now, SWEEP));
        let old = shard.entries.get(key).map_or(0, |old| size(key, &old.value));
        let new = size(key, value);
        if !self.reserve(new, old) {
            // Before refusing, everything here that has expired goes.
            self.release(shard.sweep(now, usize::MAX));
            let old = shard.entries.get(key).map_or(0, |old| size(key, &old.value));
            if !self.reserve(new, old) {
                return Err(full());
            }
        }
        let replaced = shard.remove(key);
        if deadline != u64::MAX {
            shard.deadlines.insert((deadline, Arc::clone(&name)));
        }
        shard.entries.insert(name, entry);
        drop(shard);
        drop(replaced);
        Ok(())
    }

    /// Counts `new` bytes in place of `old` ones, if there is room.
    fn reserve(&self, new: u64, old: u64) -> bool {
        let fits = |used: u64| {
            let after = used.saturating_sub(old).saturating_add(new);
            // What grows no larger may always be replaced.
            (after <= self.capacity || new <= old).then_some(after)
        };
        self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_ok()
    }

    fn release(&self, bytes: u64) {
        if bytes > 0 {
            self.used.fetch_sub(bytes, Ordering::Relaxed);
        }
    }

    /// The shard of `key`, without the key's entry if that has expired.
    fn current(&self, key: &str) -> MutexGuard<'_, Shard> {
        let now = self.now();
        let mut shard = self.shard(key);
        if shard.entries.get(key).is_some_and(|entry| entry.deadline <= now) {
            if let Some(entry) = shard.remove(key) {
                self.release(size(key, &entry.value));
            }
        }
        shard
    }

    fn get_now(&self, key: &str) -> Option<Vec<u8>> {
        let shard = self.current(key);
        let entry = shard.entries.get(key).filter(|entry| entry.claim.is_none());
        entry.map(|entry| entry.value.to_vec())
    }

    fn take_now(&self, key: &str, claim: &Claim) -> Taken {
        let mut shard = self.current(key);
        let Some(entry) = shard.entries.get_mut(key) else {
            return Taken::Missing;
        };
        if entry.claim.get_or_insert_with(|| claim.clone()) == claim {
            Taken::Value(entry.value.to_vec())
        } else {
            Taken::Already
        }
    }

    fn replace_now(&self, key: &str, old: &[u8], new: &[u8]) -> Result<bool, StoreError> {
        let value = new.into();
        let mut shard = self.current(key);
        let Some(entry) = shard.entries.get_mut(key) else {
            return Ok(false);
        };
        if entry.claim.is_some() || *entry.value != *old {
            return Ok(false);
        }
        if !self.reserve(size(key, new), size(key, old)) {
            return Err(full());
        }
        entry.value = value;
        Ok(true)
    }

    /// The heads of one shard. `None` if there is no such shard.
    fn heads_now(&self, shard: usize) -> Option<Vec<Vec<u8>>> {
        let now = self.now();
        let shard = lock(self.shards.get(shard)?);
        let current = shard.entries.values().filter(|entry| entry.deadline > now);
        Some(current.map(|entry| Heads::head(&entry.value).to_vec()).collect())
    }

    fn delete_now(&self, key: &str) -> bool {
        let removed = self.current(key).remove(key);
        if let Some(entry) = &removed {
            self.release(size(key, &entry.value));
        }
        removed.is_some()
    }
}

impl Shard {
    /// Removes up to `most` entries that expired by `now`, and says how many bytes they counted.
    fn sweep(&mut self, now: u64, most: usize) -> u64 {
        let mut freed = 0;
        for _ in 0..most {
            match self.deadlines.first() {
                Some((deadline, _)) if *deadline <= now => {}
                _ => break,
            }
            if let Some((_, key)) = self.deadlines.pop_first() {
                if let Some(entry) = self.entries.remove(&key) {
                    freed += size(&key, &entry.value);
                }
            }
        }
        freed
    }

    fn remove(&mut self, key: &str) -> Option<Entry> {
        let (key, entry) = self.entries.remove_entry(key)?;
        if entry.deadline != u64::MAX {
            self.deadlines.remove(&(entry.deadline, key));
        }
        Some(entry)
    }
}

/// A panic while a shard was locked can only be the allocator's; what is there is still whole.
fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

fn full() -> StoreError {
    StoreError::refused("the memory store is full")
}

fn size(key: &str, value: &[u8]) -> u64 {
    OVERHEAD + key.len() as u64 + value.len() as u64
}

impl Store for MemoryStore {
    fn put<'a>(
        &'a self,
        key: &'a Key,
        value: Value<'a>,
        lifetime: Option<Duration>,
    ) -> StoreFuture<'a, ()> {
        Box::pin(async move { self.put_now(key.as_str(), value.as_bytes(), lifetime) })
    }

    fn get<'a>(&'a self, key: &'a Key) -> StoreFuture<'a, Option<Vec<u8>>> {
        Box::pin(async move { Ok(self.get_now(key.as_str())) })
    }

    fn take<'a>(&'a self, key: &'a Key, claim: &'a Claim) -> StoreFuture<'a, Taken> {
        Box::pin(async move { Ok(self.take_now(key.as_str(), claim)) })
    }

    fn delete<'a>(&'a self, key: &'a Key) -> StoreFuture<'a, bool> {
        Box::pin(async move { Ok(self.delete_now(key.as_str())) })
    }

    fn replace<'a>(
        &'a self,
        key: &'a Key,
        old: Value<'a>,
        new: Value<'a>,
    ) -> StoreFuture<'a, bool> {
        Box::pin(async move { self.replace_now(key.as_str(), old.as_bytes(), new.as_bytes()) })
    }

    fn heads<'a>(&'a self, after: Option<&'a str>) -> StoreFuture<'a, Heads> {
        Box::pin(async move {
            // One shard at a time, so that no other call waits for long.
            let at = match after {
                None => 0,
                Some(after) => after.parse().map_err(|_| no_such_place())?,
            };
            let values = self.heads_now(at).ok_or_else(no_such_place)?;
            let next = (at + 1 < self.shards.len()).then(|| (at + 1).to_string());
            Ok(Heads { values, next })
        })
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").field("entries", &self.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
