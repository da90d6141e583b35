//! The right way: use a reference to a session.

use tripod::{ResourceRequest, Session};

fn f(session: &Session) -> ResourceRequest {
    session.get("https://platform.fatsecret.com/rest/server.api")
}

fn main() {}
