//! There is no request token yet that could be exchanged.

use tripod::{Flow, Unauthorized};

fn f(flow: Flow<Unauthorized>) {
    let _step = flow.exchange();
}

fn main() {}
