//! Signing a request that the caller has made, where it stands.

use http::{Request, header};

use super::{
    body::is_form,
    outgoing::{push_query, uri_of},
    signatory::{Placed, Signatory, Unsigned},
};
use crate::{
    error::{Error, ErrorKind, RequestError, Stage},
    signature::{BaseUri, decode_pairs},
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
            let mut url = request.uri().to_string();
            push_query(&mut url, &more);
            *request.uri_mut() = uri_of(url).map_err(|error| error.at_stage(Stage::Resource))?;
        }
    }
    Ok(())
}

fn sign<B: AsRef<[u8]>>(who: &Signatory, request: &Request<B>) -> Result<Placed, Error> {
    if request.headers().contains_key(header::AUTHORIZATION) {
        return Err(Error::setup(ErrorKind::Request(RequestError::AuthorizationPresent)));
    }
    let uri = BaseUri::from_uri(request.uri())?;
    let authority = request.uri().authority();
    who.check_origin(&uri, authority.is_some_and(|authority| authority.as_str().contains('@')))?;
    let pairs = if is_form(request.headers()) {
        let text = std::str::from_utf8(request.body().as_ref())
            .map_err(|_| Error::setup(ErrorKind::Request(RequestError::ParameterNotUtf8)))?;
        decode_pairs(text)?
    } else {
        Vec::new()
    };
    let unsigned = Unsigned {
        method: request.method(),
        uri,
        headers: request.headers(),
        pairs: &pairs,
        protocol: &[],
        has_form: false,
    };
    who.sign(&unsigned, who.client().provider().resource_transmission())
}
