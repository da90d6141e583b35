//! Logs in to the provider that the environment variable `PROVIDER` names.
//!
//! ```sh
//! PROVIDER=flickr cargo run -p example-any-provider
//! ```
//!
//! This runs offline: a sandbox behaves like that provider, and a transport delivers the provider's real
//! URLs to it. Without a name it is X. For a name that it does not know, the program lists those that it knows.
//! Of some providers there are many: `SITE` names the one, such as a shop's base URL or NetSuite's account.
//!
//! If `CONSUMER_KEY` and `CONSUMER_SECRET` are set, the program logs in to the real provider. You open the
//! page that it prints, and type the code that the page shows. If the provider shows no code, set
//! `CALLBACK_URL` to the URL that is registered for your application: the provider sends your browser
//! there, and you paste the address on which it ends.

mod known;

use std::{env, error::Error, io::stdin, process::ExitCode, time::SystemTime};

use tripod::{
    Callback, Client, Consumer, ErrorKind, PendingFlow, Session, UnsupportedError, providers,
};
use tripod_sandbox::{Persona, Sandbox};

use crate::known::Known;

type Outcome<T> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> ExitCode {
    let name = env::var("PROVIDER").unwrap_or_else(|_| "x".to_owned());
    match run(&name).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{name}: {error}");
            let mut source = error.source();
            while let Some(cause) = source {
                eprintln!("  caused by: {cause}");
                source = cause.source();
            }
            ExitCode::FAILURE
        }
    }
}

async fn run(name: &str) -> Outcome<()> {
    let known = Known::named(name)?;
    // Either of the two asks for the provider: half a consumer is a mistake, and not the sandbox.
    if env::var_os("CONSUMER_KEY").is_none() && env::var_os("CONSUMER_SECRET").is_none() {
        return with_its_persona(known).await;
    }
    let set = |name: &str| env::var(name).map_err(|error| format!("{name}: {error}"));
    let consumer = Consumer::new(set("CONSUMER_KEY")?, set("CONSUMER_SECRET")?);
    with_the_provider(&known, consumer).await
}

/// Logs in at the real provider.
async fn with_the_provider(known: &Known, consumer: Consumer) -> Outcome<()> {
    if known.persona == Persona::Magento {
        return Err(
            "a Magento shop sends the verifier to your program: see `providers::magento`".into()
        );
    }
    let client = Client::new(known.provider.clone(), consumer)?;
    let url = env::var("CALLBACK_URL").ok();
    let callback = match &url {
        Some(url) => Callback::url(url)?,
        None => Callback::out_of_band(),
    };
    let issued = client.begin(callback).with_ask(known.ask.clone()).request_token().await?;
    println!("Open this page, log in and approve:\n\n   {}\n", issued.authorization_url());
    println!(
        "{}",
        match url {
            Some(_) => "Paste the address that your browser was sent to, then Enter:",
            None => "Type the code that the page shows, then Enter:",
        }
    );
    let answer = stdin().lines().next().ok_or("nothing was typed")??;
    let authorized = match url {
        Some(_) => issued.receive_callback(&answer)?,
        None => issued.authorize(&answer)?,
    };
    use_it(known, &authorized.exchange().await?).await
}

/// Logs in at a sandbox that behaves like the provider. The program plays the user.
async fn with_its_persona(known: Known) -> Outcome<()> {
    let persona = known.persona;
    println!("CONSUMER_KEY is not set: using a sandbox that behaves like {persona}.\n");
    let mut builder = Sandbox::builder().like(persona);
    if let Some(site) = &known.site {
        builder = builder.site(site);
    }
    let sandbox = builder.start().await?;
    let client =
        Client::from_transport(known.provider.clone(), sandbox.consumer(), sandbox.transport());
    // No callback is registered for this application: E*TRADE shows a code, and a Magento shop sends the verifier
    // to the integration's own URL. If E*TRADE's support has registered a callback for your key, begin with
    // `Callback::url` and that URL, so that E*TRADE has to confirm it.
    let callback = match persona {
        Persona::Etrade | Persona::Magento => Callback::out_of_band(),
        _ => Callback::url("https://app.example/back")?,
    };

    // A Magento shop sends the verifier before it is asked for anything. All others send nothing.
    let pushed = sandbox.activate();
    println!("1. Asking for a request token.");
    let issued = client.begin(callback).with_ask(known.ask.clone()).request_token().await?;
    println!("   State: {issued:?}\n");
    println!("2. The user approves.");
    let authorized = if let Some(form) = pushed {
        println!(
            "   The shop has sent the verifier, because the merchant activated the integration."
        );
        let shop = known.site.as_deref().unwrap_or_default();
        let activation = providers::magento::Activation::read(shop, &form)?;
        issued.authorize(activation.verifier())?
    } else {
        approve(&sandbox, issued)?
    };
    println!("   State: {authorized:?}\n");
    println!("3. Exchanging the request token for an access token.");
    let session = authorized.exchange().await?;
    use_it(&known, &session).await?;

    println!("\n6. Revoking the access token.");
    match session.revoke().await {
        Ok(()) => println!("   It is gone."),
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::Unsupported(UnsupportedError::NoSuchCall { .. })
            ) =>
        {
            println!("   {error}.");
        }
        Err(error) => return Err(error.into()),
    }
    println!("   The sandbox received {} requests.", sandbox.requests());
    Ok(())
}

/// Plays the user, who opens the page, says yes, and comes back.
fn approve(sandbox: &Sandbox, issued: PendingFlow) -> Outcome<tripod::Flow<tripod::Authorized>> {
    let page = issued.authorization_url();
    println!("   They open {page}");
    let approval = sandbox.approve(&page)?;
    if let Some(back) = approval.callback_url() {
        println!("   and are sent back to {}", back.split('?').next().unwrap_or_default());
        return Ok(issued.receive_callback(back)?);
    }
    println!("   and type the code that it shows.");
    Ok(issued.authorize(approval.verifier().ok_or("the user denied access")?)?)
}

/// Shows what is known of the session, and asks for a resource with it.
async fn use_it(known: &Known, session: &Session) -> Outcome<()> {
    println!("   Granted. State: {session:?}\n");
    println!("4. How long it lives.");
    match session.expires_at() {
        Some(end) => {
            let left = end.duration_since(SystemTime::now()).unwrap_or_default();
            println!("   For {} minutes.", left.as_secs().div_ceil(60));
        }
        None => println!("   Until it is revoked, as far as is known."),
    }
    if known.resource.is_empty() {
        println!("\n5. This provider has given a key. Later calls carry it and are not signed.");
        return Ok(());
    }
    println!("\n5. Asking for {}", known.resource);
    let reply = session.get(&known.resource).send().await?.error_for_status()?;
    println!("   {}", reply.text()?);
    Ok(())
}
