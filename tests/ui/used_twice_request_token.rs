//! A step takes the flow; the old state is gone.

use tripod::{Error, Flow, Unauthorized};

async fn f(flow: Flow<Unauthorized>) -> Result<(), Error> {
    let _issued = flow.request_token().await?;
    let _again = flow.request_token().await?;
    Ok(())
}

fn main() {}
