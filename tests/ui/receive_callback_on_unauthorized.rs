//! There is no request token yet that a callback could name.

use tripod::{Flow, Unauthorized};

fn f(flow: Flow<Unauthorized>) {
    let _authorized = flow.receive_callback("/back?oauth_token=t&oauth_verifier=4711");
}

fn main() {}
