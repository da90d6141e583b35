//! What one flow asks for.

use std::fmt;

use crate::{error::Error, signature::params::refuse_reserved};

/// Parameters that a flow sends to the authorization page and with the request-token call, such as a
/// scope, and which page the user is sent to.
///
/// Give it to [`Flow::with_ask`](crate::Flow::with_ask), or to
/// [`Loopback::with_ask`](https://docs.rs/tripod/latest/tripod/loopback/struct.Loopback.html#method.with_ask).
/// [`Provider::with_ask`](super::Provider::with_ask) sets the parameters of every flow; a flow's own parameter of
/// the same name replaces them. The vault keeps a flow's `Ask` with the flow.
///
/// # Errors
///
/// The step that asks for a request token fails with
/// [`ReservedParameter`](crate::RequestError::ReservedParameter) for a name that begins with `oauth_` or that
/// the page has for the request token, and with [`InvalidSetting`](crate::ErrorKind::InvalidSetting) for a
/// page that the provider does not have.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use tripod::{Ask, Callback, Client, Consumer, providers};
///
/// let client = Client::new(providers::flickr(), Consumer::new("key", "secret"))?;
/// let flow = client
///     .begin(Callback::out_of_band())
///     .with_ask(Ask::new().with_page_parameter("perms", "write"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Ask {
    page: Option<String>,
    for_page: Vec<(String, String)>,
    for_request: Vec<(String, String)>,
}

impl Ask {
    /// Creates an `Ask` without parameters.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a parameter to the authorization page's URL, such as `perms`, `scope` or `state`.
    #[must_use]
    pub fn with_page_parameter(
        mut self,
        name: impl Into<String>,
        value: impl Into<String>,
    ) -> Self {
        set(&mut self.for_page, name.into(), value.into());
        self
    }

    /// Adds a parameter to the request-token call, such as `scope`. It is signed, and sent in the form
    /// body of a POST, or else in the query.
    #[must_use]
    pub fn with_request_parameter(
        mut self,
        name: impl Into<String>,
        value: impl Into<String>,
    ) -> Self {
        set(&mut self.for_request, name.into(), value.into());
        self
    }

    /// Chooses another page of the provider, by its name in
    /// [`AuthorizePage::with_alternative`](super::AuthorizePage::with_alternative).
    #[must_use]
    pub fn with_page(mut self, name: impl Into<String>) -> Self {
        self.page = Some(name.into());
        self
    }

    /// This, over what a provider's flows ask for by default.
    pub(super) fn over(&self, default: &Self) -> Self {
        let mut ask = default.clone();
        ask.page = self.page.clone().or(ask.page);
        for (name, value) in &self.for_page {
            set(&mut ask.for_page, name.clone(), value.clone());
        }
        for (name, value) in &self.for_request {
            set(&mut ask.for_request, name.clone(), value.clone());
        }
        ask
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        refuse_reserved(&self.for_page)?;
        refuse_reserved(&self.for_request)
    }

    pub(crate) fn page(&self) -> Option<&str> {
        self.page.as_deref()
    }

    pub(crate) fn for_page(&self) -> &[(String, String)] {
        &self.for_page
    }

    pub(crate) fn for_request(&self) -> &[(String, String)] {
        &self.for_request
    }
}

/// One of a name.
fn set(pairs: &mut Vec<(String, String)>, name: String, value: String) {
    match pairs.iter_mut().find(|pair| pair.0 == name) {
        Some(pair) => pair.1 = value,
        None => pairs.push((name, value)),
    }
}

impl fmt::Debug for Ask {
    // A value may be a `state` of the program's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = |pairs: &[(String, String)]| -> Vec<String> {
            pairs.iter().map(|(name, _)| name.clone()).collect()
        };
        f.debug_struct("Ask")
            .field("page", &self.page)
            .field("for_page", &names(&self.for_page))
            .field("for_request", &names(&self.for_request))
            .finish()
    }
}
