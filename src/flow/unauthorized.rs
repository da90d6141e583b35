//! `Flow<Unauthorized>`: asking for a request token (RFC 5849 section 2.1).

use std::future::ready;

use bytes::Bytes;
use http::{Request, Response};
use secrecy::ExposeSecret;

use super::{
    Failed, Flow, Step,
    state::{RequestToken, RequestTokenIssued, Unauthorized},
    step::Networked,
};
use crate::{
    client::Client,
    error::{Error, ErrorKind, Stage},
    outgoing::{self, Body, Outgoing, base_uri},
    protocol::{callback::Callback, problem::Problem, reply::TokenReply},
    provider::{TokenCall, Transmission},
    signature::{Explanation, Signer},
    transport::Limits,
};

const STAGE: Stage = Stage::RequestToken;

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
    /// ([`Connect`](ErrorKind::Connect), [`Timeout`](ErrorKind::Timeout), …), with
    /// [`Rejected`](ErrorKind::Rejected), with a reply that cannot be used
    /// ([`MalformedReply`](ErrorKind::MalformedReply), [`MissingField`](ErrorKind::MissingField),
    /// …), or with [`CallbackNotConfirmed`](ErrorKind::CallbackNotConfirmed).
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Step`].
    ///
    /// # Source
    ///
    /// RFC 5849 section 2.1.
    pub fn request_token(self) -> Step<Unauthorized> {
        let client = self.client.clone();
        let callback = self.state.callback.clone();
        let call = async move {
            let signer = client.signer(None);
            let build = || request(&client, &signer, &callback);
            outgoing::exchange(&client, STAGE, client.token_limits(), build, ready(())).await
        };
        Step::new(self, call)
    }

    /// The first half of [`request_token`](Self::request_token): the signed request, to be sent by
    /// other means. Each call draws a new timestamp and nonce.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::ClockBeforeEpoch`], [`ErrorKind::SignerFailed`], or
    /// [`ErrorKind::PlaintextWithoutTls`].
    ///
    /// # Security
    ///
    /// The request holds credentials, for some providers in its URL; its `Debug` shows the URL.
    pub fn request(&self) -> Result<Request<Bytes>, Error> {
        let signer = self.client.signer(None);
        request(&self.client, &signer, &self.state.callback).map_err(|e| e.at_stage(STAGE))
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
        let (client, signer) = (&self.client, self.client.signer(None));
        let protocol = callback_parameter(&self.state.callback);
        explain_token_request(client.provider().request_token(), client, &signer, &protocol)
            .map_err(|error| error.at_stage(STAGE))
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
        let client = &self.client;
        let secrets = [client.consumer().secret().expose_secret()];
        let tolerated = client.provider().tolerates_missing_confirmation();
        let about = |error: Error| {
            with_endpoint(error, client.provider().request_token()).with_status(reply.status())
        };
        let token = token_reply(client, STAGE, reply, &secrets).map_err(about)?;
        let confirmed = token.confirmed(tolerated).map_err(about)?;
        Ok(RequestToken::new(token.pair, client.time().monotonic(), confirmed))
    }
}

impl Networked for Unauthorized {
    type Next = RequestTokenIssued;

    fn accept(flow: Flow<Self>, reply: &Response<Bytes>) -> Result<Flow<Self::Next>, Failed<Self>> {
        flow.accept(reply)
    }
}

fn request(client: &Client, signer: &Signer, callback: &Callback) -> Result<Request<Bytes>, Error> {
    token_request(client.provider().request_token(), client, signer, &callback_parameter(callback))
}

fn callback_parameter(callback: &Callback) -> [(&str, &str); 1] {
    [("oauth_callback", callback.as_parameter())]
}

/// Signs one of the two token calls, which have no parameters but OAuth's and the endpoint's own.
pub(super) fn token_request(
    call: &TokenCall,
    client: &Client,
    signer: &Signer,
    protocol: &[(&str, &str)],
) -> Result<Request<Bytes>, Error> {
    let outgoing = token_outgoing(call);
    outgoing.sign(client, signer, base_uri(&outgoing.url, &outgoing.headers)?, protocol)
}

/// The steps of the signature that [`token_request`] would make.
pub(super) fn explain_token_request(
    call: &TokenCall,
    client: &Client,
    signer: &Signer,
    protocol: &[(&str, &str)],
) -> Result<Explanation, Error> {
    let outgoing = token_outgoing(call);
    outgoing.explain(client, signer, base_uri(&outgoing.url, &outgoing.headers)?, protocol)
}

fn token_outgoing(call: &TokenCall) -> Outgoing {
    let mut outgoing = Outgoing::new(call.method.clone(), call.url.clone(), call.transmission);
    if call.transmission == Transmission::Form {
        outgoing.body = Body::Form(String::new());
    }
    outgoing
}

/// Reads a token reply, or what stands in its place.
pub(super) fn token_reply<B: AsRef<[u8]>>(
    client: &Client,
    stage: Stage,
    reply: &Response<B>,
    secrets: &[&str],
) -> Result<TokenReply, Error> {
    let body = reply.body().as_ref();
    let limit = Limits::TOKEN.reply_bytes;
    if body.len() > limit {
        return Err(Error::new(stage, ErrorKind::ReplyTooLarge { limit }));
    }
    let (provider, status, headers) = (client.provider(), reply.status(), reply.headers());
    // A refusal of FatSecret's may come with status 200.
    let refused = || Problem::read(provider.dialect(), status, headers, body) != Problem::default();
    if !provider.accepts_status(status) || refused() {
        let error = outgoing::refusal(client, stage, status, headers, body, secrets);
        if matches!(error.kind(), ErrorKind::TimestampRefused { .. }) {
            // A step has done so; a caller of the halves asks once more by hand. Token endpoints have
            // TLS or are on loopback, so that nobody on the way wrote the date.
            outgoing::learn_time(client, headers);
        }
        return Err(error);
    }
    // No excerpt of it: it may hold a token that nobody else has seen.
    TokenReply::parse(stage, body)
}

pub(super) fn with_endpoint(error: Error, call: &TokenCall) -> Error {
    error.with_endpoint(call.url.split('?').next().unwrap_or_default().to_owned())
}
