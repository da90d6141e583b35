//! A web program: people connect their food diary and read it, a day at a time.
//!
//! ```sh
//! cargo run -p example-web-app
//! ```
//!
//! Without arguments it runs against a sandbox of its own and keeps what it must in a temporary
//! SQLite file. `--postgres URL` or `--redis URL` make it a program for many machines; the rest of
//! the options are in `settings.rs`.
//!
//! | File | Job |
//! |---|---|
//! | `login.rs` | log in, the way back, log out: where the vault is used |
//! | `diary.rs` | one day of the diary |
//! | `session.rs` | the session cookie |
//! | `guard.rs` | what holds for every request: the host, the origin, the headers |
//! | `trouble.rs` | what people read when something goes wrong |
//! | `pages.rs`, `style.css` | the pages |
//!
//! What it does not do, because something in front of it should: TLS, limits on requests per
//! address, limits on the time that a request's head may take. No handler reads a body; heads are
//! limited by hyper, to 100 fields, 64 KiB of address and some 400 KiB in all. And a session that
//! nobody logs out of stays in the store after its cookie has gone: a program with user accounts of
//! its own saves under those, and has one grant for each user.

mod diary;
mod guard;
mod login;
mod pages;
mod session;
mod settings;
mod trouble;

use std::{error::Error, process::ExitCode, sync::Arc, time::Duration};

use axum::{
    Router, middleware,
    routing::{get, post},
};
use settings::{At, Kept, Settings};
use tempfile::TempDir;
use tokio::{io::AsyncReadExt, net::TcpListener};
use tripod::{
    Client,
    vault::{
        CookieScope, KeyRing, SealingKey, Vault,
        store::{PostgresStore, RedisStore, SqliteStore},
    },
};
use tripod_sandbox::Sandbox;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// How long a user has to come back from the provider's page.
const TIME_TO_APPROVE: Duration = Duration::from_secs(15 * 60);

/// What the handlers share.
struct Site {
    client: Client,
    vault: Vault,
    /// Such as `https://diary.example`: how browsers know this place.
    origin: String,
    /// Whether cookies are for HTTPS, or for a loopback address without it.
    cookies: CookieScope,
    /// `Content-Security-Policy`, which names the provider.
    policy: String,
}

type App = Arc<Site>;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            trouble::log(&*error);
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Outcome<()> {
    let settings = Settings::read()?;
    let (client, _sandbox) = match settings.at {
        At::Provider(provider, consumer) => (Client::new(*provider, consumer)?, None),
        At::Sandbox => {
            let sandbox = sandbox().await?;
            (Client::new(sandbox.provider(), sandbox.consumer())?, Some(sandbox))
        }
    };

    let key = settings.key.unwrap_or_else(|| {
        println!("No TRIPOD_SEALING_KEY: a key for this run. What it seals is lost with it.");
        SealingKey::generate()
    });
    let keys = KeyRing::new("key-1", key)?;
    let (vault, _folder) = open(settings.kept, &client, keys).await?;

    let listener = TcpListener::bind(settings.listen).await?;
    let address = listener.local_addr()?;
    let origin = match settings.public_url {
        Some(url) => guard::public_origin(&url)?,
        None if address.ip().is_loopback() => format!("http://{address}"),
        None => return Err("beyond this machine, --public-url must name an https address".into()),
    };
    let secure = origin.starts_with("https:");
    let site = Site {
        policy: guard::policy(&client)?,
        vault: vault.with_pending_lifetime(TIME_TO_APPROVE),
        client,
        cookies: if secure { CookieScope::Https } else { CookieScope::Loopback },
        origin,
    };

    println!("listening on http://{address}");
    let stop = stop(settings.stop_with_stdin);
    let (stopping, stopped) = tokio::sync::oneshot::channel();
    let serving = axum::serve(listener, router(Arc::new(site))).with_graceful_shutdown(async {
        stop.await;
        let _ = stopping.send(());
    });
    // Requests that have begun are answered; one that never ends does not keep the program.
    let patience = async {
        let _ = stopped.await;
        tokio::time::sleep(Duration::from_secs(10)).await;
    };
    tokio::select! {
        ended = serving => ended?,
        () = patience => eprintln!("some requests did not end in time"),
    }
    Ok(())
}

/// The vault, and its folder if that goes away with the program.
async fn open(kept: Kept, client: &Client, keys: KeyRing) -> Outcome<(Vault, Option<TempDir>)> {
    let mut folder = None;
    let vault = match kept {
        Kept::Temporary => {
            let file = folder.insert(tempfile::tempdir()?).path().join("diary.db");
            Vault::new(client, keys, SqliteStore::open(file).await?)
        }
        Kept::Sqlite(file) => Vault::new(client, keys, SqliteStore::open(file).await?),
        Kept::Postgres(url) => Vault::new(client, keys, PostgresStore::connect(&url).await?),
        Kept::Redis(url) => Vault::new(client, keys, RedisStore::connect(&url).await?),
    };
    Ok((vault, folder))
}

fn router(site: App) -> Router {
    Router::new()
        .route("/", get(login::welcome))
        .route("/login", post(login::begin))
        .route("/callback", get(login::callback))
        .route("/diary", get(diary::day))
        .route("/logout", post(login::log_out))
        .route("/goodbye", get(pages::goodbye))
        .route("/style.css", get(pages::style))
        .fallback(trouble::not_found)
        .layer(middleware::from_fn_with_state(Arc::clone(&site), guard::guard))
        .with_state(site)
}

/// A provider of our own, with a year of invented meals.
async fn sandbox() -> Outcome<Sandbox> {
    let sandbox = Sandbox::builder().application("The diary example").start().await?;
    sandbox.seed_example_year()?;
    let today = sandbox.today();
    sandbox.log_food(today, "breakfast", 3017, 30_171, 2.0)?;
    sandbox.log_food(today, "breakfast", 3038, 30_381, 1.0)?;
    println!("No key of FatSecret's in the environment: a sandbox at {}.", sandbox.origin());
    Ok(sandbox)
}

/// Ends on Ctrl-C, on SIGTERM, and if so wished with the standard input.
async fn stop(with_stdin: bool) {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let input_ended = async {
        if !with_stdin {
            std::future::pending::<()>().await;
        }
        let mut input = tokio::io::stdin();
        let mut bytes = [0; 64];
        while input.read(&mut bytes).await.is_ok_and(|read| read > 0) {}
    };
    tokio::select! {
        () = interrupted => {}
        () = terminated() => {}
        () = input_ended => {}
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            terminate.recv().await;
        }
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}
