//! Signed requests without a token ("two-legged"), and what they share with sessions.

use std::{fmt, sync::Arc};

use http::{HeaderMap, Method, Request, Uri, header};
use secrecy::ExposeSecret;

use super::{
    outgoing::{FORM, begin_query, sensitive, uri_of, with_host},
    request::ResourceRequest,
};
use crate::{
    client::Client,
    credentials::TokenPair,
    error::{Error, ErrorKind, RequestError, Stage},
    provider::{Transmission, refuse_reserved_names},
    signature::{BaseUri, Signer, Stamp, ToSign, decode_pairs},
};

/// Signs with the consumer's key alone, for resources that belong to no user.
///
/// It is another type than [`Session`](crate::Session), so that what needs a user's grant cannot be
/// called without one.
///
/// # Examples
///
/// ```no_run
/// # async fn run(client: tripod::Client) -> Result<(), tripod::Error> {
/// let reply = client
///     .signed()
///     .get("https://platform.fatsecret.com/rest/server.api")
///     .query(&[("method", "foods.search"), ("search_expression", "toast"), ("format", "json")])
///     .send()
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Signed {
    signatory: Signatory,
}

impl Client {
    /// Makes signed requests without a token.
    #[must_use]
    pub fn signed(&self) -> Signed {
        Signed { signatory: Signatory { client: self.clone(), keys: Keys::new(self, None) } }
    }
}

impl Signed {
    /// Begins a GET request. `url` is absolute and at one of the provider's resource origins.
    pub fn get(&self, url: impl Into<String>) -> ResourceRequest {
        self.resource(Method::GET, url)
    }

    /// Begins a POST request.
    pub fn post(&self, url: impl Into<String>) -> ResourceRequest {
        self.resource(Method::POST, url)
    }

    /// Begins a PUT request.
    pub fn put(&self, url: impl Into<String>) -> ResourceRequest {
        self.resource(Method::PUT, url)
    }

    /// Begins a DELETE request.
    pub fn delete(&self, url: impl Into<String>) -> ResourceRequest {
        self.resource(Method::DELETE, url)
    }

    /// Begins a request with any method.
    pub fn resource(&self, method: Method, url: impl Into<String>) -> ResourceRequest {
        ResourceRequest::new(self.signatory.clone(), method, url.into())
    }

    /// Signs a request of your own making, in place, as [`Session::sign`](crate::Flow::sign) does.
    ///
    /// # Errors
    ///
    /// As [`Session::sign`](crate::Flow::sign).
    pub fn sign<B: AsRef<[u8]>>(&self, request: &mut Request<B>) -> Result<(), Error> {
        in_place(&self.signatory, request)
    }

    /// The client this signer belongs to.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.signatory.client
    }
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed").field("client", &self.signatory.client).finish()
    }
}

/// Who signs. Cheap to clone: no secret is copied.
#[derive(Clone)]
pub(crate) struct Signatory {
    pub(crate) client: Client,
    pub(crate) keys: Arc<Keys>,
}

/// A signer that is made once, and the token it holds, if any.
pub(crate) struct Keys {
    pub(crate) signer: Signer,
    pub(crate) pair: Option<TokenPair>,
}

impl Keys {
    pub(crate) fn new(client: &Client, pair: Option<TokenPair>) -> Arc<Self> {
        Arc::new(Self { signer: client.signer(pair.as_ref()), pair })
    }
}

impl Signatory {
    /// What must not be seen in an excerpt.
    pub(crate) fn secrets(&self) -> Vec<&str> {
        let mut secrets = vec![self.client.consumer().secret().expose_secret()];
        if let Some(pair) = &self.keys.pair {
            secrets.extend([pair.secret.expose_secret(), pair.token.expose_secret()]);
        }
        secrets
    }

    /// Refuses to sign for a stranger, and for a user name: HTTP clients make another
    /// `Authorization` header of it.
    pub(super) fn check_origin(&self, uri: &BaseUri<'_>, user_info: bool) -> Result<(), Error> {
        if !self.client.provider().owns(uri) {
            return Err(Error::new(
                Stage::Resource,
                ErrorKind::Request(RequestError::ForeignOrigin),
            ));
        }
        if user_info {
            let reason = "it has a user name or a password, which the signature does not cover";
            return Err(Error::new(Stage::Resource, ErrorKind::InvalidUrl { reason }));
        }
        Ok(())
    }
}

/// Signs a request where it stands.
pub(crate) fn in_place<B: AsRef<[u8]>>(
    who: &Signatory,
    request: &mut Request<B>,
) -> Result<(), Error> {
    let placed = place(who, request).map_err(|error| error.at_stage(Stage::Resource))?;
    match placed {
        Placed::Header(value) => {
            request.headers_mut().insert(header::AUTHORIZATION, value);
        }
        Placed::Uri(uri) => *request.uri_mut() = uri,
    }
    Ok(())
}

enum Placed {
    Header(http::HeaderValue),
    Uri(Uri),
}

fn place<B: AsRef<[u8]>>(who: &Signatory, request: &Request<B>) -> Result<Placed, Error> {
    if request.headers().contains_key(header::AUTHORIZATION) {
        return Err(Error::setup(ErrorKind::Request(RequestError::AuthorizationPresent)));
    }
    let uri = BaseUri::from_uri(request.uri())?;
    let authority = request.uri().authority();
    who.check_origin(&uri, authority.is_some_and(|authority| authority.as_str().contains('@')))?;
    let mut pairs = decode_pairs(uri.query().unwrap_or_default())?;
    let body = request.body().as_ref();
    if is_form(request.headers()) {
        let text = std::str::from_utf8(body)
            .map_err(|_| Error::setup(ErrorKind::Request(RequestError::ParameterNotUtf8)))?;
        pairs.extend(decode_pairs(text)?);
    }
    refuse_reserved_names(pairs.iter().map(|(name, _)| name.as_ref()))?;
    let moment = who.client.moment()?;
    let to_sign = ToSign {
        http_method: request.method().as_str(),
        uri: with_host(uri, request.headers())?,
        pairs: &pairs,
        protocol: &[],
        stamp: Some(Stamp { timestamp: moment.timestamp, nonce: moment.nonce.as_str() }),
    };
    match who.client.provider().resource_transmission() {
        Transmission::Header => {
            let realm = who.client.provider().realm();
            Ok(Placed::Header(sensitive(who.keys.signer.authorization(&to_sign, realm)?)?))
        }
        Transmission::Form => Err(Error::setup(ErrorKind::Request(RequestError::FormBodyNeeded))),
        Transmission::Query | Transmission::FormOrQuery => {
            let mut text = request.uri().to_string();
            begin_query(&mut text);
            who.keys.signer.parameters_into(&to_sign, &mut text)?;
            uri_of(text).map(Placed::Uri)
        }
    }
}

/// Whether the body is form data, so that it is signed (RFC 5849 section 3.4.1.3.1). The media
/// type's letter case and its parameters make no difference.
pub(super) fn is_form(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(value), None) = (types.next(), types.next()) else {
        return false;
    };
    value.to_str().is_ok_and(is_form_type)
}

pub(super) fn is_form_type(content_type: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case(FORM)
}
