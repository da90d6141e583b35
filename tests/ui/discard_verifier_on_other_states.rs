//! Only an approved flow has a verifier that can be discarded.

use tripod::{AccessGranted, Flow, RequestTokenIssued};

fn issued(flow: Flow<RequestTokenIssued>) {
    let _flow = flow.discard_verifier();
}

fn granted(session: Flow<AccessGranted>) {
    let _flow = session.discard_verifier();
}

fn main() {}
