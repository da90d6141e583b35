//! The browser's return caught on this machine, for desktop and command line programs.
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
//! [`authorize`](Loopback::authorize) is these steps, which a program can take one by one:
//! [`callback`](Loopback::callback), [`open`](Loopback::open), [`wait`](Loopback::wait),
//! [`close`](Loopback::close). See [the states](crate::guide::states#a-desktop-program).

// Layer 5: uses `flow` and everything below, and listens. The trap: whatever is on this machine can
// reach the port, and a page anywhere can send a browser to it. So the callback's path is random, the
// `Host` is checked, every connection is bounded, other users are refused, and only the flow decides what
// counts.

mod bind;
mod browser;
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
    time::sleep,
};

use self::{
    browser::Opener,
    registered::Registered,
    serve::{Arrival, Desk, Shared},
};
pub use self::{pages::Pages, wait::Wait};
use crate::{
    client::Client,
    error::{Error, groups::ListenerError, kind::ErrorKind},
    event,
    flow::{Flow, PendingFlow, Session, state::Authorized},
    protocol::callback::Callback,
    provider::ask::Ask,
};

/// How long the user has, where the program does not say.
const TIME_LIMIT: Duration = Duration::from_secs(5 * 60);

/// How often [`Loopback::authorize`] tries the exchange, and the pause between two tries.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_secs(1);

/// Callbacks that may wait for [`Loopback::wait`]; more are sent away.
const QUEUE: usize = 8;

type Notice = Arc<dyn Fn(&str, bool) + Send + Sync>;

