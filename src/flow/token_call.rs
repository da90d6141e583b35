// The call that both networked states make: a request for a token, and the reading of its reply.

use std::{fmt, sync::Arc};

use bytes::Bytes;
use http::{Method, Request, Response};

use crate::{
    client::Client,
    clock::timekeeper::{Flight, Moment},
    credentials::TokenPair,
    error::{
        Error,
        groups::{ReplyError, UnsupportedError},
        kind::ErrorKind,
        stage::Stage,
    },
    exchange::{self, Call},
    protocol::{
        callback::{Callback, Matched},
        problem::Problem,
        redact::{self, words::Source},
        reply::TokenReply,
    },
    provider::{ask::Ask, endpoints::Call as Endpoint, transmission::Transmission},
    refusal::{self, Classified},
    resource::{
        address::Address,
        body::{Body, Form},
        outgoing::Outgoing,
        signatory::{NoToken, Signatory},
    },
    shown::ShownUrl,
    signature::{explain::Explanation, uri::BaseUri},
    transport::Limits,
};

/// One of the two token calls: who signs it, and what is asked for.
#[derive(Clone)]
pub struct TokenRequest {
    who: Arc<Signatory>,
    asks: Asks,
    is_repeatable: bool,
}

#[derive(Clone)]
enum Asks {
    ForRequestToken(Callback, Ask),
    ForAccessToken(Matched),
}

impl TokenRequest {
    pub(super) fn for_request_token(client: &Client, callback: &Callback, ask: &Ask) -> Self {
        let who = Signatory::new(client, NoToken);
        // A request token that nobody received is harmless.
        Self {
            who,
            asks: Asks::ForRequestToken(callback.clone(), ask.clone()),
            is_repeatable: true,
        }
    }

    pub(super) fn for_access_token(client: &Client, pair: &TokenPair, matched: &Matched) -> Self {
        let who = Signatory::new(client, pair.clone());
        // An exchange uses its token up.
        Self { who, asks: Asks::ForAccessToken(matched.clone()), is_repeatable: false }
    }

    /// Lets the client's policy repeat it even if the provider may have carried it out.
    #[cfg(feature = "vault")]
    pub(super) fn repeatable(self) -> Self {
        Self { is_repeatable: true, ..self }
    }

    fn endpoint(&self) -> &Endpoint {
        let provider = self.who.client().provider();
        match self.asks {
            Asks::ForRequestToken(..) => provider.request_token(),
            Asks::ForAccessToken(_) => provider.access_token(),
        }
    }

    fn protocol(&self) -> [(&str, &str); 1] {
        match &self.asks {
            Asks::ForRequestToken(callback, _) => {
                let is_registered = self.who.client().provider().approval().is_registered();
                let callback = if is_registered { "oob" } else { callback.as_parameter() };
                [("oauth_callback", callback)]
            }
            Asks::ForAccessToken(matched) => [("oauth_verifier", matched.verifier())],
        }
    }

    /// Signs it with a fresh timestamp and nonce, for one who sends it by other means and brings the reply.
    pub(super) fn sign(&self) -> Result<(Request<Bytes>, Flight), Error> {
        let client = self.who.client();
        let departure = client.time().depart(client.token_limits().time);
        let (moment, flight) = departure.map_err(|error| error.at_stage(self.stage()))?;
        match self.sign_at(&moment) {
            Ok(request) => Ok((request, flight)),
            Err(error) => Err(flight.unsigned(error)),
        }
    }

    fn sign_at(&self, moment: &Moment) -> Result<Request<Bytes>, Error> {
        self.outgoing()
            .and_then(|call| call.sign(&self.who, call.address.base()?, &self.protocol(), moment))
            .map_err(|error| error.at_stage(self.stage()))
    }

    /// The steps of the signature that [`sign`](Self::sign) would make.
    pub(super) fn explain(&self) -> Result<Explanation, Error> {
        self.outgoing()
            .and_then(|call| call.explain(&self.who, call.address.base()?, &self.protocol()))
            .map_err(|error| error.at_stage(self.stage()))
    }

    /// Signs it and sends it through the client's transport.
    pub(super) async fn send(self) -> Result<Classified, Error> {
        exchange::exchange(&self).await
    }

