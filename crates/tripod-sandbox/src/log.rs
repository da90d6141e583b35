//! What arrived and where: the words in which a test asks about requests.

use http::{Method, StatusCode};

use super::Fault;

/// A place of the provider's that clients or users come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Endpoint {
    /// `/oauth/request_token`.
    RequestToken,
    /// `/oauth/authorize`, the page for the user.
    Authorize,
    /// `/oauth/access_token`.
    AccessToken,
    /// `/rest/…`, the data host.
    Data,
}

impl Endpoint {
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::RequestToken => "/oauth/request_token",
            Self::Authorize => "/oauth/authorize",
            Self::AccessToken => "/oauth/access_token",
            Self::Data => "/rest/",
        }
    }

    pub(super) fn at(path: &str) -> Option<Self> {
        [Self::RequestToken, Self::Authorize, Self::AccessToken]
            .into_iter()
            .find(|endpoint| endpoint.path() == path)
            .or_else(|| path.starts_with(Self::Data.path()).then_some(Self::Data))
    }
}

/// Where a request carries its OAuth parameters (RFC 5849 section 3.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Placement {
    /// In the `Authorization` header.
    Header,
    /// In the form-encoded body.
    Form,
    /// In the URL's query.
    Query,
}

/// A request as it arrived, without secrets, tokens or parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Seen {
    /// The number of the connection, from 1.
    pub connection: u64,
    /// The HTTP method.
    pub verb: Method,
    /// The path, without the query; at most 200 characters of it.
    pub path: String,
    /// The endpoint it was for, if it was for one.
    pub endpoint: Option<Endpoint>,
    /// The data host's method that `method` named, such as `foods.search`, shortened. It is `None`
    /// if the method was called by its path.
    pub method: Option<String>,
    /// Where the OAuth parameters were; none if there were none.
    pub placement: Option<Placement>,
    /// `oauth_timestamp`, if it was a number.
    pub timestamp: Option<u64>,
    /// `oauth_nonce`.
    pub nonce: Option<String>,
    /// Whether there was an `oauth_token`.
    pub with_token: bool,
    /// The injected fault that changed the reply.
    pub fault: Option<Fault>,
    /// The status of the reply. It is `None` if the connection closed without a reply, or if the
    /// reply never came.
    pub status: Option<StatusCode>,
    /// Why the sandbox refused the request, in words for a developer.
    ///
    /// It quotes no token, secret, verifier or signature. FatSecret's data host answers refusals
    /// with status 200, so this field tells a refusal from a success there.
    pub refusal: Option<String>,
    /// The signature base string that the sandbox computed, if the signature was wrong and
    /// [`Builder::keep_base_strings`](crate::Builder::keep_base_strings) asked for it.
    ///
    /// It holds every parameter of the request, the token and the verifier included.
    pub base_string: Option<String>,
}

/// Why a request was refused; it travels with the response to the log.
#[derive(Clone)]
pub(super) struct Refusal(pub(super) String);
