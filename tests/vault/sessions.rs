//! Sessions: saved, loaded and forgotten, each for its user.

use tripod::{ErrorKind, SealError};

use crate::support::Kind;
use crate::{
    refused,
    store::Fault,
    vault::{kept, retryable},
};

#[tokio::test]
async fn sessions_are_saved_loaded_and_forgotten() {
    let kept = kept();
    let vault = &kept.vault;
    assert!(vault.load("ada").await.unwrap().is_none());
    assert!(!vault.forget("ada").await.unwrap());
    vault.save("ada", &kept.scenario.to_granted()).await.unwrap();
    assert_eq!(kept.shelf.entries().values().next().unwrap().lifetime, None);
    let session = vault.load("ada").await.unwrap().unwrap();
    assert_eq!(session.access_token().extra("user_id"), Some("7"));
    assert!(vault.load("bob").await.unwrap().is_none());

    let newer = kept.scenario.client.session(tripod::AccessToken::new("newer", "s").unwrap());
    vault.save("ada", &newer).await.unwrap();
    let session = vault.load("ada").await.unwrap().unwrap();
    assert_eq!(session.access_token().token(), "newer");
    assert_eq!(kept.shelf.entries().len(), 1);
    assert!(vault.forget("ada").await.unwrap());
    assert!(vault.load("ada").await.unwrap().is_none());
}

#[tokio::test]
async fn sessions_swapped_between_users_do_not_open() {
    let kept = kept();
    for user in ["ada", "bob"] {
        kept.vault.save(user, &kept.scenario.to_granted()).await.unwrap();
    }
    kept.shelf.tamper(|entries| {
        let values: Vec<_> = entries.values().rev().cloned().collect();
        entries.values_mut().zip(values).for_each(|(entry, value)| *entry = value);
    });
    for user in ["ada", "bob"] {
        refused(kept.vault.load(user).await, &Kind::from(ErrorKind::Seal(SealError::Broken)));
    }
}

#[tokio::test]
async fn nobody_has_no_session() {
    let kept = kept();
    let session = kept.scenario.to_granted();
    let kind = Kind::invalid_setting("the user's id is empty");
    refused(kept.vault.save("", &session).await, &kind);
    refused(kept.vault.load("").await, &kind);
    refused(kept.vault.forget("").await, &kind);
    let long = "ü".repeat(100_000);
    kept.vault.save(&long, &session).await.unwrap();
    assert!(kept.vault.load(&long).await.unwrap().is_some());
}

#[tokio::test]
async fn a_store_that_fails_is_told_of_for_sessions_too() {
    let kept = kept();
    let session = kept.scenario.to_granted();
    kept.shelf.fail([Fault::Before; 3]);
    refused(kept.vault.save("ada", &session).await, &retryable());
    refused(kept.vault.load("ada").await, &retryable());
    refused(kept.vault.forget("ada").await, &retryable());
    kept.vault.save("ada", &session).await.unwrap();
}
