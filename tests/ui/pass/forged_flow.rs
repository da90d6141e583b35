//! The right way: get the flow by calling `authorize` with the verifier.

use tripod::{Authorized, Error, Flow, RequestTokenIssued};

fn f(flow: Flow<RequestTokenIssued>) -> Result<Flow<Authorized>, Error> {
    Ok(flow.authorize("4711")?)
}

fn main() {}
