//! One reply, one step.

use tripod::{Flow, Unauthorized};

fn f(flow: Flow<Unauthorized>, reply: &http::Response<String>) {
    let _issued = flow.accept(reply);
    let _again = flow.accept(reply);
}

fn main() {}
