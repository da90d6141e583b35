//! The flow has a verifier already. To use another verifier, call `discard_verifier` first.

use tripod::{Authorized, Flow};

fn f(flow: Flow<Authorized>) {
    let _authorized = flow.authorize("4711");
}

fn main() {}
