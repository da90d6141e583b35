//! The right way: `?` turns the failure of a step into an `Error`.

use tripod::{Authorized, Error, Flow, RequestTokenIssued, Step};

fn f(flow: Flow<RequestTokenIssued>) -> Result<Step<Authorized>, Error> {
    Ok(flow.authorize("4711")?.exchange())
}

fn main() {}
