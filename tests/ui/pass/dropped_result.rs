//! The right way: handle both cases.
#![deny(unused_must_use)]

use tripod::{Authorized, Failed, Flow, Session};

async fn f(flow: Flow<Authorized>) -> Result<Session, Flow<Authorized>> {
    flow.exchange().await.map_err(Failed::into_flow)
}

fn main() {}
