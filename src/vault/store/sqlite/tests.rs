use std::error::Error as _;

use super::*;

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
        let key = format!("entry:{}", kept.len());
        match store.put(&key, &value, None).await {
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
    let (first, second, third) = tokio::join!(
        store.put("small:1", b"1", None),
        store.put("large", &huge, None),
        store.put("small:2", b"2", None)
    );
    assert!(first.is_ok() && third.is_ok(), "{first:?} {third:?}");
    assert!(!second.unwrap_err().is_retryable());
    drop(store);

    let store = SqliteStore::open(path).await.unwrap();
    for key in &kept[1..] {
        assert_eq!(store.get(key).await.unwrap().as_deref(), Some(&value[..]), "{key}");
    }
    assert_eq!(store.get("small:1").await.unwrap().as_deref(), Some(&b"1"[..]));
    assert_eq!(store.get("small:2").await.unwrap().as_deref(), Some(&b"2"[..]));
    assert_eq!(store.get("large").await.unwrap(), None);
}

#[tokio::test]
async fn expired_entries_leave_the_file_as_others_come() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sweep.sqlite");
    let store = SqliteStore::open(path.clone()).await.unwrap();
    for at in 0..100 {
        store.put(&format!("old:{at}"), b"1", Some(Duration::ZERO)).await.unwrap();
    }
    store.put("new", b"1", Some(Duration::from_secs(60))).await.unwrap();
    store.put("good", b"1", None).await.unwrap();
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

#[cfg(unix)]
#[tokio::test]
async fn the_file_is_its_owners_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("vault")).await.unwrap();
    store.put("a", b"1", None).await.unwrap();
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
    let error = store.put("a", b"1", None).await.unwrap_err();
    assert!(error.is_retryable());
    assert_eq!(store.get("a").await.unwrap(), None);
    other.execute_batch("ROLLBACK").unwrap();
    store.put("a", b"1", None).await.unwrap();
}

#[tokio::test]
async fn what_nobody_waits_for_any_more_is_not_done() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("late.sqlite");
    let store = SqliteStore::open(&path).await.unwrap();
    store.put("a", b"1", None).await.unwrap();
    let take = || Work::Take { key: "a".into(), claim: Claim::new() };
    let (late, gone) = oneshot::channel();
    drop(gone);
    let (reply, _answer) = oneshot::channel();
    let put = Work::Put { key: "b".into(), value: b"2".to_vec(), lifetime: None };
    let jobs = [Job { work: take(), reply: late }, Job { work: put, reply }];
    let done = transact(&mut Connection::open(path).unwrap(), &jobs).unwrap();
    assert!(matches!(done[..], [None, Some(Done::Put)]));
    assert_eq!(store.get("a").await.unwrap().as_deref(), Some(&b"1"[..]));
    assert_eq!(store.get("b").await.unwrap().as_deref(), Some(&b"2"[..]));
}

#[test]
fn may_be_dropped_outside_a_runtime() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let store = runtime.block_on(SqliteStore::open(folder.path().join("vault"))).unwrap();
    drop(runtime);
    drop(store);
}
