//! The power fails while a program writes to an SQLite file: what has to last is there, and the file is sound.
//!
//! A program is run under `strace`, which tells each write to the files and each flush, in order. What a disk may
//! hold at any moment is then all that was flushed, and any part of what was not. For each moment such disks are
//! made and looked at.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    io::Write as _,
    path::Path,
    process::{Command, ExitCode},
    time::Duration,
};

use libtest_mimic::Trial;
use rusqlite::Connection;
use tripod::vault::store::{Claim, SqliteStore, Store as _, Taken, Value};

use crate::backend::key as key_of;

const HOUR: Duration = Duration::from_secs(3600);
const NAME: &str = "sqlite::what_must_last_survives_a_power_failure";

pub(crate) fn trial() -> Trial {
    match Command::new("strace").args(["-qq", "-o", "/dev/null", "true"]).status() {
        Ok(status) if status.success() => crate::trial(NAME.into(), what_must_last_survives),
        Ok(_) => crate::skipped(NAME, "strace may not trace here"),
        Err(error) => crate::skipped(NAME, &format!("strace cannot be started: {error}")),
    }
}

/// What the program does to one entry.
#[derive(Clone, Copy, PartialEq)]
enum Act {
    Save,
    Park,
    Take,
    Replace,
    Forget,
}

/// All that it does, one after the other: logins that end in a session, one that is begun and left, and users who
/// leave. The last ones are parked and taken without a session after them.
fn acts() -> Vec<(Act, String)> {
    let mut acts = Vec::new();
    for login in 0..5 {
        let (flow, left, session) =
            (format!("flow:{login}"), format!("left:{login}"), format!("session:{login}"));
        acts.extend([(Act::Park, flow.clone()), (Act::Park, left), (Act::Take, flow)]);
        acts.push((Act::Save, session.clone()));
        match login {
            1 | 3 => acts.push((Act::Replace, session)),
            2 => acts.extend([(Act::Forget, session), (Act::Forget, "session:0".into())]),
            _ => {}
        }
    }
    for flow in ["flow:a", "flow:b"] {
        acts.extend([(Act::Park, flow.to_owned()), (Act::Take, flow.to_owned())]);
    }
    acts
}

/// What is kept under each key, and whether it is taken.
type Rows = BTreeMap<String, (Vec<u8>, bool)>;

fn value(key: &str, replaced: bool) -> Vec<u8> {
    let letter = if replaced { "new" } else { "old" };
    format!("{letter} {}", key.repeat(20)).into_bytes()
}

fn apply(rows: &mut Rows, (act, key): &(Act, String)) {
    match act {
        Act::Save | Act::Park => drop(rows.insert(key.clone(), (value(key, false), false))),
        Act::Take => rows.get_mut(key).unwrap().1 = true,
        Act::Replace => rows.get_mut(key).unwrap().0 = value(key, true),
        Act::Forget => drop(rows.remove(key).unwrap()),
    }
}

/// Does all of it in the file, and says after each act that it was acknowledged.
pub(crate) fn live() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = SqliteStore::open(env::var_os("TRIPOD_STORES_PATH").unwrap()).await.unwrap();
        let mut out = std::io::stdout();
        for (act, name) in acts() {
            let key = key_of(&name);
            let (old, new) = (value(&name, false), value(&name, true));
            let (old, new) = (Value::new(&old).unwrap(), Value::new(&new).unwrap());
            match act {
                Act::Save => store.put(&key, old, None).await.unwrap(),
                Act::Park => store.put(&key, old, Some(HOUR)).await.unwrap(),
                Act::Take => {
                    let taken = store.take(&key, &Claim::new()).await.unwrap();
                    assert!(matches!(taken, Taken::Value(_)));
                }
                Act::Replace => assert!(store.replace(&key, old, new).await.unwrap()),
                Act::Forget => assert!(store.delete(&key).await.unwrap()),
            }
            out.write_all(b"acknowledged\n").unwrap();
            out.flush().unwrap();
        }
        // As it ends when it is killed: nothing is put in order at the end.
        std::process::abort();
    })
}

