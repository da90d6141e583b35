//! A request on its way out: what is signed is what is sent.
//!
//! One decoded list of pairs (the URL's query, then the form) is signed; the same pairs are written.

// The trap: the text of the caller's URL must stay as it was given, since re-encoding it would
// change the request (RFC 5849 section 3.4), so the OAuth parameters are only ever added behind it.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Uri, header};

use crate::{
    client::Client,
    clock::Moment,
    error::{Error, ErrorKind, RequestError},
    provider::{Transmission, refuse_reserved_names},
    signature::{BaseUri, Explanation, Signer, Stamp, ToSign, decode_pairs, encode_pairs_into},
};

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

type Pair = (String, String);
type DecodedPair<'a> = (Cow<'a, str>, Cow<'a, str>);

/// A request before it is signed.
#[derive(Clone)]
pub(crate) struct Outgoing {
    pub(crate) method: Method,
    /// As the caller gave it.
    pub(crate) url: Cow<'static, str>,
    /// Decoded pairs that are added behind the URL's own query.
    pub(crate) query: Vec<Pair>,
    pub(crate) body: Body,
    pub(crate) headers: HeaderMap,
    pub(crate) transmission: Transmission,
}

#[derive(Clone)]
pub(crate) enum Body {
    None,
    /// Form text as it is sent, signed as the pairs it decodes to.
    Form(String),
    /// Anything else is not signed (RFC 5849 section 3.4.1.3.1).
    Opaque(Bytes),
}

impl Outgoing {
    pub(crate) fn new(method: Method, url: Cow<'static, str>, transmission: Transmission) -> Self {
        Self {
            method,
            url,
            query: Vec::new(),
            body: Body::None,
            headers: HeaderMap::new(),
            transmission,
        }
    }

    /// Signs with a fresh timestamp and nonce. `uri` is [`base_uri`] of this request; `protocol` are
    /// OAuth parameters beyond the usual.
    pub(crate) fn sign(
        &self,
        client: &Client,
        signer: &Signer,
        uri: BaseUri<'_>,
        protocol: &[(&str, &str)],
    ) -> Result<Request<Bytes>, Error> {
        let pairs = self.pairs(uri)?;
        let moment = client.moment()?;
        let to_sign = self.to_sign(uri, &pairs, protocol, &moment);

        let mut url = self.url_with_query();
        let mut headers = self.headers.clone();
        let mut form = match &self.body {
            Body::Form(text) => Some(text.clone()),
            Body::None | Body::Opaque(_) => None,
        };
        match (self.transmission, &mut form) {
            (Transmission::Header, _) => {
                let text = signer.authorization(&to_sign, client.provider().realm())?;
                headers.insert(header::AUTHORIZATION, sensitive(text)?);
            }
            (Transmission::Form | Transmission::FormOrQuery, Some(text)) => {
                end_pairs(text, 0);
                signer.parameters_into(&to_sign, text)?;
            }
            (Transmission::Form, None) => {
                return Err(Error::setup(ErrorKind::Request(RequestError::FormBodyNeeded)));
            }
            (Transmission::Query | Transmission::FormOrQuery, _) => {
                begin_query(&mut url);
                signer.parameters_into(&to_sign, &mut url)?;
                // RFC 5849 section 4.4: such a URL should not be kept on the way.
                headers
                    .entry(header::CACHE_CONTROL)
                    .or_insert(HeaderValue::from_static("no-store"));
            }
        }
        if form.is_some() {
            headers.entry(header::CONTENT_TYPE).or_insert(HeaderValue::from_static(FORM));
        }
        let body = match (form, &self.body) {
            (Some(text), _) => Bytes::from(text),
            (None, Body::Opaque(bytes)) => bytes.clone(),
            (None, Body::None | Body::Form(_)) => Bytes::new(),
        };
        if body.is_empty() && matches!(self.method, Method::POST | Method::PUT | Method::PATCH) {
            // Some servers answer 411 without it.
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        let uri = uri_of(url)?;
        let mut request = Request::new(body);
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = uri;
        *request.headers_mut() = headers;
        Ok(request)
    }

    /// The steps of a signature of this request, for a bug report.
    pub(crate) fn explain(
        &self,
        client: &Client,
        signer: &Signer,
        uri: BaseUri<'_>,
        protocol: &[(&str, &str)],
    ) -> Result<Explanation, Error> {
        let pairs = self.pairs(uri)?;
        let moment = client.moment()?;
        signer.explain(&self.to_sign(uri, &pairs, protocol, &moment))
    }

    fn to_sign<'a, K, V>(
        &'a self,
        uri: BaseUri<'a>,
        pairs: &'a [(K, V)],
        protocol: &'a [(&'a str, &'a str)],
        moment: &'a Moment,
    ) -> ToSign<'a, K, V> {
        let stamp = Some(Stamp { timestamp: moment.timestamp, nonce: moment.nonce.as_str() });
        ToSign { http_method: self.method.as_str(), uri, pairs, protocol, stamp }
    }

    /// The URL's own pairs, then the added ones, then the form's.
    fn pairs<'a>(&'a self, uri: BaseUri<'a>) -> Result<Vec<DecodedPair<'a>>, Error> {
        let mut pairs = decode_pairs(uri.query().unwrap_or_default())?;
        pairs.extend(
            self.query.iter().map(|(name, value)| (name.as_str().into(), value.as_str().into())),
        );
        if let Body::Form(text) = &self.body {
            pairs.extend(decode_pairs(text)?);
        }
        refuse_reserved_names(pairs.iter().map(|(name, _)| name.as_ref()))?;
        Ok(pairs)
    }

    /// With room for what else the query may get, so that it is not copied for that.
    fn url_with_query(&self) -> String {
        let url = self.url.split_once('#').map_or(&*self.url, |(url, _)| url);
        let signed = match self.transmission {
            Transmission::Header | Transmission::Form => 0,
            Transmission::Query | Transmission::FormOrQuery => 512,
        };
        let lengths = self.query.iter().map(|(name, value)| name.len() + value.len() + 2);
        let mut text = String::with_capacity(url.len() + lengths.sum::<usize>() + signed);
        text.push_str(url);
        if !self.query.is_empty() {
            begin_query(&mut text);
            encode_pairs_into(&self.query, &mut text);
        }
        text
    }
}

