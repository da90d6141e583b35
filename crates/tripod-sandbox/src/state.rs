//! What the sandbox remembers. Everything is bounded: the oldest entry makes room for the newest.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use super::{
    Endpoint, Fault, Seen,
    builder::Config,
    data::{Account, Shapes},
    problem::TokenProblem,
};

/// Tokens of one kind, and requests of the log, that are kept unless the builder says otherwise.
pub(super) const CAPACITY: usize = 1000;
/// Nonces that are remembered for each of these.
const NONCES: usize = 20;
/// Faults that wait.
const FAULTS: usize = 1000;
/// Wrong verifiers after which a request token is spent: a PIN is short enough to be guessed.
const VERIFIER_TRIES: u8 = 5;

pub(super) struct State {
    pub(super) consumers: BTreeMap<String, Registered>,
    pub(super) request_tokens: Store<RequestToken>,
    pub(super) access_tokens: Store<Grant>,
    pub(super) accounts: BTreeMap<String, Account>,
    /// Passwords of those who were added, by name.
    pub(super) users: BTreeMap<String, String>,
    /// Access tokens of profiles, by consumer key and the application's own id of the user.
    pub(super) profiles: BTreeMap<(String, String), (String, String)>,
    pub(super) shapes: Shapes,
    pub(super) requests: usize,
    pub(super) connections: u64,
    pub(super) log: VecDeque<Seen>,
    /// Seconds by which the sandbox's clock differs from the one it is built on.
    pub(super) clock_offset: i64,
    /// Values that the next tokens get, given by the test.
    pub(super) next_request_token: Option<(String, String)>,
    pub(super) next_access_token: Option<(String, String)>,
    pub(super) next_verifier: Option<String>,
    capacity: usize,
    nonces: BTreeSet<(u64, String, String, String)>,
    faults: VecDeque<(Option<Endpoint>, Fault)>,
}

/// An application that is known to the provider.
pub(super) struct Registered {
    pub(super) secret: String,
    pub(super) name: String,
    /// The highest timestamp that was accepted.
    pub(super) last_timestamp: u64,
}

pub(super) struct RequestToken {
    pub(super) secret: String,
    pub(super) consumer: String,
    /// None: out of band.
    pub(super) callback: Option<String>,
    pub(super) issued_at: i64,
    pub(super) answer: Answer,
    pub(super) wrong_verifiers: u8,
}

/// How far a request token has come.
pub(super) enum Answer {
    Waiting,
    Yes { user: String, verifier: String },
    No,
    Spent,
}

/// An access token's meaning.
pub(super) struct Grant {
    pub(super) secret: String,
    pub(super) consumer: String,
    pub(super) user: String,
}

impl State {
    pub(super) fn new(config: &Config) -> Self {
        let consumer = Registered {
            secret: config.consumer.1.clone(),
            name: config.application.clone(),
            last_timestamp: 0,
        };
        let account = Account::new(&config.user.name, 0);
        let mut access_tokens = Store::new(config.capacity);
        for (token, secret) in &config.grants {
            let (secret, user) = (secret.clone(), config.user.name.clone());
            let grant = Grant { secret, consumer: config.consumer.0.clone(), user };
            access_tokens.insert(token.clone(), grant);
        }
        Self {
            consumers: BTreeMap::from([(config.consumer.0.clone(), consumer)]),
            request_tokens: Store::new(config.capacity),
            access_tokens,
            accounts: BTreeMap::from([(config.user.name.clone(), account)]),
            users: BTreeMap::new(),
            profiles: BTreeMap::new(),
            shapes: Shapes::new(config.odd_shapes, config.error_code_as_text),
            requests: 0,
            connections: 0,
            log: VecDeque::new(),
            clock_offset: config.clock_offset,
            next_request_token: config.request_token.clone(),
            next_access_token: config.access_token.clone(),
            next_verifier: config.verifier.clone(),
            capacity: config.capacity,
            nonces: BTreeSet::new(),
            faults: VecDeque::new(),
        }
    }

    pub(super) fn inject(&mut self, endpoint: Option<Endpoint>, fault: Fault) {
        if self.faults.len() < FAULTS {
            self.faults.push_back((endpoint, fault));
        }
    }

    /// Takes the first waiting fault that is for this endpoint and that `fits` accepts.
    pub(super) fn take_fault(
        &mut self,
        endpoint: Endpoint,
        fits: impl Fn(&Fault) -> bool,
    ) -> Option<Fault> {
        let at = self.faults.iter().position(|(only, fault)| {
            only.is_none_or(|only| only == endpoint) && fault.concerns(endpoint) && fits(fault)
        })?;
        self.faults.remove(at).map(|(_, fault)| fault)
    }

