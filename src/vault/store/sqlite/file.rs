// The file: private, made once, told from others, and without what was deleted from it.

use std::{
    ffi::OsString,
    io,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use rusqlite::{
    Connection, ErrorCode, OpenFlags, Row, Transaction, TransactionBehavior, limits::Limit,
};

use crate::vault::store::{
    entry::{Key, Value},
    error::StoreError,
};

/// In the file's header, to tell it from other programs' databases: "trip".
const APPLICATION: i32 = 0x7472_6970;
const SCHEMA: i32 = 1;
/// How long one statement waits for another process's transaction. Less than a call's limit.
const BUSY: Duration = Duration::from_secs(4);
/// The most bytes that a row has: what does not fit is refused before it is read. The key stands in it,
/// the claim and two numbers.
const LONGEST_ROW: usize = Value::MAX + Key::MAX + 64;

const CREATE: &str = "
    CREATE TABLE entries (
        key TEXT PRIMARY KEY,
        value BLOB NOT NULL,
        claim BLOB,
        expires INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX entries_expires ON entries (expires) WHERE expires IS NOT NULL;";

/// Opens the file, and makes it if there is none.
pub(super) fn open(
    path: &Path,
    prepare: impl FnOnce(&Connection) -> rusqlite::Result<()>,
) -> Result<Connection, StoreError> {
    make_private(path).map_err(StoreError::refused)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = {
        let _one = one_at_a_time();
        Connection::open_with_flags(path, flags).map_err(failed)?
    };
    let longest = i32::try_from(LONGEST_ROW).unwrap_or(i32::MAX);
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, longest).map_err(failed)?;
    connection.busy_timeout(BUSY).map_err(failed)?;
    // Before anything is changed, since the path may name another program's file.
    is_made(&connection.transaction().map_err(failed)?)?;
    for suffix in ["", "-wal", "-shm"] {
        let mut name = OsString::from(path);
        name.push(suffix);
        take_from_others(Path::new(&name)).map_err(StoreError::refused)?;
    }
    // Changing the journal's mode does not wait for others by itself.
    let start = std::time::Instant::now();
    let mode = loop {
        let mode = |row: &Row<'_>| row.get::<_, String>(0);
        let changed = {
            let _one = one_at_a_time();
            connection.pragma_update_and_check(None, "journal_mode", "wal", mode)
        };
        match changed {
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
    let mut flush = Flush { each_commit: false };
    flush.set(&connection, true).map_err(failed)?;
    // On macOS a flush reaches the disk only so; elsewhere these change nothing.
    connection.pragma_update(None, "fullfsync", true).map_err(failed)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true).map_err(failed)?;
    // What is deleted is overwritten with zeros.
    connection.pragma_update_and_check(None, "secure_delete", true, |_| Ok(())).map_err(failed)?;
    migrate(&mut connection)?;
    prepare(&connection).map_err(failed)?;
    Ok(connection)
}

/// Closes the file.
pub(super) fn close(connection: Connection) {
    let _one = one_at_a_time();
    drop(connection);
}

/// Held while a connection of this process is opened, closed, or locks the whole file.
///
/// SQLite 3.51.0 and 3.51.1 take two locks of theirs in one order when a file is opened, and in the other when it is
/// closed, so that two threads could wait for each other for ever. Nothing in here waits for another process.
fn one_at_a_time() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether a connection flushes the log to the disk at each commit.
pub(super) struct Flush {
    each_commit: bool,
}

impl Flush {
    /// How [`open`] leaves it.
    pub(super) fn as_opened() -> Self {
        Self { each_commit: true }
    }

    /// Sets it for the next transactions; within one it cannot be changed.
    ///
    /// Without it the log is still written in order, so the file is sound after a power failure, and a
    /// later commit that flushes takes along whatever came before, also of other processes.
    // Not a cached statement: SQLite carries this one out when it is prepared, and not when it is run.
    pub(super) fn set(&mut self, file: &Connection, each_commit: bool) -> rusqlite::Result<()> {
        if self.each_commit != each_commit {
            let level = if each_commit { "full" } else { "normal" };
            file.pragma_update(None, "synchronous", level)?;
            self.each_commit = each_commit;
        }
        Ok(())
    }
}

/// Moves the write-ahead log into the file and empties it, unless somebody uses it: the log has what
/// was deleted, from before.
pub(super) fn empty_log(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(Duration::ZERO)?;
    let emptied = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    connection.busy_timeout(BUSY)?;
    emptied
}

/// Makes an empty file that others cannot read, if there is none. SQLite's files beside it have the
/// same permissions.
///
/// A file that is there is not opened: a process that closes any descriptor of a file drops its locks
/// on it, those of SQLite's connections as well, and another process would then take the write-ahead
/// log away under them.
fn make_private(path: &Path) -> io::Result<()> {
    // One at a time, so that what was just made is closed before anybody uses it.
    static MAKING: Mutex<()> = Mutex::new(());
    let _making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop),
    }
}

#[cfg(unix)]
fn take_from_others(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;

    let mut permissions = match std::fs::metadata(path) {
        Ok(file) => file.permissions(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let mode = permissions.mode();
    let private = mode & !0o077;
    if mode == private {
        return Ok(());
    }
    permissions.set_mode(private);
    std::fs::set_permissions(path, permissions).map_err(|error| {
        let reason = "others may read or write the SQLite file, and this user may not change that";
        io::Error::new(error.kind(), format!("{reason}: {error}"))
    })
}

#[cfg(not(unix))]
fn take_from_others(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Returns whether the tables are there; an error for another program's file. In one transaction: another process
/// that makes them meanwhile would otherwise be seen half done.
fn is_made(file: &Transaction<'_>) -> Result<bool, StoreError> {
    let number = |name| file.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let application = number("application_id").map_err(failed)?;
    let schema = number("user_version").map_err(failed)?;
    let count = "SELECT count(*) FROM sqlite_schema";
    let tables: i64 = file.query_row(count, [], |row| row.get(0)).map_err(failed)?;
    match (application, schema) {
        (APPLICATION, SCHEMA) => Ok(true),
        (APPLICATION, _) => {
            Err(StoreError::refused("the SQLite file is of another version of this crate"))
        }
        (0, 0) if tables == 0 => Ok(false),
        _ => Err(StoreError::refused("the SQLite file is another program's")),
    }
}

fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let change =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    if is_made(&change)? {
        return Ok(());
    }
    change.execute_batch(CREATE).map_err(failed)?;
    change.pragma_update(None, "application_id", APPLICATION).map_err(failed)?;
    change.pragma_update(None, "user_version", SCHEMA).map_err(failed)?;
    change.commit().map_err(failed)
}

pub(super) fn is_busy(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error_code();
    matches!(code, Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

pub(super) fn locked() -> StoreError {
    StoreError::unavailable("the SQLite file is locked by another process")
}

/// SQLite's messages name columns and files, and never a value.
pub(super) fn failed(error: rusqlite::Error) -> StoreError {
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
