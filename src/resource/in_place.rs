//! Signing a request that the caller has made, where it stands.

use http::{Request, header};

use super::{
    address::Address,
    body::is_form,
    signatory::{Placed, Signatory, Unsigned},
};
use crate::{
    error::{Error, Stage, groups::RequestError, kind::ErrorKind},
    signature::{body_hash::body_hash, params::decode_pairs},
};

/// Signs a request: its header or its query changes, and nothing else.
pub(crate) fn in_place<B: AsRef<[u8]>>(
    who: &Signatory,
    request: &mut Request<B>,
) -> Result<(), Error> {
    let placed = sign(who, request).map_err(|error| error.at_stage(Stage::Resource))?;
    match placed {
        Placed::Header(value) => {
            request.headers_mut().insert(header::AUTHORIZATION, value);
        }
        // The caller's body is never written to, so nothing is signed for it.
        Placed::Query(more) | Placed::Form(more) => {
            let address = Address::of(request.uri().clone());
            let uri = address.with_query(&[], &more);
            *request.uri_mut() = uri.map_err(|error| error.at_stage(Stage::Resource))?;
        }
    }
    Ok(())
}

fn sign<B: AsRef<[u8]>>(who: &Signatory, request: &Request<B>) -> Result<Placed, Error> {
    if request.headers().contains_key(header::AUTHORIZATION) {
        return Err(Error::setup(ErrorKind::Request(RequestError::AuthorizationPresent)));
    }
    let address = Address::of(request.uri().clone());
    let uri = address.base()?;
    who.check_origin(&uri, address.names_a_user())?;
    let pairs = if is_form(request.headers()) {
        let text = std::str::from_utf8(request.body().as_ref())
            .map_err(|_| Error::setup(ErrorKind::Request(RequestError::ParameterNotUtf8)))?;
        decode_pairs(text)?
    } else {
        Vec::new()
    };
    let signing = who.client().provider().signing();
    // As the extension demands, not with a form body.
    let hash = (signing.has_body_hash() && !is_form(request.headers()))
        .then(|| body_hash(signing.method(), request.body().as_ref()));
    let protocol = hash.as_ref().map(|hash| ("oauth_body_hash", hash.as_str()));
    let unsigned = Unsigned {
        method: request.method(),
        uri,
        headers: request.headers(),
        pairs: &pairs,
        protocol: protocol.as_slice(),
        has_form: false,
    };
    who.sign(&unsigned, signing.transmission(), &who.client().moment()?)
}
