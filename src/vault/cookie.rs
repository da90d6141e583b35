// The vault without a store: the sealed flow is the ticket.
//
// The trap: nothing here can be taken once. A copy of the cookie works in another process until it expires; what
// stops a second use is the provider, where a request token is good for one exchange.

use std::{fmt, sync::Arc, time::Duration};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use super::{
    finish::exchange,
    key::KeyRing,
    record::Owner,
    sealer::{Sealer, keeping, owner_of},
    ticket::{self, Ticket},
    used::Used,
};
use crate::{
    client::Client,
    error::{
        Error,
        groups::{SealError, TicketError},
        kind::ErrorKind,
    },
    flow::{
        Failed, Flow, PendingFlow, Session,
        state::{Authorized, RequestTokenIssued},
    },
    retries::Retries,
};

/// A browser's cookie holds this much beside its name.
const MAX_BYTES: usize = 3800;

/// Keeps pending flows encrypted in the browser's cookies, without a store. Any machine with the key
/// ring can continue a flow.
///
/// It does not keep sessions, because an access token lives for years and does not belong into a
/// cookie.
///
/// Each unfinished flow is a cookie of about 300 bytes with FatSecret's tokens, and more with longer
/// tokens, until it expires. Many servers refuse request headers of more than 8 KiB. If your
/// provider's tokens are long, use a [`Vault`](super::Vault).
///
/// Create one and clone it, which is cheap. All clones share the list of used tickets.
///
/// # Double clicks
///
/// A second request with the same ticket is refused with [`TicketError::Used`] if this value or a clone of it
/// handled the first request, or if the browser has received the [`used_cookie`](Ticket::used_cookie) by
/// then. In this case say "You are already signed in" if the user is signed in, and "Please load the page
/// again" if not.
///
/// Without a store, a `CookieVault` cannot know what another process does, or what this process did before a
/// restart. If two requests reach two processes at the same time, both get the flow, and the provider refuses
/// one exchange with [`ErrorKind::Rejected`]. So check also after `Rejected` whether the user is signed in by
/// now. A process remembers the last 16,384 tickets.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use tripod::{Callback, Client, vault::{CookieScope, CookieVault, KeyRing, SealingKey, Ticket}};
/// use tripod_sandbox::Sandbox;
///
/// let sandbox = Sandbox::start().await?;
/// let client = Client::new(sandbox.provider(), sandbox.consumer())?;
/// let vault = CookieVault::new(&client, KeyRing::new("1", SealingKey::generate())?);
///
/// // The user presses "connect".
/// let callback = Callback::url("http://127.0.0.1:3000/back")?;
/// let issued = client.begin(callback).request_token().await?;
/// let page = issued.authorization_url(); // where to redirect to …
/// let ticket = vault.park_for("user 17", issued)?;
/// let set_cookie = ticket.set_cookie(CookieScope::Loopback); // … with this header
///
/// // The user's browser comes back, with the cookie.
/// let back = sandbox.approve(&page)?.callback_url().ok_or("no callback")?.to_string();
/// let cookies = set_cookie.split(';').next().unwrap_or_default();
/// let ticket = Ticket::from_cookies(cookies, &back, CookieScope::Loopback)?;
/// let session = vault.finish_for("user 17", &ticket, &back).await?;
/// let set_cookie = ticket.used_cookie(CookieScope::Loopback); // with the page that says so
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct CookieVault {
    sealer: Sealer,
    used: Arc<Used>,
}

impl CookieVault {
    /// Creates a vault for flows of this client's provider and consumer.
    #[must_use]
    pub fn new(client: &Client, keys: KeyRing) -> Self {
        Self { sealer: Sealer::new(client, keys), used: Arc::default() }
    }

    /// Sets how long a parked flow can be continued; see [`Sealer::with_pending_lifetime`].
    #[must_use]
    pub fn with_pending_lifetime(self, lifetime: Duration) -> Self {
        Self { sealer: self.sealer.with_pending_lifetime(lifetime), used: self.used }
    }

    /// Seals a pending flow into a ticket.
    ///
    /// # Errors
    ///
    /// Returns the flow with the errors of [`Sealer::seal_pending`], or with
    /// [`SealError::TooLarge`] if a cookie cannot hold it; tokens of 1000 characters fit.
    pub fn park(&self, flow: PendingFlow) -> Result<Ticket, Failed<RequestTokenIssued>> {
        self.seal(Ok(None), &flow).map_err(|error| flow.failed(error))
    }

    /// Seals a pending flow into a ticket, so that only `user` can continue it with
    /// [`resume_for`](Self::resume_for).
    ///
    /// # Errors
    ///
    /// The errors of [`park`](Self::park); [`ErrorKind::InvalidSetting`] if `user` is empty.
    pub fn park_for(
        &self,
        user: &str,
        flow: PendingFlow,
    ) -> Result<Ticket, Failed<RequestTokenIssued>> {
        self.seal(owner_of(user).map(Some), &flow).map_err(|error| flow.failed(error))
    }

