//! A signed request for a resource, while it is put together.

use std::{borrow::Cow, fmt, sync::Arc};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, header};
#[cfg(feature = "serde")]
use serde::Serialize;

use super::{
    address::Address,
    body::{Body, FORM, Form, is_form_type},
    calling::{Calling, Habits, Usual},
    outgoing::Outgoing,
    response::ResourceResponse,
    signatory::Signatory,
};
use crate::{
    clock::timekeeper::Moment,
    error::{Error, Stage, groups::RequestError, kind::ErrorKind},
    exchange,
    provider::Transmission,
    shown::ShownUrl,
    signature::{body_hash::body_hash, explain::Explanation, uri::BaseUri},
};

/// A request that will be signed when it is sent.
///
/// Made by [`Session::get`](crate::Flow::get) and its sisters, or by [`Signed`](crate::Signed). A
/// mistake in the parts (a query that cannot be serialised, say) is reported by
/// [`send`](Self::send) or [`build`](Self::build).
#[must_use = "a request does nothing until it is sent"]
pub struct ResourceRequest {
    who: Arc<Signatory>,
    outgoing: Result<Outgoing, Error>,
    body_hash: bool,
    /// What the request is called in its span.
    operation: Cow<'static, str>,
}

const RESOURCE: Cow<'static, str> = Cow::Borrowed("resource");

impl ResourceRequest {
    pub(crate) fn new(who: Arc<Signatory>, method: Method, url: &str) -> Self {
        let signing = who.client().provider().signing();
        let (transmission, body_hash) = (signing.transmission(), signing.has_body_hash());
        let outgoing = Address::new(url)
            .map(|address| Outgoing::new(method, address, transmission))
            .map_err(|error| error.at_stage(Stage::Resource));
        Self { who, outgoing, body_hash, operation: RESOURCE }
    }

    /// A request for an address that was checked and prepared.
    pub(crate) fn at(who: Arc<Signatory>, method: Method, address: Address) -> Self {
        let signing = who.client().provider().signing();
        let (transmission, body_hash) = (signing.transmission(), signing.has_body_hash());
        let outgoing = Ok(Outgoing::new(method, address, transmission));
        Self { who, outgoing, body_hash, operation: RESOURCE }
    }

    /// Adds one pair to the query.
    ///
    /// # Errors
    ///
    /// Later, from [`send`](Self::send): [`RequestError::ReservedParameter`] for a name that begins
    /// with `oauth_`.
    pub fn query_pair(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.then(|outgoing| {
            outgoing.query.push((name.into().into(), value.into().into()));
            Ok(())
        })
    }

