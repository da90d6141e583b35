//! A `Signed` without a user has no access token.

use tripod::Signed;

fn f(signed: &Signed) {
    let _token = signed.access_token();
}

fn main() {}
