//! Calls without an async runtime.

// Layer 0: uses `error`. A transport that blocks does its whole work in the first poll, so one poll is enough, and a
// future that is not ready then waits for a reactor that is not there. Such transports are told so by the waker: they
// refuse before anything is sent.

use std::{
    pin::pin,
    sync::{Arc, LazyLock},
    task::{Context, Poll, Wake, Waker},
};

use crate::error::{Error, groups::UnsupportedError, stage::Stage};

/// Runs a call to its end on this thread, without an async runtime.
///
/// It works with transports that block the thread, such as `UreqTransport` (feature `ureq`) and closures
/// ([`transport::from_fn`](crate::transport::from_fn)). Steps and requests have methods for this:
/// [`Step::wait`](crate::Step::wait) and [`ResourceRequest::wait`](crate::ResourceRequest::wait). Use this function for
/// the other calls, such as [`Session::revoke`](crate::Flow::revoke) and FatSecret's methods:
///
/// ```no_run
/// # #[cfg(feature = "fatsecret")]
/// # fn run(session: tripod::Session) -> Result<(), tripod::Error> {
/// use tripod::fatsecret::FatSecret;
///
/// let fatsecret = FatSecret::new(session);
/// let profile = tripod::wait(fatsecret.profile())?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// The errors of the call. [`UnsupportedError::NoRuntime`] if the call needs an async runtime, even if this thread is in
/// one: use `.await` there. The crate's own transports find this out before they send anything.
pub fn wait<T>(call: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    match once(pin!(call)) {
        Poll::Ready(outcome) => outcome,
        Poll::Pending => Err(needs_a_runtime(Stage::Resource)),
    }
}

/// Polls a call, which does all of its work in this poll or none.
pub(crate) fn once<F: Future>(call: std::pin::Pin<&mut F>) -> Poll<F::Output> {
    call.poll(&mut Context::from_waker(&WAITING))
}

/// The error of a call that is not ready after its first poll: what it has sent until then, nobody knows.
pub(crate) fn needs_a_runtime(stage: Stage) -> Error {
    Error::new(stage, UnsupportedError::NoRuntime).with_may_have_happened(true)
}

/// Returns whether the call is polled by [`wait`], so that nobody will ever wake it.
pub(crate) fn is_waiting(context: &Context<'_>) -> bool {
    context.waker().will_wake(&WAITING)
}

static WAITING: LazyLock<Waker> = LazyLock::new(|| Waker::from(Arc::new(Nobody)));

struct Nobody;

impl Wake for Nobody {
    fn wake(self: Arc<Self>) {}
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;
    use crate::error::kind::ErrorKind;

    #[test]
    fn a_call_that_is_not_ready_at_once_is_an_error() {
        assert_eq!(wait(ready(Ok(7))).unwrap(), 7);
        let error = wait(pending::<Result<(), Error>>()).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Unsupported(UnsupportedError::NoRuntime));
        assert!(error.may_have_happened() && !error.is_retryable());
    }

    #[test]
    fn only_this_waker_tells_that_nobody_wakes() {
        assert!(is_waiting(&Context::from_waker(&WAITING.clone())));
        assert!(!is_waiting(&Context::from_waker(Waker::noop())));
        assert!(!is_waiting(&Context::from_waker(&Waker::from(Arc::new(Nobody)))));
    }
}
