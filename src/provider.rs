//! A service provider as data: three URLs and its habits.
//!
//! Floor 2: uses `signature` and floor 0. No trait, no code of the provider's: whatever two
//! providers do differently is a field here. The trap: an endpoint's query is part of what is
//! signed, and must not hold a parameter of OAuth's own (RFC 5849 section 2).

use std::{borrow::Cow, fmt, net::IpAddr, time::Duration};

use http::Method;

use crate::{
    error::{Error, ErrorKind},
    protocol::problem::Dialect,
    signature::{BaseUri, SignatureMethod, decode_pairs},
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

/// One of the two calls that give a token.
#[derive(Clone)]
pub(crate) struct TokenCall {
    pub(crate) url: Cow<'static, str>,
    pub(crate) method: Method,
    pub(crate) transmission: Transmission,
}

const FATSECRET_HANDSHAKE: &str = "https://authentication.fatsecret.com";
const FATSECRET_DATA_HOST: &str = "platform.fatsecret.com";

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
    /// [`ErrorKind::ReservedParameter`] for one whose query has a name that begins with `oauth_`.
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
            dialect: Dialect::OAuth,
        };
        Ok(origins.into_iter().fold(provider, Self::adding_origin))
    }

    /// FatSecret Platform: food diary, weight and exercise.
    ///
    /// Both token calls by GET with the parameters in the query, since the handshake host does not
    /// read the `Authorization` header; on the data host in the form body of a POST and the query
    /// of everything else; HMAC-SHA1; `oauth_version=1.0`. Request tokens are taken to live 15
    /// minutes, which FatSecret has never confirmed.
    ///
    /// # Source
    ///
    /// <https://platform.fatsecret.com/docs/guides/authentication/oauth1/three-legged>
    #[must_use]
    pub fn fatsecret() -> Self {
        let call = |path: &'static str| TokenCall {
            url: Cow::Borrowed(path),
            method: Method::GET,
            transmission: Transmission::Query,
        };
        Self {
            request_token: call("https://authentication.fatsecret.com/oauth/request_token"),
            authorization_url: Cow::Borrowed(
                "https://authentication.fatsecret.com/oauth/authorize",
            ),
            access_token: call("https://authentication.fatsecret.com/oauth/access_token"),
            resource_origins: vec![Origin::https(FATSECRET_DATA_HOST)],
            api_origin: Some(Origin::https(FATSECRET_DATA_HOST)),
            resource_transmission: Transmission::FormOrQuery,
            signature_method: SignatureMethod::HmacSha1,
            realm: None,
            version: true,
            tolerates_missing_confirmation: false,
            tolerates_any_success: false,
            request_token_lifetime: Some(Duration::from_secs(15 * 60)),
            dialect: Dialect::FatSecret,
        }
    }

    /// A provider with FatSecret's habits and paths on other hosts, such as a sandbox.
    ///
    /// `handshake` and `data` are origins: `http://127.0.0.1:8080`, without a path.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidUrl`] for what is no origin: one with a path, a query, a fragment or
    /// user-info; [`ErrorKind::InsecureEndpoint`] as for [`new`](Self::new).
    pub fn fatsecret_at(handshake: &str, data: &str) -> Result<Self, Error> {
        let handshake = check_origin(handshake)?;
        let at = |path: &str| format!("{handshake}{path}");
        let mut provider = Self::fatsecret();
        for url in [
            &mut provider.request_token.url,
            &mut provider.authorization_url,
            &mut provider.access_token.url,
        ] {
            *url = Cow::Owned(at(url.trim_start_matches(FATSECRET_HANDSHAKE)));
        }
        let data = check_origin(data)?;
        provider.resource_origins = vec![data.clone()];
        provider.api_origin = Some(data);
        Ok(provider)
    }

    /// Sets the HTTP method of the request-token call, and where its parameters travel.
    ///
    /// FatSecret's newest documentation says POST, which works with [`Transmission::Form`] only.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::FormBodyNeeded`] for a form with a method that has no body.
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
    /// [`ErrorKind::FormBodyNeeded`] for a form with a method that has no body.
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

impl TokenCall {
    fn set(&mut self, method: Method, transmission: Transmission) -> Result<(), Error> {
        let bodiless = [Method::GET, Method::HEAD].contains(&method);
        self.transmission = match transmission {
            Transmission::Form if bodiless => {
                return Err(Error::setup(ErrorKind::FormBodyNeeded));
            }
            Transmission::FormOrQuery if bodiless => Transmission::Query,
            Transmission::FormOrQuery => Transmission::Form,
            other => other,
        };
        self.method = method;
        Ok(())
    }
}

impl fmt::Debug for TokenCall {
    // An endpoint's query may hold a key of the application's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.url.split('?').next().unwrap_or_default();
        write!(f, "{} {url} ({:?})", self.method, self.transmission)
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
        f.write_str(self.authorization_url.split('?').next().unwrap_or_default())
    }
}

