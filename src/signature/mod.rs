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
mod identity;
mod keyed;
pub(crate) mod method;
mod order;
pub(crate) mod params;
pub(crate) mod prepared;
pub(crate) mod signer;
mod style;
mod template;
pub(crate) mod to_sign;
pub(crate) mod transmission;
pub(crate) mod uri;
mod writer;

pub use body_hash::body_hash;
pub use encode::percent_encode;
pub use explain::Explanation;
pub use method::{Sign, SignatureMethod, SigningKey};
pub use params::{Pair, decode_pairs, encode_pairs_into};
pub use prepared::PreparedUri;
pub use signer::Signer;
pub use to_sign::{Stamp, ToSign};
pub use uri::BaseUri;
