//! A service provider as data: three URLs and its habits.

// Uses `signature` and floor 0. No trait, no code of the provider's: whatever two
// providers do differently is a field here. The trap: an endpoint's query is part of what is
// signed, and must not hold a parameter of OAuth's own (RFC 5849 section 2).

pub(crate) mod endpoint;
mod origin;
mod presets;

use std::{borrow::Cow, fmt, time::Duration};

use http::Method;

pub(crate) use self::endpoint::{TokenCall, is_literally_secure, is_localhost};
use self::{
    endpoint::check_endpoint,
    origin::{Origin, check_origin},
};
use crate::{
    error::{Error, ErrorKind},
    protocol::dialect::Dialect,
    shown::ShownUrl,
    signature::{BaseUri, SignatureMethod},
};

/// Where the OAuth parameters of a request travel (RFC 5849 section 3.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Transmission {
    /// The `Authorization` header (section 3.5.1): the standard's first choice and the default.
    #[default]
    Header,
    /// The form body (section 3.5.2), for requests that have one.
    Form,
    /// The query (section 3.5.3). URLs are kept in logs and histories; use it where the provider
    /// reads nothing else.
    Query,
    /// The form body where the request has one, otherwise the query.
    FormOrQuery,
}

/// A service provider: its three endpoints, and how it wants to be called.
///
/// [`Provider::fatsecret`] is ready made; [`Provider::new`] describes any other. The rest of the
/// methods change one habit each.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use tripod::{Provider, Transmission};
///
/// let provider = Provider::new(
///     "https://provider.example/oauth/request_token",
///     "https://provider.example/oauth/authorize",
///     "https://provider.example/oauth/access_token",
/// )?
/// .with_resource_origin("https://api.provider.example")?
/// .with_resource_transmission(Transmission::Header);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Provider {
    request_token: TokenCall,
    authorization_url: Cow<'static, str>,
    access_token: TokenCall,
    resource_origins: Vec<Origin>,
    /// Where the API is: the first origin that was named for it.
    api_origin: Option<Origin>,
    resource_transmission: Transmission,
    signature_method: SignatureMethod,
    realm: Option<String>,
    version: bool,
    tolerates_missing_confirmation: bool,
    tolerates_any_success: bool,
    request_token_lifetime: Option<Duration>,
    dialect: Dialect,
}

impl Provider {
    /// Describes a provider by its three endpoints, otherwise as RFC 5849 recommends: both token
    /// calls by POST with the parameters in the header, HMAC-SHA1, the confirmed callback required.
    ///
    /// Sessions sign for the origins of the two token endpoints; a provider whose API has another
    /// host needs [`with_resource_origin`](Self::with_resource_origin).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidUrl`] for a URL that is not absolute or has user-info or a fragment,
    /// [`ErrorKind::InsecureEndpoint`] for one that is neither HTTPS nor on the loopback interface,
    /// [`RequestError::ReservedParameter`](crate::RequestError::ReservedParameter) for one whose query has a name that begins with `oauth_`.
    ///
    /// # Source
    ///
    /// RFC 5849 section 2.
    pub fn new(
        request_token_url: &str,
        authorization_url: &str,
        access_token_url: &str,
    ) -> Result<Self, Error> {
        let origins = [check_endpoint(request_token_url)?, check_endpoint(access_token_url)?];
        check_endpoint(authorization_url)?;
        let call = |url: &str| TokenCall {
            url: Cow::Owned(url.to_owned()),
            method: Method::POST,
            transmission: Transmission::Header,
        };
        let provider = Self {
            request_token: call(request_token_url),
            authorization_url: Cow::Owned(authorization_url.to_owned()),
            access_token: call(access_token_url),
            resource_origins: Vec::new(),
            api_origin: None,
            resource_transmission: Transmission::Header,
            signature_method: SignatureMethod::HmacSha1,
            realm: None,
            version: true,
            tolerates_missing_confirmation: false,
            tolerates_any_success: false,
            request_token_lifetime: None,
            dialect: Dialect::OAUTH,
        };
        Ok(origins.into_iter().fold(provider, Self::adding_origin))
    }

    /// Sets the HTTP method of the request-token call, and where its parameters travel.
    ///
    /// FatSecret's newest documentation says POST, which works with [`Transmission::Form`] only.
    ///
    /// # Errors
    ///
    /// [`RequestError::FormBodyNeeded`](crate::RequestError::FormBodyNeeded) for a form with a method that has no body.
    pub fn with_request_token_call(
        mut self,
        method: Method,
        transmission: Transmission,
    ) -> Result<Self, Error> {
        self.request_token.set(method, transmission)?;
        Ok(self)
    }

    /// Sets the HTTP method of the access-token call, and where its parameters travel.
    ///
    /// # Errors
    ///
    /// [`RequestError::FormBodyNeeded`](crate::RequestError::FormBodyNeeded) for a form with a method that has no body.
    pub fn with_access_token_call(
        mut self,
        method: Method,
        transmission: Transmission,
    ) -> Result<Self, Error> {
        self.access_token.set(method, transmission)?;
        Ok(self)
    }

