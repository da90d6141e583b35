//! Signature methods, RFC 5849 section 3.4: the choice of one, and the key.

// The key of every method is the two secrets, each percent-encoded, joined by `&`; the `&` is
// there even when there is no token.

use std::{
    fmt,
    hash::{Hash, Hasher},
    mem,
    sync::Arc,
};

use percent_encoding::utf8_percent_encode;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::error::BoxError;

use super::encode::{ONCE, RESERVED};

/// A signature method.
///
/// HMAC-SHA1 is the default: nearly every provider supports it, and FatSecret supports nothing else. Two custom
/// methods are equal if they have the same signer.
///
/// # Source
///
/// RFC 5849 section 3.4; the SHA-2 variants are what providers have added since.
///
/// # Examples
///
/// ```
/// use tripod::SignatureMethod;
///
/// assert_eq!(SignatureMethod::default().name(), "HMAC-SHA1");
/// assert_eq!(SignatureMethod::Plaintext.name(), "PLAINTEXT");
/// ```
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum SignatureMethod {
    /// `HMAC-SHA1`.
    #[default]
    HmacSha1,
    /// `HMAC-SHA256`.
    #[cfg(feature = "hmac-sha2")]
    #[cfg_attr(docsrs, doc(cfg(feature = "hmac-sha2")))]
    HmacSha256,
    /// `HMAC-SHA512`.
    #[cfg(feature = "hmac-sha2")]
    #[cfg_attr(docsrs, doc(cfg(feature = "hmac-sha2")))]
    HmacSha512,
    /// `PLAINTEXT`: both secrets are sent in clear text, so it is refused for every URL that is not
    /// `https`.
    Plaintext,
    /// A method of your own, such as RSA-SHA1 with a key in a hardware module.
    Custom(Arc<dyn Sign>),
}

impl SignatureMethod {
    /// Creates a signature method from your own implementation of [`Sign`].
    pub fn custom(signer: impl Sign) -> Self {
        Self::Custom(Arc::new(signer))
    }

    /// Returns the value of `oauth_signature_method`.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::HmacSha1 => "HMAC-SHA1",
            #[cfg(feature = "hmac-sha2")]
            Self::HmacSha256 => "HMAC-SHA256",
            #[cfg(feature = "hmac-sha2")]
            Self::HmacSha512 => "HMAC-SHA512",
            Self::Plaintext => "PLAINTEXT",
            Self::Custom(signer) => signer.name(),
        }
    }
}

impl PartialEq for SignatureMethod {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Custom(one), Self::Custom(other)) => Arc::ptr_eq(one, other),
            _ => mem::discriminant(self) == mem::discriminant(other),
        }
    }
}

impl Eq for SignatureMethod {}

impl Hash for SignatureMethod {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl fmt::Debug for SignatureMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignatureMethod({})", self.name())
    }
}

