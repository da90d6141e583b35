//! Through a reference, rustc says which state it is, and not which one has the method.

use tripod::PendingFlow;

fn f(flow: &PendingFlow) {
    let _request = flow.get("https://platform.fatsecret.com/rest/server.api");
}

fn main() {}
