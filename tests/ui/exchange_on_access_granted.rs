//! The exchange is done already.

use tripod::{AccessGranted, Flow};

fn f(session: Flow<AccessGranted>) {
    let _step = session.exchange();
}

fn main() {}
