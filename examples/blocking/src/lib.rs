//! A login and a day of FatSecret's diary, without an async runtime.

use std::fmt::Write as _;

use anyhow::Result;
use jiff::civil::Date;
use tripod::fatsecret::FatSecret;
use tripod::transport::UreqTransport;
use tripod::{Callback, Client, Consumer, ErrorClass, Provider, Retries, Session};

/// Creates a client that blocks the thread during each call, and repeats calls that fail for a moment.
pub fn client(provider: Provider, consumer: Consumer) -> Client {
    Client::from_transport(provider, consumer, UreqTransport::new())
        .with_retries(Retries::standard())
}

/// Takes all steps of the flow. `ask` shows the user the provider's page, and returns the code that they type.
///
/// # Errors
///
/// If a call fails, or `ask` does, or three codes are refused. A mistyped code is asked for again, and so is an empty one.
pub fn log_in(client: &Client, mut ask: impl FnMut(&str) -> Result<String>) -> Result<Session> {
    let mut issued = client.begin(Callback::out_of_band()).request_token().wait()?;
    let mut refused = 0;
    loop {
        let code = ask(&issued.authorization_url())?;
        // A failed step gives the flow back, so the user can type the code again.
        let authorized = match issued.authorize(&code) {
            Ok(authorized) => authorized,
            Err(failed) if failed.error().class() == ErrorClass::User => {
                eprintln!("{}.", failed.error());
                issued = failed.into_flow();
                continue;
            }
            Err(failed) => return Err(failed.into_error().into()),
        };
        match authorized.exchange().wait() {
            Ok(session) => return Ok(session),
            // The code is wrong, or the user has not approved yet, or the request token has ended: the error does not
            // always tell. So the code is asked for three times at most.
            Err(failed) if failed.error().may_be_wrong_verifier() && refused < 2 => {
                eprintln!("{}.", failed.error());
                issued = failed.into_flow().discard_verifier();
                refused += 1;
            }
            // Another code would not help: a secret is wrong, or FatSecret does not answer, or a new login is needed.
            Err(failed) => return Err(failed.into_error().into()),
        }
    }
}

/// Reads what the user has eaten on a day: one line for each entry.
///
/// # Errors
///
/// If the call fails.
pub fn day(session: Session, day: Date) -> Result<String> {
    let fatsecret = FatSecret::new(session);
    // FatSecret's methods are futures; with a transport that blocks, `wait` runs one to its end.
    let entries = tripod::wait(fatsecret.food_entries(day))?;
    let mut lines = String::new();
    for entry in &entries {
        writeln!(lines, "{}", entry.name)?;
    }
    Ok(lines)
}
