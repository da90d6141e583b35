//! `Flow<Authorized>`: exchanging the request token for an access token (RFC 5849 section 2.3).

use bytes::Bytes;
use http::{Request, Response};

use super::{
    Failed, Flow,
    state::{AccessGranted, Authorized, RequestTokenIssued},
    step::{Networked, Step},
    token_call::TokenRequest,
};
use crate::{credentials::AccessToken, error::Error, signature::explain::Explanation};

impl Flow<Authorized> {
    /// Exchanges the approved request token for an access token.
    ///
    /// # Errors
    ///
    /// The step gives the flow back with a failure of the network, with
    /// [`Rejected`](crate::ErrorKind::Rejected) (a wrong verifier, a token that was used or has
    /// expired), or with a reply that cannot be used. After a failure of the network the exchange
    /// can be tried again; whether it succeeds depends on whether the provider had carried it out.
    /// After a wrong verifier, [`discard_verifier`](Self::discard_verifier) goes back to where
    /// another one can be typed.
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Step`].
    ///
    /// # Source
    ///
    /// RFC 5849 section 2.3.
    pub fn exchange(self) -> Step<Authorized> {
        let call = self.call().send();
        Step::new(self, call)
    }

    /// The first half of [`exchange`](Self::exchange): the signed request, to be sent by other
    /// means. Each call draws a new timestamp and nonce.
    ///
    /// # Errors
    ///
    /// As [`Flow::<Unauthorized>::request`](Flow::request).
    ///
    /// # Security
    ///
    /// The request holds credentials, for some providers in its URL; its `Debug` shows the URL.
    pub fn request(&self) -> Result<Request<Bytes>, Error> {
        self.call().sign()
    }

    /// Shows each step of the signature of [`request`](Self::request), with secrets masked, the
    /// verifier among them: for a bug report about "invalid signature". It signs with a timestamp and
    /// nonce of its own.
    ///
    /// # Errors
    ///
    /// As [`request`](Self::request).
    pub fn explain_exchange(&self) -> Result<Explanation, Error> {
        self.call().explain()
    }

    /// The second half: reads the provider's reply.
    ///
    /// If the provider refused the timestamp, the client learns the time from the reply's `Date`; the
    /// flow's next [`request`](Self::request) is signed by it.
    ///
    /// # Errors
    ///
    /// As [`exchange`](Self::exchange), failures of the network aside.
    pub fn accept<B: AsRef<[u8]>>(
        self,
        reply: &Response<B>,
    ) -> Result<Flow<AccessGranted>, Failed<Authorized>> {
        match self.read(reply) {
            Ok(token) => {
                let granted = AccessGranted::new(&self.client, token);
                Ok(self.step_to(|_| granted))
            }
            Err(error) => Err(self.failed(error)),
        }
    }

    /// Forgets the verifier and waits for another one: for a code that the user mistyped.
    pub fn discard_verifier(self) -> Flow<RequestTokenIssued> {
        self.step_to(|state| RequestTokenIssued { token: state.token })
    }

    fn read<B: AsRef<[u8]>>(&self, reply: &Response<B>) -> Result<AccessToken, Error> {
        let token = self.call().read(reply)?;
        Ok(AccessToken::from_pair(token.pair).with_extras(token.extra))
    }

    fn call(&self) -> TokenRequest {
        let (pair, matched) = (&self.state.token.pair, &self.state.matched);
        TokenRequest::for_access_token(&self.client, pair, matched)
    }
}

impl Networked for Authorized {
    type Next = AccessGranted;

    fn accept(flow: Flow<Self>, reply: &Response<Bytes>) -> Result<Flow<Self::Next>, Failed<Self>> {
        flow.accept(reply)
    }
}