/// Signs base strings. Implement it for a signature method of your own, such as RSA-SHA1.
///
/// # Source
///
/// RFC 5849 section 3.4 leaves room for more methods; section 3.4.3 describes RSA-SHA1, which ignores
/// both secrets.
///
/// # Examples
///
/// ```
/// use tripod::{BoxError, signature::{Sign, SignatureMethod, SigningKey}};
///
/// struct Module; // holds the connection to a hardware module
///
/// impl Sign for Module {
///     fn name(&self) -> &str {
///         "RSA-SHA1"
///     }
///
///     fn sign(&self, base_string: &str, _key: &SigningKey<'_>) -> Result<Vec<u8>, BoxError> {
///         # let ask_the_module = |_: &[u8]| Ok(vec![0; 128]);
///         ask_the_module(base_string.as_bytes())
///     }
/// }
///
/// assert_eq!(SignatureMethod::custom(Module).name(), "RSA-SHA1");
/// ```
pub trait Sign: Send + Sync + 'static {
    /// Returns the value of `oauth_signature_method`. It must not change.
    fn name(&self) -> &str;

    /// Signs a base string. The result is the raw signature; it is sent in Base64.
    ///
    /// # Errors
    ///
    /// Any error of your signer. It becomes the source of [`SignerFailed`](crate::SigningError::SignerFailed).
    ///
    /// # Examples
    ///
    /// ```
    /// # fn main() -> Result<(), tripod::Error> {
    /// use tripod::{BoxError, Consumer, ErrorKind, Signing, SigningClient, SigningError};
    /// use tripod::signature::{Sign, SignatureMethod, SigningKey};
    ///
    /// struct Unplugged;
    ///
    /// impl Sign for Unplugged {
    ///     fn name(&self) -> &str {
    ///         "RSA-SHA1"
    ///     }
    ///
    ///     fn sign(&self, _: &str, _: &SigningKey<'_>) -> Result<Vec<u8>, BoxError> {
    ///         Err("the module does not answer".into())
    ///     }
    /// }
    ///
    /// let method = SignatureMethod::custom(Unplugged);
    /// let signing = Signing::new(method).with_origin("https://api.example")?;
    /// let client = SigningClient::new(signing, Consumer::new("key", ""))?;
    /// let error = client.signed().get("https://api.example/me").build().unwrap_err();
    /// assert_eq!(*error.kind(), ErrorKind::Signing(SigningError::SignerFailed));
    /// # Ok(())
    /// # }
    /// ```
    fn sign(&self, base_string: &str, key: &SigningKey<'_>) -> Result<Vec<u8>, BoxError>;
}

/// The two secrets, for a custom signer that needs them. `Debug` hides both.
///
/// # Examples
///
/// ```
/// use tripod::secrecy::ExposeSecret as _;
/// use tripod::{BoxError, signature::{Sign, SignatureMethod, SigningKey}};
///
/// /// A method that a provider has invented: a keyed hash.
/// struct Keyed;
///
/// impl Sign for Keyed {
///     fn name(&self) -> &str {
///         "HMAC-BLAKE3"
///     }
///
///     fn sign(&self, base_string: &str, key: &SigningKey<'_>) -> Result<Vec<u8>, BoxError> {
///         # let keyed_hash = |_: &[u8], _: &[u8]| vec![0; 32];
///         let key = key.encoded(); // both secrets, as the HMAC methods take them
///         Ok(keyed_hash(key.expose_secret().as_bytes(), base_string.as_bytes()))
///     }
/// }
///
/// assert_eq!(SignatureMethod::custom(Keyed).name(), "HMAC-BLAKE3");
/// ```
pub struct SigningKey<'a> {
    pub(super) consumer_secret: &'a SecretString,
    pub(super) token_secret: Option<&'a SecretString>,
}

impl SigningKey<'_> {
    /// Returns the consumer's secret.
    #[must_use]
    pub fn consumer_secret(&self) -> &str {
        self.consumer_secret.expose_secret()
    }

    /// Returns the token's secret; empty if there is no token.
    #[must_use]
    pub fn token_secret(&self) -> &str {
        self.token_secret.map_or("", ExposeSecret::expose_secret)
    }

    /// Returns both secrets percent-encoded and joined by `&`: the key of the HMAC methods (RFC 5849
    /// section 3.4.2).
    #[must_use]
    pub fn encoded(&self) -> SecretString {
        // Room for the longest encoding, so that no copy is left behind by growing.
        let longest = 3 * (self.consumer_secret().len() + self.token_secret().len()) + 1;
        let mut key = Zeroizing::new(String::with_capacity(longest));
        append_secret(&mut key, self.consumer_secret());
        key.push('&');
        append_secret(&mut key, self.token_secret());
        SecretString::from(key.as_str())
    }
}

impl fmt::Debug for SigningKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(..)")
    }
}

/// Appends a secret percent-encoded, in a way that leaves no copies of it behind.
pub(super) fn append_secret(out: &mut String, secret: &str) {
    if ONCE.keeps_all(secret.as_bytes()) {
        out.push_str(secret);
    } else {
        out.extend(utf8_percent_encode(secret, RESERVED));
    }
}
