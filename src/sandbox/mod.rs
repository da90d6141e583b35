//! An OAuth 1.0a provider inside your test: strict as a real one, and broken on demand.
//!
//! [`Sandbox::start`] opens a provider on a free port of 127.0.0.1 and closes it on drop. It has
//! FatSecret's paths, errors and habits; [`Builder::generic`] makes it a provider that follows
//! RFC 5849 alone. Its signature check shares no code with this crate's signer, so agreement means
//! something.
//!
//! A test gives the client the sandbox's endpoints and consumer, plays the user with
//! [`approve`](Sandbox::approve) or [`deny`](Sandbox::deny), makes things go wrong with
//! [`inject`](Sandbox::inject), lets time pass with [`advance`](Sandbox::advance), and reads in the
//! [`log`](Sandbox::log) what arrived. A person can open the authorization page in a browser.
//!
//! The sandbox runs on a thread of its own and speaks plain HTTP, so it is for this machine only.
//!
//! # Examples
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use tripod::sandbox::Sandbox;
//!
//! // In an async test: `Sandbox::start().await?`.
//! let sandbox = Sandbox::builder().start_blocking()?;
//! assert!(sandbox.request_token_url().starts_with("http://127.0.0.1:"));
//! assert!(sandbox.approve(&sandbox.authorize_url()).is_err(), "no request token yet");
//! assert_eq!(sandbox.requests(), 0);
//! # Ok(())
//! # }
//! ```

mod builder;
mod check;
mod data;
mod fault;
mod handshake;
mod naive;
mod page;
mod problem;
mod received;
mod server;
mod state;
mod wire;

use std::{error::Error, fmt, io, net::SocketAddr, sync::Arc, thread, time::Duration};

use http::Method;
use tokio::sync::oneshot;

use self::server::Shared;
pub use self::{
    builder::{Builder, User},
    fault::{Denial, Fault},
};
use crate::{AccessToken, Consumer};

/// A running provider; it stops when this is dropped.
///
/// All methods act at once and without HTTP, as the provider's user or operator would.
pub struct Sandbox {
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Sandbox {
    /// Starts a sandbox with FatSecret's habits and random credentials.
    ///
    /// # Errors
    ///
    /// If no port, no thread or no runtime can be had.
    pub async fn start() -> io::Result<Self> {
        Builder::new().start().await
    }

    /// Begins to set up a sandbox.
    pub fn builder() -> Builder {
        Builder::new()
    }

    fn launch(config: builder::Config) -> io::Result<(Self, oneshot::Receiver<io::Result<()>>)> {
        let listener = std::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        listener.set_nonblocking(true)?;
        let shared = Arc::new(Shared::new(config, listener.local_addr()?));
        let (ready, is_ready) = oneshot::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = server::spawn(Arc::clone(&shared), listener, ready, stopped)?;
        let sandbox = Self {
            shared,
            stop: Some(stop),
            thread: Some(thread),
        };
        Ok((sandbox, is_ready))
    }

    /// The scheme, host and port that all URLs here begin with, such as `http://127.0.0.1:54321`.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}", self.shared.address)
    }

    /// Where request tokens are issued.
    #[must_use]
    pub fn request_token_url(&self) -> String {
        self.origin() + Endpoint::RequestToken.path()
    }

    /// Where the user is sent, without the request token.
    #[must_use]
    pub fn authorize_url(&self) -> String {
        self.origin() + Endpoint::Authorize.path()
    }

    /// Where access tokens are issued.
    #[must_use]
    pub fn access_token_url(&self) -> String {
        self.origin() + Endpoint::AccessToken.path()
    }

    /// FatSecret's `server.api`, where each method is reached by its name: `method=echo`.
    #[must_use]
    pub fn resource_url(&self) -> String {
        self.data_url("server.api")
    }

    /// A path of the data host, such as `echo/v1`.
    #[must_use]
    pub fn data_url(&self, path: &str) -> String {
        format!("{}/rest/{}", self.origin(), path.trim_start_matches('/'))
    }

    /// The application's key and secret at this provider.
    #[must_use]
    pub fn consumer(&self) -> Consumer {
        let (key, secret) = self.shared.config.consumer.clone();
        Consumer::new(key, secret)
    }

