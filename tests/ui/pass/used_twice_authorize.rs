//! The right way: take the values that you need from the old state before the step.

use tripod::{Error, Flow, RequestTokenIssued};

fn f(flow: Flow<RequestTokenIssued>) -> Result<(), Error> {
    let url = flow.authorization_url();
    let _authorized = flow.authorize("4711")?;
    println!("{url}");
    Ok(())
}

fn main() {}
