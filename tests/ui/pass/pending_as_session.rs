//! The right way: pass the session that the exchange returned.

use tripod::{Authorized, Error, Flow, Session};

fn diary(_session: &Session) {}

async fn f(flow: Flow<Authorized>) -> Result<(), Error> {
    diary(&flow.exchange().await?);
    Ok(())
}

fn main() {}
