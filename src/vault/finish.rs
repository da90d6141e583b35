// A callback turned into a saved session, in one call.
//
// The trap: a flow that was taken is nowhere else. Whatever fails after that, a provider that is down or
// a link that was forged, must put it back, under the ticket that the browser has already.

use std::fmt;

use super::{
    keeper::Vault,
    record::Owner,
    resume::{Attempt, TakenUp},
    ticket::Ticket,
};
use crate::{
    attempts::Attempts,
    error::{Error, groups::TicketError, kind::ErrorKind},
    flow::{Failed, Flow, PendingFlow, Session, state::Authorized},
    retries::Retries,
};

/// # From the callback to a saved session in one call
impl Vault {
    /// Continues a flow after the callback: takes the flow from the store, exchanges the request token, and saves
    /// the session for `user`.
    ///
    /// `callback` is the URL of the request, or its path with the query, or the query. `user` is the id of the
    /// user who is logged in to your program now. After a temporary failure, each call is tried again at once, up to three
    /// attempts, unless the provider asks for a pause; [`with_retries`](Self::with_retries) sets another policy. If the
    /// client has its own policy ([`Client::with_retries`](crate::Client::with_retries)), the exchange has the attempts and
    /// pauses of the client's. With either policy, the exchange is repeated even if the provider may have carried it out:
    /// if it did, it refuses the second one, and the user begins again, as they would have to anyway. If the
    /// exchange fails all the same, the flow is parked again for the same ticket, so that the user can reload the
    /// page, and a link with a forged verifier does no harm.
    ///
    /// After a success, the call succeeds again when the user reloads the page, as long as the browser has the
    /// ticket. So do not delete the cookie; it expires by itself. The ticket of a finished flow does not stand in
    /// the way of the browser's next flow if you find tickets with [`find_ticket`](Self::find_ticket).
    ///
    /// # Errors
    ///
    /// The errors of [`resume_for`](Self::resume_for), of [`Flow::exchange`](crate::Flow::exchange), and of
    /// [`save`](Self::save). [`FinishFailed`] says whether the flow is parked again.
    ///
    /// # Cancel safety
    ///
    /// If you drop the future, the flow may be lost, because it was taken from the store; then the user has to
    /// begin again. When a browser closes the connection, a web server drops the future of the request: so call
    /// this in a task of its own.
    ///
    /// # Security
    ///
    /// As for [`resume`](Self::resume), the ticket has to come from the browser that brings the callback. A flow
    /// that was parked with [`park_for`](Self::park_for) is finished for the same user only.
    ///
    /// # Examples
    ///
    /// ```
    /// use tripod::{Error, vault::{CookieScope, Vault}};
    ///
    /// /// `path` is `/back?oauth_token=…`.
    /// async fn back(
    ///     vault: &Vault,
    ///     path: &str,
    ///     headers: &http::HeaderMap,
    ///     user: &str,
    /// ) -> Result<(), Error> {
    ///     let ticket = vault.find_ticket(headers, path, CookieScope::Https).await?;
    ///     vault.finish(user, &ticket, path).await?;
    ///     Ok(())
    /// }
    /// ```
    pub async fn finish(
        &self,
        user: &str,
        ticket: &Ticket,
        callback: &str,
    ) -> Result<Finished, FinishFailed> {
        let attempt = Attempt::new(&self.kept, ticket, callback, Some(user));
        // Each time with the same claim, so that a flow whose reply was lost is not lost.
        let TakenUp { flow, owner } = match self.repeat(|| attempt.take()).await {
            Ok(taken) => taken,
            Err(error) if *error.kind() == ErrorKind::Ticket(TicketError::Used) => {
                return self.finished_before(user, error).await.map_err(FinishFailed::new);
            }
            Err(error) => return Err(FinishFailed::new(error)),
        };
        match exchange(&self.retries, flow).await {
            Ok(session) => self.save_finished(user, session).await,
            Err(failed) => {
                let (error, flow) = failed.into_parts();
                let ticket = self.park_again(ticket, owner, flow.discard_verifier()).await;
                Err(FinishFailed(Box::new(Inner { error, ticket, session: None })))
            }
        }
    }

