//! The right way: after a reply that will not do, the flow is in the error.

use tripod::{Flow, PendingFlow, Unauthorized};

fn f(flow: Flow<Unauthorized>, reply: &http::Response<String>) -> Option<PendingFlow> {
    flow.accept(reply).or_else(|failed| failed.into_flow().accept(reply)).ok()
}

fn main() {}
