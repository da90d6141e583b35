//! A store in an SQLite file on this machine. Several processes may use one file.
//!
//! Floor 5. One thread writes and one reads, each with a connection of its own: SQLite has one
//! writer at a time, whatever a pool holds. The writer commits all the calls that wait in one
//! transaction, so that they share one flush to the disk. The trap: no call is answered before that
//! commit, and if a transaction fails, each of its calls runs again alone and fails for itself.

use std::{
    fmt,
    path::PathBuf,
    sync::{Mutex, PoisonError},
    thread,
    time::Duration,
};

use rusqlite::{
    Connection, ErrorCode, OpenFlags, OptionalExtension as _, Row, TransactionBehavior, params,
};
use tokio::sync::{mpsc, oneshot};

use super::{
    CALL_LIMIT, Claim, Store, StoreError, StoreFuture, Taken, check_key, check_value, milliseconds,
};

/// In the file's header, to tell it from other programs' databases: "trip".
const APPLICATION: i32 = 0x7472_6970;
const SCHEMA: i32 = 1;
/// How long one statement waits for another process's transaction. Less than a call's limit.
const BUSY: Duration = Duration::from_secs(4);
/// Calls that wait, and calls in one transaction.
const QUEUE: usize = 256;
/// Expired entries dropped in a transaction, besides one for each of its calls.
const SWEEP: i64 = 8;

const CREATE: &str = "
    CREATE TABLE entries (
        key TEXT PRIMARY KEY,
        value BLOB NOT NULL,
        claim BLOB,
        expires INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX entries_expires ON entries (expires) WHERE expires IS NOT NULL;";
// `unixepoch('subsec')` is seconds with three decimals; it stands still within a statement.
const PUT: &str = "
    INSERT INTO entries (key, value, expires)
    VALUES (?1, ?2, CAST(round(unixepoch('subsec') * 1000) AS INTEGER) + ?3)
    ON CONFLICT (key) DO UPDATE
    SET value = excluded.value, claim = NULL, expires = excluded.expires";
const GET: &str = "
    SELECT value FROM entries WHERE key = ?1 AND claim IS NULL
    AND (expires IS NULL OR expires > unixepoch('subsec') * 1000)";
const TAKE: &str = "
    UPDATE entries SET claim = ?2 WHERE key = ?1 AND (claim IS NULL OR claim = ?2)
    AND (expires IS NULL OR expires > unixepoch('subsec') * 1000) RETURNING value";
const IS_THERE: &str = "
    SELECT 1 FROM entries WHERE key = ?1
    AND (expires IS NULL OR expires > unixepoch('subsec') * 1000)";
const DELETE: &str = "
    DELETE FROM entries WHERE key = ?1
    RETURNING expires IS NULL OR expires > unixepoch('subsec') * 1000";
const DROP_EXPIRED: &str = "
    DELETE FROM entries WHERE key IN (
        SELECT key FROM entries WHERE expires <= unixepoch('subsec') * 1000 LIMIT ?1)";

/// Keeps entries in a file. What was acknowledged is there after the program was killed, and after
/// the power went: the file is in WAL mode and flushed before a call is answered.
///
/// Any number of processes on one machine may open the same file; not one on a network file system.
/// Within the process, nothing else should open or copy the file: closing it drops SQLite's locks.
/// Lifetimes are measured on the system's clock. Entries leave by themselves, as others come. Calls
/// need a Tokio runtime with its timer, and end within five seconds.
///
/// # Examples
///
/// ```
/// use tripod::vault::store::{SqliteStore, Store as _};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("vault.sqlite");
/// let store = SqliteStore::open(&path).await?;
/// store.put("session:7", b"sealed", None).await?;
/// drop(store);
///
/// let store = SqliteStore::open(&path).await?;
/// assert_eq!(store.get("session:7").await?.as_deref(), Some(&b"sealed"[..]));
/// # Ok(())
/// # }
/// ```
pub struct SqliteStore {
    writer: mpsc::Sender<Job>,
    reader: mpsc::Sender<Job>,
}

struct Job {
    work: Work,
    reply: oneshot::Sender<Result<Done, StoreError>>,
}

enum Work {
    Put { key: String, value: Vec<u8>, lifetime: Option<i64> },
    Get { key: String },
    Take { key: String, claim: Claim },
    Delete { key: String },
}

/// What came of a [`Work`], to be told after the commit.
enum Done {
    Put,
    Got(Option<Vec<u8>>),
    Taken(Taken),
    Deleted(bool),
}

impl SqliteStore {
    /// Opens the file at `path`, and makes it if there is none.
    ///
    /// A new file can be read and written by its owner only.
    ///
    /// # Errors
    ///
    /// [`StoreError`] that is not retryable if the file cannot be used: its folder is missing, it is
    /// another program's database, or a newer version of this crate made it. One that is retryable
    /// if other processes kept it locked.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives up the opening. The file may have been made.
    pub async fn open(path: impl Into<PathBuf>) -> Result<Self, StoreError> {
        Self::open_with(path.into(), |_| Ok(())).await
    }

    async fn open_with(
        path: PathBuf,
        prepare: impl FnOnce(&Connection) -> rusqlite::Result<()> + Send + 'static,
    ) -> Result<Self, StoreError> {
        let writer = start("tripod-sqlite-write", path.clone(), prepare, write).await?;
        // After the writer, which makes the table.
        let reader =
            start("tripod-sqlite-read", path, |_| Ok(()), |file, jobs| read(&file, jobs)).await?;
        Ok(Self { writer, reader })
    }

    async fn call(queue: &mpsc::Sender<Job>, work: Work) -> Result<Done, StoreError> {
        let answered = async {
            let (reply, answer) = oneshot::channel();
            queue.send(Job { work, reply }).await.map_err(|_| ended())?;
            answer.await.map_err(|_| ended())?
        };
        let late = |_| StoreError::unavailable("SQLite did not answer in time");
        tokio::time::timeout(CALL_LIMIT, answered).await.map_err(late)?
    }
}

fn ended() -> StoreError {
    StoreError::unavailable("the thread that works on the SQLite file has ended")
}

/// Starts a thread that opens the file and then does the jobs it is sent, until the last sender is
/// dropped.
async fn start(
    name: &str,
    path: PathBuf,
    prepare: impl FnOnce(&Connection) -> rusqlite::Result<()> + Send + 'static,
    work: impl FnOnce(Connection, mpsc::Receiver<Job>) + Send + 'static,
) -> Result<mpsc::Sender<Job>, StoreError> {
    let (sender, receiver) = mpsc::channel(QUEUE);
    let (reply, opened) = oneshot::channel();
    let run = move || match connect(path, prepare) {
        Ok(connection) => {
            // If nobody waits, the sender is dropped as well and the work ends at once.
            let _ = reply.send(Ok(()));
            work(connection, receiver);
        }
        Err(error) => {
            let _ = reply.send(Err(error));
        }
    };
    thread::Builder::new().name(name.into()).spawn(run).map_err(StoreError::unavailable)?;
    opened.await.map_err(|_| ended())??;
    Ok(sender)
}

fn connect(
    path: PathBuf,
    prepare: impl FnOnce(&Connection) -> rusqlite::Result<()>,
) -> Result<Connection, StoreError> {
    make_private(&path).map_err(StoreError::refused)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    connection.busy_timeout(BUSY).map_err(failed)?;
    // Changing the journal's mode does not wait for others by itself.
    let start = std::time::Instant::now();
    let mode = loop {
        let mode = |row: &Row<'_>| row.get::<_, String>(0);
        match connection.pragma_update_and_check(None, "journal_mode", "wal", mode) {
            Ok(mode) => break mode,
            Err(error) if is_busy(&error) && start.elapsed() < BUSY => {
                thread::sleep(Duration::from_millis(5));
            }
            Err(error) => return Err(failed(error)),
        }
    };
    if !mode.eq_ignore_ascii_case("wal") {
        return Err(StoreError::refused("this file system cannot hold an SQLite file in WAL mode"));
    }
    connection.pragma_update(None, "synchronous", "full").map_err(failed)?;
    // On macOS a flush reaches the disk only so; elsewhere these change nothing.
    connection.pragma_update(None, "fullfsync", true).map_err(failed)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true).map_err(failed)?;
    migrate(&mut connection)?;
    prepare(&connection).map_err(failed)?;
    Ok(connection)
}

