//! A request of ours on its way out: what is signed is what is sent.
//!
//! One decoded list of pairs (the URL's query, what is added to it, then the form) is signed; the same
//! pairs are written.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, header};

use super::{
    address::{Address, end_pairs},
    body::{Body, borrowed},
    signatory::{Placed, Signatory, Unsigned},
};
use crate::{
    clock::timekeeper::Moment,
    error::Error,
    provider::transmission::Transmission,
    signature::{
        explain::Explanation,
        params::{FORM_TYPE, Pair},
        uri::BaseUri,
    },
};

/// A request before it is signed.
#[derive(Clone)]
pub(crate) struct Outgoing {
    pub(crate) method: Method,
    pub(crate) address: Address,
    /// Decoded pairs that are added behind the URL's own query.
    pub(crate) query: Vec<Pair<'static>>,
    pub(crate) body: Body,
    pub(crate) headers: HeaderMap,
    pub(crate) transmission: Transmission,
}

impl Outgoing {
    pub(crate) fn new(method: Method, address: Address, transmission: Transmission) -> Self {
        Self {
            method,
            address,
            query: Vec::new(),
            body: Body::None,
            headers: HeaderMap::new(),
            transmission,
        }
    }

    /// Signs with this timestamp and nonce. `uri` is what is signed of the address; `protocol` are
    /// OAuth parameters beyond the usual.
    pub(crate) fn sign(
        &self,
        who: &Signatory,
        uri: BaseUri<'_>,
        protocol: &[(&str, &str)],
        moment: &Moment,
    ) -> Result<Request<Bytes>, Error> {
        let pairs = self.pairs()?;
        let placed = who.sign(&self.unsigned(uri, &pairs, protocol), self.transmission, moment)?;

        let more = if let Placed::Query(more) = &placed { more.as_str() } else { "" };
        let uri = self.address.with_query(&self.query, more)?;
        let mut headers =
            if self.headers.is_empty() { HeaderMap::new() } else { self.headers.clone() };
        if let Body::Form(_) = self.body {
            headers.entry(header::CONTENT_TYPE).or_insert(HeaderValue::from_static(FORM_TYPE));
        }
        if let Some(user_agent) = who.client().user_agent() {
            headers.entry(header::USER_AGENT).or_insert_with(|| user_agent.clone());
        }
        let mut form = match &self.body {
            Body::Form(form) => form.to_text(),
            Body::None | Body::Opaque(_) | Body::Beside(..) => String::new(),
        };
        match placed {
            Placed::Header(value) => {
                headers.insert(header::AUTHORIZATION, value);
            }
            Placed::Form(more) => {
                // In one step, so that growing leaves no copy behind.
                form.reserve_exact(more.len() + 1);
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
            Body::Form(_) => Bytes::from(form),
            other => other.opaque().cloned().unwrap_or_default(),
        };
        let is_empty = body.is_empty() && !self.body.is_stream();
        if is_empty {
            say_empty(&self.method, &mut headers);
        }
        let mut request = Request::new(body);
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = uri;
        *request.headers_mut() = headers;
        Ok(request)
    }

    /// The request without a signature, for a call whose URL says whose it is.
    pub(crate) fn unsigned_request(&self, who: &Signatory) -> Result<Request<Bytes>, Error> {
        let mut request = Request::new(Bytes::new());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.address.with_query(&self.query, "")?;
        if let Some(user_agent) = who.client().user_agent() {
            request.headers_mut().insert(header::USER_AGENT, user_agent.clone());
        }
        say_empty(&self.method, request.headers_mut());
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
        let form = match &self.body {
            Body::None | Body::Opaque(_) => return Ok(Cow::Borrowed(&self.query)),
            Body::Form(form) => form.pairs()?,
            Body::Beside(signed, _) => Cow::Borrowed(signed.as_slice()),
        };
        if self.query.is_empty() {
            return Ok(form);
        }
        let mut pairs: Vec<_> = self.query.iter().map(borrowed).collect();
        pairs.extend(form.into_owned());
        Ok(Cow::Owned(pairs))
    }
}

/// Says that the request has no body, where one is expected: some servers answer 411 otherwise.
pub(super) fn say_empty(method: &Method, headers: &mut HeaderMap) {
    if matches!(*method, Method::POST | Method::PUT | Method::PATCH) {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
}
