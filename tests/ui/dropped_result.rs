//! A step's result holds the next state, or the flow that failed.
#![deny(unused_must_use)]

use tripod::{Authorized, Flow};

async fn f(flow: Flow<Authorized>) {
    flow.exchange().await;
}

fn main() {}
