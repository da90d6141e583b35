//! Logs a user in from a desktop or command line program: opens the browser, and receives the
//! callback on this machine.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use tripod::{Client, loopback::Loopback};
//! use tripod_sandbox::Sandbox;
//!
//! let sandbox = Sandbox::start().await?;
//! let client = Client::new(sandbox.provider(), sandbox.consumer())?;
//! # // The user and the browser are played here.
//! # let user = std::sync::Arc::new(sandbox);
//! # let get = |url: String| async move { tripod::transport::ReqwestTransport::builder()?.build()?.get(url).send().await?; Ok::<_, Box<dyn std::error::Error + Send + Sync>>(()) };
//!
//! let session = Loopback::bind()
//!     .await?
//!     .with_notice(|page, opened| {
//!         if !opened {
//!             println!("Open {page}");
//!         }
//!     })
//! #   .without_browser()
//! #   .with_notice(move |page, _| {
//! #       let back = user.approve(page).unwrap().callback_url().unwrap().to_owned();
//! #       tokio::spawn(get(back));
//! #   })
//!     .authorize(&client)
//!     .await?;
//! println!("granted: {}", session.client().provider());
//! # Ok(())
//! # }
//! ```
//!
//! [`authorize`](Loopback::authorize) does these steps, which you can also do one by one:
//! [`callback`](Loopback::callback), [`open`](Loopback::open), [`wait`](Loopback::wait),
//! [`close`](Loopback::close). See [the states](crate::guide::states#a-desktop-program).

// Layer 5: uses `flow` and everything below, and listens. The trap: whatever is on this machine can
// reach the port, and a page anywhere can send a browser to it. So the callback's path is random, the
// `Host` is checked, every connection is bounded, other users are refused, and only the flow decides what
// counts.

mod bind;
mod browser;
mod exchange;
mod pages;
mod peer;
mod registered;
mod serve;
mod server;
mod wait;

use std::{fmt, sync::Arc, time::Duration};

