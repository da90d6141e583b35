// `Flow<Unauthorized>`: asking for a request token (RFC 5849 section 2.1).

use bytes::Bytes;
use http::{Request, Response};

use super::{
    Failed, Flow,
    awaiting::{Awaiting, Networked},
    state::{RequestToken, RequestTokenIssued, Unauthorized},
    step::Step,
    token_call::TokenRequest,
};
use crate::{
    client::Client,
    error::Error,
    protocol::{callback::Callback, problem::Problem},
    provider::ask::Ask,
    signature::explain::Explanation,
};

/// # Begin a flow
impl Client {
    /// Begins a flow for one user. Nothing is sent yet.
    pub fn begin(&self, callback: Callback) -> Flow<Unauthorized> {
        Flow { client: self.clone(), state: Unauthorized { callback, ask: Box::default() } }
    }
}

/// # Leg 1: ask for a request token
///
/// A flow that [`Client::begin`] has begun.
impl Flow<Unauthorized> {
    /// Sets parameters for the authorization page and for the request-token call, such as a scope, or
    /// chooses another page.
    ///
    /// It replaces what an earlier call of this method has set.
    ///
    /// # Errors
    ///
    /// Later, from [`request_token`](Self::request_token); see [`Ask`].
    ///
    /// # Examples
    ///
    /// ```
    /// # fn main() -> Result<(), tripod::Error> {
    /// use tripod::{Ask, Callback, Client, Consumer, providers};
    ///
    /// let client = Client::new(providers::x(), Consumer::new("key", "secret"))?;
    /// let flow = client
    ///     .begin(Callback::url("https://app.example/back")?)
    ///     .with_ask(Ask::new().with_page_parameter("force_login", "true"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_ask(mut self, ask: Ask) -> Self {
        self.state.ask = Box::new(ask);
        self
    }

    /// Asks the provider for a request token.
    ///
    /// The request is signed with the consumer's key alone. If the provider refuses the timestamp
    /// or the nonce, the step tries once more, with a new nonce and the time of the provider's
    /// clock.
    ///
    /// # Errors
    ///
    /// The step returns the flow with the errors of [`build`](Self::build), with a network failure
    /// ([`Connect`](crate::ErrorKind::Connect), [`Timeout`](crate::ErrorKind::Timeout), …), with
    /// [`Rejected`](crate::ErrorKind::Rejected), [`TimestampRefused`](crate::ErrorKind::TimestampRefused) or
    /// [`Redirected`](crate::ErrorKind::Redirected), with a reply that cannot be used
    /// ([`Malformed`](crate::ReplyError::Malformed), [`MissingField`](crate::ReplyError::MissingField), …), or with
    /// [`CallbackNotConfirmed`](crate::ReplyError::CallbackNotConfirmed).
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Step`].
    ///
    /// # Source
    ///
    /// RFC 5849 section 2.1.
    pub fn request_token(self) -> Step<Unauthorized> {
        Step::new(self.awaiting())
    }

    /// Returns the signed request of [`request_token`](Self::request_token), to send with your own HTTP client, and
    /// the [`Awaiting`] that reads the reply.
    ///
    /// To send the request again, take the flow back with [`into_flow`](Awaiting::into_flow) and build another
    /// one, because a timestamp and a nonce can be used for one request only.
    ///
    /// # Errors
    ///
    /// Returns the flow with [`ReservedParameter`](crate::RequestError::ReservedParameter) or
    /// [`InvalidSetting`](crate::ErrorKind::InvalidSetting) if the provider cannot be asked for what [`with_ask`](Self::with_ask) has
    /// set, as [`Ask`] says; with [`InvalidUrl`](crate::ErrorKind::InvalidUrl) if this makes the URL too long; and with
    /// [`ClockBeforeEpoch`](crate::SigningError::ClockBeforeEpoch),
    /// [`SignerFailed`](crate::SigningError::SignerFailed), or
    /// [`PlaintextWithoutTls`](crate::SigningError::PlaintextWithoutTls).
    /// [`NoSuchCall`](crate::UnsupportedError::NoSuchCall) if the client is that of a
    /// [`SigningClient`](crate::SigningClient), which has no login.
    ///
    /// # Security
    ///
    /// The request contains credentials. For some providers they are in the URL, and the request's
    /// `Debug` shows the URL.
    ///
    /// # Source
    ///
    /// RFC 5849 section 2.1.
    pub fn build(self) -> Result<(Request<Bytes>, Awaiting<Unauthorized>), Failed<Unauthorized>> {
        self.awaiting().build()
    }

    /// Shows each step of the signature of [`request_token`](Self::request_token), for example for a bug
    /// report about "invalid signature".
    ///
    /// Secrets are masked. The explanation has a timestamp and a nonce of its own.
    ///
    /// # Errors
    ///
    /// The errors of [`build`](Self::build).
    ///
    /// # Examples
    ///
    /// ```
    /// # fn main() -> Result<(), tripod::Error> {
    /// use tripod::{Callback, Client, Consumer, Provider};
    ///
    /// let client = Client::new(Provider::fatsecret(), Consumer::new("key", "secret"))?;
    /// let explained = client.begin(Callback::out_of_band()).explain_request_token()?;
    /// let base_string = explained.base_string().unwrap_or_default();
    /// assert!(base_string.starts_with("GET&https%3A%2F%2Fauthentication.fatsecret.com%2F"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn explain_request_token(&self) -> Result<Explanation, Error> {
        self.call().explain()
    }

    fn call(&self) -> TokenRequest {
        TokenRequest::for_request_token(&self.client, &self.state.callback, &self.state.ask)
    }

    fn awaiting(self) -> Awaiting<Unauthorized> {
        let call = self.call();
        Awaiting::new(self, call)
    }
}

impl Networked for Unauthorized {
    type Next = RequestTokenIssued;

    fn next<B: AsRef<[u8]>>(
        flow: &Flow<Self>,
        call: &TokenRequest,
        reply: &Response<B>,
        problem: &Problem,
    ) -> Result<RequestTokenIssued, Error> {
        let token = call.read(reply, problem)?;
        let (approval, callback) = (flow.client.provider().approval(), &flow.state.callback);
        let confirmed = token
            .confirmed(approval, callback.is_out_of_band())
            .map_err(|error| call.about(error, reply))?;
        let now = flow.client.time().monotonic();
        let token = RequestToken::new(token.pair, flow.state.ask.clone(), now, confirmed);
        Ok(RequestTokenIssued { token })
    }
}
