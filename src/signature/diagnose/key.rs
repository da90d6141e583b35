//! The keys that a signer with given mistakes would make, and the hashes under them.

// The trap: a candidate key is as good as the real one as long as only one of its halves is wrong. So keys and
// states are zeroized, and none of them is shown.

use std::fmt;

#[cfg(feature = "hmac-sha2")]
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret, SecretString};
#[cfg(feature = "hmac-sha2")]
use sha2::{Sha256, Sha512};
use zeroize::Zeroizing;

use super::{hypothesis::Style, mistake::Mistake, sent::Reading};
use crate::signature::{
    hmac_sha1::{HmacSha1, to_bytes},
    writer::{Out as _, Writer},
};

/// The secrets that should have signed a request, and other secrets that may have been used by mistake.
///
/// `Debug` shows none of them.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use tripod::signature::diagnose::{Diagnose, Mistake, Secrets, Sent, Verdict};
/// use tripod::{Client, Consumer, Provider, Transmission};
///
/// // The program was given the wrong one of the two secrets that the console shows.
/// let client = Client::new(Provider::fatsecret(), Consumer::new("key", "oauth2-secret"))?;
/// let url = "https://platform.fatsecret.com/rest/server.api";
/// let (request, _) = client.signed().get(url).transmission(Transmission::Header).build()?;
///
/// let sent = Sent { method: "GET", url, headers: request.headers(), body: b"" };
/// let secrets = Secrets::new("consumer-secret").with_oauth2("oauth2-secret");
/// let diagnosis = Diagnose::new(secrets).diagnose(&sent)?;
/// let Verdict::Explained(found) = diagnosis.verdict() else { panic!("{diagnosis}") };
/// assert_eq!(found.sets(), [[Mistake::OAuth2Secret]]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use]
pub struct Secrets {
    consumer: SecretString,
    token: Option<SecretString>,
    oauth2: Option<SecretString>,
    request_token: Option<SecretString>,
}

impl Secrets {
    /// Creates it with the consumer's secret.
    pub fn new(consumer: impl Into<SecretString>) -> Self {
        Self { consumer: consumer.into(), token: None, oauth2: None, request_token: None }
    }

    /// Adds the secret of the token that is in the request.
    pub fn with_token(mut self, secret: impl Into<SecretString>) -> Self {
        self.token = Some(secret.into());
        self
    }

    /// Adds the application's OAuth 2.0 secret, which many developer consoles show beside the
    /// consumer secret.
    pub fn with_oauth2(mut self, secret: impl Into<SecretString>) -> Self {
        self.oauth2 = Some(secret.into());
        self
    }

    /// Adds the request token's secret, for a request with the access token.
    pub fn with_request_token(mut self, secret: impl Into<SecretString>) -> Self {
        self.request_token = Some(secret.into());
        self
    }

    /// Whether the secret of the request's token is among them.
    pub(super) fn has_token(&self) -> bool {
        self.token.is_some()
    }

    /// All of them.
    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        let others = [&self.token, &self.oauth2, &self.request_token].into_iter().flatten();
        std::iter::once(&self.consumer).chain(others).map(ExposeSecret::expose_secret)
    }

    /// Whether the mistake can be made with these.
    pub(super) fn allows(&self, mistake: Mistake) -> bool {
        match mistake {
            Mistake::OAuth2Secret => self.oauth2.is_some(),
            Mistake::RequestTokenSecret => self.request_token.is_some(),
            Mistake::TokenSecretNotEncoded
            | Mistake::TokenSecretEncodedTwice
            | Mistake::TokenSecretWithBlank
            | Mistake::TokenSecretWithLineBreak
            | Mistake::TokenSecretWithCrLf
            | Mistake::TokenSecretMissing
            | Mistake::SecretsSwapped => self.token.is_some(),
            _ => true,
        }
    }

    pub(super) fn key(&self, reading: &Reading<'_>, made: &[Mistake]) -> Zeroizing<String> {
        let shown = |secret: &Option<SecretString>| {
            with_room(secret.as_ref().map_or("", |secret| secret.expose_secret()))
        };
        let (mut consumer, mut token) =
            (with_room(self.consumer.expose_secret()), shown(&self.token));
        // How often each is encoded.
        let (mut consumer_times, mut token_times) = (1, 1);
        for mistake in made {
            match mistake {
                Mistake::ConsumerSecretNotEncoded => consumer_times = 0,
                Mistake::ConsumerSecretEncodedTwice => consumer_times = 2,
                Mistake::ConsumerSecretWithBlank => consumer.push(' '),
                Mistake::ConsumerSecretWithLineBreak => consumer.push('\n'),
                Mistake::ConsumerSecretWithCrLf => consumer.push_str("\r\n"),
                Mistake::ConsumerKeyAsSecret => {
                    consumer = with_room(reading.get("oauth_consumer_key").unwrap_or_default());
                }
                Mistake::OAuth2Secret => consumer = shown(&self.oauth2),
                Mistake::TokenSecretNotEncoded => token_times = 0,
                Mistake::TokenSecretEncodedTwice => token_times = 2,
                Mistake::TokenSecretWithBlank => token.push(' '),
                Mistake::TokenSecretWithLineBreak => token.push('\n'),
                Mistake::TokenSecretWithCrLf => token.push_str("\r\n"),
                Mistake::TokenSecretMissing => token.clear(),
                Mistake::TokenAsSecret => {
                    token = with_room(reading.get("oauth_token").unwrap_or_default());
                }
                Mistake::RequestTokenSecret => token = shown(&self.request_token),
                _ => {}
            }
        }
        let (consumer, token) = (encoded(&consumer, consumer_times), encoded(&token, token_times));
        let (first, second) = if made.contains(&Mistake::SecretsSwapped) {
            (token, consumer)
        } else {
            (consumer, token)
        };
        let between = if made.contains(&Mistake::AmpersandMissing) { "" } else { "&" };
        let mut key = Zeroizing::new(String::with_capacity(first.len() + second.len() + 1));
        for part in [&*first, between, &*second] {
            key.push_str(part);
        }
        key
    }
}

