//! The flow has received its callback already.

use tripod::{Authorized, Flow};

fn f(flow: Flow<Authorized>) {
    let _authorized = flow.receive_callback("/back?oauth_token=t&oauth_verifier=4711");
}

fn main() {}
