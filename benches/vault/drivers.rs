//! The same commands through the same drivers, without the vault and without its stores.

use std::{
    pin::Pin,
    sync::Arc,
    time::{Duration, Instant},
};

use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod};
use redis::{Script, aio::MultiplexedConnection};
use tokio_postgres::NoTls;
use tripod::vault::store::{Claim, Key, Store, Value};

use crate::Outcome;

/// The store's own statements, so that these are the same.
#[allow(dead_code, reason = "the store needs more of them")]
#[path = "../../src/vault/store/postgres/sql.rs"]
mod sql;

#[allow(dead_code, reason = "the store needs more of them")]
#[path = "../../src/vault/store/redis/scripts.rs"]
mod scripts;

/// As the store has it: the lifetime of a flow, and how often expired rows are dropped.
const LIFETIME: Duration = Duration::from_secs(3600);
const SWEEP_EVERY: usize = 64;
const CONNECTIONS: usize = 16;

/// What one login keeps.
pub(crate) struct Login {
    /// As many bytes as a sealed flow has; a session has about as many.
    pub(crate) flow: Vec<u8>,
    /// Whether a session is saved as well.
    pub(crate) save: bool,
}

pub(crate) type Batch<'a> = Pin<Box<dyn Future<Output = Outcome<Duration>> + Send + 'a>>;

/// Something that can do a login's commands.
pub(crate) trait Driver: Send + Sync {
    /// So many callers do so many logins each, one after the other.
    fn batch<'a>(&'a self, login: &'a Login, callers: usize, logins: usize) -> Batch<'a>;
}

/// The name of a flow that nobody else has, and of a user who comes back.
pub(crate) fn names(caller: usize, number: usize) -> (String, String) {
    let half = || Claim::new().as_bytes().map(|byte| format!("{byte:02x}")).concat();
    (format!("flow:{}{}", half(), half()), format!("session:{caller:032}{number:032}"))
}

/// A session as it is sealed each time: other bytes, or SQLite would see that nothing changes and write nothing.
pub(crate) fn session(value: &[u8]) -> Vec<u8> {
    let mut value = value.to_vec();
    value[..16].copy_from_slice(Claim::new().as_bytes());
    value
}

/// Runs one task for each caller and says how long all took.
pub(crate) async fn run<F>(
    callers: usize,
    logins: usize,
    task: impl Fn(Vec<(String, String)>) -> F,
) -> Outcome<Duration>
where
    F: Future<Output = Outcome> + Send + 'static,
{
    let names: Vec<Vec<_>> =
        (0..callers).map(|caller| (0..logins).map(|at| names(caller, at)).collect()).collect();
    let mut tasks = tokio::task::JoinSet::new();
    let start = Instant::now();
    for names in names {
        tasks.spawn(task(names));
    }
    for done in tasks.join_all().await {
        done?;
    }
    Ok(start.elapsed())
}

/// A store of the vault's, without the vault: nothing is sealed.
pub(crate) struct Through(pub(crate) Arc<dyn Store>);

impl Driver for Through {
    fn batch<'a>(&'a self, login: &'a Login, callers: usize, logins: usize) -> Batch<'a> {
        Box::pin(run(callers, logins, |names| {
            let (store, value, save) = (Arc::clone(&self.0), login.flow.clone(), login.save);
            async move {
                for (flow, user) in names {
                    let (flow, user) = (Key::new(flow)?, Key::new(user)?);
                    store.put(&flow, Value::new(&value)?, Some(LIFETIME)).await?;
                    store.get(&flow).await?.ok_or("nothing is there")?;
                    store.take(&flow, &Claim::new()).await?;
                    if save {
                        store.put(&user, Value::new(&session(&value))?, None).await?;
                    }
                }
                Ok(())
            }
        }))
    }
}

pub(crate) struct Postgres(Pool);

impl Postgres {
    pub(crate) fn connect(url: &str) -> Outcome<Self> {
        let config = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_config(url.parse()?, NoTls, config);
        Ok(Self(Pool::builder(manager).max_size(CONNECTIONS).build()?))
    }
}

impl Driver for Postgres {
    fn batch<'a>(&'a self, login: &'a Login, callers: usize, logins: usize) -> Batch<'a> {
        Box::pin(run(callers, logins, |names| {
            let (pool, value, save) = (self.0.clone(), login.flow.clone(), login.save);
            async move {
                let lifetime = i64::try_from(LIFETIME.as_millis()).ok();
                for (at, (flow, user)) in names.into_iter().enumerate() {
                    let (value, claim) = (value.as_slice(), Claim::new());
                    put(&pool, sql::PUT_FOR_A_TIME, &flow, value, lifetime).await?;
                    if at % SWEEP_EVERY == 0 {
                        let connection = pool.get().await?;
                        let sweep = connection.prepare_cached(sql::DROP_EXPIRED).await?;
                        connection.query(&sweep, &[]).await?;
                    }
                    {
                        let connection = pool.get().await?;
                        let get = connection.prepare_cached(sql::GET).await?;
                        let row = connection.query_one(&get, &[&flow]).await?;
                        row.try_get::<_, Vec<u8>>(0)?;
                    }
                    {
                        let connection = pool.get().await?;
                        let take = connection.prepare_cached(sql::TAKE).await?;
                        let claim = &claim.as_bytes()[..];
                        let row = connection.query_one(&take, &[&flow, &claim]).await?;
                        row.try_get::<_, Vec<u8>>(0)?;
                    }
                    if save {
                        put(&pool, sql::PUT, &user, &session(value), None).await?;
                    }
                }
                Ok(())
            }
        }))
    }
}

async fn put(
    pool: &Pool,
    statement: &str,
    key: &str,
    value: &[u8],
    lifetime: Option<i64>,
) -> Outcome {
    let connection = pool.get().await?;
    let put = connection.prepare_cached(statement).await?;
    connection.query(&put, &[&key, &value, &lifetime]).await?;
    Ok(())
}

pub(crate) struct Redis {
    connection: MultiplexedConnection,
    take: Arc<Script>,
}

impl Redis {
    pub(crate) async fn connect(url: &str) -> Outcome<Self> {
        let connection = redis::Client::open(url)?.get_multiplexed_async_connection().await?;
        Ok(Self { connection, take: Arc::new(Script::new(scripts::TAKE)) })
    }
}

impl Driver for Redis {
    fn batch<'a>(&'a self, login: &'a Login, callers: usize, logins: usize) -> Batch<'a> {
        Box::pin(run(callers, logins, |names| {
            let (mut connection, take) = (self.connection.clone(), Arc::clone(&self.take));
            let (save, mut value) = (login.save, vec![0; 17]);
            value.extend_from_slice(&login.flow);
            async move {
                let last = 17 + Value::MAX;
                for (flow, user) in names {
                    let (flow, user) = (format!("tripod:1:{flow}"), format!("tripod:1:{user}"));
                    let mut put = redis::cmd("SET");
                    put.arg(&flow).arg(&value).arg("PX").arg(3_600_000);
                    put.query_async::<()>(&mut connection).await?;
                    let mut get = redis::cmd("GETRANGE");
                    get.arg(&flow).arg(0).arg(last);
                    get.query_async::<Vec<u8>>(&mut connection).await?;
                    let mut take = take.key(&flow);
                    take.arg(&Claim::new().as_bytes()[..]).arg(last);
                    take.invoke_async::<Vec<u8>>(&mut connection).await?;
                    if save {
                        let mut put = redis::cmd("SET");
                        put.arg(&user).arg(session(&value));
                        put.query_async::<()>(&mut connection).await?;
                    }
                }
                Ok(())
            }
        }))
    }
}
