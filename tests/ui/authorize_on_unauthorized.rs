//! There is no request token yet that a verifier could belong to.

use tripod::{Flow, Unauthorized};

fn f(flow: Flow<Unauthorized>) {
    let _authorized = flow.authorize("4711");
}

fn main() {}
