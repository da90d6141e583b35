//! A service provider as data: its endpoints and its habits.

// Layer 2: uses `signature`, `protocol` and layer 0. No trait, no code of the provider's: whatever two
// providers do differently is a field of one of these values.

pub(crate) mod ask;
pub(crate) mod endpoints;
mod origin;
pub(crate) mod signing;
pub(crate) mod token_life;
pub(crate) mod transmission;
pub(crate) mod url;

use std::{borrow::Cow, fmt, time::Duration};

use http::{HeaderValue, Method, StatusCode};

use self::origin::{Moves, Origin};
pub use self::{
    ask::Ask,
    endpoints::{AuthorizePage, Call, Endpoints},
    signing::Signing,
    token_life::{Renewal, Revocation, TimeUnit, TokenEnd, TokenLife},
    transmission::Transmission,
};
use crate::{
    error::{Error, groups::RequestError, kind::ErrorKind},
    protocol::{approval::Approval, dialect::Dialect},
    shown::ShownUrl,
    signature::uri::BaseUri,
};

/// The description of a service provider: its three URLs, and everything in which it differs from the standard.
///
/// The module [`providers`](crate::providers) has ready-made descriptions. For any other provider, pass its URLs to [`Provider::new`], and set what differs with
/// the `with_…` methods; each takes one value:
///
/// | Value | says |
/// |---|---|
/// | [`Endpoints`] | the two token calls and the page on which the user approves |
/// | [`Signing`] | signature method, realm, version, place of the parameters, origins, body hash |
/// | [`Approval`](crate::Approval) | what confirms a callback, and what a denial looks like |
/// | [`Dialect`](crate::Dialect) | what the provider's error codes and words mean |
/// | [`TokenLife`] | how long tokens live, and how they are renewed and revoked |
/// | [`Ask`] | the parameters, such as a scope, that every flow sends |
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use tripod::{Endpoints, Provider, SignatureMethod, Signing};
///
/// let provider = Provider::new(Endpoints {
///     request_token: "https://provider.example/oauth/request_token",
///     authorize: "https://provider.example/oauth/authorize",
///     access_token: "https://provider.example/oauth/access_token",
/// })?
/// .with_signing(
///     Signing::new(SignatureMethod::HmacSha1).with_origin("https://api.provider.example")?,
/// );
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Provider {
    request_token: Call,
    authorize: AuthorizePage,
    access_token: Call,
    /// Those of the token calls, which a session may sign for.
    endpoint_origins: Vec<Origin>,
    signing: Signing,
    approval: Approval,
    dialect: Dialect,
    token_life: TokenLife,
    ask: Ask,
    user_agent: Option<HeaderValue>,
}

/// # Describe a provider
impl Provider {
    /// Creates the description of a provider from its three endpoints.
    ///
    /// Everything else is as RFC 5849 recommends: both token calls are POST with the parameters in
    /// the header, the method is HMAC-SHA1, and the callback must be confirmed. Sessions sign for
    /// the origins of the two token endpoints. If the provider's API has another host, add its
    /// origin with [`Signing::with_origin`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidUrl`] for a URL that is not absolute or has a user name or a fragment,
    /// [`ErrorKind::InsecureEndpoint`] for a URL that is neither HTTPS nor on the loopback interface,
    /// [`RequestError::ReservedParameter`] for a URL whose query has a name that begins with `oauth_`,
    /// [`RequestError::FormBodyNeeded`] for a call with its parameters in the form body and a method that
    /// has no body.
    ///
    /// # Source
    ///
    /// RFC 5849 section 2.
    pub fn new<R: Into<Call>, P: Into<AuthorizePage>, A: Into<Call>>(
        endpoints: Endpoints<R, P, A>,
    ) -> Result<Self, Error> {
        let Endpoints { request_token, authorize, access_token } = endpoints;
        let (mut request_token, mut access_token) = (request_token.into(), access_token.into());
        let authorize: AuthorizePage = authorize.into();
        request_token.check()?;
        authorize.check()?;
        access_token.check()?;
        Ok(Self::of_known(Endpoints { request_token, authorize, access_token }))
    }

