//! What keeping costs: sealing and opening, parking a flow and taking it up in each store, and the
//! memory of a million parked flows.
//!
//! ```sh
//! crates/tripod-tests/services cargo bench -p tripod-tests --bench vault
//! ```
//!
//! Without `crates/tripod-tests/services` the stores on servers are left out. One pair is all that a login needs:
//! seal, put; get, open, check the callback, take. The flows are made beforehand.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::{
    env,
    error::Error,
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant},
};

use tripod::{
    AccessToken, Callback, Client, Consumer, PendingFlow, Provider,
    vault::{
        KeyRing, Sealer, SealingKey, Vault,
        store::{MemoryStore, PostgresStore, RedisStore, SqliteStore, Store},
    },
};

type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

const HEX: &str = "0123456789abcdef0123456789abcdef";
const CALLERS: [usize; 3] = [1, 16, 64];
/// Pairs of each caller in one batch, and how long batches are counted.
const BATCH: usize = 64;
const ENOUGH: Duration = Duration::from_secs(3);
const SEALS: u32 = 20_000;
const ROUNDS: usize = 9;
const PARKED: u32 = 1_000_000;

fn main() -> Outcome {
    let client = Client::new(Provider::fatsecret(), Consumer::new(HEX, HEX))?;
    let keys = KeyRing::new("2026-07", SealingKey::generate())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;

    // First, before anything else has grown and given back.
    runtime.block_on(parked(&client, &keys))?;
    sealing(&client, &keys)?;
    println!("{:12} {:>12} {:>12} {:>12}", "park, resume", "1 caller", "16 callers", "64 callers");
    runtime.block_on(stores(&client, &keys))
}

/// A flow as it is when the user is sent to the provider, without a provider.
fn pending(client: &Client) -> Outcome<PendingFlow> {
    let flow = client.begin(Callback::url("https://diary.example/callback")?);
    let body = format!("oauth_token={HEX}&oauth_token_secret={HEX}&oauth_callback_confirmed=true");
    Ok(flow.build()?.1.accept(&http::Response::new(body))?)
}

async fn parked(client: &Client, keys: &KeyRing) -> Outcome {
    let sealed = Sealer::new(client, keys.clone()).seal_pending(&pending(client)?, "")?.len();
    let before = resident()?;
    let vault = Vault::new(client, keys.clone(), MemoryStore::new());
    let start = Instant::now();
    for _ in 0..PARKED {
        let _ = vault.park(pending(client)?).await?;
    }
    let time = start.elapsed();
    let each = (resident()? - before) / f64::from(PARKED);
    println!("{PARKED} flows parked in memory, in {:.1} s", time.as_secs_f64());
    println!("memory of each: {each:.0} bytes, of which {sealed} sealed\n");
    Ok(())
}

/// The memory of this process, as the system counts it.
fn resident() -> Outcome<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes: f64 =
        line.and_then(|line| line.split_whitespace().next()).unwrap_or("0").parse()?;
    Ok(kibibytes * 1024.0)
}

fn sealing(client: &Client, keys: &KeyRing) -> Outcome {
    let sealer = Sealer::new(client, keys.clone());
    let flow = pending(client)?;
    let session = client.session(AccessToken::new(HEX, HEX)?);
    let sealed_flow = sealer.seal_pending(&flow, "ticket")?;
    let sealed_session = sealer.seal_session(&session, "user 17")?;
    println!("{:24} {:>12}", "", "per second");
    report("seal a pending flow", || sealer.seal_pending(&flow, "ticket").is_ok());
    report("open a pending flow", || sealer.open_pending(&sealed_flow, "ticket").is_ok());
    report("seal a session", || sealer.seal_session(&session, "user 17").is_ok());
    report("open a session", || sealer.open_session(&sealed_session, "user 17").is_ok());
    println!();
    Ok(())
}

fn report(name: &str, work: impl Fn() -> bool) {
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..SEALS {
                assert!(black_box(work()), "{name}");
            }
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    let median = times.get(ROUNDS / 2).copied().unwrap_or_default();
    println!("{name:24} {:12.0}", f64::from(SEALS) / median.as_secs_f64());
}

async fn stores(client: &Client, keys: &KeyRing) -> Outcome {
    let folder = tempfile::tempdir()?;
    let vault = |store: Arc<dyn Store>| Vault::new(client, keys.clone(), store);
    row("memory", &vault(Arc::new(MemoryStore::new()))).await?;
    let sqlite = SqliteStore::open(folder.path().join("vault.sqlite")).await?;
    row("sqlite", &vault(Arc::new(sqlite))).await?;
    match env::var("TRIPOD_TEST_POSTGRES") {
        Ok(url) => row("postgres", &vault(Arc::new(PostgresStore::connect(&url).await?))).await?,
        Err(_) => println!("postgres: skipped, TRIPOD_TEST_POSTGRES is not set"),
    }
    match env::var("TRIPOD_TEST_REDIS") {
        Ok(url) => row("redis", &vault(Arc::new(RedisStore::connect(&url).await?))).await?,
        Err(_) => println!("redis: skipped, TRIPOD_TEST_REDIS is not set"),
    }
    Ok(())
}

async fn row(name: &str, vault: &Vault) -> Outcome {
    let mut figures = Vec::new();
    for callers in CALLERS {
        // Connections are made, statements prepared.
        batch(vault, callers).await?;
        let (mut pairs, mut time) = (0_u32, Duration::ZERO);
        while time < ENOUGH {
            time += batch(vault, callers).await?;
            pairs += u32::try_from(callers * BATCH)?;
        }
        figures.push(format!("{:12.0}", f64::from(pairs) / time.as_secs_f64()));
    }
    println!("{name:12} {}", figures.join(" "));
    Ok(())
}

/// Each of the callers parks and resumes its flows, one after the other.
async fn batch(vault: &Vault, callers: usize) -> Outcome<Duration> {
    let mut flows = Vec::new();
    for _ in 0..callers {
        flows.push((0..BATCH).map(|_| pending(vault.client())).collect::<Outcome<Vec<_>>>()?);
    }
    let callback = format!("https://diary.example/callback?oauth_token={HEX}&oauth_verifier=v");
    let mut tasks = tokio::task::JoinSet::new();
    let start = Instant::now();
    for flows in flows {
        let (vault, callback) = (vault.clone(), callback.clone());
        tasks.spawn(async move {
            for flow in flows {
                let ticket = vault.park(flow).await?;
                let _ = black_box(vault.resume(&ticket, &callback).await?);
            }
            Ok::<(), tripod::Error>(())
        });
    }
    for done in tasks.join_all().await {
        done?;
    }
    Ok(start.elapsed())
}
