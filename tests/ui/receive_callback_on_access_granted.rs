//! Access is granted; a second callback is nothing to a session.

use tripod::{AccessGranted, Flow};

fn f(session: Flow<AccessGranted>) {
    let _authorized = session.receive_callback("/back?oauth_token=t&oauth_verifier=4711");
}

fn main() {}
