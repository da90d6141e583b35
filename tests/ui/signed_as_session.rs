//! A `Signed` signs with the consumer's key alone, without a user's access token.

use tripod::{Client, Session};

fn diary(_session: &Session) {}

fn f(client: &Client) {
    diary(&client.signed());
}

fn main() {}
