//! A signed request for a resource, while it is put together.

#[cfg(feature = "serde")]
use std::cell::RefCell;
use std::{borrow::Cow, fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, header};
#[cfg(feature = "serde")]
use serde::Serialize;

use super::{
    address::Address,
    body::{Body, Form},
    outgoing::Outgoing,
    ready::Ready,
    signatory::Signatory,
};
#[cfg(feature = "serde")]
use crate::signature::params::Pair;
use crate::{
    error::{Error, groups::RequestError, kind::ErrorKind, stage::Stage},
    provider::transmission::Transmission,
    shown::ShownUrl,
    signature::{
        explain::Explanation,
        params::{FORM_TYPE, is_form_type},
    },
    transport::Limits,
};

/// A request for a resource. It is signed when you send it.
///
/// You get one from [`Session::get`](crate::Flow::get) and the methods beside it, from
/// [`Signed`](crate::Signed), or from [`Resources`](crate::Resources). If a part cannot be used (a query that
/// cannot be serialised, for example), [`send`](Self::send) and [`build`](Self::build) report it.
///
/// A clone is a separate request: it is signed with another timestamp and nonce. The guide's page
/// [`bodies`](crate::guide::bodies) shows how to send and receive large bodies.
///
/// # Examples
///
/// ```no_run
/// # async fn run(session: tripod::Session) -> Result<(), tripod::Error> {
/// let reply = session
///     .post("https://platform.fatsecret.com/rest/server.api")
///     .query_pair("format", "json")
///     .form_pair("method", "profile.get")
///     .send()
///     .await?
///     .error_for_status()?;
/// println!("{}", reply.text()?);
/// # Ok(())
/// # }
/// ```
#[must_use = "a request does nothing until it is sent"]
pub struct ResourceRequest {
    pub(super) who: Arc<Signatory>,
    pub(super) outgoing: Result<Outgoing, Error>,
    pub(super) body_hash: bool,
    pub(super) limits: Limits,
    /// What the request is called in its span.
    pub(super) operation: Cow<'static, str>,
}

const RESOURCE: Cow<'static, str> = Cow::Borrowed("resource");

/// # Set the parts of the request
impl ResourceRequest {
    pub(crate) fn new(who: Arc<Signatory>, method: Method, url: &str) -> Self {
        Self::at(who, method, Address::new(url))
    }

