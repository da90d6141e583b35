//! What every store must do.

use std::{collections::BTreeSet, pin::Pin, sync::Arc, time::Duration};

use libtest_mimic::Trial;
use tokio::task::JoinSet;
use tripod::vault::store::{Claim, Heads, Key, Store, Taken, Value};

use crate::{
    backend::{Backend, Home},
    skipped, trial,
};

const MINUTE: Option<Duration> = Some(Duration::from_secs(60));
/// Looks at a condition this often, at most so many times.
const PAUSE: Duration = Duration::from_millis(5);
const LOOKS: usize = 4_000;

type Check = fn(Home) -> Pin<Box<dyn Future<Output = ()>>>;

macro_rules! checks {
    ($($name:ident),* $(,)?) => {
        [$((stringify!($name), |home| Box::pin($name(home)))),*]
    };
}

const CHECKS: [(&str, Check); 19] = checks![
    an_entry_is_kept_and_replaced,
    the_first_claim_wins,
    the_same_claim_takes_again,
    putting_replaces_a_claim,
    deleting_forgets,
    entries_expire,
    a_taken_entry_expires_when_it_would_have,
    a_lifetime_of_zero_is_over,
    long_lifetimes_are_kept,
    one_of_sixty_four_wins,
    one_of_sixty_four_wins_while_others_delete,
    values_up_to_64_kib,
    the_longest_key,
    similar_keys_are_apart,
    many_callers_at_once,
    what_was_read_is_replaced_and_nothing_else,
    a_replaced_entry_expires_when_it_would_have,
    one_of_sixty_four_replaces,
    every_entry_is_listed,
];

