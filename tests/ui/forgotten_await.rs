//! Without `.await`, a step is no result yet.

use tripod::{Error, Flow, Unauthorized};

async fn f(flow: Flow<Unauthorized>) -> Result<(), Error> {
    let issued = flow.request_token()?;
    println!("{}", issued.authorization_url());
    Ok(())
}

fn main() {}
