//! What a store is given: names and bytes that are known to fit.

use std::{fmt, time::Duration};

use super::error::StoreError;
use crate::hex;

/// The name of an entry: 1 to 128 ASCII letters, digits and `-_.:`.
///
/// So a store does not have to escape it, change its letter case or shorten it.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::vault::store::StoreError> {
/// use tripod::vault::store::Key;
///
/// let key = Key::new("flow:7")?;
/// assert_eq!(key.as_str(), "flow:7");
/// assert!(Key::new("two words").is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(Box<str>);

impl Key {
    /// The maximum length of a key in bytes.
    pub const MAX: usize = 128;

    /// Creates a key from a name, after checking it.
    ///
    /// # Errors
    ///
    /// [`StoreError`] that is not retryable if it is empty, longer than 128 bytes, or has another
    /// character.
    pub fn new(name: impl Into<Box<str>>) -> Result<Self, StoreError> {
        let name = name.into();
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
        if (1..=Self::MAX).contains(&name.len()) && name.bytes().all(plain) {
            Ok(Self(name))
        } else {
            Err(StoreError::refused("a key is 1 to 128 ASCII letters, digits and -_.:"))
        }
    }

    /// `kind:` and a hash; plain and short, as `kind` is a word of this crate's.
    pub(in crate::vault) fn hashed(kind: &'static str, hash: &[u8; 32]) -> Self {
        Self(format!("{kind}:{}", hex::encode(hash)).into())
    }

    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The bytes of an entry: at most 64 KiB.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::vault::store::StoreError> {
/// use tripod::vault::store::Value;
///
/// let bytes = vec![7; 1000];
/// let value = Value::new(&bytes)?;
/// assert_eq!(value.as_bytes(), bytes);
///
/// let literal = Value::from(b"sealed"); // its length is checked by the compiler
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Value<'a>(&'a [u8]);

impl<'a> Value<'a> {
    /// The maximum length of a value in bytes: 64 KiB.
    ///
    /// If a store finds a longer value, it should refuse before it reads the value.
    pub const MAX: usize = 64 << 10;

    /// Creates a value, after checking its length.
    ///
    /// # Errors
    ///
    /// [`StoreError`] that is not retryable beyond 64 KiB.
    pub fn new(bytes: &'a [u8]) -> Result<Self, StoreError> {
        if bytes.len() <= Self::MAX {
            Ok(Self(bytes))
        } else {
            Err(StoreError::refused("a value is at most 64 KiB"))
        }
    }

    /// Returns the bytes.
    #[must_use]
    pub fn as_bytes(self) -> &'a [u8] {
        self.0
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Value<'a> {
    fn from(bytes: &'a [u8; N]) -> Self {
        const { assert!(N <= Value::MAX, "a value is at most 64 KiB") };
        Self(bytes)
    }
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Value(..)")
    }
}

/// A hundred years, in milliseconds: longer is for good. Keeps every store's arithmetic in range.
const LONGEST_LIFETIME: i64 = 100 * 365 * 24 * 60 * 60 * 1000;

/// The lifetime in whole milliseconds, at least as long; nothing for good.
pub(super) fn milliseconds(lifetime: Option<Duration>) -> Option<i64> {
    let milliseconds = i64::try_from(lifetime?.as_nanos().div_ceil(1_000_000)).ok()?;
    (milliseconds <= LONGEST_LIFETIME).then_some(milliseconds)
}

/// For what a store finds to be longer than anything that was put into it by this crate.
#[cfg(any(feature = "postgres", feature = "redis"))]
pub(super) fn too_large() -> StoreError {
    StoreError::refused("the entry in the store is larger than 64 KiB; it was not read")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_keys_are_refused() {
        let long = "k".repeat(129);
        for name in [
            "", " ", "a b", "a\n", "a\0", "é", "a/b", "a'b", "a\"b", "a%b", "a*b", "a{b}", "a\\b",
            &long,
        ] {
            assert!(!Key::new(name).unwrap_err().is_retryable(), "{name:?}");
        }
        let name = format!("{:k<128}", "Az09-_.:");
        let key = Key::new(name.as_str()).unwrap();
        assert_eq!((key.to_string(), format!("{key:?}")), (name.clone(), format!("{name:?}")));
    }

    #[test]
    fn a_value_is_at_most_64_kib() {
        let bytes = vec![7; Value::MAX + 1];
        assert!(!Value::new(&bytes).unwrap_err().is_retryable());
        assert_eq!(Value::new(&bytes[1..]).unwrap().as_bytes(), &bytes[1..]);
    }
}
