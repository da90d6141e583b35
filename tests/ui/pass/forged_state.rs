//! The right way: `begin` starts a flow, and `session` makes a session from a stored token.

use tripod::{AccessGranted, AccessToken, Callback, Client, Flow, Unauthorized};

fn f(client: &Client, callback: Callback, token: AccessToken) {
    let _flow: Flow<Unauthorized> = client.begin(callback);
    let _session: Flow<AccessGranted> = client.session(token);
}

fn main() {}
