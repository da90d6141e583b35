//! `receive_callback` consumes the flow. If it fails, the error holds the flow; the old variable does not.

use tripod::{Authorized, Flow, RequestTokenIssued};

fn f(flow: Flow<RequestTokenIssued>, first: &str, second: &str) -> Option<Flow<Authorized>> {
    flow.receive_callback(first).or_else(|_failed| flow.receive_callback(second)).ok()
}

fn main() {}
