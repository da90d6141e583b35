//! Which step is next depends on the state, also in generic code.

use tripod::{Flow, State};

fn f<S: State>(flow: Flow<S>) {
    let _step = flow.exchange();
}

fn main() {}
