//! Which session a login ended in, for one minute.
//!
//! A ticket works once. But a double click sends the callback twice, and users reload a page whose
//! answer was lost. So for one minute the same ticket together with the same callback leads to the
//! same session, on each machine.
//!
//! Both are needed. Somebody who gave the browser a ticket of their own knows that ticket, but not the
//! verifier in the callback. And the store sees neither: the entry's key is a hash of both, and the id
//! is encrypted with another hash of both.

use std::{sync::Arc, time::Duration};

use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use tripod::vault::{
    Ticket,
    store::{Key, Store, StoreError},
};

use crate::session::SessionId;

const LIFETIME: Duration = Duration::from_secs(60);

pub(crate) struct Finished(Arc<dyn Store>);

impl Finished {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self(store)
    }

    /// Remembers the session that a ticket and a callback led to.
    pub(crate) async fn remember(
        &self,
        ticket: &Ticket,
        callback: &str,
        id: &SessionId,
    ) -> Result<(), StoreError> {
        let Some(id) = id.to_bytes() else { return Ok(()) };
        let hidden = xor(id, pad(ticket, callback));
        self.0.put(&key(ticket, callback)?, (&hidden).into(), Some(LIFETIME)).await
    }

    /// Returns the session that the same ticket and callback led to, if that was within a minute.
    pub(crate) async fn find(
        &self,
        ticket: &Ticket,
        callback: &str,
    ) -> Result<Option<SessionId>, StoreError> {
        let hidden = self.0.get(&key(ticket, callback)?).await?;
        let hidden = hidden.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        Ok(hidden.map(|bytes| SessionId::from_bytes(xor(bytes, pad(ticket, callback)))))
    }
}

fn key(ticket: &Ticket, callback: &str) -> Result<Key, StoreError> {
    Key::new(format!("finished:{}", hex::encode(hash("web_app finished key", ticket, callback))))
}

/// Encrypts one id. No pad is used for two ids, because a ticket is exchanged only once.
fn pad(ticket: &Ticket, callback: &str) -> [u8; 32] {
    hash("web_app finished pad", ticket, callback)
}

fn hash(purpose: &str, ticket: &Ticket, callback: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    // None of the parts can contain the byte that separates them.
    for part in [purpose, ticket.value().expose_secret(), callback] {
        hash.update(part);
        hash.update([0]);
    }
    hash.finalize().into()
}

fn xor(mut bytes: [u8; 32], pad: [u8; 32]) -> [u8; 32] {
    bytes.iter_mut().zip(pad).for_each(|(byte, pad)| *byte ^= pad);
    bytes
}
