//! A store in PostgreSQL: for programs on many machines.
//!
//! Floor 5. One table, made at the first connection. The server's clock decides what has expired,
//! so that machines need not agree on the time. The trap is [`TAKE`]: whether an entry is free and
//! whose it becomes is one statement, whose condition the server looks at again once it has the row.

use std::{
    fmt::{self, Write as _},
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use deadpool_postgres::{
    Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime, Timeouts,
};
use tokio::time::Instant;
use tokio_postgres::{
    Config, Row,
    config::{Host, SslMode},
    error::SqlState,
    types::{FromSql, ToSql},
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{
    CALL_LIMIT, Claim, Store, StoreError, StoreFuture, Taken, check_key, check_value, milliseconds,
};
use crate::transport::tls;

/// Calls at once; others wait.
const CONNECTIONS: usize = 16;
const CONNECT_LIMIT: Duration = Duration::from_secs(3);
/// A call can be made again to the same end, so it is, when the connection breaks.
const ATTEMPTS: usize = 3;
/// Every so many puts, up to so many expired rows are dropped: faster than they can come.
const SWEEP_EVERY: usize = 64;

/// The table's name has its version, so that programs of two versions can share a database.
const EXISTS: &str = "SELECT to_regclass('tripod_entries_1') IS NOT NULL";
// Two programs that start at once would both find no table; the lock, whose number is our own, lets
// one of them wait. Statements that are sent together are one transaction, and the lock ends with it.
const CREATE: &str = r#"
    SELECT pg_advisory_xact_lock(8390050481170408497);
    CREATE TABLE IF NOT EXISTS tripod_entries_1 (
        key text COLLATE "C" PRIMARY KEY,
        value bytea NOT NULL,
        claim bytea,
        expires timestamptz
    );
    CREATE INDEX IF NOT EXISTS tripod_entries_1_expires
        ON tripod_entries_1 (expires) WHERE expires IS NOT NULL"#;
const PUT: &str = "
    INSERT INTO tripod_entries_1 (key, value, expires)
    VALUES ($1, $2, clock_timestamp() + $3::bigint * interval '1 millisecond')
    ON CONFLICT (key) DO UPDATE
    SET value = excluded.value, claim = NULL, expires = excluded.expires";
const GET: &str = "
    SELECT value FROM tripod_entries_1 WHERE key = $1 AND claim IS NULL
    AND (expires IS NULL OR expires > clock_timestamp())";
const TAKE: &str = "
    UPDATE tripod_entries_1 SET claim = $2
    WHERE key = $1 AND (claim IS NULL OR claim = $2)
    AND (expires IS NULL OR expires > clock_timestamp()) RETURNING value";
const IS_TAKEN: &str = "
    SELECT 1 FROM tripod_entries_1 WHERE key = $1 AND claim IS NOT NULL
    AND (expires IS NULL OR expires > clock_timestamp())";
const DELETE: &str = "
    DELETE FROM tripod_entries_1 WHERE key = $1
    RETURNING expires IS NULL OR expires > clock_timestamp()";
const DROP_EXPIRED: &str = "
    DELETE FROM tripod_entries_1 WHERE key IN (
        SELECT key FROM tripod_entries_1 WHERE expires <= now()
        ORDER BY expires LIMIT 512 FOR UPDATE SKIP LOCKED)";

/// Keeps entries in the table `tripod_entries_1` of a PostgreSQL database; tested with version 15.
///
/// What was acknowledged is committed, so it survives whatever the server survives. Up to 16
/// connections are made as they are needed. Entries leave by themselves, as others come. Calls need
/// a Tokio runtime with its timer, and end within five seconds.
pub struct PostgresStore {
    pool: Pool,
    puts: AtomicUsize,
}

impl PostgresStore {
    /// Connects to `postgres://user:password@host:port/database`, and makes the table if there is
    /// none; the user then needs the right to create one in the first schema of its search path.
    ///
    /// Connections to other machines are made with TLS, unless the URL says `sslmode=disable`; to
    /// this machine only if it says `sslmode=require`. The server's certificate is checked against
    /// the system's certificates; the environment's `SSL_CERT_FILE` names others.
    ///
    /// # Errors
    ///
    /// [`StoreError`] that is not retryable if the URL cannot be used, or the server refuses the
    /// password, TLS or the table; one that is retryable if it does not answer. None shows the
    /// password.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives up connecting. The table may have been made.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use tripod::vault::store::{PostgresStore, Store as _};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let store = PostgresStore::connect("postgres://diary@db.internal/diary").await?;
    /// store.put("session:7", b"sealed", None).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        // The error might repeat a part of the URL.
        let config = url.parse().map_err(|_| StoreError::refused("not a PostgreSQL URL"))?;
        let manager = Manager::from_config(
            with_limits(config),
            MakeRustlsConnect::new(tls::config().map_err(StoreError::refused)?),
            ManagerConfig { recycling_method: RecyclingMethod::Fast },
        );
        // Making one takes longer than connecting: names are resolved, passwords are hashed.
        let limit = Some(CALL_LIMIT);
        let pool = Pool::builder(manager)
            .max_size(CONNECTIONS)
            .runtime(Runtime::Tokio1)
            .timeouts(Timeouts { wait: limit, create: limit, recycle: limit })
            .build()
            .map_err(StoreError::refused)?;
        let store = Self { pool, puts: AtomicUsize::new(0) };
        store.work(Deadline::new(), &Work::Create).await?;
        Ok(store)
    }

    async fn query(
        &self,
        deadline: Deadline,
        statement: &str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<Option<Row>, StoreError> {
        self.work(deadline, &Work::Query(statement, values)).await
    }

    /// Does `work` on a connection, again if that breaks, and gives it up when the time is over.
    async fn work(&self, deadline: Deadline, work: &Work<'_>) -> Result<Option<Row>, StoreError> {
        let attempts = async {
            let mut attempt = 1;
            loop {
                let mut in_use = InUse(Some(self.pool.get().await.map_err(no_connection)?));
                let Some(connection) = &in_use.0 else {
                    return Err(StoreError::unavailable("no connection to PostgreSQL"));
                };
                let done = work.on(connection).await;
                // Nothing is under way on it now, so others may use it.
                drop(in_use.0.take());
                match done {
                    Err(error) if attempt < ATTEMPTS && error.is_closed() => attempt += 1,
                    done => return done.map_err(|error| failed(&error)),
                }
            }
        };
        let late = |_| StoreError::unavailable("PostgreSQL did not answer in time");
        tokio::time::timeout_at(deadline.0, attempts).await.map_err(late)?
    }

    /// Drops some expired rows. A failure is not this caller's matter, and another put will try.
    async fn sweep(&self, deadline: Deadline) {
        if self.puts.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == 0 {
            let _ = self.query(deadline, DROP_EXPIRED, &[]).await;
        }
    }
}

/// When a call of the store's, which can be several statements, must have ended.
#[derive(Clone, Copy)]
struct Deadline(Instant);

impl Deadline {
    fn new() -> Self {
        Self(Instant::now() + CALL_LIMIT)
    }
}

enum Work<'a> {
    Create,
    Query(&'a str, &'a [&'a (dyn ToSql + Sync)]),
}

impl Work<'_> {
    async fn on(&self, connection: &Object) -> Result<Option<Row>, tokio_postgres::Error> {
        match self {
            Self::Create => {
                // Whoever may only use the table need not be allowed to make it.
                let exists: bool = connection.query_one(EXISTS, &[]).await?.try_get(0)?;
                if !exists {
                    connection.batch_execute(CREATE).await?;
                }
                Ok(None)
            }
            Self::Query(statement, values) => {
                let statement = connection.prepare_cached(statement).await?;
                connection.query_opt(&statement, values).await
            }
        }
    }
}

/// A connection on which something may be under way. If the caller stops waiting, for the time or
/// because it is gone itself, the connection is closed: the next caller would wait as well.
struct InUse(Option<Object>);

impl Drop for InUse {
    fn drop(&mut self) {
        if let Some(connection) = self.0.take() {
            drop(Object::take(connection));
        }
    }
}

fn with_limits(mut config: Config) -> Config {
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT_LIMIT);
    }
    if config.get_application_name().is_none() {
        config.application_name("tripod");
    }
    // The server ends what nobody waits for any more; otherwise each call that was given up at a lock
    // would keep a session there. What the URL says comes later, and wins.
    let options = config.get_options().unwrap_or_default();
    let options = format!("-c statement_timeout={} {options}", CALL_LIMIT.as_millis());
    config.options(options.trim_end());
    // `prefer`, which is the default, would go on in plain when someone on the way says that the
    // server has no TLS. On this machine there is no way, and often a certificate by nobody.
    if config.get_ssl_mode() == SslMode::Prefer {
        let local = is_local(&config);
        config.ssl_mode(if local { SslMode::Disable } else { SslMode::Require });
    }
    keep_localhost_here(&mut config);
    config
}

