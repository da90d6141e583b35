//! Your code cannot construct a flow.

use tripod::{Ask, Authorized, Callback, Client, Flow, Unauthorized};

fn f(client: Client, state: Authorized) -> Flow<Authorized> {
    Flow { client, state }
}

fn g(callback: Callback, ask: Box<Ask>) -> Unauthorized {
    Unauthorized { callback, ask }
}

fn main() {}