    /// The same for endpoints that are known to pass the checks.
    pub(crate) fn of_known(endpoints: Endpoints<Call, AuthorizePage, Call>) -> Self {
        let Endpoints { request_token, authorize, access_token } = endpoints;
        let mut endpoint_origins = Vec::new();
        for call in [&request_token, &access_token] {
            if let Ok(uri) = BaseUri::parse(&call.url) {
                let origin = Origin::of(&uri);
                if !endpoint_origins.contains(&origin) {
                    endpoint_origins.push(origin);
                }
            }
        }
        Self {
            request_token,
            authorize,
            access_token,
            endpoint_origins,
            signing: Signing::default(),
            approval: Approval::default(),
            dialect: Dialect::default(),
            token_life: TokenLife::default(),
            ask: Ask::default(),
            user_agent: None,
        }
    }

    /// What a client has that only signs.
    pub(crate) fn signing_only(signing: Signing) -> Self {
        let endpoints = Endpoints {
            request_token: Call::none(),
            authorize: AuthorizePage::new(""),
            access_token: Call::none(),
        };
        Self { signing, ..Self::of_known(endpoints) }
    }

    /// Keeps sessions from signing for the origins of the token calls, where no resources are.
    pub(crate) fn without_endpoint_origins(mut self) -> Self {
        self.endpoint_origins.clear();
        self
    }

    /// Sets how requests are signed, and for which origins.
    ///
    /// It replaces the whole value: the method, the realm, and the origins that a ready-made provider or
    /// [`with_resource_origin`](Self::with_resource_origin) has added. So call `with_resource_origin` after this
    /// method. To change one thing, begin with the provider's own value.
    ///
    /// # Examples
    ///
    /// ```
    /// use tripod::{SignatureMethod, providers};
    ///
    /// let provider = providers::x();
    /// let signing = provider.signing().clone().with_method(SignatureMethod::Plaintext);
    /// let provider = provider.with_signing(signing); // the origins are as they were
    /// ```
    #[must_use]
    pub fn with_signing(mut self, signing: Signing) -> Self {
        self.signing = signing;
        self
    }

    /// Sets what confirms a callback, and what a denial looks like.
    ///
    /// It replaces the whole value. To change one thing of a ready-made provider, begin with a clone of
    /// [`approval`](Self::approval).
    #[must_use]
    pub fn with_approval(mut self, approval: Approval) -> Self {
        self.approval = approval;
        self
    }

