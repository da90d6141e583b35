//! The user has not approved yet.

use tripod::{Flow, RequestTokenIssued};

fn f(flow: Flow<RequestTokenIssued>) {
    let _step = flow.exchange();
}

fn main() {}
