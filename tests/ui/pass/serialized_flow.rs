//! The right way: what may be written down are names.

use tripod::PendingFlow;

fn write(_value: &impl serde::Serialize) {}

fn f(pending: &PendingFlow) {
    write(&pending.oauth_token());
}

fn main() {}
