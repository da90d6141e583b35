//! A desktop program: it opens the user's browser and receives the callback on this machine.
//!
//! ```sh
//! cargo run -p example-desktop
//! ```
//!
//! This runs offline against a sandbox, which is an OAuth provider for tests. If a browser opens, log
//! in there with the name and password that the page shows. If no browser can be opened, the program
//! plays the user. If `FATSECRET_CONSUMER_KEY` and `FATSECRET_CONSUMER_SECRET` are set, the program
//! uses FatSecret instead.

use std::{env, sync::Arc, time::Duration};

use anyhow::{Context, Result, bail};
use tripod::{
    Client, Consumer, ErrorKind, ListenerError, Provider, Session, loopback::Loopback,
    transport::ReqwestTransport,
};
use tripod_sandbox::Sandbox;

#[tokio::main]
async fn main() -> Result<()> {
    if env::var_os("FATSECRET_CONSUMER_KEY").is_some() {
        return with_fatsecret(Consumer::from_env("FATSECRET")?).await;
    }
    with_sandbox().await
}

/// Logs in at FatSecret.
async fn with_fatsecret(consumer: Consumer) -> Result<()> {
    let client = Client::new(Provider::fatsecret(), consumer)?;
    // Ten minutes, because a new user has to create an account first.
    let loopback = Loopback::bind().await?.with_timeout(Duration::from_secs(10 * 60));
    let loopback = loopback.with_notice(show);
    let session = connect(loopback, &client).await?;
    let reply = session
        .get("https://platform.fatsecret.com/rest/server.api")
        .query(&[("method", "profile.get"), ("format", "json")])
        .send()
        .await?
        .error_for_status()?;
    println!("FatSecret answers: {}", reply.text()?);
    Ok(())
}

/// Logs in at the sandbox.
async fn with_sandbox() -> Result<()> {
    let sandbox = Arc::new(Sandbox::start().await?);
    println!("FATSECRET_CONSUMER_KEY is not set: using a sandbox at {}.\n", sandbox.origin());
    let client = Client::new(sandbox.provider(), sandbox.consumer())?;

    let user = Arc::clone(&sandbox);
    let loopback = Loopback::bind().await?.with_notice(move |page, opened| {
        show(page, opened);
        if !opened {
            tokio::spawn(play_the_user(Arc::clone(&user), page.to_owned()));
        }
    });
    let session = connect(loopback, &client).await?;
    let reply = session
        .get(sandbox.resource_url())
        .query(&[("method", "echo"), ("format", "json")])
        .send()
        .await?
        .error_for_status()?;
    println!("The provider answers: {}", reply.text()?);
    Ok(())
}

/// Opens the browser and waits for the user.
async fn connect(loopback: Loopback, client: &Client) -> Result<Session> {
    match loopback.authorize(client).await {
        Ok(session) => {
            println!("Granted. State: {session:?}");
            Ok(session)
        }
        Err(error) => match error.kind() {
            ErrorKind::Denied { .. } => bail!("You denied access. Nothing was granted."),
            ErrorKind::Listener(ListenerError::Timeout { .. }) | ErrorKind::RequestTokenExpired => {
                bail!("No answer came in time. Start the program again when you are ready.")
            }
            _ => Err(error.into()),
        },
    }
}

/// Prints the page's address, also if a browser was opened: it may be the wrong browser.
fn show(page: &str, opened: bool) {
    if opened {
        println!(
            "Your browser should now ask for your approval. If it does not, open this page:\n   {page}\n"
        );
    } else {
        println!("No browser could be opened. Open this page to approve:\n   {page}\n");
    }
}

/// Approves for the user and follows the redirect as the user's browser would.
async fn play_the_user(sandbox: Arc<Sandbox>, page: String) {
    println!("This program now plays the user, who logs in and approves.");
    let outcome: Result<()> = async {
        let approval = sandbox.approve(&page)?;
        let back =
            approval.callback_url().context("the provider showed a code instead of redirecting")?;
        // This builder sets up TLS. Unlike tripod's own transport, the client follows redirects.
        let browser = ReqwestTransport::builder()?.build()?;
        let html = browser.get(back).send().await?.error_for_status()?.text().await?;
        let title = html.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>"));
        println!(
            "The browser now shows the page \"{}\".",
            title.map_or("(no title)", |found| found.0)
        );
        Ok(())
    }
    .await;
    if let Err(error) = outcome {
        println!("Playing the user failed: {error}");
    }
}
