//! A state can be named and not made.

use tripod::{AccessGranted, Authorized, RequestTokenIssued, Unauthorized};

fn f() {
    let _state = Unauthorized {};
    let _state = RequestTokenIssued {};
    let _state = Authorized {};
    let _state = AccessGranted {};
}

fn main() {}
