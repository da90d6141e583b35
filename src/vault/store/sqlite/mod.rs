// A store in an SQLite file on this machine. Several processes may use one file.
//
// One thread writes and one reads, each with a connection of its own: SQLite has one writer at a time,
// whatever a pool holds. The writer commits all the calls that wait in one transaction, so that they
// share one flush to the disk, if one of them needs it. The trap: no call is answered before that commit, and
// if a transaction fails, each of its calls runs again alone and fails for itself.

mod file;
mod sql;

use std::{fmt, path::PathBuf, thread, time::Duration};

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};
use tokio::sync::{mpsc, oneshot};

use self::{
    file::{Flush, failed, is_busy, locked},
    sql::{DELETE, DROP_EXPIRED, GET, HEADS, IS_THERE, PUT, REPLACE, TAKE},
};
use super::{
    Claim, Heads, Store, StoreFuture, Taken,
    deadline::Deadline,
    entry::{Key, Value, milliseconds},
    error::StoreError,
};

/// Calls that wait, and calls in one transaction.
const QUEUE: usize = 256;
/// Expired entries dropped in a transaction, besides one for each of its calls.
const SWEEP: i64 = 8;
/// Heads read by one call, and what is read of each.
const PAGE: i64 = 1000;
const HEAD: i64 = 128;
const _: () = assert!(Heads::BYTES == 128);

/// Keeps entries in an SQLite file. Saved entries survive if the program is killed.
///
/// Sessions, and deletions, also survive a power failure: the file is in WAL mode, and is flushed
/// before such a call returns. Pending flows and claims do not wait for the disk. The last ones may be
/// lost in a power failure, and nothing else is lost with them.
///
/// Any number of processes on one machine may open the same file, but the file must not be on a network
/// file system. Within the process, nothing else should open or copy the file, because closing it would
/// release SQLite's locks. Lifetimes are measured with the system's clock. Expired entries are deleted
/// when new entries are added. Calls need a Tokio runtime with its timer, and end within five seconds.
///
/// Deleted entries are overwritten in the file. Copies of the file, and the disk itself, may still have
/// them.
///
/// # Examples
///
/// ```
/// use tripod::vault::store::{Key, SqliteStore, Store as _};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("vault.sqlite");
/// let store = SqliteStore::open(&path).await?;
/// let key = Key::new("session:7")?;
/// store.put(&key, b"sealed".into(), None).await?;
/// drop(store);
///
/// let store = SqliteStore::open(&path).await?;
/// assert_eq!(store.get(&key).await?.as_deref(), Some(&b"sealed"[..]));
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
    Put { key: Key, value: Vec<u8>, lifetime: Option<i64> },
    Get { key: Key },
    Take { key: Key, claim: Claim },
    Delete { key: Key },
    Replace { key: Key, old: Vec<u8>, new: Vec<u8> },
    Heads { after: String },
}

/// What came of a [`Work`], to be told after the commit.
enum Done {
    Put,
    Got(Option<Vec<u8>>),
    Taken(Taken),
    Deleted(bool),
    Replaced(bool),
    Heads(Heads),
}

impl Work {
    /// Returns whether it has to be on the disk before it is acknowledged. A flow that is lost is begun again. The
    /// claim on one has to last only if the session that came of it does, and the log is written in order.
    fn must_last(&self) -> bool {
        match self {
            Self::Put { lifetime, .. } => lifetime.is_none(),
            Self::Delete { .. } | Self::Replace { .. } => true,
            Self::Get { .. } | Self::Take { .. } | Self::Heads { .. } => false,
        }
    }
}

impl SqliteStore {
    /// Opens the file at `path`, and creates it if there is none.
    ///
    /// Only the owner can read and write the file: a new file is created in this way, and the
    /// permissions of others are removed from an existing file.
    ///
    /// # Errors
    ///
    /// [`StoreError`] that is not retryable if the file cannot be used: its folder is missing, others
    /// may read or write it and this user may not change that, it is another program's database, or a
    /// newer version of this crate made it. One that is retryable if other processes kept it locked.
    ///
    /// # Cancel safety
    ///
    /// If you drop the future, the file may have been created.
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
            start("tripod-sqlite-read", path, |_| Ok(()), |file, jobs| read(file, jobs)).await?;
        Ok(Self { writer, reader })
    }

    async fn call(queue: &mpsc::Sender<Job>, work: Work) -> Result<Done, StoreError> {
        let answered = async {
            let (reply, answer) = oneshot::channel();
            queue.send(Job { work, reply }).await.map_err(|_| ended())?;
            answer.await.map_err(|_| ended())?
        };
        Deadline::new()?.limit("SQLite", answered).await?
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
    work: impl FnOnce(&mut Connection, mpsc::Receiver<Job>) + Send + 'static,
) -> Result<mpsc::Sender<Job>, StoreError> {
    let (sender, receiver) = mpsc::channel(QUEUE);
    let (reply, opened) = oneshot::channel();
    let run = move || match file::open(&path, prepare) {
        Ok(mut connection) => {
            // If nobody waits, the sender is dropped as well and the work ends at once.
            let _ = reply.send(Ok(()));
            work(&mut connection, receiver);
            file::close(connection);
        }
        Err(error) => {
            let _ = reply.send(Err(error));
        }
    };
    thread::Builder::new().name(name.into()).spawn(run).map_err(StoreError::unavailable)?;
    opened.await.map_err(|_| ended())??;
    Ok(sender)
}

