//! A derived `Debug` requires that the state implements `Debug` too.

use tripod::Flow;

#[derive(Debug)]
struct Login<S> {
    flow: Flow<S>,
}

fn log<S>(login: &Login<S>) {
    println!("{login:?}");
}

fn main() {}
