// A value that is kept beside a call which runs for it.
//
// Dropping an `async fn(self)` drops what it was given. Here the value stays outside the call, so
// that whoever cancels the call can have the value back.

use std::{
    fmt,
    pin::Pin,
    sync::{Mutex, PoisonError},
    task::{Context, Poll},
};

/// A boxed call, and a value that comes back with its outcome or in its place.
///
/// It is no future itself: the types around it are, and each makes its own output of the two.
pub(crate) struct InFlight<V, T> {
    /// Nothing once the call has ended: the outcome had the value.
    value: Option<V>,
    /// Never locked: the mutex makes of a call that can be sent a struct that can be shared, too.
    call: Mutex<Pin<Box<dyn Future<Output = T> + Send>>>,
}

impl<V, T> InFlight<V, T> {
    pub(crate) fn new(value: V, call: impl Future<Output = T> + Send + 'static) -> Self {
        Self { value: Some(value), call: Mutex::new(Box::pin(call)) }
    }

    /// The value; `None` if the call has ended.
    pub(crate) fn value(&self) -> Option<&V> {
        self.value.as_ref()
    }

    /// Cancels the call and returns the value; `None` if the call has ended.
    pub(crate) fn into_value(self) -> Option<V> {
        self.value
    }

    /// Polls the call, and returns the value with its outcome once it has ended.
    ///
    /// # Panics
    ///
    /// If the call has ended already. To stay pending instead would hang the caller without a word.
    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<(V, T)> {
        assert!(self.value.is_some(), "a future was polled again after it had completed");
        let call = self.call.get_mut().unwrap_or_else(PoisonError::into_inner);
        let Poll::Ready(outcome) = call.as_mut().poll(context) else {
            return Poll::Pending;
        };
        // It was there a moment ago.
        self.value.take().map_or(Poll::Pending, |value| Poll::Ready((value, outcome)))
    }
}

// The value is only ever moved out of the option, never pinned.
impl<V, T> Unpin for InFlight<V, T> {}

impl<V: fmt::Debug, T> fmt::Debug for InFlight<V, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        future::{pending, ready},
        task::Waker,
    };

    use super::*;

    fn poll<V, T>(call: &mut InFlight<V, T>) -> Poll<(V, T)> {
        call.poll(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn the_value_comes_back_with_the_outcome_or_in_its_place() {
        let mut ended = InFlight::new("flow", ready(7));
        assert_eq!(poll(&mut ended), Poll::Ready(("flow", 7)));
        assert_eq!(ended.into_value(), None);

        let mut cancelled = InFlight::new("flow", pending::<()>());
        assert_eq!(poll(&mut cancelled), Poll::Pending);
        assert_eq!(format!("{cancelled:?}"), r#"Some("flow")"#);
        assert_eq!(cancelled.into_value(), Some("flow"));
    }

    #[test]
    #[should_panic(expected = "polled again after it had completed")]
    fn a_poll_after_the_end_panics() {
        let mut ended = InFlight::new((), ready(()));
        let _ = poll(&mut ended);
        let _ = poll(&mut ended);
    }
}
