//! The right way: take the flow from the `Failed`.

use tripod::{Authorized, Flow, RequestTokenIssued};

fn f(flow: Flow<RequestTokenIssued>, first: &str, second: &str) -> Option<Flow<Authorized>> {
    flow.receive_callback(first).or_else(|failed| failed.into_flow().receive_callback(second)).ok()
}

fn main() {}