    fn seal(&self, owner: Result<Owner, Error>, flow: &PendingFlow) -> Result<Ticket, Error> {
        let tag = ticket::tag(flow.oauth_token());
        let sealed = self.sealer.pending(flow, &tag, owner?)?;
        let ticket = Ticket::holding(&tag, &sealed.bytes);
        let (_, body) = ticket.parts();
        if body.len() > MAX_BYTES {
            return Err(keeping(ErrorKind::Seal(SealError::TooLarge { limit: MAX_BYTES })));
        }
        Ok(ticket.for_time(sealed.lifetime))
    }

    /// Continues a flow after the callback: reads the flow from the ticket, and exchanges the request token for an
    /// access token.
    ///
    /// `callback` is the URL of the request, or its path with the query, or the query. After a temporary failure the
    /// exchange is tried again at once, up to three attempts, unless the provider asks for a pause. If the client has its
    /// own policy ([`Client::with_retries`](crate::Client::with_retries)), the exchange has the attempts and pauses of
    /// the client's. If the exchange fails all the same, the ticket can be used again when the user reloads the page.
    ///
    /// # Errors
    ///
    /// The errors of [`resume`](Self::resume) and of [`Flow::exchange`](crate::Flow::exchange).
    ///
    /// # Cancel safety
    ///
    /// If you drop the future, the ticket can be used again. The provider may have granted access in the
    /// meantime; then it refuses the second exchange, and the user has to begin again.
    pub async fn finish(&self, ticket: &Ticket, callback: &str) -> Result<Session, Error> {
        let flow = self.open(None, ticket, callback)?;
        self.exchange(ticket, flow).await
    }

    /// Finishes a flow as [`finish`](Self::finish) does, for the user who is logged in now.
    ///
    /// # Errors
    ///
    /// The errors of [`finish`](Self::finish); [`TicketError::OtherUser`] if the flow was parked
    /// for another user.
    ///
    /// # Cancel safety
    ///
    /// As for [`finish`](Self::finish).
    pub async fn finish_for(
        &self,
        user: &str,
        ticket: &Ticket,
        callback: &str,
    ) -> Result<Session, Error> {
        owner_of(user)?;
        let flow = self.open(Some(user), ticket, callback)?;
        self.exchange(ticket, flow).await
    }

    async fn exchange(&self, ticket: &Ticket, flow: Flow<Authorized>) -> Result<Session, Error> {
        let mut marked = Marked { used: &self.used, ticket: Some(ticket) };
        let session = exchange(&Retries::at_once(), flow).await?;
        marked.ticket = None;
        Ok(session)
    }

    /// Opens the flow in the ticket and gives it the callback that came from the same browser.
    ///
    /// It works once for each ticket, as far as this vault knows; see [double
    /// clicks](Self#double-clicks). If the exchange fails after this, park the flow again and set the
    /// new ticket's cookie. Or use [`finish`](Self::finish) instead, after which the same ticket can be
    /// used again.
    ///
    /// # Errors
    ///
    /// [`TicketError::Used`] if the ticket was used already; the errors of [`Flow::receive_callback`]
    /// and of [`Sealer::open_pending`].
    pub fn resume(&self, ticket: &Ticket, callback: &str) -> Result<Flow<Authorized>, Error> {
        self.open(None, ticket, callback)
    }

    /// Opens a flow as [`resume`](Self::resume) does, for the user who is logged in now.
    ///
    /// # Errors
    ///
    /// The errors of [`resume`](Self::resume); [`TicketError::OtherUser`] if the flow was parked
    /// for another user.
    pub fn resume_for(
        &self,
        user: &str,
        ticket: &Ticket,
        callback: &str,
    ) -> Result<Flow<Authorized>, Error> {
        owner_of(user)?;
        self.open(Some(user), ticket, callback)
    }

    fn open(
        &self,
        user: Option<&str>,
        ticket: &Ticket,
        callback: &str,
    ) -> Result<Flow<Authorized>, Error> {
        let (tag, body) = ticket.parts();
        let sealed = BASE64_URL_SAFE_NO_PAD
            .decode(body)
            .map_err(|_| keeping(ErrorKind::Seal(SealError::Broken)))?;
        let (flow, _) = self.sealer.open_pending_for(&sealed, tag, user)?;
        let flow = flow.receive_callback_with_ticket(callback)?;
        // Only now, so that a forged link does not use a ticket up.
        if !self.used.mark(ticket) {
            return Err(keeping(ErrorKind::Ticket(TicketError::Used)));
        }
        Ok(flow)
    }

    /// Returns the client that flows belong to.
    #[must_use]
    pub fn client(&self) -> &Client {
        self.sealer.client()
    }
}

impl fmt::Debug for CookieVault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CookieVault").field("sealer", &self.sealer).finish_non_exhaustive()
    }
}

/// Takes the mark from a ticket, unless its exchange has succeeded.
struct Marked<'a> {
    used: &'a Used,
    ticket: Option<&'a Ticket>,
}

impl Drop for Marked<'_> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket {
            self.used.unmark(ticket);
        }
    }
}
