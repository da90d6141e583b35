//! The right way: call its next step.
#![deny(unused_must_use)]

use tripod::{Callback, Client, Error, PendingFlow};

async fn f(client: &Client) -> Result<PendingFlow, Error> {
    Ok(client.begin(Callback::out_of_band()).request_token().await?)
}

fn main() {}
