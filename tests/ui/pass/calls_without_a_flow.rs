//! The right way: begin a flow with the client, make a session from a stored token, or sign without a user.

use tripod::{AccessToken, Callback, Client, Error, PendingFlow, Session, Signed};

async fn begin(client: &Client) -> Result<PendingFlow, Error> {
    Ok(client.begin(Callback::out_of_band()).request_token().await?)
}

fn resume(client: &Client, stored: AccessToken) -> Session {
    client.session(stored)
}

fn without_a_user(client: &Client) -> Signed {
    client.signed()
}

fn main() {}
