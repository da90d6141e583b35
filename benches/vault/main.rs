//! What keeping costs: sealing and opening, logins in each store beside the same commands through the same driver
//! without the vault, and the memory of a million parked flows.
//!
//! ```sh
//! bash benches/vault.sh
//! ```
//!
//! Without the servers that the script starts, their stores are left out. A login is seal, put; get, open, check the
//! callback, take; and in the second table seal and put for the session. The flows are made beforehand. What is
//! compared takes turns, batch by batch, so that both have the same machine.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod drivers;
mod sqlite;

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

use self::drivers::{Driver, Login, Postgres, Redis};

type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

const HEX: &str = "0123456789abcdef0123456789abcdef";
const CALLERS: [usize; 3] = [1, 16, 64];
/// Logins of each caller in one batch, and how long the batches of each kind are counted.
const BATCH: usize = 64;
const ENOUGH: Duration = Duration::from_secs(2);
const SEALS: u32 = 20_000;
/// Everything is done for a moment only, to see that it works.
const BRIEF: &str = "TRIPOD_BENCH_BRIEF";
const ROUNDS: usize = 9;
const PARKED: u32 = 1_000_000;
/// Bytes that the store in memory may take.
const ROOM: u64 = 8 << 30;

fn main() -> Outcome {
    let client = Client::new(Provider::fatsecret(), Consumer::new(HEX, HEX))?;
    let keys = KeyRing::new("2026-07", SealingKey::generate())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;

    // First, before anything else has grown and given back.
    runtime.block_on(parked(&client, &keys))?;
    sealing(&client, &keys)?;
    for save in [false, true] {
        let what = if save { "park, resume, save" } else { "park and resume" };
        println!("| {what}, a second | | 1 caller | 16 callers | 64 callers |");
        println!("|---|---|---:|---:|---:|");
        runtime.block_on(stores(&client, &keys, save))?;
        println!();
    }
    Ok(())
}

/// A flow as it is when the user is sent to the provider, without a provider.
fn pending(client: &Client) -> Outcome<PendingFlow> {
    let flow = client.begin(Callback::url("https://diary.example/callback")?);
    let body = format!("oauth_token={HEX}&oauth_token_secret={HEX}&oauth_callback_confirmed=true");
    Ok(flow.build()?.1.receive(&http::Response::new(body))?)
}

