//! The request token is here already, and approved; the exchange comes next.

use tripod::{Authorized, Flow};

fn f(flow: Flow<Authorized>) {
    let _step = flow.request_token();
}

fn main() {}
