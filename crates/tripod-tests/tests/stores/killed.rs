//! Programs killed with SIGKILL while they write to one SQLite file: nothing that was acknowledged
//! is lost, neither sessions nor parked flows.

use std::{
    collections::BTreeSet,
    env,
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, Command, ExitCode, Stdio},
    time::Duration,
};

use libtest_mimic::Trial;
use tripod::vault::store::{Claim, SqliteStore, Store as _, Taken, Value};

use crate::backend::key as key_of;

const CHILDREN: usize = 3;
/// Acknowledged by each before it is killed.
const ENTRIES: usize = 150;
const HOUR: Duration = Duration::from_secs(3600);

pub(crate) fn trial() -> Trial {
    crate::trial(
        "sqlite::what_was_acknowledged_survives_kill_9".into(),
        what_was_acknowledged_survives_kill_9,
    )
}

async fn what_was_acknowledged_survives_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault");
    let mut children: Vec<Child> = (0..CHILDREN)
        .map(|child| {
            Command::new(env::current_exe().unwrap())
                .env("TRIPOD_STORES_JOB", "write")
                .env("TRIPOD_STORES_PATH", &path)
                .env("TRIPOD_STORES_CHILD", child.to_string())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    let mut acknowledged = BTreeSet::new();
    for child in &mut children {
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        for line in lines.by_ref().take(ENTRIES) {
            acknowledged.insert(line.unwrap());
        }
        // In the middle of its work, the others still at theirs.
        child.kill().unwrap();
        child.wait().unwrap();
        // What it could still say counts, except for a line that it could not finish.
        acknowledged.extend(lines.map_while(Result::ok).filter(|line| line.ends_with('.')));
    }
    assert!(acknowledged.len() >= CHILDREN * ENTRIES);

    let store = SqliteStore::open(&path).await.unwrap();
    let mut taken = 0;
    // Those that were taken first: looking at the others takes them.
    for line in acknowledged.iter().rev() {
        let (verb, key) = line.trim_end_matches('.').split_once(' ').unwrap();
        let found = store.take(&key_of(key), &Claim::new()).await.unwrap();
        let expected = match verb {
            // Its taking may have been committed and not been said.
            "put" if found == Taken::Already => continue,
            "put" => Taken::Value(key.repeat(20).into_bytes()),
            _ => {
                taken += 1;
                Taken::Already
            }
        };
        assert!(found == expected, "{line}: {found:?}");
    }
    assert!(taken > 0);
    let file = rusqlite::Connection::open(&path).unwrap();
    let sound: String = file.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
}

/// Puts entries and takes every second one, and says so, until it is killed.
pub(crate) fn write() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let child = env::var("TRIPOD_STORES_CHILD").unwrap();
        let path = env::var_os("TRIPOD_STORES_PATH").unwrap();
        let store = SqliteStore::open(path).await.unwrap();
        let mut out = std::io::stdout();
        // An orphan ends by itself: nobody reads, or the count is reached.
        for number in 0..100_000 {
            let key = key_of(&format!("{child}:{number}"));
            let value = key.as_str().repeat(20);
            // Sessions and flows; those are taken.
            let lifetime = (number % 2 == 0).then_some(HOUR);
            store.put(&key, Value::new(value.as_bytes()).unwrap(), lifetime).await.unwrap();
            if writeln!(out, "put {key}.").and_then(|()| out.flush()).is_err() {
                break;
            }
            if number % 2 == 0 {
                store.take(&key, &Claim::new()).await.unwrap();
                if writeln!(out, "take {key}.").and_then(|()| out.flush()).is_err() {
                    break;
                }
            }
        }
    });
    ExitCode::SUCCESS
}

pub(crate) fn closed_by_another() -> Trial {
    crate::trial(
        "sqlite::another_process_that_closes_the_file_takes_nothing_away".into(),
        another_process_that_closes_the_file_takes_nothing_away,
    )
}

/// SQLite's locks are a process's, so it takes another one to see whether they hold.
async fn another_process_that_closes_the_file_takes_nothing_away() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault");
    let store = SqliteStore::open(&path).await.unwrap();
    for turn in 0..3 {
        let key = key_of(&format!("entry:{turn}"));
        store.put(&key, b"kept".into(), None).await.unwrap();
        let child = Command::new(env::current_exe().unwrap())
            .env("TRIPOD_STORES_JOB", "look")
            .env("TRIPOD_STORES_PATH", &path)
            .env("TRIPOD_STORES_CHILD", key.as_str())
            .status()
            .unwrap();
        assert!(child.success(), "{key} is not there for another process");
        assert!(folder.path().join("vault-wal").exists(), "the log was taken away");
    }
    // The SQLite in here looks twice before it takes a log away; those before 3.51 look at this only.
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::fs::MetadataExt as _;

        let locks = std::fs::read_to_string("/proc/locks").unwrap_or_default();
        let ours = format!(" {} ", std::process::id());
        let ours: Vec<_> = locks.lines().filter(|line| line.contains(&ours)).collect();
        let file = format!(":{} ", std::fs::metadata(&path).unwrap().ino());
        if ours.is_empty() {
            println!("skipped: the system does not tell this process' locks");
        } else {
            assert!(ours.iter().any(|line| line.contains(&file)), "no lock on the file: {ours:?}");
        }
    }
}

/// Opens the file, looks for an entry, and closes it in good order.
pub(crate) fn look() -> ExitCode {
    let file = rusqlite::Connection::open(env::var_os("TRIPOD_STORES_PATH").unwrap()).unwrap();
    let key = env::var("TRIPOD_STORES_CHILD").unwrap();
    let value: Vec<u8> = file
        .query_row("SELECT value FROM entries WHERE key = ?1", [key], |row| row.get(0))
        .unwrap_or_default();
    file.close().unwrap();
    if value == b"kept" { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
