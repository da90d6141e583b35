// Keys, tokens and secrets.
//
// Secrets are `SecretString`s, zeroized on drop; the `Debug` of every type here leaves them out, and
// leaves tokens out too, since a token is half of a key.

use std::{
    collections::BTreeMap,
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use secrecy::{ExposeSecret, SecretString};

use crate::error::{Error, kind::ErrorKind};

/// The credentials of your application: consumer key and consumer secret.
///
/// RFC 5849 calls them client credentials. `Debug` shows the key, which is not secret, and never
/// the secret.
///
/// # Examples
///
/// ```
/// let consumer = tripod::Consumer::new("0685bd91", "not-a-real-secret");
/// assert_eq!(consumer.key(), "0685bd91");
/// assert!(!format!("{consumer:?}").contains("not-a-real-secret"));
/// ```
#[derive(Clone)]
pub struct Consumer {
    key: String,
    secret: SecretString,
}

impl Consumer {
    /// Creates the credentials from the consumer key and secret that the provider's developer
    /// console shows.
    pub fn new(key: impl Into<String>, secret: impl Into<SecretString>) -> Self {
        Self { key: key.into(), secret: secret.into() }
    }

    /// Returns the consumer key, which is sent with every request.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    pub(crate) fn secret(&self) -> &SecretString {
        &self.secret
    }
}

impl fmt::Debug for Consumer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Consumer").field("key", &self.key).finish_non_exhaustive()
    }
}

/// A token and its secret, as the signer needs them: of a request token or of an access token.
#[derive(Clone)]
pub(crate) struct TokenPair {
    pub(crate) token: SecretString,
    pub(crate) secret: SecretString,
}

impl fmt::Debug for TokenPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenPair(..)")
    }
}

/// The field of a token reply with which the token can be renewed (the OAuth session extension).
pub(crate) const SESSION_HANDLE: &str = "oauth_session_handle";

/// An access token and its secret, with which a program acts for one user (RFC 5849: token
/// credentials).
///
/// Whoever has both, and the consumer's secret, can act for the user. Store them encrypted. `Debug`
/// shows neither.
///
/// # Examples
///
/// [`Client::session`] makes a session from a stored token:
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use tripod::{AccessToken, Client, Consumer, Provider};
///
/// let client = Client::new(Provider::fatsecret(), Consumer::new("key", "secret"))?;
/// let session = client.session(AccessToken::new("stored-token", "stored-secret")?);
/// assert_eq!(session.access_token().token(), "stored-token");
/// # Ok(())
/// # }
/// ```
///
/// [`Client::session`]: crate::Client::session
#[derive(Clone)]
pub struct AccessToken {
    pair: TokenPair,
    extra: BTreeMap<String, SecretString>,
    /// When it was granted, and when it ends, in Unix seconds.
    granted_at: Option<u64>,
    ends_at: Option<u64>,
}

impl AccessToken {
    /// Creates an access token from a stored token and its secret.
    ///
    /// The secret may be empty, because some providers issue tokens without one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`] if the token is empty.
    pub fn new(
        token: impl Into<SecretString>,
        secret: impl Into<SecretString>,
    ) -> Result<Self, Error> {
        let pair = TokenPair { token: token.into(), secret: secret.into() };
        if pair.token.expose_secret().is_empty() {
            let reason = "the access token is empty; take it from where it was stored";
            return Err(Error::setup(ErrorKind::InvalidSetting { reason }));
        }
        Ok(Self::from_pair(pair))
    }

    pub(crate) fn pair(&self) -> &TokenPair {
        &self.pair
    }

    pub(crate) fn from_pair(pair: TokenPair) -> Self {
        Self { pair, extra: BTreeMap::new(), granted_at: None, ends_at: None }
    }

    /// The same with the moments of its grant and of its end, in Unix seconds.
    pub(crate) fn with_times(mut self, granted_at: Option<u64>, ends_at: Option<u64>) -> Self {
        self.granted_at = granted_at;
        self.ends_at = ends_at;
        self
    }

    pub(crate) fn times(&self) -> (Option<u64>, Option<u64>) {
        (self.granted_at, self.ends_at)
    }

