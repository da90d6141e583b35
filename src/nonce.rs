//! Nonces: what makes one signed request different from the next (RFC 5849 section 3.3).

// Layer 0: uses `error`. Seals, tickets and claims are not drawn here: they come from the operating
// system each time, so that a fork cannot repeat them.

use std::fmt;

use rand::Rng as _;

use crate::{
    error::{Error, kind::ErrorKind},
    hex,
};

/// A nonce: 1 to 64 letters and digits.
///
/// OAuth allows other characters too. But letters and digits are the same in every encoding, and
/// some providers do not accept other characters.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use tripod::Nonce;
///
/// assert_eq!(Nonce::new("nonce1")?.as_str(), "nonce1");
/// assert!(Nonce::new("two words").is_err());
/// assert_eq!(Nonce::random().as_str().len(), 32);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Nonce {
    bytes: [u8; Self::MAX],
    len: usize,
}

impl Nonce {
    const MAX: usize = 64;
    const RANDOM: usize = 32;

    /// Creates a nonce from text.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`] if it is empty, longer than 64 bytes, or has a character
    /// other than ASCII letters and digits.
    pub fn new(text: &str) -> Result<Self, Error> {
        let valid = (1..=Self::MAX).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !valid {
            return Err(Error::setup(ErrorKind::InvalidSetting {
                reason: "a nonce is 1 to 64 ASCII letters and digits",
            }));
        }
        let mut bytes = [0; Self::MAX];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        Ok(Self { bytes, len: text.len() })
    }

    /// Creates a random nonce of 128 bits, written as 32 hexadecimal digits.
    ///
    /// The bits come from the thread's cryptographic generator, which the operating system seeds, so
    /// there is no system call for each nonce. After a `fork`, parent and child get the same nonces.
    /// The provider then refuses the second of two equal nonces, and the client sends that request
    /// again with a new nonce.
    #[must_use]
    pub fn random() -> Self {
        let mut bytes = [0; Self::MAX];
        let mut rng = rand::rng();
        for half in bytes.chunks_exact_mut(16).take(2) {
            for (pair, byte) in half.chunks_exact_mut(2).zip(rng.next_u64().to_le_bytes()) {
                pair.copy_from_slice(&hex::DIGITS[usize::from(byte)]);
            }
        }
        Self { bytes, len: Self::RANDOM }
    }

    /// Returns the nonce as it is sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only ASCII was ever written, so the empty default is out of reach.
        self.bytes
            .get(..self.len)
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .unwrap_or_default()
    }
}

impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Nonce").field(&self.as_str()).finish()
    }
}

/// The source of a client's nonces. Implement it, or use a closure, to set the nonces in tests.
///
/// # Security
///
/// A nonce must not be used twice with the same timestamp, consumer and token. With a fixed nonce,
/// the provider accepts only the first request.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use tripod::{Client, Consumer, Nonce, Provider};
///
/// let nonce = Nonce::new("nonce1")?;
/// let client = Client::new(Provider::fatsecret(), Consumer::new("key", "secret"))?
///     .with_nonces(move || nonce); // for a test that sends one request
/// # Ok(())
/// # }
/// ```
///
/// For a test that sends several requests:
///
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
/// use tripod::{Nonce, NonceSource};
///
/// #[derive(Default)]
/// struct Counted(AtomicU64);
///
/// impl NonceSource for Counted {
///     fn nonce(&self) -> Nonce {
///         let number = self.0.fetch_add(1, Relaxed);
///         Nonce::new(&format!("n{number}")).unwrap_or_else(|_| Nonce::random())
///     }
/// }
///
/// let nonces = Counted::default();
/// assert_eq!([nonces.nonce(), nonces.nonce()].map(|nonce| nonce.as_str().len()), [2, 2]);
/// assert_ne!(nonces.nonce(), nonces.nonce());
/// ```
pub trait NonceSource: Send + Sync + 'static {
    /// Returns a nonce that was not returned before.
    fn nonce(&self) -> Nonce;
}

impl<F: Fn() -> Nonce + Send + Sync + 'static> NonceSource for F {
    fn nonce(&self) -> Nonce {
        self()
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, sync::Mutex, thread};

    use super::*;

    // checklist 24
    #[test]
    fn nonces_from_many_threads_do_not_repeat() {
        let seen = Mutex::new(HashSet::new());
        thread::scope(|scope| {
            for _ in 0..64 {
                scope.spawn(|| {
                    let nonces: Vec<Nonce> = (0..1_600).map(|_| Nonce::random()).collect();
                    assert!(nonces.iter().all(|nonce| {
                        nonce.as_str().len() == 32
                            && nonce.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric())
                    }));
                    seen.lock().unwrap().extend(nonces);
                });
            }
        });
        assert_eq!(seen.into_inner().unwrap().len(), 64 * 1_600);
    }

    #[test]
    fn nonces_from_text_are_letters_and_digits() {
        assert_eq!(Nonce::new("a1B2").unwrap().as_str(), "a1B2");
        for text in ["", "a b", "a\n", "é", &"a".repeat(65)] {
            assert!(Nonce::new(text).is_err(), "{text:?}");
        }
    }
}
