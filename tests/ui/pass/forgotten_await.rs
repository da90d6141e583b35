//! The right way: `.await` first, then `?`.

use tripod::{Error, Flow, Unauthorized};

async fn f(flow: Flow<Unauthorized>) -> Result<(), Error> {
    let issued = flow.request_token().await?;
    println!("{}", issued.authorization_url());
    Ok(())
}

fn main() {}