    /// Sets what the provider's error codes and words mean.
    ///
    /// It replaces the whole value. To change one thing of a ready-made provider, begin with a clone of
    /// [`dialect`](Self::dialect).
    #[must_use]
    pub fn with_dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = dialect;
        self
    }

    /// Sets how long tokens live, and the calls that renew and revoke them.
    ///
    /// It replaces the whole value. To change one thing of a ready-made provider, begin with a clone of
    /// [`token_life`](Self::token_life).
    ///
    /// # Errors
    ///
    /// The errors of [`new`](Self::new), for the URLs of these calls.
    pub fn with_token_life(mut self, mut token_life: TokenLife) -> Result<Self, Error> {
        token_life.check()?;
        self.token_life = token_life;
        Ok(self)
    }

    /// The same for calls that are known to pass the checks.
    pub(crate) fn with_known_token_life(mut self, token_life: TokenLife) -> Self {
        self.token_life = token_life;
        self
    }

    /// Sets the parameters, such as a scope, that every flow sends, unless the flow sets its own.
    ///
    /// It replaces the whole value. To add a parameter to those of a ready-made provider, begin with a clone of
    /// [`ask`](Self::ask).
    #[must_use]
    pub fn with_ask(mut self, ask: Ask) -> Self {
        self.ask = ask;
        self
    }

    /// Sets the `User-Agent` header of every request, unless the client has a user agent of its
    /// own.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`] if it is empty or not allowed in a header.
    pub fn with_user_agent(mut self, user_agent: &str) -> Result<Self, Error> {
        self.user_agent = Some(check_user_agent(user_agent)?);
        Ok(self)
    }

    /// Changes the HTTP method of the request-token call and the place of its parameters, for a ready-made
    /// provider.
    ///
    /// FatSecret's newest documentation says POST, which works with [`Transmission::Form`] only.
    ///
    /// # Errors
    ///
    /// [`RequestError::FormBodyNeeded`] for a form with a method that has no body.
    pub fn with_request_token_call(
        mut self,
        method: Method,
        transmission: Transmission,
    ) -> Result<Self, Error> {
        self.request_token.set(method, transmission)?;
        Ok(self)
    }

    /// Changes the HTTP method of the access-token call and the place of its parameters, for a ready-made
    /// provider.
    ///
    /// # Errors
    ///
    /// [`RequestError::FormBodyNeeded`] for a form with a method that has no body.
    pub fn with_access_token_call(
        mut self,
        method: Method,
        transmission: Transmission,
    ) -> Result<Self, Error> {
        self.access_token.set(method, transmission)?;
        Ok(self)
    }

    /// Adds another origin (scheme, host and port) that sessions may sign for, as
    /// [`Signing::with_origin`] does, for a ready-made provider. A later
    /// [`with_signing`](Self::with_signing) replaces it.
    ///
    /// # Security
    ///
    /// A signed request shows the access token to that host, whatever its path.
    ///
    /// # Errors
    ///
    /// The errors of [`Signing::with_origin`].
    pub fn with_resource_origin(mut self, origin: &str) -> Result<Self, Error> {
        self.signing = self.signing.with_origin(origin)?;
        Ok(self)
    }

    /// Moves the provider to other origins, such as those of a sandbox.
    ///
    /// Each pair is an origin of the provider and the origin that replaces it. Paths, queries and all
    /// other values do not change.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidUrl`] if a text is not an origin, because it has a path, a query, a fragment or a
    /// user name; [`ErrorKind::InsecureEndpoint`] for a new origin that is neither HTTPS nor on the loopback
    /// interface; [`ErrorKind::InvalidSetting`] if the provider has nothing at one of the old origins. The
    /// error's text names this origin.
    ///
    /// An origin of the provider that is in no pair stays as it is. So name each one if nothing may reach the real
    /// provider: Flickr, for example, has three.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn main() -> Result<(), tripod::Error> {
    /// let provider = tripod::providers::x().moved_to(&[
    ///     ("https://api.x.com", "http://127.0.0.1:8080"),
    ///     ("https://upload.x.com", "http://127.0.0.1:8080"),
    /// ])?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn moved_to(mut self, origins: &[(&str, &str)]) -> Result<Self, Error> {
        let mut moves = Moves::new(origins)?;
        self.request_token.move_by(&mut moves);
        self.authorize.move_by(&mut moves);
        self.access_token.move_by(&mut moves);
        self.token_life.move_by(&mut moves);
        self.signing.move_by(&mut moves);
        for origin in &mut self.endpoint_origins {
            moves.origin(origin);
        }
        moves.all_used()?;
        Ok(self)
    }

    /// Returns how requests are signed.
    ///
    /// # Examples
    ///
    /// To change one thing of a ready-made provider, change a clone of the value, and set it. The getters of the
    /// other values work in the same way.
    ///
    /// ```
    /// use tripod::{SignatureMethod, providers};
    ///
    /// let smugmug = providers::smugmug();
    /// let signing = smugmug.signing().clone().with_method(SignatureMethod::Plaintext);
    /// let smugmug = smugmug.with_signing(signing);
    /// assert_eq!(smugmug.signing().method().name(), "PLAINTEXT");
    /// ```
    #[must_use]
    pub fn signing(&self) -> &Signing {
        &self.signing
    }

    /// Returns what confirms a callback, and what a denial looks like.
    #[must_use]
    pub fn approval(&self) -> &Approval {
        &self.approval
    }

    /// Returns what the provider's error codes and words mean.
    #[must_use]
    pub fn dialect(&self) -> &Dialect {
        &self.dialect
    }

    /// Returns how long tokens live, and the calls that renew and revoke them.
    #[must_use]
    pub fn token_life(&self) -> &TokenLife {
        &self.token_life
    }

    /// Returns the parameters that every flow sends.
    #[must_use]
    pub fn ask(&self) -> &Ask {
        &self.ask
    }

    /// Returns the lifetime of request tokens, if it is known.
    #[must_use]
    pub fn request_token_lifetime(&self) -> Option<Duration> {
        self.token_life.request_token()
    }

    pub(crate) fn request_token(&self) -> &Call {
        &self.request_token
    }

    pub(crate) fn access_token(&self) -> &Call {
        &self.access_token
    }

    pub(crate) fn user_agent(&self) -> Option<&HeaderValue> {
        self.user_agent.as_ref()
    }

    /// What a flow asks for in the end.
    pub(crate) fn asked<'a>(&'a self, ask: &'a Ask) -> Cow<'a, Ask> {
        if *ask == Ask::default() {
            Cow::Borrowed(&self.ask)
        } else {
            Cow::Owned(ask.over(&self.ask))
        }
    }

    /// Checks what a flow asks for.
    pub(crate) fn check_ask(&self, ask: &Ask) -> Result<(), Error> {
        let ask = self.asked(ask);
        ask.check()?;
        if self.authorize.named(ask.page()).is_none() {
            let reason =
                "the provider has no authorization page of the name that the flow asks for";
            return Err(Error::setup(ErrorKind::InvalidSetting { reason }));
        }
        let own = [Some(&self.authorize.token_name), self.authorize.consumer_key_name.as_ref()];
        let mut names = ask.for_page().iter().map(|(name, _)| name);
        match names.find(|name| own.contains(&Some(name))) {
            None => Ok(()),
            Some(name) => {
                let name = name.clone();
                Err(Error::setup(ErrorKind::Request(RequestError::ReservedParameter { name })))
            }
        }
    }

    /// The page that the user is sent to, and the pairs that its query gets, decoded.
    pub(crate) fn page<'a>(
        &'a self,
        ask: &'a Ask,
        consumer_key: &'a str,
        token: &'a str,
    ) -> (&'a str, Vec<(&'a str, &'a str)>) {
        let url = self.authorize.named(ask.page()).unwrap_or(&self.authorize.url);
        let mut pairs: Vec<(&str, &str)> =
            ask.for_page().iter().map(|(name, value)| (&**name, &**value)).collect();
        if let Some(name) = &self.authorize.consumer_key_name {
            pairs.push((name, consumer_key));
        }
        pairs.push((&self.authorize.token_name, token));
        (url, pairs)
    }

    pub(crate) fn accepts_status(&self, status: StatusCode) -> bool {
        status == StatusCode::OK || self.dialect.tolerates_any_success() && status.is_success()
    }

    /// Where the API is, such as `https://platform.fatsecret.com`: the origin that was named for it,
    /// or else that of the request-token call.
    pub(crate) fn resource_origin(&self) -> String {
        let origin = self.signing.first_origin().or(self.endpoint_origins.first());
        origin.map(ToString::to_string).unwrap_or_default()
    }

    /// Returns whether a session may sign for this URL.
    pub(crate) fn owns(&self, uri: &BaseUri<'_>) -> bool {
        self.endpoint_origins.iter().any(|origin| origin.is_of(uri)) || self.signing.owns(uri)
    }

    /// What to do about a URL that is at none of the origins. An origin has no path, no query and no user.
    pub(crate) fn disowns(&self, uri: &BaseUri<'_>) -> String {
        let asked = Origin::of(uri);
        let own: Vec<&Origin> =
            self.endpoint_origins.iter().chain(self.signing.origins()).collect();
        if let Some(with_tls) = own.iter().find(|origin| origin.is_with_tls(&asked)) {
            return format!("its origin is {asked}: write {with_tls}");
        }
        let own: Vec<String> = own.iter().map(ToString::to_string).collect();
        let add = "if you trust this origin, add it with `Provider::with_resource_origin`";
        format!("its origin is {asked}, and the provider has {}; {add}", own.join(", "))
    }
}

/// A `User-Agent` that says something and can stand in a header.
pub(crate) fn check_user_agent(user_agent: &str) -> Result<HeaderValue, Error> {
    let user_agent = user_agent.trim();
    let value = HeaderValue::from_str(user_agent).ok().filter(|_| !user_agent.is_empty());
    value.ok_or_else(|| {
        let reason = "a user agent is one line of text that names the application";
        Error::setup(ErrorKind::InvalidSetting { reason })
    })
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider")
            .field("request_token", &self.request_token)
            .field("authorize", &self.authorize)
            .field("access_token", &self.access_token)
            .field("endpoint_origins", &self.endpoint_origins)
            .field("signing", &self.signing)
            .field("approval", &self.approval)
            .field("token_life", &self.token_life)
            .field("ask", &self.ask)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        ShownUrl::of(&self.authorize.url).fmt(f)
    }
}

#[cfg(test)]
mod tests;
