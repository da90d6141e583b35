//! The right way of `authorize_on_authorized.rs`.

use tripod::{Authorized, Error, Flow};

fn f(flow: Flow<Authorized>) -> Result<Flow<Authorized>, Error> {
    Ok(flow.discard_verifier().authorize("4711")?)
}

fn main() {}
