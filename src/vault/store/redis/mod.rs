// A store in Redis, or a server that speaks its protocol: for programs on many machines.
//
// An entry is one string: a byte that is 0 or 1, sixteen bytes for the claim, the value. Its time to
// live is the entry's lifetime. The trap is `TAKE`: reading and claiming is one script, so one step for
// all others, and it must not touch the time to live.

mod connection;
mod scripts;

use std::{fmt, time::Duration};

use redis::{Cmd, FromRedisValue, Pipeline, Script, ScriptInvocation};

use self::{
    connection::{Shared, failed, is_read_only},
    scripts::{REPLACE, TAKE},
};
use super::{
    Claim, Heads, Store, StoreFuture, Taken,
    deadline::Deadline,
    entry::{Key, Value, milliseconds, too_large},
    error::StoreError,
    no_such_place,
};

/// Before each key: this crate's name, and the version of what an entry looks like.
const PREFIX: &str = "tripod:1:";
const HEAD: usize = 17;
/// The last byte of an entry that is read: one more than there may be, so that it is noticed.
const LAST: usize = HEAD + Value::MAX;
/// A call can be made again to the same end, so it is, when the connection breaks.
const ATTEMPTS: usize = 3;

/// Keys that the server looks at for one page of heads.
const PAGE: usize = 500;

/// Keeps entries in Redis, version 7 or later, under keys that begin with `tripod:1:`.
///
/// All calls share one connection to one server; clusters are not supported. The connection is opened
/// again if it breaks, and if the server says that it has become a replica. Redis deletes expired
/// entries. Calls need a Tokio runtime with its timer, and end within five seconds.
///
/// The server's configuration decides which failures an entry survives. If a pending flow is lost, the
/// user logs in again. Before you store sessions in Redis, set `appendonly yes`, and
/// `maxmemory-policy noeviction`, so that a full server refuses new entries instead of deleting old ones.
/// Also on a full server, an existing flow can be taken.
///
/// If a replica becomes the primary before it has received a claim, the same flow can be taken a second
/// time, and the provider refuses the second exchange. In the same way, a saved session can be lost, or a
/// deleted session can come back. If this matters to you, let a replica catch up before it becomes the
/// primary, or keep sessions in another store.
///
/// # Examples
///
/// ```
/// use tripod::{Client, vault::{KeyRing, Vault, store::RedisStore}};
///
/// async fn vault(client: &Client, keys: KeyRing) -> Result<Vault, Box<dyn std::error::Error>> {
///     let store = RedisStore::connect("rediss://cache.internal").await?;
///     Ok(Vault::new(client, keys, store))
/// }
/// ```
pub struct RedisStore {
    shared: Shared,
    take: Script,
    replace: Script,
}

impl RedisStore {
    /// Connects to `redis://[user:password@]host[:port][/database]`, to the same with `rediss` for
    /// TLS, or to `unix:///path`.
    ///
    /// With TLS the server's certificate is checked against the system's certificates; the
    /// environment's `SSL_CERT_FILE` names others. It uses the program's default provider of
    /// cryptography for rustls, or *ring* if the program has not installed one. The host `localhost`
    /// means the addresses `127.0.0.1` and `::1`, whatever a resolver says.
    ///
    /// # Errors
    ///
    /// [`StoreError`] that is not retryable if the URL cannot be used or the server refuses the
    /// password, and one that is retryable if the server does not answer. None shows the password.
    ///
    /// # Security
    ///
    /// Without TLS, others can read the password on the network, and also the entries, which are
    /// sealed.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use tripod::vault::store::{Key, RedisStore, Store as _};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let store = RedisStore::connect("redis://127.0.0.1:6379").await?;
    /// store.put(&Key::new("session:7")?, b"sealed".into(), None).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        let (take, replace) = (Script::new(TAKE), Script::new(REPLACE));
        let store = Self { shared: Shared::new(url)?, take, replace };
        store.call::<()>(Work::Command(&redis::cmd("PING"))).await?;
        Ok(store)
    }

    /// Does `work`, again if the connection breaks, and gives it up when the time is over.
    async fn call<T: FromRedisValue>(&self, work: Work<'_>) -> Result<T, StoreError> {
        let deadline = Deadline::new()?;
        let mut used = 0;
        let attempts = async {
            let mut attempt = 1;
            loop {
                let (number, mut connection) = self.shared.get().await?;
                used = number;
                let done = match work {
                    Work::Command(command) => command.query_async(&mut connection).await,
                    Work::Script(script) => script.invoke_async(&mut connection).await,
                    Work::Pipeline(commands) => commands.query_async(&mut connection).await,
                };
                let error = match done {
                    Ok(done) => return Ok(done),
                    Err(error) => error,
                };
                // A server that is a replica now: its name may lead to the new primary.
                let replaced = is_read_only(&error) || error.is_unrecoverable_error();
                if replaced {
                    self.shared.drop(number);
                }
                if !replaced || attempt == ATTEMPTS {
                    return Err(failed(error));
                }
                attempt += 1;
            }
        };
        let done = deadline.limit("Redis", attempts).await;
        if done.is_err() {
            // The network may have dropped the connection without a word.
            self.shared.drop(used);
        }
        done?
    }
}