    /// Registers another application and gives its key and secret.
    ///
    /// Tokens are bound to the application that they were issued to.
    pub fn add_consumer(&self, application: impl Into<String>) -> Consumer {
        let (key, secret) = (builder::random_hex(), builder::random_hex());
        let registered = state::Registered {
            secret: secret.clone(),
            name: application.into(),
            last_timestamp: 0,
        };
        self.shared.lock().consumers.insert(key.clone(), registered);
        Consumer::new(key, secret)
    }

    /// The user who can log in on the authorization page.
    #[must_use]
    pub fn user(&self) -> &User {
        &self.shared.config.user
    }

    /// Says yes for the user and gives what they bring back.
    ///
    /// `authorization_url` is the URL that the client would open: [`authorize_url`] with
    /// `oauth_token`. It must be this sandbox's.
    ///
    /// # Errors
    ///
    /// What the user would read on the page instead of the question.
    ///
    /// [`authorize_url`]: Self::authorize_url
    pub fn approve(&self, authorization_url: &str) -> Result<Approval, PageError> {
        self.answer(authorization_url, true)
    }

    /// Says no for the user and gives what they bring back, which has no verifier.
    ///
    /// # Errors
    ///
    /// As [`approve`](Self::approve).
    pub fn deny(&self, authorization_url: &str) -> Result<Approval, PageError> {
        self.answer(authorization_url, false)
    }

    fn answer(&self, authorization_url: &str, yes: bool) -> Result<Approval, PageError> {
        let query = authorization_url
            .strip_prefix(&self.authorize_url())
            .ok_or(PageError::OtherAddress)?;
        let pairs = match query.strip_prefix('?') {
            Some(query) => naive::parse_form(query).ok_or(PageError::NoToken)?,
            None if query.is_empty() => Vec::new(),
            None => return Err(PageError::OtherAddress),
        };
        let token = received::find(&pairs, "oauth_token").ok_or(PageError::NoToken)?;
        let mut state = self.shared.lock();
        let now = self.shared.now(&state);
        handshake::answer(&mut state, &self.shared.config, token, yes, now)
    }

    /// Grants an access token without a flow, for tests of what comes after it.
    #[must_use]
    pub fn grant(&self) -> AccessToken {
        let config = &self.shared.config;
        let user = config.user.name.clone();
        let mut state = self.shared.lock();
        let (token, secret) = handshake::grant(&mut state, config, &config.consumer.0, user);
        AccessToken::new(token, secret)
    }

    /// Withdraws an access token, as a user does in their account's settings.
    ///
    /// Gives whether it was good until now.
    pub fn revoke(&self, access_token: &str) -> bool {
        self.shared.lock().access_tokens.remove(access_token)
    }

    /// Moves the sandbox's clock forward, in whole seconds.
    ///
    /// Request tokens age by it. Timestamps of a client whose clock stays behind are refused once
    /// the difference exceeds the window; [`age_request_tokens`] ages tokens alone.
    ///
    /// [`age_request_tokens`]: Self::age_request_tokens
    pub fn advance(&self, by: Duration) {
        let seconds = i64::try_from(by.as_secs()).unwrap_or(i64::MAX);
        self.shared.lock().shift_clock(seconds);
    }

    /// Makes all request tokens issued so far older, in whole seconds, without moving the clock.
    pub fn age_request_tokens(&self, by: Duration) {
        let seconds = i64::try_from(by.as_secs()).unwrap_or(i64::MAX);
        for token in self.shared.lock().request_tokens.values_mut() {
            token.issued_at = token.issued_at.saturating_sub(seconds);
        }
    }

