//! The halves `request` and `accept` are on the two states that a call leads out of, and on no other.

use tripod::{AccessGranted, Flow, RequestTokenIssued};

fn issued(flow: Flow<RequestTokenIssued>, reply: &http::Response<String>) {
    let _request = flow.request();
    let _next = flow.accept(reply);
}

fn granted(session: Flow<AccessGranted>, reply: &http::Response<String>) {
    let _request = session.request();
    let _next = session.accept(reply);
}

fn main() {}
