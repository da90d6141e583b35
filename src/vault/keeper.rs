// The vault: flows parked for a ticket, sessions saved for a user, in a store.
//
// The trap: a callback link can be forged and opened in any browser, so nothing may be taken out
// of the store before the ticket and the callback have both been checked.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use super::{
    format::digest,
    kept::Kept,
    key::KeyRing,
    record::Owner,
    resume::{Attempt, Resume},
    sealer::{Sealer, no_user, owner_of},
    store::{Store, entry::Key},
    ticket::Ticket,
};
use crate::{
    client::Client,
    error::Error,
    flow::{Failed, PendingFlow, Session, state::RequestTokenIssued},
    in_flight::InFlight,
    retries::Retries,
};

/// Stores pending flows until their callbacks come, and sessions for as long as you like,
/// encrypted.
///
/// Everything is sealed (encrypted and authenticated) before it goes to the store; see [`Sealer`].
/// The store does not see tokens, tickets or users: the key of an entry is the SHA-256 of the
/// ticket, or of the user with provider and consumer. (Somebody who guesses a user's id can see
/// whether this user has an entry.) Vaults of several providers can use the same store.
///
/// It is cheap to clone.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use tripod::{Callback, Client, vault::{KeyRing, SealingKey, Vault, store::MemoryStore}};
/// use tripod_sandbox::Sandbox;
///
/// let sandbox = Sandbox::start().await?;
/// let client = Client::new(sandbox.provider(), sandbox.consumer())?;
/// let keys = KeyRing::new("2026-07", SealingKey::generate())?;
/// let vault = Vault::new(&client, keys, MemoryStore::new());
///
/// let callback = Callback::url("https://app.example/back")?;
/// let issued = client.begin(callback).request_token().await?;
/// let page = issued.authorization_url(); // the user goes there, with the ticket in a cookie
/// let ticket = vault.park_for("user 17", issued).await?;
///
/// let approval = sandbox.approve(&page)?; // and comes back, with the ticket
/// let back = approval.callback_url().ok_or("no callback")?;
/// let finished = vault.finish("user 17", &ticket, back).await?;
/// assert!(!finished.was_finished_before());
///
/// assert!(vault.load("user 17").await?.is_some());
/// assert!(vault.forget("user 17").await?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Vault {
    pub(super) kept: Kept,
    pub(super) retries: Retries,
}

/// # Park flows, save sessions
impl Vault {
    /// Creates a vault that keeps flows and sessions of this client's provider and consumer in
    /// `store`.
    #[must_use]
    pub fn new(client: &Client, keys: KeyRing, store: impl Store) -> Self {
        Self { kept: Kept::new(Sealer::new(client, keys), store), retries: Retries::at_once() }
    }

    /// Sets how long a parked flow waits; see [`Sealer::with_pending_lifetime`].
    #[must_use]
    pub fn with_pending_lifetime(mut self, lifetime: Duration) -> Self {
        self.kept.sealer = self.kept.sealer.with_pending_lifetime(lifetime);
        self
    }

    /// Sets how often [`finish`](Self::finish) makes each of its calls: taking the flow, the exchange, and saving.
    ///
    /// By default, it makes each up to three times without a pause, because the user's browser waits, and it does
    /// not try again if the provider asks for a pause. If you allow pauses, keep the total time to a few seconds.
    /// Pauses need a timer; see [`Retries`]. If the client has a policy of its own
    /// ([`Client::with_retries`]), the exchange follows the client's.
    #[must_use]
    pub fn with_retries(self, retries: Retries) -> Self {
        Self { retries, ..self }
    }