    pub(super) fn faults_waiting(&self) -> usize {
        self.faults.len()
    }

    pub(super) fn record(&mut self, seen: Seen) {
        if self.log.len() >= self.capacity {
            self.log.pop_front();
        }
        self.log.push_back(seen);
    }

    /// Moves the clock. After a step back, timestamps may be lower again as well.
    pub(super) fn shift_clock(&mut self, seconds: i64) {
        self.clock_offset = self.clock_offset.saturating_add(seconds);
        if seconds < 0 {
            for consumer in self.consumers.values_mut() {
                consumer.last_timestamp = 0;
            }
        }
    }

    /// Remembers a nonce, and whether it was new. `earliest` is the oldest timestamp still accepted.
    pub(super) fn remember_nonce(
        &mut self,
        earliest: u64,
        timestamp: u64,
        consumer: &str,
        token: &str,
        nonce: &str,
    ) -> bool {
        let most = self.capacity.saturating_mul(NONCES);
        while self
            .nonces
            .first()
            .is_some_and(|oldest| oldest.0 < earliest || self.nonces.len() >= most)
        {
            self.nonces.pop_first();
        }
        self.nonces.insert((timestamp, consumer.to_owned(), token.to_owned(), nonce.to_owned()))
    }
}

impl RequestToken {
    pub(super) fn is_expired(&self, now: i64, config: &Config) -> bool {
        let lifetime = i64::try_from(config.request_token_lifetime.as_secs()).unwrap_or(i64::MAX);
        now.saturating_sub(self.issued_at) >= lifetime
    }

    /// Whether the user may still answer.
    pub(super) fn can_be_answered(&self, now: i64, config: &Config) -> Result<(), TokenProblem> {
        match self.answer {
            Answer::Waiting if self.is_expired(now, config) => Err(TokenProblem::Expired),
            Answer::Waiting => Ok(()),
            Answer::Yes { .. } | Answer::No | Answer::Spent => Err(TokenProblem::Used),
        }
    }

    pub(super) fn wrong_verifier(&mut self) {
        self.wrong_verifiers += 1;
        if self.wrong_verifiers >= VERIFIER_TRIES {
            self.answer = Answer::Spent;
        }
    }
}

/// Values by token, and the order they came in. At most `capacity` of them.
pub(super) struct Store<T> {
    values: HashMap<String, T>,
    order: VecDeque<String>,
    capacity: usize,
}

impl<T> Store<T> {
    fn new(capacity: usize) -> Self {
        Self { values: HashMap::new(), order: VecDeque::new(), capacity }
    }

    pub(super) fn insert(&mut self, token: String, value: T) {
        self.remove(&token);
        if self.order.len() >= self.capacity {
            if let Some(oldest) = self.order.pop_front() {
                self.values.remove(&oldest);
            }
        }
        self.order.push_back(token.clone());
        self.values.insert(token, value);
    }

    pub(super) fn get(&self, token: &str) -> Option<&T> {
        self.values.get(token)
    }

    pub(super) fn get_mut(&mut self, token: &str) -> Option<&mut T> {
        self.values.get_mut(token)
    }

    pub(super) fn remove(&mut self, token: &str) -> bool {
        let known = self.values.remove(token).is_some();
        if known {
            self.order.retain(|candidate| candidate != token);
        }
        known
    }

    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.values.values_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stores_are_bounded_and_drop_the_oldest() {
        let mut store = Store::new(10);
        for n in 0..=10 {
            store.insert(n.to_string(), n);
        }
        assert_eq!(store.get("0"), None);
        assert_eq!(store.get("1"), Some(&1));
        assert_eq!(store.values.len(), 10);
        // One that comes again is the newest then.
        store.insert("1".to_owned(), 1);
        store.insert("11".to_owned(), 11);
        assert_eq!((store.get("1"), store.get("2")), (Some(&1), None));
        assert_eq!((store.values.len(), store.order.len()), (10, 10));
    }

    #[test]
    fn nonces_are_bounded_and_forgotten_when_too_old() {
        let config = Config::default();
        let mut state = State::new(&config);
        assert!(state.remember_nonce(0, 10, "key", "", "n"));
        assert!(!state.remember_nonce(0, 10, "key", "", "n"));
        assert!(state.remember_nonce(0, 11, "key", "", "n"));
        assert!(state.remember_nonce(0, 11, "key", "token", "n"));
        assert!(state.remember_nonce(11, 12, "key", "", "n"));
        assert_eq!(state.nonces.len(), 3);
        for n in 0..CAPACITY * NONCES + 5 {
            state.remember_nonce(0, 20, "key", "", &n.to_string());
        }
        assert_eq!(state.nonces.len(), CAPACITY * NONCES);
    }
}
