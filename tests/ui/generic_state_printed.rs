//! A derived `Debug` wants the state to have one, too.

use tripod::Flow;

#[derive(Debug)]
struct Login<S> {
    flow: Flow<S>,
}

fn log<S>(login: &Login<S>) {
    println!("{login:?}");
}

fn main() {}