/// Makes an empty file that others cannot read, if there is none. SQLite's files beside it have the
/// same permissions.
///
/// A file that is there is not opened: a process that closes any descriptor of a file drops its locks
/// on it, those of SQLite's connections as well, and another process would then take the write-ahead
/// log away under them.
fn make_private(path: &std::path::Path) -> std::io::Result<()> {
    // One at a time, so that what was just made is closed before anybody uses it.
    static MAKING: Mutex<()> = Mutex::new(());
    let _making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop),
    }
}

fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let change =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    let number = |name| change.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let application = number("application_id").map_err(failed)?;
    let schema = number("user_version").map_err(failed)?;
    let count = "SELECT count(*) FROM sqlite_schema";
    let tables: i64 = change.query_row(count, [], |row| row.get(0)).map_err(failed)?;
    match (application, schema) {
        (APPLICATION, SCHEMA) => return Ok(()),
        (APPLICATION, _) => {
            return Err(StoreError::refused("the SQLite file is of another version of this crate"));
        }
        (0, 0) if tables == 0 => {}
        _ => return Err(StoreError::refused("the SQLite file is another program's")),
    }
    change.execute_batch(CREATE).map_err(failed)?;
    change.pragma_update(None, "application_id", APPLICATION).map_err(failed)?;
    change.pragma_update(None, "user_version", SCHEMA).map_err(failed)?;
    change.commit().map_err(failed)
}

fn read(connection: &Connection, mut jobs: mpsc::Receiver<Job>) {
    while let Some(job) = jobs.blocking_recv() {
        let done = apply(connection, &job.work).map_err(failed);
        job.answer(done);
    }
}

