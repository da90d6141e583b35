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
};

/// A browser's cookie holds this much beside its name.
const MAX_BYTES: usize = 3800;

/// Keeps pending flows in the browser's own cookies, sealed. No store is needed, and any machine
/// with the key ring can take a flow up.
///
/// It does not keep sessions: an access token lives for years, and a cookie is no place for it.
///
/// Each unfinished flow is a cookie of some 300 bytes with FatSecret's tokens, more with longer ones,
/// until its time is over. Servers refuse heads beyond 8 KiB or so: where tokens are long, use a
/// [`Vault`](super::Vault).
///
/// Make one and clone it, which is cheap: the clones know of each other which tickets were used.
///
/// # Double clicks
///
/// A second request with the same ticket is refused with [`TicketError::Used`] if the first was taken up by
/// this value or a clone of it, or if its browser has received the [`used_cookie`](Ticket::used_cookie)
/// by then. The page for it: "You are already signed in", if the user is; else "please load the page again".
///
/// What a vault without a store cannot know is what another process does: on another machine, or before a
/// restart. Of two requests that reach two processes at once, both get the flow, and the provider refuses one
/// exchange with [`ErrorKind::Rejected`]. So look there, too, whether the user is signed in by now. The last
/// 16,384 tickets are remembered.
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
    /// Keeps flows of this client's provider and consumer.
    #[must_use]
    pub fn new(client: &Client, keys: KeyRing) -> Self {
        Self { sealer: Sealer::new(client, keys), used: Arc::default() }
    }

    /// Sets how long a parked flow can be taken up; see [`Sealer::with_pending_lifetime`].
    #[must_use]
    pub fn with_pending_lifetime(self, lifetime: Duration) -> Self {
        Self { sealer: self.sealer.with_pending_lifetime(lifetime), used: self.used }
    }

    /// Seals a pending flow into a ticket.
    ///
    /// # Errors
    ///
    /// Gives the flow back as [`Sealer::seal_pending`] fails, or with
    /// [`SealError::TooLarge`] if a cookie cannot hold it; tokens of 1000 characters fit.
    pub fn park(&self, flow: PendingFlow) -> Result<Ticket, Failed<RequestTokenIssued>> {
        self.seal(Ok(None), &flow).map_err(|error| flow.failed(error))
    }

    /// Seals a pending flow that only `user` can take up again, by [`resume_for`](Self::resume_for).
    ///
    /// # Errors
    ///
    /// As [`park`](Self::park); [`ErrorKind::InvalidSetting`] if `user` is empty.
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

    /// Finishes a flow: takes it up, and exchanges the request token for an access token.
    ///
    /// `callback` is the URL that was requested, its path with the query, or the query. What fails for a moment is
    /// tried again at once, up to three times, unless the provider asks for a pause or the client has a policy of
    /// its own ([`Client::with_retries`](crate::Client::with_retries)). If the exchange fails all the same, the
    /// ticket can be used again: the user loads the page again.
    ///
    /// # Errors
    ///
    /// As [`resume`](Self::resume), and as [`Flow::exchange`](crate::Flow::exchange).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future lets the ticket be used again. The provider may have granted access meanwhile; it then
    /// refuses the second exchange, and the user has to begin again.
    pub async fn finish(&self, ticket: &Ticket, callback: &str) -> Result<Session, Error> {
        let flow = self.open(None, ticket, callback)?;
        self.exchange(ticket, flow).await
    }

    /// Finishes a flow as [`finish`](Self::finish) does, for the user who is logged in now.
    ///
    /// # Errors
    ///
    /// As [`finish`](Self::finish); [`TicketError::OtherUser`] if it was parked for another user.
    ///
    /// # Cancel safety
    ///
    /// As [`finish`](Self::finish).
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
        let session = exchange(flow).await?;
        marked.ticket = None;
        Ok(session)
    }

    /// Takes up a flow with the callback that the ticket's browser brought.
    ///
    /// Once for each ticket, as far as this vault knows; see [double clicks](Self#double-clicks). If the
    /// exchange then fails, park the flow again and set the new ticket's cookie, or use
    /// [`finish`](Self::finish), after which the ticket itself can be used again.
    ///
    /// # Errors
    ///
    /// [`TicketError::Used`] if the ticket was used already; as [`Flow::receive_callback`], and as
    /// [`Sealer::open_pending`].
    pub fn resume(&self, ticket: &Ticket, callback: &str) -> Result<Flow<Authorized>, Error> {
        self.open(None, ticket, callback)
    }

    /// Takes up a flow for the user who is logged in now.
    ///
    /// # Errors
    ///
    /// As [`resume`](Self::resume); [`TicketError::OtherUser`] if it was parked for another user.
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

    /// The client that flows belong to.
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
