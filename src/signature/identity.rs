//! What all requests of one signer say of it.

use secrecy::{ExposeSecret, SecretString};

use super::{method::SignatureMethod, template::Values};

/// The value of `oauth_version`, when it is sent.
const VERSION: &str = "1.0";

pub(super) struct Identity {
    pub(super) method: SignatureMethod,
    pub(super) consumer_key: String,
    pub(super) token: Option<SecretString>,
    pub(super) version: bool,
}

impl Identity {
    /// The value of each of the template's parameters.
    pub(super) fn values<'a>(&'a self, nonce: &'a str, timestamp: &'a str) -> Values<'a> {
        [
            Some(&self.consumer_key),
            Some(nonce),
            Some(self.method.name()),
            Some(timestamp),
            self.token(),
            self.version.then_some(VERSION),
        ]
    }

    pub(super) fn token(&self) -> Option<&str> {
        self.token.as_ref().map(ExposeSecret::expose_secret)
    }
}
