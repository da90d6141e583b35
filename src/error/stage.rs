//! Where in the flow something went wrong.

/// The part of the work in which an error arose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// Building a client, a provider, a callback or a request, before anything is sent.
    Setup,
    /// Asking for a request token (RFC 5849 section 2.1).
    RequestToken,
    /// Taking the user's approval: the callback or the typed verifier (section 2.2).
    Approval,
    /// Exchanging the request token for an access token (section 2.3).
    AccessToken,
    /// Calling a protected resource (section 3).
    Resource,
    /// Renewing an access token.
    Renewal,
    /// Revoking an access token.
    Revocation,
    /// Storing or restoring a flow or a session: sealing, tickets and stores.
    Keeping,
}
