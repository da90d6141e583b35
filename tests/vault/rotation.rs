//! A key that takes over: sessions are sealed anew as they are loaded, and a count says when the old key can go.

use tracing_subscriber::filter::LevelFilter;
use tripod::{
    AccessToken,
    vault::{KeyRing, Sealer, SealingKey, Vault, store::MemoryStore},
};

use crate::{
    key, keys, refused,
    store::{Fault, Shelf},
    support::{ACCESS_TOKEN, Heard, Kind, Scenario},
    vault::{Kept, kept},
};

const ANEW: &str = "a session was sealed again";
const NOT_ANEW: &str = "a session could not be sealed again";

fn january() -> SealingKey {
    key(0)
}

fn february() -> SealingKey {
    key(9)
}

/// The ring after `keys()`: February seals, January opens.
fn turned() -> KeyRing {
    KeyRing::new("2026-02", february()).unwrap().with_older("2026-01", january()).unwrap()
}

impl Kept {
    /// The same entries under another ring.
    fn with(&self, ring: KeyRing) -> Vault {
        Vault::new(&self.scenario.client, ring, self.shelf.clone())
    }

    fn key_id(&self) -> String {
        let entries = self.shelf.entries();
        Sealer::key_id(&entries.values().next().unwrap().value).unwrap().to_owned()
    }
}

async fn loads(vault: &Vault) {
    let session = vault.load("ada").await.unwrap().unwrap();
    assert_eq!(session.access_token().token(), ACCESS_TOKEN);
    assert_eq!(session.access_token().extra("user_id"), Some("7"));
}

#[tokio::test]
async fn a_session_is_sealed_anew_once() {
    let kept = kept();
    kept.vault.save("ada", &kept.scenario.to_granted()).await.unwrap();
    let vault = kept.with(turned());
    kept.shelf.calls();
    let (heard, guard) = Heard::listen(LevelFilter::TRACE);
    loads(&vault).await;
    assert_eq!(kept.shelf.calls(), ["get", "replace"]);
    assert_eq!(kept.key_id(), "2026-02");
    for _ in 0..3 {
        loads(&vault).await;
    }
    assert_eq!(kept.shelf.calls(), ["get"; 3]);
    drop(guard);
    let told = heard.text();
    assert_eq!(told.matches(ANEW).count(), 1, "{told}");
    assert!(told.contains("2026-02"));
    // The old key is not needed any more.
    loads(&kept.with(KeyRing::new("2026-02", february()).unwrap())).await;
}

#[tokio::test]
async fn a_failure_to_write_it_back_does_not_fail_the_load() {
    for (fault, is_anew) in [(Fault::Before, false), (Fault::Refused, false), (Fault::After, true)]
    {
        let kept = kept();
        kept.vault.save("ada", &kept.scenario.to_granted()).await.unwrap();
        let vault = kept.with(turned());
        kept.shelf.calls();
        let (heard, guard) = Heard::listen(LevelFilter::TRACE);
        kept.shelf.fail([Fault::None, fault]);
        loads(&vault).await;
        drop(guard);
        let told = heard.text();
        assert!(told.contains(NOT_ANEW) && told.contains("WARN"), "{told}");
        assert_eq!(kept.key_id(), if is_anew { "2026-02" } else { "2026-01" });
        // The next one tries again, if there is still something to do.
        kept.shelf.calls();
        loads(&vault).await;
        assert_eq!(kept.shelf.calls().len(), if is_anew { 1 } else { 2 });
        assert_eq!(kept.key_id(), "2026-02");
    }
}

/// Between the reading and the writing of one machine another one saves, or forgets.
#[tokio::test]
async fn a_newer_entry_is_not_overwritten() {
    let kept = kept();
    kept.vault.save("ada", &kept.scenario.to_granted()).await.unwrap();
    let vault = kept.with(turned());
    let newer = kept.scenario.client.session(AccessToken::new("newer", "s").unwrap());

    kept.shelf.fail([Fault::Later]);
    let mut load = Box::pin(vault.load("ada"));
    assert!(poll_once(load.as_mut()).is_none());
    vault.save("ada", &newer).await.unwrap();
    assert_eq!(load.await.unwrap().unwrap().access_token().token(), ACCESS_TOKEN);
    let session = vault.load("ada").await.unwrap().unwrap();
    assert_eq!(session.access_token().token(), "newer");

    kept.vault.save("ada", &kept.scenario.to_granted()).await.unwrap();
    kept.shelf.fail([Fault::Later]);
    let mut load = Box::pin(vault.load("ada"));
    assert!(poll_once(load.as_mut()).is_none());
    assert!(vault.forget("ada").await.unwrap());
    assert!(load.await.unwrap().is_some());
    assert!(vault.load("ada").await.unwrap().is_none());
}

fn poll_once<F: Future>(future: std::pin::Pin<&mut F>) -> Option<F::Output> {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match future.poll(&mut context) {
        std::task::Poll::Ready(output) => Some(output),
        std::task::Poll::Pending => None,
    }
}

