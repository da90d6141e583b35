//! The rules that a signed request must keep (RFC 5849 sections 3.1 to 3.3), strictly.

// The trap is the order: the nonce and the timestamp are remembered only once the signature has
// proved who sent them, or a stranger could burn them.

use http::Method;

use crate::{
    config::Config,
    dialect::NonceScope,
    endpoint::{Endpoint, Placement},
    fault::Fault,
    naive::{self, Pair, SignatureMethod},
    oauth::OauthServer,
    problem::{Problem, TokenProblem},
    quote::quoted,
    received::{Received, find, is_oauth},
};

/// Longest nonce that is accepted.
const NONCE: usize = 128;
/// Longest callback that is accepted.
const CALLBACK: usize = 2048;

/// A request whose signature holds.
#[derive(Debug)]
pub(crate) struct Verified {
    pub(crate) consumer: String,
    pub(crate) token: Option<String>,
    pub(crate) callback: Option<String>,
    pub(crate) verifier: Option<String>,
}

pub(crate) fn check(
    server: &mut OauthServer,
    config: &Config,
    received: &Received,
    endpoint: Endpoint,
    now: i64,
    fault: Option<&Fault>,
) -> Result<Verified, Problem> {
    let oauth = parameters(config, received, endpoint)?;
    let oauth = oauth.as_slice();
    let wanted = |name: &'static str| {
        find(oauth, name).filter(|value| !value.is_empty()).ok_or(Problem::Missing(name))
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

    // Which token, and its secret. An empty `oauth_token` has been refused, or counts as none.
    let token = find(oauth, "oauth_token").filter(|token| !token.is_empty());
    let token_secret = match (endpoint, token) {
        (Endpoint::AccessToken, _) => {
            let token = wanted("oauth_token")?;
            wanted("oauth_verifier")?;
            let known = server
                .request_tokens
                .get(token)
                .filter(|known| known.consumer == key)
                .ok_or(Problem::RequestToken(TokenProblem::Unknown))?;
            known.secret.clone()
        }
        (Endpoint::Data, Some(token)) => {
            let known = server
                .access_tokens
                .get(token)
                .filter(|known| known.consumer == key)
                .ok_or_else(|| Problem::AccessToken(quoted(token)))?;
            known.secret.clone()
        }
        _ => String::new(),
    };

    let expected =
        naive::signature(method, &received.base_string(), &registered.secret, &token_secret);
    if !naive::same(&expected, given) {
        return Err(Problem::Signature(quoted(given)));
    }
    if let Some(hash) = find(oauth, "oauth_body_hash") {
        // The extension forbids it on form bodies, which are signed anyway.
        if received.is_form || !naive::same(&naive::body_hash(method, &received.body), hash) {
            return Err(Problem::BodyHash);
        }
    }

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
        let new = server.remember_nonce(time.earliest, time.timestamp, key, token, &time.nonce);
        if !new {
            return Err(Problem::Nonce(quoted(&time.nonce)));
        }
        if let Some(registered) = server.consumers.get_mut(key) {
            registered.last_timestamp = registered.last_timestamp.max(time.timestamp);
        }
    }

    let callback = match endpoint {
        Endpoint::RequestToken => Some(check_callback(config, wanted("oauth_callback")?)?),
        _ => None,
    };
    Ok(Verified {
        consumer: key.to_owned(),
        token: token.map(str::to_owned),
        callback,
        verifier: find(oauth, "oauth_verifier").map(str::to_owned),
    })
}

/// Finds the OAuth parameters: in one place that is read, each once.
fn parameters(
    config: &Config,
    received: &Received,
    endpoint: Endpoint,
) -> Result<Vec<Pair>, Problem> {
    let handshake = endpoint != Endpoint::Data;
    let verb = &received.verb;
    if handshake && !config.handshake.iter().any(|(read, _)| read == verb) {
        return Err(Problem::VerbNotAllowed);
    }
    let places = received.placements();
    if places.len() > 1 {
        return Err(Problem::TwoPlaces);
    }
    let place = places.first().copied().ok_or(Problem::Missing("oauth_consumer_key"))?;
    if handshake && !reads(config, verb, place) {
        return Err(Problem::Elsewhere(place));
    }
    let oauth: Vec<Pair> =
        received.pairs(place).iter().filter(|(name, _)| is_oauth(name)).cloned().collect();
    for (at, (name, value)) in oauth.iter().enumerate() {
        if oauth[..at].iter().any(|(earlier, _)| earlier == name) {
            return Err(Problem::Repeated(quoted(name)));
        }
        if config.dialect.refuses_unknown && !is_known(endpoint, name, value) {
            return Err(Problem::Unsupported(quoted(name)));
        }
    }
    Ok(oauth)
}

