//! The whole three-legged flow, step by step.
//!
//! ```sh
//! cargo run -p example-three-legged
//! ```
//!
//! This runs offline: the program starts a sandbox, which is an OAuth provider for tests, and plays
//! the user's browser over HTTP. If `FATSECRET_CONSUMER_KEY` and `FATSECRET_CONSUMER_SECRET` are set,
//! the program uses FatSecret instead: you open the page that it prints and type the code that
//! FatSecret shows. The last line of the output is the provider's reply, in JSON.

use std::{env, io::stdin};

use anyhow::{Context, Result};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tripod::transport::ReqwestTransport;
use tripod::{
    Authorized, Callback, Client, Consumer, ErrorClass, Flow, PendingFlow, Provider, Retries,
    Session,
};
use tripod_sandbox::Sandbox;

#[tokio::main]
async fn main() -> Result<()> {
    if env::var_os("FATSECRET_CONSUMER_KEY").is_some() {
        return with_fatsecret(Consumer::from_env("FATSECRET")?).await;
    }
    with_sandbox().await
}

/// Logs in at FatSecret. The user copies a code from FatSecret's page ("out of band").
async fn with_fatsecret(consumer: Consumer) -> Result<()> {
    let client = Client::new(Provider::fatsecret(), consumer)?;
    println!("1. Asking FatSecret for a request token.");
    let mut issued = client.begin(Callback::out_of_band()).request_token().await?;
    println!("2. Open this page, log in and approve:\n\n   {}\n", issued.authorization_url());

    let mut lines = stdin().lines();
    let mut refused = 0;
    let session = loop {
        println!("3. Type the code that FatSecret shows, then Enter:");
        // Waiting for the user blocks this thread, which has nothing else to do.
        let pin = lines.next().context("no code was typed")??;
        // A failed step gives the flow back, so the user can type the code again.
        let authorized = match issued.authorize(&pin) {
            Ok(authorized) => authorized,
            Err(failed) if failed.error().class() == ErrorClass::User => {
                println!("   {}.", failed.error());
                issued = failed.into_flow();
                continue;
            }
            Err(failed) => return Err(failed.into_error().into()),
        };
        println!("4. Exchanging the request token for an access token.");
        // If FatSecret does not answer, `step` tries again, up to three times.
        match Retries::standard().step(authorized, Flow::exchange).await {
            Ok(session) => break session,
            // The code is wrong, or the user has not approved yet, or the request token has ended: the error does not
            // always tell. So the code is asked for three times at most.
            Err(failed) if failed.error().may_be_wrong_verifier() && refused < 2 => {
                println!("   {}.", failed.error());
                issued = failed.into_flow().discard_verifier();
                refused += 1;
            }
            // Another code would not help.
            Err(failed) => return Err(failed.into_error().into()),
        }
    };

    println!("5. Reading the profile with the granted session.");
    let reply = session
        .get("https://platform.fatsecret.com/rest/server.api")
        .query(&[("method", "profile.get"), ("format", "json")])
        .send()
        .await?
        .error_for_status()?;
    println!("   FatSecret answers:\n{}", reply.text()?);
    Ok(())
}

/// Logs in at the sandbox. The sandbox sends the browser back to a socket of this program.
async fn with_sandbox() -> Result<()> {
    let sandbox = Sandbox::start().await?;
    println!("FATSECRET_CONSUMER_KEY is not set: using a sandbox at {}.\n", sandbox.origin());

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let callback = format!("http://{}/callback?tab=3", listener.local_addr()?);
    let client = Client::new(sandbox.provider(), sandbox.consumer())?;

    println!("1. Asking for a request token, with the callback {callback}");
    let issued = client.begin(Callback::url(&callback)?).request_token().await?;
    println!("   The provider issued it and confirmed the callback. State: {issued:?}\n");

    println!("2. The user would now open\n   {}", issued.authorization_url());
    let (page, user) = (issued.authorization_url(), sandbox.user());
    let (authorized, ()) = tokio::try_join!(
        wait_for_callback(&listener, issued),
        approve_as_a_browser(&page, user.name(), user.password()),
    )?;
    println!("   The callback carries the token that was issued. State: {authorized:?}\n");

    println!("3. Exchanging the request token for an access token.");
    let session: Session = authorized.exchange().await?;
    println!("   Granted. State: {session:?}\n");

    println!("4. Reading a protected resource with the granted session.");
    let reply = session
        .get(sandbox.resource_url())
        .query(&[("method", "echo"), ("format", "json"), ("greeting", "café & croissant")])
        .send()
        .await?
        .error_for_status()?;
    println!(
        "   The sandbox received {} requests. It answers:\n{}",
        sandbox.requests(),
        reply.text()?
    );
    Ok(())
}

