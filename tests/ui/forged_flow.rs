//! A flow is not put together by hand.

use tripod::{Authorized, Callback, Client, Flow, Unauthorized};

fn f(client: Client, state: Authorized) -> Flow<Authorized> {
    Flow { client, state }
}

fn g(callback: Callback) -> Unauthorized {
    Unauthorized { callback }
}

fn main() {}