/// A listener on this machine that takes the user's browser back.
///
/// It listens on `127.0.0.1` and on `[::1]`, on one free port, from [`bind`](Self::bind) until it is dropped
/// or [closed](Self::close), and serves nothing but one callback whose path is random. Whatever else
/// comes, other paths, other methods, other hosts, other flows' tokens, slow, huge or silent connections,
/// is answered in a few words or cut off, and does not end the waiting.
///
/// # Security
///
/// The browser is shown a page without the verifier in its address: the callback is answered with a
/// redirect. The addresses are never written to a log. Other programs of the same user can do all that
/// this one can, so they are not kept out.
///
/// Other users of the same machine are kept out on Linux, which says whose a connection is
/// (`/proc/net/tcp`); only the superuser's programs are let in as well, since a forwarder such as WSL's is one.
/// A browser that runs as another user is refused too. On other systems, where `/proc/net/tcp` cannot be
/// read, and for connections that are forwarded from outside, the users cannot be told apart. There, another
/// user who reads the list of processes may open the browser's first address before the browser does,
/// approve with her own account, and so give the program access to her data in place of the user's. The
/// user's browser then shows "There is nothing here". If that matters to you, do not open a browser
/// ([`without_browser`](Self::without_browser)): show the user [`authorization_url`](Flow::authorization_url).
///
/// # Source
///
/// RFC 8252 section 7.3 and 8.3, which say the same for OAuth 2.0.
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
    /// Listens on `127.0.0.1` and `[::1]`, on one port that is free on both. Where there is no IPv6,
    /// on `127.0.0.1` alone.
    ///
    /// Needs a Tokio runtime with I/O and time, which has to live as long as this.
    ///
    /// # Errors
    ///
    /// [`ListenerError::NoPort`] if no port can be had; the source says why.
    /// [`ErrorKind::NoRuntime`] outside a Tokio runtime.
    ///
    /// # Cancel safety
    ///
    /// Safe: nothing stays open.
    pub async fn bind() -> Result<Self, Error> {
        let runtime = Handle::try_current().map_err(|_| Error::setup(ErrorKind::NoRuntime))?;
        let listeners = bind::listeners().await?;
        let shared = Arc::new(Shared::new(listeners.port));
        let callback = shared.callback_at("127.0.0.1")?;
        Ok(Self::serving(&runtime, listeners, shared, callback))
    }

    /// Listens for a callback that is registered with the provider, such as `http://127.0.0.1:8765/callback`: on
    /// its port, and with its path.
    ///
    /// Port 0 stands for any free one, for a provider that takes every port of a registered host and path. Apart from
    /// the path, which strangers can guess, everything is as strict as with [`bind`](Self::bind).
    ///
    /// # Errors
    ///
    /// [`CallbackError::Unreadable`](crate::CallbackError::Unreadable) if it is not `http`, its host is not
    /// `127.0.0.1`, `localhost` or `[::1]`, it names no port, or it has a query, a fragment, or a path with
    /// characters that have to be encoded; [`ListenerError::PortsTaken`] if
    /// another program listens on the port;
    /// [`ErrorKind::NoRuntime`] outside a Tokio runtime.
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

    /// Listens for the first of several registered callbacks whose port is free.
    ///
    /// # Errors
    ///
    /// Those of [`at`](Self::at); `PortsTaken` if other programs listen on all of the ports.
    ///
    /// # Cancel safety
    ///
    /// Safe: nothing stays open.
    pub async fn at_one_of(callbacks: &[&str]) -> Result<Self, Error> {
        let runtime = Handle::try_current().map_err(|_| Error::setup(ErrorKind::NoRuntime))?;
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
        event!(port = listeners.port, ipv6 = has_v6, "listening for the browser's return");
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

    /// Sets what the flow of [`authorize`](Self::authorize) asks for; see [`Flow::ask`].
    pub fn with_ask(mut self, ask: Ask) -> Self {
        self.ask = ask;
        self
    }

    /// Names the host in the callback: `127.0.0.1` (the default), `localhost` or `[::1]`.
    ///
    /// Some providers refuse a callback with an address, others one with a name. With `localhost` the
    /// user's machine decides which of the two addresses is meant, which is why both are listened on.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`] for another host, for `[::1]` where there is no IPv6, and for a registered
    /// callback, which has its host.
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

    /// Limits how long [`wait`](Self::wait) waits for the user. The default is 5 minutes.
    ///
    /// It never waits longer than the request token lives, if the provider has said how long that is.
    pub fn with_time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = limit;
        self
    }

    /// Shows the user pages with other words.
    pub fn with_pages(self, pages: Pages) -> Self {
        self.shared.lock().pages = Arc::new(pages);
        self
    }

    /// Opens the browser by other means. `open` is given an address of this listener, which forwards to
    /// the provider, and says whether a browser took it.
    ///
    /// It runs on a thread of its own and may block.
    pub fn with_browser(mut self, open: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        self.opener = Some(Arc::new(open));
        self
    }

    /// Opens no browser: the program shows the user the page's address in its own way.
    pub fn without_browser(mut self) -> Self {
        self.opener = None;
        self
    }

    /// Has [`authorize`](Self::authorize) tell the program the address of the provider's page, and
    /// whether a browser was opened on it, so that it can be shown where none was.
    pub fn with_notice(mut self, notice: impl Fn(&str, bool) + Send + Sync + 'static) -> Self {
        self.notice = Some(Arc::new(notice));
        self
    }

    /// The callback to [begin](Client::begin) a flow with, such as
    /// `http://127.0.0.1:49152/callback/5c2e…`.
    #[must_use]
    pub fn callback(&self) -> Callback {
        self.callback.clone()
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.shared.port
    }

    /// Opens the user's browser on the provider's page, and says whether one was opened.
    ///
    /// It never fails the flow. Where it says no (no browser, a remote shell, a machine without a
    /// display), show the user [`authorization_url`](Flow::authorization_url). A yes means that a browser
    /// was started, not that the user sees it; a careful program shows the address in any case.
    ///
    /// The browser is sent to an address of this listener, which forwards it: so the request token is
    /// neither in the list of processes nor in the log of the crate that starts the browser. The address
    /// forwards once: the first browser that comes. Whoever comes later finds nothing there. Other users of
    /// this machine are refused where they can be told apart; see [`Loopback`](Self#security).
    ///
    /// # Cancel safety
    ///
    /// Safe; the browser may open all the same.
    pub async fn open(&self, flow: &PendingFlow) -> bool {
        let Some(opener) = &self.opener else { return false };
        {
            let mut state = self.shared.lock();
            state.page = Some(flow.authorization_url());
            // A provider that remembers the user may answer before `wait` is called.
            state.begin();
        }
        let url = self.shared.start_url();
        let is_open = browser::open(Arc::clone(opener), url).await;
        event!(is_open, "opening the browser");
        is_open
    }

    /// Waits for the user to come back, and hands the callback to the flow.
    ///
    /// A callback that is not this flow's is answered with the page "wrong link", and the waiting goes
    /// on. So does a visit without any parameter of a provider's answer. After a time-out it can go on too, with the flow that came back: call it again.
    ///
    /// # Errors
    ///
    /// The future gives the flow back with [`ErrorKind::Denied`] if the user refused,
    /// [`ListenerError::Timeout`], [`ErrorKind::RequestTokenExpired`], or
    /// [`ListenerError::NoPort`] if the runtime of [`bind`](Self::bind) has ended, or
    /// [`ErrorKind::InvalidSetting`] for a provider whose callback names no request token (E*TRADE).
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
    /// let mut loopback = Loopback::bind().await?.with_time_limit(Duration::from_millis(1));
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
        self.shared.lock().begin();
        Wait::new(&self.shared, &mut self.arrivals, flow, self.time_limit)
    }

    /// Does it all: asks for a request token, opens the browser, waits for the user, exchanges the
    /// request token, and closes.
    ///
    /// An exchange that fails in the network is tried three times. Where no browser can be opened, the
    /// user learns of the page only by what [`with_notice`](Self::with_notice) does.
    ///
    /// # Errors
    ///
    /// As [`request_token`](Flow::request_token), [`wait`](Self::wait) and [`exchange`](Flow::exchange).
    /// The flow is not given back; a program that wants it takes the steps itself.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives up the flow and closes the listener.
    pub async fn authorize(mut self, client: &Client) -> Result<Session, Error> {
        let outcome = self.steps(client).await;
        self.close().await;
        outcome
    }

    async fn steps(&mut self, client: &Client) -> Result<Session, Error> {
        wait::check_provider(client)?;
        let begun = client.begin(self.callback()).ask(self.ask.clone());
        let issued = begun.request_token().await?;
        let opened = self.open(&issued).await;
        if let Some(notice) = &self.notice {
            notice(&issued.authorization_url(), opened);
        }
        let mut authorized: Flow<Authorized> = self.wait(issued).await?;
        for _ in 1..TRIES {
            authorized = match authorized.exchange().await {
                Err(failed) if failed.error().is_retryable() => failed.into_flow(),
                outcome => return Ok(outcome?),
            };
            sleep(PAUSE).await;
        }
        Ok(authorized.exchange().await?)
    }

    /// Closes the listener, once the page that the user is to see has reached the browser.
    ///
    /// That takes a few milliseconds after a callback, two seconds at most, and no time otherwise. A
    /// program that ends right after [`wait`](Self::wait) should call it. One that goes on need not: a
    /// listener that is dropped closes the same way, in the background.
    ///
    /// # Cancel safety
    ///
    /// Safe; it closes in the background then.
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
