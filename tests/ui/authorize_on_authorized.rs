//! The verifier is here already; to take another one, go back first.

use tripod::{Authorized, Flow};

fn f(flow: Flow<Authorized>) {
    let _authorized = flow.authorize("4711");
}

fn main() {}
