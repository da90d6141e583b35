// A store in PostgreSQL: for programs on many machines.
//
// One table, made at the first connection. The server's clock decides what has expired, so that
// machines need not agree on the time. The trap is `TAKE`: whether an entry is free and whose it
// becomes is one statement, whose condition the server looks at again once it has the row.

mod config;
mod sql;

use std::{
    fmt::{self, Write as _},
    io,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use deadpool_postgres::{
    Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime, Timeouts,
};
use tokio_postgres::{
    Row,
    error::SqlState,
    types::{FromSql, ToSql},
};
use tokio_postgres_rustls::MakeRustlsConnect;

use self::sql::{
    CREATE, DELETE, DROP_EXPIRED, GET, HEADS, IS_TAKEN, IS_TRUSTED, PUT, PUT_FOR_A_TIME, REPLACE,
    TAKE,
};
use super::{
    Claim, Heads, Store, StoreFuture, Taken,
    deadline::{CALL_LIMIT, Deadline},
    entry::{Key, Value, milliseconds, too_large},
    error::StoreError,
};
use crate::transport::tls;

/// Calls at once; others wait.
const CONNECTIONS: usize = 16;
/// A call can be made again to the same end, so it is, when the connection breaks.
const ATTEMPTS: usize = 3;
/// Every so many puts, up to so many expired rows are dropped: faster than they can come.
const SWEEP_EVERY: usize = 64;
/// Heads read by one call, and what is read of each.
const PAGE: i64 = 1000;
const HEAD: i32 = 128;
const _: () = assert!(Heads::BYTES == 128);

/// Keeps entries in the table `tripod_entries_1` of a PostgreSQL database; tested with version 15.
///
/// When a call has succeeded, its change is committed. A saved session, and the deletion of one, then
/// survive everything that the server's data survives. Pending flows and claims do not wait for the server's
/// disk, whatever its `synchronous_commit` says: if the server crashes, the last ones may be lost, with the
/// usual settings those of the last 0.6 seconds.
///
/// Up to 16 connections are opened as they are needed. Expired entries are deleted when new entries are
/// added. Calls need a Tokio runtime with its timer, and end within five seconds.
///
/// # Examples
///
/// ```
/// use tripod::{Client, vault::{KeyRing, Vault, store::PostgresStore}};
///
/// async fn vault(client: &Client, keys: KeyRing) -> Result<Vault, Box<dyn std::error::Error>> {
///     let store = PostgresStore::connect("postgres://diary@db.internal/diary").await?;
///     Ok(Vault::new(client, keys, store))
/// }
/// ```
pub struct PostgresStore {
    pool: Pool,
    puts: AtomicUsize,
}

impl PostgresStore {
    /// Connects to `postgres://user:password@host:port/database`, and creates the table if there is
    /// none.
    ///
    /// To create the table, the user needs the right to create tables in the first schema of its
    /// search path.
    ///
    /// Connections to other machines are made with TLS, unless the URL says `sslmode=disable`; to
    /// this machine only if it says `sslmode=require`. The server's certificate is checked against
    /// the system's certificates; the environment's `SSL_CERT_FILE` names others. The host
    /// `localhost` means the addresses `127.0.0.1` and `::1`, whatever a resolver says.
    ///
    /// # Errors
    ///
    /// [`StoreError`] that is not retryable if the URL cannot be used, or the server refuses the
    /// password, TLS or the table; one that is retryable if it does not answer. None shows the
    /// password.
    ///
    /// # Security
    ///
    /// If every role may create tables in the schema (as in `public` before PostgreSQL 15), another role
    /// could create the table first, and would own it. Such a table is refused, unless it belongs to the
    /// connected role, to one that it is a member of, to the database's owner or to a superuser.
    ///
    /// # Cancel safety
    ///
    /// If you drop the future, the table may have been created.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use tripod::vault::store::{Key, PostgresStore, Store as _};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let store = PostgresStore::connect("postgres://diary@db.internal/diary").await?;
    /// store.put(&Key::new("session:7")?, b"sealed".into(), None).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        // The error might repeat a part of the URL.
        let deadline = Deadline::new()?;
        let config = url.parse().map_err(|_| StoreError::refused("not a PostgreSQL URL"))?;
        let manager = Manager::from_config(
            config::prepared(config),
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
        store.work(deadline, &Work::Create).await?;
        Ok(store)
    }

    async fn query(
        &self,
        deadline: Deadline,
        statement: &str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<Option<Row>, StoreError> {
        let rows = self.work(deadline, &Work::Query(statement, values)).await?;
        Ok(rows.into_iter().next())
    }

    /// Does `work` on a connection, again if that breaks, and gives it up when the time is over.
    async fn work(&self, deadline: Deadline, work: &Work<'_>) -> Result<Vec<Row>, StoreError> {
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
                    Err(Trouble::Driver(error)) if attempt < ATTEMPTS && error.is_closed() => {
                        attempt += 1;
                    }
                    Err(Trouble::Driver(error)) => return Err(failed(&error)),
                    Err(Trouble::ForeignTable) => return Err(foreign_table()),
                    Ok(rows) => return Ok(rows),
                }
            }
        };
        deadline.limit("PostgreSQL", attempts).await?
    }

    /// Drops some expired rows. A failure is not this caller's matter, and another put will try.
    async fn sweep(&self, deadline: Deadline) {
        if self.puts.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == 0 {
            let _ = self.query(deadline, DROP_EXPIRED, &[]).await;
        }
    }
}