    /// The ticket was used: by a double click that was faster, or because the page is loaded again.
    async fn finished_before(&self, user: &str, error: Error) -> Result<Finished, Error> {
        let session = self.load(user).await?.ok_or(error)?;
        Ok(Finished { session, before: true })
    }

    async fn save_finished(&self, user: &str, session: Session) -> Result<Finished, FinishFailed> {
        match self.repeat(|| self.save(user, &session)).await {
            Ok(()) => Ok(Finished { session, before: false }),
            Err(error) => {
                let session = Some(session);
                Err(FinishFailed(Box::new(Inner { error, ticket: None, session })))
            }
        }
    }

    /// Puts the flow back where it was, with the time that it has left. Nothing if its time is over, or if
    /// the store does not want it.
    async fn park_again(&self, ticket: &Ticket, owner: Owner, flow: PendingFlow) -> Option<Ticket> {
        let sealed = self.kept.sealer.pending(&flow, ticket.place(), owner).ok()?;
        let (key, lifetime) = (ticket.key(), Some(sealed.lifetime));
        self.repeat(|| self.kept.put(&key, &sealed.bytes, lifetime)).await.ok()?;
        crate::event!("a flow was parked again");
        Some(ticket.clone().for_time(sealed.lifetime))
    }

    /// Makes a call of the store, by the vault's policy.
    pub(super) async fn repeat<T, F>(&self, mut call: impl FnMut() -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let mut attempts = Attempts::new(&self.retries, self.client());
        loop {
            match call().await {
                Err(error) => match attempts.again(&error).await {
                    Some(pause) => pause.await,
                    None => return Err(error),
                },
                done => return done,
            }
        }
    }
}

/// If the client has a policy for retries, that decides alone how often, or each of its attempts would be several. Like the
/// vault's own policy, it then repeats also an exchange that the provider may have carried out: if it has not, the login
/// goes on, and if it has, the flow is of no use to anybody.
pub(super) async fn exchange(
    retries: &Retries,
    flow: Flow<Authorized>,
) -> Result<Session, Failed<Authorized>> {
    if flow.client().retries().is_on() {
        return flow.exchange_repeatable().await;
    }
    retries.step(flow, Flow::exchange).await
}

/// The result of [`Vault::finish`]. The vault has saved the session, so you may drop this value.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use tripod::{Callback, Client, vault::{KeyRing, SealingKey, Vault, store::MemoryStore}};
/// # let sandbox = tripod_sandbox::Sandbox::start().await?;
/// # let client = Client::new(sandbox.provider(), sandbox.consumer())?;
/// # let vault = Vault::new(&client, KeyRing::new("1", SealingKey::generate())?, MemoryStore::new());
/// # let issued = client.begin(Callback::url("https://app.example/back")?).request_token().await?;
/// # let approval = sandbox.approve(&issued.authorization_url())?;
/// # let callback = approval.callback_url().ok_or("denied")?;
/// # let ticket = vault.park_for("user 17", issued).await?;
/// use tripod::vault::Finished;
///
/// fn page(finished: &Finished) -> &'static str {
///     if finished.was_finished_before() { "You are connected already." } else { "Connected." }
/// }
///
/// assert_eq!(page(&vault.finish("user 17", &ticket, callback).await?), "Connected.");
/// // The user reloads the page:
/// assert_eq!(page(&vault.finish("user 17", &ticket, callback).await?), "You are connected already.");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Finished {
    session: Session,
    before: bool,
}

impl Finished {
    /// Returns the user's session, to use at once.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Returns the user's session, and consumes this value.
    pub fn into_session(self) -> Session {
        self.session
    }

