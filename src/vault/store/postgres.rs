// A store in PostgreSQL: for programs on many machines.
//
// One table, made at the first connection. The server's clock decides what has expired, so that
// machines need not agree on the time. The trap is `TAKE`: whether an entry is free and whose it
// becomes is one statement, whose condition the server looks at again once it has the row.

mod config;

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

use super::{
    Claim, Store, StoreFuture, Taken,
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

// The table's name has its version, so that programs of two versions can share a database. No row: there
// is none. False: where everybody may create tables, as in the schema `public` before PostgreSQL 15,
// another role has made it, who could read and change whatever is put there.
const IS_TRUSTED: &str = "
    SELECT class.relowner IN (me.oid, datdba) OR owner.rolsuper
        OR (NOT me.rolsuper AND pg_has_role(class.relowner, 'USAGE'))
        OR NOT has_schema_privilege('public', class.relnamespace, 'CREATE')
    FROM pg_class AS class JOIN pg_roles AS owner ON owner.oid = class.relowner
        JOIN pg_roles AS me ON me.rolname = current_user
        JOIN pg_database ON datname = current_database()
    WHERE class.oid = to_regclass('tripod_entries_1')";
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
// Whatever is longer was not put there by this crate, and is not read. Its length stands before it.
const GET: &str = "
    SELECT CASE WHEN octet_length(value) <= 65536 THEN value END FROM tripod_entries_1 WHERE key = $1 AND claim IS NULL
    AND (expires IS NULL OR expires > clock_timestamp())";
const TAKE: &str = "
    UPDATE tripod_entries_1 SET claim = $2
    WHERE key = $1 AND (claim IS NULL OR claim = $2)
    AND (expires IS NULL OR expires > clock_timestamp())
    RETURNING CASE WHEN octet_length(value) <= 65536 THEN value END";
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
    /// Where every role may create tables (the schema `public` before PostgreSQL 15), another role could
    /// make the table first, and would own it. Such a table is refused, unless it belongs to the
    /// connected role, to one that it is a member of, to the database's owner or to a superuser.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives up connecting. The table may have been made.
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
                    Err(Trouble::Driver(error)) if attempt < ATTEMPTS && error.is_closed() => {
                        attempt += 1;
                    }
                    Err(Trouble::Driver(error)) => return Err(failed(&error)),
                    Err(Trouble::ForeignTable) => return Err(foreign_table()),
                    Ok(row) => return Ok(row),
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
    async fn on(&self, connection: &Object) -> Result<Option<Row>, Trouble> {
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
                    Some(true) => Ok(None),
                    _ => Err(Trouble::ForeignTable),
                }
            }
            Self::Query(statement, values) => {
                let statement = connection.prepare_cached(statement).await?;
                Ok(connection.query_opt(&statement, values).await?)
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
            self.query(deadline, PUT, &[&key, &value, &milliseconds(lifetime)]).await?;
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
                .map_or(Ok(false), |row| column(&row))
        })
    }
}

/// Nothing where the value was too long to be read.
fn value(row: &Row) -> Result<Vec<u8>, StoreError> {
    column::<Option<Vec<u8>>>(row)?.ok_or_else(too_large)
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
