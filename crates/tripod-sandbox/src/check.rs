//! The rules that a signed request must keep (RFC 5849 sections 3.1 to 3.3), strictly.

// The trap is the order: the nonce and the timestamp are remembered only once the signature has
// proved who sent them, or a stranger could burn them.

use crate::{
    callback::check_callback,
    config::Config,
    dialect::{Keys, NonceScope, Renewal, UserAgent},
    endpoint::{Endpoint, Placement},
    fault::Fault,
    naive::{self, Pair, SignatureMethod},
    oauth::{Grant, OauthServer, Registered},
    problem::{Problem, TokenProblem},
    quote::quoted,
    received::{Received, find, is_oauth},
    route::Route,
};

/// Longest nonce that is accepted.
const NONCE: usize = 128;
/// The library's own name, which says nothing of the application.
const LIBRARY: &str = "tripod/";

/// A request whose signature holds.
#[derive(Debug)]
pub(crate) struct Verified {
    /// What it is for: an access-token call may be a renewal.
    pub(crate) endpoint: Endpoint,
    pub(crate) consumer: String,
    pub(crate) token: Option<String>,
    /// Where to go back to: None is out of band.
    pub(crate) callback: Option<String>,
    pub(crate) verifier: Option<String>,
    pub(crate) nonce: Option<String>,
    /// Parameters of a request-token call that the provider knows.
    pub(crate) asked: Vec<Pair>,
}

pub(crate) fn check(
    server: &mut OauthServer,
    config: &Config,
    received: &Received,
    route: &Route,
    now: i64,
    fault: Option<&Fault>,
) -> Result<Verified, Problem> {
    check_head(config, received, route.endpoint)?;
    if let Some(outcome) = with_a_key(server, config, received, route, now) {
        return outcome;
    }
    let oauth = parameters(config, received, route)?;
    let oauth = oauth.as_slice();
    let wanted = |name: &'static str| {
        find(oauth, name).filter(|value| !value.is_empty()).ok_or(Problem::Missing(name))
    };
    let endpoint = match route.endpoint {
        Endpoint::AccessToken
            if config.dialect.renewal == Renewal::Handle
                && find(oauth, "oauth_session_handle").is_some() =>
        {
            Endpoint::Renewal
        }
        endpoint => endpoint,
    };

    let key = wanted("oauth_consumer_key")?;
    let method_name = wanted("oauth_signature_method")?;
    let given = wanted("oauth_signature")?;
    match find(oauth, "oauth_version") {
        Some("1.0") => {}
        None if !config.dialect.version_required => {}
        None => return Err(Problem::Missing("oauth_version")),
        Some(other) => return Err(Problem::Version(quoted(other))),
    }
    let method = SignatureMethod::named(method_name)
        .filter(|method| config.dialect.signature_methods.contains(method))
        .ok_or_else(|| Problem::SignatureMethod(quoted(method_name)))?;
    let time = match (find(oauth, "oauth_timestamp"), find(oauth, "oauth_nonce")) {
        // Section 3.1: only PLAINTEXT may leave both out.
        (None, None) if method == SignatureMethod::Plaintext => None,
        _ => Some((wanted("oauth_timestamp")?, wanted("oauth_nonce")?)),
    };

    let registered = server.consumers.get(key).ok_or_else(|| Problem::ConsumerKey(quoted(key)))?;
    let lowest = if config.dialect.timestamps_rise { registered.last_timestamp } else { 0 };
    let time = time
        .map(|(timestamp, nonce)| check_time(config, now, lowest, timestamp, nonce))
        .transpose()?;

    // An empty `oauth_token` has been refused, or counts as none.
    let token = find(oauth, "oauth_token").filter(|token| !token.is_empty());
    if endpoint == Endpoint::AccessToken {
        wanted("oauth_token")?;
        wanted("oauth_verifier")?;
    } else if matches!(endpoint, Endpoint::Renewal | Endpoint::Revocation) {
        wanted("oauth_token")?;
    }
    let token_secret = match token {
        Some(token) => secret_of(server, config, endpoint, token, key, now)?,
        None => String::new(),
    };

    check_signature(config, received, method, registered, &token_secret, given)?;
    check_body_hash(config, received, method, find(oauth, "oauth_body_hash"))?;

    if let Some(time) = time {
        match fault {
            Some(Fault::TimestampRefused) => return Err(time.refused()),
            Some(Fault::NonceRefused) => return Err(Problem::Nonce(quoted(&time.nonce))),
            _ => {}
        }
        let token = match config.dialect.nonce_is_for {
            NonceScope::Consumer => "",
            NonceScope::ConsumerAndToken => token.unwrap_or_default(),
        };
        let new = server.remember_nonce(time.window, time.timestamp, key, token, &time.nonce);
        if !new {
            return Err(Problem::Nonce(quoted(&time.nonce)));
        }
        if let Some(registered) = server.consumers.get_mut(key) {
            registered.last_timestamp = registered.last_timestamp.max(time.timestamp);
        }
    }

    let callback = match endpoint {
        Endpoint::RequestToken => check_callback(config, find(oauth, "oauth_callback"))?,
        _ => None,
    };
    let asked = match endpoint {
        Endpoint::RequestToken => asked(config, received)?,
        _ => Vec::new(),
    };
    if let Some(grant) = token.and_then(|token| server.access_tokens.get_mut(token)) {
        grant.last_used = now;
    }
    Ok(Verified {
        endpoint,
        consumer: key.to_owned(),
        token: token.map(str::to_owned),
        callback,
        verifier: find(oauth, "oauth_verifier").map(str::to_owned),
        nonce: find(oauth, "oauth_nonce").map(str::to_owned),
        asked,
    })
}

