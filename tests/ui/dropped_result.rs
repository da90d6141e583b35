//! The result of a step holds the next state, or the error with the flow.
#![deny(unused_must_use)]

use tripod::{Authorized, Flow};

async fn f(flow: Flow<Authorized>) {
    flow.exchange().await;
}

fn main() {}
