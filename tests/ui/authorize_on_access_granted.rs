//! Access is granted already. There is nothing left to approve.

use tripod::{AccessGranted, Flow};

fn f(session: Flow<AccessGranted>) {
    let _authorized = session.authorize("4711");
}

fn main() {}
