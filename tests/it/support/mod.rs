//! A scripted transport, a clock and nonces that stand still, and the way to any state.

mod expected;
mod heard;
mod hurried;
mod kind;
mod on_thread;
mod script;

use std::{
    fmt::{Debug, Write as _},
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

pub(crate) use self::{
    expected::Expected,
    heard::Heard,
    hurried::Hurry,
    kind::Kind,
    on_thread::OnThread,
    script::{Answer, Script, reply},
};
use tripod::{
    Authorized, Callback, Client, Clock, Consumer, Endpoints, Error, Flow, Nonce, PendingFlow,
    Provider, Session, Unauthorized,
};

/// The time at which all scenarios stand.
pub(crate) const NOW: i64 = 1_767_225_600;

pub(crate) const KEY: &str = "key 1";
pub(crate) const SECRET: &str = "consumer&secret/1";
pub(crate) const CALLBACK: &str = "https://app.example/back?tab=3";
pub(crate) const REQUEST_TOKEN: &str = "request/token+1";
pub(crate) const REQUEST_SECRET: &str = "request=secret/1";
pub(crate) const VERIFIER: &str = "verifier/77";
pub(crate) const ACCESS_TOKEN: &str = "access/token+1";
pub(crate) const ACCESS_SECRET: &str = "access=secret/1";

pub(crate) const ISSUED: &str = "oauth_token=request%2Ftoken%2B1&\
    oauth_token_secret=request%3Dsecret%2F1&oauth_callback_confirmed=true";
pub(crate) const GRANTED: &str = "oauth_token=access%2Ftoken%2B1&\
    oauth_token_secret=access%3Dsecret%2F1&user_id=7";

/// A clock whose hands the test moves.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hands(Arc<(AtomicI64, AtomicU64)>);

impl Hands {
    pub(crate) fn at(unix_seconds: i64) -> Self {
        let hands = Self::default();
        hands.set(unix_seconds);
        hands
    }

    /// Sets the time of day alone.
    pub(crate) fn set(&self, unix_seconds: i64) {
        self.0.0.store(unix_seconds, Ordering::SeqCst);
    }

    /// Lets time pass on both clocks.
    pub(crate) fn pass(&self, by: Duration) {
        self.0.0.fetch_add(i64::try_from(by.as_secs()).unwrap(), Ordering::SeqCst);
        self.0.1.fetch_add(u64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for Hands {
    fn unix_seconds(&self) -> i64 {
        self.0.0.load(Ordering::SeqCst)
    }

    fn monotonic(&self) -> Duration {
        Duration::from_millis(self.0.1.load(Ordering::SeqCst))
    }
}

/// A client whose provider is a script.
pub(crate) struct Scenario {
    pub(crate) client: Client,
    pub(crate) script: Script,
    pub(crate) hands: Hands,
    /// How many nonces were drawn.
    nonces: Arc<AtomicU64>,
}

impl Scenario {
    pub(crate) fn fatsecret() -> Self {
        Self::at(Provider::fatsecret())
    }

    /// The provider of RFC 5849's own examples, over TLS.
    pub(crate) fn photos() -> Self {
        Self::at(photos())
    }

    pub(crate) fn at(provider: Provider) -> Self {
        let (script, hands) = (Script::default(), Hands::at(NOW));
        let drawn = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&drawn);
        let nonces = move || {
            Nonce::new(&format!("nonce{}", count.fetch_add(1, Ordering::SeqCst) + 1)).unwrap()
        };
        let client = Client::from_transport(provider, Consumer::new(KEY, SECRET), script.clone())
            .with_clock(hands.clone())
            .with_nonces(nonces);
        Self { client, script, hands, nonces: drawn }
    }

    pub(crate) fn unauthorized(&self) -> Flow<Unauthorized> {
        self.client.begin(Callback::url(CALLBACK).unwrap())
    }

    /// Takes the step by its halves, so that the script is not used up, and gives the nonce back.
    pub(crate) fn to_issued(&self) -> PendingFlow {
        let drawn = self.nonces.load(Ordering::SeqCst);
        let (_, awaiting) = self.unauthorized().build().unwrap();
        self.nonces.store(drawn, Ordering::SeqCst);
        awaiting.receive(&reply(200, ISSUED)).unwrap()
    }

    pub(crate) fn to_authorized(&self) -> Flow<Authorized> {
        self.to_issued().authorize(VERIFIER).unwrap()
    }

    pub(crate) fn to_granted(&self) -> Session {
        let drawn = self.nonces.load(Ordering::SeqCst);
        let (_, awaiting) = self.to_authorized().build().unwrap();
        self.nonces.store(drawn, Ordering::SeqCst);
        awaiting.receive(&reply(200, GRANTED)).unwrap()
    }
}

pub(crate) fn photos() -> Provider {
    Provider::new(Endpoints {
        request_token: "https://photos.example.net/initiate",
        authorize: "https://photos.example.net/authorize",
        access_token: "https://photos.example.net/token",
    })
    .unwrap()
}

/// Everything that is said of a value and its sources holds none of the scenario's secrets, in any
/// spelling that a URL or a base string gives them.
#[track_caller]
pub(crate) fn quiet<E: std::error::Error + Debug>(error: &E) {
    let mut said = format!("{error}\n{error:?}\n{error:#?}");
    let mut source = error.source();
    while let Some(inner) = source {
        write!(said, "\n{inner}\n{inner:?}\n{inner:#?}").unwrap();
        source = inner.source();
    }
    silent(&said);
}

/// An explanation is of this request, and says none of the scenario's secrets.
#[track_caller]
pub(crate) fn explains(explained: &tripod::signature::Explanation, expected: &Expected<'_>) {
    assert_eq!(explained.signature(), expected.signature());
    let uri = crate::naive::encode(expected.base_uri);
    let head = format!("{}&{uri}&", expected.method);
    assert!(explained.base_string().unwrap().starts_with(&head), "{explained}");
    silent(&format!("{explained} {explained:?}"));
}

/// The text holds none of the scenario's secrets.
#[track_caller]
pub(crate) fn silent(said: &str) {
    for secret in
        [SECRET, REQUEST_TOKEN, REQUEST_SECRET, VERIFIER, ACCESS_TOKEN, ACCESS_SECRET, "tab=3"]
    {
        let once = crate::naive::encode(secret);
        let twice = crate::naive::encode(&once);
        for spelling in [secret, &once, &twice] {
            assert!(!said.contains(spelling), "{spelling} is in {said}");
        }
    }
}

/// A failed step's error is of this kind, at this stage, says this, and says no secret.
#[track_caller]
pub(crate) fn failed_with(error: &Error, stage: tripod::Stage, kind: &Kind, text: &str) {
    assert_eq!(error.kind(), kind);
    assert_eq!(error.stage(), stage);
    assert_eq!(error.to_string(), text);
    quiet(error);
}

/// A value that several tasks put things into.
pub(crate) type Shared<T> = Arc<Mutex<T>>;
