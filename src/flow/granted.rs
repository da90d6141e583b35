// `Flow<AccessGranted>`, also called `Session`: requests in the user's name.

use std::{sync::Arc, time::SystemTime};

use http::{Method, Request, request::Parts};

use super::{
    Failed, Flow, Session,
    life::{self, Renewed},
    state::{AccessGranted, access_granted},
};
use crate::{
    client::Client,
    credentials::AccessToken,
    error::Error,
    resource::{
        in_place::{head_in_place, in_place},
        request::ResourceRequest,
        resources::Resources,
        signatory::Signatory,
        verbs::verbs,
    },
};

impl Client {
    /// Takes up a session again from a stored access token. Nothing is sent; whether the token is
    /// still good shows at the first request.
    pub fn session(&self, token: AccessToken) -> Session {
        Flow { client: self.clone(), state: access_granted(self, token) }
    }
}

impl Flow<AccessGranted> {
    /// The access token, to be stored for the next time.
    #[must_use]
    pub fn access_token(&self) -> &AccessToken {
        self.state.signatory.token()
    }

    verbs! {
        /// Begins a GET request. `url` is absolute and at one of the provider's resource origins.
        ///
        /// # Examples
        ///
        /// ```no_run
        /// # async fn run(session: tripod::Session) -> Result<(), tripod::Error> {
        /// let reply = session
        ///     .get("https://platform.fatsecret.com/rest/server.api")
        ///     .query(&[("method", "profile.get"), ("format", "json")])
        ///     .send()
        ///     .await?
        ///     .error_for_status()?;
        /// println!("{}", reply.text()?);
        /// # Ok(())
        /// # }
        /// ```
        url
    }

    /// Begins a request with any method.
    pub fn resource(&self, method: Method, url: impl AsRef<str>) -> ResourceRequest {
        ResourceRequest::new(self.signatory(), method, url.as_ref())
    }

