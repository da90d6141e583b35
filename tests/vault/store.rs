//! A store in memory that fails when it is told to, and remembers what it was given.

use std::{
    collections::{BTreeMap, VecDeque},
    future::{pending, poll_fn, ready},
    sync::{Arc, Mutex, MutexGuard},
    task::Poll,
    time::Duration,
};

use tripod::vault::store::{Claim, Heads, Key, Store, StoreError, StoreFuture, Taken, Value};

/// What goes wrong with the next call.
#[derive(Clone, Copy)]
pub(crate) enum Fault {
    /// Nothing; the call after it is meant.
    None,
    /// The store cannot be reached, and nothing is done.
    Before,
    /// It is done, and the reply is lost.
    After,
    /// It is done, and no reply ever comes.
    Silence,
    /// It is done, and the reply comes at the second look.
    Later,
    /// The store answers that it does not want to.
    Refused,
}

#[derive(Clone, Default)]
pub(crate) struct Shelf(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    entries: BTreeMap<String, Entry>,
    faults: VecDeque<Fault>,
    calls: Vec<&'static str>,
}

#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) value: Vec<u8>,
    pub(crate) lifetime: Option<Duration>,
    pub(crate) claim: Option<Claim>,
}

impl Shelf {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }

    /// The next calls go so.
    pub(crate) fn fail(&self, faults: impl IntoIterator<Item = Fault>) {
        self.inner().faults.extend(faults);
    }

    /// The calls since the last look.
    pub(crate) fn calls(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.inner().calls)
    }

    pub(crate) fn entries(&self) -> BTreeMap<String, Entry> {
        self.inner().entries.clone()
    }

    /// Changes what is kept, as one who got into the store would.
    pub(crate) fn tamper(&self, change: impl FnOnce(&mut BTreeMap<String, Entry>)) {
        change(&mut self.inner().entries);
    }

    fn call<T: Send + 'static>(
        &self,
        name: &'static str,
        work: impl FnOnce(&mut BTreeMap<String, Entry>) -> T,
    ) -> StoreFuture<'static, T> {
        let mut inner = self.inner();
        inner.calls.push(name);
        let lost = || Err(StoreError::unavailable("the connection broke"));
        match inner.faults.pop_front().unwrap_or(Fault::None) {
            Fault::None => Box::pin(ready(Ok(work(&mut inner.entries)))),
            Fault::Before => Box::pin(ready(lost())),
            Fault::After => {
                work(&mut inner.entries);
                Box::pin(ready(lost()))
            }
            Fault::Silence => {
                work(&mut inner.entries);
                Box::pin(pending())
            }
            Fault::Later => {
                let mut done = Some(work(&mut inner.entries));
                let mut polls = 0;
                Box::pin(poll_fn(move |context| {
                    polls += 1;
                    if polls == 1 {
                        context.waker().wake_by_ref();
                        return Poll::Pending;
                    }
                    done.take().map_or(Poll::Pending, |done| Poll::Ready(Ok(done)))
                }))
            }
            Fault::Refused => Box::pin(ready(Err(StoreError::refused("it is read-only")))),
        }
    }
}

impl Store for Shelf {
    fn put<'a>(
        &'a self,
        key: &'a Key,
        value: Value<'a>,
        lifetime: Option<Duration>,
    ) -> StoreFuture<'a, ()> {
        let entry = Entry { value: value.as_bytes().to_vec(), lifetime, claim: None };
        self.call("put", |entries| drop(entries.insert(key.as_str().to_owned(), entry)))
    }

    fn get<'a>(&'a self, key: &'a Key) -> StoreFuture<'a, Option<Vec<u8>>> {
        self.call("get", |entries| {
            let entry = entries.get(key.as_str()).filter(|entry| entry.claim.is_none());
            entry.map(|entry| entry.value.clone())
        })
    }

    fn take<'a>(&'a self, key: &'a Key, claim: &'a Claim) -> StoreFuture<'a, Taken> {
        self.call("take", |entries| {
            let Some(entry) = entries.get_mut(key.as_str()) else { return Taken::Missing };
            if entry.claim.get_or_insert_with(|| claim.clone()) != claim {
                return Taken::Already;
            }
            Taken::Value(entry.value.clone())
        })
    }

    fn delete<'a>(&'a self, key: &'a Key) -> StoreFuture<'a, bool> {
        self.call("delete", |entries| entries.remove(key.as_str()).is_some())
    }

    fn replace<'a>(
        &'a self,
        key: &'a Key,
        old: Value<'a>,
        new: Value<'a>,
    ) -> StoreFuture<'a, bool> {
        self.call("replace", |entries| match entries.get_mut(key.as_str()) {
            Some(entry) if entry.claim.is_none() && entry.value == old.as_bytes() => {
                entry.value = new.as_bytes().to_vec();
                true
            }
            _ => false,
        })
    }

    /// One at a time, so that whoever asks has to go on.
    fn heads<'a>(&'a self, after: Option<&'a str>) -> StoreFuture<'a, Heads> {
        self.call("heads", |entries| {
            let mut later =
                entries.iter().filter(|(key, _)| after.is_none_or(|after| key.as_str() > after));
            let Some((key, entry)) = later.next() else { return Heads::default() };
            let head = entry.value.iter().copied().take(Heads::BYTES).collect();
            Heads { values: vec![head], next: Some(key.clone()) }
        })
    }
}
