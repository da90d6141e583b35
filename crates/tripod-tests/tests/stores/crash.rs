//! A PostgreSQL server whose power fails: what has to last is there afterwards.
//!
//! `services` has a server for this alone, and a program that stops what writes its log in the background
//! (`freeze`), and kills all its processes at once and starts it again (`fail`). What a commit did not wait for is
//! then lost for certain.

use std::{env, process::Command, time::Duration};

use libtest_mimic::Trial;
use tripod::vault::store::{Claim, PostgresStore, Store as _, Taken};

use crate::backend::key;

const HOUR: Option<Duration> = Some(Duration::from_secs(3600));
const NAME: &str = "postgres::what_must_last_survives_a_power_failure";

pub(crate) fn trial() -> Trial {
    let variable = |name: &str| env::var(name).map_err(|_| format!("{name} is not set"));
    let both = variable("TRIPOD_TEST_POSTGRES_CRASH")
        .and_then(|url| Ok((url, variable("TRIPOD_TEST_POSTGRES_CRASHER")?)));
    match both {
        Ok((url, program)) => crate::trial(NAME.into(), || what_must_last_survives(url, program)),
        Err(reason) => crate::skipped(NAME, &reason),
    }
}

async fn what_must_last_survives(url: String, program: String) {
    let run = |what| assert!(Command::new(&program).arg(what).status().unwrap().success());
    let (session, flow, later, last) =
        (key("session:1"), key("flow:1"), key("flow:2"), key("flow:3"));

    let store = PostgresStore::connect(&url).await.unwrap();
    run("freeze");
    store.put(&flow, b"flow".into(), HOUR).await.unwrap();
    let claim = Claim::new();
    assert_eq!(store.take(&flow, &claim).await.unwrap(), Taken::Value(b"flow".to_vec()));
    store.put(&session, b"one".into(), None).await.unwrap();
    store.put(&later, b"flow".into(), HOUR).await.unwrap();
    run("fail");
    let store = PostgresStore::connect(&url).await.unwrap();
    assert_eq!(store.get(&session).await.unwrap().as_deref(), Some(&b"one"[..]));
    // Its record is older than the session, so it is there.
    assert_eq!(store.take(&flow, &Claim::new()).await.unwrap(), Taken::Already);
    assert_eq!(store.take(&flow, &claim).await.unwrap(), Taken::Value(b"flow".to_vec()));
    assert_eq!(store.get(&later).await.unwrap(), None, "nobody had waited for it");

    run("freeze");
    store.put(&last, b"flow".into(), HOUR).await.unwrap();
    assert!(store.replace(&session, b"one".into(), b"two".into()).await.unwrap());
    assert_eq!(store.take(&last, &Claim::new()).await.unwrap(), Taken::Value(b"flow".to_vec()));
    run("fail");
    let store = PostgresStore::connect(&url).await.unwrap();
    assert_eq!(store.get(&session).await.unwrap().as_deref(), Some(&b"two"[..]));
    // The record that it was taken is lost: it can be taken up again.
    assert_eq!(store.get(&last).await.unwrap().as_deref(), Some(&b"flow"[..]));

    run("freeze");
    assert!(store.delete(&session).await.unwrap());
    run("fail");
    let store = PostgresStore::connect(&url).await.unwrap();
    assert_eq!(store.get(&session).await.unwrap(), None);
}
