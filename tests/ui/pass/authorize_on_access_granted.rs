//! The right way of `authorize_on_access_granted.rs`.

use tripod::{AccessGranted, Flow, ResourceRequest};

fn f(session: &Flow<AccessGranted>) -> ResourceRequest {
    session.get("https://platform.fatsecret.com/rest/server.api")
}

fn main() {}
