//! The flow has an approved request token already. The next step is `exchange`.

use tripod::{Authorized, Flow};

fn f(flow: Flow<Authorized>) {
    let _step = flow.request_token();
}

fn main() {}
