//! Only the two states that are left by a call to the provider have `build`. Only the `Awaiting` that it returns has `receive`.

use tripod::{AccessGranted, Authorized, Flow, RequestTokenIssued};

fn issued(flow: Flow<RequestTokenIssued>) {
    let _halves = flow.build();
}

fn granted(session: Flow<AccessGranted>) {
    let _halves = session.build();
}

fn approved(flow: Flow<Authorized>, reply: &http::Response<String>) {
    let _next = flow.receive(reply);
}

fn main() {}
