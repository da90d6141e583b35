//! A desktop program: it opens the user's browser and takes it back on this machine.
//!
//! Without arguments it runs offline against the embedded sandbox. If a browser opens, log in there as
//! the page says; if none can, the program plays the user itself. With `FATSECRET_CONSUMER_KEY` and
//! `FATSECRET_CONSUMER_SECRET` set it runs against FatSecret.
//!
//! ```sh
//! cargo run -p example-desktop
//! ```

use std::{env, error::Error, sync::Arc, time::Duration};

use tripod::{
    Client, Consumer, ErrorKind, ListenerError, Provider, Session, loopback::Loopback,
    transport::ReqwestTransport,
};
use tripod_sandbox::Sandbox;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    match (env::var("FATSECRET_CONSUMER_KEY"), env::var("FATSECRET_CONSUMER_SECRET")) {
        (Ok(key), Ok(secret)) => with_fatsecret(Consumer::new(key, secret)).await,
        _ => with_sandbox().await,
    }
}

/// FatSecret itself.
async fn with_fatsecret(consumer: Consumer) -> Outcome<()> {
    let client = Client::new(Provider::fatsecret(), consumer)?;
    // Signing up takes longer than logging in.
    let loopback = Loopback::bind().await?.with_time_limit(Duration::from_secs(10 * 60));
    let loopback = loopback.with_notice(show);
    let Some(session) = connect(loopback, &client).await? else { return Ok(()) };
    let reply = session
        .get("https://platform.fatsecret.com/rest/server.api")
        .query(&[("method", "profile.get"), ("format", "json")])
        .send()
        .await?
        .error_for_status()?;
    println!("FatSecret answers: {}", reply.text()?);
    Ok(())
}

/// The embedded sandbox.
async fn with_sandbox() -> Outcome<()> {
    let sandbox = Arc::new(Sandbox::start().await?);
    println!("No FatSecret key in the environment: using a sandbox at {}.\n", sandbox.origin());
    let client = Client::new(sandbox.provider(), sandbox.consumer())?;

    let user = Arc::clone(&sandbox);
    let loopback = Loopback::bind().await?.with_notice(move |page, opened| {
        show(page, opened);
        if !opened {
            tokio::spawn(play_the_user(Arc::clone(&user), page.to_owned()));
        }
    });
    let Some(session) = connect(loopback, &client).await? else { return Ok(()) };
    let reply = session
        .get(sandbox.resource_url())
        .query(&[("method", "echo"), ("format", "json")])
        .send()
        .await?
        .error_for_status()?;
    println!("The provider answers: {}", reply.text()?);
    Ok(())
}

/// What a desktop program does. `None` if the user did not want to after all.
async fn connect(loopback: Loopback, client: &Client) -> Outcome<Option<Session>> {
    match loopback.authorize(client).await {
        Ok(session) => {
            println!("Granted. State: {session:?}");
            Ok(Some(session))
        }
        Err(error) => match error.kind() {
            ErrorKind::Denied { .. } => {
                println!("You said no. Nothing was granted.");
                Ok(None)
            }
            ErrorKind::Listener(ListenerError::Timeout { .. }) | ErrorKind::RequestTokenExpired => {
                println!("Nobody answered in time. Start again when you are ready.");
                Ok(None)
            }
            _ => Err(error.into()),
        },
    }
}

/// The page's address is of use even if a browser was opened: it may be the wrong one.
fn show(page: &str, opened: bool) {
    if opened {
        println!(
            "Your browser asks for your approval. If it does not, open this page:\n   {page}\n"
        );
    } else {
        println!("No browser could be opened. The page to approve on is\n   {page}\n");
    }
}

/// Says yes for the user, and goes where the provider sends the browser.
async fn play_the_user(sandbox: Arc<Sandbox>, page: String) {
    println!("This program plays the user, who logs in and approves.");
    let outcome: Outcome<()> = async {
        let approval = sandbox.approve(&page)?;
        let back = approval.callback_url().ok_or("the user was given a code to copy")?;
        // The transport's own builder brings TLS along; unlike the transport, this follows redirects.
        let browser = ReqwestTransport::builder()?.build()?;
        let html = browser.get(back).send().await?.error_for_status()?.text().await?;
        let title = html.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>"));
        println!(
            "The browser ends on the page \"{}\".",
            title.map_or("(no title)", |found| found.0)
        );
        Ok(())
    }
    .await;
    if let Err(error) = outcome {
        println!("The played user failed: {error}");
    }
}
