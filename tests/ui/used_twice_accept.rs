//! An `Awaiting` reads one reply.

use tripod::{Awaiting, Unauthorized};

fn f(awaiting: Awaiting<Unauthorized>, reply: &http::Response<String>) {
    let _issued = awaiting.accept(reply);
    let _again = awaiting.accept(reply);
}

fn main() {}