/// Answers requests until one of them is the callback of this flow.
///
/// A callback that does not belong to the flow does no harm: `receive_callback` gives the flow back.
async fn wait_for_callback(
    listener: &TcpListener,
    mut issued: PendingFlow,
) -> Result<Flow<Authorized>> {
    loop {
        let (mut socket, _) = listener.accept().await?;
        let Some(target) = read_target(&mut socket).await? else { continue };
        // Browsers also ask for an icon.
        if !target.starts_with("/callback?") {
            answer(&mut socket, "404 Not Found", "There is nothing here.").await?;
            continue;
        }
        match issued.receive_callback(&target) {
            Ok(authorized) => {
                answer(&mut socket, "200 OK", "Thank you. You can close this page.").await?;
                return Ok(authorized);
            }
            Err(failed) if failed.error().is_denied() => {
                answer(&mut socket, "200 OK", "You denied access. Nothing was granted.").await?;
                return Err(failed.into_error().into());
            }
            Err(failed) => {
                println!("   This callback is for another login: {}.", failed.error());
                answer(&mut socket, "400 Bad Request", "This link belongs to another login.")
                    .await?;
                issued = failed.into_flow();
            }
        }
    }
}

/// Reads the target of an HTTP request, such as `/callback?oauth_token=…`.
async fn read_target(socket: &mut TcpStream) -> Result<Option<String>> {
    let mut head = String::new();
    let mut reader = BufReader::new(socket.take(16 * 1024));
    while reader.read_line(&mut head).await? > 2 {}
    Ok(head.split(' ').nth(1).map(str::to_owned))
}

async fn answer(socket: &mut TcpStream, status: &str, text: &str) -> Result<()> {
    let length = text.len();
    let reply = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{text}"
    );
    socket.write_all(reply.as_bytes()).await?;
    Ok(socket.shutdown().await?)
}

/// Plays the user's browser: opens the page, logs in, approves, and follows the redirect.
async fn approve_as_a_browser(page: &str, name: &str, password: &str) -> Result<()> {
    // This builder sets up TLS. Unlike tripod's own transport, the client follows redirects.
    let browser = ReqwestTransport::builder()?.build()?;
    let opened = browser.get(page).send().await?.error_for_status()?;
    let cookie = opened.headers().get("set-cookie").context("the page sets no cookie")?.clone();
    let html = opened.text().await?;
    println!("   The page asks: {}", title(&html).unwrap_or("(no title)"));

    let hidden = |name: &str| {
        let (_, rest) = html.split_once(&format!("name=\"{name}\" value=\""))?;
        Some(rest.split_once('"')?.0.to_owned())
    };
    let form = serde_urlencoded::to_string([
        ("oauth_token", hidden("oauth_token").context("the page has no form")?),
        ("form", hidden("form").context("the page has no form")?),
        ("name", name.to_owned()),
        ("password", password.to_owned()),
        ("answer", "allow".to_owned()),
    ])?;
    println!("   The user logs in and approves. The browser follows the redirect to this program.");
    let back = browser
        .post(page.split('?').next().unwrap_or_default())
        .header("content-type", "application/x-www-form-urlencoded")
        .header("cookie", cookie)
        .body(form)
        .send()
        .await?
        .error_for_status()?;
    println!("   This program answers the browser: {}", back.text().await?);
    Ok(())
}

fn title(html: &str) -> Option<&str> {
    Some(html.split_once("<title>")?.1.split_once("</title>")?.0)
}
