//! What a provider's words mean.

/// What an error of the provider means for a program.
///
/// A [`Dialect`](crate::Dialect) says which code or word means it, and [`Error::meaning`](crate::Error::meaning) returns it.
///
/// # Examples
///
/// ```
/// use tripod::{Error, Meaning};
///
/// fn advice(error: &Error) -> &'static str {
///     match error.meaning() {
///         Some(Meaning::Verifier) => "Type the code again.",
///         Some(Meaning::QuotaUsed) => "Come back tomorrow.",
///         Some(Meaning::Consumer | Meaning::Signature) => "Check the consumer key and its secret.",
///         _ => "Try again later.",
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Meaning {
    /// The timestamp was refused. The client learns the provider's time, and signs and sends once more.
    Clock,
    /// The nonce was used. The client signs and sends once more.
    Nonce,
    /// The token is not accepted, or no longer: a new flow is needed.
    DeadToken,
    /// The user, or the provider for them, denied access.
    Denied,
    /// The verifier is wrong: the user mistyped the code, and can type it again. It counts for the exchange only.
    Verifier,
    /// Too many calls in a short time.
    RateLimited,
    /// The calls of the day are used up.
    QuotaUsed,
    /// The signature is wrong: the secrets, or what was signed.
    Signature,
    /// The consumer key is not accepted.
    Consumer,
}
