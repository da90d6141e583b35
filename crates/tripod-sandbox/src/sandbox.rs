//! A running sandbox, from the outside.

use std::{fmt, io, net::SocketAddr, sync::Arc, thread, time::Duration};

use tokio::sync::oneshot;
use tripod::{
    AccessToken, Consumer, Endpoints, Provider,
    providers::fatsecret::{DATA, HANDSHAKE},
};

use crate::{
    answer::Shared,
    approval::{Approval, PageError},
    config::{Config, User},
    dialect::Preset,
    endpoint::Endpoint,
    fault::Fault,
    handshake,
    log::Seen,
    naive,
    oauth::Registered,
    random,
    received::{Address, find},
    server,
    state::State,
};

/// A running provider. Dropping it stops the provider and closes its connections.
///
/// The methods do what the provider's user or operator would do. They take effect at once, without
/// HTTP.
///
/// A request's body may have up to 32 MiB; see [`Builder::body_limit`](crate::Builder::body_limit).
///
/// # Security
///
/// The sandbox keeps secrets as plain text. Do not give it a secret that is used anywhere else.
pub struct Sandbox {
    pub(crate) shared: Arc<Shared>,
    pub(crate) provider: Provider,
    pub(crate) stop: Option<oneshot::Sender<()>>,
    pub(crate) thread: Option<thread::JoinHandle<()>>,
}

impl Sandbox {
    pub(crate) fn launch(
        config: Config,
        ready: impl FnOnce(io::Result<()>) + Send + 'static,
    ) -> io::Result<Self> {
        let address = SocketAddr::from(([127, 0, 0, 1], config.port));
        let listener = std::net::TcpListener::bind(address).map_err(|error| {
            io::Error::new(error.kind(), format!("cannot listen on {address}: {error}"))
        })?;
        listener.set_nonblocking(true)?;
        let shared = Arc::new(Shared::new(config, listener.local_addr()?)?);
        let provider = provider(&shared).map_err(io::Error::other)?;
        let (stop, stopped) = oneshot::channel();
        let thread = server::spawn(Arc::clone(&shared), listener, ready, stopped)?;
        Ok(Self { shared, provider, stop: Some(stop), thread: Some(thread) })
    }

    /// Returns the origin of all URLs of this sandbox, such as `http://127.0.0.1:54321`.
    #[must_use]
    pub fn origin(&self) -> String {
        self.shared.origin()
    }

    /// Returns the provider to create a client with.
    ///
    /// It is [`Provider::fatsecret`] moved to this origin. For a [`generic`](crate::Builder::generic)
    /// sandbox, and for a sandbox that imitates another provider, it is [`Provider::new`] with this
    /// origin, which puts the OAuth parameters into the header.
    ///
    /// If you set [`Builder::handshake_reads`](crate::Builder::handshake_reads), set the same ways
    /// on this provider.
    #[must_use]
    pub fn provider(&self) -> Provider {
        self.provider.clone()
    }

    /// Returns the URL of the request-token endpoint.
    ///
    /// The origin is this sandbox's; the path is that of its [`Persona`](crate::Persona), if it has one.
    #[must_use]
    pub fn request_token_url(&self) -> String {
        self.shared.url(Endpoint::RequestToken)
    }

    /// Returns the URL of the authorization page, without the request token.
    #[must_use]
    pub fn authorize_url(&self) -> String {
        self.shared.url(Endpoint::Authorize)
    }

    /// Returns the URL of the access-token endpoint.
    #[must_use]
    pub fn access_token_url(&self) -> String {
        self.shared.url(Endpoint::AccessToken)
    }

    /// Returns the origins of the provider that this sandbox imitates, such as `https://api.x.com`.
    ///
    /// The sandbox answers for all of them at its own [`origin`](Self::origin). The list is empty
    /// without a [`Persona`](crate::Persona) that has hosts.
    #[must_use]
    pub fn origins(&self) -> Vec<String> {
        let mut origins = Vec::new();
        for route in self.shared.config.dialect.routes {
            origins.extend(route.origin(&self.shared.config.names));
        }
        origins.sort();
        origins.dedup();
        origins
    }

