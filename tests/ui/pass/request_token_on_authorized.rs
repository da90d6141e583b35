//! The right way of `request_token_on_authorized.rs`.

use tripod::{Authorized, Flow, Step};

fn f(flow: Flow<Authorized>) -> Step<Authorized> {
    flow.exchange()
}

fn main() {}