/// Connects `localhost` to this machine, whatever a resolver would say.
fn keep_localhost_here(config: &mut Config) {
    if !config.get_hostaddrs().is_empty() || !is_local(config) {
        return;
    }
    let v4 = IpAddr::from(Ipv4Addr::LOCALHOST);
    let address = |host: &Host| match host {
        Host::Tcp(name) => Some(name.parse().unwrap_or(v4)),
        #[cfg(unix)]
        Host::Unix(_) => None,
    };
    // There is an address for each host or for none. No socket file stands beside `localhost` here.
    let addresses: Option<Vec<IpAddr>> = config.get_hosts().iter().map(address).collect();
    let is_one_name = matches!(config.get_hosts(), [Host::Tcp(name)] if name == "localhost");
    for address in addresses.unwrap_or_default() {
        config.hostaddr(address);
    }
    if is_one_name && config.get_ports().len() < 2 {
        config.host("localhost").hostaddr(Ipv6Addr::LOCALHOST.into());
    }
}

fn is_local(config: &Config) -> bool {
    let by_name = |host: &Host| match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse().is_ok_and(|address: IpAddr| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    };
    // An address, where there is one, is what is connected to.
    if config.get_hostaddrs().is_empty() {
        let hosts = config.get_hosts();
        // Beside a socket file, `localhost` cannot be given its address.
        let is_mixed = hosts.iter().any(|host| !matches!(host, Host::Tcp(_)))
            && hosts.iter().any(|host| matches!(host, Host::Tcp(name) if name == "localhost"));
        !is_mixed && hosts.iter().all(by_name)
    } else {
        config.get_hostaddrs().iter().all(IpAddr::is_loopback)
    }
}

