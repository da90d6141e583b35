//! The right way: `Ok(…?)`, or return the `Failed` unchanged.

use tripod::{Authorized, Error, Failed, Flow, PendingFlow, RequestTokenIssued};

fn f(flow: PendingFlow) -> Result<Flow<Authorized>, Error> {
    Ok(flow.authorize("4711")?)
}

fn g(flow: PendingFlow) -> Result<Flow<Authorized>, Failed<RequestTokenIssued>> {
    flow.authorize("4711")
}

fn main() {}