    /// Returns whether an earlier call had already taken the flow: the user reloaded the page, or clicked the
    /// link twice.
    ///
    /// The session is then the one that is stored for the user. If the earlier call is still exchanging the token, or
    /// fails, that is a session from before this login, where the user has one.
    #[must_use]
    pub fn was_finished_before(&self) -> bool {
        self.before
    }
}

/// The error of [`Vault::finish`], with the ticket or the session that can still be used.
///
/// `?` turns it into the [`Error`] alone.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use tripod::{Callback, Client, vault::{KeyRing, SealingKey, Vault, store::MemoryStore}};
/// # let sandbox = tripod_sandbox::Sandbox::start().await?;
/// # let client = Client::new(sandbox.provider(), sandbox.consumer())?;
/// # let vault = Vault::new(&client, KeyRing::new("1", SealingKey::generate())?, MemoryStore::new());
/// # let issued = client.begin(Callback::url("https://app.example/back")?).request_token().await?;
/// # let approval = sandbox.approve(&issued.authorization_url())?;
/// # let callback = approval.callback_url().ok_or("denied")?;
/// # let ticket = vault.park_for("user 17", issued).await?;
/// use tripod::{ErrorKind, TicketError, vault::FinishFailed};
///
/// fn page(failed: &FinishFailed) -> &'static str {
///     match failed.error().kind() {
///         // The same link may work in a moment.
///         _ if failed.error().is_retryable() => "That did not work. Please reload the page.",
///         ErrorKind::Ticket(TicketError::OtherUser) => "Another user began this. Please log in as that user.",
///         _ => "Please connect again.",
///     }
/// }
///
/// let failed = vault.finish("user 18", &ticket, callback).await.unwrap_err();
/// assert_eq!(page(&failed), "Another user began this. Please log in as that user.");
/// # Ok(())
/// # }
/// ```
pub struct FinishFailed(Box<Inner>);

struct Inner {
    error: Error,
    ticket: Option<Ticket>,
    session: Option<Session>,
}

impl FinishFailed {
    fn new(error: Error) -> Self {
        Self(Box::new(Inner { error, ticket: None, session: None }))
    }

    /// Returns the error.
    #[must_use]
    pub fn error(&self) -> &Error {
        &self.0.error
    }

    /// Returns the error, and consumes this value.
    #[must_use]
    pub fn into_error(self) -> Error {
        self.0.error
    }

    /// Returns the ticket, if the flow was taken and is parked again: the right callback can be tried once
    /// more. The browser already has this ticket's cookie; setting it again does no harm.
    ///
    /// Ask the user to reload the page only if the error [is retryable](Error::is_retryable). If the provider refused the
    /// exchange, the same callback is refused again, and the flow is parked only in case that the link was forged: ask the
    /// user to begin again.
    ///
    /// `None` also if the flow was not taken, for example because the user denied access, another user is logged
    /// in, or the callback names another flow. Then the flow is still parked, and the ticket in the browser's cookie
    /// can still be used.
    #[must_use]
    pub fn ticket(&self) -> Option<&Ticket> {
        self.0.ticket.as_ref()
    }

    /// Returns the session, if the provider granted access and only saving failed.
    ///
    /// The request token is used up. So save this session, or the user has to begin again.
    #[must_use]
    pub fn into_session(self) -> Option<Session> {
        self.0.session
    }
}

impl From<FinishFailed> for Error {
    fn from(failed: FinishFailed) -> Self {
        failed.0.error
    }
}

impl fmt::Debug for FinishFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FinishFailed")
            .field("error", &self.0.error)
            .field("is_parked_again", &self.0.ticket.is_some())
            .field("is_granted", &self.0.session.is_some())
            .finish()
    }
}

impl fmt::Display for FinishFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.error.fmt(f)
    }
}

impl std::error::Error for FinishFailed {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&self.0.error)
    }
}
