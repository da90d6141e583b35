//! The right way of `request_token_on_access_granted.rs`.

use tripod::{AccessGranted, Callback, Flow, Unauthorized};

fn f(session: &Flow<AccessGranted>) -> Flow<Unauthorized> {
    session.client().begin(Callback::out_of_band())
}

fn main() {}
