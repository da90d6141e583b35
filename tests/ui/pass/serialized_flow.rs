//! The right way: what may be written down are names.

use tripod::PendingFlow;

fn write(_value: &impl serde::Serialize) {}

fn f(pending: &PendingFlow) {
    write(&pending.request_token_id());
}

fn main() {}
