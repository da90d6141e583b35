//! A signature with the consumer's key alone is no user's grant.

use tripod::{Client, Session};

fn diary(_session: &Session) {}

fn f(client: &Client) {
    diary(&client.signed());
}

fn main() {}
