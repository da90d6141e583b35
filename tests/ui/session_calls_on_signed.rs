//! A signer without a token has no token to show.

use tripod::Signed;

fn f(signed: &Signed) {
    let _token = signed.access_token();
}

fn main() {}
