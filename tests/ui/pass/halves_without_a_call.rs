//! The right way: call `build` on these two states, and `receive` on the `Awaiting`.

use tripod::{AccessGranted, Authorized, Error, Flow, RequestTokenIssued, Unauthorized};

fn begun(flow: Flow<Unauthorized>, reply: &http::Response<String>) -> Result<(), Error> {
    let (_request, awaiting) = flow.build()?;
    let _next: Flow<RequestTokenIssued> = awaiting.receive(reply)?;
    Ok(())
}

fn approved(flow: Flow<Authorized>, reply: &http::Response<String>) -> Result<(), Error> {
    let (_request, awaiting) = flow.build()?;
    let _next: Flow<AccessGranted> = awaiting.receive(reply)?;
    Ok(())
}

fn main() {}
