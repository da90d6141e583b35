//! Access is granted already. To start another user's flow, call `Client::begin`.

use tripod::{AccessGranted, Flow};

fn f(session: Flow<AccessGranted>) {
    let _step = session.request_token();
}

fn main() {}
