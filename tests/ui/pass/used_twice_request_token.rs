//! The right way: start a flow of its own for each request token.

use tripod::{Callback, Client, Error};

async fn f(client: &Client) -> Result<(), Error> {
    let _issued = client.begin(Callback::out_of_band()).request_token().await?;
    let _another = client.begin(Callback::out_of_band()).request_token().await?;
    Ok(())
}

fn main() {}
