//! The OAuth server: who may ask, which tokens it has issued, and which nonces it has seen.
//!
//! Everything is bounded: the oldest entry makes room for the newest.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    config::Config, dialect::Life, naive::Pair, problem::TokenProblem, random, received::find,
    store::Store,
};

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
    /// Verifiers that the provider has pushed for the next request token, by consumer.
    pub(crate) pushed: BTreeMap<String, String>,
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
    /// What the application asked for: parameters of the call, and then those of the page.
    pub(crate) asked: Vec<Pair>,
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
    pub(crate) expires_at: Option<i64>,
    /// Seconds without a call after which it sleeps.
    pub(crate) sleeps_after: Option<i64>,
    pub(crate) last_used: i64,
    /// What renews it.
    pub(crate) handle: String,
}

impl Grant {
    /// A grant that is good from now on, for as long as the provider says.
    pub(crate) fn new(
        (secret, consumer, user): (String, String, String),
        life: Life,
        asked: &[Pair],
        now: i64,
    ) -> Self {
        let (expires_at, sleeps_after) = match life {
            Life::Forever => (None, None),
            Life::Seconds(seconds) => (Some(now.saturating_add(seconds)), None),
            Life::Expiration => {
                let day = 24 * 3600;
                let seconds = match find(asked, "expiration") {
                    Some("never") => None,
                    Some("1hour") => Some(3600),
                    Some("1day") => Some(day),
                    _ => Some(30 * day),
                };
                (seconds.map(|seconds| now.saturating_add(seconds)), None)
            }
            Life::Unless(seconds, name, word) => {
                let words = find(asked, name).unwrap_or_default();
                let is_asked_for = words.split('|').any(|asked| asked == word);
                ((!is_asked_for).then(|| now.saturating_add(seconds)), None)
            }
            Life::DayInNewYork(idle) => (midnight_in_new_york(now), Some(idle)),
        };
        let handle = random::hex();
        Self { secret, consumer, user, expires_at, sleeps_after, last_used: now, handle }
    }

    pub(crate) fn is_expired(&self, now: i64) -> bool {
        self.expires_at.is_some_and(|end| now >= end)
    }

    pub(crate) fn sleeps(&self, now: i64) -> bool {
        self.sleeps_after.is_some_and(|idle| now.saturating_sub(self.last_used) >= idle)
    }
}

/// The next midnight in New York, by the rule that is in force since 2007.
fn midnight_in_new_york(now: i64) -> Option<i64> {
    let zone = TimeZone::posix("EST5EDT,M3.2.0,M11.1.0").ok()?;
    let today = zone.to_datetime(Timestamp::from_second(now).ok()?).date();
    let midnight = today.tomorrow().ok()?.at(0, 0, 0, 0);
    Some(zone.to_timestamp(midnight).ok()?.as_second())
}

impl OauthServer {
    pub(crate) fn new(config: &Config) -> Self {
        let (key, secret) = config.consumer.clone();
        let consumer = Registered::new(secret, config.application.clone());
        let mut access_tokens = Store::new(config.capacity);
        for (token, secret) in &config.grants {
            let whose = (secret.clone(), key.clone(), config.user.name.clone());
            let now = config.clock().saturating_add(config.clock_offset);
            let grant = Grant::new(whose, config.dialect.life, &[], now);
            access_tokens.insert(token.clone(), grant);
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
            pushed: BTreeMap::new(),
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

    /// Returns whether the user may still answer.
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
    fn a_day_in_new_york_ends_at_its_midnight_in_winter_and_in_summer() {
        let second = |text: &str| text.parse::<Timestamp>().unwrap().as_second();
        let check = |now: &str, midnight: &str| {
            assert_eq!(midnight_in_new_york(second(now)), Some(second(midnight)), "{now}");
        };
        check("2026-11-26T12:00:00Z", "2026-11-27T05:00:00Z");
        check("2026-11-26T04:59:59Z", "2026-11-26T05:00:00Z");
        check("2026-11-26T05:00:00Z", "2026-11-27T05:00:00Z");
        check("2026-07-01T12:00:00Z", "2026-07-02T04:00:00Z");
        // Clocks go forward on 8 March and back on 1 November.
        check("2026-03-08T06:00:00Z", "2026-03-09T04:00:00Z");
        check("2026-11-01T06:00:00Z", "2026-11-02T05:00:00Z");
    }

    #[test]
    fn a_grant_lives_as_long_as_was_asked_for() {
        let whose = || (String::new(), String::new(), String::new());
        let pair = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
        let ends = |life, asked: &[Pair]| Grant::new(whose(), life, asked, 1000).expires_at;
        assert_eq!(ends(Life::Forever, &[]), None);
        assert_eq!(ends(Life::Seconds(5), &[]), Some(1005));
        assert_eq!(ends(Life::Expiration, &[]), Some(1000 + 30 * 86400));
        assert_eq!(ends(Life::Expiration, &pair("expiration", "1hour")), Some(4600));
        assert_eq!(ends(Life::Expiration, &pair("expiration", "never")), None);
        let life = Life::Unless(7200, "scopes", "offline_access");
        assert_eq!(ends(life, &pair("scopes", "email")), Some(8200));
        assert_eq!(ends(life, &pair("scopes", "email|offline_access")), None);
        let grant = Grant::new(whose(), Life::DayInNewYork(7200), &[], 1000);
        assert!(!grant.sleeps(8199) && grant.sleeps(8200));
        assert!(
            !grant.is_expired(17_999) && grant.is_expired(18_000),
            "05:00 UTC on the first day"
        );
    }

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
