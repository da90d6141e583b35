// A parked flow taken up again, once.
//
// The trap: the reply to `take` can be lost after the store has carried it out. Each attempt has a
// claim, and trying again uses the same one, so that it gets what it has taken already.

use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use secrecy::{ExposeSecret, SecretString};

use super::{
    kept::Kept,
    record::Owner,
    sealer::{keeping, no_user},
    store::{Claim, Taken},
    ticket::Ticket,
};
use crate::{
    error::{Error, groups::TicketError, kind::ErrorKind},
    flow::{Flow, state::Authorized},
    in_flight::InFlight,
};

/// The future that takes a parked flow from the store. `.await` it.
///
/// # Cancel safety
///
/// It is `Unpin`, so you can poll it through `&mut` in `select!` or with a timeout. If you drop it,
/// the flow may be lost, because it may have been taken; then the user has to begin again. To
/// cancel a call and try again, use [`restart`](Self::restart), which keeps the claim. When a
/// browser closes the connection, a web server drops the future of the request: so take and finish
/// the flow in a task of its own.
///
/// # Panics
///
/// If it is polled again after it has completed.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use tripod::{Authorized, Error, Flow, vault::{Resume, Ticket, Vault}};
///
/// async fn patient(vault: &Vault, ticket: &Ticket, path: &str) -> Result<Flow<Authorized>, Error> {
///     let mut resume: Resume = vault.resume(ticket, path);
///     loop {
///         match tokio::time::timeout(Duration::from_secs(2), &mut resume).await {
///             Ok(resumed) => return Ok(resumed?),
///             Err(_elapsed) => resume = resume.restart(),
///         }
///     }
/// }
/// ```
#[must_use = "a flow is not taken up until this is awaited"]
pub struct Resume {
    attempt: Arc<Attempt>,
    // The attempt is kept outside as well, since it can be restarted whether the call has ended or not.
    call: InFlight<Arc<Attempt>, Result<TakenUp, Error>>,
}

pub(super) struct Attempt {
    kept: Kept,
    ticket: Ticket,
    callback: SecretString,
    user: Option<Box<str>>,
    claim: Claim,
}

/// What was taken: the flow, and whom it is bound to.
pub(super) struct TakenUp {
    pub(super) flow: Flow<Authorized>,
    pub(super) owner: Owner,
}

impl Resume {
    pub(super) fn new(attempt: Attempt) -> Self {
        Self::begin(Arc::new(attempt))
    }

    fn begin(attempt: Arc<Attempt>) -> Self {
        let own = Arc::clone(&attempt);
        let call = InFlight::new(Arc::clone(&attempt), async move { own.take().await });
        Self { attempt, call }
    }

    /// Cancels the call and starts it again with the same claim, so that a flow which the first call has taken is not lost.
    pub fn restart(self) -> Self {
        Self::begin(self.attempt)
    }
}

impl Attempt {
    pub(super) fn new(kept: &Kept, ticket: &Ticket, callback: &str, user: Option<&str>) -> Self {
        Self {
            kept: kept.clone(),
            ticket: ticket.clone(),
            callback: SecretString::from(callback),
            user: user.map(Box::from),
            claim: Claim::new(),
        }
    }

    pub(super) async fn take(&self) -> Result<TakenUp, Error> {
        // Before anything is asked: no flow is anybody's.
        if self.user.as_deref() == Some("") {
            return Err(no_user());
        }
        let key = self.ticket.key();
        let checked = match self.kept.get(&key).await? {
            Some(sealed) => Some(self.check(&sealed)?),
            // Gone, or taken: by another, or by this claim when the reply was lost.
            None => None,
        };
        let sealed = match self.kept.take(&key, &self.claim).await? {
            Taken::Value(sealed) => sealed,
            Taken::Already => return Err(keeping(ErrorKind::Ticket(TicketError::Used))),
            Taken::Missing => return Err(keeping(ErrorKind::Ticket(TicketError::Unknown))),
        };
        crate::event!("a parked flow was resumed");
        match checked {
            Some(flow) => Ok(flow),
            None => self.check(&sealed),
        }
    }

    /// Opens the flow and reads the callback for it; the store is not touched.
    fn check(&self, sealed: &[u8]) -> Result<TakenUp, Error> {
        let (place, user) = (self.ticket.place(), self.user.as_deref());
        let (flow, owner) = self.kept.sealer.open_pending_for(sealed, place, user)?;
        let flow = flow.receive_callback_with_ticket(self.callback.expose_secret())?;
        Ok(TakenUp { flow, owner })
    }
}

impl Future for Resume {
    type Output = Result<Flow<Authorized>, ResumeFailed>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let (attempt, taken) = ready!(self.call.poll(context));
        let taken = taken.map(|taken| taken.flow);
        Poll::Ready(taken.map_err(|error| ResumeFailed { error, attempt }))
    }
}

impl fmt::Debug for Resume {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resume").field("sealer", &self.attempt.kept.sealer).finish_non_exhaustive()
    }
}

/// The error of [`Resume`], with the claim that is needed to try again.
///
/// `?` turns it into the [`Error`] alone.
///
/// # Examples
///
/// ```
/// use tripod::{Authorized, Error, Flow, vault::{ResumeFailed, Ticket, Vault}};
///
/// async fn once_more(failed: ResumeFailed) -> Result<Flow<Authorized>, Error> {
///     if failed.error().is_retryable() { Ok(failed.retry().await?) } else { Err(failed.into_error()) }
/// }
///
/// async fn patient(vault: &Vault, ticket: &Ticket, path: &str) -> Result<Flow<Authorized>, Error> {
///     match vault.resume(ticket, path).await {
///         Ok(flow) => Ok(flow),
///         Err(failed) => once_more(failed).await,
///     }
/// }
/// ```
#[must_use = "it holds the right to try again"]
pub struct ResumeFailed {
    error: Error,
    attempt: Arc<Attempt>,
}

impl ResumeFailed {
    /// Returns the error.
    #[must_use]
    pub fn error(&self) -> &Error {
        &self.error
    }

    /// Returns the error, and gives up the claim.
    #[must_use]
    pub fn into_error(self) -> Error {
        self.error
    }

    /// Tries again with the same ticket, callback and claim. If the store had given the flow to
    /// this attempt and only its reply was lost, the store gives the flow again.
    pub fn retry(self) -> Resume {
        Resume::begin(self.attempt)
    }
}

impl From<ResumeFailed> for Error {
    fn from(failed: ResumeFailed) -> Self {
        failed.error
    }
}

impl fmt::Debug for ResumeFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResumeFailed").field("error", &self.error).finish_non_exhaustive()
    }
}

impl fmt::Display for ResumeFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for ResumeFailed {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&self.error)
    }
}
