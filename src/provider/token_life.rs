//! How long tokens live, and the calls that renew and revoke them.

// No time zones: a provider whose day ends at midnight somewhere is given a time in UTC that is never too late.

use std::{borrow::Cow, fmt, time::Duration};

use zeroize::Zeroizing;

use super::{ask::Ask, endpoints::Call, origin::Moves, url::check_url};
use crate::error::Error;

const DAY: u64 = 24 * 60 * 60;

/// How long a provider's tokens live, and the calls that renew and revoke an access token.
///
/// By default no lifetime is known, and there are no calls to renew or revoke a token.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use tripod::{Call, Revocation, TokenEnd, TokenLife};
///
/// let life = TokenLife::new()
///     .with_request_token(Duration::from_secs(300))
///     .with_end(TokenEnd::After(Duration::from_secs(30 * 24 * 3600)))
///     .with_revocation(Revocation::signed(Call::post("https://provider.example/oauth/revoke")));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct TokenLife {
    request_token: Option<Duration>,
    end: Option<TokenEnd>,
    idle: Option<Duration>,
    renewal: Option<Renewal>,
    revocation: Option<Revocation>,
}

/// How the end of an access token is determined at the moment of its grant.
///
/// Create it with [`After`](Self::After), [`daily`](Self::daily), [`field`](Self::field) or [`asked`](Self::asked).
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use tripod::{Callback, Client, Consumer, Endpoints, Provider, TimeUnit, TokenEnd, TokenLife};
///
/// let end = TokenEnd::field("expires_in", TimeUnit::SecondsLeft);
/// let provider = Provider::new(Endpoints {
///     request_token: "https://provider.example/request",
///     authorize: "https://provider.example/approve",
///     access_token: "https://provider.example/access",
/// })?
/// .with_token_life(TokenLife::new().with_end(end))?;
/// let client = Client::new(provider, Consumer::new("key", "secret"))?;
/// # let transport = tripod::transport::from_fn(|request, _| async move {
/// #     let body = match request.uri().path() {
/// #         "/request" => "oauth_token=r&oauth_token_secret=s&oauth_callback_confirmed=true",
/// #         _ => "oauth_token=t&oauth_token_secret=s&expires_in=3600",
/// #     };
/// #     Ok(http::Response::new(bytes::Bytes::from_static(body.as_bytes())))
/// # });
/// # let client = client.with_transport(transport);
/// # let issued = client.begin(Callback::out_of_band()).request_token().wait()?;
/// # let session = issued.authorize("code")?.exchange().wait()?;
/// // After a login: the reply with the access token said `expires_in=3600`.
/// let life = session.expires_at().zip(session.access_token().granted_at());
/// let life = life.and_then(|(end, begin)| end.duration_since(begin).ok());
/// assert_eq!(life.map(|life| life.as_secs()), Some(3600));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenEnd {
    /// This long after the token was granted.
    After(Duration),
    /// Every day at a local time, such as midnight in New York. The crate knows no time zones, so you give the
    /// earliest and the latest time in UTC; they differ by an hour if the clocks there change for summer. The crate
    /// takes the earliest moment at which the token can end.
    #[non_exhaustive]
    Daily {
        /// The earliest time, counted from midnight UTC.
        from: Duration,
        /// The latest time, counted from midnight UTC.
        until: Duration,
    },
    /// A field of the access token reply says when.
    #[non_exhaustive]
    Field {
        /// The field's name.
        name: Cow<'static, str>,
        /// What its number counts.
        unit: TimeUnit,
    },
    /// The flow has asked for a lifetime, with a parameter of the authorization page or of the
    /// request-token call.
    #[non_exhaustive]
    Asked {
        /// The parameter's name.
        name: Cow<'static, str>,
        /// The parameter's values, each with the lifetime that it asks for; `None` for a token that
        /// does not expire.
        values: Vec<(Cow<'static, str>, Option<Duration>)>,
        /// The lifetime where the parameter is missing.
        otherwise: Option<Duration>,
    },
}

impl TokenEnd {
    /// Creates an end that comes every day, between two times that are counted from midnight UTC; see
    /// [`Daily`](Self::Daily).
    #[must_use]
    pub fn daily(from: Duration, until: Duration) -> Self {
        Self::Daily { from, until }
    }

    /// Creates an end that a field of the access token reply says; see [`Field`](Self::Field).
    pub fn field(name: impl Into<Cow<'static, str>>, unit: TimeUnit) -> Self {
        Self::Field { name: name.into(), unit }
    }

