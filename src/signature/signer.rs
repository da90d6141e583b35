//! The signer: one consumer and at most one token, made ready for any number of requests.

// What does not change between requests is computed once: the key's hash states and the
// text of the protocol parameters. The trap: a signature is for one request only; a retry needs a
// new nonce and so a new signature.

use std::{fmt, sync::OnceLock};

use secrecy::SecretString;

use crate::{
    credentials::Consumer,
    error::{
        Error,
        groups::{RequestError, SigningError},
        kind::ErrorKind,
    },
};

use super::{
    base_string::BaseString,
    encode::Digits,
    identity::Identity,
    keyed::{Keyed, Signature},
    method::SignatureMethod,
    params::{Pair, refuse_reserved, reserved_name},
    style::{BASE_STRING, FORM, HEADER},
    template::{Holes, NAMES, Template},
    to_sign::{Stamp, ToSign},
};

/// Signs requests for one consumer and at most one token.
///
/// It keeps the key in the form that the method needs, and zeroizes it on drop. Creating a signer costs as
/// much as two or three signatures. So keep it, in an `Arc` if several threads sign. `Debug` shows only the
/// method and the consumer key.
///
/// # Source
///
/// RFC 5849 section 3.
///
/// # Examples
///
/// The request of the RFC's introduction (section 1.2):
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use tripod::{Consumer, signature::{BaseUri, SignatureMethod, Signer, Stamp, ToSign}};
///
/// let consumer = Consumer::new("dpf43f3p2l4k3l03", "kd94hf93k423kf44");
/// let secret = "pfkkdhi9sl3r4s00".into();
/// let signer = Signer::new(
///     SignatureMethod::HmacSha1,
///     &consumer,
///     Some(("nnch734d00sl2jdk", &secret)),
/// )
/// .without_version();
///
/// let request = ToSign {
///     http_method: "GET",
///     uri: BaseUri::parse("http://photos.example.net/photos?file=vacation.jpg")?,
///     // Only what is not in the URL: here, what will be added to its query.
///     pairs: &[("size", "original")],
///     protocol: &[],
///     stamp: Some(Stamp { timestamp: 137_131_202, nonce: "chapoH" }),
/// };
/// assert_eq!(signer.signature(&request)?, "MdpQcU8iPSUjWoN/UDMsK2sui9I=");
/// # Ok(())
/// # }
/// ```
pub struct Signer {
    identity: Identity,
    /// Whether the request's own parameters may not have a name of OAuth's.
    refuses_reserved: bool,
    /// Whether PLAINTEXT may sign for a URL without TLS.
    plaintext_without_tls: bool,
    keyed: Keyed,
    in_base_string: Template,
    /// Made when first used, since most signers only ever send in one place.
    in_form: OnceLock<Template>,
    in_header: OnceLock<Template>,
    /// The lengths of the two secrets once encoded.
    pub(super) key_shape: (usize, usize),
}

/// # Create a signer, compute a signature
impl Signer {
    /// Creates a signer for this consumer, and for this token with its secret if there is one.
    #[must_use]
    pub fn new(
        method: SignatureMethod,
        consumer: &Consumer,
        token: Option<(&str, &SecretString)>,
    ) -> Self {
        let token_secret = token.map(|(_, secret)| secret);
        let (keyed, key_shape) = Keyed::new(&method, consumer.secret(), token_secret);
        let token = token.map(|(token, _)| SecretString::from(token));
        Self::with_templates(Self {
            in_base_string: Template::empty(),
            in_form: OnceLock::new(),
            in_header: OnceLock::new(),
            key_shape,
            identity: Identity {
                method,
                consumer_key: consumer.key().to_owned(),
                token,
                version: true,
            },
            refuses_reserved: false,
            plaintext_without_tls: false,
            keyed,
        })
    }

    /// Leaves out `oauth_version=1.0`, which is optional in RFC 5849 section 3.1.
    ///
    /// FatSecret refuses requests without it.
    #[must_use]
    pub fn without_version(mut self) -> Self {
        self.identity.version = false;
        Self::with_templates(self)
    }

    /// Refuses requests with a parameter of their own whose name begins with `oauth_`.
    #[must_use]
    pub(crate) fn refusing_reserved(mut self) -> Self {
        self.refuses_reserved = true;
        self
    }

    /// Lets PLAINTEXT sign for any URL.
    #[must_use]
    pub(crate) fn allowing_plaintext_without_tls(mut self) -> Self {
        self.plaintext_without_tls = true;
        self
    }

    fn with_templates(mut self) -> Self {
        self.in_base_string = Template::new(&BASE_STRING, &self.identity.values("", ""));
        self.in_form = OnceLock::new();
        self.in_header = OnceLock::new();
        self
    }

    #[inline]
    pub(super) fn in_form(&self) -> &Template {
        self.in_form.get_or_init(|| Template::new(&FORM, &self.identity.values("", "")))
    }

    #[inline]
    pub(super) fn in_header(&self) -> &Template {
        self.in_header.get_or_init(|| Template::new(&HEADER, &self.identity.values("", "")))
    }

