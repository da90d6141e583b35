//! The right way: what is needed of the old state is taken before it goes.

use tripod::{Error, Flow, RequestTokenIssued};

fn f(flow: Flow<RequestTokenIssued>) -> Result<(), Error> {
    let url = flow.authorization_url();
    let _authorized = flow.authorize("4711")?;
    println!("{url}");
    Ok(())
}

fn main() {}