    /// Returns the URL of FatSecret's `server.api`, which calls a method by its name: `method=echo`.
    #[must_use]
    pub fn resource_url(&self) -> String {
        self.data_url("server.api")
    }

    /// Returns the URL of a path on the data host, such as `echo/v1`.
    #[must_use]
    pub fn data_url(&self, path: &str) -> String {
        format!("{}/rest/{}", self.origin(), path.trim_start_matches('/'))
    }

    /// Returns the application's consumer key and secret at this provider.
    #[must_use]
    pub fn consumer(&self) -> Consumer {
        let (key, secret) = self.shared.config.consumer.clone();
        Consumer::new(key, secret)
    }

    /// Registers another application and returns its consumer key and secret.
    ///
    /// A token works only for the application that it was issued to.
    pub fn add_consumer(&self, application: impl Into<String>) -> Consumer {
        let (key, secret) = (random::hex(), random::hex());
        let registered = Registered::new(secret.clone(), application.into());
        self.shared.lock().oauth.consumers.insert(key.clone(), registered);
        Consumer::new(key, secret)
    }

    /// Returns the user who can log in on the authorization page.
    #[must_use]
    pub fn user(&self) -> &User {
        &self.shared.config.user
    }

    /// Allows the access for the user and returns what the user brings back.
    ///
    /// `authorization_url` is the URL that the client would open: this sandbox's [`authorize_url`]
    /// with `oauth_token`.
    ///
    /// # Errors
    ///
    /// [`PageError`] if the page would show the user an error instead of the question.
    ///
    /// [`authorize_url`]: Self::authorize_url
    pub fn approve(&self, authorization_url: &str) -> Result<Approval, PageError> {
        self.approve_as(authorization_url, self.user().name())
    }

    /// Allows the access for a user whom [`add_user`](Self::add_user) added.
    ///
    /// # Errors
    ///
    /// The errors of [`approve`](Self::approve), and [`PageError::UnknownUser`] if no user has that name.
    pub fn approve_as(&self, authorization_url: &str, user: &str) -> Result<Approval, PageError> {
        if user != self.user().name() && !self.shared.lock().oauth.passwords.contains_key(user) {
            return Err(PageError::UnknownUser);
        }
        self.answer(authorization_url, Some(user.to_owned()))
    }

    /// Denies the access for the user and returns what the user brings back: no verifier.
    ///
    /// # Errors
    ///
    /// The errors of [`approve`](Self::approve).
    pub fn deny(&self, authorization_url: &str) -> Result<Approval, PageError> {
        self.answer(authorization_url, None)
    }

    fn answer(&self, authorization_url: &str, yes: Option<String>) -> Result<Approval, PageError> {
        let (address, query) = authorization_url.split_once('?').unwrap_or((authorization_url, ""));
        let (_, rest) = address.split_once("://").ok_or(PageError::OtherAddress)?;
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let query = naive::parse_form(query).ok_or(PageError::NoToken)?;
        let address = Address {
            host,
            is_own: host == self.shared.address.to_string(),
            path,
            title: find(&query, "title"),
        };
        let config = &self.shared.config;
        let route = self.shared.route(&address);
        let is_page = route.is_some_and(|route| {
            route.endpoint == Endpoint::Authorize && (address.is_own || !route.is_anywhere())
        });
        if !is_page {
            return Err(PageError::OtherAddress);
        }
        let mut state = self.shared.lock();
        let now = self.shared.now(&state);
        let State { oauth, faults, .. } = &mut *state;
        let visit = handshake::visit(oauth, config, &query)?;
        handshake::answer(oauth, faults, config, visit, yes, now)
    }

    /// Activates the integration, as a merchant does, and returns the form that the shop then sends.
    ///
    /// It holds the consumer key and secret, the shop's base URL and the verifier, which counts for the
    /// next request token and for no other. Only [`Persona::Magento`](crate::Persona::Magento) has it; otherwise `None`.
    #[must_use]
    pub fn activate(&self) -> Option<String> {
        handshake::push(&mut self.shared.lock().oauth, &self.shared.config)
    }

