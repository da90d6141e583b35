//! A request does nothing until it is sent.
#![deny(unused_must_use)]

use tripod::Session;

fn f(session: &Session) {
    session.get("https://platform.fatsecret.com/rest/server.api");
}

fn main() {}
