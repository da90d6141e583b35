//! The right way: send the request and look at the reply.
#![deny(unused_must_use)]

use tripod::{Error, Session};

async fn f(session: &Session) -> Result<String, Error> {
    let reply = session.get("https://platform.fatsecret.com/rest/server.api").send().await?;
    Ok(reply.error_for_status()?.text()?.to_owned())
}

fn main() {}
