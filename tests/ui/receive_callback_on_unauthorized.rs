//! A callback names a request token, and this flow has none yet.

use tripod::{Flow, Unauthorized};

fn f(flow: Flow<Unauthorized>) {
    let _authorized = flow.receive_callback("/back?oauth_token=t&oauth_verifier=4711");
}

fn main() {}