    /// Sets where the parameters of resource requests travel. The default is the header.
    #[must_use]
    pub fn with_resource_transmission(mut self, transmission: Transmission) -> Self {
        self.resource_transmission = transmission;
        self
    }

    /// Names a further origin (scheme, host and port) that sessions may sign for.
    ///
    /// The first one that is named is where the typed FatSecret API calls, unless the provider came
    /// with one, as FatSecret's own does.
    ///
    /// # Security
    ///
    /// A signed request shows the access token to that host, whatever its path.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidUrl`] for what is no origin: one with a path, a query, a fragment or
    /// user-info; [`ErrorKind::InsecureEndpoint`] as for [`new`](Self::new).
    pub fn with_resource_origin(mut self, origin: &str) -> Result<Self, Error> {
        let origin = check_origin(origin)?;
        self.api_origin.get_or_insert_with(|| origin.clone());
        Ok(self.adding_origin(origin))
    }

    fn adding_origin(mut self, origin: Origin) -> Self {
        if !self.resource_origins.contains(&origin) {
            self.resource_origins.push(origin);
        }
        self
    }

    /// Sets the signature method. The default is HMAC-SHA1, the one that every provider has.
    #[must_use]
    pub fn with_signature_method(mut self, method: SignatureMethod) -> Self {
        self.signature_method = method;
        self
    }

    /// Sends a realm in the `Authorization` header. It is not signed. None is sent by default.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`] if it has a line break or another control character.
    pub fn with_realm(mut self, realm: impl Into<String>) -> Result<Self, Error> {
        let realm = realm.into();
        if realm.chars().any(char::is_control) || !realm.is_ascii() {
            let reason = "a realm is ASCII text without control characters";
            return Err(Error::setup(ErrorKind::InvalidSetting { reason }));
        }
        self.realm = Some(realm);
        Ok(self)
    }

    /// Leaves out `oauth_version`, which is optional (RFC 5849 section 3.1). FatSecret needs it.
    #[must_use]
    pub fn without_version(mut self) -> Self {
        self.version = false;
        self
    }

    /// Accepts a request-token reply without `oauth_callback_confirmed`.
    ///
    /// For a provider that is *known* to leave it out although it follows revision A. A field with
    /// another value than `true` is refused all the same, and the verifier stays mandatory.
    ///
    /// # Security
    ///
    /// The field is how a client learns that the provider does not speak OAuth 1.0, whose flow can
    /// be hijacked (RFC 5849 section 2.1).
    #[must_use]
    pub fn tolerate_missing_confirmation(mut self) -> Self {
        self.tolerates_missing_confirmation = true;
        self
    }

    /// Accepts token replies with any 2xx status, for a provider that sends 201. RFC 5849 says 200.
    #[must_use]
    pub fn tolerate_any_success_status(mut self) -> Self {
        self.tolerates_any_success = true;
        self
    }

    /// Sets how long request tokens live. `None`: not known, and never checked on this side.
    #[must_use]
    pub fn with_request_token_lifetime(mut self, lifetime: Option<Duration>) -> Self {
        self.request_token_lifetime = lifetime;
        self
    }

    /// The signature method.
    #[must_use]
    pub fn signature_method(&self) -> &SignatureMethod {
        &self.signature_method
    }

    /// How long request tokens live, if the provider has said.
    #[must_use]
    pub fn request_token_lifetime(&self) -> Option<Duration> {
        self.request_token_lifetime
    }

    pub(crate) fn request_token(&self) -> &TokenCall {
        &self.request_token
    }

    pub(crate) fn access_token(&self) -> &TokenCall {
        &self.access_token
    }

    pub(crate) fn authorization_url(&self) -> &str {
        &self.authorization_url
    }

    pub(crate) fn resource_transmission(&self) -> Transmission {
        self.resource_transmission
    }

    pub(crate) fn realm(&self) -> Option<&str> {
        self.realm.as_deref()
    }

    pub(crate) fn sends_version(&self) -> bool {
        self.version
    }

    pub(crate) fn tolerates_missing_confirmation(&self) -> bool {
        self.tolerates_missing_confirmation
    }

    pub(crate) fn accepts_status(&self, status: http::StatusCode) -> bool {
        status == http::StatusCode::OK || self.tolerates_any_success && status.is_success()
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Where the API is, such as `https://platform.fatsecret.com`: the origin that was named for it,
    /// or else that of the request-token call.
    #[cfg(feature = "fatsecret")]
    pub(crate) fn resource_origin(&self) -> String {
        let origin = self.api_origin.as_ref().or(self.resource_origins.first());
        origin.map(ToString::to_string).unwrap_or_default()
    }

    /// Whether a session may sign for this URL.
    pub(crate) fn owns(&self, uri: &BaseUri<'_>) -> bool {
        self.resource_origins.iter().any(|origin| origin.is_of(uri))
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider")
            .field("request_token", &self.request_token)
            .field("authorization", &format_args!("{self}"))
            .field("access_token", &self.access_token)
            .field("resource_origins", &self.resource_origins)
            .field("resource_transmission", &self.resource_transmission)
            .field("signature_method", &self.signature_method)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        ShownUrl::of(&self.authorization_url).fmt(f)
    }
}

#[cfg(test)]
mod tests;
