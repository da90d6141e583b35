// A flow in whatever state it is, in one place.
//
// The trap: a step takes the flow, and here the flow is behind a reference. So a step stays in the enum while it
// runs and is polled there, and whatever becomes of it is put back at once.

use std::{
    future::poll_fn,
    mem,
    pin::Pin,
    task::{Context, Poll, ready},
};

use super::{
    Failed, Flow, PendingFlow, Session,
    state::{AccessGranted, Authorized, RequestTokenIssued, Unauthorized},
    step::Step,
};
use crate::{
    client::Client,
    error::{Error, kind::ErrorKind},
    protocol::callback::Callback,
};

/// A flow in whatever state it is, for programs that keep it in one place: a terminal or desktop interface, or a
/// state machine of your own.
///
/// Its methods take `&mut self`, and the flow stays in it if a step fails, if the user mistypes the code, or if a
/// future is dropped. The cost is that the compiler no longer knows the state: a step out of order compiles, and
/// fails with [`ErrorKind::OutOfOrder`]. Where a function knows the state, use [`Flow`].
///
/// | Variant | Next method |
/// |---|---|
/// | `Begun`, `Requesting` | [`advance`](Self::advance) |
/// | `Pending` | [`authorize`](Self::authorize) or [`receive_callback`](Self::receive_callback) |
/// | `Approved`, `Exchanging` | [`advance`](Self::advance); for another code, [`discard_verifier`](Self::discard_verifier) |
/// | `Granted` | [`session`](Self::session) |
///
/// # Examples
///
/// A `match` takes the flow out, with its state as its type:
///
/// ```
/// use tripod::{AnyFlow, Session};
///
/// fn into_session(flow: AnyFlow) -> Result<Session, AnyFlow> {
///     match flow {
///         AnyFlow::Granted(session) => Ok(session),
///         other => Err(other),
///     }
/// }
/// ```
///
/// Asking the user for the code, and using it:
///
/// ```
/// use tripod::{AnyFlow, Error};
///
/// async fn code_was_typed(flow: &mut AnyFlow, code: &str) -> Result<(), Error> {
///     flow.authorize(code)?;
///     let exchanged = flow.advance().await;
///     match &exchanged {
///         // The network, or a bad moment of the provider's: `advance` tries again.
///         Err(error) if error.is_retryable() => {}
///         // The code may be wrong: another one can be typed, three at most. Then begin a new flow.
///         Err(error) if error.may_be_wrong_verifier() => flow.discard_verifier()?,
///         _ => {}
///     }
///     exchanged
/// }
/// ```
// No variant bears a state's name: rustc would print long paths in each message about flows.
#[derive(Debug)]
#[non_exhaustive]
#[must_use = "it holds the flow, and dropping it forgets the flow's tokens"]
pub enum AnyFlow {
    /// Nothing has happened yet.
    Begun(Flow<Unauthorized>),
    /// The provider is being asked for a request token.
    Requesting(Step<Unauthorized>),
    /// The user has to approve, on the page at [`authorization_url`](AnyFlow::authorization_url).
    Pending(PendingFlow),
    /// The flow has a verifier.
    Approved(Flow<Authorized>),
    /// The request token is being exchanged for an access token.
    Exchanging(Step<Authorized>),
    /// The provider has granted access.
    Granted(Session),
}

impl AnyFlow {
    /// Makes the call that comes next: asks for the request token, or exchanges it.
    ///
    /// If such a call is running already, it continues. So you can drop the future and call this
    /// method again.
    ///
    /// # Errors
    ///
    /// The errors of [`request_token`](Flow::request_token) and of [`exchange`](Flow::exchange); the flow is then in the
    /// state that it had before the step. [`ErrorKind::OutOfOrder`] if the user has to approve first, or if the
    /// flow is granted already.
    ///
    /// # Cancel safety
    ///
    /// If you drop the future, the step stays inside, and the next call of this method continues
    /// it. [`cancel`](Self::cancel) cancels it. See [`Step`] for what the provider may have done.
    ///
    /// # Panics
    ///
    /// If the step in a variant was awaited from outside and has ended.
    pub async fn advance(&mut self) -> Result<(), Error> {
        match self.take() {
            Some(Self::Begun(flow)) => *self = Self::Requesting(flow.request_token()),
            Some(Self::Approved(flow)) => *self = Self::Exchanging(flow.exchange()),
            Some(other @ (Self::Pending(_) | Self::Granted(_))) => {
                return self.refuse("advance", other);
            }
            Some(in_flight) => *self = in_flight,
            None => {}
        }
        poll_fn(|context| self.poll(context)).await
    }

    /// Accepts the verifier (PIN) that the user copied from the provider's page, as [`Flow::authorize`]
    /// does.
    ///
    /// # Errors
    ///
    /// The errors of [`Flow::authorize`]; the user can then type another code. [`ErrorKind::OutOfOrder`] if the flow does
    /// not wait for the user.
    pub fn authorize(&mut self, verifier: &str) -> Result<(), Error> {
        self.approve("authorize", |flow| flow.authorize(verifier))
    }

