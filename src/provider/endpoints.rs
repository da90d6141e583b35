//! A provider's addresses: the two token calls, and the page on which the user approves.

use std::fmt;

use http::Method;

use super::{origin::Moves, transmission::Transmission, url::check_url};
use crate::{
    error::{Error, groups::RequestError, kind::ErrorKind},
    shown::ShownUrl,
};

/// The three endpoints of a provider. The fields have names, so that the endpoints cannot be
/// swapped by mistake.
///
/// A token call is a URL, which means a POST with the parameters in the header, or a [`Call`]. The page is a
/// URL or an [`AuthorizePage`].
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use tripod::{AuthorizePage, Call, Endpoints, Provider};
///
/// let plain = Provider::new(Endpoints {
///     request_token: "https://provider.example/oauth/request_token",
///     authorize: "https://provider.example/oauth/authorize",
///     access_token: "https://provider.example/oauth/access_token",
/// })?;
///
/// let unusual = Provider::new(Endpoints {
///     request_token: Call::get("https://provider.example/oauth/request_token"),
///     authorize: AuthorizePage::new("https://provider.example/approve").with_token_name("token"),
///     access_token: Call::get("https://provider.example/oauth/access_token"),
/// })?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_structs,
    reason = "a provider has these three, and they are named where they are given"
)]
pub struct Endpoints<Request, Page, Access> {
    /// The call that gives a request token.
    pub request_token: Request,
    /// The page on which the user approves.
    pub authorize: Page,
    /// The call that exchanges the request token for an access token.
    pub access_token: Access,
}

/// A call of a provider: its URL, its HTTP method, and the place of the OAuth parameters.
///
/// A text is converted to a POST call of this URL, with the parameters in the header, as RFC 5849
/// recommends.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use tripod::{Call, Callback, Client, Consumer, Endpoints, Provider, Transmission};
///
/// let query = |url: &str| Call::get(url).with_transmission(Transmission::Query);
/// let provider = Provider::new(Endpoints {
///     request_token: query("https://provider.example/request"),
///     authorize: "https://provider.example/approve",
///     access_token: query("https://provider.example/access"),
/// })?;
/// let client = Client::new(provider, Consumer::new("key", "secret"))?;
/// let (request, _) = client.begin(Callback::out_of_band()).build()?;
/// assert_eq!(request.method(), "GET");
/// assert!(request.uri().query().is_some_and(|query| query.contains("oauth_signature=")));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Call {
    pub(crate) url: String,
    pub(crate) method: Method,
    pub(crate) transmission: Transmission,
}

impl Call {
    /// Creates a call with any HTTP method, with the OAuth parameters in the header.
    pub fn new(method: Method, url: impl Into<String>) -> Self {
        Self { url: url.into(), method, transmission: Transmission::Header }
    }

    /// Creates a GET call.
    pub fn get(url: impl Into<String>) -> Self {
        Self::new(Method::GET, url)
    }

    /// Creates a POST call.
    pub fn post(url: impl Into<String>) -> Self {
        Self::new(Method::POST, url)
    }

    /// Creates a DELETE call.
    pub fn delete(url: impl Into<String>) -> Self {
        Self::new(Method::DELETE, url)
    }

    /// Sends the OAuth parameters in another place than the header.
    #[must_use]
    pub fn with_transmission(mut self, transmission: Transmission) -> Self {
        self.transmission = transmission;
        self
    }

    /// What a provider without a handshake has in its place.
    pub(super) fn none() -> Self {
        Self::post("")
    }

    /// Returns whether there is such a call.
    pub(crate) fn exists(&self) -> bool {
        !self.url.is_empty()
    }

    /// Changes how the call is made, if it can be made so.
    pub(super) fn set(&mut self, method: Method, transmission: Transmission) -> Result<(), Error> {
        let bodiless = [Method::GET, Method::HEAD].contains(&method);
        self.transmission = match transmission {
            Transmission::Form if bodiless => {
                return Err(Error::setup(ErrorKind::Request(RequestError::FormBodyNeeded)));
            }
            Transmission::FormOrQuery if bodiless => Transmission::Query,
            Transmission::FormOrQuery => Transmission::Form,
            other => other,
        };
        self.method = method;
        Ok(())
    }

