//! SQLite by rusqlite, in two ways.
//!
//! Alone: one thread, no queue between it and the callers, and as many calls in one transaction as there are callers.
//! More than that is not to be had from the engine for logins that come one after the other.
//!
//! And as an asynchronous program has to call it without anything of ours: each call on a thread for blocking work.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use rusqlite::{Connection, TransactionBehavior, params};
use tripod::vault::store::Claim;

use crate::{
    Outcome,
    drivers::{Batch, Driver, Login, names, run, session},
};

#[allow(dead_code, reason = "the store needs more of them")]
#[path = "../../src/vault/store/sqlite/sql.rs"]
mod sql;

const CREATE: &str = "
    CREATE TABLE entries (
        key TEXT PRIMARY KEY,
        value BLOB NOT NULL,
        claim BLOB,
        expires INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX entries_expires ON entries (expires) WHERE expires IS NOT NULL;";

pub(crate) struct Alone(Arc<Mutex<Files>>);

pub(crate) struct Blocking(Arc<Mutex<Files>>);

struct Files {
    writer: Connection,
    reader: Connection,
}

impl Alone {
    pub(crate) fn open(path: &Path) -> Outcome<Self> {
        Ok(Self(Arc::new(Mutex::new(Files::open(path)?))))
    }
}

impl Blocking {
    pub(crate) fn open(path: &Path) -> Outcome<Self> {
        Ok(Self(Arc::new(Mutex::new(Files::open(path)?))))
    }
}

impl Driver for Blocking {
    fn batch<'a>(&'a self, login: &'a Login, callers: usize, logins: usize) -> Batch<'a> {
        Box::pin(run(callers, logins, |names| {
            let (files, save) = (Arc::clone(&self.0), login.save);
            let value: Arc<[u8]> = login.flow.as_slice().into();
            async move {
                for name in names {
                    let round: Arc<[_]> = [name].into();
                    for step in [Files::put, Files::get, Files::take] {
                        off(&files, &round, &value, step).await?;
                    }
                    if save {
                        off(&files, &round, &value, Files::save).await?;
                    }
                }
                Ok(())
            }
        }))
    }
}

type Round = [(String, String)];

/// One call on another thread.
async fn off(
    files: &Arc<Mutex<Files>>,
    round: &Arc<Round>,
    value: &Arc<[u8]>,
    step: fn(&mut Files, &Round, &[u8]) -> Outcome,
) -> Outcome {
    let (files, round, value) = (Arc::clone(files), Arc::clone(round), Arc::clone(value));
    tokio::task::spawn_blocking(move || {
        step(&mut files.lock().unwrap_or_else(PoisonError::into_inner), &round, &value)
    })
    .await?
}

impl Files {
    fn open(path: &Path) -> Outcome<Self> {
        let open = || -> rusqlite::Result<Connection> {
            let file = Connection::open(path)?;
            file.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
            file.pragma_update(None, "synchronous", "normal")?;
            file.pragma_update_and_check(None, "secure_delete", true, |_| Ok(()))?;
            Ok(file)
        };
        let writer = open()?;
        writer.execute_batch(CREATE)?;
        Ok(Self { writer, reader: open()? })
    }
}

impl Driver for Alone {
    fn batch<'a>(&'a self, login: &'a Login, callers: usize, logins: usize) -> Batch<'a> {
        let (files, value, save) = (Arc::clone(&self.0), login.flow.clone(), login.save);
        Box::pin(async move {
            tokio::task::spawn_blocking(move || {
                let mut files = files.lock().unwrap_or_else(PoisonError::into_inner);
                files.batch(&value, save, callers, logins)
            })
            .await?
        })
    }
}

impl Files {
    fn batch(
        &mut self,
        value: &[u8],
        save: bool,
        callers: usize,
        logins: usize,
    ) -> Outcome<Duration> {
        let rounds: Vec<Vec<_>> =
            (0..logins).map(|at| (0..callers).map(|caller| names(caller, at)).collect()).collect();
        let start = Instant::now();
        for round in rounds {
            self.put(&round, value)?;
            self.get(&round, value)?;
            self.take(&round, value)?;
            if save {
                self.save(&round, value)?;
            }
        }
        Ok(start.elapsed())
    }

    fn put(&mut self, round: &Round, value: &[u8]) -> Outcome {
        self.all(round, |file, (flow, _)| {
            file.prepare_cached(sql::PUT)?.execute(params![flow, value, 3_600_000])
        })
    }

    fn get(&mut self, round: &Round, _: &[u8]) -> Outcome {
        for (flow, _) in round {
            let mut get = self.reader.prepare_cached(sql::GET)?;
            get.query_row([flow], |row| row.get::<_, Vec<u8>>(0))?;
        }
        Ok(())
    }

    fn take(&mut self, round: &Round, _: &[u8]) -> Outcome {
        self.all(round, |file, (flow, _)| {
            let (mut take, claim) = (file.prepare_cached(sql::TAKE)?, Claim::new());
            let claim = claim.as_bytes();
            take.query_row(params![flow, claim], |row| row.get::<_, Vec<u8>>(0)).map(|_| 1)
        })
    }

    /// Sessions are waited for.
    fn save(&mut self, round: &Round, value: &[u8]) -> Outcome {
        self.writer.pragma_update(None, "synchronous", "full")?;
        self.all(round, |file, (_, user)| {
            let lifetime: Option<i64> = None;
            file.prepare_cached(sql::PUT)?.execute(params![user, session(value), lifetime])
        })?;
        self.writer.pragma_update(None, "synchronous", "normal")?;
        Ok(())
    }

    /// One transaction, as the store makes it.
    fn all(
        &mut self,
        names: &Round,
        work: impl Fn(&Connection, &(String, String)) -> rusqlite::Result<usize>,
    ) -> Outcome {
        let change = self.writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        change.prepare_cached(sql::DROP_EXPIRED)?.execute([i64::try_from(8 + names.len())?])?;
        for name in names {
            work(&change, name)?;
        }
        change.commit()?;
        Ok(())
    }
}
