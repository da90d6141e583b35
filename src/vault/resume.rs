//! A parked flow taken up again, once.
//!
//! The trap: the reply to `take` can be lost after the store has carried it out. Each attempt has a
//! claim, and trying again uses the same one, so that it gets what it has taken already.

use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use secrecy::{ExposeSecret, SecretString};

use super::{
    keeper::{Vault, flow_key, store_failed},
    sealer::keeping,
    store::{Claim, Taken},
    ticket::Ticket,
};
use crate::{
    error::{Error, groups::TicketError, kind::ErrorKind},
    flow::{Flow, state::Authorized},
    in_flight::InFlight,
};

/// A parked flow that is being taken up. Await it.
///
/// # Cancel safety
///
/// It is `Unpin`: poll it through `&mut` in `select!` or a timeout. Dropping it may leave a flow
/// that was taken and that nobody has; the user then has to begin again. To give up a call and try
/// again, use [`restart`](Self::restart), which keeps the claim. A web server drops the work on a
/// request whose browser has gone away: let a task of its own take the flow up and finish it.
///
/// # Panics
///
/// If it is polled again after it has completed.
#[must_use = "a flow is not taken up until this is awaited"]
pub struct Resume {
    attempt: Arc<Attempt>,
    // The attempt is kept outside as well, since it can be restarted whether the call has ended or not.
    call: InFlight<Arc<Attempt>, Result<Flow<Authorized>, Error>>,
}

struct Attempt {
    vault: Vault,
    ticket: Ticket,
    callback: SecretString,
    claim: Claim,
}

impl Resume {
    pub(super) fn new(vault: Vault, ticket: Ticket, callback: SecretString) -> Self {
        Self::begin(Arc::new(Attempt { vault, ticket, callback, claim: Claim::new() }))
    }

    fn begin(attempt: Arc<Attempt>) -> Self {
        let own = Arc::clone(&attempt);
        let call = InFlight::new(Arc::clone(&attempt), async move { own.take().await });
        Self { attempt, call }
    }

    /// Gives up the call and begins anew, with the right to what the first may have taken.
    pub fn restart(self) -> Self {
        Self::begin(self.attempt)
    }
}

impl Attempt {
    async fn take(&self) -> Result<Flow<Authorized>, Error> {
        let store = &self.vault.store;
        let key = flow_key(&self.ticket);
        let checked = match store.get(&key).await.map_err(store_failed)? {
            Some(sealed) => Some(self.check(&sealed)?),
            // Gone, or taken: by another, or by this claim when the reply was lost.
            None => None,
        };
        let sealed = match store.take(&key, &self.claim).await.map_err(store_failed)? {
            Taken::Value(sealed) => sealed,
            Taken::Already => return Err(keeping(ErrorKind::Ticket(TicketError::Used))),
            Taken::Missing => return Err(keeping(ErrorKind::Ticket(TicketError::Unknown))),
        };
        crate::event!("a parked flow was taken up");
        match checked {
            Some(flow) => Ok(flow),
            None => self.check(&sealed),
        }
    }

    /// Opens the flow and reads the callback for it; the store is not touched.
    fn check(&self, sealed: &[u8]) -> Result<Flow<Authorized>, Error> {
        let place = self.ticket.value().expose_secret();
        let flow = self.vault.sealer.open_pending(sealed, place)?;
        Ok(flow.receive_callback(self.callback.expose_secret())?)
    }
}

impl Future for Resume {
    type Output = Result<Flow<Authorized>, ResumeFailed>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let (attempt, taken) = ready!(self.call.poll(context));
        Poll::Ready(taken.map_err(|error| ResumeFailed { error, attempt }))
    }
}

impl fmt::Debug for Resume {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resume").field("vault", &self.attempt.vault).finish_non_exhaustive()
    }
}

/// A flow that could not be taken up: the error, and the right to try again.
///
/// `?` turns it into the [`Error`] alone.
///
/// # Examples
///
/// ```
/// use tripod::{Authorized, Error, Flow, vault::{Ticket, Vault}};
///
/// async fn patient(vault: &Vault, ticket: &Ticket, path: &str) -> Result<Flow<Authorized>, Error> {
///     match vault.resume(ticket, path).await {
///         Err(failed) if failed.error().is_retryable() => Ok(failed.retry().await?),
///         other => Ok(other?),
///     }
/// }
/// ```
#[must_use = "it holds the right to try again"]
pub struct ResumeFailed {
    error: Error,
    attempt: Arc<Attempt>,
}

impl ResumeFailed {
    /// What went wrong.
    #[must_use]
    pub fn error(&self) -> &Error {
        &self.error
    }

    /// Keeps the error and gives up.
    #[must_use]
    pub fn into_error(self) -> Error {
        self.error
    }

    /// Tries again, with the same ticket, callback and claim: if the store had given the flow to
    /// this attempt and only its reply was lost, it gives it again.
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