    /// Creates an end that depends on a parameter of the flow; see [`Asked`](Self::Asked).
    ///
    /// Each of `values` is a value of the parameter `name` with the lifetime that it asks for, or with `None` for a
    /// token that does not expire. `otherwise` is the lifetime where the flow does not have the parameter.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use tripod::{TokenEnd, TokenLife};
    ///
    /// let hour = Some(Duration::from_secs(3600));
    /// let end = TokenEnd::asked("expiration", [("1hour", hour), ("never", None)], hour);
    /// let life = TokenLife::new().with_end(end);
    /// ```
    pub fn asked<V: Into<Cow<'static, str>>>(
        name: impl Into<Cow<'static, str>>,
        values: impl IntoIterator<Item = (V, Option<Duration>)>,
        otherwise: Option<Duration>,
    ) -> Self {
        let values = values.into_iter().map(|(value, lifetime)| (value.into(), lifetime)).collect();
        Self::Asked { name: name.into(), values, otherwise }
    }
}

/// The unit of the number in a field of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeUnit {
    /// Seconds from when the token was granted.
    SecondsLeft,
    /// Seconds since 1970-01-01 00:00:00 UTC.
    UnixSeconds,
    /// Milliseconds since 1970-01-01 00:00:00 UTC.
    UnixMilliseconds,
}

impl TokenLife {
    /// Creates a value in which nothing is known.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the lifetime of request tokens. If it is not set, the crate does not check their age.
    #[must_use]
    pub fn with_request_token(mut self, lifetime: Duration) -> Self {
        self.request_token = Some(lifetime);
        self
    }

    /// Sets how the crate knows when an access token expires.
    #[must_use]
    pub fn with_end(mut self, end: TokenEnd) -> Self {
        self.end = Some(end);
        self
    }

    /// Sets after how long without a call an access token becomes inactive.
    #[must_use]
    pub fn with_idle_limit(mut self, limit: Duration) -> Self {
        self.idle = Some(limit);
        self
    }

    /// Sets the call that renews an access token.
    #[must_use]
    pub fn with_renewal(mut self, renewal: Renewal) -> Self {
        self.renewal = Some(renewal);
        self
    }

    /// Sets the call that revokes an access token.
    #[must_use]
    pub fn with_revocation(mut self, revocation: Revocation) -> Self {
        self.revocation = Some(revocation);
        self
    }

    pub(crate) fn request_token(&self) -> Option<Duration> {
        self.request_token
    }

    pub(crate) fn idle_limit(&self) -> Option<Duration> {
        self.idle
    }

    pub(crate) fn renewal(&self) -> Option<&Renewal> {
        self.renewal.as_ref()
    }

    pub(crate) fn revocation(&self) -> Option<&Revocation> {
        self.revocation.as_ref()
    }

    /// When an access token ends that is granted at this moment, both in Unix seconds.
    pub(crate) fn end<'a>(
        &self,
        granted_at: u64,
        field: impl Fn(&str) -> Option<&'a str>,
        ask: &Ask,
    ) -> Option<u64> {
        match self.end.as_ref()? {
            TokenEnd::After(time) => granted_at.checked_add(time.as_secs()),
            TokenEnd::Daily { from, until } => {
                let midnight = granted_at - granted_at % DAY;
                let today = |time: &Duration| midnight.checked_add(time.as_secs() % DAY);
                let (from, until) = (today(from)?, today(until)?);
                match granted_at {
                    at if at < from => Some(from),
                    at if at < until => Some(until),
                    _ => from.checked_add(DAY),
                }
            }
            TokenEnd::Field { name, unit } => {
                let number: u64 = field(name)?.trim().parse().ok()?;
                match unit {
                    TimeUnit::SecondsLeft => granted_at.checked_add(number),
                    TimeUnit::UnixSeconds => Some(number),
                    TimeUnit::UnixMilliseconds => Some(number / 1000),
                }
            }
            TokenEnd::Asked { name, values, otherwise } => {
                let mut asked = ask.for_page().iter().chain(ask.for_request());
                let lifetime = match asked.find(|pair| pair.0 == *name) {
                    None => *otherwise,
                    Some((_, value)) => values.iter().find(|pair| pair.0 == *value)?.1,
                };
                granted_at.checked_add(lifetime?.as_secs())
            }
        }
    }

    /// The same for a token that is renewed, where only the renewal's own reply has fields. What was asked for once is known
    /// by the `lifetime` that the token had, in seconds.
    pub(crate) fn end_of_renewed<'a>(
        &self,
        renewed_at: u64,
        field: impl Fn(&str) -> Option<&'a str>,
        lifetime: Option<u64>,
    ) -> Option<u64> {
        match &self.end {
            Some(TokenEnd::Asked { .. }) => renewed_at.checked_add(lifetime?),
            _ => self.end(renewed_at, field, &Ask::default()),
        }
    }

    /// Whether a token is good for a time from when it was granted or renewed.
    pub(crate) fn has_lifetime(&self) -> bool {
        matches!(self.end, Some(TokenEnd::After(_) | TokenEnd::Asked { .. }))
    }

    pub(super) fn check(&mut self) -> Result<(), Error> {
        if let Some(renewal) = &mut self.renewal {
            renewal.call.check()?;
        }
        if let Some(revocation) = &mut self.revocation {
            check_url(&revocation.url("x", "x"))?;
            let (method, transmission) =
                (revocation.call.method.clone(), revocation.call.transmission);
            revocation.call.set(method, transmission)?;
        }
        Ok(())
    }

    pub(super) fn move_by(&mut self, moves: &mut Moves) {
        if let Some(renewal) = &mut self.renewal {
            renewal.call.move_by(moves);
        }
        if let Some(revocation) = &mut self.revocation {
            revocation.call.move_by(moves);
        }
    }
}

