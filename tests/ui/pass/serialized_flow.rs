//! The right way: serialise only names, and store flows with the feature `vault`.

use tripod::PendingFlow;

fn write(_value: &impl serde::Serialize) {}

fn f(pending: &PendingFlow) {
    write(&pending.oauth_token());
}

fn main() {}
