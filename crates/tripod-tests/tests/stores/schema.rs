//! The table in PostgreSQL: made once, used by those who may not make it, and swept.

use std::time::Duration;

use libtest_mimic::Trial;
use tokio::task::JoinSet;
use tokio_postgres::{Client, NoTls};
use tripod::vault::store::{Claim, PostgresStore, Store as _};

use crate::{
    backend::{key, texts},
    trial,
};

const MINUTE: Option<Duration> = Some(Duration::from_secs(60));

pub(crate) fn trials(url: &str) -> Vec<Trial> {
    let url = || url.to_owned();
    let (first, second, third, fourth) = (url(), url(), url(), url());
    let (fifth, sixth) = (url(), url());
    vec![
        trial("postgres::many_start_at_once".into(), || many_start_at_once(first)),
        trial("postgres::a_user_of_the_table_only".into(), || a_user_of_the_table_only(second)),
        trial("postgres::expired_rows_leave_as_others_come".into(), || expired_rows_leave(third)),
        trial("postgres::a_table_of_another_role_is_refused".into(), || foreign_table(fifth)),
        trial("postgres::a_value_that_is_too_large_is_refused_unread".into(), || too_large(sixth)),
        trial("postgres::a_wrong_password_is_refused".into(), || wrong_password(fourth)),
    ]
}

/// A schema of the trial's own, and a connection to look into it.
async fn schema(url: &str, name: &str) -> (Client, String) {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    let name = format!("{name}_{}", std::process::id());
    client.batch_execute(&format!("CREATE SCHEMA {name}; SET search_path = {name}")).await.unwrap();
    (client, format!("{url}?options=-csearch_path%3D{name}"))
}

async fn many_start_at_once(url: String) {
    let (client, url) = schema(&url, "start").await;
    let mut tasks = JoinSet::new();
    for _ in 0..12 {
        let url = url.clone();
        tasks.spawn(
            async move { PostgresStore::connect(&url).await.map_err(|error| texts(&error)) },
        );
    }
    for store in tasks.join_all().await {
        store.unwrap().put(&key("a"), b"1".into(), None).await.unwrap();
    }
    let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema";
    let count: i64 = client.query_one(tables, &[]).await.unwrap().get(0);
    assert_eq!(count, 1);
}

async fn a_user_of_the_table_only(url: String) {
    let (client, own) = schema(&url, "narrow").await;
    let user = format!("narrow_user_{}", std::process::id());
    let name = format!("narrow_{}", std::process::id());
    let make = format!(
        "CREATE ROLE {user} LOGIN PASSWORD 'narrow'; GRANT USAGE ON SCHEMA {name} TO {user}"
    );
    client.batch_execute(&make).await.unwrap();
    let host = own.rsplit('@').next().unwrap();
    let narrow = format!("postgres://{user}:narrow@{host}");
    let error = PostgresStore::connect(&narrow).await.unwrap_err();
    assert!(!error.is_retryable());
    assert!(texts(&error).contains("permission denied"), "{}", texts(&error));

    PostgresStore::connect(&own).await.unwrap();
    let grant = format!("GRANT SELECT, INSERT, UPDATE, DELETE ON tripod_entries_1 TO {user}");
    client.batch_execute(&grant).await.unwrap();
    let store = PostgresStore::connect(&narrow).await.unwrap();
    store.put(&key("a"), b"1".into(), None).await.unwrap();
    assert_eq!(store.get(&key("a")).await.unwrap(), Some(b"1".to_vec()));
}

async fn expired_rows_leave(url: String) {
    let (client, url) = schema(&url, "sweep").await;
    let store = PostgresStore::connect(&url).await.unwrap();
    for number in 0..200 {
        store.put(&key(&format!("old:{number}")), b"1".into(), Some(Duration::ZERO)).await.unwrap();
    }
    for number in 0..64 {
        store.put(&key(&format!("new:{number}")), b"1".into(), MINUTE).await.unwrap();
    }
    let count = "SELECT count(*) FROM tripod_entries_1 WHERE key LIKE $1";
    let old: i64 = client.query_one(count, &[&"old:%"]).await.unwrap().get(0);
    let new: i64 = client.query_one(count, &[&"new:%"]).await.unwrap().get(0);
    assert_eq!((old, new), (0, 64));
}

/// As it can be in the schema `public` before PostgreSQL 15.
async fn foreign_table(url: String) {
    let (client, own) = schema(&url, "shared").await;
    let id = std::process::id();
    let make = format!(
        "CREATE ROLE thief_{id}; CREATE ROLE victim_{id} LOGIN PASSWORD 'victim';
        GRANT CREATE, USAGE ON SCHEMA shared_{id} TO PUBLIC;
        SET ROLE thief_{id};
        CREATE TABLE tripod_entries_1 (key text PRIMARY KEY, value bytea, claim bytea, expires timestamptz);
        GRANT ALL ON tripod_entries_1 TO PUBLIC;
        RESET ROLE"
    );
    client.batch_execute(&make).await.unwrap();
    let victim = format!("postgres://victim_{id}:victim@{}", own.rsplit('@').next().unwrap());
    // A superuser, too, who is a member of every role.
    for url in [&victim, &own] {
        let error = PostgresStore::connect(url).await.unwrap_err();
        assert!(!error.is_retryable());
        assert!(texts(&error).contains("belongs to another role"), "{}", texts(&error));
    }
    // With the right to create tables taken from everybody, whose table it is was decided by somebody who
    // may. And a table of one's own is used in any schema.
    client
        .batch_execute(&format!("REVOKE CREATE ON SCHEMA shared_{id} FROM PUBLIC"))
        .await
        .unwrap();
    PostgresStore::connect(&victim).await.unwrap();
    let back = format!("GRANT CREATE ON SCHEMA shared_{id} TO PUBLIC; DROP TABLE tripod_entries_1");
    client.batch_execute(&back).await.unwrap();
    PostgresStore::connect(&victim).await.unwrap();
    PostgresStore::connect(&victim).await.unwrap();
}

async fn too_large(url: String) {
    let (client, url) = schema(&url, "large").await;
    let store = PostgresStore::connect(&url).await.unwrap();
    let large = "INSERT INTO tripod_entries_1 (key, value)
        VALUES ('large', decode(repeat('00', 9000000), 'hex'))";
    client.batch_execute(large).await.unwrap();
    let (got, taken) =
        (store.get(&key("large")).await, store.take(&key("large"), &Claim::new()).await);
    for error in [got.unwrap_err(), taken.unwrap_err()] {
        assert!(!error.is_retryable());
        assert!(texts(&error).contains("larger than 64 KiB"), "{}", texts(&error));
    }
    assert!(store.delete(&key("large")).await.unwrap());
}

async fn wrong_password(url: String) {
    let host = url.rsplit('@').next().unwrap();
    let url = format!("postgres://tripod:hunter2@{host}");
    let error = PostgresStore::connect(&url).await.unwrap_err();
    assert!(!error.is_retryable());
    assert!(texts(&error).contains("28P01"), "{}", texts(&error));
    assert!(!texts(&error).contains("hunter2"), "{}", texts(&error));
}