#[derive(Clone, Copy)]
enum Work<'a> {
    Command(&'a Cmd),
    Script(&'a ScriptInvocation<'a>),
    Pipeline(&'a Pipeline),
}

fn name(key: &Key) -> String {
    format!("{PREFIX}{}", key.as_str())
}

/// How many entries there were: one or none.
fn is_done(reply: &redis::Value) -> Result<bool, StoreError> {
    match reply {
        redis::Value::Int(0) => Ok(false),
        redis::Value::Int(1) => Ok(true),
        _ => Err(odd()),
    }
}

/// Of whatever else the `redis` crate would make a value: an entry that is not there, or a write that was done.
fn odd() -> StoreError {
    StoreError::refused("Redis answered with something else than was asked for")
}

impl Store for RedisStore {
    fn put<'a>(
        &'a self,
        key: &'a Key,
        value: Value<'a>,
        lifetime: Option<Duration>,
    ) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let name = name(key);
            let mut entry = vec![0; HEAD];
            entry.extend_from_slice(value.as_bytes());
            let mut command = redis::cmd("SET");
            command.arg(&name).arg(entry);
            match milliseconds(lifetime) {
                None => {}
                // Redis refuses such a time to live.
                Some(0) => return self.delete(key).await.map(drop),
                Some(lifetime) => {
                    command.arg("PX").arg(lifetime);
                }
            }
            match self.call(Work::Command(&command)).await? {
                redis::Value::Okay => Ok(()),
                _ => Err(odd()),
            }
        })
    }

    fn get<'a>(&'a self, key: &'a Key) -> StoreFuture<'a, Option<Vec<u8>>> {
        Box::pin(async move {
            let mut command = redis::cmd("GETRANGE");
            command.arg(name(key)).arg(0).arg(LAST);
            let redis::Value::BulkString(mut entry) = self.call(Work::Command(&command)).await?
            else {
                return Err(odd());
            };
            match entry.first() {
                // Nothing is there; an entry has a head.
                None => Ok(None),
                Some(0 | 1) if entry.len() > LAST => Err(too_large()),
                Some(0) if entry.len() >= HEAD => Ok(Some(entry.split_off(HEAD))),
                Some(1) if entry.len() >= HEAD => Ok(None),
                _ => Err(StoreError::refused("Redis has something else under the entry's key")),
            }
        })
    }

    fn take<'a>(&'a self, key: &'a Key, claim: &'a Claim) -> StoreFuture<'a, Taken> {
        Box::pin(async move {
            let mut script = self.take.key(name(key));
            script.arg(&claim.as_bytes()[..]).arg(LAST);
            let reply: redis::Value = self.call(Work::Script(&script)).await?;
            match reply {
                redis::Value::Nil => Ok(Taken::Missing),
                redis::Value::Int(0) => Ok(Taken::Already),
                redis::Value::BulkString(value) if value.len() > Value::MAX => Err(too_large()),
                redis::Value::BulkString(value) => Ok(Taken::Value(value)),
                _ => Err(odd()),
            }
        })
    }

    fn delete<'a>(&'a self, key: &'a Key) -> StoreFuture<'a, bool> {
        Box::pin(async move { is_done(&self.call(Work::Command(&Cmd::del(name(key)))).await?) })
    }

    fn replace<'a>(
        &'a self,
        key: &'a Key,
        old: Value<'a>,
        new: Value<'a>,
    ) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let mut script = self.replace.key(name(key));
            script.arg(old.as_bytes()).arg(new.as_bytes()).arg(LAST);
            is_done(&self.call(Work::Script(&script)).await?)
        })
    }

    fn heads<'a>(&'a self, after: Option<&'a str>) -> StoreFuture<'a, Heads> {
        Box::pin(async move {
            let cursor: u64 = after.unwrap_or("0").parse().map_err(|_| no_such_place())?;
            let mut scan = redis::cmd("SCAN");
            scan.arg(cursor).arg("MATCH").arg(format!("{PREFIX}*"));
            scan.arg("COUNT").arg(PAGE).arg("TYPE").arg("string");
            let (next, names): (u64, Vec<Vec<u8>>) = self.call(Work::Command(&scan)).await?;
            let mut look = redis::pipe();
            for name in &names {
                look.cmd("GETRANGE").arg(name).arg(0).arg(HEAD + Heads::BYTES - 1);
            }
            let entries: Vec<Vec<u8>> = match names.len() {
                0 => Vec::new(),
                _ => self.call(Work::Pipeline(&look)).await?,
            };
            // Those that expired meanwhile are empty; what has no head was not put there by this crate.
            let values = entries.into_iter().filter(|entry| entry.len() >= HEAD);
            let values = values.map(|mut entry| entry.split_off(HEAD)).collect();
            Ok(Heads { values, next: (next != 0).then(|| next.to_string()) })
        })
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore").finish_non_exhaustive()
    }
}
