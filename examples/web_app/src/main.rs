//! A web program: people connect their food diary and read it, a day at a time.
//!
//! ```sh
//! cargo run -p example-web-app
//! ```
//!
//! Open the address that the program prints, in a browser. Stop the program with Ctrl-C.
//!
//! Without arguments the program uses a sandbox of its own as the provider and a temporary SQLite file
//! as the store. With PostgreSQL or Redis it runs on many machines. `--help` explains the options.
//!
//! | File | Job |
//! |---|---|
//! | `login.rs` | log in, the callback, log out: this file uses the vault |
//! | `finished.rs` | a callback that arrives twice ends in the same session |
//! | `limits.rs` | how much strangers can make the program keep or wait for |
//! | `diary.rs` | one day of the diary |
//! | `session.rs` | the session cookie |
//! | `guard.rs` | checks and headers for every request: the host, the origin, the policies |
//! | `trouble.rs` | the pages for everything that can go wrong |
//! | `pages.rs`, `style.css` | the other pages |
//! | `settings.rs` | the command line and the environment |
//!
//! Leave these to a proxy in front of the program: TLS, a limit on the requests from one address, a
//! timeout for a request's headers. No handler reads a body. hyper limits the headers to 100 fields,
//! the address to 64 KiB and both together to about 400 KiB.
//!
//! If nobody logs out, a session stays in the store after its cookie has expired. A program with user
//! accounts saves each grant under the user's id instead, so that there is one grant for each user.

mod diary;
mod finished;
mod guard;
mod limits;
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
use finished::Finished;
use limits::Logins;
use settings::{At, Kept, Settings};
use tempfile::TempDir;
use tokio::{io::AsyncReadExt, net::TcpListener, sync::Semaphore};
use tokio_util::task::TaskTracker;
use tripod::{
    Client,
    vault::{
        CookieScope, KeyRing, SealingKey, Vault,
        store::{PostgresStore, RedisStore, SqliteStore, Store},
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
    /// Which sessions the last logins ended in.
    finished: Finished,
    /// Bounds how many logins may begin.
    logins: Logins,
    /// Bounds how many requests may wait for another one.
    waiting: Semaphore,
    /// The logins whose callback has come.
    finishing: TaskTracker,
    /// The site's address in the browser, such as `https://diary.example`.
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
        println!("TRIPOD_SEALING_KEY is not set: logins will be lost when the program stops.");
        SealingKey::generate()
    });
    let keys = KeyRing::new("key-1", key)?;
    let (store, _folder) = open(settings.kept).await?;
    let vault = Vault::new(&client, keys, Arc::clone(&store));

    let listener = TcpListener::bind(settings.listen).await?;
    let address = listener.local_addr()?;
    let origin = match settings.public_url {
        Some(url) => guard::public_origin(&url)?,
        None if address.ip().is_loopback() => {
            guard::as_browsers_write("http", &address.to_string())
        }
        None => {
            return Err("to listen beyond this machine, set --public-url to an https URL".into());
        }
    };
    let secure = origin.starts_with("https:");
    let site = Site {
        policy: guard::policy(&client)?,
        vault: vault.with_pending_lifetime(TIME_TO_APPROVE).with_retries(login::patience()),
        finished: Finished::new(store),
        logins: Logins::new(settings.max_logins, TIME_TO_APPROVE),
        waiting: Semaphore::new(limits::WAITING),
        finishing: TaskTracker::new(),
        client,
        cookies: if secure { CookieScope::Https } else { CookieScope::Loopback },
        origin,
    };

    println!("listening on http://{address}");
    let stop = stop(settings.stop_with_stdin);
    let (stopping, stopped) = tokio::sync::oneshot::channel();
    let finishing = site.finishing.clone();
    let serving = axum::serve(listener, router(Arc::new(site))).with_graceful_shutdown(async {
        stop.await;
        let _ = stopping.send(());
    });
    // Requests that have begun are answered. A request that never ends does not stop the program from
    // ending.
    let patience = async {
        let _ = stopped.await;
        tokio::time::sleep(Duration::from_secs(10)).await;
    };
    tokio::select! {
        ended = serving => ended?,
        () = patience => eprintln!("some requests did not end within ten seconds"),
    }
    // A login goes on without its browser: its flow has been taken from the store, and no other machine can finish it.
    finishing.close();
    if tokio::time::timeout(login::LONGEST, finishing.wait()).await.is_err() {
        eprintln!("some logins did not end, and their users have to begin again");
    }
    Ok(())
}

/// Opens the store. A temporary one comes with its folder, which is deleted with the program.
async fn open(kept: Kept) -> Outcome<(Arc<dyn Store>, Option<TempDir>)> {
    let mut folder = None;
    let store: Arc<dyn Store> = match kept {
        Kept::Temporary => {
            let file = folder.insert(tempfile::tempdir()?).path().join("diary.db");
            Arc::new(SqliteStore::open(file).await?)
        }
        Kept::Sqlite(file) => Arc::new(SqliteStore::open(file).await?),
        Kept::Postgres(url) => Arc::new(PostgresStore::connect(&url).await?),
        Kept::Redis(url) => Arc::new(RedisStore::connect(&url).await?),
    };
    Ok((store, folder))
}

fn router(site: App) -> Router {
    Router::new()
        .route("/", get(login::welcome))
        .route("/login", post(login::begin))
        .route("/callback", get(login::callback))
        .route("/diary", get(diary::day))
        .route("/logout", post(login::log_out))
        .route("/goodbye", get(login::goodbye))
        .route("/style.css", get(pages::style))
        .fallback(trouble::not_found)
        .layer(middleware::from_fn_with_state(Arc::clone(&site), guard::guard))
        .with_state(site)
}

/// Starts a sandbox as the provider, with a year of invented meals.
async fn sandbox() -> Outcome<Sandbox> {
    let sandbox = Sandbox::builder().application("The diary example").start().await?;
    sandbox.seed_example_year()?;
    let today = sandbox.today();
    sandbox.log_food(today, "breakfast", 3017, 30_171, 2.0)?;
    sandbox.log_food(today, "breakfast", 3038, 30_381, 1.0)?;
    println!("FATSECRET_CONSUMER_KEY is not set: using a sandbox at {}.", sandbox.origin());
    Ok(sandbox)
}

/// Returns on Ctrl-C, on SIGTERM, and if asked to when the standard input ends.
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
