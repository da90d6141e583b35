//! The right way: `S: State` has all that is common to the states. A flow alone needs no bound.

use tripod::{Flow, State};

#[derive(Debug)]
struct Login<S> {
    flow: Flow<S>,
}

fn log<S: State>(login: &Login<S>) {
    println!("{login:?}");
}

fn log_flow<S>(flow: &Flow<S>) {
    println!("{flow:?}");
}

fn main() {}
