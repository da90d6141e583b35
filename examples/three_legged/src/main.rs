//! The whole three-legged flow, told step by step.
//!
//! Without arguments it runs offline against the embedded sandbox, and plays the user's browser
//! over real HTTP. With `FATSECRET_CONSUMER_KEY` and `FATSECRET_CONSUMER_SECRET` set it runs
//! against FatSecret: you open the page it names and type the code that FatSecret shows.
//!
//! ```sh
//! cargo run -p example-three-legged
//! ```

use std::{env, error::Error};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, stdin};
use tokio::net::{TcpListener, TcpStream};
use tripod::transport::ReqwestTransport;
use tripod::{
    Authorized, Callback, CallbackError, Client, Consumer, Flow, PendingFlow, Provider, Session,
};
use tripod_sandbox::Sandbox;

type Outcome<T> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    match (env::var("FATSECRET_CONSUMER_KEY"), env::var("FATSECRET_CONSUMER_SECRET")) {
        (Ok(key), Ok(secret)) => with_fatsecret(Consumer::new(key, secret)).await,
        _ => with_sandbox().await,
    }
}

/// FatSecret itself, out of band: the user copies a code.
async fn with_fatsecret(consumer: Consumer) -> Outcome<()> {
    let client = Client::new(Provider::fatsecret(), consumer)?;
    println!("1. Asking FatSecret for a request token.");
    let mut issued = client.begin(Callback::out_of_band()).request_token().await?;
    println!("2. Open this page, log in and approve:\n\n   {}\n", issued.authorization_url());

    let mut lines = BufReader::new(stdin()).lines();
    let session = loop {
        println!("3. Type the code that FatSecret shows, then Enter:");
        let Some(pin) = lines.next_line().await? else { return Err("no code was typed".into()) };
        // Nothing is lost when a step fails: the flow comes back and the user types again.
        let authorized = match issued.authorize(&pin) {
            Ok(authorized) => authorized,
            Err(failed)
                if failed.error().kind()
                    == &tripod::ErrorKind::Callback(CallbackError::MissingVerifier) =>
            {
                println!("   {}.", failed.error());
                issued = failed.into_flow();
                continue;
            }
            Err(failed) => return Err(failed.into_error().into()),
        };
        println!("4. Exchanging the request token for an access token.");
        match authorized.exchange().await {
            Ok(session) => break session,
            Err(failed) => {
                println!("   {}.", failed.error());
                issued = failed.into_flow().discard_verifier();
            }
        }
    };

    println!("5. Reading the profile with the granted session.");
    let reply = session
        .get("https://platform.fatsecret.com/rest/server.api")
        .query(&[("method", "profile.get"), ("format", "json")])
        .send()
        .await?
        .error_for_status()?;
    println!("   FatSecret answers: {}", reply.text()?);
    Ok(())
}

/// The embedded sandbox, with a callback to a socket of ours.
async fn with_sandbox() -> Outcome<()> {
    let sandbox = Sandbox::start().await?;
    println!("No FatSecret key in the environment: using a sandbox at {}.\n", sandbox.origin());

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let callback = format!("http://{}/callback?tab=3", listener.local_addr()?);
    let client = Client::new(sandbox.provider(), sandbox.consumer())?;

    println!("1. Asking for a request token, with the callback {callback}");
    let issued = client.begin(Callback::url(&callback)?).request_token().await?;
    println!("   Issued and the callback confirmed. State: {issued:?}\n");

    println!("2. The user would now open\n   {}", issued.authorization_url());
    let (page, user) = (issued.authorization_url(), sandbox.user());
    let (authorized, ()) = tokio::try_join!(
        wait_for_callback(&listener, issued),
        approve_as_a_browser(&page, user.name(), user.password()),
    )?;
    println!("   The callback names the token that was issued. State: {authorized:?}\n");

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
    println!("   The provider answers: {}\n", reply.text()?);
    println!("Done: {} requests over HTTP, the browser's included.", sandbox.requests());
    Ok(())
}

/// Serves callbacks until one belongs to the flow. A stray one costs nothing: the flow comes back.
async fn wait_for_callback(
    listener: &TcpListener,
    mut issued: PendingFlow,
) -> Outcome<Flow<Authorized>> {
    loop {
        let (mut socket, _) = listener.accept().await?;
        let Some(target) = read_target(&mut socket).await? else { continue };
        // Browsers also ask for icons; that is no answer of the user's.
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
                answer(&mut socket, "200 OK", "You said no. Nothing was granted.").await?;
                return Err(failed.into_error().into());
            }
            Err(failed) => {
                println!("   A callback that is not ours: {}.", failed.error());
                answer(&mut socket, "400 Bad Request", "This is not the page you want.").await?;
                issued = failed.into_flow();
            }
        }
    }
}

/// The target of an HTTP request, such as `/callback?oauth_token=…`; none if it is no request.
async fn read_target(socket: &mut TcpStream) -> Outcome<Option<String>> {
    let mut head = String::new();
    let mut reader = BufReader::new(socket.take(16 * 1024));
    while reader.read_line(&mut head).await? > 2 {}
    Ok(head.split(' ').nth(1).map(str::to_owned))
}

async fn answer(socket: &mut TcpStream, status: &str, text: &str) -> Outcome<()> {
    let length = text.len();
    let reply = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{text}"
    );
    socket.write_all(reply.as_bytes()).await?;
    Ok(socket.shutdown().await?)
}

/// Plays the user's browser: opens the page, logs in, approves, and follows the way back.
async fn approve_as_a_browser(page: &str, name: &str, password: &str) -> Outcome<()> {
    // The transport's own builder brings TLS along; unlike the transport, this follows redirects.
    let browser = ReqwestTransport::builder()?.build()?;
    let opened = browser.get(page).send().await?.error_for_status()?;
    let cookie = opened.headers().get("set-cookie").ok_or("the page sets no cookie")?.clone();
    let html = opened.text().await?;
    println!("   The page asks: {}", title(&html).unwrap_or("(no title)"));

    let hidden = |name: &str| {
        let (_, rest) = html.split_once(&format!("name=\"{name}\" value=\""))?;
        Some(rest.split_once('"')?.0.to_owned())
    };
    let form = serde_urlencoded::to_string([
        ("oauth_token", hidden("oauth_token").ok_or("the page has no form")?),
        ("form", hidden("form").ok_or("the page has no form")?),
        ("name", name.to_owned()),
        ("password", password.to_owned()),
        ("answer", "allow".to_owned()),
    ])?;
    println!("   The user logs in and approves; the browser follows the redirect to us.");
    let back = browser
        .post(page.split('?').next().unwrap_or_default())
        .header("content-type", "application/x-www-form-urlencoded")
        .header("cookie", cookie)
        .body(form)
        .send()
        .await?
        .error_for_status()?;
    println!("   Our own page answers the browser: {}", back.text().await?);
    Ok(())
}

fn title(html: &str) -> Option<&str> {
    Some(html.split_once("<title>")?.1.split_once("</title>")?.0)
}
