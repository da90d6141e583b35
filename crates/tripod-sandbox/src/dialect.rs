//! The habits in which kinds of provider differ, as data. Every other file asks here.
//!
//! A new kind of provider is a new constant. A habit that one of them does not share is a new field.

use http::Method;

use crate::{
    endpoint::Placement::{self, Form, Header, Query},
    naive::SignatureMethod::{self, HmacSha1, HmacSha256, HmacSha512, Plaintext},
};

/// A kind of provider.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a habit of its own")]
pub(crate) struct Dialect {
    /// Which HTTP methods the handshake accepts, and where it reads OAuth parameters in each.
    pub(crate) handshake: &'static [(Method, Placement)],
    pub(crate) signature_methods: &'static [SignatureMethod],
    /// Whether `oauth_version` must be sent. If it is sent, it is `1.0` everywhere.
    pub(crate) version_required: bool,
    /// Whether `oauth_` parameters that OAuth does not define, and an `oauth_token` where none
    /// belongs, are refused.
    pub(crate) refuses_unknown: bool,
    /// Whether a timestamp may not be lower than the last one that was accepted.
    pub(crate) timestamps_rise: bool,
    pub(crate) nonce_is_for: NonceScope,
    /// What stands at the end of token secrets.
    pub(crate) secret_ends_with: &'static str,
    pub(crate) refusals: Refusals,
    /// Whether the data host always reads forms; if not, [`Builder::forms`](crate::Builder::forms) decides.
    pub(crate) reads_forms: bool,
    /// Whether calls by FatSecret's names may be answered in XML.
    pub(crate) writes_xml: bool,
    pub(crate) preset: Preset,
}

/// What a nonce must be unique for, beside its timestamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NonceScope {
    Consumer,
    ConsumerAndToken,
}

/// How a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusals {
    /// A sentence on the handshake host, a numbered error with status 200 on the data host.
    Sentences,
    /// 400 or 401 with `WWW-Authenticate` and an `oauth_problem` body.
    ProblemReports,
}

/// What [`Sandbox::provider`](crate::Sandbox::provider) begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Preset {
    FatSecret,
    Plain,
}

/// FatSecret, as far as it is known, and strict where it is not.
pub(crate) static FATSECRET: Dialect = Dialect {
    handshake: &[(Method::GET, Query), (Method::POST, Form)],
    signature_methods: &[HmacSha1],
    version_required: true,
    // Error 3 is "unsupported oauth parameter".
    refuses_unknown: true,
    timestamps_rise: true,
    nonce_is_for: NonceScope::Consumer,
    secret_ends_with: "",
    refusals: Refusals::Sentences,
    reads_forms: false,
    writes_xml: true,
    preset: Preset::FatSecret,
};

/// A provider that follows RFC 5849 and nothing else.
pub(crate) static RFC_5849: Dialect = Dialect {
    handshake: &[
        (Method::GET, Header),
        (Method::GET, Query),
        (Method::GET, Form),
        (Method::POST, Header),
        (Method::POST, Query),
        (Method::POST, Form),
    ],
    signature_methods: &[HmacSha1, HmacSha256, HmacSha512, Plaintext],
    version_required: false,
    refuses_unknown: false,
    timestamps_rise: false,
    nonce_is_for: NonceScope::ConsumerAndToken,
    // Reserved characters, so that a client which forgets to encode them is found out.
    secret_ends_with: "+/&=% ~",
    refusals: Refusals::ProblemReports,
    reads_forms: true,
    writes_xml: false,
    preset: Preset::Plain,
};
