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
    error::{Error, groups::TicketError, kind::ErrorKind},
    flow::{Failed, Flow, PendingFlow, Session, state::Authorized},
};

/// How often each call is made, at most. At once: a browser waits, and there may be no timer.
const TRIES: usize = 3;

impl Vault {
    /// Finishes a flow: takes it up, exchanges the request token, and saves the session for `user`.
    ///
    /// `callback` is the URL that was requested, its path with the query, or the query; `user` is who
    /// is logged in to your program now. What fails for a moment is tried again at once, up to three times,
    /// unless the provider asks for a pause. If the client has a policy of its own
    /// ([`Client::with_retries`](crate::Client::with_retries)), the exchange follows that instead. If the exchange
    /// fails all the same, the flow is parked again for the same ticket, so that the user can load the page
    /// again; a link with a forged verifier does no harm either.
    ///
    /// A page that is loaded again after it has succeeded succeeds again, as long as the browser has
    /// the ticket: leave the cookie there, it expires by itself.
    ///
    /// # Errors
    ///
    /// As [`resume_for`](Self::resume_for), as [`Flow::exchange`](crate::Flow::exchange), and as
    /// [`save`](Self::save). [`FinishFailed`] says whether the flow is parked again.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future may leave a flow that was taken and that nobody has; the user then has to
    /// begin again. A web server drops the work on a request whose browser has gone away: let a task of
    /// its own finish the flow.
    ///
    /// # Security
    ///
    /// As [`resume`](Self::resume): the ticket comes from the browser that brings the callback. A flow
    /// that was parked by [`park_for`](Self::park_for) is finished for the same user only.
    ///
    /// # Examples
    ///
    /// ```
    /// use tripod::{Error, vault::{CookieScope, Ticket, Vault}};
    ///
    /// /// `path` is `/back?oauth_token=…`.
    /// async fn back(vault: &Vault, path: &str, cookies: &[u8], user: &str) -> Result<(), Error> {
    ///     let ticket = Ticket::from_cookies(cookies, path, CookieScope::Https)?;
    ///     vault.finish(&ticket, path, user).await?;
    ///     Ok(())
    /// }
    /// ```
    pub async fn finish(
        &self,
        ticket: &Ticket,
        callback: &str,
        user: &str,
    ) -> Result<Finished, FinishFailed> {
        let attempt = Attempt::new(&self.kept, ticket, callback, Some(user));
        let TakenUp { flow, owner } = match take(&attempt).await {
            Ok(taken) => taken,
            Err(error) if *error.kind() == ErrorKind::Ticket(TicketError::Used) => {
                return self.finished_before(user, error).await.map_err(FinishFailed::new);
            }
            Err(error) => return Err(FinishFailed::new(error)),
        };
        match exchange(flow).await {
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
        let mut left = TRIES;
        loop {
            left -= 1;
            match self.save(user, &session).await {
                Ok(()) => return Ok(Finished { session, before: false }),
                Err(error) if left > 0 && error.is_retryable() => {}
                Err(error) => {
                    let session = Some(session);
                    return Err(FinishFailed(Box::new(Inner { error, ticket: None, session })));
                }
            }
        }
    }

    /// Puts the flow back where it was, with the time that it has left. Nothing if its time is over, or if
    /// the store does not want it.
    async fn park_again(&self, ticket: &Ticket, owner: Owner, flow: PendingFlow) -> Option<Ticket> {
        let sealed = self.kept.sealer.pending(&flow, ticket.place(), owner).ok()?;
        for _ in 0..TRIES {
            match self.kept.put(&ticket.key(), &sealed.bytes, Some(sealed.lifetime)).await {
                Ok(()) => {
                    crate::event!("a flow was parked again");
                    return Some(ticket.clone().for_time(sealed.lifetime));
                }
                Err(error) if error.is_retryable() => {}
                Err(_) => return None,
            }
        }
        None
    }
}

async fn take(attempt: &Attempt) -> Result<TakenUp, Error> {
    let mut left = TRIES;
    loop {
        left -= 1;
        match attempt.take().await {
            // With the same claim, so that a flow whose reply was lost is not lost.
            Err(error) if left > 0 && error.is_retryable() => {}
            done => return done,
        }
    }
}

/// If the client has a policy for retries, that decides alone, or each of its attempts would be three.
pub(super) async fn exchange(mut flow: Flow<Authorized>) -> Result<Session, Failed<Authorized>> {
    let mut left = if flow.client().retries().is_on() { 1 } else { TRIES };
    loop {
        left -= 1;
        match flow.exchange().await {
            Err(failed) if left > 0 && may_be_repeated(failed.error()) => flow = failed.into_flow(),
            done => return done,
        }
    }
}

/// At once, so not where the provider asks for a pause.
fn may_be_repeated(error: &Error) -> bool {
    error.is_retryable() && error.retry_after().is_none()
}

/// A flow that was finished. The vault has saved its session, so nothing is lost if you drop this.
#[derive(Clone, Debug)]
pub struct Finished {
    session: Session,
    before: bool,
}

impl Finished {
    /// The user's session, to use at once.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Takes the user's session out.
    pub fn into_session(self) -> Session {
        self.session
    }

    /// Whether an earlier call had finished the flow already: the page was loaded again, or the link was clicked
    /// twice.
    #[must_use]
    pub fn was_finished_before(&self) -> bool {
        self.before
    }
}

/// A flow that could not be finished: the error, and what is left of the flow.
///
/// `?` turns it into the [`Error`] alone.
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

    /// What went wrong.
    #[must_use]
    pub fn error(&self) -> &Error {
        &self.0.error
    }

    /// Keeps the error alone.
    #[must_use]
    pub fn into_error(self) -> Error {
        self.0.error
    }

    /// The ticket of the flow, if it was taken and is parked again: the same callback can be tried
    /// once more. The browser has this ticket's cookie already; setting it again does no harm.
    ///
    /// `None` also where nothing was taken, such as for a callback that names another flow: what was
    /// parked then still is.
    #[must_use]
    pub fn ticket(&self) -> Option<&Ticket> {
        self.0.ticket.as_ref()
    }

    /// The session, if the provider has granted it and only saving it failed. The request token is used
    /// up, so save this, or the user has to begin again.
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
