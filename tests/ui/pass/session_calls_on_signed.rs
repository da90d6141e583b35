//! The right way: its key is the client's.

use tripod::Signed;

fn f(signed: &Signed) -> &str {
    signed.client().consumer().key()
}

fn main() {}