use tokio::{
    runtime::Handle,
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

use self::{
    browser::Opener,
    exchange::exchange,
    registered::Registered,
    serve::{Arrival, Desk, Shared},
};
pub use self::{pages::Pages, wait::Wait};
use crate::{
    client::Client,
    error::{
        Error,
        groups::{ListenerError, UnsupportedError},
        kind::ErrorKind,
    },
    event,
    flow::{PendingFlow, Session},
    protocol::callback::Callback,
    provider::ask::Ask,
};

/// How long the user has, where the program does not say.
const TIME_LIMIT: Duration = Duration::from_secs(5 * 60);

/// Callbacks that may wait for [`Loopback::wait`]; more are sent away.
const QUEUE: usize = 8;

type Notice = Arc<dyn Fn(&str, bool) + Send + Sync>;

/// A listener on this machine that receives the callback from the user's browser.
///
/// It listens on `127.0.0.1` and on `[::1]`, on one free port, from [`bind`](Self::bind) until it is dropped
/// or [closed](Self::close). It serves only one callback, whose path is random. All other requests (other
/// paths, methods or hosts, tokens of other flows, slow, huge or silent connections) get a short answer or
/// are cut off, and do not end the waiting.
///
/// # Security
///
/// The callback is answered with a redirect, so the page that the browser shows at the end has no verifier in
/// its URL. The URLs are never written to a log. Other programs of the same user can do everything that this
/// program can do, so they are not refused.
///
/// Other users of the same machine are refused on Linux, where `/proc/net/tcp` says which user a connection
/// belongs to. Besides the user's own programs, only those of the superuser are accepted, because
/// forwarders such as WSL's run as the superuser. A browser that runs as another user is refused too. The users cannot be distinguished on other
/// systems, if `/proc/net/tcp` cannot be read, and for connections that are forwarded from outside. There,
/// another user who reads the list of processes could open the browser's first URL before the browser does, and
/// approve with another account. The program would then have access to that account instead of the user's. The
/// user's browser would show "There is nothing here". If that matters to you, do not open a browser
/// ([`without_browser`](Self::without_browser)): show the user [`authorization_url`](crate::Flow::authorization_url).
///
/// # Source
///
/// RFC 8252 section 7.3 and 8.3, which say the same for OAuth 2.0.
///
/// # Examples
///
/// [The module](mod@crate::loopback) has a complete login.
#[must_use = "a listener that is dropped is closed"]
pub struct Loopback {
    shared: Arc<Shared>,
    arrivals: mpsc::Receiver<Arrival>,
    callback: Callback,
    time_limit: Duration,
    opener: Option<Opener>,
    notice: Option<Notice>,
    has_v6: bool,
    is_registered: bool,
    ask: Ask,
    server: Server,
}

/// The task that serves. Dropping `stop` tells it to end, which it does once its last page is out.
struct Server {
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Loopback {
    /// Creates a listener on `127.0.0.1` and `[::1]`, on one port that is free on both. Without
    /// IPv6, it listens on `127.0.0.1` only.
    ///
    /// It needs a Tokio runtime with I/O and time, which has to run as long as the listener exists.
    ///
    /// # Errors
    ///
    /// [`ListenerError::NoPort`] if no port can be opened; the source says why.
    /// [`UnsupportedError::NoRuntime`] outside a Tokio runtime.
    ///
    /// # Cancel safety
    ///
    /// Safe: nothing stays open.
    pub async fn bind() -> Result<Self, Error> {
        let runtime =
            Handle::try_current().map_err(|_| Error::setup(UnsupportedError::NoRuntime))?;
        let listeners = bind::listeners().await?;
        let shared = Arc::new(Shared::new(listeners.port));
        let callback = shared.callback_at("127.0.0.1")?;
        Ok(Self::serving(&runtime, listeners, shared, callback))
    }

    /// Creates a listener for a callback that you registered with the provider, such as
    /// `http://127.0.0.1:8765/callback`: on its port, and with its path.
    ///
    /// Port 0 means any free port, for a provider that accepts every port of a registered host and path. Everything
    /// is as strict as with [`bind`](Self::bind), except that others can guess the path.
    ///
    /// # Errors
    ///
    /// [`CallbackError::Unreadable`](crate::CallbackError::Unreadable) if it is not `http`, its host is not
    /// `127.0.0.1`, `localhost` or `[::1]`, it names no port, or it has a query, a fragment, or a path with
    /// characters that have to be encoded; [`ListenerError::PortsTaken`] if
    /// another program listens on the port;
    /// [`UnsupportedError::NoRuntime`] outside a Tokio runtime.
    ///
    /// # Cancel safety
    ///
    /// Safe: nothing stays open.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn run(client: tripod::Client) -> Result<(), tripod::Error> {
    /// use tripod::loopback::Loopback;
    ///
    /// let session = Loopback::at("http://127.0.0.1:8765/callback").await?.authorize(&client).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn at(callback: &str) -> Result<Self, Error> {
        Self::at_one_of(&[callback]).await
    }

    /// Creates a listener for the first of several registered callbacks whose port is free.
    ///
    /// # Errors
    ///
    /// The errors of [`at`](Self::at); `PortsTaken` if other programs listen on all of the ports.
    ///
    /// # Cancel safety
    ///
    /// Safe: nothing stays open.
    pub async fn at_one_of(callbacks: &[&str]) -> Result<Self, Error> {
        let runtime =
            Handle::try_current().map_err(|_| Error::setup(UnsupportedError::NoRuntime))?;
        let places: Vec<Registered<'_>> =
            callbacks.iter().map(|url| Registered::read(url)).collect::<Result<_, _>>()?;
        let ports: Vec<u16> = places.iter().map(|place| place.port).collect();
        let (at, listeners) = bind::first_of(&ports).await?;
        // There are as many places as ports.
        let Some(place) = places.get(at) else {
            return Err(Error::setup(ErrorKind::Listener(ListenerError::NoPort)));
        };
        let shared = Arc::new(Shared::at(listeners.port, place.served_path()));
        let authority = format!("{}:{}", place.host, listeners.port);
        let callback = Callback::url(&format!("http://{authority}{}", place.path))?;
        shared.serve(authority);
        let mut loopback = Self::serving(&runtime, listeners, shared, callback);
        loopback.is_registered = true;
        Ok(loopback)
    }

    fn serving(
        runtime: &Handle,
        listeners: bind::Listeners,
        shared: Arc<Shared>,
        callback: Callback,
    ) -> Self {
        let has_v6 = listeners.v6.is_some();
        event!(port = listeners.port, ipv6 = has_v6, "listening for the callback");
        let (sender, arrivals) = mpsc::channel(QUEUE);
        let (stop, stopped) = oneshot::channel();
        let desk = Desk { shared: Arc::clone(&shared), arrivals: sender };
        let task = runtime.spawn(server::run(listeners, desk, stopped));
        Self {
            shared,
            arrivals,
            callback,
            time_limit: TIME_LIMIT,
            opener: Some(Arc::new(browser::system)),
            notice: None,
            has_v6,
            is_registered: false,
            ask: Ask::default(),
            server: Server { stop: Some(stop), task },
        }
    }

    /// Sets the parameters, such as a scope, that [`authorize`](Self::authorize) gives to its flow;
    /// see [`Flow::with_ask`](crate::Flow::with_ask).
    pub fn with_ask(mut self, ask: Ask) -> Self {
        self.ask = ask;
        self
    }

    /// Sets the host in the callback: `127.0.0.1` (the default), `localhost` or `[::1]`.
    ///
    /// Some providers refuse a callback with an IP address, others a callback with a name. With
    /// `localhost`, the user's machine decides which of the two addresses is used; that is why the
    /// listener listens on both.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`] for another host, for `[::1]` without IPv6, and for a registered callback,
    /// which already has a host.
    pub fn with_host(mut self, host: &str) -> Result<Self, Error> {
        let invalid = |reason| Error::setup(ErrorKind::InvalidSetting { reason });
        if self.is_registered {
            return Err(invalid("a registered callback has its host already"));
        }
        match host {
            "127.0.0.1" | "localhost" => {}
            "[::1]" if self.has_v6 => {}
            "[::1]" => return Err(invalid("the host [::1] needs IPv6, which is not here")),
            _ => return Err(invalid("the host must be 127.0.0.1, localhost or [::1]")),
        }
        self.callback = self.shared.callback_at(host)?;
        Ok(self)
    }

    /// Sets the timeout of [`wait`](Self::wait). The default is 5 minutes.
    ///
    /// `wait` never waits longer than the lifetime of the request token, if that is known.
    pub fn with_timeout(mut self, limit: Duration) -> Self {
        self.time_limit = limit;
        self
    }

    /// Sets the texts of the pages that the user sees at the end.
    pub fn with_pages(self, pages: Pages) -> Self {
        self.shared.lock().pages = Arc::new(pages);
        self
    }

    /// Opens the browser with your own function.
    ///
    /// `open` gets a URL of this listener, which redirects to the provider's page, and returns whether
    /// a browser was opened. It runs on a thread of its own and may block.
    pub fn with_browser(mut self, open: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        self.opener = Some(Arc::new(open));
        self
    }

    /// Does not open a browser: your program shows the URL of the provider's page to the user.
    pub fn without_browser(mut self) -> Self {
        self.opener = None;
        self
    }

    /// Sets a function that [`authorize`](Self::authorize) calls with the URL of the provider's
    /// page, and with whether a browser was opened. If no browser was opened, show the URL to the
    /// user.
    pub fn with_notice(mut self, notice: impl Fn(&str, bool) + Send + Sync + 'static) -> Self {
        self.notice = Some(Arc::new(notice));
        self
    }

    /// Returns the callback of this listener, for [`Client::begin`], such as
    /// `http://127.0.0.1:49152/callback/5c2e…`.
    #[must_use]
    pub fn callback(&self) -> Callback {
        self.callback.clone()
    }

    /// Returns the port of the listener.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.shared.port
    }

    /// Opens the provider's page in the user's browser, and returns whether a browser was opened.
    ///
    /// `false` (no browser, a remote shell, a machine without a display) is not an error: show the user the
    /// [`authorization_url`](crate::Flow::authorization_url). `true` means that a browser was started, not that
    /// the user sees the page; a careful program shows the URL in any case.
    ///
    /// The browser opens a URL of this listener, which redirects to the provider's page. So the request
    /// token is neither in the list of processes nor in the log of the crate that starts the browser. The
    /// first browser that opens the URL is redirected; later visitors get the page "There is nothing here".
    /// Other users of this machine are refused if the system can distinguish them; see
    /// [`Loopback`](Self#security).
    ///
    /// # Cancel safety
    ///
    /// Safe; but the browser may open all the same.
    pub async fn open(&self, flow: &PendingFlow) -> bool {
        let Some(opener) = &self.opener else { return false };
        {
            let mut state = self.shared.lock();
            state.page = Some(flow.authorization_url());
            // A provider that remembers the user may answer before `wait` is called.
            state.begin(flow.oauth_token());
        }
        let url = self.shared.start_url();
        let is_open = browser::open(Arc::clone(opener), url).await;
        event!(is_open, "opening the browser");
        is_open
    }

    /// Waits for the callback, and gives it to the flow.
    ///
    /// If a callback belongs to another flow, the browser gets the page "wrong link", and the waiting continues. It also continues after a visit without
    /// any parameter of a provider's answer. After a timeout you can call this again, with the flow that the error returns.
    ///
    /// # Errors
    ///
    /// The future returns the flow with [`ErrorKind::Denied`] if the user denied access,
    /// [`ListenerError::Timeout`], [`ErrorKind::RequestTokenExpired`], or [`ListenerError::NoPort`]
    /// if the runtime of [`bind`](Self::bind) has ended, or [`ErrorKind::InvalidSetting`] for a
    /// provider whose callback names no request token (E*TRADE).
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Wait`].
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::time::Duration;
    /// use tripod::{Client, ErrorKind, loopback::Loopback};
    /// use tripod_sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::start().await?;
    /// let client = Client::new(sandbox.provider(), sandbox.consumer())?;
    /// let mut loopback = Loopback::bind().await?.with_timeout(Duration::from_millis(1));
    /// let issued = client.begin(loopback.callback()).request_token().await?;
    ///
    /// // Nobody comes. The flow is not lost, so the user can be asked whether they need more time.
    /// let failed = loopback.wait(issued).await.err().ok_or("nobody came")?;
    /// assert!(matches!(failed.error().kind(), ErrorKind::Listener(tripod::ListenerError::Timeout { .. })));
    /// let issued = failed.into_flow();
    /// # drop(issued);
    /// # Ok(())
    /// # }
    /// ```
    pub fn wait(&mut self, flow: PendingFlow) -> Wait<'_> {
        self.shared.lock().begin(flow.oauth_token());
        Wait::new(&self.shared, &mut self.arrivals, flow, self.time_limit)
    }

    /// Runs the whole login: asks for a request token, opens the browser, waits for the callback,
    /// exchanges the request token, and closes the listener.
    ///
    /// After a failure that may pass, such as one of the network, the exchange is tried up to three times, a second
    /// apart. It is not tried again if the provider asks for a pause, or if the client has
    /// [`Retries`](crate::Retries), which then decide. If no browser can be opened, the user learns the URL of the
    /// page only from the function of [`with_notice`](Self::with_notice).
    ///
    /// # Errors
    ///
    /// The errors of [`request_token`](crate::Flow::request_token), [`wait`](Self::wait) and
    /// [`exchange`](crate::Flow::exchange). The error does not return the flow; if you need it, call the steps
    /// yourself.
    ///
    /// # Cancel safety
    ///
    /// If you drop the future, the flow is lost and the listener closes.
    pub async fn authorize(mut self, client: &Client) -> Result<Session, Error> {
        let outcome = self.steps(client).await;
        self.close().await;
        outcome
    }

    async fn steps(&mut self, client: &Client) -> Result<Session, Error> {
        wait::check_provider(client)?;
        let begun = client.begin(self.callback()).with_ask(self.ask.clone());
        let issued = begun.request_token().await?;
        let opened = self.open(&issued).await;
        if let Some(notice) = &self.notice {
            notice(&issued.authorization_url(), opened);
        }
        Ok(exchange(self.wait(issued).await?).await?)
    }

    /// Closes the listener after the browser has received its last page.
    ///
    /// After a callback that takes a few milliseconds, and two seconds at most; otherwise it takes no
    /// time. If your program ends right after [`wait`](Self::wait), call this first. If it goes on,
    /// you need not: a listener that is dropped closes in the same way in the background.
    ///
    /// # Cancel safety
    ///
    /// Safe; the listener then closes in the background.
    pub async fn close(mut self) {
        drop(self.server.stop.take());
        // It fails only if the runtime is being shut down, and then the listener is closed as well.
        let _ = (&mut self.server.task).await;
    }
}

impl fmt::Debug for Loopback {
    // The path is for the provider and the user's browser alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loopback")
            .field("port", &self.shared.port)
            .field("has_v6", &self.has_v6)
            .field("time_limit", &self.time_limit)
            .finish_non_exhaustive()
    }
}

/// For fuzzing; no part of the API.
#[cfg(fuzzing)]
#[doc(hidden)]
pub use self::serve::serve_alone;
