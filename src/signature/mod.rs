//! Signs requests without any flow or HTTP client: RFC 5849 section 3.
//!
//! A request must be sent exactly as it was signed. So you pass the URL as you send it, and every
//! other parameter once, as a *decoded* pair. Both the signature and the text to send are made from
//! these.
//!
//! # How an OAuth signature is made
//!
//! 1. **Collect** all parameters: those of the query, those of a form body, and OAuth's own
//!    (`oauth_consumer_key`, `oauth_nonce`, …), decoded. The signer reads the query of the URL that it
//!    is given; [`decode_pairs`] reads the text of a form.
//! 2. **Encode** every name and value ([`percent_encode`]) and **sort** by name, then value.
//! 3. **Join** them to `name=value&…`, encode the result once more, and put the HTTP method and the
//!    URL ([`BaseUri`]) before it. This is the base string.
//! 4. **Sign** it with the two secrets as the key ([`SignatureMethod`]).
//! 5. **Send** the parameters and the signature in one place: the header
//!    ([`Signer::authorization`]), the form body or the query ([`Signer::parameters_into`]).
//!
//! Everything here is a pure function of its arguments, except [`Signer::authorization_now`] and
//! [`Signer::signed_query_now`], which read the clock and create a nonce.

// # How it is made fast
//
// There is one path, and it does each thing once. `Signer` keeps the hash states of its key
// (`hmac_sha1`) and the ready text of the parameters that never change (`template`). The caller's
// pairs are sorted by their raw bytes, through a table of ranks that agrees with the order of their
// encoded forms (`order`), and each byte is written in its twice encoded form (`encode`) straight into a
// small buffer (`writer`), from which the hash takes it. The base string never exists as a whole, and the only
// allocations are the result and, for more than 16 parameters, a list of their numbers; and the templates, when a
// signer first writes to a place. A URL that many
// requests have in common is read and encoded once (`prepared`). `docs/performance.md` has the figures.

mod base64;
mod base_string;
pub(crate) mod body_hash;
mod cursor;
pub mod diagnose;
pub(crate) mod encode;
pub(crate) mod explain;
mod fresh;
mod hmac_sha1;
pub(crate) mod method;
mod order;
pub(crate) mod params;
pub(crate) mod prepared;
pub(crate) mod signer;
mod template;
mod transmission;
pub(crate) mod uri;
mod writer;

use std::{borrow::Cow, fmt};

use encode::Digits;
use template::Holes;

use crate::error::Error;

pub use body_hash::body_hash;
pub use encode::percent_encode;
pub use explain::Explanation;
pub use method::{Sign, SignatureMethod, SigningKey};
pub use params::{Pair, decode_pairs, encode_pairs_into};
pub use prepared::PreparedUri;
pub use signer::Signer;
pub use uri::BaseUri;

/// The timestamp and the nonce of one request.
///
/// No fields will be added, because RFC 5849 has only these two.
///
/// # Source
///
/// RFC 5849 section 3.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp<'a> {
    /// Seconds since 1970-01-01 00:00:00 GMT, positive.
    pub timestamp: u64,
    /// A text that your program does not use again with this timestamp.
    pub nonce: &'a str,
}

/// The parts of a request that are signed.
///
/// Write it with all its fields, or with `..` and the fields of another value. No fields will be added, because RFC
/// 5849 section 3.4.1 signs nothing else. To sign a request that you send at once, use
/// [`Signer::authorization_now`], which does not need this type.
///
/// `Debug` shows the HTTP method and the URL without its query.
pub struct ToSign<'a, K, V> {
    /// The HTTP method; signed in upper case.
    pub http_method: &'a str,
    /// The URL. If it has a query, its pairs are signed too.
    pub uri: BaseUri<'a>,
    /// The decoded pairs that are not in the URL, in any order: those that you will add to its query,
    /// and those of a form body. Fields of another body do not belong here.
    pub pairs: &'a [(K, V)],
    /// Protocol parameters beyond those that every request has, such as `oauth_callback`,
    /// `oauth_verifier` or `oauth_body_hash`, decoded. They are signed, and sent with the others.
    pub protocol: &'a [(&'a str, &'a str)],
    /// Time and nonce; only PLAINTEXT can do without.
    pub stamp: Option<Stamp<'a>>,
}

impl<K, V> ToSign<'_, K, V> {
    /// The pairs of the URL's own query.
    #[inline]
    fn query(&self) -> Result<Cow<'_, [Pair<'_>]>, Error> {
        match (self.uri.pairs, self.uri.query()) {
            (Some(pairs), _) => Ok(Cow::Borrowed(pairs)),
            (None, None | Some("")) => Ok(Cow::Borrowed(&[])),
            (None, Some(query)) => decode_pairs(query).map(Cow::Owned),
        }
    }

    /// What is filled into the templates; `digits` is a place for the timestamp's.
    #[inline]
    fn holes<'a>(&'a self, digits: &'a mut Digits) -> Option<Holes<'a>> {
        self.stamp.map(|stamp| Holes::new(stamp, digits))
    }
}

impl<K, V> fmt::Debug for ToSign<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToSign")
            .field("http_method", &self.http_method)
            .field("uri", &self.uri)
            .finish_non_exhaustive()
    }
}
