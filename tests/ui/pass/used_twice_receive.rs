//! The right way: if a reply cannot be used, take the flow from the error, and ask again.

use tripod::{Awaiting, Error, PendingFlow, Unauthorized};

fn f(
    awaiting: Awaiting<Unauthorized>,
    reply: &http::Response<String>,
    send: impl Fn(http::Request<bytes::Bytes>) -> http::Response<String>,
) -> Result<PendingFlow, Error> {
    let flow = match awaiting.receive(reply) {
        Ok(issued) => return Ok(issued),
        Err(failed) => failed.into_flow(),
    };
    let (request, awaiting) = flow.build()?;
    Ok(awaiting.receive(&send(request))?)
}

fn main() {}
