//! How a sandbox is set up and started.

use std::{io, sync::mpsc, time::Duration};

use http::Method;
use tokio::sync::oneshot;

use crate::{
    config::{Config, User},
    dialect,
    endpoint::Placement,
    fault::Denial,
    log::Seen,
    persona::Persona,
    rsa::PublicKey,
    sandbox::Sandbox,
};

/// Configures a [`Sandbox`] before it starts. [`Sandbox::builder`] creates it.
///
/// By default the sandbox behaves like FatSecret, as far as FatSecret's behaviour is known.
///
/// # Examples
///
/// ```
/// # fn main() -> std::io::Result<()> {
/// let sandbox = tripod_sandbox::Sandbox::builder()
///     .application("Lunch diary")
///     .consumer("my-key", "my-secret")
///     .clock_offset(-3600)
///     .start_blocking()?;
/// assert_eq!(sandbox.consumer().key(), "my-key");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "a builder does nothing until `start` is called"]
pub struct Builder {
    pub(crate) config: Config,
}

impl Sandbox {
    /// Starts a sandbox that behaves like FatSecret, with random credentials.
    ///
    /// # Errors
    ///
    /// An error of the operating system: no port, no thread or no runtime was available.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future stops the sandbox.
    pub async fn start() -> io::Result<Self> {
        Builder::new().start().await
    }

    /// Creates a builder, which configures a sandbox before it starts.
    pub fn builder() -> Builder {
        Builder::new()
    }
}

impl Builder {
    fn new() -> Self {
        Self { config: Config::default() }
    }

    /// Makes the sandbox follow only RFC 5849, instead of behaving like FatSecret.
    ///
    /// The differences:
    ///
    /// - The header, the form and the query are read everywhere.
    /// - HMAC-SHA256, HMAC-SHA512 and PLAINTEXT are accepted too. PLAINTEXT works without TLS,
    ///   because the sandbox has none.
    /// - `oauth_version` may be missing.
    /// - An empty `oauth_token` counts as none, and the request-token call may have a token.
    ///   (FatSecret's sandbox refuses both.)
    /// - Timestamps may go back within the window.
    /// - A refusal has status 400 or 401, `WWW-Authenticate` and an `oauth_problem` body.
    /// - Token secrets contain reserved characters.
    ///
    /// In both kinds of sandbox, additional `oauth_` parameters are accepted at any endpoint, such as
    /// a repeated `oauth_callback` or `oauth_verifier`, or one that OAuth does not define. They must
    /// be signed and are otherwise ignored. Only an `oauth_body_hash` must fit the body.
    pub fn generic(mut self) -> Self {
        self.config.speak(&dialect::RFC_5849);
        self
    }

    /// Makes the sandbox behave like another real provider.
    ///
    /// This sets the lifetime of request tokens, the timestamp window, the form of a denial and the
    /// handshake's methods: call it before you set one of them. FatSecret's methods do not exist
    /// then; each resource answers with the request that it received and the user's name.
    ///
    /// [`Sandbox::transport`] delivers a client's requests with the provider's real URLs.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use tripod_sandbox::{Persona, Sandbox};
    ///
    /// # fn main() -> std::io::Result<()> {
    /// let sandbox = Sandbox::builder()
    ///     .like(Persona::NetSuite)
    ///     .site("7654321")
    ///     .registered_callback("https://app.example/back")
    ///     .start_blocking()?;
    /// assert!(sandbox.origins().contains(&"https://7654321.restlets.api.netsuite.com".to_owned()));
    /// # Ok(())
    /// # }
    /// ```
    pub fn like(mut self, persona: Persona) -> Self {
        self.config.speak(persona.dialect());
        self
    }

    /// Sets the site, for a [`Persona`] that exists once per site: a base URL such as
    /// `https://shop.example/eu`, or NetSuite's account.
    ///
    /// [`start`](Self::start) fails with [`io::ErrorKind::InvalidInput`] if it is something else.
    pub fn site(mut self, site: impl Into<String>) -> Self {
        self.config.site = Some(site.into());
        self
    }