/// The call that renews an access token. [`Flow::renew`](crate::Flow::renew) signs it with the token
/// and makes it.
///
/// If its reply has a token and a secret, they replace the old ones.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use tripod::{Call, Endpoints, Provider, Renewal, Revocation, TokenLife};
///
/// let token = Call::delete("https://provider.example/tokens/{token}");
/// let life = TokenLife::new()
///     .with_renewal(Renewal::new("https://provider.example/renew").with_session_handle())
///     .with_revocation(Revocation::unsigned(token));
/// let provider = Provider::new(Endpoints {
///     request_token: "https://provider.example/request",
///     authorize: "https://provider.example/approve",
///     access_token: "https://provider.example/access",
/// })?
/// .with_token_life(life.clone())?;
/// assert_eq!(*provider.token_life(), life);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Renewal {
    pub(crate) call: Call,
    pub(crate) session_handle: bool,
}

impl Renewal {
    /// Creates a renewal from its call.
    pub fn new(call: impl Into<Call>) -> Self {
        Self { call: call.into(), session_handle: false }
    }

    /// Sends the field `oauth_session_handle` of the access token reply along (the OAuth session extension).
    #[must_use]
    pub fn with_session_handle(mut self) -> Self {
        self.session_handle = true;
        self
    }
}

/// The call that revokes an access token. [`Flow::revoke`](crate::Flow::revoke) makes it.
///
/// `{token}` and `{secret}` in the path of its URL are replaced by the access token and its secret. Errors and
/// events show the URL with these words instead of the secrets.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Revocation {
    pub(crate) call: Call,
    pub(crate) is_signed: bool,
}

const TOKEN: &str = "{token}";
const SECRET: &str = "{secret}";

impl Revocation {
    /// Creates a revocation whose call is signed with the token.
    pub fn signed(call: impl Into<Call>) -> Self {
        Self { call: call.into(), is_signed: true }
    }

    /// Creates a revocation whose call is not signed, because its URL contains the token.
    pub fn unsigned(call: impl Into<Call>) -> Self {
        Self { call: call.into(), is_signed: false }
    }

    /// The URL for a token and a secret, which are percent-encoded already. It may hold them, so it is wiped.
    pub(crate) fn url(&self, token: &str, secret: &str) -> Zeroizing<String> {
        let mut rest = self.call.url.as_str();
        let holes = rest.matches('{').count();
        // Room for all of it, so that no copy is left behind by growing.
        let longest = rest.len() + holes * token.len().max(secret.len());
        let mut url = Zeroizing::new(String::with_capacity(longest));
        while let Some(at) = rest.find('{') {
            let (before, hole) = rest.split_at(at);
            url.push_str(before);
            let (filling, behind) = if let Some(behind) = hole.strip_prefix(TOKEN) {
                (token, behind)
            } else if let Some(behind) = hole.strip_prefix(SECRET) {
                (secret, behind)
            } else {
                ("{", hole.get(1..).unwrap_or_default())
            };
            url.push_str(filling);
            rest = behind;
        }
        url.push_str(rest);
        url
    }
}

impl fmt::Debug for Revocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let signed = if self.is_signed { "signed" } else { "not signed" };
        write!(f, "{:?} {signed}", self.call)
    }
}

#[cfg(test)]
mod tests;
