// The vault without a store: the sealed flow is the ticket.
//
// The trap: nothing here can be taken once. A copy of the cookie works until it expires; what stops a
// second use is the provider, where a request token is good for one exchange.

use std::{fmt, time::Duration};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use super::{
    key::KeyRing,
    record::Owner,
    sealer::{Sealer, keeping, owner_of},
    ticket::{self, Ticket},
};
use crate::{
    client::Client,
    error::{Error, groups::SealError, kind::ErrorKind},
    flow::{
        Failed, Flow, PendingFlow,
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
/// Cheap to clone.
///
/// # Security
///
/// Unlike [`Vault`](super::Vault) it cannot tell a second use: of two callbacks that come at once,
/// both get the flow, and the provider refuses one exchange.
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
/// let session = vault.resume_for("user 17", &ticket, &back)?.exchange().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct CookieVault {
    sealer: Sealer,
}

impl CookieVault {
    /// Keeps flows of this client's provider and consumer.
    #[must_use]
    pub fn new(client: &Client, keys: KeyRing) -> Self {
        Self { sealer: Sealer::new(client, keys) }
    }

    /// Sets how long a parked flow can be taken up; see [`Sealer::with_pending_lifetime`].
    #[must_use]
    pub fn with_pending_lifetime(self, lifetime: Duration) -> Self {
        Self { sealer: self.sealer.with_pending_lifetime(lifetime) }
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

    /// Takes up a flow with the callback that the ticket's browser brought.
    ///
    /// # Errors
    ///
    /// As [`Flow::receive_callback`], and as [`Sealer::open_pending`].
    pub fn resume(&self, ticket: &Ticket, callback: &str) -> Result<Flow<Authorized>, Error> {
        self.open(None, ticket, callback)
    }

    /// Takes up a flow for the user who is logged in now.
    ///
    /// # Errors
    ///
    /// As [`resume`](Self::resume); [`TicketError::OtherUser`](crate::TicketError::OtherUser) if it was parked for another user.
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
        Ok(flow.receive_callback_with_ticket(callback)?)
    }

    /// The client that flows belong to.
    #[must_use]
    pub fn client(&self) -> &Client {
        self.sealer.client()
    }
}

impl fmt::Debug for CookieVault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CookieVault").field("sealer", &self.sealer).finish()
    }
}