/// Checks what does not depend on a signature: who is asking, and at which account.
fn check_head(config: &Config, received: &Received, endpoint: Endpoint) -> Result<(), Problem> {
    let agent = received.user_agent.as_deref().unwrap_or_default().trim();
    let is_told = match config.dialect.user_agent {
        UserAgent::Any => true,
        UserAgent::Present => !agent.is_empty(),
        UserAgent::Application => !agent.is_empty() && !agent.starts_with(LIBRARY),
    };
    if !is_told {
        return Err(Problem::UserAgent);
    }
    if config.dialect.realm_required {
        let account = Some(&config.names.realm);
        let given = received.realm.as_ref();
        if given != account && (given.is_some() || endpoint == Endpoint::Data) {
            return Err(Problem::Realm);
        }
    }
    Ok(())
}

/// Reads a request that is not signed, at a provider that takes keys instead.
fn with_a_key(
    server: &mut OauthServer,
    config: &Config,
    received: &Received,
    route: &Route,
    now: i64,
) -> Option<Result<Verified, Problem>> {
    let endpoint = route.endpoint;
    if !matches!(endpoint, Endpoint::Data | Endpoint::Revocation) {
        return None;
    }
    let (key, token) = match config.dialect.keys {
        Keys::None => return None,
        Keys::KeyAndToken => {
            let header = &received.header;
            let of_header = (find(header, "oauth_consumer_key"), find(header, "oauth_token"));
            match (find(&received.query, "key"), find(&received.query, "token")) {
                (Some(key), token) => (Some(key), token),
                _ if of_header.0.is_some() && find(header, "oauth_signature").is_none() => {
                    of_header
                }
                _ => return None,
            }
        }
        // The path of the revocation is a key, too.
        Keys::Only if endpoint == Endpoint::Revocation && received.api_key.is_none() => {
            (None, route.rest_of(&config.names, &received.path))
        }
        Keys::Only => (None, received.api_key.as_deref()),
    };
    let Some(token) = token else { return Some(Err(Problem::KeyWanted)) };
    let consumer = server.access_tokens.get(token).map(|grant| grant.consumer.clone());
    let key = key.map(str::to_owned).or(consumer).unwrap_or_default();
    Some(living(server, config, endpoint, token, &key, now).map(|_| Verified {
        endpoint,
        consumer: key.clone(),
        token: Some(token.to_owned()),
        callback: None,
        verifier: None,
        nonce: None,
        asked: Vec::new(),
    }))
}