/// As the tables have it: thousands apart.
fn figure(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

async fn parked(client: &Client, keys: &KeyRing) -> Outcome {
    let parked = if env::var_os(BRIEF).is_some() { 1_000 } else { PARKED };
    let sealed = Sealer::new(client, keys.clone()).seal_pending(&pending(client)?, "")?.len();
    let before = resident()?;
    let vault = Vault::new(client, keys.clone(), MemoryStore::new());
    let start = Instant::now();
    for _ in 0..parked {
        let _ = vault.park(pending(client)?).await?;
    }
    let time = start.elapsed();
    let each = (resident()? - before) / f64::from(parked);
    println!("{parked} flows parked in memory, in {:.1} s", time.as_secs_f64());
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
    println!("| a second, one thread | |\n|---|---:|");
    report("seal a pending flow", || sealer.seal_pending(&flow, "ticket").is_ok());
    report("open a pending flow", || sealer.open_pending(&sealed_flow, "ticket").is_ok());
    report("seal a session", || sealer.seal_session(&session, "user 17").is_ok());
    report("open a session", || sealer.open_session(&sealed_session, "user 17").is_ok());
    println!();
    Ok(())
}

fn report(name: &str, work: impl Fn() -> bool) {
    let seals = if env::var_os(BRIEF).is_some() { 10 } else { SEALS };
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..seals {
                assert!(black_box(work()), "{name}");
            }
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    let median = times.get(ROUNDS / 2).copied().unwrap_or_default();
    println!("| {name} | {} |", figure(f64::from(seals) / median.as_secs_f64()));
}

async fn stores(client: &Client, keys: &KeyRing, save: bool) -> Outcome {
    let bench = Bench {
        client: client.clone(),
        keys: keys.clone(),
        login: Login {
            flow: Sealer::new(client, keys.clone()).seal_pending(&pending(client)?, "")?,
            save,
        },
    };
    let folder = tempfile::tempdir()?;
    // Records of used tickets stay until they expire, and a minute of these logins has more than a program's hours.
    bench.rows("memory", &[], Arc::new(MemoryStore::new().with_capacity(ROOM))).await?;

    let store = SqliteStore::open(folder.path().join("vault.sqlite")).await?;
    let alone = sqlite::Alone::open(&folder.path().join("alone.sqlite"))?;
    let blocking = sqlite::Blocking::open(&folder.path().join("blocking.sqlite"))?;
    let drivers: [(_, Arc<dyn Driver>); 2] =
        [("driver alone", Arc::new(alone)), ("driver, spawn_blocking", Arc::new(blocking))];
    bench.rows("SQLite", &drivers, Arc::new(store)).await?;

    match env::var("TRIPOD_TEST_POSTGRES") {
        Ok(url) => {
            let store = PostgresStore::connect(&url).await?;
            let alone = Postgres::connect(&url)?;
            bench.rows("PostgreSQL", &[("driver alone", Arc::new(alone))], Arc::new(store)).await?;
        }
        Err(_) => println!("PostgreSQL: skipped, TRIPOD_TEST_POSTGRES is not set"),
    }
    match env::var("TRIPOD_TEST_REDIS") {
        Ok(url) => {
            let store = RedisStore::connect(&url).await?;
            let alone = Redis::connect(&url).await?;
            bench.rows("Redis", &[("driver alone", Arc::new(alone))], Arc::new(store)).await?;
        }
        Err(_) => println!("Redis: skipped, TRIPOD_TEST_REDIS is not set"),
    }
    Ok(())
}

struct Bench {
    client: Client,
    keys: KeyRing,
    login: Login,
}

/// What is compared in one row of a table.
#[derive(Clone)]
enum Kind {
    Driver(Arc<dyn Driver>),
    Vault(Vault),
}

impl Bench {
    /// The driver alone, the store without the vault, and the vault.
    async fn rows(
        &self,
        name: &str,
        drivers: &[(&'static str, Arc<dyn Driver>)],
        store: Arc<dyn Store>,
    ) -> Outcome {
        let vault = Vault::new(&self.client, self.keys.clone(), Arc::clone(&store));
        let mut kinds: Vec<(&str, Kind)> = Vec::new();
        kinds
            .extend(drivers.iter().map(|(what, driver)| (*what, Kind::Driver(Arc::clone(driver)))));
        kinds.push(("store without vault", Kind::Driver(Arc::new(drivers::Through(store)))));
        kinds.push(("vault", Kind::Vault(vault)));

        let enough = if env::var_os(BRIEF).is_some() { Duration::ZERO } else { ENOUGH };
        let mut figures = vec![Vec::new(); kinds.len()];
        for callers in CALLERS {
            let mut counts = vec![(0_u32, Duration::ZERO); kinds.len()];
            // Connections are made, statements prepared.
            for (_, kind) in &kinds {
                self.batch(kind, callers).await?;
            }
            while counts.iter().any(|count| count.1 <= enough) {
                for ((_, kind), count) in kinds.iter().zip(&mut counts) {
                    count.1 += self.batch(kind, callers).await?;
                    count.0 += u32::try_from(callers * BATCH)?;
                }
            }
            for (figures, (logins, time)) in figures.iter_mut().zip(counts) {
                figures.push(f64::from(logins) / time.as_secs_f64());
            }
        }
        for ((what, _), figures) in kinds.iter().zip(&figures) {
            let figures: Vec<_> = figures.iter().copied().map(figure).collect();
            println!("| {name} | {what} | {} |", figures.join(" | "));
        }
        // The vault's share of each of the others.
        if let Some((ours, others)) = figures.split_last() {
            for ((what, _), all) in kinds.iter().zip(others) {
                let share = |(all, ours): (&f64, &f64)| format!("{:.2}", ours / all);
                let shares: Vec<_> = all.iter().zip(ours).map(share).collect();
                println!("| {name} | vault, of *{what}* | {} |", shares.join(" | "));
            }
        }
        Ok(())
    }

    /// Each of the callers does its logins, one after the other.
    async fn batch(&self, kind: &Kind, callers: usize) -> Outcome<Duration> {
        match kind {
            Kind::Driver(driver) => driver.batch(&self.login, callers, BATCH).await,
            Kind::Vault(vault) => self.vault_batch(vault, callers).await,
        }
    }

    async fn vault_batch(&self, vault: &Vault, callers: usize) -> Outcome<Duration> {
        let mut flows = Vec::new();
        for _ in 0..callers {
            flows.push((0..BATCH).map(|_| pending(&self.client)).collect::<Outcome<Vec<_>>>()?);
        }
        let callback = format!("https://diary.example/callback?oauth_token={HEX}&oauth_verifier=v");
        let session = self.client.session(AccessToken::new(HEX, HEX)?);
        let save = self.login.save;
        let mut tasks = tokio::task::JoinSet::new();
        let start = Instant::now();
        for (caller, flows) in flows.into_iter().enumerate() {
            let (vault, callback, session) = (vault.clone(), callback.clone(), session.clone());
            tasks.spawn(async move {
                for (number, flow) in flows.into_iter().enumerate() {
                    let ticket = vault.park(flow).await?;
                    let _ = black_box(vault.resume(&ticket, &callback).await?);
                    if save {
                        vault.save(&format!("user {caller}:{number}"), &session).await?;
                    }
                }
                Ok::<(), tripod::Error>(())
            });
        }
        for done in tasks.join_all().await {
            done?;
        }
        Ok(start.elapsed())
    }
}
