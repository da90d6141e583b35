//! What the sandbox refuses, in the words of each kind of provider.
//!
//! FatSecret answers in sentences on the handshake host and in numbered errors on the data host;
//! other providers use the `oauth_problem` words of the Problem Reporting extension.

use http::StatusCode;

use crate::{endpoint::Placement, quote::name_in};

/// A reason to refuse a request. The text inside came from the request, shortened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    Unreadable(&'static str),
    /// The body is larger than so many bytes.
    BodyTooLarge(usize),
    VerbNotAllowed,
    Missing(&'static str),
    /// The OAuth parameters are in a place that the endpoint does not read.
    Elsewhere(Placement),
    /// An `oauth_token` that is empty, or stands where none belongs.
    StrayToken,
    Repeated(String),
    TwoPlaces,
    Version(String),
    SignatureMethod(String),
    ConsumerKey(String),
    /// The given timestamp, and the earliest and latest that would do.
    Timestamp(String, u64, u64),
    Nonce(String),
    BodyHash,
    /// A body hash beside a form.
    HashOfForm,
    /// A form, where every body needs a hash.
    FormBody,
    Signature(String),
    Callback,
    /// It is `oob`, and the provider wants a URL.
    OutOfBand,
    /// It is not the one that is registered, or not of the kind that is accepted.
    OtherCallback,
    RequestToken(TokenProblem),
    AccessToken(String),
    /// Its time is over, or it has slept in.
    ExpiredAccessToken,
    Verifier,
    UserAgent,
    Realm,
    /// A parameter that is not OAuth's has a value that does not exist.
    Value(&'static str),
    /// A signature is not looked at here; a key is wanted.
    KeyWanted,
    /// The method needs the application's public key, and none is registered.
    NoPublicKey,
}

/// Why a request token is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenProblem {
    Unknown,
    Expired,
    Used,
    NotApproved,
    Refused,
}

impl Problem {
    /// FatSecret's number for it on the data host.
    pub(crate) fn code(&self) -> u32 {
        match self {
            Self::Missing(_) | Self::Elsewhere(_) => 2,
            Self::StrayToken
            | Self::Repeated(_)
            | Self::TwoPlaces
            | Self::Version(_)
            | Self::BodyHash
            | Self::HashOfForm
            | Self::FormBody
            | Self::Callback
            | Self::OutOfBand
            | Self::OtherCallback
            | Self::Realm
            | Self::Value(_) => 3,
            Self::SignatureMethod(_) => 4,
            Self::ConsumerKey(_) => 5,
            Self::Timestamp(..) => 6,
            Self::Nonce(_) => 7,
            Self::Signature(_) | Self::NoPublicKey => 8,
            Self::AccessToken(_)
            | Self::ExpiredAccessToken
            | Self::RequestToken(_)
            | Self::Verifier
            | Self::KeyWanted => 9,
            Self::Unreadable(_)
            | Self::BodyTooLarge(_)
            | Self::VerbNotAllowed
            | Self::UserAgent => 22,
        }
    }

