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
/// Whoever has it opens everything that it sealed. Keep it where the program's other secrets are
/// (a secret manager, the environment), never beside what it seals.
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

impl SealingKey {
    /// Draws a key from the operating system's randomness.
    ///
    /// # Panics
    ///
    /// If the operating system has none to give.
    #[must_use]
    pub fn generate() -> Self {
        Self(SecretBox::init_with_mut(|key: &mut [u8; KEY_BYTES]| random::fill(key)))
    }

    /// Takes 32 random bytes. They must be random: a password is no key.
    #[must_use]
    pub fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        let bytes = Zeroizing::new(bytes);
        Self(SecretBox::init_with_mut(|key: &mut [u8; KEY_BYTES]| key.copy_from_slice(&*bytes)))
    }

    /// Reads a key as [`to_base64`](Self::to_base64) wrote it, or `openssl rand -base64 32`.
    ///
    /// Both alphabets of base64 will do, with padding or without; white space around it is dropped.
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

    /// Writes the key in base64, for a secret manager.
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

/// Keys with ids: one of them seals, all of them open.
///
/// To rotate, a new key first goes to all machines with [`with_newer`](Self::with_newer), then seals on all of
/// them, while the old one stays as [`with_older`](Self::with_older) until nothing is left that it sealed. See
/// the guide's page [`keeping`](crate::guide::keeping).
///
/// Cheap to clone. `Debug` shows the ids.
///
/// # Examples
///
/// A new key is made; what the old one sealed can still be opened:
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
    /// Begins with the key that seals. Its id is written beside everything that it seals, so that
    /// the right key is found again: a date, a number; it is no secret.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`] if the id is not 1 to 32 ASCII letters, digits, `-`, `_`, `.`.
    pub fn new(id: &str, key: SealingKey) -> Result<Self, Error> {
        Ok(Self { sealing: named(id, key)?, newer: Vec::new(), older: Vec::new() })
    }

    /// Adds an old key, which opens and does not seal. A [`Vault`](super::Vault) seals anew what it loads and
    /// an old key had sealed.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new), and for an id that is in the ring already.
    pub fn with_older(mut self, id: &str, key: SealingKey) -> Result<Self, Error> {
        self.older.push(self.another(id, key)?);
        Ok(self)
    }

    /// Adds a key that will seal later, and only opens until then: the first step of a rotation on several
    /// machines. What other machines have sealed with it already stays as it is.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new), and for an id that is in the ring already.
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
