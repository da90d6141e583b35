//! `build` is on the two states that a call leads out of, and on no other; only what it returns reads a reply.

use tripod::{AccessGranted, Authorized, Flow, RequestTokenIssued};

fn issued(flow: Flow<RequestTokenIssued>) {
    let _halves = flow.build();
}

fn granted(session: Flow<AccessGranted>) {
    let _halves = session.build();
}

fn approved(flow: Flow<Authorized>, reply: &http::Response<String>) {
    let _next = flow.accept(reply);
}

fn main() {}
