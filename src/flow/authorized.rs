//! `Flow<Authorized>`: exchanging the request token for an access token (RFC 5849 section 2.3).

use std::future::ready;

use bytes::Bytes;
use http::{Request, Response};
use secrecy::ExposeSecret;

use super::{
    Failed, Flow, Step,
    state::{AccessGranted, Authorized, Grant, RequestTokenIssued},
    step::Networked,
    token_call::{explain_token_request, token_reply, token_request, with_endpoint},
};
use crate::{
    client::Client,
    credentials::AccessToken,
    error::{Error, Stage},
    exchange,
    protocol::callback::Matched,
    signature::{Explanation, Signer},
};

const STAGE: Stage = Stage::AccessToken;

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
        let client = self.client.clone();
        let signer = client.signer(Some(&self.state.token.pair));
        let matched = self.state.matched.clone();
        let call = async move {
            let build = || request(&client, &signer, &matched);
            exchange::exchange(&client, STAGE, client.token_limits(), build, ready(())).await
        };
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
        let signer = self.client.signer(Some(&self.state.token.pair));
        request(&self.client, &signer, &self.state.matched).map_err(|e| e.at_stage(STAGE))
    }

    /// Shows each step of the signature of [`request`](Self::request), with secrets masked, the
    /// verifier among them: for a bug report about "invalid signature". It signs with a timestamp and
    /// nonce of its own.
    ///
    /// # Errors
    ///
    /// As [`request`](Self::request).
    pub fn explain_exchange(&self) -> Result<Explanation, Error> {
        let (client, signer) = (&self.client, self.client.signer(Some(&self.state.token.pair)));
        let protocol = verifier_parameter(&self.state.matched);
        explain_token_request(client.provider().access_token(), client, &signer, &protocol)
            .map_err(|error| error.at_stage(STAGE))
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
                let grant = Grant::new(&self.client, token);
                Ok(self.step_to(|_| AccessGranted { grant }))
            }
            Err(error) => Err(self.failed(error)),
        }
    }

    /// Forgets the verifier and waits for another one: for a code that the user mistyped.
    pub fn discard_verifier(self) -> Flow<RequestTokenIssued> {
        self.step_to(|state| RequestTokenIssued { token: state.token })
    }

    fn read<B: AsRef<[u8]>>(&self, reply: &Response<B>) -> Result<AccessToken, Error> {
        let client = &self.client;
        let pair = &self.state.token.pair;
        let secrets = [
            client.consumer().secret().expose_secret(),
            pair.secret.expose_secret(),
            pair.token.expose_secret(),
            self.state.matched.verifier(),
        ];
        let token = token_reply(client.provider().access_token(), client, STAGE, reply, &secrets)
            .map_err(|error| {
            with_endpoint(error, client.provider().access_token()).with_status(reply.status())
        })?;
        Ok(AccessToken::from_pair(token.pair).with_extras(token.extra))
    }
}

impl Networked for Authorized {
    type Next = AccessGranted;

    fn accept(flow: Flow<Self>, reply: &Response<Bytes>) -> Result<Flow<Self::Next>, Failed<Self>> {
        flow.accept(reply)
    }
}

fn request(client: &Client, signer: &Signer, matched: &Matched) -> Result<Request<Bytes>, Error> {
    token_request(client.provider().access_token(), client, signer, &verifier_parameter(matched))
}

fn verifier_parameter(matched: &Matched) -> [(&str, &str); 1] {
    [("oauth_verifier", matched.verifier())]
}
