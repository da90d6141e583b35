use super::*;

const MINUTE: Option<Duration> = Some(Duration::from_secs(60));

#[derive(Clone, Debug, Default)]
struct Hand(Arc<AtomicU64>);

impl Hand {
    fn advance(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for Hand {
    fn unix_seconds(&self) -> i64 {
        1
    }
    fn monotonic(&self) -> Duration {
        Duration::from_secs(self.0.load(Ordering::SeqCst))
    }
}

fn with_hand() -> (MemoryStore, Hand) {
    let hand = Hand::default();
    (MemoryStore::new().with_clock(hand.clone()), hand)
}

#[test]
fn an_entry_is_there_until_its_lifetime_is_over() {
    let (store, hand) = with_hand();
    store.put_now("a", b"1", MINUTE).unwrap();
    store.put_now("b", b"2", None).unwrap();
    hand.advance(59);
    assert_eq!(store.get_now("a").as_deref(), Some(&b"1"[..]));
    hand.advance(1);
    assert_eq!(store.get_now("a"), None);
    assert_eq!(store.take_now("a", &Claim::new()), Taken::Missing);
    assert!(!store.delete_now("a"));
    assert_eq!(store.get_now("b").as_deref(), Some(&b"2"[..]));
}

#[test]
fn a_taken_entry_expires_as_well() {
    let (store, hand) = with_hand();
    let claim = Claim::new();
    store.put_now("a", b"1", MINUTE).unwrap();
    assert_eq!(store.take_now("a", &claim), Taken::Value(b"1".to_vec()));
    assert_eq!(store.get_now("a"), None);
    assert_eq!(store.take_now("a", &Claim::new()), Taken::Already);
    hand.advance(60);
    assert_eq!(store.take_now("a", &claim), Taken::Missing);
    assert!(store.is_empty());
}

#[test]
fn puts_drop_what_has_expired() {
    let (store, hand) = with_hand();
    for at in 0..10_000 {
        store.put_now(&format!("old:{at}"), b"1", MINUTE).unwrap();
    }
    hand.advance(60);
    for at in 0..10_000 {
        store.put_now(&format!("new:{at}"), b"1", MINUTE).unwrap();
    }
    assert_eq!(store.len(), 10_000);
    let keys: u64 = (0..10_000).map(|at| format!("new:{at}").len() as u64).sum();
    assert_eq!(store.used.load(Ordering::SeqCst), 10_000 * (OVERHEAD + 1) + keys);
}

#[test]
fn replacing_leaves_nothing_behind() {
    let (store, _) = with_hand();
    for lifetime in 1..1_000 {
        store.put_now("a", b"1", Some(Duration::from_secs(lifetime))).unwrap();
    }
    store.put_now("a", b"1", None).unwrap();
    let shard = store.shard("a");
    assert_eq!((shard.entries.len(), shard.deadlines.len()), (1, 0));
    assert_eq!(store.used.load(Ordering::SeqCst), 258);
}

#[test]
fn a_full_store_refuses_and_loses_nothing() {
    let (store, hand) = with_hand();
    let store = store.with_capacity(2 * 258);
    store.put_now("a", b"1", MINUTE).unwrap();
    store.put_now("b", b"2", None).unwrap();
    let error = store.put_now("c", b"3", None).unwrap_err();
    assert!(!error.is_retryable());
    // Another value of the same length fits, a longer one does not.
    store.put_now("b", b"4", None).unwrap();
    store.put_now("b", b"55", None).unwrap_err();
    assert_eq!(store.get_now("a").as_deref(), Some(&b"1"[..]));
    assert_eq!(store.get_now("b").as_deref(), Some(&b"4"[..]));
    hand.advance(60);
    assert_eq!(store.get_now("a"), None);
    store.put_now("c", b"3", None).unwrap();
    assert!(store.delete_now("c"));
    assert!(store.delete_now("b"));
    assert_eq!(store.used.load(Ordering::SeqCst), 0);
}

#[test]
fn one_of_many_threads_takes() {
    let store = MemoryStore::new();
    store.put_now("a", b"1", MINUTE).unwrap();
    let won = std::thread::scope(|scope| {
        let taker = || matches!(store.take_now("a", &Claim::new()), Taken::Value(_));
        let takers: Vec<_> = (0..16).map(|_| scope.spawn(taker)).collect();
        takers.into_iter().filter_map(|taker| taker.join().ok()).filter(|won| *won).count()
    });
    assert_eq!(won, 1);
}