/// Checks one endpoint, and gives its origin.
fn check_endpoint(url: &str) -> Result<Origin, Error> {
    let uri = BaseUri::parse(url)?;
    let invalid = |reason| Error::setup(ErrorKind::InvalidUrl { reason });
    if url.contains('#') {
        return Err(invalid("an endpoint has no fragment"));
    }
    if has_user_info(url) {
        return Err(invalid("an endpoint has no user name or password"));
    }
    if !is_secure(&uri) {
        return Err(Error::setup(ErrorKind::InsecureEndpoint));
    }
    refuse_reserved(uri.query().unwrap_or_default())?;
    Ok(Origin::of(&uri))
}

/// Checks an origin: scheme, host and port, and at most the slash behind them.
fn check_origin(url: &str) -> Result<Origin, Error> {
    let origin = check_endpoint(url)?;
    let uri = BaseUri::parse(url)?;
    if uri.path() != "/" || uri.query().is_some() {
        let reason = "an origin is a scheme, a host and a port, without a path and a query";
        return Err(Error::setup(ErrorKind::InvalidUrl { reason }));
    }
    Ok(origin)
}

/// Refuses a query that holds a parameter of OAuth's own.
pub(crate) fn refuse_reserved(query: &str) -> Result<(), Error> {
    refuse_reserved_names(decode_pairs(query)?.iter().map(|(name, _)| name.as_ref()))
}

pub(crate) fn refuse_reserved_names<'a>(
    names: impl IntoIterator<Item = &'a str>,
) -> Result<(), Error> {
    match names.into_iter().find(|name| name.starts_with("oauth_")) {
        None => Ok(()),
        Some(name) => {
            // A name may be as long as the caller likes; an error should not be.
            let name = name.chars().take(64).collect();
            Err(Error::setup(ErrorKind::ReservedParameter { name }))
        }
    }
}

/// Whether a user name or a password stands before the host.
pub(crate) fn has_user_info(url: &str) -> bool {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().is_some_and(|authority| authority.contains('@'))
}

