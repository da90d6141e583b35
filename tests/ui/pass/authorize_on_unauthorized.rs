//! The right way of `authorize_on_unauthorized.rs`.

use tripod::{Authorized, Error, Flow, Unauthorized};

async fn f(flow: Flow<Unauthorized>) -> Result<Flow<Authorized>, Error> {
    let issued = flow.request_token().await?;
    Ok(issued.authorize("4711")?)
}

fn main() {}
