use std::error::Error as _;

use super::*;

fn key(name: &str) -> Key {
    Key::new(name).unwrap()
}

const MINUTE: Option<Duration> = Some(Duration::from_secs(60));

#[tokio::test]
async fn a_full_disk_refuses_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("full.sqlite");
    // The tables and about a hundred kibibytes.
    let small = |file: &Connection| file.pragma_update(None, "max_page_count", 32);
    let store = SqliteStore::open_with(path.clone(), small).await.unwrap();
    let value = vec![7; 10_000];
    let mut kept = Vec::new();
    let error = loop {
        let key = key(&format!("entry:{}", kept.len()));
        match store.put(&key, Value::new(&value).unwrap(), None).await {
            Ok(()) => kept.push(key),
            Err(error) => break error,
        }
    };
    assert!((5..20).contains(&kept.len()), "{}", kept.len());
    assert!(!error.is_retryable());
    assert_eq!(error.source().unwrap().to_string(), "database or disk is full");

    // Many at once, one of them too large: the others do not fail with it.
    assert!(store.delete(&kept[0]).await.unwrap());
    let huge = vec![7; 60_000];
    let keys = ["small:1", "large", "small:2"].map(key);
    let (first, second, third) = tokio::join!(
        store.put(&keys[0], b"1".into(), None),
        store.put(&keys[1], Value::new(&huge).unwrap(), None),
        store.put(&keys[2], b"2".into(), None)
    );
    assert!(first.is_ok() && third.is_ok(), "{first:?} {third:?}");
    assert!(!second.unwrap_err().is_retryable());
    drop(store);

    let store = SqliteStore::open(path).await.unwrap();
    for key in &kept[1..] {
        assert_eq!(store.get(key).await.unwrap().as_deref(), Some(&value[..]), "{key}");
    }
    assert_eq!(store.get(&key("small:1")).await.unwrap().as_deref(), Some(&b"1"[..]));
    assert_eq!(store.get(&key("small:2")).await.unwrap().as_deref(), Some(&b"2"[..]));
    assert_eq!(store.get(&key("large")).await.unwrap(), None);
}

#[tokio::test]
async fn expired_entries_leave_the_file_as_others_come() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sweep.sqlite");
    let store = SqliteStore::open(path.clone()).await.unwrap();
    for at in 0..100 {
        store.put(&key(&format!("old:{at}")), b"1".into(), Some(Duration::ZERO)).await.unwrap();
    }
    store.put(&key("new"), b"1".into(), MINUTE).await.unwrap();
    store.put(&key("good"), b"1".into(), None).await.unwrap();
    let file = Connection::open(path).unwrap();
    let count = "SELECT count(*) FROM entries";
    let count: i64 = file.query_row(count, [], |row| row.get(0)).unwrap();
    assert_eq!(count, 2);
}

#[tokio::test]
async fn other_databases_are_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name| folder.path().join(name);
    let other = Connection::open(path("other")).unwrap();
    other.execute_batch("CREATE TABLE entries (note TEXT)").unwrap();
    drop(SqliteStore::open(path("newer")).await.unwrap());
    let newer = Connection::open(path("newer")).unwrap();
    newer.pragma_update(None, "user_version", 2).unwrap();
    std::fs::write(path("text"), "no database, but long enough to have a header".repeat(9))
        .unwrap();
    for (name, reason) in [
        ("other", "the SQLite file is another program's"),
        ("newer", "the SQLite file is of another version of this crate"),
        ("text", "file is not a database"),
    ] {
        let error = SqliteStore::open(path(name)).await.unwrap_err();
        assert!(!error.is_retryable(), "{name}");
        assert_eq!(error.source().unwrap().to_string(), reason);
    }
    let missing = SqliteStore::open(path("no/such/folder")).await.unwrap_err();
    assert!(!missing.is_retryable());
    other.execute_batch("INSERT INTO entries VALUES ('still there')").unwrap();
}

/// Each looks whether the file is its own while another makes the tables.
#[test]
fn many_can_make_the_file_at_the_same_time() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..50 {
        let path = folder.path().join(round.to_string());
        let gate = std::sync::Barrier::new(4);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    gate.wait();
                    drop(file::open(&path, |_| Ok(())).unwrap());
                });
            }
        });
    }
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_is_its_owners_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("vault")).await.unwrap();
    store.put(&key("a"), b"1".into(), None).await.unwrap();
    let mut files = 0;
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let mode = file.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        files += 1;
    }
    assert_eq!(files, 3);
}

#[tokio::test]
async fn a_lock_that_is_held_makes_it_unavailable_for_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("locked.sqlite");
    let soon = |file: &Connection| file.busy_timeout(Duration::from_millis(20));
    let store = SqliteStore::open_with(path.clone(), soon).await.unwrap();
    let other = Connection::open(path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = store.put(&key("a"), b"1".into(), None).await.unwrap_err();
    assert!(error.is_retryable());
    assert_eq!(store.get(&key("a")).await.unwrap(), None);
    other.execute_batch("ROLLBACK").unwrap();
    store.put(&key("a"), b"1".into(), None).await.unwrap();
}