    /// A request for an address that was read already, and perhaps prepared.
    pub(crate) fn at(who: Arc<Signatory>, method: Method, address: Result<Address, Error>) -> Self {
        let signing = who.client().provider().signing();
        let (transmission, body_hash) = (signing.transmission(), signing.has_body_hash());
        let limits = who.client().resource_limits();
        let outgoing = address
            .map(|address| Outgoing::new(method, address, transmission))
            .map_err(|error| error.at_stage(Stage::Resource));
        Self { who, outgoing, body_hash, limits, operation: RESOURCE }
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

    /// Adds one pair to the form body, which is signed. A body of another kind is replaced.
    ///
    /// # Errors
    ///
    /// The errors of [`query_pair`](Self::query_pair).
    pub fn form_pair(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.then(|outgoing| {
            let mut form = match std::mem::replace(&mut outgoing.body, Body::None) {
                Body::Form(form) => form,
                Body::None | Body::Opaque(_) | Body::Beside(..) => Form::default(),
            };
            form.push((name.into().into(), value.into().into()));
            outgoing
                .headers_mut()
                .insert(header::CONTENT_TYPE, HeaderValue::from_static(FORM_TYPE));
            outgoing.body = Body::Form(form);
            Ok(())
        })
    }

    /// Adds parameters to the query, from a list of pairs, a map, or a struct with plain fields.
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

    /// Sets a form body, from a list of pairs, a map, or a struct with plain fields. The form is
    /// signed.
    ///
    /// # Errors
    ///
    /// The errors of [`query`](Self::query).
    #[cfg(feature = "serde")]
    #[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
    pub fn form<T: Serialize + ?Sized>(self, parameters: &T) -> Self {
        self.then(|outgoing| {
            let form = Form::of_pairs(pairs_of(parameters)?);
            outgoing
                .headers_mut()
                .insert(header::CONTENT_TYPE, HeaderValue::from_static(FORM_TYPE));
            outgoing.body = Body::Form(form);
            Ok(())
        })
    }

    /// Sets a JSON body.
    ///
    /// OAuth does not sign it (RFC 5849 section 3.4.1.3.1), unless you call
    /// [`body_hash`](Self::body_hash).
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
            outgoing.headers_mut().insert(header::CONTENT_TYPE, value);
            outgoing.body = Body::Opaque(json);
            Ok(())
        })
    }

    /// Sets a body of any kind. It is signed only if its `content_type` says that it is form data.
    ///
    /// # Errors
    ///
    /// Later, from [`send`](Self::send): [`ErrorKind::InvalidSetting`] for a content type that
    /// cannot be in a header, [`RequestError::ParameterNotUtf8`] for form data that is not text.
    pub fn body(self, content_type: &str, body: impl Into<Bytes>) -> Self {
        let body = body.into();
        self.then(|outgoing| {
            outgoing.headers_mut().insert(header::CONTENT_TYPE, header_of_type(content_type)?);
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

    /// Sets a header. The name and the value may be text.
    ///
    /// `Authorization` is set by the crate, and `Content-Type` together with the body.
    ///
    /// If you set `Host`, it is signed instead of the URL's host (RFC 5849 section 3.4.1.2). Do this with HTTP/1.1 only. An
    /// HTTP/2 request names the URL's host whatever the header says (RFC 9113 section 8.3.1), so that the provider refuses the
    /// signature. The feature `http2` uses HTTP/2 wherever a server of `https` offers it. There, write the host that the
    /// provider knows into the URL, and tell the client its address with `resolve` of `ReqwestTransport::builder()`.
    ///
    /// # Errors
    ///
    /// Later, from [`send`](Self::send): [`ErrorKind::InvalidSetting`] for `Authorization` and `Content-Type`,
    /// and for a name or a value that is not allowed in a header.
    pub fn header<K, V>(self, name: K, value: V) -> Self
    where
        K: TryInto<HeaderName, Error: Into<http::Error>>,
        V: TryInto<HeaderValue, Error: Into<http::Error>>,
    {
        let name = name.try_into().map_err(Into::into);
        let header = name.and_then(|name| Ok((name, value.try_into().map_err(Into::into)?)));
        self.then(|outgoing| {
            let (name, value) = header.map_err(|error: http::Error| {
                let reason = "a header's name or value has a character that it cannot have";
                Error::setup(ErrorKind::InvalidSetting { reason }).with_source(error)
            })?;
            if [header::AUTHORIZATION, header::CONTENT_TYPE].contains(&name) {
                let reason = "the Authorization and Content-Type headers are set with the body";
                return Err(Error::setup(ErrorKind::InvalidSetting { reason }));
            }
            outgoing.headers_mut().insert(name, value);
            Ok(())
        })
    }

    /// Asks for a reply in JSON: sets `Accept: application/json`.
    pub fn accept_json(self) -> Self {
        self.header(header::ACCEPT, HeaderValue::from_static("application/json"))
    }

    /// Sets the timeout of this call, instead of the client's
    /// [`with_timeout`](crate::Client::with_timeout).
    ///
    /// If a body is streamed, in either direction, it limits each pause instead of the whole call: a long
    /// download may continue as long as data arrives.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.limits.time = limit;
        self
    }

    /// Limits the size of this call's reply in bytes, instead of the client's
    /// [`with_reply_limit`](crate::Client::with_reply_limit).
    pub fn reply_limit(mut self, bytes: usize) -> Self {
        self.limits.reply_bytes = bytes;
        self
    }

    /// Sends the OAuth parameters of this request in another place (header, query or form) than the
    /// provider's default.
    ///
    /// # Errors
    ///
    /// Later, from [`send`](Self::send): [`RequestError::FormBodyNeeded`] for [`Transmission::Form`] without a form body.
    pub fn transmission(self, transmission: Transmission) -> Self {
        self.then(|outgoing| {
            outgoing.transmission = transmission;
            Ok(())
        })
    }

    /// Adds `oauth_body_hash`, which signs a body that is not a form.
    ///
    /// Use it only for providers that support it, such as Mastercard. Others refuse it, FatSecret
    /// with error 3. Nothing is added to a request with a form body, as the extension requires.
    ///
    /// # Errors
    ///
    /// Later: [`ErrorKind::InvalidSetting`] if the body is a stream.
    ///
    /// # Source
    ///
    /// OAuth Request Body Hash, draft 00, section 3.2.
    pub fn body_hash(mut self) -> Self {
        self.body_hash = true;
        self
    }

    /// Names the request in its span.
    #[cfg(feature = "fatsecret")]
    pub(crate) fn named(mut self, operation: Cow<'static, str>) -> Self {
        self.operation = operation;
        self
    }

    pub(super) fn then(mut self, change: impl FnOnce(&mut Outgoing) -> Result<(), Error>) -> Self {
        if let Ok(outgoing) = &mut self.outgoing {
            if let Err(error) = change(outgoing) {
                self.outgoing = Err(error.at_stage(Stage::Resource));
            }
        }
        self
    }

    /// Shows each step of this request's signature, for example for a bug report about "invalid
    /// signature".
    ///
    /// Secrets are masked. The explanation has a timestamp and a nonce of its own, and does not send
    /// the request.
    ///
    /// # Errors
    ///
    /// The errors of [`build`](Self::build).
    pub fn explain(&self) -> Result<Explanation, Error> {
        let (who, outgoing) = (&self.who, self.outgoing.as_ref().map_err(Error::again)?);
        Ready::new(who, outgoing, self.body_hash)
            .and_then(|ready| ready.explain(who))
            .map_err(|error| error.at_stage(Stage::Resource))
    }
}

impl Clone for ResourceRequest {
    fn clone(&self) -> Self {
        Self {
            who: Arc::clone(&self.who),
            outgoing: self.outgoing.as_ref().map(Outgoing::clone).map_err(Error::again),
            body_hash: self.body_hash,
            limits: self.limits,
            operation: self.operation.clone(),
        }
    }
}

pub(super) fn header_of_type(content_type: &str) -> Result<HeaderValue, Error> {
    let reason = "the content type cannot stand in a header";
    HeaderValue::from_str(content_type)
        .map_err(|_| Error::setup(ErrorKind::InvalidSetting { reason }))
}

/// The pairs of whatever serde can write as a form, as they are before they are encoded.
///
/// The encoder of a form shows each name and each value to its character encoding. This one takes them down and encodes
/// nothing, so that nothing has to be decoded again.
#[cfg(feature = "serde")]
fn pairs_of<T: Serialize + ?Sized>(parameters: &T) -> Result<Vec<Pair<'static>>, Error> {
    let texts = RefCell::new(Vec::new());
    let take_down: &dyn Fn(&str) -> Cow<'_, [u8]> = &|text| {
        texts.borrow_mut().push(Cow::Owned(text.to_owned()));
        Cow::Borrowed(&[])
    };
    let mut encoder = form_urlencoded::Serializer::new(String::new());
    encoder.encoding_override(Some(take_down));
    parameters.serialize(serde_urlencoded::Serializer::new(&mut encoder)).map_err(|error| {
        Error::setup(ErrorKind::Request(RequestError::NotSerializable)).with_source(error)
    })?;
    let mut texts = texts.into_inner().into_iter();
    let pair = || Some((texts.next()?, texts.next()?));
    Ok(std::iter::from_fn(pair).collect())
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
