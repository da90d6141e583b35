//! A verifier belongs to a request token, and this flow has none yet.

use tripod::{Flow, Unauthorized};

fn f(flow: Flow<Unauthorized>) {
    let _authorized = flow.authorize("4711");
}

fn main() {}