async fn what_must_last_survives() {
    let folder = tempfile::tempdir().unwrap();
    let (path, trace) = (folder.path().join("vault"), folder.path().join("trace"));
    Command::new("strace")
        .args(["-f", "-qq", "-y", "-xx", "-s", "100000", "-e", "signal=none"])
        .args(["-e", "trace=write,pwrite64,fdatasync,fsync,ftruncate,unlink", "-o"])
        .arg(&trace)
        .arg(env::current_exe().unwrap())
        .env("TRIPOD_STORES_JOB", "live")
        .env("TRIPOD_STORES_PATH", &path)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .status()
        .unwrap();
    let events = events(&fs::read_to_string(&trace).unwrap(), path.to_str().unwrap());
    let acts = acts();
    let acknowledged = events.iter().filter(|event| **event == Event::Acknowledged).count();
    assert_eq!(acknowledged, acts.len(), "all of it was done, and seen");
    let mut states = vec![Rows::new()];
    for act in &acts {
        let mut rows = states.last().unwrap().clone();
        apply(&mut rows, act);
        states.push(rows);
    }

    let (mut disk, mut done, mut lasting) = (Disk::default(), 0, 0);
    let mut lost = BTreeSet::new();
    for event in &events {
        match event {
            Event::Acknowledged => {
                if !matches!(acts[done].0, Act::Park | Act::Take) {
                    lasting = done + 1;
                }
                done += 1;
            }
            Event::Change(file, change) => {
                disk.pending.entry(file.clone()).or_default().push(change.clone());
            }
            Event::Flush(file) => disk.flush(file),
            Event::Removed(file) => disk.remove(file),
        }
        // Before the file is made, there is nothing to look for.
        if done == 0 {
            continue;
        }
        let all = [Kept::Nothing, Kept::All, Kept::EachSecond, Kept::HalfOfTheLast];
        // Where all was flushed, they are the same.
        let ways = if disk.pending.is_empty() { 1 } else { all.len() };
        for kept in all.into_iter().take(ways) {
            let rows = disk.after_a_failure(kept, folder.path());
            // The state after some of the acts in their order: at least all of those that must last and what
            // came before them, at most all that were begun.
            let most = (done + 1).min(acts.len());
            let Some(at) = (lasting..=most).rev().find(|at| states[*at] == rows) else {
                panic!("after {done} acts, of which {lasting} had to last: {rows:?}");
            };
            lost.extend((at..done).map(|at| acts[at].1.clone()));
        }
    }
    // The trial is not empty: flows that nobody waited for were lost on some of the disks, and nothing else.
    assert!(lost.contains("flow:b") && lost.contains("left:0"), "{lost:?}");
    assert!(lost.iter().all(|key| !key.starts_with("session")), "{lost:?}");
}

/// What the traced program did.
#[derive(Clone, Debug, PartialEq)]
enum Event {
    Acknowledged,
    Change(String, Change),
    Flush(String),
    Removed(String),
}

#[derive(Clone, Debug, PartialEq)]
enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Cut { length: usize },
}

/// Reads the trace. A call that another thread interrupts is two lines.
fn events(trace: &str, path: &str) -> Vec<Event> {
    let mut begun = BTreeMap::<&str, &str>::new();
    let mut events = Vec::new();
    for line in trace.lines() {
        let (thread, line) = line.trim().split_once(' ').unwrap();
        let line = line.trim_start();
        let whole = if let Some(first) = line.strip_suffix("<unfinished ...>") {
            begun.insert(thread, first);
            continue;
        } else if line.starts_with("<... ") {
            let rest = line.split_once("resumed>").unwrap().1;
            format!("{}{rest}", begun.remove(thread).unwrap())
        } else {
            line.to_owned()
        };
        events.extend(event(&whole, path));
    }
    events
}

