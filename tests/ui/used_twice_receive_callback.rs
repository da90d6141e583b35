//! A callback that fails gives the flow back in the error; the name it had is gone.

use tripod::{Authorized, Flow, RequestTokenIssued};

fn f(flow: Flow<RequestTokenIssued>, first: &str, second: &str) -> Option<Flow<Authorized>> {
    flow.receive_callback(first).or_else(|_failed| flow.receive_callback(second)).ok()
}

fn main() {}