    /// Adds one pair to the form body, which is signed; a body of another kind is replaced.
    ///
    /// # Errors
    ///
    /// As [`query_pair`](Self::query_pair).
    pub fn form_pair(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.then(|outgoing| {
            let mut form = match std::mem::replace(&mut outgoing.body, Body::None) {
                Body::Form(form) => form,
                Body::None | Body::Opaque(_) => Form::default(),
            };
            form.push((name.into().into(), value.into().into()));
            outgoing.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(FORM));
            outgoing.body = Body::Form(form);
            Ok(())
        })
    }

    /// Adds to the query: a list of pairs, a map, or a struct with plain fields.
    ///
    /// # Errors
    ///
    /// Later, from [`send`](Self::send): [`RequestError::NotSerializable`] for nested values,
    /// [`RequestError::ReservedParameter`] for names that begin with `oauth_`.
    #[cfg(feature = "serde")]
    #[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
    pub fn query<T: Serialize + ?Sized>(self, parameters: &T) -> Self {
        self.then(|outgoing| {
            outgoing.query.extend(pairs_of(parameters)?);
            Ok(())
        })
    }

    /// Sets a form body: a list of pairs, a map, or a struct with plain fields. It is signed.
    ///
    /// # Errors
    ///
    /// As [`query`](Self::query).
    #[cfg(feature = "serde")]
    #[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
    pub fn form<T: Serialize + ?Sized>(self, parameters: &T) -> Self {
        self.then(|outgoing| {
            let form = Form::of_pairs(pairs_of(parameters)?);
            outgoing.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(FORM));
            outgoing.body = Body::Form(form);
            Ok(())
        })
    }

    /// Sets a JSON body. It is sent and not signed (RFC 5849 section 3.4.1.3.1), unless
    /// [`body_hash`](Self::body_hash) is asked for.
    ///
    /// # Errors
    ///
    /// Later, from [`send`](Self::send): [`RequestError::NotSerializable`].
    #[cfg(feature = "json")]
    #[cfg_attr(docsrs, doc(cfg(feature = "json")))]
    pub fn json<T: Serialize + ?Sized>(self, value: &T) -> Self {
        let json = serde_json::to_vec(value).map(Bytes::from);
        self.then(|outgoing| {
            let json = json.map_err(|error| {
                Error::setup(ErrorKind::Request(RequestError::NotSerializable)).with_source(error)
            })?;
            let value = HeaderValue::from_static("application/json");
            outgoing.headers.insert(header::CONTENT_TYPE, value);
            outgoing.body = Body::Opaque(json);
            Ok(())
        })
    }

    /// Sets a body of any kind. One that is form data by its `content_type` is signed.
    ///
    /// # Errors
    ///
    /// Later, from [`send`](Self::send): [`ErrorKind::InvalidSetting`] for a content type that
    /// cannot stand in a header, [`RequestError::ParameterNotUtf8`] for form data that is no text.
    pub fn body(self, content_type: &str, body: impl Into<Bytes>) -> Self {
        let body = body.into();
        self.then(|outgoing| {
            let reason = "the content type cannot stand in a header";
            let value = HeaderValue::from_str(content_type)
                .map_err(|_| Error::setup(ErrorKind::InvalidSetting { reason }))?;
            outgoing.headers.insert(header::CONTENT_TYPE, value);
            outgoing.body = if is_form_type(content_type) {
                let text = String::from_utf8(body.to_vec()).map_err(|_| {
                    Error::setup(ErrorKind::Request(RequestError::ParameterNotUtf8))
                })?;
                Body::Form(Form::of_text(text))
            } else {
                Body::Opaque(body)
            };
            Ok(())
        })
    }

    /// Sets a header. `Authorization` and `Content-Type` are set by other means.
    ///
    /// A `Host` header is part of what is signed (section 3.4.1.2).
    pub fn header(self, name: HeaderName, value: HeaderValue) -> Self {
        self.then(|outgoing| {
            if [header::AUTHORIZATION, header::CONTENT_TYPE].contains(&name) {
                let reason = "the Authorization and Content-Type headers are set with the body";
                return Err(Error::setup(ErrorKind::InvalidSetting { reason }));
            }
            outgoing.headers.insert(name, value);
            Ok(())
        })
    }

    /// Sends the OAuth parameters of this one request in another place than the provider's.
    pub fn transmission(self, transmission: Transmission) -> Self {
        self.then(|outgoing| {
            outgoing.transmission = transmission;
            Ok(())
        })
    }

    /// Adds `oauth_body_hash`, which signs a body that is no form.
    ///
    /// Only for providers that know it (Mastercard, for one): others refuse it, FatSecret with
    /// error 3. Nothing is added to a request with a form body, as the extension demands.
    ///
    /// # Source
    ///
    /// OAuth Request Body Hash, draft 00, section 3.2.
    pub fn body_hash(mut self) -> Self {
        self.body_hash = true;
        self
    }

    fn then(mut self, change: impl FnOnce(&mut Outgoing) -> Result<(), Error>) -> Self {
        if let Ok(outgoing) = &mut self.outgoing {
            if let Err(error) = change(outgoing) {
                self.outgoing = Err(error.at_stage(Stage::Resource));
            }
        }
        self
    }

    /// Builds the signed request, to be sent by other means. Each call draws a new timestamp and
    /// nonce.
    ///
    /// # Errors
    ///
    /// What [`send`](Self::send) says of the request itself.
    ///
    /// # Security
    ///
    /// The request holds credentials, for some providers in its URL; its `Debug` shows the URL.
    pub fn build(self) -> Result<Request<Bytes>, Error> {
        let outgoing = self.outgoing?;
        let ready = Ready::new(&self.who, &outgoing, self.body_hash);
        let moment = self.who.client().moment();
        moment
            .and_then(|moment| ready.sign(&self.who, &moment))
            .map_err(|error| error.at_stage(Stage::Resource))
    }

    /// Shows each step of this request's signature, with secrets masked: for a bug report about
    /// "invalid signature". It signs with a timestamp and nonce of its own, and leaves the request to
    /// be sent.
    ///
    /// # Errors
    ///
    /// As [`build`](Self::build).
    pub fn explain(&self) -> Result<Explanation, Error> {
        let (who, outgoing) = (&self.who, self.outgoing.as_ref().map_err(again)?);
        let ready = Ready::new(who, outgoing, self.body_hash);
        ready
            .target(who)
            .and_then(|uri| outgoing.explain(who, uri, &ready.protocol()))
            .map_err(|error| error.at_stage(Stage::Resource))
    }

    /// Signs the request, sends it, and reads the reply, whatever its status.
    ///
    /// If the provider refuses the timestamp or the nonce, it is signed and sent once more. Other failures are
    /// repeated if the client has a policy: see [`Client::with_retries`](crate::Client::with_retries).
    ///
    /// # Errors
    ///
    /// [`ForeignOrigin`](crate::RequestError::ForeignOrigin) if the URL is not at the provider,
    /// [`InvalidUrl`](ErrorKind::InvalidUrl) if it cannot be read or names a user,
    /// [`ReservedParameter`](crate::RequestError::ReservedParameter),
    /// and the failures of the network. Use
    /// [`error_for_status`](ResourceResponse::error_for_status) to make an error of a refusal.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives up the call; the provider may have carried it out.
    pub async fn send(self) -> Result<ResourceResponse, Error> {
        self.send_by(Usual).await
    }

    /// Names the request in its span.
    #[cfg(feature = "fatsecret")]
    pub(crate) fn named(mut self, operation: Cow<'static, str>) -> Self {
        self.operation = operation;
        self
    }

    /// As [`send`](Self::send), for one who knows more of the request.
    pub(crate) async fn send_by(self, habits: impl Habits) -> Result<ResourceResponse, Error> {
        let Self { who, outgoing, body_hash, operation } = self;
        let outgoing = outgoing?;
        let ready = Ready::new(&who, &outgoing, body_hash);
        let call = Calling {
            who: &who,
            operation: &operation,
            method: &outgoing.method,
            limits: who.client().resource_limits(),
            build: |moment: &Moment| ready.sign(&who, moment),
            habits,
        };
        let reply = exchange::exchange(&call).await?;
        if reply.status().is_success() {
            who.was_used();
        }
        Ok(ResourceResponse::new(who, reply, outgoing.address))
    }
}

