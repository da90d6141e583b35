//! The right way of `receive_callback_on_unauthorized.rs`.

use tripod::{Authorized, Error, Flow, Unauthorized};

async fn f(flow: Flow<Unauthorized>, target: &str) -> Result<Flow<Authorized>, Error> {
    let issued = flow.request_token().await?;
    Ok(issued.receive_callback(target)?)
}

fn main() {}
