//! A signature method with its key made ready, and what it makes of a base string.

// The trap: a kept key state is as secret as the key itself.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
#[cfg(feature = "hmac-sha2")]
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
#[cfg(feature = "hmac-sha2")]
use sha2::{Sha256, Sha512};

use crate::error::{Error, groups::SigningError, kind::ErrorKind};

use super::{
    base_string::BaseString,
    base64::{Sha1Room, append_base64, spell_sha1_base64},
    cursor::Mark,
    hmac_sha1::{HmacSha1, to_bytes},
    method::{Sign, SignatureMethod, SigningKey, append_secret},
};
#[cfg(feature = "hmac-sha2")]
use super::{
    hmac_sha1::key_block,
    writer::{BLOCKS, Sink},
};

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

    /// Spells it as it is sent, as far as that can be done without an allocation.
    #[inline]
    pub(super) fn spell<'s>(&'s self, room: &'s mut Sha1Room, end: &'static Mark) -> Spelled<'s> {
        match self {
            Self::Sha1(words) => Spelled::Ready(spell_sha1_base64(room, *words, end)),
            Self::Bytes(bytes) => Spelled::Bytes(bytes, end),
            Self::Key(key) => Spelled::Key(key, end),
        }
    }
}

/// A signature as it is sent: percent-encoded, with what comes after it.
pub(super) enum Spelled<'s> {
    Ready(&'s str),
    /// To be spelled when it is written.
    Bytes(&'s [u8], &'static Mark),
    Key(&'s SecretString, &'static Mark),
}

impl Spelled<'_> {
    /// It is not longer than this, and just as long if it is ready.
    pub(super) fn longest(&self) -> usize {
        match self {
            Self::Ready(text) => text.len(),
            Self::Bytes(bytes, end) => bytes.len() * 4 + 12 + end.text.len(),
            Self::Key(key, end) => key.expose_secret().len() * 3 + end.text.len(),
        }
    }

    #[inline]
    pub(super) fn append_to(&self, out: &mut String) {
        let end = match self {
            Self::Ready(text) => return out.push_str(text),
            Self::Bytes(bytes, end) => {
                append_base64(out, bytes);
                end
            }
            Self::Key(key, end) => {
                append_secret(out, key.expose_secret());
                end
            }
        };
        out.push_str(end.text);
    }
}
