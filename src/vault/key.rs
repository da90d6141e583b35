// The keys that seal, and the ring that lets them rotate.
//
// The trap: a key id is read from bytes that are not authenticated yet. It is only ever compared
// with the ids of the ring, and is short and plain enough to be shown.

use std::{fmt, sync::Arc};

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use zeroize::Zeroizing;

use crate::{
    error::{Error, kind::ErrorKind},
    random,
};

const KEY_BYTES: usize = 32;

pub(super) const ID_MAX: usize = 32;

/// A 256-bit key that seals pending flows and sessions. Wiped on drop; `Debug` shows nothing.
///
/// # Security
///
/// Somebody who has the key can open everything that it sealed. Keep it where the program's other
/// secrets are (a secret manager, the environment), never together with the sealed data.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use tripod::vault::SealingKey;
///
/// let key = SealingKey::generate();
/// let again = SealingKey::from_base64(secrecy::ExposeSecret::expose_secret(&key.to_base64()))?;
/// # Ok(())
/// # }
/// ```
pub struct SealingKey(SecretBox<[u8; KEY_BYTES]>);

/// # Create, read and write a key
impl SealingKey {
    /// Creates a random key, with random numbers from the operating system.
    ///
    /// # Panics
    ///
    /// If the operating system has no random numbers.
    #[must_use]
    pub fn generate() -> Self {
        Self(SecretBox::init_with_mut(|key: &mut [u8; KEY_BYTES]| random::fill(key)))
    }

    /// Creates a key from 32 bytes. They must be random; do not use a password.
    #[must_use]
    pub fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        let bytes = Zeroizing::new(bytes);
        Self(SecretBox::init_with_mut(|key: &mut [u8; KEY_BYTES]| key.copy_from_slice(&*bytes)))
    }

    /// Reads a key in base64, as [`to_base64`](Self::to_base64) or `openssl rand -base64 32` writes
    /// it.
    ///
    /// Both alphabets of base64 are accepted, with padding or without. White space around the key
    /// is ignored.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`] if it is not base64 of 32 bytes.
    pub fn from_base64(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        let alphabet =
            if text.contains(['-', '_']) { &alphabet::URL_SAFE } else { &alphabet::STANDARD };
        let config =
            GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
        // Room for what decoding writes beyond the end; a longer text is refused by it.
        let mut bytes = Zeroizing::new([0; KEY_BYTES + 3]);
        match GeneralPurpose::new(alphabet, config).decode_slice(text, &mut *bytes) {
            Ok(KEY_BYTES) => {
                let key = &bytes[..KEY_BYTES];
                Ok(Self(SecretBox::init_with_mut(|k: &mut [u8; KEY_BYTES]| k.copy_from_slice(key))))
            }
            _ => Err(setting("a sealing key is 32 bytes in base64")),
        }
    }

    /// Returns the key in base64, for example for a secret manager.
    #[must_use]
    pub fn to_base64(&self) -> SecretString {
        SecretString::from(base64::prelude::BASE64_STANDARD.encode(self.expose()))
    }

    pub(super) fn expose(&self) -> &[u8; KEY_BYTES] {
        self.0.expose_secret()
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey(..)")
    }
}

/// A set of sealing keys with ids: one of the keys seals, all of them can open.
///
/// To rotate keys, first give all machines the new key with [`with_newer`](Self::with_newer). Then let all
/// machines seal with the new key, and keep the old key with [`with_older`](Self::with_older) until it has
/// sealed nothing that is left. The guide's page [`keeping`](crate::guide::keeping) describes the steps.
///
/// It is cheap to clone. `Debug` shows the ids.
///
/// # Examples
///
/// A new key seals, and the key ring can still open what the old key sealed:
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use tripod::vault::{KeyRing, SealingKey};
///
/// # let (stored, older) = (SealingKey::generate(), SealingKey::generate());
/// let keys = KeyRing::new("2026-07", stored)?.with_older("2026-01", older)?;
/// assert!(format!("{keys:?}").contains("2026-07"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct KeyRing {
    sealing: Named,
    newer: Vec<Named>,
    older: Vec<Named>,
}

type Named = Arc<(String, SealingKey)>;

impl KeyRing {
    /// Creates a key ring with the key that seals.
    ///
    /// The id is written into everything that the key seals, so that the right key is found later.
    /// Use a date or a number; the id is not secret.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`] if the id is not 1 to 32 ASCII letters, digits, `-`, `_`, `.`.
    pub fn new(id: &str, key: SealingKey) -> Result<Self, Error> {
        Ok(Self { sealing: named(id, key)?, newer: Vec::new(), older: Vec::new() })
    }

    /// Adds an old key, which can open and does not seal.
    ///
    /// When a [`Vault`](super::Vault) loads a session that an old key sealed, it seals the session again with
    /// the current key.
    ///
    /// # Errors
    ///
    /// The errors of [`new`](Self::new), and for an id that is in the ring already.
    pub fn with_older(mut self, id: &str, key: SealingKey) -> Result<Self, Error> {
        self.older.push(self.another(id, key)?);
        Ok(self)
    }

    /// Adds a new key, which can open and does not seal yet: the first step of a rotation on several
    /// machines.
    ///
    /// Entries that other machines have already sealed with the new key are not changed.
    ///
    /// # Errors
    ///
    /// The errors of [`new`](Self::new), and for an id that is in the ring already.
    pub fn with_newer(mut self, id: &str, key: SealingKey) -> Result<Self, Error> {
        self.newer.push(self.another(id, key)?);
        Ok(self)
    }

    fn another(&self, id: &str, key: SealingKey) -> Result<Named, Error> {
        match self.get(id) {
            Some(_) => Err(setting("two keys have the same id")),
            None => named(id, key),
        }
    }

    /// The key that seals, and its id.
    pub(super) fn sealing(&self) -> (&str, &SealingKey) {
        (&self.sealing.0, &self.sealing.1)
    }

    pub(super) fn is_older(&self, id: &str) -> bool {
        self.older.iter().any(|named| named.0 == id)
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.all().map(|named| named.0.as_str())
    }

    pub(super) fn get(&self, id: &str) -> Option<&SealingKey> {
        self.all().find(|named| named.0 == id).map(|named| &named.1)
    }

    fn all(&self) -> impl Iterator<Item = &Named> {
        std::iter::once(&self.sealing).chain(&self.newer).chain(&self.older)
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.ids()).finish()
    }
}

fn named(id: &str, key: SealingKey) -> Result<Named, Error> {
    if !is_id(id.as_bytes()) {
        return Err(setting("a key's id is 1 to 32 ASCII letters, digits, '-', '_' and '.'"));
    }
    Ok(Arc::new((id.to_owned(), key)))
}

/// Whether this can be a key's id.
pub(super) fn is_id(id: &[u8]) -> bool {
    (1..=ID_MAX).contains(&id.len())
        && id.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
}

fn setting(reason: &'static str) -> Error {
    Error::setup(ErrorKind::InvalidSetting { reason })
}