/// An access token that can be used for this.
fn living<'a>(
    server: &'a OauthServer,
    config: &Config,
    endpoint: Endpoint,
    token: &str,
    key: &str,
    now: i64,
) -> Result<&'a Grant, Problem> {
    let known = server
        .access_tokens
        .get(token)
        .filter(|known| known.consumer == key)
        .ok_or_else(|| Problem::AccessToken(quoted(token)))?;
    let renews = endpoint == Endpoint::Renewal;
    let may_be_over = renews && config.dialect.renewal == Renewal::Handle;
    if known.is_expired(now) && !may_be_over || known.sleeps(now) && !renews {
        return Err(Problem::ExpiredAccessToken);
    }
    Ok(known)
}

/// The secret of a token that can be used for this.
fn secret_of(
    server: &OauthServer,
    config: &Config,
    endpoint: Endpoint,
    token: &str,
    key: &str,
    now: i64,
) -> Result<String, Problem> {
    match endpoint {
        Endpoint::AccessToken => server
            .request_tokens
            .get(token)
            .filter(|known| known.consumer == key)
            .map(|known| known.secret.clone())
            .ok_or(Problem::RequestToken(TokenProblem::Unknown)),
        Endpoint::Renewal | Endpoint::Revocation | Endpoint::Data => {
            living(server, config, endpoint, token, key, now).map(|known| known.secret.clone())
        }
        Endpoint::RequestToken | Endpoint::Authorize => Ok(String::new()),
    }
}

fn check_signature(
    config: &Config,
    received: &Received,
    method: SignatureMethod,
    registered: &Registered,
    token_secret: &str,
    given: &str,
) -> Result<(), Problem> {
    let text = received.base_string();
    let holds = if method.is_rsa() {
        let key = config.public_key.as_ref().ok_or(Problem::NoPublicKey)?;
        key.has_signed(method, &text, given)
    } else {
        let expected = naive::signature(method, &text, &registered.secret, token_secret);
        naive::same(&expected, given)
    };
    if holds { Ok(()) } else { Err(Problem::Signature(quoted(given))) }
}

/// The extension forbids a hash of a form body, whose pairs are signed anyway. So a provider that wants
/// the hash of every body takes no forms.
fn check_body_hash(
    config: &Config,
    received: &Received,
    method: SignatureMethod,
    given: Option<&str>,
) -> Result<(), Problem> {
    match given.filter(|hash| !hash.is_empty() || !config.dialect.body_hash_required) {
        _ if config.dialect.body_hash_required && received.is_form => Err(Problem::FormBody),
        None if config.dialect.body_hash_required => Err(Problem::Missing("oauth_body_hash")),
        None => Ok(()),
        Some(_) if received.is_form => Err(Problem::HashOfForm),
        Some(hash) if naive::same(&naive::body_hash(method, &received.body), hash) => Ok(()),
        Some(_) => Err(Problem::BodyHash),
    }
}

/// The parameters of a request-token call that the provider knows, each with a value that exists.
fn asked(config: &Config, received: &Received) -> Result<Vec<Pair>, Problem> {
    let mut asked = Vec::new();
    for parameter in config.dialect.asks {
        if let Some(value) = received.field(parameter.0) {
            if !parameter.allows(value) {
                return Err(Problem::Value(parameter.0));
            }
            asked.push((parameter.0.to_owned(), value.to_owned()));
        }
    }
    Ok(asked)
}