fn read(connection: &Connection, mut jobs: mpsc::Receiver<Job>) {
    while let Some(job) = jobs.blocking_recv() {
        let done = apply(connection, &job.work).map_err(failed);
        job.answer(done);
    }
}

fn write(connection: &mut Connection, mut jobs: mpsc::Receiver<Job>) {
    let mut batch = Vec::new();
    let mut flush = Flush::as_opened();
    while jobs.blocking_recv_many(&mut batch, QUEUE) > 0 {
        // Nobody waits for these any more.
        batch.retain(|job| !job.reply.is_closed());
        if batch.is_empty() {
            continue;
        }
        match transact(connection, &mut flush, &batch) {
            Ok(done) => {
                if done.iter().any(|done| matches!(done, Some(Done::Deleted(true)))) {
                    // Another process that reads keeps the log for now; the deletion stands all the same.
                    let _ = file::empty_log(connection);
                }
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
                        let alone = std::slice::from_ref(&job);
                        transact(connection, &mut flush, alone)
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
fn transact(
    connection: &mut Connection,
    flush: &mut Flush,
    jobs: &[Job],
) -> rusqlite::Result<Vec<Option<Done>>> {
    flush.set(connection, jobs.iter().any(|job| job.work.must_last()))?;
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
            connection.prepare_cached(PUT)?.execute(params![key.as_str(), value, lifetime])?;
            Ok(Done::Put)
        }
        Work::Get { key } => {
            let value = connection.prepare_cached(GET)?.query_row([key.as_str()], |row| row.get(0));
            value.optional().map(Done::Got)
        }
        Work::Take { key, claim } => {
            let mut take = connection.prepare_cached(TAKE)?;
            let value = take.query_row(params![key.as_str(), claim.as_bytes()], |row| row.get(0));
            if let Some(value) = value.optional()? {
                return Ok(Done::Taken(Taken::Value(value)));
            }
            let there = connection.prepare_cached(IS_THERE)?.exists([key.as_str()])?;
            Ok(Done::Taken(if there { Taken::Already } else { Taken::Missing }))
        }
        Work::Delete { key } => {
            // Both in one transaction.
            let there = connection.prepare_cached(IS_THERE)?.exists([key.as_str()])?;
            connection.prepare_cached(DELETE)?.execute([key.as_str()])?;
            Ok(Done::Deleted(there))
        }
        Work::Replace { key, old, new } => {
            let mut replace = connection.prepare_cached(REPLACE)?;
            Ok(Done::Replaced(replace.execute(params![key.as_str(), old, new])? > 0))
        }
        Work::Heads { after } => {
            let mut heads = connection.prepare_cached(HEADS)?;
            let rows = heads.query_map(params![after, HEAD, PAGE], |row| {
                Ok((row.get::<_, String>(0)?, row.get(1)?))
            })?;
            let (mut keys, values): (Vec<_>, Vec<_>) =
                rows.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().unzip();
            let next = keys.pop().filter(|_| i64::try_from(values.len()) == Ok(PAGE));
            Ok(Done::Heads(Heads { values, next }))
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
        key: &'a Key,
        value: Value<'a>,
        lifetime: Option<Duration>,
    ) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let (key, value) = (key.clone(), value.as_bytes().to_vec());
            let lifetime = milliseconds(lifetime);
            Self::call(&self.writer, Work::Put { key, value, lifetime }).await.map(drop)
        })
    }

    fn get<'a>(&'a self, key: &'a Key) -> StoreFuture<'a, Option<Vec<u8>>> {
        Box::pin(async move {
            match Self::call(&self.reader, Work::Get { key: key.clone() }).await? {
                Done::Got(value) => Ok(value),
                _ => Err(ended()),
            }
        })
    }

    fn take<'a>(&'a self, key: &'a Key, claim: &'a Claim) -> StoreFuture<'a, Taken> {
        Box::pin(async move {
            let work = Work::Take { key: key.clone(), claim: claim.clone() };
            match Self::call(&self.writer, work).await? {
                Done::Taken(taken) => Ok(taken),
                _ => Err(ended()),
            }
        })
    }

    fn delete<'a>(&'a self, key: &'a Key) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            match Self::call(&self.writer, Work::Delete { key: key.clone() }).await? {
                Done::Deleted(there) => Ok(there),
                _ => Err(ended()),
            }
        })
    }

    fn replace<'a>(
        &'a self,
        key: &'a Key,
        old: Value<'a>,
        new: Value<'a>,
    ) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let (old, new) = (old.as_bytes().to_vec(), new.as_bytes().to_vec());
            let work = Work::Replace { key: key.clone(), old, new };
            match Self::call(&self.writer, work).await? {
                Done::Replaced(replaced) => Ok(replaced),
                _ => Err(ended()),
            }
        })
    }

    fn heads<'a>(&'a self, after: Option<&'a str>) -> StoreFuture<'a, Heads> {
        Box::pin(async move {
            let work = Work::Heads { after: after.unwrap_or_default().to_owned() };
            match Self::call(&self.reader, work).await? {
                Done::Heads(heads) => Ok(heads),
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

#[cfg(test)]
mod tests;
