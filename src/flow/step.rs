// A step in flight: the flow beside the call.
//
// A step is a transport around an `Awaiting`. It owns the flow while the call runs, so that dropping
// the call loses nothing: that is what an `async fn(self)` could not give.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
};

use super::{
    Failed, Flow,
    awaiting::{Awaiting, Networked},
};
use crate::{
    dead_stack::wipe_dead_stack, error::Error, exchange::Call as _, in_flight::InFlight,
    protocol::reply::wipe, refusal::Classified, wait,
};

/// A step that makes a call to the provider. It is a future: `.await` it.
///
/// Nothing happens before the first poll. The request is signed then, so its timestamp is current.
///
/// # Cancel safety
///
/// A step is `Unpin`, so you can poll it through `&mut step` in `select!` or with a timeout, and
/// continue it later. To cancel the call and keep the flow, use [`into_flow`](Self::into_flow). The
/// flow is not lost, but the provider may have carried out the call. A request token that nobody
/// received does no harm. If the provider carried out an exchange, the request token is used up: the
/// provider refuses the next attempt, and the user has to approve again.
///
/// # Panics
///
/// If a step is polled again after it has completed.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use tripod::{AccessGranted, Authorized, Flow};
///
/// async fn impatient(flow: Flow<Authorized>) -> Result<Flow<AccessGranted>, Option<Flow<Authorized>>> {
///     let mut step = flow.exchange();
///     match tokio::time::timeout(Duration::from_secs(5), &mut step).await {
///         Ok(Ok(granted)) => Ok(granted),
///         Ok(Err(failed)) => Err(Some(failed.into_flow())),
///         Err(_elapsed) => Err(step.into_flow()),
///     }
/// }
/// ```
#[must_use = "a step does nothing until it is awaited"]
pub struct Step<S>(InFlight<Awaiting<S>, Result<Classified, Error>>);

impl<S> Step<S> {
    pub(super) fn new(awaiting: Awaiting<S>) -> Self {
        wipe_dead_stack();
        let call = awaiting.call().clone().send();
        Self(InFlight::new(awaiting, call))
    }

    /// The flow that waits for the outcome; `None` once the step has ended.
    pub(super) fn flow(&self) -> Option<&Flow<S>> {
        self.0.value().map(Awaiting::flow)
    }

    /// Cancels the call and returns the flow, in the state that it had.
    ///
    /// `None` if the step has already ended; then its result has the flow.
    #[must_use = "the flow holds the tokens"]
    pub fn into_flow(self) -> Option<Flow<S>> {
        self.0.into_value().map(Awaiting::into_flow)
    }
}

impl<S: Networked> Future for Step<S> {
    type Output = Result<Flow<S::Next>, Failed<S>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let (awaiting, answer) = ready!(self.0.poll(context));
        Poll::Ready(match answer {
            Ok(Classified { reply, problem, .. }) => {
                let outcome = awaiting.read(&reply, &problem);
                wipe(reply);
                outcome
            }
            Err(error) => Err(awaiting.into_flow().failed(error)),
        })
    }
}

impl<S: Networked> Step<S> {
    /// Runs the step on this thread, without an async runtime.
    ///
    /// It works with transports that block the thread, such as `UreqTransport` (feature `ureq`).
    ///
    /// # Errors
    ///
    /// The errors of the step. [`NoRuntime`](crate::UnsupportedError::NoRuntime) if the transport needs an async runtime,
    /// even if this thread is in one; use `.await` there. The error holds the flow in each case.
    pub fn wait(mut self) -> Result<Flow<S::Next>, Failed<S>> {
        if let Poll::Ready(outcome) = wait::once(Pin::new(&mut self)) {
            return outcome;
        }
        let Some(awaiting) = self.0.into_value() else {
            unreachable!("a step that is pending has its flow")
        };
        let error = wait::needs_a_runtime(awaiting.call().stage());
        Err(awaiting.into_flow().failed(error))
    }
}

impl<S> fmt::Debug for Step<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Step").field("flow", &self.0).finish_non_exhaustive()
    }
}
