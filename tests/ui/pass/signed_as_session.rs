//! The right way: a stored access token makes a session.

use tripod::{AccessToken, Client, Session};

fn diary(_session: &Session) {}

fn f(client: &Client, stored: AccessToken) {
    diary(&client.session(stored));
}

fn main() {}
