//! A request of ours on its way out: what is signed is what is sent.
//!
//! One decoded list of pairs (the URL's query, what is added to it, then the form) is signed; the same
//! pairs are written.

// The trap: the text of the caller's URL must stay as it was given, since re-encoding it would
// change the request (RFC 5849 section 3.4), so the OAuth parameters are only ever added behind it.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Uri, header};

use super::{
    body::{Body, FORM, borrowed},
    signatory::{Placed, Signatory, Unsigned},
};
use crate::{
    error::{Error, ErrorKind},
    provider::Transmission,
    signature::{BaseUri, Explanation, Pair, encode_pairs_into},
};

/// A request before it is signed.
#[derive(Clone)]
pub(crate) struct Outgoing {
    pub(crate) method: Method,
    /// As the caller gave it.
    pub(crate) url: Cow<'static, str>,
    /// Decoded pairs that are added behind the URL's own query.
    pub(crate) query: Vec<Pair<'static>>,
    pub(crate) body: Body,
    pub(crate) headers: HeaderMap,
    pub(crate) transmission: Transmission,
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

    /// Signs with a fresh timestamp and nonce. `uri` is this request's URL, read; `protocol` are OAuth
    /// parameters beyond the usual.
    pub(crate) fn sign(
        &self,
        who: &Signatory,
        uri: BaseUri<'_>,
        protocol: &[(&str, &str)],
    ) -> Result<Request<Bytes>, Error> {
        let pairs = self.pairs()?;
        let placed = who.sign(&self.unsigned(uri, &pairs, protocol), self.transmission)?;

        let more = if let Placed::Query(more) = &placed { more } else { "" };
        let uri = uri_of(self.url_with_query(more))?;
        let mut headers = self.headers.clone();
        if let Body::Form(_) = self.body {
            headers.entry(header::CONTENT_TYPE).or_insert(HeaderValue::from_static(FORM));
        }
        let mut form = match &self.body {
            Body::Form(form) => form.to_text(),
            Body::None | Body::Opaque(_) => String::new(),
        };
        match placed {
            Placed::Header(value) => {
                headers.insert(header::AUTHORIZATION, value);
            }
            Placed::Form(more) => {
                end_pairs(&mut form, 0);
                form.push_str(&more);
            }
            Placed::Query(_) => {
                // RFC 5849 section 4.4: such a URL should not be kept on the way.
                headers
                    .entry(header::CACHE_CONTROL)
                    .or_insert(HeaderValue::from_static("no-store"));
            }
        }
        let body = match &self.body {
            Body::None => Bytes::new(),
            Body::Form(_) => Bytes::from(form),
            Body::Opaque(bytes) => bytes.clone(),
        };
        if body.is_empty() && matches!(self.method, Method::POST | Method::PUT | Method::PATCH) {
            // Some servers answer 411 without it.
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        let mut request = Request::new(body);
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = uri;
        *request.headers_mut() = headers;
        Ok(request)
    }

    /// The steps of a signature of this request, for a bug report.
    pub(crate) fn explain(
        &self,
        who: &Signatory,
        uri: BaseUri<'_>,
        protocol: &[(&str, &str)],
    ) -> Result<Explanation, Error> {
        who.explain(&self.unsigned(uri, &self.pairs()?, protocol))
    }

    fn unsigned<'a>(
        &'a self,
        uri: BaseUri<'a>,
        pairs: &'a [Pair<'a>],
        protocol: &'a [(&'a str, &'a str)],
    ) -> Unsigned<'a> {
        let has_form = matches!(self.body, Body::Form(_));
        Unsigned { method: &self.method, uri, headers: &self.headers, pairs, protocol, has_form }
    }

    /// What is not in the URL yet: the added pairs, then the form's.
    fn pairs(&self) -> Result<Cow<'_, [Pair<'_>]>, Error> {
        let Body::Form(form) = &self.body else { return Ok(Cow::Borrowed(&self.query)) };
        let form = form.pairs()?;
        if self.query.is_empty() {
            return Ok(form);
        }
        let mut pairs: Vec<_> = self.query.iter().map(borrowed).collect();
        pairs.extend(form.into_owned());
        Ok(Cow::Owned(pairs))
    }

    /// The URL with what is added to its query, and `more` behind that.
    fn url_with_query(&self, more: &str) -> String {
        let url = self.url.split_once('#').map_or(&*self.url, |(url, _)| url);
        let lengths = self.query.iter().map(|(name, value)| name.len() + value.len() + 2);
        let mut text = String::with_capacity(url.len() + lengths.sum::<usize>() + more.len() + 1);
        text.push_str(url);
        if !self.query.is_empty() {
            begin_query(&mut text);
            encode_pairs_into(&self.query, &mut text);
        }
        push_query(&mut text, more);
        text
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
fn begin_query(url: &mut String) {
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
