//! The call that both networked states make: a request for a token, and the reading of its reply.

use bytes::Bytes;
use http::{Request, Response};

use crate::{
    client::Client,
    error::{Error, ErrorKind, ReplyError, Stage},
    exchange,
    protocol::{problem::Problem, reply::TokenReply},
    provider::{TokenCall, Transmission},
    resource::outgoing::{Body, Outgoing, base_uri},
    signature::{BaseUri, Explanation, Signer},
    transport::Limits,
};

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
    call: &TokenCall,
    client: &Client,
    stage: Stage,
    reply: &Response<B>,
    secrets: &[&str],
) -> Result<TokenReply, Error> {
    let body = reply.body().as_ref();
    let limit = Limits::TOKEN.reply_bytes;
    if body.len() > limit {
        return Err(Error::new(stage, ErrorKind::Reply(ReplyError::TooLarge { limit })));
    }
    let (provider, status, headers) = (client.provider(), reply.status(), reply.headers());
    // A refusal of FatSecret's may come with status 200.
    let refused = || Problem::read(provider.dialect(), status, headers, body) != Problem::default();
    if !provider.accepts_status(status) || refused() {
        let error = exchange::refusal(client, stage, status, headers, body, secrets);
        if matches!(error.kind(), ErrorKind::TimestampRefused { .. }) {
            // A step has done so; a caller of the halves asks once more by hand.
            exchange::learn_time(client, &BaseUri::parse(&call.url)?, reply);
        }
        return Err(error);
    }
    // No excerpt of it: it may hold a token that nobody else has seen.
    TokenReply::parse(stage, body)
}

pub(super) fn with_endpoint(error: Error, call: &TokenCall) -> Error {
    error.with_endpoint(call.url.split('?').next().unwrap_or_default().to_owned())
}