    pub(super) fn check(&mut self) -> Result<(), Error> {
        check_url(&self.url)?;
        self.set(self.method.clone(), self.transmission)
    }

    pub(super) fn move_by(&mut self, moves: &mut Moves) {
        moves.url(&mut self.url);
    }
}

impl From<&str> for Call {
    fn from(url: &str) -> Self {
        Self::post(url)
    }
}

impl From<&String> for Call {
    fn from(url: &String) -> Self {
        Self::post(url)
    }
}

impl From<String> for Call {
    fn from(url: String) -> Self {
        Self::post(url)
    }
}

impl fmt::Debug for Call {
    // An endpoint's query may hold a key of the application's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = ShownUrl::of(&self.url);
        write!(f, "{} {url} ({:?})", self.method, self.transmission)
    }
}

/// The page on which the user approves, and the names of its parameters.
///
/// A text is converted to a page with this URL that expects the request token as `oauth_token`,
/// which is the standard.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use tripod::{Ask, AuthorizePage, Callback, Client, Consumer, Endpoints, Provider};
///
/// let page = AuthorizePage::new("https://provider.example/approve")
///     .with_token_name("token")
///     .with_alternative("phone", "https://m.provider.example/approve");
/// let provider = Provider::new(Endpoints {
///     request_token: "https://provider.example/request",
///     authorize: page,
///     access_token: "https://provider.example/access",
/// })?;
/// let client = Client::new(provider, Consumer::new("key", "secret"))?;
/// # let transport = tripod::transport::from_fn(|_, _| async {
/// #     let body = "oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true";
/// #     Ok(http::Response::new(bytes::Bytes::from_static(body.as_bytes())))
/// # });
/// # let client = client.with_transport(transport);
/// let flow = client.begin(Callback::out_of_band()).with_ask(Ask::new().with_page("phone"));
/// let issued = flow.request_token().wait()?;
/// assert_eq!(issued.authorization_url(), "https://m.provider.example/approve?token=t");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct AuthorizePage {
    pub(super) url: String,
    pub(super) token_name: String,
    pub(super) consumer_key_name: Option<String>,
    /// Each with its name.
    pub(super) others: Vec<(String, String)>,
}

impl AuthorizePage {
    /// Creates a page that expects the request token as `oauth_token`.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            token_name: "oauth_token".to_owned(),
            consumer_key_name: None,
            others: Vec::new(),
        }
    }

    /// Sends the request token to the page under another name than `oauth_token`.
    #[must_use]
    pub fn with_token_name(mut self, name: impl Into<String>) -> Self {
        self.token_name = name.into();
        self
    }

    /// Sends the consumer key to the page too, under this name.
    #[must_use]
    pub fn with_consumer_key_name(mut self, name: impl Into<String>) -> Self {
        self.consumer_key_name = Some(name.into());
        self
    }

    /// Adds another page, which [`Ask::with_page`](super::Ask::with_page) can choose by this name: for
    /// example a page for phones, or a page that does not ask the user again.
    #[must_use]
    pub fn with_alternative(mut self, name: impl Into<String>, url: impl Into<String>) -> Self {
        self.others.push((name.into(), url.into()));
        self
    }

    /// The URL of the page with this name.
    pub(super) fn named(&self, name: Option<&str>) -> Option<&str> {
        let Some(name) = name else { return Some(&self.url) };
        self.others.iter().find(|(other, _)| other == name).map(|(_, url)| url.as_str())
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        check_url(&self.url)?;
        self.others.iter().try_for_each(|(_, url)| check_url(url).map(drop))
    }

    pub(super) fn move_by(&mut self, moves: &mut Moves) {
        moves.url(&mut self.url);
        self.others.iter_mut().for_each(|(_, url)| moves.url(url));
    }
}

impl From<&str> for AuthorizePage {
    fn from(url: &str) -> Self {
        Self::new(url)
    }
}

impl From<&String> for AuthorizePage {
    fn from(url: &String) -> Self {
        Self::new(url)
    }
}

impl From<String> for AuthorizePage {
    fn from(url: String) -> Self {
        Self::new(url)
    }
}

impl fmt::Debug for AuthorizePage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", ShownUrl::of(&self.url))
    }
}
