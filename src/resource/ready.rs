//! A request whose parts were checked, to be signed.

use bytes::Bytes;
use http::Request;

use super::{body::Body, outgoing::Outgoing, signatory::Signatory};
use crate::{
    clock::timekeeper::Moment,
    error::{Error, kind::ErrorKind},
    signature::{body_hash::body_hash, explain::Explanation, uri::BaseUri},
};

pub(super) struct Ready<'a> {
    outgoing: &'a Outgoing,
    hash: Option<String>,
}

impl<'a> Ready<'a> {
    pub(super) fn new(
        who: &Signatory,
        outgoing: &'a Outgoing,
        wants_hash: bool,
    ) -> Result<Self, Error> {
        if wants_hash && outgoing.body.is_stream() {
            let reason = "oauth_body_hash needs the whole body before it is signed, and this one is sent as a stream; pass it with `body`";
            return Err(Error::setup(ErrorKind::InvalidSetting { reason }));
        }
        let wants_hash = wants_hash && !matches!(outgoing.body, Body::Form(_));
        let hash = wants_hash.then(|| {
            let method = who.client().provider().signing().method();
            body_hash(method, outgoing.body.opaque().map_or(&[], |bytes| bytes))
        });
        Ok(Self { outgoing, hash })
    }

    #[inline]
    pub(super) fn sign(&self, who: &Signatory, moment: &Moment) -> Result<Request<Bytes>, Error> {
        self.outgoing.sign(who, self.target(who)?, self.protocol().as_slice(), moment)
    }

    /// As [`Self::sign`], for the client's transport.
    pub(super) fn sign_to_send(
        &self,
        who: &Signatory,
        moment: &Moment,
    ) -> Result<Request<Bytes>, Error> {
        #[cfg_attr(not(feature = "reqwest"), expect(unused_mut))]
        let mut request = self.sign(who, moment)?;
        #[cfg(feature = "reqwest")]
        if let Some(known) = self.outgoing.address.known_url() {
            request.extensions_mut().insert(known.clone());
        }
        Ok(request)
    }

    pub(super) fn explain(&self, who: &Signatory) -> Result<Explanation, Error> {
        self.outgoing.explain(who, self.target(who)?, self.protocol().as_slice())
    }

    /// What of the URL is signed, once it is clear that the token may be shown to its host. What is
    /// prepared was checked then.
    #[inline]
    fn target(&self, who: &Signatory) -> Result<BaseUri<'_>, Error> {
        let address = &self.outgoing.address;
        let uri = address.base()?;
        if !address.is_prepared() {
            who.check_origin(&uri)?;
        }
        Ok(uri)
    }

    /// The OAuth parameter beyond the usual.
    fn protocol(&self) -> Option<(&str, &str)> {
        self.hash.as_deref().map(|hash| ("oauth_body_hash", hash))
    }
}
