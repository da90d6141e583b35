//! The right way: discard the verifier, then call `authorize` with another one.

use tripod::{Authorized, Error, Flow};

fn f(flow: Flow<Authorized>, pin: &str) -> Result<Flow<Authorized>, Error> {
    Ok(flow.discard_verifier().authorize(pin)?)
}

fn main() {}
