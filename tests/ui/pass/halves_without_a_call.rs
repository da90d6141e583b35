//! The right way: a call leads out of these two states.

use tripod::{AccessGranted, Authorized, Error, Flow, RequestTokenIssued, Unauthorized};

fn begun(flow: Flow<Unauthorized>, reply: &http::Response<String>) -> Result<(), Error> {
    let _request = flow.request()?;
    let _next: Flow<RequestTokenIssued> = flow.accept(reply)?;
    Ok(())
}

fn approved(flow: Flow<Authorized>, reply: &http::Response<String>) -> Result<(), Error> {
    let _request = flow.request()?;
    let _next: Flow<AccessGranted> = flow.accept(reply)?;
    Ok(())
}

fn main() {}
