// The four states of the three-legged flow.
//
// One type, `Flow`, whose parameter is the state; each state has its methods in a file of its own,
// in one inherent `impl`, so that the compiler can say which state has the method that was called
// too early.
//
// Layer 4: uses everything below, and `resource`. The trap: a second public path to a state, a
// default for the parameter, or a trait around the methods, and that message is gone. No state's file
// imports another state's; what two need is in a third.

// In the order of the legs, parted by blank lines so that they are not sorted: docs.rs shows the methods of `Flow` in
// this order.
mod unauthorized;

mod issued;

mod authorized;

mod granted;

pub(crate) mod any;
pub(crate) mod awaiting;
mod retried;
#[cfg(feature = "vault")]
pub(crate) mod snapshot;
pub(crate) mod state;
pub(crate) mod step;
mod token_call;

use std::fmt;

pub use self::{
    any::AnyFlow,
    awaiting::{Awaiting, Networked},
    granted::Renewed,
    state::{AccessGranted, Authorized, RequestTokenIssued, State, Unauthorized},
    step::Step,
};
use crate::{
    client::Client,
    error::{Error, stage::Stage},
};

/// A three-legged flow in the state `S`.
///
/// | State | What it has | What it can do |
/// |---|---|---|
/// | [`Unauthorized`] | a callback | [`request_token`](Flow::request_token) |
/// | [`RequestTokenIssued`] | a request token | [`authorization_url`](Flow::authorization_url), then [`authorize`](Flow::authorize) or [`receive_callback`](Flow::receive_callback) |
/// | [`Authorized`] | that and a verifier | [`exchange`](Flow::exchange) |
/// | [`AccessGranted`] | an access token | [`get`](Flow::get), [`post`](Flow::post), [`sign`](Flow::sign) |
///
/// A step consumes the flow. If a step fails, [`Failed`] holds the flow in the state that it had. If
/// your program keeps the flow in one place, whatever its state is, use [`AnyFlow`].
///
/// A flow holds secrets, and wipes them from memory when it is dropped. It cannot be cloned before
/// access is granted, because a request token works once.
///
/// # Examples
///
/// ```no_run
/// # async fn run() -> Result<(), tripod::Error> {
/// use tripod::{Authorized, Callback, Client, Consumer, Flow, PendingFlow, Provider, Session, Unauthorized};
///
/// let client = Client::new(Provider::fatsecret(), Consumer::new("key", "secret"))?;
///
/// let begun: Flow<Unauthorized> = client.begin(Callback::out_of_band());
/// let issued: PendingFlow = begun.request_token().await?;
/// println!("Open {}", issued.authorization_url());
/// let authorized: Flow<Authorized> = issued.authorize("the code that the user typed")?;
/// let session: Session = authorized.exchange().await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a flow or session does nothing by itself, and dropping it forgets its tokens"]
pub struct Flow<S> {
    client: Client,
    state: S,
}

/// A flow that waits for the user's approval. A web application keeps it until the callback comes,
/// for example under its [`oauth_token`](Flow::oauth_token).
///
/// # Examples
///
/// ```
/// use std::collections::HashMap;
/// use tripod::PendingFlow;
///
/// /// Keeps the flow, and returns the page to which the browser is sent.
/// fn keep(pending: &mut HashMap<String, PendingFlow>, flow: PendingFlow) -> String {
///     let page = flow.authorization_url();
///     pending.insert(flow.oauth_token().to_owned(), flow);
///     page
/// }
/// ```
pub type PendingFlow = Flow<RequestTokenIssued>;

/// A flow with an access token. It signs and sends requests for the user.
pub type Session = Flow<AccessGranted>;

/// # In every state
impl<S> Flow<S> {
    /// Returns the client that this flow belongs to.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Goes to the next state with what the check has proved.
    fn step_to<T>(self, next: impl FnOnce(S) -> T) -> Flow<T> {
        Flow { client: self.client, state: next(self.state) }
    }

    pub(crate) fn failed(self, error: Error) -> Failed<S> {
        Failed { error, flow: Box::new(self) }
    }
}

impl Clone for Flow<AccessGranted> {
    fn clone(&self) -> Self {
        Self { client: self.client.clone(), state: self.state.clone() }
    }
}

// No bound on the state: each function that prints a flow, or a struct with a flow, would have to repeat it.
impl<S> fmt::Debug for Flow<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let provider = self.client.provider();
        let state = std::any::type_name::<S>();
        let state = state.rsplit("::").next().unwrap_or(state);
        f.debug_struct("Flow")
            .field("state", &format_args!("{state}"))
            .field("provider", &format_args!("{provider}"))
            .finish_non_exhaustive()
    }
}

/// The error of a step. It holds the [`Error`], and the flow in the state that it had before the
/// step.
///
/// `?` turns it into the [`Error`] alone. `Display` names the step, and the [`Error`] is the
/// [`source`](std::error::Error::source). To try again, take the flow out with
/// [`into_flow`](Self::into_flow): after a network failure in [`exchange`](Flow::exchange), the
/// user does not have to go to the browser again.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use tripod::{AccessGranted, Authorized, Failed, Flow};
///
/// async fn exchange(mut flow: Flow<Authorized>) -> Result<Flow<AccessGranted>, tripod::Error> {
///     for _ in 0..3 {
///         flow = match flow.exchange().await {
///             Ok(granted) => return Ok(granted),
///             Err(failed) if failed.error().is_retryable() => failed.into_flow(),
///             Err(failed) => return Err(failed.into_error()),
///         };
///     }
///     Ok(flow.exchange().await?)
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "a failed step holds the flow, with which the step can be tried again"]
pub struct Failed<S> {
    error: Error,
    flow: Box<Flow<S>>,
}

impl<S> Failed<S> {
    /// Returns the error.
    #[must_use]
    pub fn error(&self) -> &Error {
        &self.error
    }

    /// Returns the flow, in the state that it had before the step.
    pub fn into_flow(self) -> Flow<S> {
        *self.flow
    }

    /// Returns the error, and drops the flow.
    #[must_use]
    pub fn into_error(self) -> Error {
        self.error
    }

    /// Returns the error and the flow.
    pub fn into_parts(self) -> (Error, Flow<S>) {
        (self.error, *self.flow)
    }
}

impl<S> From<Failed<S>> for Error {
    fn from(failed: Failed<S>) -> Self {
        failed.error
    }
}

impl<S> fmt::Debug for Failed<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Failed").field("error", &self.error).field("flow", &self.flow).finish()
    }
}

impl<S> fmt::Display for Failed<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.error.stage() {
            Stage::RequestToken => "no request token was issued",
            Stage::Approval => "the approval was not accepted",
            Stage::AccessToken => "the request token was not exchanged for an access token",
            Stage::Keeping => "the flow was not stored or restored",
            Stage::Setup | Stage::Resource | Stage::Renewal | Stage::Revocation => {
                "the step failed"
            }
        })
    }
}

impl<S> std::error::Error for Failed<S> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}
