//! The right way: the bound `S: State` includes `Debug`. To print only a flow, no bound is needed.

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
