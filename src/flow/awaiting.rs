// A flow that waits for a reply, in the hands of a program that does its own I/O.

use std::fmt;

use bytes::Bytes;
use http::{Request, Response};

use super::{Failed, Flow, state::State, token_call::TokenRequest};
use crate::{
    clock::timekeeper::Flight, dead_stack::wipe_dead_stack, error::Error,
    protocol::problem::Problem,
};

/// Reads the reply to a request of [`build`](Flow::build), and keeps the flow until then.
///
/// You get it from [`build`](Flow::build), together with the request. Send the request with any HTTP client,
/// and give the reply to [`receive`](Self::receive), which returns the flow's next state. If there is no
/// reply, [`into_flow`](Self::into_flow) returns the flow.
///
/// # Security
///
/// An OAuth 1.0 reply contains nothing that binds it to its request. Give each reply to the `Awaiting`
/// that came with its request: if you give the same reply to two flows, the crate cannot detect it. It
/// does detect a reply to the request-token call where it expects an access token.
///
/// # Examples
///
/// ```
/// use bytes::Bytes;
/// use http::{Request, Response};
/// use tripod::{Authorized, Awaiting, Error, Flow, Session};
///
/// fn exchange(
///     flow: Flow<Authorized>,
///     send: impl Fn(Request<Bytes>) -> std::io::Result<Response<Vec<u8>>>,
/// ) -> Result<Session, Option<Error>> {
///     let (request, awaiting): (_, Awaiting<Authorized>) =
///         flow.build().map_err(|failed| Some(failed.into_error()))?;
///     let reply = send(request).map_err(|_| None)?;
///     awaiting.receive(&reply).map_err(|failed| Some(failed.into_error()))
/// }
/// ```
#[must_use = "it holds the flow, which its reply takes to the next state"]
pub struct Awaiting<S> {
    flow: Flow<S>,
    call: TokenRequest,
    /// Of a request that was built here; a step's is the exchange's own.
    flight: Option<Flight>,
}

/// A state that is left by a call to the provider: [`Unauthorized`](crate::Unauthorized) or
/// [`Authorized`](crate::Authorized).
///
/// Write `S: Networked` in code of your own that awaits a [`Step`](crate::Step), or calls
/// [`Awaiting::receive`], in either of the two states. The trait is sealed.
///
/// # Examples
///
/// ```
/// use tripod::{Error, Flow, Networked, Step};
///
/// async fn timed<S: Networked>(step: Step<S>) -> Result<Flow<S::Next>, Error> {
///     let begin = std::time::Instant::now();
///     let next = step.await?;
///     println!("{next:?} after {:?}", begin.elapsed());
///     Ok(next)
/// }
/// ```
pub trait Networked: State {
    /// The state after the call has succeeded.
    type Next: State;

    // Not to be called from outside: nobody else has a `TokenRequest`.
    #[doc(hidden)]
    fn next<B: AsRef<[u8]>>(
        flow: &Flow<Self>,
        call: &TokenRequest,
        reply: &Response<B>,
        problem: &Problem,
    ) -> Result<Self::Next, Error>;
}

impl<S> Awaiting<S> {
    pub(super) fn new(flow: Flow<S>, call: TokenRequest) -> Self {
        Self { flow, call, flight: None }
    }

    /// Signs the request.
    pub(super) fn build(mut self) -> Result<(Request<Bytes>, Self), Failed<S>> {
        match self.call.sign() {
            Ok((request, flight)) => {
                self.flight = Some(flight);
                Ok((request, self))
            }
            Err(error) => Err(self.flow.failed(error)),
        }
    }

    pub(super) fn flow(&self) -> &Flow<S> {
        &self.flow
    }

    pub(super) fn call(&self) -> &TokenRequest {
        &self.call
    }

    /// Returns the flow, in the state that it had, without reading a reply.
    ///
    /// The provider may have carried out the call all the same; see [`Step`](super::Step).
    pub fn into_flow(self) -> Flow<S> {
        self.flow
    }
}

impl<S: Networked> Awaiting<S> {
    /// Reads the provider's reply, and returns the flow in its next state.
    ///
    /// If the provider refused the timestamp, the client learns the time from the reply's `Date`. The
    /// next request that the flow builds is signed with this time.
    ///
    /// # Errors
    ///
    /// Returns the flow with the errors of the step of the same state
    /// ([`request_token`](Flow::request_token) or [`exchange`](Flow::exchange)), except network
    /// failures.
    ///
    /// # Source
    ///
    /// RFC 5849 sections 2.1 and 2.3.
    pub fn receive<B: AsRef<[u8]>>(self, reply: &Response<B>) -> Result<Flow<S::Next>, Failed<S>> {
        let Self { flow, call, flight } = self;
        let problem = call.classify(reply);
        if let Some(flight) = flight {
            call.settle(flight, reply, &problem);
        }
        Self { flow, call, flight: None }.read(reply, &problem)
    }

    /// Reads a reply of which it is known what it means.
    pub(super) fn read<B: AsRef<[u8]>>(
        self,
        reply: &Response<B>,
        problem: &Problem,
    ) -> Result<Flow<S::Next>, Failed<S>> {
        let Self { flow, call, .. } = self;
        let next = S::next(&flow, &call, reply, problem);
        // Reading leaves pieces of a token's secret behind.
        wipe_dead_stack();
        match next {
            Ok(next) => Ok(flow.step_to(|_| next)),
            Err(error) => Err(flow.failed(error)),
        }
    }
}

impl<S> fmt::Debug for Awaiting<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Awaiting").field("flow", &self.flow).finish_non_exhaustive()
    }
}
