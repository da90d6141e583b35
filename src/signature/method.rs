//! Signature methods, RFC 5849 section 3.4: the choice of one, and one with its key made ready.

// The key of every method is the two secrets, each percent-encoded, joined by `&`; the `&` is
// there even when there is no token. The trap: a kept key state is as secret as the key itself.

use std::{
    fmt,
    hash::{Hash, Hasher},
    mem,
    sync::Arc,
};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
#[cfg(feature = "hmac-sha2")]
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::utf8_percent_encode;
use secrecy::{ExposeSecret, SecretString};
#[cfg(feature = "hmac-sha2")]
use sha2::{Sha256, Sha512};
use zeroize::Zeroizing;

use crate::error::{BoxError, Error, groups::SigningError, kind::ErrorKind};

use super::{
    base_string::BaseString,
    base64::{append_base64, append_sha1_base64},
    cursor::Mark,
    encode::{ONCE, RESERVED},
    hmac_sha1::{HmacSha1, to_bytes},
};
#[cfg(feature = "hmac-sha2")]
use super::{
    hmac_sha1::key_block,
    writer::{BLOCKS, Sink},
};

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
    /// Any error of your signer. It becomes the source of [`SigningError::SignerFailed`].
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
    consumer_secret: &'a SecretString,
    token_secret: Option<&'a SecretString>,
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
fn append_secret(out: &mut String, secret: &str) {
    if ONCE.keeps_all(secret.as_bytes()) {
        out.push_str(secret);
    } else {
        out.extend(utf8_percent_encode(secret, RESERVED));
    }
}

/// A method with its key made ready, which is done once per signer.
pub(super) enum Keyed {
    HmacSha1(HmacSha1),
    #[cfg(feature = "hmac-sha2")]
    HmacSha256(Hmac<Sha256>),
    #[cfg(feature = "hmac-sha2")]
    HmacSha512(Box<Hmac<Sha512>>),
    Plaintext(SecretString),
    Custom {
        signer: Arc<dyn Sign>,
        consumer_secret: SecretString,
        token_secret: Option<SecretString>,
    },
}

impl Keyed {
    /// Gives the lengths of the two secrets once encoded, too.
    pub(super) fn new(
        method: &SignatureMethod,
        consumer_secret: &SecretString,
        token_secret: Option<&SecretString>,
    ) -> (Self, (usize, usize)) {
        let key = SigningKey { consumer_secret, token_secret };
        let encoded = key.encoded();
        let text = encoded.expose_secret();
        let shape = text.split_once('&').map_or((0, 0), |(one, other)| (one.len(), other.len()));
        let bytes = text.as_bytes();
        let keyed = match method {
            SignatureMethod::HmacSha1 => Self::HmacSha1(HmacSha1::new(bytes)),
            #[cfg(feature = "hmac-sha2")]
            SignatureMethod::HmacSha256 => {
                Self::HmacSha256(Hmac::new((&*key_block::<Sha256, 64>(bytes)).into()))
            }
            #[cfg(feature = "hmac-sha2")]
            SignatureMethod::HmacSha512 => {
                Self::HmacSha512(Box::new(Hmac::new((&*key_block::<Sha512, 128>(bytes)).into())))
            }
            SignatureMethod::Plaintext => Self::Plaintext(encoded),
            SignatureMethod::Custom(signer) => Self::Custom {
                signer: Arc::clone(signer),
                consumer_secret: consumer_secret.clone(),
                token_secret: token_secret.cloned(),
            },
        };
        (keyed, shape)
    }

    /// Signs a base string, which is not made at all for PLAINTEXT.
    pub(super) fn sign<K: AsRef<str>, V: AsRef<str>>(
        &self,
        text: &BaseString<'_, K, V>,
    ) -> Result<Signature<'_>, Error> {
        Ok(match self {
            Self::HmacSha1(key) => Signature::Sha1(text.write(key.begin())),
            #[cfg(feature = "hmac-sha2")]
            Self::HmacSha256(key) => Signature::Bytes(text.write(Hashing(key.clone()))),
            #[cfg(feature = "hmac-sha2")]
            Self::HmacSha512(key) => Signature::Bytes(text.write(Hashing((**key).clone()))),
            Self::Plaintext(key) => Signature::Key(key),
            Self::Custom { signer, consumer_secret, token_secret } => {
                let base_string = text.to_text();
                let key = SigningKey { consumer_secret, token_secret: token_secret.as_ref() };
                let bytes = signer.sign(&base_string, &key).map_err(|error| {
                    Error::setup(ErrorKind::Signing(SigningError::SignerFailed)).with_source(error)
                })?;
                Signature::Bytes(bytes)
            }
        })
    }

    pub(super) fn is_plaintext(&self) -> bool {
        matches!(self, Self::Plaintext(_))
    }
}

/// The kept state of the `hmac` crate; a clone of it takes one text and is zeroized on drop.
#[cfg(feature = "hmac-sha2")]
struct Hashing<M>(M);

#[cfg(feature = "hmac-sha2")]
impl<M: Mac + Clone> Sink for Hashing<M> {
    type Output = Vec<u8>;

    fn take(&mut self, blocks: &[[u8; 64]]) {
        self.0.update(blocks.as_flattened());
    }

    fn take_last(&mut self, blocks: &mut [[u8; 64]; BLOCKS], len: usize) -> Vec<u8> {
        self.0.update(blocks.as_flattened().get(..len).unwrap_or_default());
        self.0.clone().finalize().into_bytes().to_vec()
    }
}

/// A signature that is made, not yet spelled out.
pub(super) enum Signature<'k> {
    /// The words of the hash; moved like this they cost nothing.
    Sha1([u32; 5]),
    /// Of the other methods.
    Bytes(Vec<u8>),
    /// PLAINTEXT, where the key is the signature.
    Key(&'k SecretString),
}

impl Signature<'_> {
    /// The value of `oauth_signature`, before it is encoded for its place.
    pub(super) fn to_text(&self) -> String {
        match self {
            Self::Sha1(words) => BASE64.encode(to_bytes(*words)),
            Self::Bytes(bytes) => BASE64.encode(bytes),
            Self::Key(key) => key.expose_secret().to_owned(),
        }
    }

    /// No encoding of it is longer than this.
    pub(super) fn longest(&self) -> usize {
        match self {
            Self::Sha1(_) => 28 * 3,
            Self::Bytes(bytes) => bytes.len() * 4 + 12,
            Self::Key(key) => key.expose_secret().len() * 3,
        }
    }

    /// Appends it, percent-encoded, and what comes after it.
    #[inline]
    pub(super) fn append_to(&self, out: &mut String, end: &Mark) {
        match self {
            Self::Sha1(words) => return append_sha1_base64(out, *words, end),
            Self::Bytes(bytes) => append_base64(out, bytes),
            Self::Key(key) => append_secret(out, key.expose_secret()),
        }
        out.push_str(end.text);
    }
}
