//! The right way: sessions and clients are cheap to clone.

use tripod::{AccessGranted, Client, Flow, RequestTokenIssued};

fn session(session: &Flow<AccessGranted>) -> Flow<AccessGranted> {
    session.clone()
}

fn client(flow: &Flow<RequestTokenIssued>) -> Client {
    flow.client().clone()
}

fn main() {}