    /// A sentence as FatSecret writes it. It may repeat what the request said.
    pub(crate) fn sentence(&self) -> String {
        match self {
            Self::Unreadable(why) => format!("Invalid request: {why}"),
            Self::BodyTooLarge(_) => self.reason(),
            Self::VerbNotAllowed => "Invalid request: HTTP method not allowed".to_owned(),
            Self::Missing(name) => format!("Missing required parameter: {name}"),
            Self::Elsewhere(_) => "Missing required parameter: oauth_consumer_key".to_owned(),
            Self::StrayToken => "Unsupported oauth parameter: oauth_token".to_owned(),
            Self::Repeated(name) => {
                format!("Unsupported oauth parameter: {name} is given more than once")
            }
            Self::TwoPlaces => {
                "Unsupported oauth parameter: oauth parameters are given in more than one place"
                    .to_owned()
            }
            Self::Version(given) => {
                format!("Unsupported oauth parameter: oauth_version '{given}'")
            }
            Self::SignatureMethod(given) => {
                format!("Invalid signature method: oauth_signature_method '{given}'")
            }
            Self::ConsumerKey(given) => {
                format!("Invalid consumer key: oauth_consumer_key '{given}'")
            }
            Self::Timestamp(given, ..) => {
                format!("Invalid/expired timestamp: oauth_timestamp '{given}'")
            }
            Self::Nonce(given) => format!("Invalid/used nonce: oauth_nonce '{given}'"),
            Self::BodyHash | Self::HashOfForm | Self::FormBody => {
                "Unsupported oauth parameter: oauth_body_hash".to_owned()
            }
            Self::Signature(given) => format!("Invalid signature: oauth_signature '{given}'"),
            Self::Callback | Self::OutOfBand | Self::OtherCallback => {
                "Invalid parameter: oauth_callback".to_owned()
            }
            Self::ExpiredAccessToken => "Expired access token: oauth_token".to_owned(),
            Self::UserAgent => "A User-Agent that names the application is required".to_owned(),
            Self::Realm => "Invalid parameter: realm".to_owned(),
            Self::Value(name) => format!("Invalid parameter: {name}"),
            Self::KeyWanted => "Invalid key".to_owned(),
            Self::NoPublicKey => "Invalid signature: no public key is registered".to_owned(),
            Self::RequestToken(problem) => {
                format!("Invalid request token: the token is {}", problem.adjective())
            }
            Self::AccessToken(given) => format!("Invalid access token: oauth_token '{given}'"),
            Self::Verifier => "Invalid verifier: oauth_verifier".to_owned(),
        }
    }

    /// The reason in words for the log. It quotes nothing that may be a secret.
    pub(crate) fn reason(&self) -> String {
        match self {
            Self::Unreadable(why) => format!("the request cannot be read: {why}"),
            Self::BodyTooLarge(limit) => format!(
                "the body is larger than {limit} bytes, the limit of this sandbox; \
                 Builder::body_limit sets another"
            ),
            Self::VerbNotAllowed => "this endpoint does not accept the HTTP method".to_owned(),
            Self::Missing(name) => format!("the parameter {name} is missing or empty"),
            Self::Elsewhere(place) => {
                let place = match place {
                    Placement::Header => "Authorization header",
                    Placement::Form => "form body",
                    Placement::Query => "query",
                };
                format!(
                    "the OAuth parameters are in the {place}, which this endpoint does not read \
                     with this HTTP method"
                )
            }
            Self::StrayToken => "the parameter oauth_token is not supported here".to_owned(),
            Self::Repeated(name) => {
                format!("the parameter {} is given more than once", name_in(name))
            }
            Self::TwoPlaces => "the OAuth parameters are in more than one place".to_owned(),
            Self::Version(_) => "oauth_version must be 1.0".to_owned(),
            Self::SignatureMethod(given) => {
                format!("the signature method {} is not accepted", name_in(given))
            }
            Self::ConsumerKey(_) => "the consumer key is not known".to_owned(),
            Self::Timestamp(_, from, to) => {
                format!("oauth_timestamp must be a whole number from {from} to {to}")
            }
            Self::Nonce(_) => {
                "the nonce was used before, or is not 1 to 128 visible ASCII characters".to_owned()
            }
            Self::BodyHash => "oauth_body_hash does not fit the body".to_owned(),
            Self::HashOfForm => {
                "oauth_body_hash stands beside a form body, whose pairs are signed already: leave \
                 it out"
                    .to_owned()
            }
            Self::FormBody => "this provider wants oauth_body_hash with every body, and a form \
                               body cannot have one: send JSON"
                .to_owned(),
            Self::Signature(_) => {
                "the signature is wrong: compare the base strings, and check the \
                                   consumer secret and the token secret"
                    .to_owned()
            }
            Self::Callback => {
                "oauth_callback must be an absolute URL without a fragment, or oob".to_owned()
            }
            Self::OutOfBand => {
                "oauth_callback is oob, and this provider takes no oob: send a URL".to_owned()
            }
            Self::RequestToken(problem) => format!("the request token is {}", problem.adjective()),
            Self::AccessToken(_) => {
                "the access token is not known, was revoked, or belongs to another consumer"
                    .to_owned()
            }
            Self::Verifier => "the verifier is wrong".to_owned(),
            Self::OtherCallback => {
                "oauth_callback is not the registered one, or not of a kind that this provider \
                 accepts"
                    .to_owned()
            }
            Self::ExpiredAccessToken => {
                "the access token's time is over, or it was not used for too long".to_owned()
            }
            Self::UserAgent => "User-Agent must name the application".to_owned(),
            Self::Realm => "the realm of the header must be the account".to_owned(),
            Self::Value(name) => format!("the parameter {name} has a value that does not exist"),
            Self::KeyWanted => {
                "this provider reads a key for resources and does not look at signatures".to_owned()
            }
            Self::NoPublicKey => "no public key is registered to check the signature with: see \
                 Builder::rsa_public_key"
                .to_owned(),
        }
    }