enum Work<'a> {
    Create,
    Query(&'a str, &'a [&'a (dyn ToSql + Sync)]),
}

impl Work<'_> {
    async fn on(&self, connection: &Object) -> Result<Vec<Row>, Trouble> {
        match self {
            Self::Create => {
                // Whoever may only use the table need not be allowed to make it.
                let mut table = connection.query_opt(IS_TRUSTED, &[]).await?;
                if table.is_none() {
                    connection.batch_execute(CREATE).await?;
                    // Another may have been faster.
                    table = connection.query_opt(IS_TRUSTED, &[]).await?;
                }
                match table.map(|row| row.try_get(0)).transpose()? {
                    Some(true) => Ok(Vec::new()),
                    _ => Err(Trouble::ForeignTable),
                }
            }
            Self::Query(statement, values) => {
                let statement = connection.prepare_cached(statement).await?;
                Ok(connection.query(&statement, values).await?)
            }
        }
    }
}

enum Trouble {
    Driver(tokio_postgres::Error),
    ForeignTable,
}

impl From<tokio_postgres::Error> for Trouble {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Driver(error)
    }
}

fn foreign_table() -> StoreError {
    StoreError::refused(
        "the table tripod_entries_1 belongs to another role, and every role may create tables in its \
         schema; use a schema of your own, or revoke CREATE on it from PUBLIC",
    )
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

impl Store for PostgresStore {
    fn put<'a>(
        &'a self,
        key: &'a Key,
        value: Value<'a>,
        lifetime: Option<Duration>,
    ) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let deadline = Deadline::new()?;
            let (key, value) = (key.as_str(), value.as_bytes());
            let lifetime = milliseconds(lifetime);
            let put = if lifetime.is_some() { PUT_FOR_A_TIME } else { PUT };
            self.query(deadline, put, &[&key, &value, &lifetime]).await?;
            self.sweep(deadline).await;
            Ok(())
        })
    }

    fn get<'a>(&'a self, key: &'a Key) -> StoreFuture<'a, Option<Vec<u8>>> {
        Box::pin(async move {
            let row = self.query(Deadline::new()?, GET, &[&key.as_str()]).await?;
            row.map(|row| value(&row)).transpose()
        })
    }

    fn take<'a>(&'a self, key: &'a Key, claim: &'a Claim) -> StoreFuture<'a, Taken> {
        Box::pin(async move {
            let deadline = Deadline::new()?;
            let (key, claim): (&str, &[u8]) = (key.as_str(), claim.as_bytes());
            if let Some(row) = self.query(deadline, TAKE, &[&key, &claim]).await? {
                return value(&row).map(Taken::Value);
            }
            // One that was put since then is not what this call was about.
            let taken = self.query(deadline, IS_TAKEN, &[&key]).await?.is_some();
            Ok(if taken { Taken::Already } else { Taken::Missing })
        })
    }

    fn delete<'a>(&'a self, key: &'a Key) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            self.query(Deadline::new()?, DELETE, &[&key.as_str()])
                .await?
                .map_or(Ok(false), |row| column(&row, 0))
        })
    }

    fn replace<'a>(
        &'a self,
        key: &'a Key,
        old: Value<'a>,
        new: Value<'a>,
    ) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let (key, old, new) = (key.as_str(), old.as_bytes(), new.as_bytes());
            let replaced = self.query(Deadline::new()?, REPLACE, &[&key, &old, &new]).await?;
            Ok(replaced.is_some())
        })
    }

    fn heads<'a>(&'a self, after: Option<&'a str>) -> StoreFuture<'a, Heads> {
        Box::pin(async move {
            let after = after.unwrap_or_default();
            let (bytes, most) = (HEAD, PAGE);
            let rows = {
                // Rust 1.85 does not keep a list alive that stands in the expression.
                let parameters: [&(dyn ToSql + Sync); 3] = [&after, &bytes, &most];
                self.work(Deadline::new()?, &Work::Query(HEADS, &parameters)).await?
            };
            let values = rows.iter().map(|row| column(row, 1)).collect::<Result<Vec<_>, _>>()?;
            let next = rows
                .last()
                .filter(|_| i64::try_from(rows.len()) == Ok(PAGE))
                .map(|row| column(row, 0));
            Ok(Heads { values, next: next.transpose()? })
        })
    }
}

/// Nothing where the value was too long to be read.
fn value(row: &Row) -> Result<Vec<u8>, StoreError> {
    column::<Option<Vec<u8>>>(row, 0)?.ok_or_else(too_large)
}

fn column<'a, T: FromSql<'a>>(row: &'a Row, at: usize) -> Result<T, StoreError> {
    row.try_get(at).map_err(|error| failed(&error))
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