/// A copy with room for what a mistake adds: a text that grows into a new buffer leaves the old one unwiped.
fn with_room(text: &str) -> Zeroizing<String> {
    let mut copy = Zeroizing::new(String::with_capacity(text.len() + 2));
    copy.push_str(text);
    copy
}

fn encoded(text: &str, times: usize) -> Zeroizing<String> {
    let mut text = Zeroizing::new(text.to_owned());
    for _ in 0..times {
        let mut more = Zeroizing::new(String::with_capacity(3 * text.len()));
        Style::RIGHT.encode_into(&text, &mut more);
        text = more;
    }
    text
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(..)")
    }
}

/// A hash that a signature can have been made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    Sha1,
    Sha256,
    Sha512,
}

impl Hash {
    /// Each is told by the length of its result in bytes.
    pub(super) fn of_length(length: usize) -> Option<Self> {
        match length {
            20 => Some(Self::Sha1),
            32 => Some(Self::Sha256),
            64 => Some(Self::Sha512),
            _ => None,
        }
    }

    pub(super) fn mistake(self) -> Mistake {
        match self {
            Self::Sha1 => Mistake::HashSha1,
            Self::Sha256 => Mistake::HashSha256,
            Self::Sha512 => Mistake::HashSha512,
        }
    }
}

/// The method that a request names, if it can be searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Hmac(Hash),
    Plaintext,
}

/// How a request names its method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    Well(Method),
    /// Written in another way, and how it should be.
    Misspelled(Option<Method>, &'static str),
    Rsa,
    Unknown,
    Missing,
}

impl Named {
    pub(super) fn read(name: &str) -> Self {
        let letters = name.chars().filter(char::is_ascii_alphanumeric);
        let letters = letters.collect::<String>().to_ascii_uppercase();
        let (method, right) = match letters.as_str() {
            "" => return Self::Missing,
            "HMACSHA1" | "SHA1" | "HMAC" => (Some(Method::Hmac(Hash::Sha1)), "HMAC-SHA1"),
            "HMACSHA256" | "SHA256" => (Some(Method::Hmac(Hash::Sha256)), "HMAC-SHA256"),
            "HMACSHA512" | "SHA512" => (Some(Method::Hmac(Hash::Sha512)), "HMAC-SHA512"),
            "PLAINTEXT" | "PLAIN" => (Some(Method::Plaintext), "PLAINTEXT"),
            "RSASHA1" => (None, "RSA-SHA1"),
            "RSASHA256" => (None, "RSA-SHA256"),
            "RSASHA512" => (None, "RSA-SHA512"),
            _ => return Self::Unknown,
        };
        match (name == right, method) {
            (false, method) => Self::Misspelled(method, right),
            (true, Some(method)) => Self::Well(method),
            (true, None) => Self::Rsa,
        }
    }

    /// What is searched. A method that is missing or unknown is taken for the HMAC whose signatures are as long.
    pub(super) fn method(self, length: Option<usize>) -> Option<Method> {
        match self {
            Self::Well(method) => Some(method),
            Self::Misspelled(method, _) => method,
            Self::Rsa => None,
            Self::Unknown | Self::Missing => length.and_then(Hash::of_length).map(Method::Hmac),
        }
    }
}

/// A key made ready for one hash.
pub(super) enum Keyed {
    Sha1(Box<HmacSha1>),
    #[cfg(feature = "hmac-sha2")]
    Sha256(Box<Hmac<Sha256>>),
    #[cfg(feature = "hmac-sha2")]
    Sha512(Box<Hmac<Sha512>>),
}

impl Keyed {
    /// Whether this build has the hash.
    pub(super) fn has(hash: Hash) -> bool {
        hash == Hash::Sha1 || cfg!(feature = "hmac-sha2")
    }

    /// None for a hash that this build has not.
    pub(super) fn new(hash: Hash, key: &str) -> Option<Self> {
        match hash {
            Hash::Sha1 => Some(Self::Sha1(Box::new(HmacSha1::new(key.as_bytes())))),
            #[cfg(feature = "hmac-sha2")]
            Hash::Sha256 => {
                Hmac::new_from_slice(key.as_bytes()).ok().map(|mac| Self::Sha256(Box::new(mac)))
            }
            #[cfg(feature = "hmac-sha2")]
            Hash::Sha512 => {
                Hmac::new_from_slice(key.as_bytes()).ok().map(|mac| Self::Sha512(Box::new(mac)))
            }
            #[cfg(not(feature = "hmac-sha2"))]
            Hash::Sha256 | Hash::Sha512 => None,
        }
    }

    pub(super) fn is(&self, text: &str, mac: &[u8]) -> bool {
        match self {
            Self::Sha1(key) => {
                let mut writer = Writer::new(key.begin());
                writer.raw(text);
                to_bytes(writer.finish())[..] == *mac
            }
            #[cfg(feature = "hmac-sha2")]
            Self::Sha256(key) => {
                (**key).clone().chain_update(text).finalize().into_bytes()[..] == *mac
            }
            #[cfg(feature = "hmac-sha2")]
            Self::Sha512(key) => {
                (**key).clone().chain_update(text).finalize().into_bytes()[..] == *mac
            }
        }
    }
}
