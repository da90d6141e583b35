//! A step consumes the flow, so the old variable cannot be used again.

use tripod::{Error, Flow, Unauthorized};

async fn f(flow: Flow<Unauthorized>) -> Result<(), Error> {
    let _issued = flow.request_token().await?;
    let _again = flow.request_token().await?;
    Ok(())
}

fn main() {}
