//! The right way of `exchange_on_access_granted.rs`.

use tripod::{AccessGranted, AccessToken, Flow};

fn f(session: &Flow<AccessGranted>) -> &AccessToken {
    session.access_token()
}

fn main() {}
