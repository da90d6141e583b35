//! `authorize` consumes the flow.

use tripod::{Error, Flow, RequestTokenIssued};

fn f(flow: Flow<RequestTokenIssued>) -> Result<(), Error> {
    let _authorized = flow.authorize("4711")?;
    println!("{}", flow.authorization_url());
    Ok(())
}

fn main() {}
