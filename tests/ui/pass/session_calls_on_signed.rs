//! The right way: ask the client for the consumer key.

use tripod::Signed;

fn f(signed: &Signed) -> &str {
    signed.client().consumer().key()
}

fn main() {}