    /// Stores ("parks") a pending flow and returns its ticket for the user's browser.
    ///
    /// Get the [`authorization_url`](crate::Flow::authorization_url) from the flow first. Then
    /// redirect the user to this URL, and set the ticket as a cookie in the same reply.
    ///
    /// # Errors
    ///
    /// The future returns the flow with [`ErrorKind::Store`](crate::ErrorKind::Store), or with the
    /// errors of [`Sealer::seal_pending`].
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Park`].
    ///
    /// # Security
    ///
    /// The flow is not bound to a user. Use this method if this login tells your site who the user
    /// is. If a user is logged in already, use [`park_for`](Self::park_for).
    pub fn park(&self, flow: PendingFlow) -> Park {
        self.park_as(Ok(None), flow)
    }

    /// Stores ("parks") a pending flow that only `user` can finish, and returns its ticket.
    ///
    /// `user` is the user's id in your program. If another user is logged in when the browser comes back, the
    /// access token is not saved for that user: [`finish`](Self::finish) and [`resume_for`](Self::resume_for)
    /// refuse another user, and [`resume`](Self::resume) refuses always.
    ///
    /// # Errors
    ///
    /// The errors of [`park`](Self::park); [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) if
    /// `user` is empty.
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Park`].
    pub fn park_for(&self, user: &str, flow: PendingFlow) -> Park {
        self.park_as(owner_of(user).map(Some), flow)
    }

    fn park_as(&self, owner: Result<Owner, Error>, flow: PendingFlow) -> Park {
        let ticket = Ticket::draw(flow.oauth_token());
        let sealed = owner.and_then(|owner| self.kept.sealer.pending(&flow, ticket.place(), owner));
        let kept = self.kept.clone();
        let call = async move {
            let sealed = sealed?;
            kept.put(&ticket.key(), &sealed.bytes, Some(sealed.lifetime)).await?;
            crate::event!("a flow was parked");
            Ok(ticket.for_time(sealed.lifetime))
        };
        Park(InFlight::new(flow, call))
    }

    /// Takes a parked flow from the store, and gives it the callback that came from the same
    /// browser.
    ///
    /// First the flow is read and the callback is checked, which changes nothing: after a forged
    /// link, a denial, or another flow's callback, the flow is still parked. Only then is the flow
    /// taken from the store, and only one caller gets it.
    ///
    /// # Errors
    ///
    /// [`TicketError::Unknown`](crate::TicketError::Unknown) if there is no such flow or it has expired,
    /// [`TicketError::Used`](crate::TicketError::Used) if another call has taken it, [`ErrorKind::Store`](crate::ErrorKind::Store);
    /// the errors of [`Flow::receive_callback`](crate::Flow::receive_callback) and of [`Sealer::open_pending`].
    /// [`ResumeFailed`](super::ResumeFailed) can be tried again.
    ///
    /// # Cancel safety
    ///
    /// See [`Resume`].
    ///
    /// # Security
    ///
    /// The ticket has to come from the browser that brings the callback, in a cookie
    /// ([`Ticket::from_cookies`]) or a header, never from the callback's URL.
    pub fn resume(&self, ticket: &Ticket, callback: &str) -> Resume {
        Resume::new(Attempt::new(&self.kept, ticket, callback, None))
    }

    /// Takes a parked flow as [`resume`](Self::resume) does, for the user who is logged in now.
    ///
    /// # Errors
    ///
    /// The errors of [`resume`](Self::resume); [`TicketError::OtherUser`](crate::TicketError::OtherUser) if the flow
    /// was parked by [`park_for`](Self::park_for) for another user.
    ///
    /// # Cancel safety
    ///
    /// See [`Resume`].
    pub fn resume_for(&self, user: &str, ticket: &Ticket, callback: &str) -> Resume {
        Resume::new(Attempt::new(&self.kept, ticket, callback, Some(user)))
    }

    /// Saves a user's session, and replaces an earlier one.
    ///
    /// `user` is the user's id in your program, not at the provider.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Store`](crate::ErrorKind::Store); [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) if `user` is empty; as
    /// [`Sealer::seal_session`].
    ///
    /// # Cancel safety
    ///
    /// If you drop the future, the session may have been saved or not. Saving it again does no
    /// harm.
    pub async fn save(&self, user: &str, session: &Session) -> Result<(), Error> {
        let key = self.session_key(user)?;
        let sealed = self.kept.sealer.seal_session(session, user)?;
        self.kept.put(&key, &sealed, None).await
    }

    /// Returns a user's session, if one is saved.
    ///
    /// If an older key of the key ring sealed the session, it is sealed again with the current key, and a
    /// `tracing` event reports that. If the new bytes cannot be written, the session is returned all the same,
    /// and the next call tries again. A session that another call saves in the meantime is not overwritten.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Store`](crate::ErrorKind::Store); [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) if `user` is empty; as
    /// [`Sealer::open_session`].
    ///
    /// # Cancel safety
    ///
    /// The session may have been sealed again; nothing else is changed.
    pub async fn load(&self, user: &str) -> Result<Option<Session>, Error> {
        let key = self.session_key(user)?;
        let Some(sealed) = self.kept.get(&key).await? else {
            return Ok(None);
        };
        let (session, anew) = self.kept.sealer.open_session_anew(&sealed, user)?;
        if let Some(anew) = anew {
            self.put_anew(&key, &sealed, &anew).await;
        }
        Ok(Some(session))
    }

    /// Forgets a user's session. Whether there was one.
    ///
    /// The provider is not told, and the access token stays good there.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Store`](crate::ErrorKind::Store); [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) if `user` is empty.
    ///
    /// # Cancel safety
    ///
    /// The session may have been forgotten all the same; doing it again does no harm.
    pub async fn forget(&self, user: &str) -> Result<bool, Error> {
        let key = self.session_key(user)?;
        self.kept.delete(&key).await
    }

    /// Returns the client that flows and sessions belong to.
    #[must_use]
    pub fn client(&self) -> &Client {
        self.kept.sealer.client()
    }

    fn session_key(&self, user: &str) -> Result<Key, Error> {
        if user.is_empty() {
            return Err(no_user());
        }
        let parts = [self.kept.sealer.binding().as_slice(), user.as_bytes()];
        Ok(Key::hashed("session", &digest("tripod user 1", &parts)))
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("sealer", &self.kept.sealer).finish_non_exhaustive()
    }
}

