//! A consumer at a provider: what every flow and session of it share.

// Uses `provider`, `protocol`, `signature`, `transport` and floor 0. Configuration is
// plain here; the states begin with [`Client::begin`].

use std::{fmt, sync::Arc, time::Duration};

use http::HeaderValue;

use crate::{
    clock::{
        Clock,
        timekeeper::{Moment, Timekeeper},
    },
    credentials::Consumer,
    error::Error,
    nonce::NonceSource,
    provider::{Provider, check_user_agent},
    retries::Retries,
    transport::{Limits, Transport},
};

/// Begins flows, and makes sessions from stored tokens, at one provider with your consumer key and
/// secret.
///
/// A client holds the provider, the consumer, the HTTP transport, the clock and the source of
/// nonces. It is cheap to clone. All clones share one sequence of timestamps, which never decrease.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use tripod::{Callback, Client, Consumer, Provider};
///
/// let client = Client::new(Provider::fatsecret(), Consumer::new("key", "secret"))?;
/// let flow = client.begin(Callback::out_of_band());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

#[derive(Clone)]
struct Inner {
    provider: Provider,
    consumer: Consumer,
    transport: Arc<dyn Transport>,
    time: Arc<Timekeeper>,
    limits: Limits,
    user_agent: Option<HeaderValue>,
    retries: Retries,
}

/// # Create and configure a client
impl Client {
    /// Creates a client for a provider with your consumer key and secret, using the built-in HTTP transport.
    ///
    /// The built-in transport is `ReqwestTransport` (feature `reqwest`), or else `UreqTransport` (feature
    /// `ureq`), which blocks the thread. Without both features there is none: set a transport with
    /// [`with_transport`](Self::with_transport), or send the request of [`build`](crate::Flow::build) yourself.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) if TLS cannot be set up.
    pub fn new(provider: Provider, consumer: Consumer) -> Result<Self, Error> {
        #[cfg(feature = "reqwest")]
        let transport = crate::transport::reqwest::ReqwestTransport::new()?;
        #[cfg(all(feature = "ureq", not(feature = "reqwest")))]
        let transport = crate::transport::ureq::UreqTransport::new();
        #[cfg(not(any(feature = "reqwest", feature = "ureq")))]
        let transport = crate::transport::NoTransport;
        Ok(Self::with_parts(provider, consumer, Arc::new(transport)))
    }

    /// Creates a client for a provider with your consumer key and secret, using your own HTTP
    /// transport.
    ///
    /// Unlike [`new`](Self::new), it does not create the built-in transport first, which would read
    /// the system's root certificates.
    pub fn from_transport(
        provider: Provider,
        consumer: Consumer,
        transport: impl Transport,
    ) -> Self {
        Self::with_parts(provider, consumer, Arc::new(transport))
    }

    fn with_parts(provider: Provider, consumer: Consumer, transport: Arc<dyn Transport>) -> Self {
        let time = Arc::new(Timekeeper::system());
        let (limits, retries) = (Limits::RESOURCE, Retries::none());
        let inner =
            Inner { provider, consumer, transport, time, limits, user_agent: None, retries };
        Self { inner: Arc::new(inner) }
    }

    fn with(self, change: impl FnOnce(&mut Inner)) -> Self {
        let mut inner = Arc::unwrap_or_clone(self.inner);
        change(&mut inner);
        Self { inner: Arc::new(inner) }
    }

    /// The same with another provider's description.
    pub(crate) fn map_provider(self, change: impl FnOnce(Provider) -> Provider) -> Self {
        self.with(|inner| inner.provider = change(inner.provider.clone()))
    }

    /// Sends requests through another transport.
    #[must_use]
    pub fn with_transport(self, transport: impl Transport) -> Self {
        self.with(|inner| inner.transport = Arc::new(transport))
    }

    /// Reads the time from another clock, for example in tests.
    #[must_use]
    pub fn with_clock(self, clock: impl Clock) -> Self {
        self.with(|inner| inner.time = Arc::new(inner.time.with_clock(Arc::new(clock))))
    }

    /// Takes nonces from another source, for example in tests.
    #[must_use]
    pub fn with_nonces(self, nonces: impl NonceSource) -> Self {
        self.with(|inner| inner.time = Arc::new(inner.time.with_nonces(Arc::new(nonces))))
    }

    /// Sets the timeout of a call, from its beginning to the last byte of the reply. The default is
    /// 30 seconds.
    #[must_use]
    pub fn with_timeout(self, time: Duration) -> Self {
        self.with(|inner| inner.limits.time = time)
    }

    /// Limits the size of a resource's reply, in bytes. The default is 16 MiB. The replies of the
    /// two token calls always have a limit of 64 KiB.
    #[must_use]
    pub fn with_reply_limit(self, bytes: usize) -> Self {
        self.with(|inner| inner.limits.reply_bytes = bytes)
    }

    /// Sets the `User-Agent` header of every request, with any transport.
    ///
    /// If a resource request sets this header itself, that value is used. Without this setting, requests have the
    /// user agent of the provider ([`Provider::with_user_agent`]), or else the transport's. Discogs refuses
    /// requests that do not name the application, and Wikimedia asks for a way to reach you.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) if it is empty or cannot stand in a header.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn main() -> Result<(), tripod::Error> {
    /// use tripod::{Client, Consumer, Provider};
    ///
    /// let client = Client::new(Provider::fatsecret(), Consumer::new("key", "secret"))?
    ///     .with_user_agent("Breadcrumbs/1.2 (+https://breadcrumbs.example/contact)")?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_user_agent(self, user_agent: &str) -> Result<Self, Error> {
        let value = check_user_agent(user_agent)?;
        Ok(self.with(|inner| inner.user_agent = Some(value)))
    }

    /// Retries failed calls by a policy, such as [`Retries::standard`]. By default there are no retries.
    ///
    /// The policy applies to the token calls of a flow, to the requests of a session, and to FatSecret's methods.
    /// A write is retried only if the provider cannot have carried it out. The exchange of a request token counts as a
    /// write; [`Retries`] lists what repeats it all the same.
    #[must_use]
    pub fn with_retries(self, retries: Retries) -> Self {
        self.with(|inner| inner.retries = retries)
    }

    /// Returns the provider.
    #[must_use]
    pub fn provider(&self) -> &Provider {
        &self.inner.provider
    }

    /// Returns the consumer.
    #[must_use]
    pub fn consumer(&self) -> &Consumer {
        &self.inner.consumer
    }

    pub(crate) fn user_agent(&self) -> Option<&HeaderValue> {
        self.inner.user_agent.as_ref().or(self.inner.provider.user_agent())
    }

    pub(crate) fn transport(&self) -> &dyn Transport {
        &*self.inner.transport
    }

    pub(crate) fn retries(&self) -> &Retries {
        &self.inner.retries
    }

    pub(crate) fn time(&self) -> &Arc<Timekeeper> {
        &self.inner.time
    }

    /// The timestamp and nonce of a request that the program sends itself.
    pub(crate) fn moment(&self) -> Result<Moment, Error> {
        self.inner.time.moment(self.inner.limits.time)
    }

    pub(crate) fn resource_limits(&self) -> Limits {
        self.inner.limits
    }

    pub(crate) fn token_limits(&self) -> Limits {
        Limits { time: self.inner.limits.time, ..Limits::TOKEN }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("provider", &format_args!("{}", self.inner.provider))
            .field("consumer", &self.inner.consumer)
            .field("time", &self.inner.time)
            .finish_non_exhaustive()
    }
}