impl Store for PostgresStore {
    fn put<'a>(
        &'a self,
        key: &'a str,
        value: &'a [u8],
        lifetime: Option<Duration>,
    ) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            check_key(key)?;
            check_value(value)?;
            let deadline = Deadline::new();
            self.query(deadline, PUT, &[&key, &value, &milliseconds(lifetime)]).await?;
            self.sweep(deadline).await;
            Ok(())
        })
    }

    fn get<'a>(&'a self, key: &'a str) -> StoreFuture<'a, Option<Vec<u8>>> {
        Box::pin(async move {
            check_key(key)?;
            self.query(Deadline::new(), GET, &[&key]).await?.map(|row| column(&row)).transpose()
        })
    }

    fn take<'a>(&'a self, key: &'a str, claim: &'a Claim) -> StoreFuture<'a, Taken> {
        Box::pin(async move {
            check_key(key)?;
            let deadline = Deadline::new();
            let claim: &[u8] = claim.as_bytes();
            if let Some(row) = self.query(deadline, TAKE, &[&key, &claim]).await? {
                return column(&row).map(Taken::Value);
            }
            // One that was put since then is not what this call was about.
            let taken = self.query(deadline, IS_TAKEN, &[&key]).await?.is_some();
            Ok(if taken { Taken::Already } else { Taken::Missing })
        })
    }

    fn delete<'a>(&'a self, key: &'a str) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            check_key(key)?;
            self.query(Deadline::new(), DELETE, &[&key])
                .await?
                .map_or(Ok(false), |row| column(&row))
        })
    }
}

