//! The request token is here already; the user's approval comes next.

use tripod::{Flow, RequestTokenIssued};

fn f(flow: Flow<RequestTokenIssued>) {
    let _step = flow.request_token();
}

fn main() {}
