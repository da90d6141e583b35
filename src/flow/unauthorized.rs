//! `Flow<Unauthorized>`: asking for a request token (RFC 5849 section 2.1).

use bytes::Bytes;
use http::{Request, Response};

use super::{
    Failed, Flow,
    state::{RequestToken, RequestTokenIssued, Unauthorized},
    step::{Networked, Step},
    token_call::TokenRequest,
};
use crate::{
    client::Client, error::Error, protocol::callback::Callback, signature::explain::Explanation,
};

impl Client {
    /// Begins a flow for one user. Nothing is sent yet.
    pub fn begin(&self, callback: Callback) -> Flow<Unauthorized> {
        Flow { client: self.clone(), state: Unauthorized { callback } }
    }
}

impl Flow<Unauthorized> {
    /// Asks the provider for a request token.
    ///
    /// Signed with the consumer's key alone. If the provider refuses the timestamp or the nonce,
    /// the step tries once more with a fresh one, by the provider's clock.
    ///
    /// # Errors
    ///
    /// The step gives the flow back with a failure of the network
    /// ([`Connect`](crate::ErrorKind::Connect), [`Timeout`](crate::ErrorKind::Timeout), …), with
    /// [`Rejected`](crate::ErrorKind::Rejected), with a reply that cannot be used
    /// ([`MalformedReply`](crate::ReplyError::Malformed), [`MissingField`](crate::ReplyError::MissingField),
    /// …), or with [`CallbackNotConfirmed`](crate::ErrorKind::CallbackNotConfirmed).
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Step`].
    ///
    /// # Source
    ///
    /// RFC 5849 section 2.1.
    pub fn request_token(self) -> Step<Unauthorized> {
        let call = self.call().send();
        Step::new(self, call)
    }

    /// The first half of [`request_token`](Self::request_token): the signed request, to be sent by
    /// other means. Each call draws a new timestamp and nonce.
    ///
    /// # Errors
    ///
    /// [`ClockBeforeEpoch`](crate::SigningError::ClockBeforeEpoch),
    /// [`SignerFailed`](crate::SigningError::SignerFailed), or
    /// [`PlaintextWithoutTls`](crate::SigningError::PlaintextWithoutTls).
    ///
    /// # Security
    ///
    /// The request holds credentials, for some providers in its URL; its `Debug` shows the URL.
    pub fn request(&self) -> Result<Request<Bytes>, Error> {
        self.call().sign()
    }

    /// Shows each step of the signature of [`request`](Self::request), with secrets masked: for a bug
    /// report about "invalid signature". It signs with a timestamp and nonce of its own.
    ///
    /// # Errors
    ///
    /// As [`request`](Self::request).
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

    /// The second half: reads the provider's reply.
    ///
    /// If the provider refused the timestamp, the client learns the time from the reply's `Date`; the
    /// flow's next [`request`](Self::request) is signed by it.
    ///
    /// # Errors
    ///
    /// As [`request_token`](Self::request_token), failures of the network aside.
    pub fn accept<B: AsRef<[u8]>>(
        self,
        reply: &Response<B>,
    ) -> Result<Flow<RequestTokenIssued>, Failed<Unauthorized>> {
        match self.read(reply) {
            Ok(token) => Ok(self.step_to(|_| RequestTokenIssued { token })),
            Err(error) => Err(self.failed(error)),
        }
    }

    fn read<B: AsRef<[u8]>>(&self, reply: &Response<B>) -> Result<RequestToken, Error> {
        let call = self.call();
        let token = call.read(reply)?;
        let tolerated = self.client.provider().tolerates_missing_confirmation();
        let confirmed = token.confirmed(tolerated).map_err(|error| call.about(error, reply))?;
        Ok(RequestToken::new(token.pair, self.client.time().monotonic(), confirmed))
    }

    fn call(&self) -> TokenRequest {
        TokenRequest::for_request_token(&self.client, &self.state.callback)
    }
}

impl Networked for Unauthorized {
    type Next = RequestTokenIssued;

    fn accept(flow: Flow<Self>, reply: &Response<Bytes>) -> Result<Flow<Self::Next>, Failed<Self>> {
        flow.accept(reply)
    }
}
