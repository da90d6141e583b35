//! How requests are signed, where the signature goes, and for whom.

use super::{
    origin::{Moves, Origin, check_insecure_origin, check_origin},
    transmission::Transmission,
};
use crate::{
    error::{Error, kind::ErrorKind},
    signature::{method::SignatureMethod, uri::BaseUri},
};

/// How requests are signed: the method, the place of the parameters, and the origins that may be signed for.
///
/// The default is HMAC-SHA1 with the parameters in the header, `oauth_version=1.0`, no realm and no body hash.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use tripod::{SignatureMethod, Signing, Transmission};
///
/// let signing = Signing::new(SignatureMethod::HmacSha1)
///     .with_realm("photos")?
///     .with_origin("https://api.provider.example")?
///     .with_transmission(Transmission::Query);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a habit that providers have or have not"
)]
pub struct Signing {
    method: SignatureMethod,
    realm: Option<String>,
    without_version: bool,
    transmission: Transmission,
    origins: Vec<Origin>,
    body_hash: bool,
    empty_token: bool,
    plaintext_without_tls: bool,
}

impl Signing {
    /// Creates the default with another signature method.
    #[must_use]
    pub fn new(method: SignatureMethod) -> Self {
        Self { method, ..Self::default() }
    }

    /// Sets the signature method. The default is HMAC-SHA1, the one that every provider has.
    #[must_use]
    pub fn with_method(mut self, method: SignatureMethod) -> Self {
        self.method = method;
        self
    }

    /// Sets where the parameters of resource requests travel. The default is the header.
    #[must_use]
    pub fn with_transmission(mut self, transmission: Transmission) -> Self {
        self.transmission = transmission;
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
        self.without_version = true;
        self
    }

    /// Names an origin (scheme, host and port) that may be signed for. The first one is where the API is.
    ///
    /// # Security
    ///
    /// A signed request shows the access token to that host, whatever its path.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidUrl`] for what is no origin: one with a path, a query, a fragment or
    /// user-info; [`ErrorKind::InsecureEndpoint`] for one that is neither HTTPS nor on the loopback interface.
    pub fn with_origin(mut self, origin: &str) -> Result<Self, Error> {
        self.add(check_origin(origin)?);
        Ok(self)
    }

    /// Names an origin that may be signed for although it has no TLS.
    ///
    /// # Security
    ///
    /// Whoever is on the way reads each request, its token and its reply, and can send the request again
    /// for as long as the provider takes its timestamp. The secrets are not sent, unless the method is
    /// PLAINTEXT. Use it only for a provider that signs because it has no TLS, such as WooCommerce on `http`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidUrl`] as for [`with_origin`](Self::with_origin).
    pub fn insecure_http_origin(mut self, origin: &str) -> Result<Self, Error> {
        self.add(check_insecure_origin(origin)?);
        Ok(self)
    }

    /// Lets PLAINTEXT sign requests that have no TLS. MAAS is usually called so, inside a network of its own.
    ///
    /// # Security
    ///
    /// Both secrets are sent as they are. Whoever is on the way can act for the user from then on.
    #[must_use]
    pub fn insecure_plaintext_without_tls(mut self) -> Self {
        self.plaintext_without_tls = true;
        self
    }

    /// Adds `oauth_body_hash` to every request whose body is no form, also to those without a body.
    /// Mastercard asks for it.
    #[must_use]
    pub fn with_body_hash(mut self) -> Self {
        self.body_hash = true;
        self
    }

    /// Sends an empty `oauth_token` where there is no token. Schoology and Cardmarket ask for it.
    #[must_use]
    pub fn with_empty_token(mut self) -> Self {
        self.empty_token = true;
        self
    }

    /// Returns the signature method.
    #[must_use]
    pub fn method(&self) -> &SignatureMethod {
        &self.method
    }

    /// Names origins that are known to pass the checks.
    pub(crate) fn with_known_origins(mut self, origins: &[&str]) -> Self {
        for origin in origins {
            if let Ok(origin) = check_origin(origin) {
                self.add(origin);
            }
        }
        self
    }

    fn add(&mut self, origin: Origin) {
        if !self.origins.contains(&origin) {
            self.origins.push(origin);
        }
    }

    pub(crate) fn transmission(&self) -> Transmission {
        self.transmission
    }

    pub(crate) fn realm(&self) -> Option<&str> {
        self.realm.as_deref()
    }

    pub(crate) fn sends_version(&self) -> bool {
        !self.without_version
    }

    pub(crate) fn has_body_hash(&self) -> bool {
        self.body_hash
    }

    pub(crate) fn sends_empty_token(&self) -> bool {
        self.empty_token
    }

    pub(crate) fn allows_plaintext_without_tls(&self) -> bool {
        self.plaintext_without_tls
    }

    pub(super) fn first_origin(&self) -> Option<&Origin> {
        self.origins.first()
    }

    pub(super) fn owns(&self, uri: &BaseUri<'_>) -> bool {
        self.origins.iter().any(|origin| origin.is_of(uri))
    }

    pub(super) fn move_by(&mut self, moves: &mut Moves) {
        for mut origin in std::mem::take(&mut self.origins) {
            moves.origin(&mut origin);
            self.add(origin);
        }
    }
}
