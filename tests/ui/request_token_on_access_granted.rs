//! Access is granted; another user's flow begins with `Client::begin`.

use tripod::{AccessGranted, Flow};

fn f(session: Flow<AccessGranted>) {
    let _step = session.request_token();
}

fn main() {}
