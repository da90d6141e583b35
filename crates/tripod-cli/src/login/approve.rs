//! The middle of a login: the user goes to the provider's page and comes back, in one of three ways.

use std::time::Duration;

use tripod::{
    Ask, Authorized, Callback, Client, Error, ErrorClass, Failed, Flow, Session, loopback::Loopback,
};

use crate::{fail::Failure, prompt, text::say};

/// How often a code or an address can be typed, and an exchange tried.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_secs(1);

/// How the user comes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// The browser comes back to a free port.
    Loopback,
    /// The browser comes back to this callback, which is on this machine.
    At(String),
    /// The user types the code that the page shows.
    Code,
    /// The user pastes the address on which the browser ended.
    Paste(String),
}

/// What the user types.
#[derive(Clone, Copy)]
enum Typed {
    Code,
    Address,
}

impl Typed {
    fn question(self) -> &'static str {
        match self {
            Self::Code => "Code that the page shows",
            Self::Address => "Address on which your browser ended",
        }
    }
}

impl Way {
    /// The way for a callback that the user names.
    pub(crate) fn of_callback(url: &str) -> Self {
        let host = url
            .strip_prefix("http://")
            .map(|rest| rest.split(['/', ':', '?']).next().unwrap_or(""));
        let is_here =
            url.starts_with("http://[::1]") || matches!(host, Some("127.0.0.1" | "localhost"));
        if is_here { Self::At(url.to_owned()) } else { Self::Paste(url.to_owned()) }
    }
}

/// Logs the user in.
pub(crate) async fn approve(
    client: &Client,
    way: &Way,
    ask: Ask,
    browser: bool,
) -> Result<Session, Failure> {
    match way {
        Way::Loopback => by_browser(client, Loopback::bind().await?, ask, browser).await,
        Way::At(callback) => by_browser(client, Loopback::at(callback).await?, ask, browser).await,
        Way::Code => by_typing(client, Callback::out_of_band(), ask, Typed::Code).await,
        Way::Paste(callback) => {
            by_typing(client, Callback::url(callback)?, ask, Typed::Address).await
        }
    }
}

async fn by_browser(
    client: &Client,
    loopback: Loopback,
    ask: Ask,
    browser: bool,
) -> Result<Session, Failure> {
    let mut loopback = loopback.with_ask(ask).with_notice(|page, opened| {
        if opened {
            say!("Your browser should now show the provider's page. If it does not, open this page:");
        } else {
            say!("Open this page in a browser on this machine, and allow the access:");
        }
        say!("\n  {page}\n");
        say!("Waiting for the browser to come back. Press Ctrl-C to give up. If your browser is on another machine, use `--oob`.");
    });
    if !browser {
        loopback = loopback.without_browser();
    }
    Ok(loopback.authorize(client).await?)
}

/// Asks for a code or an address until one is good. A mistyped one does not lose the request token.
async fn by_typing(
    client: &Client,
    callback: Callback,
    ask: Ask,
    typed: Typed,
) -> Result<Session, Failure> {
    let mut issued = client.begin(callback).with_ask(ask).request_token().await?;
    say!(
        "Open this page in a browser, and allow the access:\n\n  {}\n",
        issued.authorization_url()
    );
    let mut tries = 0;
    loop {
        tries += 1;
        let answer = prompt::line(typed.question())?;
        let read = match typed {
            Typed::Code => issued.authorize(&answer),
            Typed::Address => issued.receive_callback(&answer),
        };
        let (error, again) = match read {
            Ok(authorized) => match exchange(authorized).await {
                Ok(session) => return Ok(session),
                Err(failed) => {
                    let (error, authorized) = failed.into_parts();
                    (error, authorized.discard_verifier())
                }
            },
            Err(failed) => failed.into_parts(),
        };
        if tries == TRIES || !may_be_mistyped(&error) {
            return Err(error.into());
        }
        say!("That did not work: {error}.");
        issued = again;
    }
}

/// Exchanges the code, again after a failure of the network: the user need not approve twice.
async fn exchange(mut authorized: Flow<Authorized>) -> Result<Session, Failed<Authorized>> {
    for _ in 1..TRIES {
        authorized = match authorized.exchange().await {
            Err(failed) if failed.error().is_retryable() => failed.into_flow(),
            outcome => return outcome,
        };
        tokio::time::sleep(PAUSE).await;
    }
    authorized.exchange().await
}

/// Whether another code or address may do.
fn may_be_mistyped(error: &Error) -> bool {
    !error.is_denied() && (error.class() == ErrorClass::User || error.may_be_wrong_verifier())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_callback_on_this_machine_is_caught_and_another_one_pasted() {
        for here in ["http://127.0.0.1:8765/back", "http://localhost:1/", "http://[::1]:8765/back"]
        {
            assert_eq!(Way::of_callback(here), Way::At(here.to_owned()));
        }
        for away in [
            "https://app.example/back",
            "http://localhost.example/",
            "https://127.0.0.1/",
            "app:back",
        ] {
            assert_eq!(Way::of_callback(away), Way::Paste(away.to_owned()));
        }
    }
}
