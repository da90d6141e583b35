//! Where OAuth's parameters travel.

/// The place of the OAuth parameters in a request (RFC 5849 section 3.5).
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use tripod::{Client, Consumer, Provider, Transmission};
///
/// let client = Client::new(Provider::fatsecret(), Consumer::new("key", "secret"))?;
/// // FatSecret's description says `FormOrQuery`; this request is signed in the header.
/// let foods = client.signed().get("https://platform.fatsecret.com/rest/server.api");
/// let (request, _) = foods.transmission(Transmission::Header).build()?;
/// assert!(request.headers().contains_key("authorization"));
/// assert_eq!(request.uri().query(), None);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Transmission {
    /// The `Authorization` header (section 3.5.1): the standard's first choice and the default.
    #[default]
    Header,
    /// The form body (section 3.5.2), for requests that have one.
    Form,
    /// The query (section 3.5.3). URLs are stored in logs and histories, so use it only if the
    /// provider reads nothing else.
    Query,
    /// The form body if the request has one, otherwise the query.
    FormOrQuery,
}
