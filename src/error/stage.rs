//! Where in the flow something went wrong.

/// The part of the work in which an error arose.
///
/// # Examples
///
/// ```
/// use tripod::{Error, Stage, providers};
///
/// fn what(error: &Error) -> &'static str {
///     match error.stage() {
///         Stage::Setup => "the program is not set up",
///         Stage::RequestToken | Stage::Approval | Stage::AccessToken => "the login failed",
///         _ => "the call failed",
///     }
/// }
///
/// let error = providers::discogs("").unwrap_err(); // a user agent is needed
/// assert_eq!(what(&error), "the program is not set up");
/// ```
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
