//! A function that needs a granted access says so in its type.

use tripod::{PendingFlow, Session};

fn diary(_session: &Session) {}

fn f(flow: &PendingFlow) {
    diary(flow);
}

fn main() {}
