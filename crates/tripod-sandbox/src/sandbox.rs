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
    received::find,
    server,
    state::State,
};

/// A running provider. Dropping it stops the provider and closes its connections.
///
/// The methods do what the provider's user or operator would do. They take effect at once, without
/// HTTP.
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
        let shared = Arc::new(Shared::new(config, listener.local_addr()?));
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
    /// sandbox it is [`Provider::new`], which puts the OAuth parameters into the header.
    ///
    /// If you set [`Builder::handshake_reads`](crate::Builder::handshake_reads), set the same ways
    /// on this provider.
    #[must_use]
    pub fn provider(&self) -> Provider {
        self.provider.clone()
    }

    /// Returns the URL of the request-token endpoint.
    #[must_use]
    pub fn request_token_url(&self) -> String {
        self.origin() + Endpoint::RequestToken.path()
    }

    /// Returns the URL of the authorization page, without the request token.
    #[must_use]
    pub fn authorize_url(&self) -> String {
        self.origin() + Endpoint::Authorize.path()
    }

    /// Returns the URL of the access-token endpoint.
    #[must_use]
    pub fn access_token_url(&self) -> String {
        self.origin() + Endpoint::AccessToken.path()
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
    /// Those of [`approve`](Self::approve), and [`PageError::UnknownUser`] if no user has that name.
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
    /// Those of [`approve`](Self::approve).
    pub fn deny(&self, authorization_url: &str) -> Result<Approval, PageError> {
        self.answer(authorization_url, None)
    }

    fn answer(&self, authorization_url: &str, yes: Option<String>) -> Result<Approval, PageError> {
        let query =
            authorization_url.strip_prefix(&self.authorize_url()).ok_or(PageError::OtherAddress)?;
        let pairs = match query.strip_prefix('?') {
            Some(query) => naive::parse_form(query).ok_or(PageError::NoToken)?,
            None if query.is_empty() => Vec::new(),
            None => return Err(PageError::OtherAddress),
        };
        let token = find(&pairs, "oauth_token").ok_or(PageError::NoToken)?;
        let mut state = self.shared.lock();
        let now = self.shared.now(&state);
        let State { oauth, faults, .. } = &mut *state;
        handshake::answer(oauth, faults, &self.shared.config, token, yes, now)
    }

    /// Grants an access token without a flow, for tests of what comes after the flow.
    ///
    /// The token is a new one each time. [`Builder::grant`](crate::Builder::grant) grants a token that you name.
    #[must_use]
    pub fn grant(&self) -> AccessToken {
        let config = &self.shared.config;
        let user = config.user.name.clone();
        let mut state = self.shared.lock();
        let (token, secret) = handshake::grant(&mut state.oauth, config, &config.consumer.0, user);
        let Ok(token) = AccessToken::new(token, secret) else {
            unreachable!("a token that was just drawn is not empty")
        };
        token
    }

    /// Revokes an access token, as a user does in the account's settings.
    ///
    /// Returns whether the token was valid until now.
    #[expect(clippy::must_use_candidate, reason = "the revocation matters, not the answer")]
    pub fn revoke(&self, access_token: &str) -> bool {
        self.shared.lock().oauth.access_tokens.remove(access_token)
    }

    /// Moves the sandbox's clock forward, in whole seconds.
    ///
    /// Request tokens grow older by this. If the difference to the client's clock becomes larger than
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
    /// happen to it. A fault of the callback waits until the user answers. See [`Fault`].
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
        Preset::Plain => {
            let at = |endpoint: Endpoint| origin.clone() + endpoint.path();
            Provider::new(Endpoints {
                request_token: &at(Endpoint::RequestToken),
                authorize: &at(Endpoint::Authorize),
                access_token: &at(Endpoint::AccessToken),
            })
        }
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
