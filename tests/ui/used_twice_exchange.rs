//! `exchange` consumes the flow, because a verifier works once.

use tripod::{AccessGranted, Authorized, Error, Flow};

async fn f(flow: Flow<Authorized>) -> Result<Flow<AccessGranted>, Error> {
    match flow.exchange().await {
        Ok(session) => Ok(session),
        Err(_failed) => Ok(flow.exchange().await?),
    }
}

fn main() {}