/// The error of a mistake in the parts once more, for one who keeps the request: its source as text.
fn again(error: &Error) -> Error {
    let same = Error::new(error.stage(), error.kind().clone());
    match std::error::Error::source(error) {
        Some(source) => same.with_source(source.to_string()),
        None => same,
    }
}

/// A request whose parts were checked.
struct Ready<'a> {
    outgoing: &'a Outgoing,
    hash: Option<String>,
}

impl<'a> Ready<'a> {
    fn new(who: &Signatory, outgoing: &'a Outgoing, wants_hash: bool) -> Self {
        let bytes = match (&outgoing.body, wants_hash) {
            (_, false) | (Body::Form(_), _) => None,
            (Body::None, true) => Some(&b""[..]),
            (Body::Opaque(bytes), true) => Some(&bytes[..]),
        };
        let method = who.client().provider().signature_method();
        Self { outgoing, hash: bytes.map(|bytes| body_hash(method, bytes)) }
    }

    fn sign(&self, who: &Signatory, moment: &Moment) -> Result<Request<Bytes>, Error> {
        self.outgoing.sign(who, self.target(who)?, &self.protocol(), moment)
    }

    /// What of the URL is signed, once it is clear that the token may be shown to its host. What is
    /// prepared was checked then.
    fn target(&self, who: &Signatory) -> Result<BaseUri<'_>, Error> {
        let address = &self.outgoing.address;
        let uri = address.base()?;
        if !address.is_prepared() {
            who.check_origin(&uri, address.names_a_user())?;
        }
        Ok(uri)
    }

    /// The OAuth parameters beyond the usual.
    fn protocol(&self) -> Vec<(&str, &str)> {
        self.hash.iter().map(|hash| ("oauth_body_hash", hash.as_str())).collect()
    }
}

/// The decoded pairs of whatever serde can write as a form.
#[cfg(feature = "serde")]
fn pairs_of<T: Serialize + ?Sized>(
    parameters: &T,
) -> Result<Vec<crate::signature::params::Pair<'static>>, Error> {
    let text = serde_urlencoded::to_string(parameters).map_err(|error| {
        Error::setup(ErrorKind::Request(RequestError::NotSerializable)).with_source(error)
    })?;
    let pairs = crate::signature::params::decode_pairs(&text)?.into_iter();
    Ok(pairs.map(|(name, value)| (name.into_owned().into(), value.into_owned().into())).collect())
}

impl fmt::Debug for ResourceRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("ResourceRequest");
        match &self.outgoing {
            Ok(outgoing) => {
                let url = ShownUrl::of_uri(outgoing.address.uri()).without(&self.who.secrets());
                out.field("method", &outgoing.method).field("url", &format_args!("{url}"))
            }
            Err(error) => out.field("error", error),
        };
        out.finish_non_exhaustive()
    }
}