fn reads(config: &Config, verb: &Method, place: Placement) -> bool {
    config.handshake.iter().any(|(read, from)| read == verb && *from == place)
}

/// Whether a parameter may stand at that endpoint. Those of the other steps may, and mean nothing
/// there: clients that keep one session send `oauth_callback` or `oauth_verifier` with every later
/// call, and most providers accept that. A token is another matter, because its secret signs.
fn is_known(endpoint: Endpoint, name: &str, value: &str) -> bool {
    match name {
        "oauth_consumer_key"
        | "oauth_signature_method"
        | "oauth_signature"
        | "oauth_timestamp"
        | "oauth_nonce"
        | "oauth_version"
        | "oauth_callback"
        | "oauth_verifier" => true,
        "oauth_token" => endpoint != Endpoint::RequestToken && !value.is_empty(),
        _ => false,
    }
}

/// A timestamp and nonce in good shape, not yet known to be fresh.
struct Time {
    timestamp: u64,
    nonce: String,
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
    let window = config.timestamp_window.as_secs();
    let earliest = now.saturating_sub(window);
    let latest = now.saturating_add(window);
    // What the refusal says would do, at least.
    let earliest = earliest.max(lowest);
    let refused = || Problem::Timestamp(quoted(timestamp), earliest, latest);
    // `parse` would take a leading plus sign.
    let digits = timestamp.bytes().all(|byte| byte.is_ascii_digit());
    let value: u64 =
        timestamp.parse().ok().filter(|value| digits && *value > 0).ok_or_else(refused)?;
    if value < earliest || value > latest {
        return Err(refused());
    }
    if nonce.len() > NONCE || !nonce.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Problem::Nonce(quoted(nonce)));
    }
    Ok(Time { timestamp: value, nonce: nonce.to_owned(), earliest, latest })
}

/// Section 2.1: an absolute URI (RFC 3986 section 4.3, so without fragment), or `oob`.
fn check_callback(config: &Config, callback: &str) -> Result<String, Problem> {
    if callback == "oob" {
        return if config.out_of_band { Ok(callback.to_owned()) } else { Err(Problem::Callback) };
    }
    let (scheme, rest) = callback.split_once(':').ok_or(Problem::Callback)?;
    let scheme_ok = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    // A browser would run or open these in the provider's page.
    let dangerous = ["javascript", "data", "vbscript", "file", "about", "blob"]
        .iter()
        .any(|bad| scheme.eq_ignore_ascii_case(bad));
    let web = ["http", "https"].iter().any(|web| scheme.eq_ignore_ascii_case(web));
    let authority = rest
        .strip_prefix("//")
        .is_some_and(|authority| !authority.is_empty() && !authority.starts_with(['/', '?']));
    let characters =
        rest.bytes().all(|byte| byte.is_ascii_graphic() && !b"#\"<>\\^`{|}".contains(&byte));
    if scheme_ok
        && !dangerous
        && (authority || !web && !rest.is_empty())
        && characters
        && callback.len() <= CALLBACK
    {
        Ok(callback.to_owned())
    } else {
        Err(Problem::Callback)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callbacks_are_absolute_uris_or_out_of_band() {
        let config = Config::default();
        for good in [
            "oob",
            "http://127.0.0.1:8080/cb",
            "https://app.example/cb?user=7&a=%20",
            "myapp://done",
            "com.example.app:/oauth",
        ] {
            assert_eq!(check_callback(&config, good).as_deref(), Ok(good), "{good}");
        }
        for bad in [
            "/cb",
            "app.example/cb",
            "OOB",
            "http:cb",
            "http:///cb",
            "https://app.example/cb#part",
            "https://app.example/a b",
            "https://app.example/\u{e9}",
            "javascript:alert(1)",
            "Data:text/html,x",
            "1http://app.example",
            "myapp:",
        ] {
            let problem = check_callback(&config, bad).unwrap_err();
            assert_eq!(problem, Problem::Callback, "{bad}");
        }
        let long = format!("https://app.example/{}", "a".repeat(CALLBACK));
        assert!(check_callback(&config, &long).is_err());
    }
}
