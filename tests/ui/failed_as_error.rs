//! The error of a step is a `Failed`, which holds the flow. Only `?` turns it into an `Error`.

use tripod::{Authorized, Error, Flow, PendingFlow};

fn f(flow: PendingFlow) -> Result<Flow<Authorized>, Error> {
    flow.authorize("4711")
}

fn main() {}