    /// Registers a callback URL for the application, as on a provider's web page.
    ///
    /// What that means is up to the [`Persona`]: X accepts only this one, MediaWiki only one that begins
    /// with it, and E\*TRADE sends the user there although the application asks for `oob`. With none
    /// registered, a persona accepts any callback, as if it were the registered one.
    ///
    /// [`start`](Self::start) fails with [`io::ErrorKind::InvalidInput`] if it is no absolute URL without a fragment,
    /// or has other characters than ASCII.
    pub fn registered_callback(mut self, url: impl Into<String>) -> Self {
        self.config.registered_callback = Some(url.into());
        self
    }

    /// Registers the application's RSA public key, for personas that check RSA-SHA1 or RSA-SHA256.
    ///
    /// `pem` is what `openssl pkey -pubout` writes, and begins with `-----BEGIN PUBLIC KEY-----`.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidInput`] if it is no RSA public key of 512 to 8192 bits.
    pub fn rsa_public_key(mut self, pem: &str) -> io::Result<Self> {
        let key = PublicKey::from_pem(pem).ok_or_else(|| {
            let wanted = "this is not the PEM text of an RSA public key (BEGIN PUBLIC KEY)";
            io::Error::new(io::ErrorKind::InvalidInput, wanted)
        })?;
        self.config.public_key = Some(key);
        Ok(self)
    }

    /// Sets which HTTP methods the request-token and access-token endpoints accept, and where they
    /// read the OAuth parameters for each method.
    ///
    /// Other HTTP methods are refused. The default is FatSecret's: `GET` with the query, and `POST`
    /// with the form. Call this after [`generic`](Self::generic), which sets it too.
    pub fn handshake_reads(mut self, ways: &[(Method, Placement)]) -> Self {
        self.config.handshake = Some(ways.to_vec());
        self
    }

    /// Sets whether `oauth_callback=oob` is accepted. The default is yes.
    pub fn out_of_band(mut self, allowed: bool) -> Self {
        self.config.out_of_band = allowed;
        self
    }

    /// Sets the consumer key and secret. By default both are random.
    pub fn consumer(mut self, key: impl Into<String>, secret: impl Into<String>) -> Self {
        self.config.consumer = (key.into(), secret.into());
        self
    }

    /// Sets the application's name, which the authorization page shows.
    pub fn application(mut self, name: impl Into<String>) -> Self {
        self.config.application = name.into();
        self
    }

    /// Sets the user's name and password. The defaults are `ada` and `lovelace`.
    pub fn user(mut self, name: impl Into<String>, password: impl Into<String>) -> Self {
        self.config.user = User { name: name.into(), password: password.into() };
        self
    }

    /// Sets the first request token that is issued, and its secret. Later ones are random.
    pub fn request_token(mut self, token: impl Into<String>, secret: impl Into<String>) -> Self {
        self.config.request_token = Some((token.into(), secret.into()));
        self
    }

    /// Sets the first access token that is issued, and its secret. Later ones are random.
    pub fn access_token(mut self, token: impl Into<String>, secret: impl Into<String>) -> Self {
        self.config.access_token = Some((token.into(), secret.into()));
        self
    }

    /// Sets the verifier of the first approval. Later ones are random.
    pub fn verifier(mut self, verifier: impl Into<String>) -> Self {
        self.config.verifier = Some(verifier.into());
        self
    }

    /// Makes the sandbox's clock wrong by this many seconds. A negative number makes it slow. The
    /// default is 0.
    pub fn clock_offset(mut self, seconds: i64) -> Self {
        self.config.clock_offset = seconds;
        self
    }

