//! The right way: forget the verifier, then take another one.

use tripod::{Authorized, Error, Flow};

fn f(flow: Flow<Authorized>, pin: &str) -> Result<Flow<Authorized>, Error> {
    Ok(flow.discard_verifier().authorize(pin)?)
}

fn main() {}