pub(crate) fn trials(backend: &Result<Backend, (&'static str, String)>) -> Vec<Trial> {
    let one = |(name, check): (&str, Check)| match backend {
        Ok(backend) => {
            let name = format!("{}::{name}", backend.name());
            let backend = backend.clone();
            trial(name, move || async move { check(backend.home().await).await })
        }
        Err((backend, reason)) => skipped(&format!("{backend}::{name}"), reason),
    };
    CHECKS.into_iter().map(one).collect()
}

async fn an_entry_is_kept_and_replaced(home: Home) {
    let (store, key) = (&home.store, home.key("a"));
    assert_eq!(store.get(&key).await.unwrap(), None);
    store.put(&key, b"one".into(), MINUTE).await.unwrap();
    assert_eq!(store.get(&key).await.unwrap(), Some(b"one".to_vec()));
    store.put(&key, b"\0\xff'two".into(), None).await.unwrap();
    assert_eq!(store.get(&key).await.unwrap(), Some(b"\0\xff'two".to_vec()));
    store.put(&key, b"".into(), MINUTE).await.unwrap();
    assert_eq!(home.another().await.get(&key).await.unwrap(), Some(Vec::new()));
    // A call that is never waited for is never made.
    drop(store.put(&key, b"three".into(), None));
    assert_eq!(store.get(&key).await.unwrap(), Some(Vec::new()));
}

async fn the_first_claim_wins(home: Home) {
    let (store, other, key) = (&home.store, home.another().await, home.key("a"));
    assert_eq!(store.take(&key, &Claim::new()).await.unwrap(), Taken::Missing);
    store.put(&key, b"flow".into(), MINUTE).await.unwrap();
    assert_eq!(store.take(&key, &Claim::new()).await.unwrap(), Taken::Value(b"flow".to_vec()));
    assert_eq!(store.take(&key, &Claim::new()).await.unwrap(), Taken::Already);
    assert_eq!(other.take(&key, &Claim::new()).await.unwrap(), Taken::Already);
    assert_eq!(store.get(&key).await.unwrap(), None);
    assert_eq!(other.get(&key).await.unwrap(), None);
}

async fn the_same_claim_takes_again(home: Home) {
    let (store, other, key) = (&home.store, home.another().await, home.key("a"));
    let (mine, theirs) = (Claim::new(), Claim::new());
    store.put(&key, b"flow".into(), MINUTE).await.unwrap();
    for store in [store, &other, store] {
        assert_eq!(store.take(&key, &mine).await.unwrap(), Taken::Value(b"flow".to_vec()));
        assert_eq!(store.take(&key, &theirs).await.unwrap(), Taken::Already);
    }
    let mut tasks = JoinSet::new();
    for _ in 0..16 {
        let (store, key, mine) = (Arc::clone(store), key.clone(), mine.clone());
        tasks.spawn(async move { store.take(&key, &mine).await.unwrap() });
    }
    for taken in tasks.join_all().await {
        assert_eq!(taken, Taken::Value(b"flow".to_vec()));
    }
}

async fn putting_replaces_a_claim(home: Home) {
    let (store, key) = (&home.store, home.key("a"));
    let (first, second) = (Claim::new(), Claim::new());
    store.put(&key, b"one".into(), MINUTE).await.unwrap();
    store.take(&key, &first).await.unwrap();
    store.put(&key, b"two".into(), MINUTE).await.unwrap();
    assert_eq!(store.get(&key).await.unwrap(), Some(b"two".to_vec()));
    assert_eq!(store.take(&key, &second).await.unwrap(), Taken::Value(b"two".to_vec()));
    assert_eq!(store.take(&key, &first).await.unwrap(), Taken::Already);
}

async fn deleting_forgets(home: Home) {
    let (store, key, claim) = (&home.store, home.key("a"), Claim::new());
    assert!(!store.delete(&key).await.unwrap());
    store.put(&key, b"one".into(), MINUTE).await.unwrap();
    assert!(store.delete(&key).await.unwrap());
    assert!(!store.delete(&key).await.unwrap());
    assert_eq!(store.get(&key).await.unwrap(), None);
    assert_eq!(store.take(&key, &claim).await.unwrap(), Taken::Missing);
    store.put(&key, b"two".into(), None).await.unwrap();
    store.take(&key, &claim).await.unwrap();
    assert!(home.another().await.delete(&key).await.unwrap());
    assert_eq!(store.take(&key, &claim).await.unwrap(), Taken::Missing);
}

async fn entries_expire(home: Home) {
    let (store, key, claim) = (&home.store, home.key("short"), Claim::new());
    let (long, good) = (home.key("long"), home.key("good"));
    store.put(&long, b"1".into(), MINUTE).await.unwrap();
    store.put(&good, b"1".into(), None).await.unwrap();
    store.put(&key, b"1".into(), Some(Duration::from_millis(40))).await.unwrap();
    wait_until(async || store.get(&key).await.unwrap().is_none()).await;
    assert_eq!(store.take(&key, &claim).await.unwrap(), Taken::Missing);
    assert!(!store.delete(&key).await.unwrap());
    assert_eq!(store.get(&long).await.unwrap(), Some(b"1".to_vec()));
    assert_eq!(store.get(&good).await.unwrap(), Some(b"1".to_vec()));
    // A shorter lifetime, and a longer one, replace what was said before.
    store.put(&good, b"2".into(), Some(Duration::from_millis(40))).await.unwrap();
    store.put(&key, b"2".into(), None).await.unwrap();
    wait_until(async || store.get(&good).await.unwrap().is_none()).await;
    assert_eq!(store.get(&key).await.unwrap(), Some(b"2".to_vec()));
}

async fn a_taken_entry_expires_when_it_would_have(home: Home) {
    let (store, key, claim) = (&home.store, home.key("a"), Claim::new());
    // On a slow machine the entry may expire before it is taken; a longer one then will not.
    for lifetime in [40, 400, 4_000, 40_000] {
        store.put(&key, b"1".into(), Some(Duration::from_millis(lifetime))).await.unwrap();
        if store.take(&key, &claim).await.unwrap() != Taken::Missing {
            break;
        }
    }
    // Taking again does not make it last longer.
    wait_until(async || store.take(&key, &claim).await.unwrap() == Taken::Missing).await;
    assert_eq!(store.take(&key, &Claim::new()).await.unwrap(), Taken::Missing);
    assert!(!store.delete(&key).await.unwrap());
}

async fn a_lifetime_of_zero_is_over(home: Home) {
    let (store, key) = (&home.store, home.key("a"));
    store.put(&key, b"1".into(), None).await.unwrap();
    store.put(&key, b"2".into(), Some(Duration::ZERO)).await.unwrap();
    assert_eq!(store.get(&key).await.unwrap(), None);
    assert_eq!(store.take(&key, &Claim::new()).await.unwrap(), Taken::Missing);
    assert!(!store.delete(&key).await.unwrap());
}

async fn long_lifetimes_are_kept(home: Home) {
    let year = Duration::from_secs(365 * 24 * 60 * 60);
    for lifetime in [year, year * 99, year * 100, year * 101, year * 1_000_000, Duration::MAX] {
        let key = home.key(&lifetime.as_secs().to_string());
        home.store.put(&key, b"1".into(), Some(lifetime)).await.unwrap();
        assert_eq!(home.store.get(&key).await.unwrap(), Some(b"1".to_vec()), "{lifetime:?}");
    }
}

async fn one_of_sixty_four_wins(home: Home) {
    let stores = [Arc::clone(&home.store), home.another().await];
    for round in 0..8 {
        let key = home.key(&round.to_string());
        home.store.put(&key, b"flow".into(), MINUTE).await.unwrap();
        let mut tasks = JoinSet::new();
        for task in 0..64 {
            let (store, key) = (Arc::clone(&stores[task % 2]), key.clone());
            tasks.spawn(async move {
                let claim = Claim::new();
                (store.take(&key, &claim).await.unwrap(), claim)
            });
        }
        let (won, lost): (Vec<_>, Vec<_>) = tasks
            .join_all()
            .await
            .into_iter()
            .partition(|(taken, _)| *taken == Taken::Value(b"flow".to_vec()));
        assert_eq!((won.len(), lost.len()), (1, 63));
        assert!(lost.iter().all(|(taken, _)| *taken == Taken::Already));
        // It is the winner's on all machines.
        let again = stores[1].take(&key, &won[0].1).await.unwrap();
        assert_eq!(again, Taken::Value(b"flow".to_vec()));
    }
}

async fn one_of_sixty_four_wins_while_others_delete(home: Home) {
    for round in 0..8 {
        let key = home.key(&round.to_string());
        home.store.put(&key, b"flow".into(), MINUTE).await.unwrap();
        let mut tasks = JoinSet::new();
        for task in 0..64 {
            let (store, key) = (Arc::clone(&home.store), key.clone());
            tasks.spawn(async move {
                if task % 8 == 0 {
                    return (store.delete(&key).await.unwrap(), false);
                }
                let taken = store.take(&key, &Claim::new()).await.unwrap();
                (false, taken == Taken::Value(b"flow".to_vec()))
            });
        }
        let done = tasks.join_all().await;
        assert_eq!(done.iter().filter(|(deleted, _)| *deleted).count(), 1);
        assert!(done.iter().filter(|(_, taken)| *taken).count() <= 1);
    }
}

async fn values_up_to_64_kib(home: Home) {
    let (store, key) = (&home.store, home.key("a"));
    let largest: Vec<u8> = (0..=255).cycle().take(64 << 10).collect();
    store.put(&key, Value::new(&largest).unwrap(), MINUTE).await.unwrap();
    assert!(!Value::new(&vec![1; (64 << 10) + 1]).unwrap_err().is_retryable());
    assert!(store.get(&key).await.unwrap().as_deref() == Some(&largest[..]));
    assert!(store.take(&key, &Claim::new()).await.unwrap() == Taken::Value(largest));
}

async fn the_longest_key(home: Home) {
    let longest = format!("{:k<128}", home.key("Az09-_.:").as_str());
    let longest = Key::new(longest).unwrap();
    home.store.put(&longest, b"1".into(), MINUTE).await.unwrap();
    assert_eq!(home.store.get(&longest).await.unwrap(), Some(b"1".to_vec()));
    assert!(home.store.delete(&longest).await.unwrap());
}

async fn similar_keys_are_apart(home: Home) {
    let names = ["a", "A", "a.", "a-", "a_", "a:", "aa", "0", "00", "0.0", "-0", "1e3", "1000"];
    for name in names {
        home.store
            .put(&home.key(name), Value::new(name.as_bytes()).unwrap(), MINUTE)
            .await
            .unwrap();
    }
    for name in names {
        let value = home.store.get(&home.key(name)).await.unwrap();
        assert_eq!(value.as_deref(), Some(name.as_bytes()));
        assert!(home.store.delete(&home.key(name)).await.unwrap());
        assert!(!home.store.delete(&home.key(name)).await.unwrap());
    }
}

async fn many_callers_at_once(home: Home) {
    let stores = [Arc::clone(&home.store), home.another().await];
    let mut tasks = JoinSet::new();
    for number in 0..400_usize {
        let (here, there) = (Arc::clone(&stores[number % 2]), Arc::clone(&stores[1 - number % 2]));
        let key = home.key(&number.to_string());
        tasks.spawn(async move {
            let value = number.to_be_bytes();
            here.put(&key, (&value).into(), MINUTE).await.unwrap();
            // What was acknowledged here is there.
            assert_eq!(there.get(&key).await.unwrap().as_deref(), Some(&value[..]));
            match there.take(&key, &Claim::new()).await.unwrap() {
                Taken::Value(value) => usize::from_be_bytes(value.try_into().unwrap()),
                other => panic!("{other:?}"),
            }
        });
    }
    let numbers: BTreeSet<usize> = tasks.join_all().await.into_iter().collect();
    assert_eq!(numbers, (0..400).collect());
}

async fn what_was_read_is_replaced_and_nothing_else(home: Home) {
    let (store, other, key) = (&home.store, home.another().await, home.key("a"));
    let replace = async |old: &[u8], new: &[u8]| {
        store.replace(&key, Value::new(old).unwrap(), Value::new(new).unwrap()).await.unwrap()
    };
    assert!(!replace(b"", b"new").await, "there is nothing");
    assert_eq!(store.get(&key).await.unwrap(), None);
    store.put(&key, b"\0one".into(), None).await.unwrap();
    for wrong in [b"".as_slice(), b"\0", b"\0on", b"\0one\0", b"\0ONE", b"one"] {
        assert!(!replace(wrong, b"new").await, "{wrong:?}");
    }
    assert!(replace(b"\0one", b"two").await);
    assert_eq!(other.get(&key).await.unwrap().as_deref(), Some(&b"two"[..]));
    // What is repeated because its reply was lost changes nothing.
    assert!(!replace(b"\0one", b"two").await);
    let largest = vec![7; Value::MAX];
    assert!(replace(b"two", &largest).await);
    assert!(!replace(&largest[1..], b"new").await);
    assert!(replace(&largest, b"").await);
    assert_eq!(other.get(&key).await.unwrap().as_deref(), Some(&b""[..]));
    // Neither one that was taken, whose claim stays.
    let claim = Claim::new();
    assert_eq!(store.take(&key, &claim).await.unwrap(), Taken::Value(Vec::new()));
    assert!(!replace(b"", b"new").await);
    assert_eq!(other.take(&key, &claim).await.unwrap(), Taken::Value(Vec::new()));
    assert_eq!(other.take(&key, &Claim::new()).await.unwrap(), Taken::Already);
    store.delete(&key).await.unwrap();
    assert!(!replace(b"", b"new").await);
}

async fn a_replaced_entry_expires_when_it_would_have(home: Home) {
    let (store, long, short) = (&home.store, home.key("long"), home.key("short"));
    store.put(&long, b"1".into(), None).await.unwrap();
    assert!(store.replace(&long, b"1".into(), b"2".into()).await.unwrap());
    // On a slow machine the entry may expire before it is replaced; a longer one then will not.
    for lifetime in [40, 400, 4_000, 40_000] {
        store.put(&short, b"1".into(), Some(Duration::from_millis(lifetime))).await.unwrap();
        if store.replace(&short, b"1".into(), b"2".into()).await.unwrap() {
            break;
        }
    }
    wait_until(async || store.get(&short).await.unwrap().is_none()).await;
    assert!(!store.replace(&short, b"2".into(), b"3".into()).await.unwrap());
    assert_eq!(store.get(&long).await.unwrap().as_deref(), Some(&b"2"[..]));
}

async fn one_of_sixty_four_replaces(home: Home) {
    let stores = [Arc::clone(&home.store), home.another().await];
    let key = home.key("a");
    home.store.put(&key, b"old".into(), None).await.unwrap();
    let mut tasks = JoinSet::new();
    for task in 0..64_usize {
        let (store, key) = (Arc::clone(&stores[task % 2]), key.clone());
        tasks.spawn(async move {
            let new = task.to_be_bytes();
            let replaced = store.replace(&key, b"old".into(), (&new).into()).await.unwrap();
            replaced.then_some(new)
        });
    }
    let won: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    assert_eq!(won.len(), 1);
    assert_eq!(home.store.get(&key).await.unwrap().as_deref(), Some(&won[0][..]));
}

async fn every_entry_is_listed(home: Home) {
    // More than one page of any store's.
    const ENTRIES: usize = 1_200;
    let store = &home.store;
    let value = |number: usize| format!("{}:{number:04}", home.key("listed"));
    let mut tasks = JoinSet::new();
    for number in 0..ENTRIES {
        let (store, key) = (Arc::clone(store), home.key(&number.to_string()));
        let value = format!("{:-<200}", value(number));
        tasks.spawn(async move {
            store.put(&key, Value::new(value.as_bytes()).unwrap(), MINUTE).await.unwrap();
        });
    }
    tasks.join_all().await;
    // One for good and short, one that is taken, one that has expired, and one that is gone.
    store.put(&home.key("0"), Value::new(value(0).as_bytes()).unwrap(), None).await.unwrap();
    store.take(&home.key("1"), &Claim::new()).await.unwrap();
    let expired = value(2);
    let expired = Value::new(expired.as_bytes()).unwrap();
    store.put(&home.key("2"), expired, Some(Duration::ZERO)).await.unwrap();
    store.delete(&home.key("3")).await.unwrap();

    let (mut listed, mut after, mut pages) = (BTreeSet::new(), None::<String>, 0);
    loop {
        let heads = store.heads(after.as_deref()).await.unwrap();
        listed.extend(heads.values);
        pages += 1;
        match heads.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    assert!(pages > 1, "{pages}");
    let short = |number| value(number).into_bytes();
    let long = |number| format!("{:-<128}", value(number)).into_bytes();
    // Other trials' entries are there too, on a server.
    let ours = |head: &&Vec<u8>| head.starts_with(home.key("listed").as_str().as_bytes());
    let found: BTreeSet<Vec<u8>> = listed.iter().filter(ours).cloned().collect();
    let expected = [short(0), long(1)].into_iter().chain((4..ENTRIES).map(long));
    assert_eq!(found.len(), ENTRIES - 2);
    assert_eq!(found, expected.collect());
    assert!(listed.iter().all(|head| head.len() <= Heads::BYTES));
}

async fn wait_until(condition: impl AsyncFn() -> bool) {
    for _ in 0..LOOKS {
        if condition().await {
            return;
        }
        tokio::time::sleep(PAUSE).await;
    }
    panic!("it did not come to be");
}
