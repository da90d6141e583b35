//! Your code can name a state, but not construct it.

use tripod::{AccessGranted, Authorized, RequestTokenIssued, Unauthorized};

fn f() {
    let _state = Unauthorized {};
    let _state = RequestTokenIssued {};
    let _state = Authorized {};
    let _state = AccessGranted {};
}

fn main() {}
