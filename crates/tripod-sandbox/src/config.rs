//! What a sandbox allows, which values it hands out, and what its clock says.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::Method;

use crate::{
    dialect::{self, Dialect},
    endpoint::Placement,
    fault::Denial,
    log::Seen,
    random,
    rsa::PublicKey,
    site::SiteNames,
};

/// The password of the user whom nobody has named otherwise.
pub(crate) const DEFAULT_PASSWORD: &str = "lovelace";
/// Tokens of one kind, and requests of the log, that are kept unless the builder says otherwise.
pub(crate) const CAPACITY: usize = 1000;
/// Bytes of a request's body that are read, unless the builder says otherwise.
pub(crate) const BODY_LIMIT: usize = 32 << 20;

#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(crate) struct Config {
    pub(crate) dialect: &'static Dialect,
    pub(crate) out_of_band: bool,
    pub(crate) consumer: (String, String),
    pub(crate) application: String,
    pub(crate) user: User,
    pub(crate) request_token: Option<(String, String)>,
    pub(crate) access_token: Option<(String, String)>,
    pub(crate) verifier: Option<String>,
    pub(crate) fixed_time: Option<i64>,
    pub(crate) clock_offset: i64,
    pub(crate) request_token_lifetime: Duration,
    pub(crate) timestamp_window: Duration,
    /// What the test has set instead of the dialect's.
    pub(crate) handshake: Option<Vec<(Method, Placement)>>,
    /// The base URL or the account that the test has named, and what follows from it.
    pub(crate) site: Option<String>,
    pub(crate) names: SiteNames,
    pub(crate) registered_callback: Option<String>,
    pub(crate) public_key: Option<PublicKey>,
    pub(crate) denial: Denial,
    pub(crate) odd_shapes: bool,
    pub(crate) error_code_as_text: bool,
    pub(crate) premium: bool,
    pub(crate) forms: bool,
    pub(crate) capacity: usize,
    pub(crate) body_limit: usize,
    pub(crate) port: u16,
    /// Access tokens that are good from the start.
    pub(crate) grants: Vec<(String, String)>,
    pub(crate) keep_base_strings: bool,
    pub(crate) on_request: Option<Observer>,
}

/// What is called after each request.
pub(crate) type Observer = Box<dyn Fn(&Seen) + Send + Sync>;

/// The user of the sandbox, who owns the account and answers on the authorization page.
#[derive(Clone)]
pub struct User {
    pub(crate) name: String,
    pub(crate) password: String,
}

impl User {
    /// Returns the name to log in with.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the password to log in with.
    #[must_use]
    pub fn password(&self) -> &str {
        &self.password
    }
}

impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("User").field("name", &self.name).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Config").field("dialect", &self.dialect.name).finish_non_exhaustive()
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            dialect: &dialect::FATSECRET,
            out_of_band: true,
            consumer: (random::hex(), random::hex()),
            application: "Test application".to_owned(),
            user: User { name: "ada".to_owned(), password: DEFAULT_PASSWORD.to_owned() },
            request_token: None,
            access_token: None,
            verifier: None,
            fixed_time: None,
            clock_offset: 0,
            request_token_lifetime: Duration::from_secs(15 * 60),
            timestamp_window: Duration::from_secs(5 * 60),
            handshake: None,
            site: None,
            names: SiteNames::default(),
            registered_callback: None,
            public_key: None,
            denial: Denial::DeniedToken,
            odd_shapes: true,
            error_code_as_text: false,
            premium: true,
            forms: false,
            capacity: CAPACITY,
            body_limit: BODY_LIMIT,
            port: 0,
            grants: Vec::new(),
            keep_base_strings: false,
            on_request: None,
        }
    }
}

impl Config {
    /// Takes over the habits of a kind of provider.
    pub(crate) fn speak(&mut self, dialect: &'static Dialect) {
        self.dialect = dialect;
        self.handshake = None;
        self.request_token_lifetime = Duration::from_secs(dialect.request_token_lifetime);
        self.timestamp_window = Duration::from_secs(dialect.window);
        if let Some(denial) = dialect.denials.first() {
            self.denial = *denial;
        }
    }

    /// The clock in Unix seconds, before the offset.
    pub(crate) fn clock(&self) -> i64 {
        self.fixed_time.unwrap_or_else(|| {
            SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
        })
    }
}
