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
    signatory::{Placed, Signatory, ToSign, stamp, with_host},
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
    /// None as long as none was set, as in most requests.
    pub(crate) headers: Option<HeaderMap>,
    pub(crate) transmission: Transmission,
}

impl Outgoing {
    pub(crate) fn new(method: Method, address: Address, transmission: Transmission) -> Self {
        Self { method, address, query: Vec::new(), body: Body::None, headers: None, transmission }
    }

    pub(crate) fn headers_mut(&mut self) -> &mut HeaderMap {
        self.headers.get_or_insert_default()
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
        let to_sign = self.to_sign(uri, &pairs, protocol, moment)?;
        let placed = who.sign(&to_sign, self.transmission, matches!(self.body, Body::Form(_)))?;

        let more = if let Placed::Query(more) = &placed { more.as_str() } else { "" };
        let uri = self.address.with_query(&self.query, more)?;
        let mut request = Request::new(self.body(&placed));
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = uri;
        let is_empty = request.body().is_empty() && !self.body.is_stream();
        let headers = request.headers_mut();
        if let Some(own) = &self.headers {
            headers.clone_from(own);
        }
        if let Body::Form(_) = self.body {
            headers.entry(header::CONTENT_TYPE).or_insert(HeaderValue::from_static(FORM_TYPE));
        }
        if let Some(user_agent) = who.client().user_agent() {
            headers.entry(header::USER_AGENT).or_insert_with(|| user_agent.clone());
        }
        match placed {
            Placed::Header(value) => {
                headers.insert(header::AUTHORIZATION, value);
            }
            Placed::Form(_) => {}
            Placed::Query(_) => {
                // RFC 5849 section 4.4: such a URL should not be kept on the way.
                headers
                    .entry(header::CACHE_CONTROL)
                    .or_insert(HeaderValue::from_static("no-store"));
            }
        }
        if is_empty {
            say_empty(&self.method, headers);
        }
        Ok(request)
    }

    /// The body as it is sent: OAuth's parameters may be behind a form's own.
    fn body(&self, placed: &Placed) -> Bytes {
        let Body::Form(form) = &self.body else {
            return self.body.opaque().cloned().unwrap_or_default();
        };
        let mut text = form.to_text();
        if let Placed::Form(more) = placed {
            // In one step, so that growing leaves no copy behind.
            text.reserve_exact(more.len() + 1);
            end_pairs(&mut text, 0);
            text.push_str(more);
        }
        Bytes::from(text)
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
        let moment = who.client().moment()?;
        who.explain(&self.to_sign(uri, &self.pairs()?, protocol, &moment)?)
    }

    #[inline]
    fn to_sign<'a>(
        &'a self,
        uri: BaseUri<'a>,
        pairs: &'a [Pair<'a>],
        protocol: &'a [(&'a str, &'a str)],
        moment: &'a Moment,
    ) -> Result<ToSign<'a>, Error> {
        Ok(ToSign {
            http_method: self.method.as_str(),
            uri: match &self.headers {
                None => uri,
                Some(headers) => with_host(uri, headers)?,
            },
            pairs,
            protocol,
            stamp: Some(stamp(moment)),
        })
    }

    /// What is not in the URL yet: the added pairs, then the form's.
    fn pairs(&self) -> Result<Cow<'_, [Pair<'_>]>, Error> {
        match &self.body {
            Body::None | Body::Opaque(_) => Ok(Cow::Borrowed(&self.query)),
            Body::Form(form) => Ok(self.and_query(form.pairs()?)),
            Body::Beside(signed, _) => Ok(self.and_query(Cow::Borrowed(signed))),
        }
    }

    fn and_query<'a>(&'a self, form: Cow<'a, [Pair<'a>]>) -> Cow<'a, [Pair<'a>]> {
        if self.query.is_empty() {
            return form;
        }
        let mut pairs: Vec<_> = self.query.iter().map(borrowed).collect();
        pairs.extend(form.into_owned());
        Cow::Owned(pairs)
    }
}

/// Says that the request has no body, where one is expected: some servers answer 411 otherwise.
pub(super) fn say_empty(method: &Method, headers: &mut HeaderMap) {
    if matches!(*method, Method::POST | Method::PUT | Method::PATCH) {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
}
