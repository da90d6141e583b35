//! Through a reference, rustc names the state you have, but not the state that has the method.

use tripod::PendingFlow;

fn f(flow: &PendingFlow) {
    let _request = flow.get("https://platform.fatsecret.com/rest/server.api");
}

fn main() {}