    /// Reads the verifier from the URL of the callback, as [`Flow::receive_callback`] does.
    ///
    /// # Errors
    ///
    /// The errors of [`Flow::receive_callback`]; the right callback may still come. [`ErrorKind::OutOfOrder`] if the flow
    /// does not wait for the user.
    pub fn receive_callback(&mut self, callback: &str) -> Result<(), Error> {
        self.approve("receive_callback", |flow| flow.receive_callback(callback))
    }

    /// Discards the verifier, so that the user can type another code.
    ///
    /// Use it if [`advance`](Self::advance) failed because the user mistyped the code.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::OutOfOrder`] if the flow is not [`Approved`](Self::Approved).
    pub fn discard_verifier(&mut self) -> Result<(), Error> {
        match self.take() {
            Some(Self::Approved(flow)) => {
                *self = flow.discard_verifier().into();
                Ok(())
            }
            Some(other) => self.refuse("discard_verifier", other),
            None => Err(self.out_of_order("discard_verifier")),
        }
    }

    /// Cancels the running step, and goes back to the state before it. Does nothing if no step is running.
    ///
    /// The provider may have carried out the call all the same; see [`Step`].
    pub fn cancel(&mut self) {
        let flow = match self.take() {
            Some(Self::Requesting(step)) => step.into_flow().map(Self::from),
            Some(Self::Exchanging(step)) => step.into_flow().map(Self::from),
            other => other,
        };
        if let Some(flow) = flow {
            *self = flow;
        }
    }

    /// Returns the URL of the page to which you send the user, or `None` if the flow does not wait
    /// for the user.
    ///
    /// # Security
    ///
    /// Show it to this user only; see [`Flow::authorization_url`].
    #[must_use]
    pub fn authorization_url(&self) -> Option<String> {
        match self {
            Self::Pending(flow) => Some(flow.authorization_url()),
            _ => None,
        }
    }

    /// Returns the session, or `None` until access is granted. Clone the session to keep it.
    #[must_use]
    pub fn session(&self) -> Option<&Session> {
        match self {
            Self::Granted(session) => Some(session),
            _ => None,
        }
    }

    /// Polls the step in flight where it is.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        match self {
            Self::Requesting(step) => {
                let outcome = ready!(Pin::new(step).poll(context));
                Poll::Ready(self.settle(outcome))
            }
            Self::Exchanging(step) => {
                let outcome = ready!(Pin::new(step).poll(context));
                Poll::Ready(self.settle(outcome))
            }
            _ => Poll::Ready(Ok(())),
        }
    }

    fn approve(
        &mut self,
        step: &'static str,
        approve: impl FnOnce(PendingFlow) -> Result<Flow<Authorized>, Failed<RequestTokenIssued>>,
    ) -> Result<(), Error> {
        match self.take() {
            Some(Self::Pending(flow)) => self.settle(approve(flow)),
            Some(other) => self.refuse(step, other),
            None => Err(self.out_of_order(step)),
        }
    }

    /// Puts back what came of a step.
    fn settle<S, T>(&mut self, outcome: Result<Flow<T>, Failed<S>>) -> Result<(), Error>
    where
        Self: From<Flow<S>> + From<Flow<T>>,
    {
        let (flow, outcome) = match outcome {
            Ok(flow) => (flow.into(), Ok(())),
            Err(failed) => {
                let (error, flow) = failed.into_parts();
                (flow.into(), Err(error))
            }
        };
        *self = flow;
        outcome
    }

    fn refuse(&mut self, step: &'static str, flow: Self) -> Result<(), Error> {
        *self = flow;
        Err(self.out_of_order(step))
    }

    fn out_of_order(&self, step: &'static str) -> Error {
        let advice = match self {
            Self::Begun(_) => "it has no request token yet; `advance` asks for one",
            Self::Requesting(_) => "its request token is being asked for; `advance` goes on",
            Self::Pending(_) => {
                "it waits for the user; give the code to `authorize`, or the callback to `receive_callback`"
            }
            Self::Approved(_) => {
                "it has a verifier; `advance` exchanges it, and `discard_verifier` waits for another one"
            }
            Self::Exchanging(_) => {
                "it is being exchanged; `advance` goes on, and `cancel` gives the call up"
            }
            Self::Granted(_) => "it is granted; use its `session`",
        };
        Error::setup(ErrorKind::OutOfOrder { step, advice })
    }

    /// Takes the flow out, which the caller replaces at once. What stands here meanwhile is seen only after a panic.
    ///
    /// Nothing is taken if the step that stands here was awaited from outside and has ended.
    fn take(&mut self) -> Option<Self> {
        let meanwhile = self.client()?.begin(Callback::out_of_band());
        Some(mem::replace(self, meanwhile.into()))
    }

    fn client(&self) -> Option<&Client> {
        Some(match self {
            Self::Begun(flow) => flow.client(),
            Self::Requesting(step) => step.flow()?.client(),
            Self::Pending(flow) => flow.client(),
            Self::Approved(flow) => flow.client(),
            Self::Exchanging(step) => step.flow()?.client(),
            Self::Granted(session) => session.client(),
        })
    }
}

macro_rules! holds {
    ($($state:ident $variant:ident),*) => {$(
        impl From<Flow<$state>> for AnyFlow {
            fn from(flow: Flow<$state>) -> Self {
                Self::$variant(flow)
            }
        }
    )*};
}

holds!(Unauthorized Begun, RequestTokenIssued Pending, Authorized Approved, AccessGranted Granted);
