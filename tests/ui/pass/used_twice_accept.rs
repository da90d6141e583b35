//! The right way: after a reply that will not do, the flow is in the error, and asks anew.

use tripod::{Awaiting, Error, PendingFlow, Unauthorized};

fn f(
    awaiting: Awaiting<Unauthorized>,
    reply: &http::Response<String>,
    send: impl Fn(http::Request<bytes::Bytes>) -> http::Response<String>,
) -> Result<PendingFlow, Error> {
    let flow = match awaiting.accept(reply) {
        Ok(issued) => return Ok(issued),
        Err(failed) => failed.into_flow(),
    };
    let (request, awaiting) = flow.build()?;
    Ok(awaiting.accept(&send(request))?)
}

fn main() {}
