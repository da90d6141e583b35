//! There is nothing to exchange before the request token.

use tripod::{Flow, Unauthorized};

fn f(flow: Flow<Unauthorized>) {
    let _step = flow.exchange();
}

fn main() {}
