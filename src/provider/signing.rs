//! How requests are signed, where the signature goes, and for whom.

use super::{
    origin::{Moves, Origin, check_insecure_origin, check_origin},
    transmission::Transmission,
};
use crate::{
    error::{Error, kind::ErrorKind},
    signature::{method::SignatureMethod, uri::BaseUri},
};

/// How requests are signed: the signature method, the place of the parameters, and the origins for which
/// requests may be signed.
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
    /// Creates the default values with another signature method.
    #[must_use]
    pub fn new(method: SignatureMethod) -> Self {
        Self { method, ..Self::default() }
    }

    /// Sets the signature method. The default is HMAC-SHA1.
    #[must_use]
    pub fn with_method(mut self, method: SignatureMethod) -> Self {
        self.method = method;
        self
    }

    /// Sets the place of the OAuth parameters in requests for resources. The default is the header.
    #[must_use]
    pub fn with_transmission(mut self, transmission: Transmission) -> Self {
        self.transmission = transmission;
        self
    }

    /// Sends a realm in the `Authorization` header. It is not signed. By default no realm is sent.
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

    /// Adds an origin (scheme, host and port) for which requests may be signed. The first origin is the
    /// API's.
    ///
    /// # Security
    ///
    /// A signed request shows the access token to that host, whatever its path.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidUrl`] if the text is not an origin, because it has a path, a query, a fragment or a
    /// user name; [`ErrorKind::InsecureEndpoint`] for an origin that is neither HTTPS nor on the loopback
    /// interface.
    pub fn with_origin(mut self, origin: &str) -> Result<Self, Error> {
        self.add(check_origin(origin)?);
        Ok(self)
    }

    /// Adds an origin without TLS for which requests may be signed.
    ///
    /// # Security
    ///
    /// Everybody on the network path can read each request, its token and its reply, and can send the request
    /// again as long as the provider accepts its timestamp. The secrets are not sent, unless the method is
    /// PLAINTEXT. Use it only for a provider that signs because it has no TLS, such as WooCommerce on `http`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidUrl`] as for [`with_origin`](Self::with_origin).
    pub fn insecure_http_origin(mut self, origin: &str) -> Result<Self, Error> {
        self.add(check_insecure_origin(origin)?);
        Ok(self)
    }

    /// Allows PLAINTEXT signatures without TLS. MAAS is usually called in this way, inside a private network.
    ///
    /// # Security
    ///
    /// Both secrets are sent in clear text. Everybody on the network path can act for the user from then on.
    #[must_use]
    pub fn insecure_plaintext_without_tls(mut self) -> Self {
        self.plaintext_without_tls = true;
        self
    }

    /// Adds `oauth_body_hash` to every request whose body is not a form, also to requests without a
    /// body. Mastercard requires it.
    #[must_use]
    pub fn with_body_hash(mut self) -> Self {
        self.body_hash = true;
        self
    }

    /// Sends an empty `oauth_token` if there is no token. Schoology and Cardmarket require it.
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

    pub(super) fn origins(&self) -> &[Origin] {
        &self.origins
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
