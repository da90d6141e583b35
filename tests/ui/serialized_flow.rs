//! A flow holds secrets and is not serialised in clear.

use tripod::{PendingFlow, Session};

fn write(_value: &impl serde::Serialize) {}

fn f(pending: &PendingFlow, session: &Session) {
    write(pending);
    write(session);
}

fn main() {}