    pub(crate) fn extras(&self) -> &BTreeMap<String, SecretString> {
        &self.extra
    }

    pub(crate) fn with_extras(mut self, extra: BTreeMap<String, SecretString>) -> Self {
        self.extra = extra;
        self
    }

    /// Adds another field of the token reply that you stored; [`extra`](Self::extra) returns it. A
    /// field with the same name is replaced.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn main() -> Result<(), tripod::Error> {
    /// use tripod::AccessToken;
    ///
    /// let token = AccessToken::new("stored-token", "stored-secret")?.with_extra("user_id", "7");
    /// assert_eq!(token.extra("user_id"), Some("7"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_extra(mut self, name: impl Into<String>, value: impl Into<SecretString>) -> Self {
        self.extra.insert(name.into(), value.into());
        self
    }

    /// Returns when the token was granted, or when its lifetime began again because a renewal extended the token.
    ///
    /// `None` if that is not known.
    #[must_use]
    pub fn granted_at(&self) -> Option<SystemTime> {
        self.granted_at.and_then(system_time)
    }

    /// Sets when a stored token was granted. The vault does this by itself.
    #[must_use]
    pub fn with_granted_at(mut self, moment: SystemTime) -> Self {
        self.granted_at = unix_seconds(moment);
        self
    }

    /// Returns when the token expires, as far as that was known when it was granted.
    ///
    /// `None` if the token does not expire, or if that is not known.
    /// [`Flow::expires_at`](crate::Flow::expires_at) also knows tokens that expire after a time without calls.
    #[must_use]
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.ends_at.and_then(system_time)
    }

    /// Sets when a stored token expires. The vault does this by itself.
    #[must_use]
    pub fn with_expires_at(mut self, moment: SystemTime) -> Self {
        self.ends_at = unix_seconds(moment);
        self
    }

    /// Returns the token, for example to store it. It is sent with every signed request, but do not
    /// show it to others.
    #[must_use]
    pub fn token(&self) -> &str {
        self.pair.token.expose_secret()
    }

    /// Returns the token's secret, for example to store it encrypted. It is never sent.
    #[must_use]
    pub fn secret(&self) -> &SecretString {
        &self.pair.secret
    }

    /// Returns another field of the access token reply, such as `user_id` or `screen_name`.
    ///
    /// Which fields there are depends on the provider; FatSecret has been seen to send `user_id`. A
    /// token that was created with [`new`](Self::new) has no such fields until
    /// [`with_extra`](Self::with_extra) adds them.
    #[must_use]
    pub fn extra(&self, name: &str) -> Option<&str> {
        self.extra.get(name).map(ExposeSecret::expose_secret)
    }

    /// Returns the names of the other fields of the access token reply, in alphabetical order.
    pub fn extra_names(&self) -> impl Iterator<Item = &str> {
        self.extra.keys().map(String::as_str)
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.extra.keys().filter(|name| is_plain(name)).take(16).collect();
        f.debug_struct("AccessToken").field("extra", &names).finish_non_exhaustive()
    }
}

pub(crate) fn system_time(unix_seconds: u64) -> Option<SystemTime> {
    UNIX_EPOCH.checked_add(Duration::from_secs(unix_seconds))
}

fn unix_seconds(moment: SystemTime) -> Option<u64> {
    moment.duration_since(UNIX_EPOCH).ok().map(|since| since.as_secs())
}

/// A name as providers give them. A reply that is out of step may have a token where a name should be.
fn is_plain(name: &str) -> bool {
    name.len() <= 32 && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_access_token_is_not_empty_and_its_secret_may_be() {
        let error = AccessToken::new("", "secret").unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidSetting { .. }), "{error}");
        assert_eq!(AccessToken::new("t", "").unwrap().token(), "t");
    }

    #[test]
    fn debug_shows_the_names_of_fields_and_no_token_in_their_place() {
        let names = ["user_id", "5f0c2a96d1e84b73a5c9e0178d3b6f42", "a b", ""];
        let token =
            names.into_iter().fold(AccessToken::new("token", "secret").unwrap(), |token, name| {
                token.with_extra(name, "value")
            });
        assert_eq!(format!("{token:?}"), r#"AccessToken { extra: ["", "user_id"], .. }"#);
    }
}
