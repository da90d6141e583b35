//! The places of the provider, and the places in a request.

/// A part of the provider that receives requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Endpoint {
    /// `/oauth/request_token`, which issues request tokens.
    RequestToken,
    /// `/oauth/authorize`, the page on which the user answers.
    Authorize,
    /// `/oauth/access_token`, which exchanges a request token for an access token.
    AccessToken,
    /// `/rest/…`, the data host, which answers API calls.
    Data,
}

impl Endpoint {
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::RequestToken => "/oauth/request_token",
            Self::Authorize => "/oauth/authorize",
            Self::AccessToken => "/oauth/access_token",
            Self::Data => "/rest/",
        }
    }

    pub(crate) fn at(path: &str) -> Option<Self> {
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