    /// Grants an access token without a flow, for tests of what comes after the flow.
    ///
    /// The token is a new one each time. [`Builder::grant`](crate::Builder::grant) grants a token that you name.
    #[must_use]
    pub fn grant(&self) -> AccessToken {
        let config = &self.shared.config;
        let user = config.user.name.clone();
        let mut state = self.shared.lock();
        let now = self.shared.now(&state);
        let (token, secret) =
            handshake::grant(&mut state.oauth, config, &config.consumer.0, user, &[], now);
        let Ok(token) = AccessToken::new(token, secret) else {
            unreachable!("a token that was just drawn is not empty")
        };
        token
    }

    /// Revokes an access token, as a user does in the account's settings.
    ///
    /// Returns whether the token was valid until now.
    pub fn revoke(&self, access_token: &str) -> bool {
        self.shared.lock().oauth.access_tokens.remove(access_token)
    }

    /// Moves the sandbox's clock forward, in whole seconds.
    ///
    /// Tokens grow older by this. If the difference to the client's clock becomes larger than
    /// the timestamp window, the sandbox refuses the client's timestamps. To make tokens older
    /// without that, use [`age_request_tokens`].
    ///
    /// [`age_request_tokens`]: Self::age_request_tokens
    pub fn advance(&self, by: Duration) {
        let seconds = i64::try_from(by.as_secs()).unwrap_or(i64::MAX);
        self.shared.lock().oauth.shift_clock(seconds);
    }

    /// Makes the request tokens that exist now older, in whole seconds, without moving the clock.
    pub fn age_request_tokens(&self, by: Duration) {
        let seconds = i64::try_from(by.as_secs()).unwrap_or(i64::MAX);
        for token in self.shared.lock().oauth.request_tokens.values_mut() {
            token.issued_at = token.issued_at.saturating_sub(seconds);
        }
    }

    /// Returns the time of the sandbox's clock, in Unix seconds.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.shared.now(&self.shared.lock())
    }

    /// Makes the next suitable request fail in this way.
    ///
    /// Faults wait in a queue, which holds at most 1000. Each request takes the first fault that can
    /// happen to it. A fault of the callback waits until the user answers, and a fault that this kind
    /// of provider does not have waits for ever. See [`Fault`].
    pub fn inject(&self, fault: Fault) {
        self.shared.lock().faults.inject(None, fault);
    }

    /// Makes the next request to this endpoint fail in this way.
    pub fn inject_at(&self, endpoint: Endpoint, fault: Fault) {
        self.shared.lock().faults.inject(Some(endpoint), fault);
    }

    /// Returns how many injected faults have not happened yet.
    #[must_use]
    pub fn faults_waiting(&self) -> usize {
        self.shared.lock().faults.waiting()
    }

    /// Returns how many requests have arrived.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.shared.lock().log.requests
    }

    /// Returns how many connections have been opened.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.shared.lock().log.connections
    }

    /// Returns the latest requests, the oldest first, without secrets.
    ///
    /// The log keeps 1000 requests, or as many as [`Builder::capacity`](crate::Builder::capacity)
    /// says.
    #[must_use]
    pub fn log(&self) -> Vec<Seen> {
        self.shared.lock().log.all()
    }
}

pub(crate) fn provider(shared: &Shared) -> Result<Provider, tripod::Error> {
    let origin = shared.origin();
    match shared.config.dialect.preset {
        Preset::FatSecret => {
            Provider::fatsecret().moved_to(&[(HANDSHAKE, &origin), (DATA, &origin)])
        }
        Preset::Plain => Provider::new(Endpoints {
            request_token: &*shared.url(Endpoint::RequestToken),
            authorize: &*shared.url(Endpoint::Authorize),
            access_token: &*shared.url(Endpoint::AccessToken),
        }),
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It ends at once: nothing in it blocks. A panic there has been printed already.
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("origin", &self.origin()).finish_non_exhaustive()
    }
}