fn write(mut connection: Connection, mut jobs: mpsc::Receiver<Job>) {
    let mut batch = Vec::new();
    while jobs.blocking_recv_many(&mut batch, QUEUE) > 0 {
        // Nobody waits for these any more.
        batch.retain(|job| !job.reply.is_closed());
        if batch.is_empty() {
            continue;
        }
        match transact(&mut connection, &batch) {
            Ok(done) => {
                for (job, done) in batch.drain(..).zip(done) {
                    if let Some(done) = done {
                        job.answer(Ok(done));
                    }
                }
            }
            // Each for itself: one may be too large for the disk, and the others not. A lock that
            // another process holds would only be waited for again and again.
            Err(error) => {
                let busy = is_busy(&error);
                for job in batch.drain(..) {
                    let done = if busy {
                        Err(locked())
                    } else {
                        let alone = transact(&mut connection, std::slice::from_ref(&job));
                        alone
                            .map_err(failed)
                            .and_then(|done| done.into_iter().flatten().next().ok_or_else(ended))
                    };
                    job.answer(done);
                }
            }
        }
    }
}

/// Does the jobs in one transaction. Nothing is done for those that gave up waiting meanwhile.
fn transact(connection: &mut Connection, jobs: &[Job]) -> rusqlite::Result<Vec<Option<Done>>> {
    // Dropped without a commit it rolls back. Immediate, so that no read within has to be upgraded.
    let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // First, so that a full disk has room again.
    let most = SWEEP.saturating_add_unsigned(jobs.len() as u64);
    change.prepare_cached(DROP_EXPIRED)?.execute([most])?;
    // Only now is the lock ours, and a caller may have been told that its call came to nothing.
    let one = |job: &Job| {
        if job.reply.is_closed() { Ok(None) } else { apply(&change, &job.work).map(Some) }
    };
    let done = jobs.iter().map(one).collect::<rusqlite::Result<_>>()?;
    change.commit()?;
    Ok(done)
}

fn apply(connection: &Connection, work: &Work) -> rusqlite::Result<Done> {
    match work {
        Work::Put { key, value, lifetime } => {
            connection.prepare_cached(PUT)?.execute(params![key, value, lifetime])?;
            Ok(Done::Put)
        }
        Work::Get { key } => {
            let value = connection.prepare_cached(GET)?.query_row([key], |row| row.get(0));
            value.optional().map(Done::Got)
        }
        Work::Take { key, claim } => {
            let mut take = connection.prepare_cached(TAKE)?;
            let value = take.query_row(params![key, claim.as_bytes()], |row| row.get(0));
            if let Some(value) = value.optional()? {
                return Ok(Done::Taken(Taken::Value(value)));
            }
            let there = connection.prepare_cached(IS_THERE)?.exists([key])?;
            Ok(Done::Taken(if there { Taken::Already } else { Taken::Missing }))
        }
        Work::Delete { key } => {
            let there = connection.prepare_cached(DELETE)?.query_row([key], |row| row.get(0));
            Ok(Done::Deleted(there.optional()?.unwrap_or(false)))
        }
    }
}

impl Job {
    fn answer(self, done: Result<Done, StoreError>) {
        // Whoever asked may have given up waiting; that is no failure.
        let _ = self.reply.send(done);
    }
}

impl Store for SqliteStore {
    fn put<'a>(
        &'a self,
        key: &'a str,
        value: &'a [u8],
        lifetime: Option<Duration>,
    ) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            check_key(key)?;
            check_value(value)?;
            let (key, value, lifetime) = (key.into(), value.into(), milliseconds(lifetime));
            Self::call(&self.writer, Work::Put { key, value, lifetime }).await.map(drop)
        })
    }

    fn get<'a>(&'a self, key: &'a str) -> StoreFuture<'a, Option<Vec<u8>>> {
        Box::pin(async move {
            check_key(key)?;
            match Self::call(&self.reader, Work::Get { key: key.into() }).await? {
                Done::Got(value) => Ok(value),
                _ => Err(ended()),
            }
        })
    }

    fn take<'a>(&'a self, key: &'a str, claim: &'a Claim) -> StoreFuture<'a, Taken> {
        Box::pin(async move {
            check_key(key)?;
            let work = Work::Take { key: key.into(), claim: claim.clone() };
            match Self::call(&self.writer, work).await? {
                Done::Taken(taken) => Ok(taken),
                _ => Err(ended()),
            }
        })
    }

    fn delete<'a>(&'a self, key: &'a str) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            check_key(key)?;
            match Self::call(&self.writer, Work::Delete { key: key.into() }).await? {
                Done::Deleted(there) => Ok(there),
                _ => Err(ended()),
            }
        })
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").finish_non_exhaustive()
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error_code();
    matches!(code, Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

fn locked() -> StoreError {
    StoreError::unavailable("the SQLite file is locked by another process")
}

/// SQLite's messages name columns and files, and never a value.
fn failed(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        _ if is_busy(&error) => locked(),
        Some(
            ErrorCode::SystemIoFailure
            | ErrorCode::FileLockingProtocolFailed
            | ErrorCode::OutOfMemory
            | ErrorCode::OperationInterrupted,
        ) => StoreError::unavailable(error),
        _ => StoreError::refused(error),
    }
}

#[cfg(test)]
mod tests;