    /// What the reply means.
    pub(super) fn classify<B: AsRef<[u8]>>(&self, reply: &Response<B>) -> Problem {
        refusal::classify(self.who.client(), self.stage(), reply)
    }

    /// Tells the client's clock what became of the request that [`sign`](Self::sign) made.
    pub(super) fn settle<B>(&self, flight: Flight, reply: &Response<B>, problem: &Problem) {
        let from = BaseUri::parse(&self.endpoint().url).ok();
        exchange::settle(flight, from.as_ref(), reply, problem);
    }

    /// Reads the reply.
    pub(super) fn read<B: AsRef<[u8]>>(
        &self,
        reply: &Response<B>,
        problem: &Problem,
    ) -> Result<TokenReply, Error> {
        token_reply(self.who.client(), self.stage(), reply, problem, &self.secrets())
            .map_err(|error| self.about(error, reply))
    }

    /// An error with what is known of the reply that it is about.
    pub(super) fn about<B>(&self, error: Error, reply: &Response<B>) -> Error {
        let endpoint = ShownUrl::of(&self.endpoint().url).to_string();
        error.with_endpoint(endpoint).with_status(reply.status())
    }

    /// It has no parameters but OAuth's, the endpoint's own, and what the flow asks for.
    fn outgoing(&self) -> Result<Outgoing, Error> {
        let call = self.endpoint();
        if !call.exists() {
            return Err(Error::setup(UnsupportedError::NoSuchCall { call: "handshake" }));
        }
        let address = Address::new(&call.url)?;
        let mut outgoing = Outgoing::new(call.method.clone(), address, call.transmission);
        let mut form = (call.transmission == Transmission::Form).then(Form::default);
        if let Asks::ForRequestToken(_, ask) = &self.asks {
            let provider = self.who.client().provider();
            provider.check_ask(ask)?;
            let has_form = call.method == Method::POST && call.transmission != Transmission::Query;
            for (name, value) in provider.asked(ask).for_request() {
                let pair = (name.clone().into(), value.clone().into());
                if has_form {
                    form.get_or_insert_default().push(pair);
                } else {
                    outgoing.query.push(pair);
                }
            }
        }
        if let Some(form) = form {
            outgoing.body = Body::Form(form);
        }
        Ok(outgoing)
    }
}

impl Call for TokenRequest {
    fn client(&self) -> &Client {
        self.who.client()
    }

    fn stage(&self) -> Stage {
        match self.asks {
            Asks::ForRequestToken(..) => Stage::RequestToken,
            Asks::ForAccessToken(_) => Stage::AccessToken,
        }
    }

    fn operation(&self) -> &'static str {
        match self.asks {
            Asks::ForRequestToken(..) => "request_token",
            Asks::ForAccessToken(_) => "access_token",
        }
    }

    fn limits(&self) -> Limits {
        self.who.client().token_limits()
    }

    fn is_repeatable(&self) -> bool {
        self.is_repeatable
    }

    fn secrets(&self) -> Vec<&str> {
        let mut secrets = self.who.secrets();
        if let Asks::ForAccessToken(matched) = &self.asks {
            secrets.push(matched.verifier());
        }
        secrets
    }

    fn build(&self, moment: &Moment) -> Result<Request<Bytes>, Error> {
        self.sign_at(moment)
    }
}

impl fmt::Debug for TokenRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenRequest").field("stage", &self.stage()).finish_non_exhaustive()
    }
}

/// Reads a token reply, or what stands in its place.
fn token_reply<B: AsRef<[u8]>>(
    client: &Client,
    stage: Stage,
    reply: &Response<B>,
    problem: &Problem,
    secrets: &[&str],
) -> Result<TokenReply, Error> {
    let body = reply.body().as_ref();
    let limit = Limits::TOKEN.reply_bytes;
    if body.len() > limit {
        return Err(Error::new(stage, ErrorKind::Reply(ReplyError::TooLarge { limit })));
    }
    let (provider, status, headers) = (client.provider(), reply.status(), reply.headers());
    // A refusal may come with status 200.
    if !provider.accepts_status(status) || problem.is_refusal {
        let reply = (status, headers, body);
        return Err(refusal::error(client, stage, reply, problem, secrets));
    }
    TokenReply::parse(stage, body).map_err(|error| {
        // It may hold a token that nobody else has seen.
        error.with_excerpt(redact::excerpt(Source::TokenReply, body, secrets))
    })
}
