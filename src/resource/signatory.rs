//! Who signs, and the one path on which every request is signed: a token call, a request for a
//! resource, and a request that the caller has made.

// The trap: what is signed must be what is sent. Whoever asks for a signature here adds to the
// request what comes back, and changes nothing else.

use std::{
    borrow::Cow,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use http::{HeaderMap, HeaderValue, header};
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use crate::{
    client::Client,
    clock::timekeeper::Moment,
    credentials::{AccessToken, SESSION_HANDLE, TokenPair},
    dead_stack::wipe_dead_stack,
    error::{Error, groups::RequestError, kind::ErrorKind, stage::Stage},
    protocol::redact,
    provider::transmission::Transmission,
    signature::{
        explain::Explanation,
        signer::Signer,
        to_sign::{self, Stamp},
        transmission::sensitive,
        uri::BaseUri,
    },
};

/// Who signs: a client, its signer, and the token that the signer holds, if any.
pub(crate) struct Signatory<T: ?Sized = dyn MayHaveToken> {
    client: Client,
    signer: Signer,
    /// When the provider last accepted a request of this token's, in Unix seconds; 0 if that is not known.
    used_at: AtomicU64,
    token: T,
}

/// An [`AccessToken`], the pair of a request token, or [`NoToken`].
pub(crate) trait MayHaveToken: Send + Sync {
    fn pair(&self) -> Option<&TokenPair>;

    /// What renews the token, beside its pair.
    fn session_handle(&self) -> Option<&str> {
        None
    }
}

pub(crate) struct NoToken;

impl MayHaveToken for NoToken {
    fn pair(&self) -> Option<&TokenPair> {
        None
    }
}

impl MayHaveToken for TokenPair {
    fn pair(&self) -> Option<&TokenPair> {
        Some(self)
    }
}

impl MayHaveToken for AccessToken {
    fn pair(&self) -> Option<&TokenPair> {
        Some(self.pair())
    }

    fn session_handle(&self) -> Option<&str> {
        self.extra(SESSION_HANDLE)
    }
}

/// A request that is to be signed, with its own parameters as decoded pairs.
pub(crate) type ToSign<'a> = to_sign::ToSign<'a, Cow<'a, str>, Cow<'a, str>>;

/// OAuth's parameters with the signature, and where they belong.
pub(crate) enum Placed {
    /// The value of the `Authorization` header.
    Header(HeaderValue),
    /// More pairs for the end of the query. The verifier may be among them, so this copy is wiped.
    Query(Zeroizing<String>),
    /// More pairs for the end of the form; wiped too.
    Form(Zeroizing<String>),
}

impl<T: MayHaveToken> Signatory<T> {
    pub(crate) fn new(client: &Client, token: T) -> Arc<Self> {
        let signing = client.provider().signing();
        let no_secret = SecretString::default();
        let pair = match token.pair() {
            Some(pair) => Some((pair.token.expose_secret(), &pair.secret)),
            None => signing.sends_empty_token().then_some(("", &no_secret)),
        };
        let mut signer = Signer::new(signing.method().clone(), client.consumer(), pair);
        if !signing.sends_version() {
            signer = signer.without_version();
        }
        if signing.allows_plaintext_without_tls() {
            signer = signer.allowing_plaintext_without_tls();
        }
        let signer = signer.refusing_reserved();
        wipe_dead_stack();
        Arc::new(Self { client: client.clone(), signer, used_at: AtomicU64::new(0), token })
    }
}

impl Signatory {
    /// Whether there is a user, whose token it signs with.
    pub(crate) fn has_token(&self) -> bool {
        self.token.pair().is_some()
    }
}

impl Signatory<AccessToken> {
    pub(crate) fn token(&self) -> &AccessToken {
        &self.token
    }
}

impl<T: ?Sized> Signatory<T> {
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Notes that the provider has accepted a request, if it matters how long ago that was.
    pub(crate) fn was_used(&self) {
        if self.client().provider().token_life().idle_limit().is_some() {
            let now = self.client().time().unix_seconds().unwrap_or(0);
            self.used_at.store(now, Ordering::Relaxed);
        }
    }

    /// When the provider last accepted a request, in Unix seconds, if that is known.
    pub(crate) fn used_at(&self) -> Option<u64> {
        Some(self.used_at.load(Ordering::Relaxed)).filter(|at| *at != 0)
    }
}

impl Signatory {
    /// What must not be seen in an error or in what is quoted of a reply.
    pub(crate) fn secrets(&self) -> Vec<&str> {
        let mut secrets = vec![self.client().consumer().secret().expose_secret()];
        if let Some(pair) = self.token.pair() {
            secrets.extend([pair.secret.expose_secret(), pair.token.expose_secret()]);
        }
        secrets.extend(self.token.session_handle());
        secrets
    }

    /// Refuses to sign for a stranger, and for a user name: HTTP clients make another
    /// `Authorization` header of it.
    pub(crate) fn check_origin(&self, uri: &BaseUri<'_>) -> Result<(), Error> {
        let provider = self.client().provider();
        if !provider.owns(uri) {
            let kind = ErrorKind::Request(RequestError::ForeignOrigin);
            return Err(Error::new(Stage::Resource, kind).with_detail(provider.disowns(uri)));
        }
        if uri.names_a_user() {
            let reason = "it has a user name or a password, which the signature does not cover";
            return Err(Error::new(Stage::Resource, ErrorKind::InvalidUrl { reason }));
        }
        Ok(())
    }

    /// `has_form` says whether there is a form body that OAuth's parameters may be added to.
    pub(crate) fn sign(
        &self,
        request: &ToSign<'_>,
        transmission: Transmission,
        has_form: bool,
    ) -> Result<Placed, Error> {
        let signer = &self.signer;
        let parameters = || {
            let mut text = String::new();
            signer.parameters_into(request, &mut text)?;
            Ok::<_, Error>(Zeroizing::new(text))
        };
        match (transmission, has_form) {
            (Transmission::Header, _) => {
                let realm = self.client().provider().signing().realm();
                let value = signer.authorization(request, realm)?;
                sensitive(value).map(Placed::Header)
            }
            (Transmission::Form | Transmission::FormOrQuery, true) => {
                parameters().map(Placed::Form)
            }
            (Transmission::Form, false) => {
                Err(Error::setup(ErrorKind::Request(RequestError::FormBodyNeeded)))
            }
            (Transmission::Query, _) | (Transmission::FormOrQuery, false) => {
                parameters().map(Placed::Query)
            }
        }
    }

    /// The steps of a signature of this request, for a bug report.
    pub(crate) fn explain(&self, request: &ToSign<'_>) -> Result<Explanation, Error> {
        let secrets = self.secrets();
        let is_secret = |text: &str| redact::shows(text, &secrets);
        self.signer.explain_hiding(request, is_secret)
    }
}

/// The timestamp and the nonce of a signature.
pub(crate) fn stamp(moment: &Moment) -> Stamp<'_> {
    Stamp { timestamp: moment.timestamp, nonce: moment.nonce.as_str() }
}

/// The base string URI of a request: a `Host` header of the caller's wins (section 3.4.1.2).
pub(crate) fn with_host<'a>(
    uri: BaseUri<'a>,
    headers: &'a HeaderMap,
) -> Result<BaseUri<'a>, Error> {
    match headers.get(header::HOST) {
        None => Ok(uri),
        Some(host) => {
            let reason = "the Host header is not text";
            let invalid = |_| Error::setup(ErrorKind::InvalidUrl { reason });
            uri.with_host(host.to_str().map_err(invalid)?)
        }
    }
}