/// Finds the OAuth parameters: in one place that is read, each once.
fn parameters(config: &Config, received: &Received, route: &Route) -> Result<Vec<Pair>, Problem> {
    let endpoint = route.endpoint;
    let verb = &received.verb;
    let set = config
        .handshake
        .as_ref()
        .filter(|_| matches!(endpoint, Endpoint::RequestToken | Endpoint::AccessToken));
    let ways: Vec<(&str, Placement)> = match set {
        Some(set) => set.iter().map(|(verb, place)| (verb.as_str(), *place)).collect(),
        None => route.ways.to_vec(),
    };
    if !ways.is_empty() && !ways.iter().any(|(read, _)| read == verb) {
        return Err(Problem::VerbNotAllowed);
    }
    let mut places = received.placements();
    let mut beside = Vec::new();
    if config.dialect.splits && places.first() == Some(&Placement::Header) {
        let may_stand_beside = |name: &str| ["oauth_callback", "oauth_verifier"].contains(&name);
        places.retain(|place| {
            let found: Vec<&Pair> =
                received.pairs(*place).iter().filter(|(name, _)| is_oauth(name)).collect();
            let stands_beside = found.iter().all(|(name, _)| may_stand_beside(name));
            if stands_beside {
                beside.extend(found.into_iter().cloned());
            }
            !stands_beside
        });
    }
    if places.len() > 1 {
        return Err(Problem::TwoPlaces);
    }
    let place = places.first().copied().ok_or(Problem::Missing("oauth_consumer_key"))?;
    let is_read = if ways.is_empty() {
        config.dialect.data_places.contains(&place)
    } else {
        ways.iter().any(|(read, from)| read == verb && *from == place)
    };
    if !is_read {
        return Err(Problem::Elsewhere(place));
    }
    let here = received.pairs(place).iter().filter(|(name, _)| is_oauth(name)).cloned();
    let oauth: Vec<Pair> = here.chain(beside).collect();
    for (at, (name, value)) in oauth.iter().enumerate() {
        if oauth[..at].iter().any(|(earlier, _)| earlier == name) {
            return Err(Problem::Repeated(quoted(name)));
        }
        // Others may stand anywhere and mean nothing: clients that keep one session repeat `oauth_callback` or
        // `oauth_verifier` in every later call. A token is another matter, because its secret signs.
        let is_stray =
            name == "oauth_token" && (endpoint == Endpoint::RequestToken || value.is_empty());
        if is_stray && config.dialect.refuses_stray_tokens {
            return Err(Problem::StrayToken);
        }
    }
    Ok(oauth)
}

/// A timestamp and nonce in good shape, not yet known to be fresh.
struct Time {
    timestamp: u64,
    nonce: String,
    /// Where the window begins. Nonces from there on are kept, also of consumers whose timestamps are behind.
    window: u64,
    /// The lowest timestamp that this consumer may use.
    earliest: u64,
    latest: u64,
}

impl Time {
    fn refused(&self) -> Problem {
        Problem::Timestamp(self.timestamp.to_string(), self.earliest, self.latest)
    }
}

fn check_time(
    config: &Config,
    now: i64,
    lowest: u64,
    timestamp: &str,
    nonce: &str,
) -> Result<Time, Problem> {
    let now = u64::try_from(now).unwrap_or(0);
    let allowed = config.timestamp_window.as_secs();
    let window = now.saturating_sub(allowed);
    let latest = now.saturating_add(allowed);
    // What the refusal says would do, at least.
    let earliest = window.max(lowest);
    let refused = || Problem::Timestamp(quoted(timestamp), earliest, latest);
    // `parse` would take a leading plus sign.
    let digits = timestamp.bytes().all(|byte| byte.is_ascii_digit());
    let value: u64 =
        timestamp.parse().ok().filter(|value| digits && *value > 0).ok_or_else(refused)?;
    if value < earliest || value > latest {
        return Err(refused());
    }
    let is_long_enough = nonce.len() >= config.dialect.shortest_nonce;
    if !is_long_enough || nonce.len() > NONCE || !nonce.bytes().all(|byte| byte.is_ascii_graphic())
    {
        return Err(Problem::Nonce(quoted(nonce)));
    }
    Ok(Time { timestamp: value, nonce: nonce.to_owned(), window, earliest, latest })
}
