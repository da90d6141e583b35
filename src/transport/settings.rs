//! What a program can set of the transport that comes with the crate.

use std::{fmt, time::Duration};

use reqwest::{ClientBuilder, Proxy};

use super::reqwest::ReqwestTransport;
use crate::error::{BoxError, Error, kind::ErrorKind};

/// Settings of a [`ReqwestTransport`]: user agent, proxy, root certificates, and the time to connect.
///
/// For everything else that reqwest can do, see [`ReqwestTransport::builder`].
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use std::time::Duration;
/// use tripod::{Client, Consumer, Provider, transport::ReqwestSettings};
///
/// let transport = ReqwestSettings::new()
///     .with_user_agent("diary-reader/1.2 (+https://diary.example)")
///     .with_proxy("http://proxy.example:3128")
///     .with_connect_timeout(Duration::from_secs(3))
///     .build()?;
/// let client = Client::from_transport(Provider::fatsecret(), Consumer::new("key", "secret"), transport);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
#[must_use = "`build` makes the transport"]
pub struct ReqwestSettings {
    user_agent: Option<String>,
    proxy: Option<String>,
    roots: Vec<u8>,
    connect_timeout: Option<Duration>,
}

impl ReqwestSettings {
    /// Creates the default settings: the user agent `tripod/` with its version, no proxy, the system's root
    /// certificates, and 10 seconds to connect.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the `User-Agent` header of requests that have none, so that a provider's support can find your
    /// program.
    pub fn with_user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// Sends all requests, except those to `localhost`, through this proxy, such as
    /// `http://proxy.example:3128`.
    ///
    /// If the proxy needs a user name and a password, put `user:password@` in front of the host. The proxy of
    /// the environment (`HTTPS_PROXY`) is never used.
    pub fn with_proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Some(url.into());
        self
    }

    /// Trusts the root certificates in this PEM text, in addition to those of the system, for example a company's own
    /// authority.
    pub fn with_root_certificates(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.roots.extend_from_slice(pem.as_ref());
        self.roots.push(b'\n');
        self
    }

    /// Limits the time to connect, TLS included. The default is 10 seconds.
    /// [`Client::with_timeout`](crate::Client::with_timeout) limits the whole call.
    pub fn with_connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = Some(limit);
        self
    }

    /// Creates the transport.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`] if the user agent is not allowed in a header, if the proxy's URL cannot be read,
    /// if there is no certificate in the PEM text, or if TLS cannot be set up.
    pub fn build(self) -> Result<ReqwestTransport, Error> {
        let mut builder =
            if self.roots.is_empty() { ReqwestTransport::builder()? } else { self.with_roots()? };
        if let Some(user_agent) = &self.user_agent {
            let value = http::HeaderValue::from_str(user_agent)
                .map_err(|error| invalid("the user agent cannot stand in a header", error))?;
            builder = builder.user_agent(value);
        }
        if let Some(url) = &self.proxy {
            // The source of this error would hold the URL, and so the password.
            let proxy = Proxy::all(url)
                .map_err(|_| invalid("the proxy's URL cannot be read", "it is not a URL"))?;
            let here = reqwest::NoProxy::from_string("localhost,127.0.0.0/8,::1");
            builder = builder.proxy(proxy.no_proxy(here));
        }
        if let Some(limit) = self.connect_timeout {
            builder = builder.connect_timeout(limit);
        }
        ReqwestTransport::from_builder(builder)
    }

    #[cfg(feature = "rustls-ring")]
    fn with_roots(&self) -> Result<ClientBuilder, Error> {
        use rustls::pki_types::{CertificateDer, pem::PemObject as _};

        let roots: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&self.roots).collect();
        let roots = roots.map_err(|_| invalid(UNREADABLE, "it is not PEM"))?;
        // The verifier would leave out what it cannot read.
        for root in &roots {
            let added = rustls::RootCertStore::empty().add(root.clone());
            added.map_err(|error| invalid(UNREADABLE, error))?;
        }
        if roots.is_empty() {
            return Err(invalid(UNREADABLE, "there is no certificate in it"));
        }
        Ok(ReqwestTransport::builder_with(super::tls::config_with(roots)?))
    }

    #[cfg(not(feature = "rustls-ring"))]
    #[cfg_attr(
        not(any(feature = "rustls-aws-lc", feature = "native-tls")),
        expect(clippy::unused_self, reason = "with TLS it reads the roots")
    )]
    fn with_roots(&self) -> Result<ClientBuilder, Error> {
        #[cfg(any(feature = "rustls-aws-lc", feature = "native-tls"))]
        {
            let roots = reqwest::Certificate::from_pem_bundle(&self.roots)
                .map_err(|error| invalid(UNREADABLE, error.without_url()))?;
            if roots.is_empty() {
                return Err(invalid(UNREADABLE, "there is no certificate in it"));
            }
            Ok(ReqwestTransport::builder()?.tls_certs_merge(roots))
        }
        #[cfg(not(any(feature = "rustls-aws-lc", feature = "native-tls")))]
        Err(invalid("root certificates need a TLS feature", "enable `rustls-ring`, for example"))
    }
}

#[cfg(any(feature = "rustls-ring", feature = "rustls-aws-lc", feature = "native-tls"))]
const UNREADABLE: &str = "the root certificates cannot be read; give PEM text";

fn invalid(reason: &'static str, source: impl Into<BoxError>) -> Error {
    Error::setup(ErrorKind::InvalidSetting { reason }).with_source(source)
}

impl fmt::Debug for ReqwestSettings {
    /// Leaves the proxy's password out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReqwestSettings")
            .field("user_agent", &self.user_agent)
            .field("has_proxy", &self.proxy.is_some())
            .field("has_roots", &!self.roots.is_empty())
            .field("connect_timeout", &self.connect_timeout)
            .finish()
    }
}