#[tokio::test]
async fn what_nobody_waits_for_any_more_is_not_done() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("late.sqlite");
    let store = SqliteStore::open(&path).await.unwrap();
    store.put(&key("a"), b"1".into(), None).await.unwrap();
    let take = || Work::Take { key: key("a"), claim: Claim::new() };
    let (late, gone) = oneshot::channel();
    drop(gone);
    let (reply, _answer) = oneshot::channel();
    let put = Work::Put { key: key("b"), value: b"2".to_vec(), lifetime: None };
    let jobs = [Job { work: take(), reply: late }, Job { work: put, reply }];
    let mut file = Connection::open(path).unwrap();
    let done = transact(&mut file, &mut Flush::as_opened(), &jobs).unwrap();
    assert!(matches!(done[..], [None, Some(Done::Put)]));
    assert_eq!(store.get(&key("a")).await.unwrap().as_deref(), Some(&b"1"[..]));
    assert_eq!(store.get(&key("b")).await.unwrap().as_deref(), Some(&b"2"[..]));
}

#[test]
fn may_be_dropped_outside_a_runtime() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let store = runtime.block_on(SqliteStore::open(folder.path().join("vault"))).unwrap();
    drop(runtime);
    drop(store);
}

/// As one who can write the file could put it there.
#[tokio::test]
async fn a_value_that_is_too_large_is_refused_unread() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.sqlite");
    let store = SqliteStore::open(&path).await.unwrap();
    store.put(&key("small"), b"1".into(), None).await.unwrap();
    let file = Connection::open(path).unwrap();
    let insert = "INSERT INTO entries (key, value) VALUES
        ('large', zeroblob(9000000)), ('other', zeroblob(9000000))";
    file.execute(insert, []).unwrap();
    let (large, other) = (key("large"), key("other"));
    let (got, taken) = (store.get(&large).await, store.take(&large, &Claim::new()).await);
    for error in [got.unwrap_err(), taken.unwrap_err()] {
        assert!(!error.is_retryable());
        assert_eq!(error.source().unwrap().to_string(), "string or blob too big");
    }
    assert_eq!(store.get(&key("small")).await.unwrap().as_deref(), Some(&b"1"[..]));
    assert!(store.delete(&large).await.unwrap());
    store.put(&other, Value::new(&vec![7; Value::MAX]).unwrap(), None).await.unwrap();
    assert_eq!(store.get(&other).await.unwrap().unwrap().len(), Value::MAX);
}

#[tokio::test]
async fn what_is_deleted_is_not_in_the_file_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("vault")).await.unwrap();
    let canary = *b"a canary that nobody else writes";
    let is_there = || {
        let files = std::fs::read_dir(folder.path()).unwrap();
        let bytes = files.map(|file| std::fs::read(file.unwrap().path()).unwrap());
        bytes.into_iter().any(|bytes| bytes.windows(canary.len()).any(|part| part == canary))
    };
    for name in ["a", "b", "c"] {
        store.put(&key(name), (&canary).into(), MINUTE).await.unwrap();
    }
    assert!(is_there());
    for name in ["a", "b", "c"] {
        assert!(store.delete(&key(name)).await.unwrap());
    }
    assert!(!is_there());
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_others_may_read_is_taken_from_them() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault");
    let mode = |mode| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode));
    let is = || std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
    std::fs::write(&path, "").unwrap();
    mode(0o666).unwrap();
    drop(SqliteStore::open(&path).await.unwrap());
    assert_eq!(is(), 0o600);
    mode(0o644).unwrap();
    drop(SqliteStore::open(&path).await.unwrap());
    assert_eq!(is(), 0o600);
    // Another program's file keeps its own.
    let path = folder.path().join("other");
    std::fs::write(&path, "no database, but long enough to have a header".repeat(9)).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o666)).unwrap();
    SqliteStore::open(&path).await.unwrap_err();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o666);
}

#[test]
fn a_call_outside_a_runtime_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let store = runtime.block_on(SqliteStore::open(path)).unwrap();
    let (name, mut context) = (key("a"), std::task::Context::from_waker(std::task::Waker::noop()));
    let mut get = store.get(&name);
    let std::task::Poll::Ready(Err(error)) = get.as_mut().poll(&mut context) else {
        panic!("an error was expected")
    };
    assert_eq!(error.kind(), crate::vault::store::StoreErrorKind::NoRuntime);
}

/// What a batch does not flush may be lost; what it has to flush takes the whole batch along.
#[test]
fn a_batch_is_flushed_if_one_of_its_calls_must_last() {
    let folder = tempfile::tempdir().unwrap();
    let mut file = file::open(&folder.path().join("vault"), |_| Ok(())).unwrap();
    let mut flush = Flush::as_opened();
    let put = |name, lifetime| Work::Put { key: key(name), value: b"1".to_vec(), lifetime };
    let park = || put("flow", Some(60_000));
    let take = || Work::Take { key: key("flow"), claim: Claim::new() };
    let replace = || Work::Replace { key: key("session"), old: b"1".to_vec(), new: b"2".to_vec() };
    let (normal, full) = (1, 2);
    for (works, expected) in [
        (vec![park()], normal),
        (vec![take()], normal),
        (vec![park(), take(), park()], normal),
        (vec![put("session", None)], full),
        (vec![replace()], full),
        (vec![park(), take(), put("session", None)], full),
        (vec![park()], normal),
        (vec![Work::Delete { key: key("session") }, park()], full),
    ] {
        let (jobs, _answers): (Vec<_>, Vec<_>) = works
            .into_iter()
            .map(|work| {
                let (reply, answer) = oneshot::channel();
                (Job { work, reply }, answer)
            })
            .unzip();
        transact(&mut file, &mut flush, &jobs).unwrap();
        let level = file.pragma_query_value(None, "synchronous", |row| row.get::<_, i64>(0));
        assert_eq!(level.unwrap(), expected);
    }
}