/// HTTPS, or the loopback interface, where nobody else listens in.
pub(crate) fn is_secure(uri: &BaseUri<'_>) -> bool {
    if uri.is_tls() {
        return true;
    }
    let host = uri.host().trim_matches(['[', ']']);
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Scheme, host and port. Kept apart, so that each request is compared without allocating.
#[derive(Clone, PartialEq, Eq)]
struct Origin {
    tls: bool,
    host: Cow<'static, str>,
    /// None for the scheme's own.
    port: Option<u16>,
}

impl Origin {
    const fn https(host: &'static str) -> Self {
        Self { tls: true, host: Cow::Borrowed(host), port: None }
    }

    fn of(uri: &BaseUri<'_>) -> Self {
        let host = uri.host().to_ascii_lowercase().into();
        Self { tls: uri.is_tls(), host, port: uri.port() }
    }

    fn is_of(&self, uri: &BaseUri<'_>) -> bool {
        self.tls == uri.is_tls()
            && self.port == uri.port()
            && self.host.eq_ignore_ascii_case(uri.host())
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.tls { "https" } else { "http" }, self.host)?;
        match self.port {
            Some(port) => write!(f, ":{port}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(url: &str) -> Result<Provider, ErrorKind> {
        let good = "https://p.example/x";
        let kinds = [
            Provider::new(url, good, good),
            Provider::new(good, url, good),
            Provider::new(good, good, url),
        ]
        .map(|built| built.map_err(|error| error.kind().clone()));
        let [first, second, third] = kinds;
        assert_eq!(first.as_ref().err(), second.as_ref().err());
        assert_eq!(first.as_ref().err(), third.as_ref().err());
        first
    }

    // checklist 7
    #[test]
    fn endpoints_are_https_except_on_loopback() {
        for url in
            ["http://p.example/x", "http://127.0.0.1.p.example/x", "http://localhost.p.example/"]
        {
            assert_eq!(new(url).unwrap_err(), ErrorKind::InsecureEndpoint, "{url}");
        }
        for url in [
            "http://127.0.0.1:8080/x",
            "http://127.9.9.9/x",
            "http://[::1]:80/x",
            "http://LocalHost/x",
        ] {
            assert!(new(url).is_ok(), "{url}");
        }
    }

    #[test]
    fn debug_shows_no_query_of_an_endpoint() {
        let provider = new("https://p.example/x?key=canary").unwrap();
        assert!(!format!("{provider:?} {provider}").contains("canary"), "{provider:?}");
    }

    // checklist 1
    #[test]
    fn an_endpoints_query_has_nothing_of_oauths_own() {
        assert!(new("https://p.example/x?lang=de").is_ok());
        for url in ["https://p.example/x?oauth_token=x", "https://p.example/x?a=1&%6Fauth_nonce"] {
            assert!(matches!(new(url).unwrap_err(), ErrorKind::ReservedParameter { .. }), "{url}");
        }
    }

    #[test]
    fn endpoints_have_no_fragment_and_no_user() {
        for url in [
            "https://p.example/x#y",
            "https://u@p.example/x",
            "https://u:p@p.example?x",
            "p.example/x",
            "",
        ] {
            assert!(matches!(new(url).unwrap_err(), ErrorKind::InvalidUrl { .. }), "{url}");
        }
        assert!(new("https://p.example/@me").is_ok());
    }

    #[test]
    fn fatsecret_would_pass_its_own_checks() {
        let provider = Provider::fatsecret();
        for url in
            [&provider.request_token.url, &provider.authorization_url, &provider.access_token.url]
        {
            assert_eq!(check_endpoint(url).unwrap().to_string(), FATSECRET_HANDSHAKE);
        }
        let data = provider.resource_origins[0].to_string();
        assert_eq!(check_endpoint(&data).unwrap(), provider.resource_origins[0]);
        let same = Provider::fatsecret_at(FATSECRET_HANDSHAKE, &data).unwrap();
        assert_eq!(format!("{same:?}"), format!("{provider:?}"));
    }

    #[test]
    fn a_session_signs_for_the_providers_origins_only() {
        let provider = new("https://P.example:443/x").unwrap();
        let provider = provider.with_resource_origin("https://api.example:8443/").unwrap();
        let owns = |url: &str| provider.owns(&BaseUri::parse(url).unwrap());
        for url in ["https://p.example/any?x", "HTTPS://p.EXAMPLE:443", "https://api.example:8443/"]
        {
            assert!(owns(url), "{url}");
        }
        for url in [
            "http://p.example/",
            "https://p.example:444/",
            "https://p.example.evil.example/",
            "https://evil.example/?https://p.example/",
            "https://p.example@evil.example/",
            "https://api.example/",
        ] {
            assert!(!owns(url), "{url}");
        }
    }

    #[test]
    fn an_origin_is_refused_what_would_be_ignored() {
        let good = "https://p.example";
        let kinds = |origin: &str| {
            [
                Provider::fatsecret_at(origin, good),
                Provider::fatsecret_at(good, origin),
                Provider::fatsecret().with_resource_origin(origin),
            ]
            .map(|built| built.map(drop).map_err(|error| error.kind().clone()))
        };
        for origin in [
            "https://p.example/api",
            "https://p.example//",
            "https://p.example?",
            "https://p.example/?a=1",
            "https://p.example#",
            "https://u@p.example",
            "p.example",
        ] {
            for kind in kinds(origin) {
                assert!(matches!(kind, Err(ErrorKind::InvalidUrl { .. })), "{origin} {kind:?}");
            }
        }
        assert_eq!(kinds("http://p.example"), [(); 3].map(|()| Err(ErrorKind::InsecureEndpoint)));
        for origin in ["https://p.example/", "HTTPS://P.example:443", "http://[::1]:8080"] {
            assert_eq!(kinds(origin), [(); 3].map(Ok), "{origin}");
        }
        let provider = Provider::fatsecret_at("http://127.0.0.1:1/", good).unwrap();
        assert_eq!(provider.access_token.url, "http://127.0.0.1:1/oauth/access_token");
    }

    #[cfg(feature = "fatsecret")]
    #[test]
    fn the_api_is_where_it_was_named_to_be() {
        let provider = new("https://tokens.example/x").unwrap();
        assert_eq!(provider.resource_origin(), "https://tokens.example");
        let provider = provider.with_resource_origin("https://api.example").unwrap();
        let provider = provider.with_resource_origin("https://other.example").unwrap();
        assert_eq!(provider.resource_origin(), "https://api.example");
        let same = new("https://p.example/x").unwrap().with_resource_origin("https://p.example");
        let same = same.unwrap().with_resource_origin("https://api.example").unwrap();
        assert_eq!(same.resource_origin(), "https://p.example");
        let provider = Provider::fatsecret().with_resource_origin("https://api.example").unwrap();
        assert_eq!(provider.resource_origin(), format!("https://{FATSECRET_DATA_HOST}"));
    }

    // checklist 53
    #[test]
    fn a_form_needs_a_method_with_a_body() {
        let refused =
            Provider::fatsecret().with_request_token_call(Method::GET, Transmission::Form);
        assert_eq!(*refused.unwrap_err().kind(), ErrorKind::FormBodyNeeded);
        assert!(
            Provider::fatsecret().with_request_token_call(Method::POST, Transmission::Form).is_ok()
        );
    }

    // checklist 52
    #[test]
    fn a_realm_cannot_break_the_header() {
        for realm in ["a\r\nb", "a\nb", "a\0", "é"] {
            assert!(Provider::fatsecret().with_realm(realm).is_err(), "{realm:?}");
        }
    }
}