    /// The sandbox's clock, in Unix seconds.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.shared.now(&self.shared.lock())
    }

    /// Makes the next request that it can befall go wrong.
    ///
    /// Faults wait in a queue of at most 1000; each request takes the first that concerns it.
    /// Those of a callback wait for the user's answer. See [`Fault`].
    pub fn inject(&self, fault: Fault) {
        self.shared.lock().inject(None, fault);
    }

    /// Makes the next request at that endpoint go wrong.
    pub fn inject_at(&self, endpoint: Endpoint, fault: Fault) {
        self.shared.lock().inject(Some(endpoint), fault);
    }

    /// How many injected faults have not happened yet.
    #[must_use]
    pub fn faults_waiting(&self) -> usize {
        self.shared.lock().faults_waiting()
    }

    /// How many requests arrived.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.shared.lock().requests
    }

    /// How many connections were opened.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.shared.lock().connections
    }

    /// What arrived, oldest first: the latest 1000 requests, without secrets.
    #[must_use]
    pub fn log(&self) -> Vec<Seen> {
        self.shared.lock().log.iter().cloned().collect()
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
        f.debug_struct("Sandbox")
            .field("origin", &self.origin())
            .finish_non_exhaustive()
    }
}

/// A place of the provider's that clients or users come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Endpoint {
    /// `/oauth/request_token`.
    RequestToken,
    /// `/oauth/authorize`, the page for the user.
    Authorize,
    /// `/oauth/access_token`.
    AccessToken,
    /// `/rest/…`, the data host.
    Data,
}

impl Endpoint {
    fn path(self) -> &'static str {
        match self {
            Self::RequestToken => "/oauth/request_token",
            Self::Authorize => "/oauth/authorize",
            Self::AccessToken => "/oauth/access_token",
            Self::Data => "/rest/",
        }
    }

    fn at(path: &str) -> Option<Self> {
        [Self::RequestToken, Self::Authorize, Self::AccessToken]
            .into_iter()
            .find(|endpoint| endpoint.path() == path)
            .or_else(|| path.starts_with(Self::Data.path()).then_some(Self::Data))
    }
}

/// Where a request carries its OAuth parameters (RFC 5849 section 3.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Placement {
    /// In the `Authorization` header.
    Header,
    /// In the form-encoded body.
    Form,
    /// In the URL's query.
    Query,
}

/// What the user brings back to the application.
///
/// `Debug` shows no values: the verifier is good for an access token.
#[derive(Clone, PartialEq, Eq)]
pub struct Approval {
    callback_url: Option<String>,
    verifier: Option<String>,
}

impl Approval {
    /// The URL that the browser is sent to; none if the request token was asked for out of band.
    #[must_use]
    pub fn callback_url(&self) -> Option<&str> {
        self.callback_url.as_deref()
    }

    /// The verifier, which out of band is the code that the page shows; none if the user said no.
    #[must_use]
    pub fn verifier(&self) -> Option<&str> {
        self.verifier.as_deref()
    }
}

impl fmt::Debug for Approval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Approval")
            .field("has_callback", &self.callback_url.is_some())
            .field("has_verifier", &self.verifier.is_some())
            .finish()
    }
}

/// Why the authorization page has no question to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PageError {
    /// The URL is not this sandbox's authorization page.
    OtherAddress,
    /// The URL names no request token.
    NoToken,
    /// The request token was never issued here, or is forgotten.
    UnknownToken,
    /// The request token is older than its lifetime.
    ExpiredToken,
    /// The user answered already, or the request token has been exchanged.
    UsedToken,
}

impl fmt::Display for PageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OtherAddress => "the URL is not the sandbox's authorization page",
            Self::NoToken => "the authorization URL names no request token",
            Self::UnknownToken => "the request token is not known to the sandbox",
            Self::ExpiredToken => "the request token has expired",
            Self::UsedToken => "the request token was answered or used already",
        })
    }
}

impl Error for PageError {}

/// A request as it arrived, without secrets, tokens or parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Seen {
    /// The number of the connection, from 1.
    pub connection: u64,
    /// The HTTP method.
    pub verb: Method,
    /// The path, without the query; at most 200 characters of it.
    pub path: String,
    /// The endpoint it was for, if it was for one.
    pub endpoint: Option<Endpoint>,
    /// Where the OAuth parameters were; none if there were none.
    pub placement: Option<Placement>,
    /// `oauth_timestamp`, if it was a number.
    pub timestamp: Option<u64>,
    /// `oauth_nonce`.
    pub nonce: Option<String>,
    /// Whether there was an `oauth_token`.
    pub with_token: bool,
    /// The fault that befell it.
    pub fault: Option<Fault>,
}