/// While some machines seal with the new key already and others not yet, nobody undoes what others did.
#[tokio::test]
async fn what_a_newer_key_has_sealed_stays_as_it_is() {
    let kept = kept();
    let before = keys().with_newer("2026-02", february()).unwrap();
    let (before, after) = (kept.with(before), kept.with(turned()));
    before.save("ada", &kept.scenario.to_granted()).await.unwrap();
    assert_eq!(kept.key_id(), "2026-01");
    loads(&before).await;
    loads(&after).await;
    assert_eq!(kept.key_id(), "2026-02");
    kept.shelf.calls();
    loads(&before).await;
    assert_eq!(kept.shelf.calls(), ["get"]);
    assert_eq!(kept.key_id(), "2026-02");
    let twice = keys().with_newer("2026-02", february()).unwrap().with_older("2026-02", january());
    assert_eq!(*twice.unwrap_err().kind(), Kind::invalid_setting("two keys have the same id"));
}

#[tokio::test]
async fn a_count_says_when_the_old_key_can_go() {
    let kept = kept();
    for user in ["ada", "bob", "eve"] {
        kept.vault.save(user, &kept.scenario.to_granted()).await.unwrap();
    }
    let ticket = kept.vault.park(kept.scenario.to_issued()).await.unwrap();
    // Another provider's entries in the same store, and what is nobody's.
    let photos = Scenario::photos();
    let others = Vault::new(&photos.client, keys(), kept.shelf.clone());
    others.save("ada", &photos.to_granted()).await.unwrap();
    let odd =
        ["", "TRPD", "TRPD\u{1}", "no head at all, but long enough to have one".repeat(9).leak()];
    for (number, value) in odd.into_iter().enumerate() {
        kept.shelf.tamper(|entries| {
            let mut entry = entries.values().next().unwrap().clone();
            entry.value = value.as_bytes().to_vec();
            entries.insert(format!("odd:{number}"), entry);
        });
    }

    let vault = kept.with(turned());
    let counts = async || {
        let counts = vault.count_keys().await.unwrap();
        (counts.of("2026-01").unwrap(), counts.of("2026-02").unwrap(), counts.unknown())
    };
    assert_eq!(counts().await, (4, 0, 0));
    loads(&vault).await;
    vault.save("bob", &kept.scenario.to_granted()).await.unwrap();
    assert_eq!(counts().await, (2, 2, 0));
    let _ = vault.load("eve").await.unwrap().unwrap();
    assert_eq!(counts().await, (1, 3, 0));
    // A flow that was taken up may be asked for again by whoever took it.
    let callback = "/back?oauth_token=request%2Ftoken%2B1&oauth_verifier=verifier%2F77";
    let _ = vault.resume(&ticket, callback).await.unwrap();
    assert_eq!(counts().await, (1, 3, 0));

    // Taken out too early: what it sealed is still counted, and nothing is said of a key that is not there.
    let early = kept.with(KeyRing::new("2026-02", february()).unwrap());
    let early = early.count_keys().await.unwrap();
    assert_eq!((early.of("2026-01"), early.of("2026-02"), early.unknown()), (None, Some(3), 1));
    let other = Vault::new(&photos.client, turned(), kept.shelf.clone());
    assert_eq!(other.count_keys().await.unwrap().of("2026-01"), Some(1));
}

#[tokio::test]
async fn a_count_that_the_store_fails_is_an_error() {
    let kept = kept();
    kept.vault.save("ada", &kept.scenario.to_granted()).await.unwrap();
    kept.shelf.fail([Fault::None, Fault::Before]);
    refused(kept.vault.count_keys().await, &Kind::store(true));
    assert_eq!(kept.vault.count_keys().await.unwrap().of("2026-01"), Some(1));
}

#[tokio::test]
async fn the_store_in_memory_is_counted_too() {
    let scenario = Scenario::fatsecret();
    let vault = Vault::new(&scenario.client, keys(), MemoryStore::new());
    for number in 0..300 {
        vault.save(&format!("user {number}"), &scenario.to_granted()).await.unwrap();
    }
    assert_eq!(vault.count_keys().await.unwrap().of("2026-01"), Some(300));
}

/// A store whose author had no way to list what it holds.
#[tokio::test]
async fn a_store_that_cannot_list_is_told_of() {
    let kept = kept();
    let vault = Vault::new(&kept.scenario.client, turned(), Unlisted(kept.shelf.clone()));
    kept.vault.save("ada", &kept.scenario.to_granted()).await.unwrap();
    loads(&vault).await;
    assert_eq!(kept.key_id(), "2026-02");
    let error = vault.count_keys().await.unwrap_err();
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(
        std::error::Error::source(source).unwrap().to_string(),
        "this store does not list its entries"
    );
    refused::<()>(Err(error), &Kind::store(false));
}

struct Unlisted(Shelf);

mod unlisted {
    use std::time::Duration;

    use tripod::vault::store::{Claim, Key, Store, StoreFuture, Taken, Value};

    impl Store for super::Unlisted {
        fn put<'a>(
            &'a self,
            key: &'a Key,
            value: Value<'a>,
            lifetime: Option<Duration>,
        ) -> StoreFuture<'a, ()> {
            self.0.put(key, value, lifetime)
        }

        fn get<'a>(&'a self, key: &'a Key) -> StoreFuture<'a, Option<Vec<u8>>> {
            self.0.get(key)
        }

        fn take<'a>(&'a self, key: &'a Key, claim: &'a Claim) -> StoreFuture<'a, Taken> {
            self.0.take(key, claim)
        }

        fn delete<'a>(&'a self, key: &'a Key) -> StoreFuture<'a, bool> {
            self.0.delete(key)
        }

        fn replace<'a>(
            &'a self,
            key: &'a Key,
            old: Value<'a>,
            new: Value<'a>,
        ) -> StoreFuture<'a, bool> {
            self.0.replace(key, old, new)
        }
    }
}
