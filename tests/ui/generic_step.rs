//! The next step depends on the state, so generic code cannot call it.

use tripod::{Flow, State};

fn f<S: State>(flow: Flow<S>) {
    let _step = flow.exchange();
}

fn main() {}
