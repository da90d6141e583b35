//! The right way: await the step and keep its result.
#![deny(unused_must_use)]

use tripod::{Authorized, Error, Flow, Session};

async fn f(flow: Flow<Authorized>) -> Result<Session, Error> {
    Ok(flow.exchange().await?)
}

fn main() {}