/// The future that parks a flow in the store. `.await` it.
///
/// # Cancel safety
///
/// It is `Unpin` and owns the flow: you can poll it through `&mut` in `select!` or with a timeout,
/// and take the flow out with [`into_flow`](Self::into_flow). The store may have an entry for the
/// flow all the same, under a ticket that nobody has; that entry expires.
///
/// # Panics
///
/// If it is polled again after it has completed.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use tripod::{PendingFlow, vault::{Park, Ticket, Vault}};
///
/// /// `Err` has the flow, which can be parked again.
/// async fn park(vault: &Vault, flow: PendingFlow) -> Result<Ticket, Option<PendingFlow>> {
///     let mut park: Park = vault.park(flow);
///     match tokio::time::timeout(Duration::from_secs(2), &mut park).await {
///         Ok(Ok(ticket)) => Ok(ticket),
///         Ok(Err(failed)) => Err(Some(failed.into_flow())),
///         Err(_elapsed) => Err(park.into_flow()),
///     }
/// }
/// ```
#[must_use = "a flow is not parked until this is awaited"]
pub struct Park(InFlight<PendingFlow, Result<Ticket, Error>>);

impl Park {
    /// Cancels the call and returns the flow, or `None` if the call has ended; then its result has the flow.
    #[must_use = "the flow holds the tokens"]
    pub fn into_flow(self) -> Option<PendingFlow> {
        self.0.into_value()
    }
}

impl Future for Park {
    type Output = Result<Ticket, Failed<RequestTokenIssued>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let (flow, kept) = ready!(self.0.poll(context));
        Poll::Ready(kept.map_err(|error| flow.failed(error)))
    }
}

impl fmt::Debug for Park {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Park").field("flow", &self.0).finish_non_exhaustive()
    }
}
