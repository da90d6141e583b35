//! The right way of `exchange_on_unauthorized.rs`.

use tripod::{AccessGranted, Error, Flow, Unauthorized};

async fn f(flow: Flow<Unauthorized>) -> Result<Flow<AccessGranted>, Error> {
    let issued = flow.request_token().await?;
    Ok(issued.authorize("4711")?.exchange().await?)
}

fn main() {}
