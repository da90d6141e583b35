//! The right way of `exchange_on_request_token_issued.rs`.

use tripod::{AccessGranted, Error, Flow, RequestTokenIssued};

async fn f(flow: Flow<RequestTokenIssued>) -> Result<Flow<AccessGranted>, Error> {
    Ok(flow.authorize("4711")?.exchange().await?)
}

fn main() {}
