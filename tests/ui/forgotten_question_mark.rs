//! A step can fail, so it returns a `Result` and not the next state.

use tripod::{Flow, RequestTokenIssued};

fn f(flow: Flow<RequestTokenIssued>) {
    let _step = flow.authorize("4711").exchange();
}

fn main() {}
