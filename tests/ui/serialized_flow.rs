//! A flow holds secrets, so it cannot be serialised in clear text.

use tripod::{PendingFlow, Session};

fn write(_value: &impl serde::Serialize) {}

fn f(pending: &PendingFlow, session: &Session) {
    write(pending);
    write(session);
}

fn main() {}
