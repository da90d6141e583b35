// What a vault works with: the seal and the store, and the store's errors as this crate's.

use std::{sync::Arc, time::Duration};

use super::{
    sealer::{Sealer, keeping},
    store::{
        Claim, Heads, Store, Taken,
        entry::{Key, Value},
        error::{StoreError, StoreErrorKind},
    },
};
use crate::error::{Error, groups::UnsupportedError, kind::ErrorKind};

#[derive(Clone)]
pub(super) struct Kept {
    pub(super) sealer: Sealer,
    store: Arc<dyn Store>,
}

impl Kept {
    pub(super) fn new(sealer: Sealer, store: impl Store) -> Self {
        Self { sealer, store: Arc::new(store) }
    }

    pub(super) async fn put(
        &self,
        key: &Key,
        sealed: &[u8],
        lifetime: Option<Duration>,
    ) -> Result<(), Error> {
        let value = Value::new(sealed).map_err(failed)?;
        self.store.put(key, value, lifetime).await.map_err(failed)
    }

    pub(super) async fn get(&self, key: &Key) -> Result<Option<Vec<u8>>, Error> {
        self.store.get(key).await.map_err(failed)
    }

    pub(super) async fn take(&self, key: &Key, claim: &Claim) -> Result<Taken, Error> {
        self.store.take(key, claim).await.map_err(failed)
    }

    pub(super) async fn delete(&self, key: &Key) -> Result<bool, Error> {
        self.store.delete(key).await.map_err(failed)
    }

    pub(super) async fn replace(&self, key: &Key, old: &[u8], new: &[u8]) -> Result<bool, Error> {
        let (old, new) = (Value::new(old).map_err(failed)?, Value::new(new).map_err(failed)?);
        self.store.replace(key, old, new).await.map_err(failed)
    }

    pub(super) async fn heads(&self, after: Option<&str>) -> Result<Heads, Error> {
        self.store.heads(after).await.map_err(failed)
    }
}

fn failed(error: StoreError) -> Error {
    keeping(match error.kind() {
        StoreErrorKind::NoRuntime => ErrorKind::Unsupported(UnsupportedError::NoRuntime),
        _ => ErrorKind::Store { retryable: error.is_retryable() },
    })
    .with_source(error)
}