    pub(super) fn token(&self) -> Option<&str> {
        self.identity.token()
    }

    /// Returns the signature method.
    #[must_use]
    pub fn method(&self) -> &SignatureMethod {
        &self.identity.method
    }

    /// Returns the value of `oauth_signature`, before it is percent-encoded for the place it is sent in.
    ///
    /// # Errors
    ///
    /// - [`SigningError::PlaintextWithoutTls`]: PLAINTEXT and a URL that is not `https`.
    /// - [`SigningError::ClockBeforeEpoch`]: the timestamp is 0.
    /// - [`ErrorKind::InvalidSetting`]: there is no nonce although the method needs one, or the
    ///   nonce is empty.
    /// - [`RequestError::ReservedParameter`]: a name among `protocol` twice, or one that the signer adds.
    /// - [`RequestError::ParameterNotUtf8`]: the URL's query has a name or a value that is not UTF-8 after
    ///   decoding.
    /// - [`SigningError::SignerFailed`]: the signer of [`SignatureMethod::Custom`] failed.
    ///
    /// # Security
    ///
    /// With PLAINTEXT, the signature consists of both secrets.
    pub fn signature<K: AsRef<str>, V: AsRef<str>>(
        &self,
        request: &ToSign<'_, K, V>,
    ) -> Result<String, Error> {
        let mut digits = Digits::NONE;
        let holes = Holes::of(request.stamp, &mut digits);
        Ok(self.sign(request, holes.as_ref())?.to_text())
    }

    /// Checks the request and signs it. `holes` are those of the request.
    #[inline]
    pub(super) fn sign<K: AsRef<str>, V: AsRef<str>>(
        &self,
        request: &ToSign<'_, K, V>,
        holes: Option<&Holes<'_>>,
    ) -> Result<Signature<'_>, Error> {
        self.check(request)?;
        // Whoever gives all parameters as pairs pays nothing for a query that is not there.
        if request.uri.query().is_none() && !self.refuses_reserved {
            return self.keyed.sign(&self.base_string(request, &[], holes));
        }
        self.sign_with_query(request, holes)
    }

    #[inline(never)]
    fn sign_with_query<K: AsRef<str>, V: AsRef<str>>(
        &self,
        request: &ToSign<'_, K, V>,
        holes: Option<&Holes<'_>>,
    ) -> Result<Signature<'_>, Error> {
        let query = request.query()?;
        if self.refuses_reserved {
            refuse_reserved(&query)?;
            refuse_reserved(request.pairs)?;
        }
        self.keyed.sign(&self.base_string(request, &query, holes))
    }

    pub(super) fn base_string<'a, K: AsRef<str>, V: AsRef<str>>(
        &'a self,
        request: &'a ToSign<'a, K, V>,
        query: &'a [Pair<'a>],
        holes: Option<&'a Holes<'a>>,
    ) -> BaseString<'a, K, V> {
        BaseString {
            identity: &self.identity,
            template: &self.in_base_string,
            request,
            query,
            holes,
        }
    }

    #[inline]
    fn check<K, V>(&self, request: &ToSign<'_, K, V>) -> Result<(), Error> {
        let dated = |stamp: Stamp<'_>| stamp.timestamp != 0 && !stamp.nonce.is_empty();
        let usual = request.protocol.is_empty() && !self.keyed.is_plaintext();
        if usual && request.stamp.is_some_and(dated) { Ok(()) } else { self.look_closely(request) }
    }

    /// What is to be checked of any request, also of an unusual one.
    #[inline(never)]
    fn look_closely<K, V>(&self, request: &ToSign<'_, K, V>) -> Result<(), Error> {
        let plaintext = self.keyed.is_plaintext();
        let kind = match request.stamp {
            _ if plaintext && !request.uri.is_tls() && !self.plaintext_without_tls => {
                ErrorKind::Signing(SigningError::PlaintextWithoutTls)
            }
            Some(stamp) if stamp.timestamp == 0 => {
                ErrorKind::Signing(SigningError::ClockBeforeEpoch)
            }
            Some(stamp) if stamp.nonce.is_empty() => {
                ErrorKind::InvalidSetting { reason: "the nonce is empty" }
            }
            None if !plaintext => ErrorKind::InvalidSetting {
                reason: "this signature method needs a timestamp and a nonce",
            },
            _ => match reserved(request.protocol) {
                Some(name) => ErrorKind::Request(RequestError::ReservedParameter { name }),
                None => return Ok(()),
            },
        };
        Err(Error::setup(kind))
    }
}

/// A further protocol parameter that would be sent twice.
#[inline]
fn reserved(protocol: &[(&str, &str)]) -> Option<String> {
    if protocol.is_empty() {
        return None;
    }
    let mut seen = protocol.iter().map(|(name, _)| *name).enumerate();
    seen.find(|&(index, name)| {
        name == "oauth_signature"
            || NAMES.contains(&name)
            || protocol[..index].iter().any(|(other, _)| *other == name)
    })
    .map(|(_, name)| reserved_name(name))
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("method", &self.identity.method)
            .field("consumer_key", &self.identity.consumer_key)
            .finish_non_exhaustive()
    }
}