/// The base string URI of a request: a `Host` header of the caller's wins (section 3.4.1.2).
pub(crate) fn base_uri<'a>(url: &'a str, headers: &'a HeaderMap) -> Result<BaseUri<'a>, Error> {
    with_host(BaseUri::parse(url)?, headers)
}

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

/// The URL as the `http` crate's type.
pub(crate) fn uri_of(text: String) -> Result<Uri, Error> {
    /// What that type can hold.
    const LONGEST: usize = 65_534;

    let length = text.len();
    Uri::try_from(text).map_err(|error| {
        let reason = if length > LONGEST {
            "it is longer than 65,534 bytes once signed; send the parameters in a form body"
        } else {
            "it has a character that must be percent-encoded"
        };
        // `http`'s error names the part and holds none of the text.
        Error::setup(ErrorKind::InvalidUrl { reason }).with_source(error)
    })
}

/// Adds `more` behind whatever query the URL has.
pub(crate) fn push_query(url: &mut String, more: &str) {
    if !more.is_empty() {
        begin_query(url);
        url.push_str(more);
    }
}

/// Writes what must stand between a URL, with whatever query it has, and more pairs.
pub(crate) fn begin_query(url: &mut String) {
    match url.find('?') {
        None => url.push('?'),
        Some(mark) => end_pairs(url, mark + 1),
    }
}

/// Ends the pairs that begin at `start`, if there are any. Within them a question mark is data, also
/// as the last character.
fn end_pairs(text: &mut String, start: usize) {
    if text.len() > start && !text.ends_with('&') {
        text.push('&');
    }
}

/// A header value that HTTP libraries keep out of logs and of HPACK's table.
pub(crate) fn sensitive(text: String) -> Result<HeaderValue, Error> {
    let reason = "a parameter has a character that cannot stand in a header";
    let mut value = HeaderValue::try_from(text)
        .map_err(|_| Error::setup(ErrorKind::InvalidSetting { reason }))?;
    value.set_sensitive(true);
    Ok(value)
}
