//! A step does nothing until it is awaited.
#![deny(unused_must_use)]

use tripod::{Authorized, Flow};

async fn f(flow: Flow<Authorized>) {
    flow.exchange();
}

fn main() {}