    /// Stops the clock at this Unix time, in seconds. [`Sandbox::advance`] still moves it.
    pub fn fixed_time(mut self, unix_seconds: i64) -> Self {
        self.config.fixed_time = Some(unix_seconds);
        self
    }

    /// Sets how long a request token lives, in whole seconds. The default is 15 minutes.
    pub fn request_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.config.request_token_lifetime = lifetime;
        self
    }

    /// Sets how far a timestamp may be before or after the clock. The default is 5 minutes.
    pub fn timestamp_window(mut self, window: Duration) -> Self {
        self.config.timestamp_window = window;
        self
    }

    /// Sets what the callback looks like when the user denies the access. The default is
    /// [`Denial::DeniedToken`].
    pub fn denial(mut self, denial: Denial) -> Self {
        self.config.denial = denial;
        self
    }

    /// Sets whether JSON answers have FatSecret's irregular shapes. The default is yes.
    ///
    /// If they have:
    ///
    /// - Numbers are JSON strings.
    /// - A list with one element is written as that element: always in version 1 of a method,
    ///   sometimes in later versions.
    /// - An empty list is missing, `null`, `""` or `{}` in turn.
    /// - The order of fields changes, and there are fields that nobody has documented.
    /// - A call that creates something answers with the new id or with the whole object.
    ///
    /// The sequence is the same in each run. If they have not, numbers are JSON numbers, and lists
    /// are always arrays.
    pub fn odd_shapes(mut self, odd: bool) -> Self {
        self.config.odd_shapes = odd;
        self
    }

    /// Sets whether the code of an error is a string in JSON, as FatSecret's documentation has it.
    /// The default is a number, as it has been seen in real answers.
    pub fn error_code_as_text(mut self, text: bool) -> Self {
        self.config.error_code_as_text = text;
        self
    }

    /// Sets whether the application may call FatSecret's premium methods. The default is yes.
    ///
    /// If it may not, these methods and versions answer with error 10, like unknown ones, and calls
    /// that ask for pictures or attributes of foods get none.
    pub fn premium(mut self, allowed: bool) -> Self {
        self.config.premium = allowed;
        self
    }

    /// Sets whether FatSecret's methods read their parameters from a form body. The default is no.
    ///
    /// FatSecret documents nothing about forms, and reports differ: some programs send forms, and one
    /// program got "Invalid signature" for them. The sandbox follows the strictest report and answers
    /// with code 8, so that a program which works here also works if that report is right. The
    /// handshake, the method `echo`, and a [`generic`](Self::generic) sandbox always read forms.
    pub fn forms(mut self, allowed: bool) -> Self {
        self.config.forms = allowed;
        self
    }

    /// Sets how many request tokens, access tokens and logged requests the sandbox keeps, of each
    /// kind. It drops the oldest first. The default is 1000; 0 counts as 1. Tests under load need more.
    pub fn capacity(mut self, entries: usize) -> Self {
        self.config.capacity = entries.max(1);
        self
    }

    /// Sets the largest body of a request, in bytes. The default is 32 MiB.
    ///
    /// The sandbox answers a request with a larger body with status 413, at every endpoint. The reply's text and the
    /// [`log`](Sandbox::log) say why. If the body is more than 64 MiB above the limit, the connection may break before the
    /// reply arrives. The sandbox holds a body in memory while it answers the request.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use tripod::{Client, Provider};
    /// use tripod_sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::builder().body_limit(1000).start().await?;
    /// let client = Client::from_transport(Provider::fatsecret(), sandbox.consumer(), sandbox.transport());
    /// let session = client.session(sandbox.grant());
    /// let upload = session.post("https://platform.fatsecret.com/rest/echo/v1");
    /// let reply = upload.body("image/jpeg", vec![0; 1001]).send().await?;
    /// assert_eq!(reply.status(), 413);
    /// # Ok(())
    /// # }
    /// ```
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.config.body_limit = bytes;
        self
    }

    /// Listens on this port of 127.0.0.1. The default is 0, which takes any free port.
    ///
    /// With a fixed port, [`consumer`](Self::consumer) and [`grant`](Self::grant), a program that
    /// has stored its session finds the same provider after a restart.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use tripod::{AccessToken, Client};
    /// use tripod_sandbox::Sandbox;
    ///
    /// let port = 0; // a port of your choice
    /// let sandbox = Sandbox::builder()
    ///     .port(port)
    ///     .consumer("my-key", "my-secret")
    ///     .grant("my-token", "my-token-secret")
    ///     .start()
    ///     .await?;
    ///
    /// let stored = AccessToken::new("my-token", "my-token-secret")?;
    /// let session = Client::new(sandbox.provider(), sandbox.consumer())?.session(stored);
    /// let echo = session.get(sandbox.data_url("echo/v1")).send().await?;
    /// assert_eq!(echo.status(), 200);
    /// # Ok(())
    /// # }
    /// ```
    pub fn port(mut self, port: u16) -> Self {
        self.config.port = port;
        self
    }

    /// Grants an access token with this secret from the start, for the application and the user of
    /// this builder.
    ///
    /// Each call adds one token. [`access_token`](Self::access_token) instead sets the token that
    /// the next exchange, or the next [`Sandbox::grant`], returns.
    pub fn grant(mut self, token: impl Into<String>, secret: impl Into<String>) -> Self {
        self.config.grants.push((token.into(), secret.into()));
        self
    }

    /// Calls a function after each request, for example to log it.
    ///
    /// The function gets what [`Sandbox::log`] would show. It runs on the sandbox's thread before
    /// the reply is sent, so it must not wait for that reply.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn main() -> std::io::Result<()> {
    /// let sandbox = tripod_sandbox::Sandbox::builder()
    ///     .on_request(|seen| {
    ///         if let Some(why) = &seen.refusal {
    ///             eprintln!("{} {} was refused: {why}", seen.verb, seen.path);
    ///         }
    ///     })
    ///     .start_blocking()?;
    /// # drop(sandbox);
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_request(mut self, call: impl Fn(&Seen) + Send + Sync + 'static) -> Self {
        self.config.on_request = Some(Box::new(call));
        self
    }

    /// Sets whether [`Seen::base_string`] holds the base string of a request whose signature was
    /// wrong. The default is no. Of a longer one, the first 64 KiB are kept.
    ///
    /// # Security
    ///
    /// A base string holds every parameter of the request, the token and the verifier included.
    pub fn keep_base_strings(mut self, keep: bool) -> Self {
        self.config.keep_base_strings = keep;
        self
    }

    /// Starts the sandbox on 127.0.0.1, on a free port unless [`port`](Self::port) named one.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::AddrInUse`] if another program listens on that port, [`io::ErrorKind::InvalidInput`]
    /// if the site or the registered callback cannot be one. Otherwise an error of the operating
    /// system: no port, no thread or no runtime was available.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future stops the sandbox.
    pub async fn start(self) -> io::Result<Sandbox> {
        let (ready, is_ready) = oneshot::channel();
        let sandbox = Sandbox::launch(self.config, |outcome| drop(ready.send(outcome)))?;
        is_ready.await.unwrap_or_else(|_| Err(ended()))?;
        Ok(sandbox)
    }

    /// Starts the sandbox from a program or a test that is not async.
    ///
    /// # Errors
    ///
    /// The errors of [`start`](Self::start).
    pub fn start_blocking(self) -> io::Result<Sandbox> {
        let (ready, is_ready) = mpsc::channel();
        let sandbox = Sandbox::launch(self.config, move |outcome| drop(ready.send(outcome)))?;
        is_ready.recv().unwrap_or_else(|_| Err(ended()))?;
        Ok(sandbox)
    }
}

fn ended() -> io::Error {
    io::Error::other("the sandbox's thread ended")
}
