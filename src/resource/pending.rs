//! A request in the hands of a program that does its own I/O.

use std::{fmt, sync::Arc};

use bytes::Bytes;
use http::Response;

use super::{address::Address, response::ResourceResponse, signatory::Signatory};
use crate::{
    clock::timekeeper::Flight,
    error::stage::Stage,
    exchange,
    refusal::{self, Classified, Known},
    shown::ShownUrl,
};

/// Reads the reply to a request that your program sends itself.
///
/// You get it from [`ResourceRequest::build`](crate::ResourceRequest::build), together with the request. If
/// there is no reply, drop it.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use tripod::{Client, Consumer, PendingResponse, Provider};
///
/// let client = Client::new(Provider::fatsecret(), Consumer::new("key", "secret"))?;
/// let url = "https://platform.fatsecret.com/rest/server.api?method=recipe_types.get.v2";
/// let (request, pending): (_, PendingResponse) = client.signed().get(url).build()?;
/// # let send = |_| http::Response::new("{}");
/// let reply = send(request); // with your HTTP client
/// let text = pending.receive(reply).error_for_status()?.into_text()?;
/// assert_eq!(text, "{}");
/// # Ok(())
/// # }
/// ```
#[must_use = "give it the reply, so that the client learns from a refused timestamp"]
pub struct PendingResponse {
    who: Arc<Signatory>,
    address: Address,
    flight: Flight,
}

impl PendingResponse {
    pub(super) fn new(who: Arc<Signatory>, address: Address, flight: Flight) -> Self {
        Self { who, address, flight }
    }

    /// Reads the provider's reply.
    ///
    /// If the provider refused the timestamp, the client learns the time from the reply's `Date`, and the next
    /// request is signed with that time. The error of [`error_for_status`](ResourceResponse::error_for_status)
    /// [is then retryable](crate::Error::is_retryable).
    pub fn receive<B: Into<Bytes>>(self, reply: Response<B>) -> ResourceResponse {
        let Self { who, address, flight } = self;
        let reply = reply.map(Into::into);
        let problem = refusal::classify(who.client(), Stage::Resource, &reply);
        if refusal::is_done(&reply, &problem) {
            who.was_used();
        }
        let anew = exchange::settle(flight, address.base().ok().as_ref(), &reply, &problem);
        let answer = Classified { reply, problem, asks_to_sign_again: anew, known: Known::Nothing };
        ResourceResponse::new(who, answer, address).worth_another(anew)
    }
}

impl fmt::Debug for PendingResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = ShownUrl::of_uri(self.address.uri()).without(&self.who.secrets());
        f.debug_struct("PendingResponse")
            .field("url", &format_args!("{url}"))
            .finish_non_exhaustive()
    }
}
