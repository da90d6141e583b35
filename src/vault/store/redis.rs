//! A store in Redis, or a server that speaks its protocol: for programs on many machines.
//!
//! Floor 5. An entry is one string: a byte that is 0 or 1, sixteen bytes for the claim, the value.
//! Its time to live is the entry's lifetime. The trap is [`TAKE`]: reading and claiming is one
//! script, so one step for all others, and it must not touch the time to live.

use std::{
    fmt,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use redis::{
    Client, Cmd, ErrorKind, FromRedisValue, IntoConnectionInfo as _, RedisError, Script,
    ScriptInvocation, ServerErrorKind,
    aio::{ConnectionManager, ConnectionManagerConfig},
    io::tcp::TcpSettings,
};

use super::{
    CALL_LIMIT, Claim, Store, StoreError, StoreFuture, Taken, check_key, check_value, milliseconds,
};

/// Before each key: this crate's name, and the version of what an entry looks like.
const PREFIX: &str = "tripod:1:";
const HEAD: usize = 17;
/// Less than a call's limit, so that one connection that is not made leaves time for another.
const CONNECT_LIMIT: Duration = Duration::from_secs(2);
/// A call can be made again to the same end, so it is, when the connection breaks.
const ATTEMPTS: usize = 3;

/// Nil: none. 0: another claim was first. A string: the value.
const TAKE: &str = r"
    local head = redis.call('GETRANGE', KEYS[1], 0, 16)
    if head == '' then return false end
    if #head < 17 then return redis.error_reply('ERR not an entry') end
    if string.byte(head) == 0 then
        redis.call('SETRANGE', KEYS[1], 0, '\1' .. ARGV[1])
    elseif head ~= '\1' .. ARGV[1] then
        return 0
    end
    return redis.call('GETRANGE', KEYS[1], 17, -1)";

/// Keeps entries in Redis, under keys that begin with `tripod:1:`; tested with version 7.
///
/// All calls share one connection to one server, not a cluster; it is made again when it breaks. Entries leave by themselves.
/// Calls need a Tokio runtime with its timer, and end within five seconds.
///
/// What an acknowledged entry survives is for the server's configuration to say. Pending flows may
/// be lost: the user logs in again. Before access tokens go there, set `appendonly yes`,
/// and `maxmemory-policy noeviction`, so that a full server refuses instead of forgetting.
pub struct RedisStore {
    client: Client,
    connection: Mutex<(u64, ConnectionManager)>,
    take: Script,
}

impl RedisStore {
    /// Connects to `redis://[user:password@]host[:port][/database]`, to the same with `rediss` for
    /// TLS, or to `unix:///path`.
    ///
    /// With TLS the server's certificate is checked against the system's certificates; the
    /// environment's `SSL_CERT_FILE` names others. It uses rustls' default provider of
    /// cryptography, and makes *ring* that if the program has not chosen one.
    ///
    /// # Errors
    ///
    /// [`StoreError`] that is not retryable if the URL cannot be used or the server refuses the
    /// password, and one that is retryable if the server does not answer. None shows the password.
    ///
    /// # Security
    ///
    /// Without TLS, the password and all entries, which are sealed, can be read on the way.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use tripod::vault::store::{RedisStore, Store as _};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let store = RedisStore::connect("redis://127.0.0.1:6379").await?;
    /// store.put("session:7", b"sealed", None).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        if url.starts_with("rediss:") && rustls::crypto::CryptoProvider::get_default().is_none() {
            // Without one, or with two to choose from, rustls would panic. An error means that
            // another thread was faster.
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        // The error might repeat a part of the URL.
        let info =
            url.into_connection_info().map_err(|_| StoreError::refused("not a Redis URL"))?;
        // Small requests must not wait for each other's acknowledgement.
        let info = info.set_tcp_settings(TcpSettings::default().set_nodelay(true));
        let client = Client::open(info).map_err(failed)?;
        let connection = Mutex::new((0, manage(&client)?));
        let store = Self { client, connection, take: Script::new(TAKE) };
        store.call::<()>(Work::Command(&redis::cmd("PING"))).await?;
        Ok(store)
    }

    /// Does `work`, again if the connection breaks, and gives it up when the time is over.
    async fn call<T: FromRedisValue>(&self, work: Work<'_>) -> Result<T, StoreError> {
        let (generation, mut connection) = self.current();
        let attempts = async {
            let mut attempt = 1;
            loop {
                let done = match work {
                    Work::Command(command) => command.query_async(&mut connection).await,
                    Work::Script(script) => script.invoke_async(&mut connection).await,
                };
                match done {
                    Err(error) if attempt < ATTEMPTS && error.is_unrecoverable_error() => {
                        attempt += 1;
                    }
                    done => return done.map_err(failed),
                }
            }
        };
        if let Ok(done) = tokio::time::timeout(CALL_LIMIT, attempts).await {
            return done;
        }
        // The network may have dropped the connection without a word.
        self.replace(generation);
        Err(StoreError::unavailable("Redis did not answer in time"))
    }

    fn current(&self) -> (u64, ConnectionManager) {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts a new connection in the place of that one, unless another call has.
    fn replace(&self, generation: u64) {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        if connection.0 == generation {
            if let Ok(new) = manage(&self.client) {
                *connection = (generation + 1, new);
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Work<'a> {
    Command(&'a Cmd),
    Script(&'a ScriptInvocation<'a>),
}

/// A connection that is made at the first call.
fn manage(client: &Client) -> Result<ConnectionManager, StoreError> {
    let config = ConnectionManagerConfig::new()
        .set_connection_timeout(Some(CONNECT_LIMIT))
        .set_response_timeout(None)
        .set_number_of_retries(0);
    ConnectionManager::new_lazy_with_config(client.clone(), config).map_err(failed)
}

fn name(key: &str) -> Result<String, StoreError> {
    check_key(key)?;
    Ok(format!("{PREFIX}{key}"))
}

impl Store for RedisStore {
    fn put<'a>(
        &'a self,
        key: &'a str,
        value: &'a [u8],
        lifetime: Option<Duration>,
    ) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let name = name(key)?;
            check_value(value)?;
            let mut entry = vec![0; HEAD];
            entry.extend_from_slice(value);
            let mut command = redis::cmd("SET");
            command.arg(&name).arg(entry);
            match milliseconds(lifetime) {
                None => {}
                // Redis refuses such a time to live.
                Some(0) => command = Cmd::del(&name),
                Some(lifetime) => {
                    command.arg("PX").arg(lifetime);
                }
            }
            self.call(Work::Command(&command)).await
        })
    }

    fn get<'a>(&'a self, key: &'a str) -> StoreFuture<'a, Option<Vec<u8>>> {
        Box::pin(async move {
            let entry: Option<Vec<u8>> = self.call(Work::Command(&Cmd::get(name(key)?))).await?;
            let Some(mut entry) = entry else {
                return Ok(None);
            };
            match entry.first() {
                Some(0) if entry.len() >= HEAD => Ok(Some(entry.split_off(HEAD))),
                Some(1) if entry.len() >= HEAD => Ok(None),
                _ => Err(StoreError::refused("Redis has something else under the entry's key")),
            }
        })
    }

    fn take<'a>(&'a self, key: &'a str, claim: &'a Claim) -> StoreFuture<'a, Taken> {
        Box::pin(async move {
            let name = name(key)?;
            let mut script = self.take.key(name);
            script.arg(&claim.as_bytes()[..]);
            let reply: redis::Value = self.call(Work::Script(&script)).await?;
            match reply {
                redis::Value::Nil => Ok(Taken::Missing),
                redis::Value::Int(0) => Ok(Taken::Already),
                redis::Value::BulkString(value) => Ok(Taken::Value(value)),
                _ => Err(StoreError::refused("Redis answered a script with something else")),
            }
        })
    }

    fn delete<'a>(&'a self, key: &'a str) -> StoreFuture<'a, bool> {
        Box::pin(async move { self.call(Work::Command(&Cmd::del(name(key)?))).await })
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore").finish_non_exhaustive()
    }
}

/// Redis' messages name commands and reasons. They can hold neither the password nor an entry,
/// except for replies of an odd type, whose text is left out.
fn failed(error: RedisError) -> StoreError {
    match error.kind() {
        ErrorKind::Io
        | ErrorKind::ClusterConnectionNotFound
        | ErrorKind::Server(
            ServerErrorKind::BusyLoading
            | ServerErrorKind::TryAgain
            | ServerErrorKind::ClusterDown
            | ServerErrorKind::MasterDown,
        ) => StoreError::unavailable(error),
        ErrorKind::Parse | ErrorKind::UnexpectedReturnType => {
            StoreError::refused("Redis sent a reply that cannot be understood")
        }
        _ => StoreError::refused(error),
    }
}
