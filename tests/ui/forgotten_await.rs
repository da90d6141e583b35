//! Without `.await`, a step is a future and not a result.

use tripod::{Error, Flow, Unauthorized};

async fn f(flow: Flow<Unauthorized>) -> Result<(), Error> {
    let issued = flow.request_token()?;
    println!("{}", issued.authorization_url());
    Ok(())
}

fn main() {}
