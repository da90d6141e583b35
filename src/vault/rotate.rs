// What a rotation of keys needs: sessions sealed anew as they are loaded, and a count of what is left.
//
// The trap: between the reading and the writing somebody may save another session or forget this one. So what
// is written replaces exactly what was read, or nothing.

use super::{format, keeper::Vault, key::KeyRing, store::entry::Key};
use crate::error::Error;

/// # Rotate keys
impl Vault {
    /// Counts the entries of this vault for each key that sealed them.
    ///
    /// It counts sessions, and flows that are parked or were taken and have not expired. If the count of an old
    /// key is 0, you can remove the key from the key ring. Entries of other vaults in the same store, for
    /// another provider or consumer key, are not counted: ask each vault.
    ///
    /// The whole store is read, in parts. Entries that are saved in the meantime may be counted or not. Redis
    /// may count an entry twice while it resizes its table, but never misses one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Store`](crate::ErrorKind::Store), also if the store cannot list its entries; see
    /// [`Store::heads`](super::store::Store::heads).
    ///
    /// # Cancel safety
    ///
    /// Safe: it changes nothing.
    ///
    /// # Security
    ///
    /// The ids are read from the stored bytes and are not authenticated.
    ///
    /// # Examples
    ///
    /// ```
    /// use tripod::{Error, vault::Vault};
    ///
    /// async fn can_drop(vault: &Vault, old: &str) -> Result<bool, Error> {
    ///     Ok(vault.count_keys().await?.of(old) == Some(0))
    /// }
    /// ```
    pub async fn count_keys(&self) -> Result<KeyCounts, Error> {
        let mut counts = KeyCounts::new(self.kept.sealer.keys());
        let mut after = None;
        loop {
            let heads = self.kept.heads(after.as_deref()).await?;
            for head in &heads.values {
                match format::origin(head) {
                    Some((binding, id)) if binding == *self.kept.sealer.binding() => counts.add(id),
                    _ => {}
                }
            }
            if heads.next.is_none() {
                return Ok(counts);
            }
            after = heads.next;
        }
    }

    /// Puts a session that was sealed anew in the place of the old bytes. The caller has the session in any
    /// case, and the old bytes can still be opened.
    pub(super) async fn put_anew(&self, key: &Key, old: &[u8], new: &[u8]) {
        match self.kept.replace(key, old, new).await {
            Ok(true) => {
                crate::event!(
                    key = self.kept.sealer.keys().sealing().0,
                    "a session was sealed again with the current key"
                );
            }
            // Another was faster: saved, forgot or sealed anew.
            Ok(false) => {}
            Err(error) => {
                crate::warning!(
                    %error,
                    "a session could not be sealed again; it is still sealed with the older key"
                );
                drop(error);
            }
        }
    }
}

/// How many entries each key of a key ring has sealed; see [`Vault::count_keys`].
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use tripod::{AccessToken, Callback, Client, Consumer, Provider, vault::{KeyRing, SealingKey, store::MemoryStore}};
/// # let client = Client::new(Provider::fatsecret(), Consumer::new("key", "secret"))?;
/// # let session = client.session(AccessToken::new("token", "secret")?);
/// # let vault = Vault::new(&client, KeyRing::new("2026-07", SealingKey::generate())?, MemoryStore::new());
/// use tripod::vault::{KeyCounts, Vault};
///
/// vault.save("user 17", &session).await?;
/// let counts: KeyCounts = vault.count_keys().await?;
/// assert_eq!((counts.of("2026-07"), counts.of("2025-01")), (Some(1), None));
/// assert_eq!(counts.unknown(), 0);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyCounts {
    known: Vec<(String, u64)>,
    unknown: u64,
}

impl KeyCounts {
    fn new(keys: &KeyRing) -> Self {
        Self { known: keys.ids().map(|id| (id.to_owned(), 0)).collect(), unknown: 0 }
    }

    fn add(&mut self, id: &str) {
        match self.known.iter_mut().find(|known| known.0 == id) {
            Some(known) => known.1 += 1,
            None => self.unknown += 1,
        }
    }

    /// Returns how many entries the key of this id has sealed; `None` if the key ring has no such key.
    #[must_use]
    pub fn of(&self, id: &str) -> Option<u64> {
        self.known.iter().find(|known| known.0 == id).map(|known| known.1)
    }

    /// Returns how many entries were sealed by keys that are not in the key ring. They cannot be opened
    /// until you add the key again.
    #[must_use]
    pub fn unknown(&self) -> u64 {
        self.unknown
    }
}
