//! Signing a request that the caller has made, where it stands.

use http::{HeaderMap, Method, Request, Uri, header, request::Parts};

use super::{
    address::Address,
    body::is_form,
    signatory::{Placed, Signatory, ToSign, stamp, with_host},
};
use crate::{
    error::{Error, groups::RequestError, kind::ErrorKind, stage::Stage},
    signature::{
        body_hash::body_hash,
        params::{Pair, decode_pairs},
    },
};

/// Signs a request: its header or its query changes, and nothing else.
pub(crate) fn in_place<B: AsRef<[u8]>>(
    who: &Signatory,
    request: &mut Request<B>,
) -> Result<(), Error> {
    let placed = form_of(request).and_then(|form| {
        let signing = who.client().provider().signing();
        // As the extension demands, not with a form body.
        let hash = (signing.has_body_hash() && !is_form(request.headers()))
            .then(|| body_hash(signing.method(), request.body().as_ref()));
        let head = (request.method(), request.uri(), request.headers());
        sign(who, head, &form, hash.as_deref())
    });
    let placed = placed.map_err(|error| error.at_stage(Stage::Resource))?;
    match placed {
        Placed::Header(value) => {
            request.headers_mut().insert(header::AUTHORIZATION, value);
        }
        Placed::Query(more) | Placed::Form(more) => {
            *request.uri_mut() = with_query(request.uri(), &more)?;
        }
    }
    Ok(())
}

/// Signs the head of a request, whose body is elsewhere.
pub(crate) fn head_in_place(
    who: &Signatory,
    parts: &mut Parts,
    form: Option<&[(&str, &str)]>,
) -> Result<(), Error> {
    let is_form = is_form(&parts.headers);
    let placed = if form.is_none() && is_form {
        Err(Error::setup(ErrorKind::Request(RequestError::FormFieldsNeeded)))
    } else if who.client().provider().signing().has_body_hash() && !is_form {
        let reason = "the provider wants oauth_body_hash, which cannot be made without the body";
        Err(Error::setup(ErrorKind::InvalidSetting { reason }))
    } else {
        let form = form.unwrap_or_default().iter();
        let form: Vec<Pair<'_>> = form.map(|&(name, value)| (name.into(), value.into())).collect();
        sign(who, (&parts.method, &parts.uri, &parts.headers), &form, None)
    };
    match placed.map_err(|error| error.at_stage(Stage::Resource))? {
        Placed::Header(value) => {
            parts.headers.insert(header::AUTHORIZATION, value);
        }
        Placed::Query(more) | Placed::Form(more) => parts.uri = with_query(&parts.uri, &more)?,
    }
    Ok(())
}

/// The decoded fields of the request's form, if its body is one.
fn form_of<B: AsRef<[u8]>>(request: &Request<B>) -> Result<Vec<Pair<'_>>, Error> {
    if !is_form(request.headers()) {
        return Ok(Vec::new());
    }
    let text = std::str::from_utf8(request.body().as_ref())
        .map_err(|_| Error::setup(ErrorKind::Request(RequestError::ParameterNotUtf8)))?;
    decode_pairs(text)
}

fn sign<'a>(
    who: &Signatory,
    (method, uri, headers): (&'a Method, &'a Uri, &'a HeaderMap),
    form: &'a [Pair<'a>],
    hash: Option<&'a str>,
) -> Result<Placed, Error> {
    if headers.contains_key(header::AUTHORIZATION) {
        return Err(Error::setup(ErrorKind::Request(RequestError::AuthorizationPresent)));
    }
    let address = Address::of(uri.clone());
    let base = address.base()?;
    who.check_origin(&base)?;
    let protocol = hash.map(|hash| ("oauth_body_hash", hash));
    let moment = who.client().moment()?;
    let to_sign = ToSign {
        http_method: method.as_str(),
        uri: with_host(base, headers)?,
        pairs: form,
        protocol: protocol.as_slice(),
        stamp: Some(stamp(&moment)),
    };
    // The caller's body is never written to, so nothing is signed for it.
    let has_form = false;
    who.sign(&to_sign, who.client().provider().signing().transmission(), has_form)
}

fn with_query(uri: &Uri, more: &str) -> Result<Uri, Error> {
    let uri = Address::of(uri.clone()).with_query(&[], more);
    uri.map_err(|error| error.at_stage(Stage::Resource))
}