    /// The status of RFC 5849 section 3.2.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::VerbNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::BodyTooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unreadable(_)
            | Self::Missing(_)
            | Self::Elsewhere(_)
            | Self::StrayToken
            | Self::Repeated(_)
            | Self::TwoPlaces
            | Self::Version(_)
            | Self::SignatureMethod(_)
            | Self::Callback
            | Self::OutOfBand
            | Self::OtherCallback
            | Self::Value(_) => StatusCode::BAD_REQUEST,
            Self::UserAgent | Self::KeyWanted => StatusCode::FORBIDDEN,
            Self::ConsumerKey(_)
            | Self::Timestamp(..)
            | Self::Nonce(_)
            | Self::BodyHash
            | Self::HashOfForm
            | Self::FormBody
            | Self::Signature(_)
            | Self::RequestToken(_)
            | Self::AccessToken(_)
            | Self::ExpiredAccessToken
            | Self::Realm
            | Self::NoPublicKey
            | Self::Verifier => StatusCode::UNAUTHORIZED,
        }
    }

    /// The word of the Problem Reporting extension.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Unreadable(_)
            | Self::BodyTooLarge(_)
            | Self::VerbNotAllowed
            | Self::Callback
            | Self::OutOfBand
            | Self::OtherCallback
            | Self::StrayToken
            | Self::Repeated(_)
            | Self::TwoPlaces
            | Self::BodyHash
            | Self::HashOfForm
            | Self::FormBody
            | Self::Realm
            | Self::Value(_) => "parameter_rejected",
            Self::Missing(_) | Self::Elsewhere(_) | Self::UserAgent => "parameter_absent",
            Self::Version(_) => "version_rejected",
            Self::SignatureMethod(_) => "signature_method_rejected",
            Self::ConsumerKey(_) => "consumer_key_unknown",
            Self::Timestamp(..) => "timestamp_refused",
            Self::Nonce(_) => "nonce_used",
            Self::Signature(_) | Self::NoPublicKey => "signature_invalid",
            Self::RequestToken(problem) => problem.word(),
            Self::AccessToken(_) | Self::KeyWanted => "token_rejected",
            Self::ExpiredAccessToken => "token_expired",
            Self::Verifier => "verifier_invalid",
        }
    }

    /// The pairs of the Problem Reporting extension's body.
    pub(crate) fn report(&self) -> Vec<(&'static str, String)> {
        let mut pairs = vec![("oauth_problem", self.word().to_owned())];
        match self {
            Self::Missing(name) => pairs.push(("oauth_parameters_absent", (*name).to_owned())),
            Self::Elsewhere(_) => {
                pairs.push(("oauth_parameters_absent", "oauth_consumer_key".to_owned()));
            }
            Self::StrayToken => {
                pairs.push(("oauth_parameters_rejected", "oauth_token".to_owned()));
            }
            Self::Repeated(name) => pairs.push(("oauth_parameters_rejected", name.clone())),
            Self::Version(_) => pairs.push(("oauth_acceptable_versions", "1.0-1.0".to_owned())),
            Self::Timestamp(_, from, to) => {
                pairs.push(("oauth_acceptable_timestamps", format!("{from}-{to}")));
            }
            _ => {}
        }
        pairs
    }
}

impl TokenProblem {
    pub(crate) fn adjective(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Expired => "expired",
            Self::Used => "used",
            Self::NotApproved => "not approved",
            Self::Refused => "refused by the user",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Unknown => "token_rejected",
            Self::Expired => "token_expired",
            Self::Used => "token_used",
            Self::NotApproved => "permission_unknown",
            Self::Refused => "permission_denied",
        }
    }
}