fn column<'a, T: FromSql<'a>>(row: &'a Row) -> Result<T, StoreError> {
    row.try_get(0).map_err(|error| failed(&error))
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore").finish_non_exhaustive()
    }
}

fn no_connection(error: PoolError) -> StoreError {
    match error {
        PoolError::Backend(error) => failed(&error),
        PoolError::Timeout(_) => StoreError::unavailable("no connection to PostgreSQL in time"),
        _ => StoreError::unavailable("no connection to PostgreSQL"),
    }
}

/// Without what the server tells of the rows: its details can quote them.
fn failed(error: &tokio_postgres::Error) -> StoreError {
    if let Some(refusal) = error.as_db_error() {
        let code = refusal.code();
        let reason = format!("PostgreSQL: {} ({})", refusal.message(), code.code());
        let passes = ["08", "40", "57"].iter().any(|class| code.code().starts_with(class))
            || [
                SqlState::TOO_MANY_CONNECTIONS,
                SqlState::OUT_OF_MEMORY,
                SqlState::LOCK_NOT_AVAILABLE,
            ]
            .contains(code);
        return if passes { StoreError::unavailable(reason) } else { StoreError::refused(reason) };
    }
    let mut reason = format!("PostgreSQL: {error}");
    let mut next = std::error::Error::source(error);
    let mut by_network = error.is_closed();
    while let Some(cause) = next {
        let _ = write!(reason, ": {cause}");
        by_network |= cause.downcast_ref::<io::Error>().is_some_and(|error| {
            // TLS, and replies that cannot be read: another attempt would go the same way.
            !matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput)
        });
        next = cause.source();
    }
    if by_network { StoreError::unavailable(reason) } else { StoreError::refused(reason) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the server is told before anything else.
    #[track_caller]
    fn check(url: &str, expected: &str) {
        let config = with_limits(url.parse().unwrap());
        assert_eq!(config.get_options(), Some(expected), "{url}");
    }

    #[test]
    fn the_server_ends_what_nobody_waits_for_unless_the_url_says_otherwise() {
        check("postgres://host/name", "-c statement_timeout=5000");
        check(
            "postgres://host/name?options=-c%20statement_timeout%3D9",
            "-c statement_timeout=5000 -c statement_timeout=9",
        );
    }

    /// Where a URL leads: the hosts, their addresses, and whether TLS is demanded.
    #[track_caller]
    fn check_way(url: &str, hosts: usize, addresses: &[&str], tls: bool) {
        let config = with_limits(url.parse().unwrap());
        let expected: Vec<IpAddr> = addresses.iter().map(|text| text.parse().unwrap()).collect();
        assert_eq!(config.get_hosts().len(), hosts, "{url}");
        assert_eq!(config.get_hostaddrs(), expected, "{url}");
        assert_eq!(config.get_ssl_mode() == SslMode::Require, tls, "{url}");
    }

    #[test]
    fn localhost_is_this_machine_whatever_a_resolver_says() {
        check_way("postgres://localhost/d", 2, &["127.0.0.1", "::1"], false);
        check_way("postgres://localhost:7/d?sslmode=require", 2, &["127.0.0.1", "::1"], true);
        check_way("postgres://localhost:1,127.0.0.2:2/d", 2, &["127.0.0.1", "127.0.0.2"], false);
        check_way("postgres://127.0.0.1/d", 1, &["127.0.0.1"], false);
        check_way("postgres://db.example/d", 1, &[], true);
        check_way("postgres://localhost,db.example/d", 2, &[], true);
        check_way("postgres://localhost/d?hostaddr=192.0.2.1", 1, &["192.0.2.1"], true);
        #[cfg(unix)]
        {
            check_way("postgres://%2Fvar%2Frun/d", 1, &[], false);
            check_way("postgres://%2Fvar%2Frun,localhost/d", 2, &[], true);
        }
    }
}
