//! The right way: `?` makes an `Error` of a failed step.

use tripod::{Authorized, Error, Flow, RequestTokenIssued, Step};

fn f(flow: Flow<RequestTokenIssued>) -> Result<Step<Authorized>, Error> {
    Ok(flow.authorize("4711")?.exchange())
}

fn main() {}
