//! A step's error is `Failed`, which holds the flow; only `?` makes an `Error` of it.

use tripod::{Authorized, Error, Flow, PendingFlow};

fn f(flow: PendingFlow) -> Result<Flow<Authorized>, Error> {
    flow.authorize("4711")
}

fn main() {}
