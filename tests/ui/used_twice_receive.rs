//! An `Awaiting` reads one reply.

use tripod::{Awaiting, Unauthorized};

fn f(awaiting: Awaiting<Unauthorized>, reply: &http::Response<String>) {
    let _issued = awaiting.receive(reply);
    let _again = awaiting.receive(reply);
}

fn main() {}
