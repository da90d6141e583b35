//! The right way: clone the session or the client. Both are cheap to clone.

use tripod::{AccessGranted, Client, Flow, RequestTokenIssued};

fn session(session: &Flow<AccessGranted>) -> Flow<AccessGranted> {
    session.clone()
}

fn client(flow: &Flow<RequestTokenIssued>) -> Client {
    flow.client().clone()
}

fn main() {}
