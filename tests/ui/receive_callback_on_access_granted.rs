//! Access is granted already. A session cannot receive a callback.

use tripod::{AccessGranted, Flow};

fn f(session: Flow<AccessGranted>) {
    let _authorized = session.receive_callback("/back?oauth_token=t&oauth_verifier=4711");
}

fn main() {}
