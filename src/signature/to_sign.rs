//! What a signature is made of beside the signer's own: one request, and its time and nonce.

use std::{borrow::Cow, fmt};

use crate::error::Error;

use super::{
    params::{Pair, decode_pairs},
    uri::BaseUri,
};

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
/// [`Signer::authorization_now`](super::Signer::authorization_now), which does not need this type.
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
    pub(super) fn query(&self) -> Result<Cow<'_, [Pair<'_>]>, Error> {
        match (self.uri.pairs, self.uri.query()) {
            (Some(pairs), _) => Ok(Cow::Borrowed(pairs)),
            (None, None | Some("")) => Ok(Cow::Borrowed(&[])),
            (None, Some(query)) => decode_pairs(query).map(Cow::Owned),
        }
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