    /// Reads and checks a URL once, for many requests to it and to what is below it.
    ///
    /// A request from it is begun with a path behind the URL's own, such as `user/info`; the empty path is the
    /// URL itself. The URL may have a query, which each request then has. A program that calls one
    /// address again and again saves a part of the cost of each request. [`Resources`] has the rules.
    ///
    /// # Errors
    ///
    /// [`InvalidUrl`](crate::ErrorKind::InvalidUrl) if it cannot be read or names a user, and
    /// [`ForeignOrigin`](crate::RequestError::ForeignOrigin) if it is not at the provider.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn run(session: tripod::Session) -> Result<(), tripod::Error> {
    /// let api = session.at("https://platform.fatsecret.com/rest?format=json")?;
    /// for date in 20_454..20_461 {
    ///     let request = api.get("food-entries/v2").query_pair("date", date.to_string());
    ///     println!("{}", request.send().await?.error_for_status()?.text()?);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn at(&self, url: impl AsRef<str>) -> Result<Resources, Error> {
        Resources::new(self.signatory(), url.as_ref())
    }

    /// Signs a request of your own making, in place, for another HTTP client to send.
    ///
    /// The OAuth parameters go into the `Authorization` header, or into the query for a provider
    /// that reads them there; the body is never touched. A body is part of the signature if its
    /// `Content-Type` says that it is form data, and a `Host` header wins over the URL's host.
    ///
    /// # Errors
    ///
    /// [`ForeignOrigin`](crate::RequestError::ForeignOrigin) if the URL is not at the provider;
    /// [`ReservedParameter`](crate::RequestError::ReservedParameter) if it is signed already in its
    /// query; [`AuthorizationPresent`](crate::RequestError::AuthorizationPresent) if it has an
    /// `Authorization` header, a signature's or another one;
    /// [`InvalidUrl`](crate::ErrorKind::InvalidUrl) for one that is relative, names a user, or is too
    /// long once signed;
    /// [`ParameterNotUtf8`](crate::RequestError::ParameterNotUtf8);
    /// [`FormBodyNeeded`](crate::RequestError::FormBodyNeeded) for a provider set to
    /// [`Transmission::Form`](crate::Transmission::Form).
    ///
    /// # Security
    ///
    /// The header's value is marked sensitive. Send the request as it is, without following
    /// redirects.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use tripod::{AccessToken, Client, Consumer, Endpoints, Provider};
    ///
    /// let provider = Provider::new(Endpoints {
    ///     request_token: "https://photos.example.net/initiate",
    ///     authorize: "https://photos.example.net/authorize",
    ///     access_token: "https://photos.example.net/token",
    /// })?;
    /// let client = Client::new(provider, Consumer::new("key", "secret"))?;
    /// let session = client.session(AccessToken::new("token", "token-secret")?);
    ///
    /// let mut request = http::Request::get("https://photos.example.net/photos?size=original").body("")?;
    /// session.sign(&mut request)?;
    /// assert!(request.headers().contains_key("authorization"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn sign<B: AsRef<[u8]>>(&self, request: &mut Request<B>) -> Result<(), Error> {
        in_place(&*self.signatory(), request)
    }

    /// Signs the head of a request, whose body is elsewhere, for another HTTP client to send.
    ///
    /// It is [`sign`](Self::sign) for a body that is a stream, or that the other client makes. OAuth signs no
    /// body but a form. If the content type is that of a form, give the form's fields, decoded, as `form`.
    /// Give fields with another content type only if the provider signs them, as Flickr does with the text parts
    /// of an upload; see [`Multipart`](crate::Multipart).
    ///
    /// # Errors
    ///
    /// [`FormFieldsNeeded`](crate::RequestError::FormFieldsNeeded) if the content type is that of a form, and
    /// `form` is `None`; and those of [`sign`](Self::sign).
    ///
    /// # Security
    ///
    /// As [`sign`](Self::sign).
    ///
    /// # Examples
    ///
    /// ```
    /// # fn sign(session: &tripod::Session) -> Result<(), Box<dyn std::error::Error>> {
    /// let request = http::Request::put("https://photos.example.net/photos/7");
    /// let (mut head, ()) = request.header("content-type", "image/jpeg").body(())?.into_parts();
    /// session.sign_parts(&mut head, None)?;
    /// assert!(head.headers.contains_key("authorization"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn sign_parts(
        &self,
        parts: &mut Parts,
        form: Option<&[(&str, &str)]>,
    ) -> Result<(), Error> {
        head_in_place(&*self.signatory(), parts, form)
    }

    /// Returns when the access token will be dead, as far as that is known.
    ///
    /// `None` for a token that does not expire, and for one of which nobody knows: a stored token without the
    /// moment of its grant (the vault keeps it), or one that a time without calls makes inactive and that
    /// this process has not used yet. The provider may end it sooner.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    /// use tripod::Session;
    ///
    /// fn should_renew(session: &Session) -> bool {
    ///     let soon = SystemTime::now() + Duration::from_secs(600);
    ///     session.expires_at().is_none_or(|end| end < soon)
    /// }
    /// ```
    #[must_use]
    pub fn expires_at(&self) -> Option<SystemTime> {
        life::expires_at(&self.state.signatory)
    }

    /// Renews the access token, and says whether the provider has given a new one. This session and its
    /// clones stay as they were; whether their token still works depends on the provider.
    ///
    /// # Errors
    ///
    /// [`NoSuchCall`](crate::ErrorKind::NoSuchCall) if the provider has no such call;
    /// [`Rejected`](crate::ErrorKind::Rejected), for a token that has ended for good, among others; the failures of the network.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives up the call; the provider may have carried it out, and where it gives a new
    /// token that one is lost.
    pub async fn renew(&self) -> Result<Renewed, Error> {
        life::renew(&self.state.signatory).await
    }

    /// Revokes the access token at the provider. Remove it from where it is stored, too.
    ///
    /// # Errors
    ///
    /// Gives the session back with [`NoSuchCall`](crate::ErrorKind::NoSuchCall) if the provider has no such
    /// call, with [`Rejected`](crate::ErrorKind::Rejected), or with a failure of the network.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives up the call; the provider may have carried it out. Clones of the session
    /// are still there.
    ///
    /// # Security
    ///
    /// Trello and Zotero have the token in the path of this call. It is masked in errors and events; a proxy
    /// of yours sees it.
    pub async fn revoke(self) -> Result<(), Failed<AccessGranted>> {
        match life::revoke(&self.state.signatory).await {
            Ok(()) => Ok(()),
            Err(error) => Err(self.failed(error)),
        }
    }

    fn signatory(&self) -> Arc<Signatory> {
        self.state.signatory.clone()
    }
}
