//! The right way: take the flow from the error of the failed step.

use tripod::{AccessGranted, Authorized, Error, Flow};

async fn f(flow: Flow<Authorized>) -> Result<Flow<AccessGranted>, Error> {
    match flow.exchange().await {
        Ok(session) => Ok(session),
        Err(failed) => Ok(failed.into_flow().exchange().await?),
    }
}

fn main() {}
