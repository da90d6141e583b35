//! The OAuth server: who may ask, which tokens it has issued, and which nonces it has seen.
//!
//! Everything is bounded: the oldest entry makes room for the newest.

use std::collections::{BTreeMap, BTreeSet};

use crate::{config::Config, problem::TokenProblem, store::Store};

/// Nonces that are remembered for each token that is kept.
const NONCES: usize = 20;
/// Wrong verifiers after which a request token is spent: a PIN is short enough to be guessed.
const VERIFIER_TRIES: u8 = 5;

pub(crate) struct OauthServer {
    pub(crate) consumers: BTreeMap<String, Registered>,
    pub(crate) request_tokens: Store<RequestToken>,
    pub(crate) access_tokens: Store<Grant>,
    /// Passwords of the users who were added, by name.
    pub(crate) passwords: BTreeMap<String, String>,
    /// Values that the next tokens get, given by the test.
    pub(crate) next_request_token: Option<(String, String)>,
    pub(crate) next_access_token: Option<(String, String)>,
    pub(crate) next_verifier: Option<String>,
    /// Seconds by which the sandbox's clock differs from the one it is built on.
    clock_offset: i64,
    nonces: BTreeSet<(u64, String, String, String)>,
    most_nonces: usize,
}

/// An application that is known to the provider.
pub(crate) struct Registered {
    pub(crate) secret: String,
    pub(crate) name: String,
    /// The highest timestamp that was accepted.
    pub(crate) last_timestamp: u64,
}

pub(crate) struct RequestToken {
    pub(crate) secret: String,
    pub(crate) consumer: String,
    /// None: out of band.
    pub(crate) callback: Option<String>,
    pub(crate) issued_at: i64,
    pub(crate) answer: Answer,
    pub(crate) wrong_verifiers: u8,
}

/// How far a request token has come.
pub(crate) enum Answer {
    Waiting,
    Yes { user: String, verifier: String },
    No,
    Spent,
}

/// An access token's meaning.
pub(crate) struct Grant {
    pub(crate) secret: String,
    pub(crate) consumer: String,
    pub(crate) user: String,
}

impl OauthServer {
    pub(crate) fn new(config: &Config) -> Self {
        let (key, secret) = config.consumer.clone();
        let consumer = Registered::new(secret, config.application.clone());
        let mut access_tokens = Store::new(config.capacity);
        for (token, secret) in &config.grants {
            let (secret, user) = (secret.clone(), config.user.name.clone());
            access_tokens.insert(token.clone(), Grant { secret, consumer: key.clone(), user });
        }
        Self {
            consumers: BTreeMap::from([(key, consumer)]),
            request_tokens: Store::new(config.capacity),
            access_tokens,
            passwords: BTreeMap::new(),
            next_request_token: config.request_token.clone(),
            next_access_token: config.access_token.clone(),
            next_verifier: config.verifier.clone(),
            clock_offset: config.clock_offset,
            nonces: BTreeSet::new(),
            most_nonces: config.capacity.saturating_mul(NONCES),
        }
    }

    /// The sandbox's clock, in Unix seconds.
    pub(crate) fn now(&self, config: &Config) -> i64 {
        config.clock().saturating_add(self.clock_offset)
    }

    /// Moves the clock. After a step back, timestamps may be lower again as well.
    pub(crate) fn shift_clock(&mut self, seconds: i64) {
        self.clock_offset = self.clock_offset.saturating_add(seconds);
        if seconds < 0 {
            for consumer in self.consumers.values_mut() {
                consumer.last_timestamp = 0;
            }
        }
    }

    /// Remembers a nonce, and whether it was new. `earliest` is the oldest timestamp still accepted.
    pub(crate) fn remember_nonce(
        &mut self,
        earliest: u64,
        timestamp: u64,
        consumer: &str,
        token: &str,
        nonce: &str,
    ) -> bool {
        while self
            .nonces
            .first()
            .is_some_and(|oldest| oldest.0 < earliest || self.nonces.len() >= self.most_nonces)
        {
            self.nonces.pop_first();
        }
        self.nonces.insert((timestamp, consumer.to_owned(), token.to_owned(), nonce.to_owned()))
    }
}

impl Registered {
    pub(crate) fn new(secret: String, name: String) -> Self {
        Self { secret, name, last_timestamp: 0 }
    }
}

impl RequestToken {
    pub(crate) fn is_expired(&self, now: i64, config: &Config) -> bool {
        let lifetime = i64::try_from(config.request_token_lifetime.as_secs()).unwrap_or(i64::MAX);
        now.saturating_sub(self.issued_at) >= lifetime
    }

    /// Whether the user may still answer.
    pub(crate) fn can_be_answered(&self, now: i64, config: &Config) -> Result<(), TokenProblem> {
        match self.answer {
            Answer::Waiting if self.is_expired(now, config) => Err(TokenProblem::Expired),
            Answer::Waiting => Ok(()),
            Answer::Yes { .. } | Answer::No | Answer::Spent => Err(TokenProblem::Used),
        }
    }

    pub(crate) fn wrong_verifier(&mut self) {
        self.wrong_verifiers += 1;
        if self.wrong_verifiers >= VERIFIER_TRIES {
            self.answer = Answer::Spent;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::CAPACITY;

    #[test]
    fn nonces_are_bounded_and_forgotten_when_too_old() {
        let config = Config::default();
        let mut server = OauthServer::new(&config);
        assert!(server.remember_nonce(0, 10, "key", "", "n"));
        assert!(!server.remember_nonce(0, 10, "key", "", "n"));
        assert!(server.remember_nonce(0, 11, "key", "", "n"));
        assert!(server.remember_nonce(0, 11, "key", "token", "n"));
        assert!(server.remember_nonce(11, 12, "key", "", "n"));
        assert_eq!(server.nonces.len(), 3);
        for n in 0..CAPACITY * NONCES + 5 {
            server.remember_nonce(0, 20, "key", "", &n.to_string());
        }
        assert_eq!(server.nonces.len(), CAPACITY * NONCES);
    }
}
