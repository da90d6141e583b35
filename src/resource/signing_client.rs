//! A consumer at a provider that has no handshake.

use std::{fmt, time::Duration};

use super::signed::Signed;
use crate::{
    client::Client,
    clock::Clock,
    credentials::Consumer,
    error::Error,
    nonce::NonceSource,
    protocol::dialect::Dialect,
    provider::{Provider, signing::Signing},
    retries::Retries,
    transport::Transport,
};

/// A client for a provider without a login flow: you get the keys from a web page, and the client only
/// signs requests.
///
/// It has no `begin`. If the web page gives you a token too, use [`session`](Self::session).
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use tripod::{Consumer, Signing, SigningClient};
///
/// let signing = Signing::default().with_origin("https://api.thenounproject.com")?;
/// let client = SigningClient::new(signing, Consumer::new("key", "secret"))?;
/// let (request, _) = client.signed().get("https://api.thenounproject.com/v2/icon/1").build()?;
/// assert!(request.headers().contains_key("authorization"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct SigningClient(Client);

impl SigningClient {
    /// Creates a client that signs requests, with the built-in HTTP transport.
    ///
    /// # Errors
    ///
    /// The errors of [`Client::new`].
    pub fn new(signing: Signing, consumer: Consumer) -> Result<Self, Error> {
        Client::new(Provider::signing_only(signing), consumer).map(Self)
    }

    /// Creates a client that signs requests, with a transport of your own, as
    /// [`Client::from_transport`] does.
    pub fn from_transport(signing: Signing, consumer: Consumer, transport: impl Transport) -> Self {
        Self(Client::from_transport(Provider::signing_only(signing), consumer, transport))
    }

    /// Returns a [`Signed`], which signs requests without a token.
    #[must_use]
    pub fn signed(&self) -> Signed {
        self.0.signed()
    }

    pub(crate) fn client(&self) -> &Client {
        &self.0
    }

    /// Sets what the provider's error codes and words mean.
    #[must_use]
    pub fn with_dialect(self, dialect: Dialect) -> Self {
        Self(self.0.map_provider(|provider| provider.with_dialect(dialect)))
    }

    /// Sends requests through another transport; see [`Client::with_transport`].
    #[must_use]
    pub fn with_transport(self, transport: impl Transport) -> Self {
        Self(self.0.with_transport(transport))
    }

    /// Reads the time from another clock; see [`Client::with_clock`].
    #[must_use]
    pub fn with_clock(self, clock: impl Clock) -> Self {
        Self(self.0.with_clock(clock))
    }

    /// Takes nonces from another source; see [`Client::with_nonces`].
    #[must_use]
    pub fn with_nonces(self, nonces: impl NonceSource) -> Self {
        Self(self.0.with_nonces(nonces))
    }

    /// Sets the timeout of a call; see [`Client::with_timeout`].
    #[must_use]
    pub fn with_timeout(self, time: Duration) -> Self {
        Self(self.0.with_timeout(time))
    }

    /// Limits the size of a reply in bytes; see [`Client::with_reply_limit`].
    #[must_use]
    pub fn with_reply_limit(self, bytes: usize) -> Self {
        Self(self.0.with_reply_limit(bytes))
    }

    /// Retries calls that fail; see [`Client::with_retries`].
    #[must_use]
    pub fn with_retries(self, retries: Retries) -> Self {
        Self(self.0.with_retries(retries))
    }

    /// Sets the `User-Agent` that names your application; see [`Client::with_user_agent`].
    ///
    /// # Errors
    ///
    /// The errors of [`Client::with_user_agent`].
    pub fn with_user_agent(self, user_agent: &str) -> Result<Self, Error> {
        self.0.with_user_agent(user_agent).map(Self)
    }
}

impl fmt::Debug for SigningClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningClient")
            .field("consumer", self.0.consumer())
            .field("signing", self.0.provider().signing())
            .finish_non_exhaustive()
    }
}
