//! Signed requests without a token, also called "two-legged".

use std::{fmt, sync::Arc};

use http::{Method, Request, request::Parts};

use super::{
    in_place::{head_in_place, in_place},
    request::ResourceRequest,
    resources::Resources,
    signatory::{NoToken, Signatory},
    verbs::verbs,
};
use crate::{client::Client, error::Error};

/// Signs and sends requests without a user ("two-legged"), for resources that do not belong to a
/// user.
///
/// It is another type than [`Session`](crate::Session), so that a function can require a user's
/// session.
///
/// # Examples
///
/// ```no_run
/// # async fn run(client: tripod::Client) -> Result<(), tripod::Error> {
/// let reply = client
///     .signed()
///     .get("https://platform.fatsecret.com/rest/server.api")
///     .query(&[("method", "foods.search"), ("search_expression", "toast"), ("format", "json")])
///     .send()
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Signed {
    signatory: Arc<Signatory>,
}

/// # Sign requests without a user
impl Client {
    /// Returns a [`Signed`], which signs requests with the consumer's key alone, without a user.
    #[must_use]
    pub fn signed(&self) -> Signed {
        Signed { signatory: Signatory::new(self, NoToken) }
    }
}

impl Signed {
    verbs! {
        /// Begins a GET request. `url` is absolute and at one of the provider's resource origins.
        url
    }

    /// Begins a request with any method.
    pub fn resource(&self, method: Method, url: impl AsRef<str>) -> ResourceRequest {
        ResourceRequest::new(Arc::clone(&self.signatory), method, url.as_ref())
    }

    /// Reads and checks a URL once, for many requests to this URL and to the paths below it, as
    /// [`Session::at`](crate::Flow::at) does.
    ///
    /// # Errors
    ///
    /// The errors of [`Session::at`](crate::Flow::at).
    pub fn at(&self, url: impl AsRef<str>) -> Result<Resources, Error> {
        Resources::new(Arc::clone(&self.signatory), url.as_ref())
    }

    /// Signs an `http::Request` in place, so that you can send it with any HTTP client, as
    /// [`Session::sign`](crate::Flow::sign) does.
    ///
    /// # Errors
    ///
    /// The errors of [`Session::sign`](crate::Flow::sign).
    pub fn sign<B: AsRef<[u8]>>(&self, request: &mut Request<B>) -> Result<(), Error> {
        in_place(&self.signatory, request)
    }

    /// Signs the method, URL and headers of a request without its body, as
    /// [`Session::sign_parts`](crate::Flow::sign_parts) does.
    ///
    /// # Errors
    ///
    /// The errors of [`Session::sign_parts`](crate::Flow::sign_parts).
    pub fn sign_parts(
        &self,
        parts: &mut Parts,
        form: Option<&[(&str, &str)]>,
    ) -> Result<(), Error> {
        head_in_place(&self.signatory, parts, form)
    }

    /// Returns the client this signer belongs to.
    #[must_use]
    pub fn client(&self) -> &Client {
        self.signatory.client()
    }
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed").field("client", self.client()).finish()
    }
}
