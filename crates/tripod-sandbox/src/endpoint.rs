//! The places of the provider, and the places in a request.

/// A part of the provider that receives requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Endpoint {
    /// Issues request tokens. `/oauth/request_token`, unless a [`Persona`](crate::Persona) has another path.
    RequestToken,
    /// The page on which the user answers: `/oauth/authorize`.
    Authorize,
    /// Exchanges a request token for an access token: `/oauth/access_token`.
    AccessToken,
    /// Renews an access token, at a provider that has a call of its own for it.
    Renewal,
    /// Revokes an access token, at a provider that has a call for it.
    Revocation,
    /// The data host, which answers API calls: `/rest/…`.
    Data,
}

/// Where a request carries its OAuth parameters (RFC 5849 section 3.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Placement {
    /// In the `Authorization` header.
    Header,
    /// In the form-encoded body.
    Form,
    /// In the URL's query.
    Query,
}
