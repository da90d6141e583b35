// `Flow<Authorized>`: exchanging the request token for an access token (RFC 5849 section 2.3).

use bytes::Bytes;
use http::{Request, Response};
use secrecy::{ExposeSecret as _, SecretString};

use super::{
    Failed, Flow,
    awaiting::{Awaiting, Networked},
    state::{AccessGranted, Authorized, RequestTokenIssued, just_used},
    step::Step,
    token_call::TokenRequest,
};
use crate::{
    credentials::AccessToken,
    error::{Error, groups::ReplyError, stage::Stage},
    protocol::problem::Problem,
    resource::life::granted_now,
    signature::explain::Explanation,
};

/// # Leg 3: exchange the request token for an access token
impl Flow<Authorized> {
    /// Exchanges the approved request token for an access token.
    ///
    /// # Errors
    ///
    /// The step returns the flow with the errors of [`build`](Self::build), with a network failure, with
    /// [`Rejected`](crate::ErrorKind::Rejected) (a wrong verifier, a token that was used or has
    /// expired), with [`TimestampRefused`](crate::ErrorKind::TimestampRefused) or
    /// [`Redirected`](crate::ErrorKind::Redirected), or with a reply that cannot be used
    /// ([`Reply`](crate::ErrorKind::Reply)). After a network failure you can try the
    /// exchange again; it succeeds unless the provider had already carried it out. After a wrong
    /// verifier, call [`discard_verifier`](Self::discard_verifier), and let the user type another
    /// one; [`Error::may_be_wrong_verifier`](crate::Error::may_be_wrong_verifier) says when, and how often.
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Step`].
    ///
    /// # Source
    ///
    /// RFC 5849 section 2.3.
    pub fn exchange(self) -> Step<Authorized> {
        Step::new(self.awaiting())
    }

    /// The same for the vault, which has no use for a flow whose exchange may have been carried out: the client's policy
    /// repeats that one too. If the request token is used up, the provider refuses it.
    #[cfg(feature = "vault")]
    pub(crate) fn exchange_repeatable(self) -> Step<Authorized> {
        let call = self.call().repeatable();
        Step::new(Awaiting::new(self, call))
    }

    /// Returns the signed request of [`exchange`](Self::exchange), to send with your own HTTP client, and
    /// the [`Awaiting`] that reads the reply.
    ///
    /// To send the request again, take the flow back with [`into_flow`](Awaiting::into_flow) and build another
    /// one, because a timestamp and a nonce can be used for one request only.
    ///
    /// # Errors
    ///
    /// Returns the flow with [`ClockBeforeEpoch`](crate::SigningError::ClockBeforeEpoch),
    /// [`SignerFailed`](crate::SigningError::SignerFailed), or
    /// [`PlaintextWithoutTls`](crate::SigningError::PlaintextWithoutTls).
    ///
    /// # Security
    ///
    /// The request contains credentials. For some providers they are in the URL, and the request's
    /// `Debug` shows the URL.
    ///
    /// # Source
    ///
    /// RFC 5849 section 2.3.
    pub fn build(self) -> Result<(Request<Bytes>, Awaiting<Authorized>), Failed<Authorized>> {
        self.awaiting().build()
    }

    /// Shows each step of the signature of [`exchange`](Self::exchange), for example for a bug report
    /// about "invalid signature".
    ///
    /// Secrets and the verifier are masked. The explanation has a timestamp and a nonce of its own.
    ///
    /// # Errors
    ///
    /// The errors of [`build`](Self::build).
    pub fn explain_exchange(&self) -> Result<Explanation, Error> {
        self.call().explain()
    }

    /// Discards the verifier and goes back to the state before it, so that the user can type
    /// another code.
    pub fn discard_verifier(self) -> Flow<RequestTokenIssued> {
        self.step_to(|state| RequestTokenIssued { token: state.token })
    }

    fn call(&self) -> TokenRequest {
        let (pair, matched) = (&self.state.token.pair, &self.state.matched);
        TokenRequest::for_access_token(&self.client, pair, matched)
    }

    fn awaiting(self) -> Awaiting<Authorized> {
        let call = self.call();
        Awaiting::new(self, call)
    }
}

impl Networked for Authorized {
    type Next = AccessGranted;

    fn next<B: AsRef<[u8]>>(
        flow: &Flow<Self>,
        call: &TokenRequest,
        reply: &Response<B>,
        problem: &Problem,
    ) -> Result<AccessGranted, Error> {
        let granted = call.read(reply, problem)?;
        // The reply to the request-token call would otherwise pass for a grant: some providers
        // confirm the callback in both, so that `oauth_callback_confirmed` tells nothing.
        let asked = &flow.state.token.pair;
        let same = |a: &SecretString, b: &SecretString| a.expose_secret() == b.expose_secret();
        if same(&granted.pair.token, &asked.token) && same(&granted.pair.secret, &asked.secret) {
            let reason = "its token is the request token, as if it answered the request-token call";
            let error = Error::new(Stage::AccessToken, ReplyError::Malformed { reason });
            return Err(call.about(error, reply));
        }
        let token = AccessToken::from_pair(granted.pair).with_extras(granted.extra);
        let ask = flow.client.provider().asked(&flow.state.token.ask);
        Ok(just_used(&flow.client, granted_now(&flow.client, token, &ask)))
    }
}