/// `name(fd<path>, …) = result`, texts in hexadecimal.
fn event(call: &str, path: &str) -> Option<Event> {
    let (call, result) = call.rsplit_once(" = ")?;
    let result: usize = result.split_whitespace().next()?.parse().ok()?;
    let (name, rest) = call.split_once('(')?;
    if name == "unlink" {
        let file = String::from_utf8(text(rest.split('"').nth(1)?)).ok()?;
        return file.starts_with(path).then_some(Event::Removed(file));
    }
    let (descriptor, rest) = rest.split_once('<')?;
    let (file, rest) = rest.split_once('>')?;
    let file = String::from_utf8(text(file)).ok()?;
    let rest = rest.trim_end().trim_end_matches(')').trim_start_matches(',').trim();
    if name == "write" {
        let said = text(rest.split('"').nth(1)?);
        return (descriptor == "1" && said == b"acknowledged\n").then_some(Event::Acknowledged);
    }
    // The memory that processes share beside the file is made anew after a failure.
    if !file.starts_with(path) || file.ends_with("-shm") {
        return None;
    }
    match name {
        "pwrite64" => {
            let (bytes, at) = (text(rest.split('"').nth(1)?), rest.rsplit(", ").next()?);
            assert_eq!(bytes.len(), result, "a write was cut short, or its text in the trace");
            Some(Event::Change(file, Change::Write { at: at.parse().unwrap(), bytes }))
        }
        "ftruncate" => Some(Event::Change(file, Change::Cut { length: rest.parse().unwrap() })),
        "fdatasync" | "fsync" => Some(Event::Flush(file)),
        _ => None,
    }
}

fn text(escaped: &str) -> Vec<u8> {
    match escaped.strip_prefix("\\x") {
        Some(hex) => hex.split("\\x").map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect(),
        None => escaped.as_bytes().to_vec(),
    }
}

/// What is certainly on it, and what may be.
#[derive(Default)]
struct Disk {
    flushed: BTreeMap<String, Vec<u8>>,
    pending: BTreeMap<String, Vec<Change>>,
}

/// What of that is there after the failure.
#[derive(Clone, Copy, Debug)]
enum Kept {
    Nothing,
    All,
    EachSecond,
    HalfOfTheLast,
}

impl Disk {
    fn flush(&mut self, file: &str) {
        let bytes = self.flushed.entry(file.to_owned()).or_default();
        for change in self.pending.remove(file).unwrap_or_default() {
            change.to(bytes);
        }
    }

    /// At once: SQLite removes a journal only while it sets the file up, and flushes the folder then.
    fn remove(&mut self, file: &str) {
        self.flushed.remove(file);
        self.pending.remove(file);
    }

    /// Makes the files in a new folder, opens them as SQLite does after a failure, and reads what is there.
    fn after_a_failure(&self, kept: Kept, folder: &Path) -> Rows {
        let folder = tempfile::tempdir_in(folder).unwrap();
        let names: BTreeSet<&String> = self.flushed.keys().chain(self.pending.keys()).collect();
        for name in names {
            let mut bytes = self.flushed.get(name).cloned().unwrap_or_default();
            let changes = self.pending.get(name).map_or(&[][..], Vec::as_slice);
            for (at, change) in changes.iter().enumerate() {
                let is_last = at + 1 == changes.len();
                match (kept, change) {
                    (Kept::Nothing, _) => {}
                    (Kept::EachSecond, _) if at % 2 == 0 => {}
                    (Kept::HalfOfTheLast, Change::Write { at, bytes: new }) if is_last => {
                        let half = new[..new.len() / 2].to_vec();
                        Change::Write { at: *at, bytes: half }.to(&mut bytes);
                    }
                    _ => change.to(&mut bytes),
                }
            }
            fs::write(folder.path().join(Path::new(name).file_name().unwrap()), bytes).unwrap();
        }
        let file = Connection::open(folder.path().join("vault")).unwrap();
        let sound: String = file.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(sound, "ok", "{kept:?}");
        let mut rows = file.prepare("SELECT key, value, claim IS NOT NULL FROM entries").unwrap();
        let rows = rows.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))));
        rows.unwrap().collect::<rusqlite::Result<_>>().unwrap()
    }
}

impl Change {
    fn to(&self, file: &mut Vec<u8>) {
        match self {
            Self::Write { at, bytes } => {
                let end = at + bytes.len();
                if file.len() < end {
                    file.resize(end, 0);
                }
                file[*at..end].copy_from_slice(bytes);
            }
            Self::Cut { length } => file.resize(*length, 0),
        }
    }
}
