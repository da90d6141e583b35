//! The flow has a request token already. The next step is the user's approval.

use tripod::{Flow, RequestTokenIssued};

fn f(flow: Flow<RequestTokenIssued>) {
    let _step = flow.request_token();
}

fn main() {}
