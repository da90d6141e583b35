//! The right way: make a session from a stored access token.

use tripod::{AccessToken, Client, Session};

fn diary(_session: &Session) {}

fn f(client: &Client, stored: AccessToken) {
    diary(&client.session(stored));
}

fn main() {}
