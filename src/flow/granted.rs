// `Flow<AccessGranted>`, also called `Session`: requests in the user's name.

use std::{sync::Arc, time::SystemTime};

use http::{Method, Request, request::Parts};

use super::{
    Flow, Session,
    state::{AccessGranted, access_granted, just_used},
};
use crate::{
    client::Client,
    credentials::AccessToken,
    error::Error,
    resource::{
        in_place::{head_in_place, in_place},
        life,
        request::ResourceRequest,
        resources::Resources,
        signatory::Signatory,
        signing_client::SigningClient,
        verbs::verbs,
    },
};

/// # Use a stored access token
impl Client {
    /// Creates a session from a stored access token.
    ///
    /// Nothing is sent. Whether the provider still accepts the token shows at the first request.
    pub fn session(&self, token: AccessToken) -> Session {
        Flow { client: self.clone(), state: access_granted(self, token) }
    }
}

/// # Use a token from the provider's page
impl SigningClient {
    /// Creates a session from the token that the provider's web page gave you. Nothing is sent.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn main() -> Result<(), tripod::Error> {
    /// use tripod::{AccessToken, Consumer, Session, Signing, SigningClient};
    ///
    /// let signing = Signing::default().with_origin("https://api.bricklink.com")?;
    /// let client = SigningClient::new(signing, Consumer::new("key", "secret"))?;
    /// let session: Session = client.session(AccessToken::new("token", "token-secret")?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn session(&self, token: AccessToken) -> Session {
        self.client().session(token)
    }
}

/// # After the grant: a session
///
/// A [`Session`](crate::Session) signs and sends requests for the user.
impl Flow<AccessGranted> {
    /// Returns the access token, for example to store it.
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

    /// Reads and checks a URL once, for many requests to this URL and to the paths below it.
    ///
    /// Each request then names a path below the URL, such as `user/info`, or the empty path for the URL
    /// itself. If the URL has a query, each request has this query. If a program calls the same URL often,
    /// each request costs less. [`Resources`] describes the rules.
    ///
    /// # Errors
    ///
    /// [`InvalidUrl`](crate::ErrorKind::InvalidUrl) if the URL cannot be read or contains a user
    /// name, and [`ForeignOrigin`](crate::RequestError::ForeignOrigin) if it is not at one of the
    /// provider's origins.
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

    /// Signs an `http::Request` in place, so that you can send it with any HTTP client.
    ///
    /// The OAuth parameters go into the `Authorization` header, or into the query for a provider
    /// that expects them there. The body is never changed. A body is part of the signature if its
    /// `Content-Type` says that it is form data. If there is a `Host` header, it is signed instead
    /// of the URL's host; send such a request with HTTP/1.1, because an HTTP/2 request names the URL's host.
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
    /// [`Transmission::Form`](crate::Transmission::Form); [`Signing`](crate::ErrorKind::Signing) if the signature
    /// cannot be made.
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

    /// Signs the method, URL and headers of a request without its body, so that you can send it with any HTTP
    /// client.
    ///
    /// Use it instead of [`sign`](Self::sign) if the body is a stream, or if the other client makes the body.
    /// OAuth signs a body only if it is a form. If the content type is that of a form, pass the form's fields,
    /// decoded, as `form`. With another content type, pass fields only if the provider signs them, as Flickr
    /// does with the text parts of an upload; see [`Multipart`](crate::Multipart).
    ///
    /// # Errors
    ///
    /// [`FormFieldsNeeded`](crate::RequestError::FormFieldsNeeded) if the content type is that of a form, and
    /// `form` is `None`; [`InvalidSetting`](crate::ErrorKind::InvalidSetting) for a body that is not a form, if the
    /// provider wants `oauth_body_hash` ([`Signing::with_body_hash`](crate::Signing::with_body_hash)), which cannot be
    /// made without the body; and those of [`sign`](Self::sign).
    ///
    /// # Security
    ///
    /// As for [`sign`](Self::sign).
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

    /// Returns when the access token expires, as far as that is known.
    ///
    /// `None` if the token does not expire, or if the end is not known. The end is not known for a stored
    /// token without the time of its grant (the vault stores that time). It is also not known for a token
    /// that expires after a time without calls, until this process has used it. The provider may end a token
    /// earlier.
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

    /// Renews the access token at the provider, and returns the renewed session.
    ///
    /// [`Renewed::pair_changed`] says whether the provider sent a new token. This session and its
    /// clones keep the old token; whether it still works depends on the provider. If the provider sent no new token, it
    /// has extended this one: a lifetime ([`TokenEnd::After`](crate::TokenEnd::After)) begins again.
    ///
    /// A lifetime that the flow asked for ([`TokenEnd::Asked`](crate::TokenEnd::Asked)) is the time between
    /// [`granted_at`](AccessToken::granted_at) and [`expires_at`](AccessToken::expires_at) of this session's token. If
    /// these are not known, or if [a field](crate::TokenEnd::Field) is missing in the reply with the new token, the new
    /// token's end is not known.
    ///
    /// # Errors
    ///
    /// [`NoSuchCall`](crate::UnsupportedError::NoSuchCall) if the provider has no such call;
    /// [`InvalidSetting`](crate::ErrorKind::InvalidSetting) if the provider renews with a session handle
    /// ([`Renewal::with_session_handle`](crate::Renewal::with_session_handle)) and the token has none;
    /// [`Rejected`](crate::ErrorKind::Rejected) if the provider refuses, for example because the token has expired for good;
    /// [`TimestampRefused`](crate::ErrorKind::TimestampRefused); [`Redirected`](crate::ErrorKind::Redirected);
    /// [`Reply`](crate::ErrorKind::Reply) if the new token cannot be read; [`Signing`](crate::ErrorKind::Signing) if the
    /// call cannot be signed; network failures.
    ///
    /// # Cancel safety
    ///
    /// If you drop the future, the call is cancelled. The provider may have carried it out; if it sent a new
    /// token, the new token is lost.
    pub async fn renew(&self) -> Result<Renewed, Error> {
        let (token, pair_changed) = life::renew(&self.state.signatory).await?;
        let state = just_used(&self.client, token);
        Ok(Renewed { session: Flow { client: self.client.clone(), state }, pair_changed })
    }

    /// Revokes the access token at the provider. Also delete it from your own storage.
    ///
    /// # Errors
    ///
    /// [`NoSuchCall`](crate::UnsupportedError::NoSuchCall) if the provider has no such call;
    /// [`Rejected`](crate::ErrorKind::Rejected), [`TimestampRefused`](crate::ErrorKind::TimestampRefused) or
    /// [`Redirected`](crate::ErrorKind::Redirected) if the provider refuses; [`Signing`](crate::ErrorKind::Signing) if the
    /// call cannot be signed; network failures. After a network failure you can call it again: a provider refuses a
    /// token that it has revoked already.
    ///
    /// # Cancel safety
    ///
    /// If you drop the future, the call is cancelled. The provider may have carried it out.
    ///
    /// # Security
    ///
    /// For Trello and Zotero, the path of this call contains the token. The token is masked in errors and
    /// events, but a proxy of yours sees it.
    pub async fn revoke(&self) -> Result<(), Error> {
        life::revoke(&self.state.signatory).await
    }

    pub(crate) fn signatory(&self) -> Arc<Signatory> {
        self.state.signatory.clone()
    }
}

/// The result of [`Session::renew`](crate::Flow::renew).
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use tripod_sandbox::{Persona, Sandbox};
/// # let sandbox = Sandbox::builder().like(Persona::Etrade).start().await?;
/// # let etrade = tripod::providers::etrade();
/// # let client = tripod::Client::from_transport(etrade, sandbox.consumer(), sandbox.transport());
/// # let issued = client.begin(tripod::Callback::out_of_band()).request_token().await?;
/// # let approval = sandbox.approve(&issued.authorization_url())?;
/// # let session = issued.authorize(approval.verifier().ok_or("denied")?)?.exchange().await?;
/// use tripod::{Renewed, Session};
///
/// let renewed: Renewed = session.renew().await?;
/// assert!(!renewed.pair_changed()); // with E*TRADE; otherwise store the new token and secret
/// let session: Session = renewed.into_session();
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "it holds the session that is renewed"]
pub struct Renewed {
    session: Session,
    pair_changed: bool,
}

impl Renewed {
    /// Returns whether the provider sent a new token and secret, which you have to store.
    #[must_use]
    pub fn pair_changed(&self) -> bool {
        self.pair_changed
    }

    /// Returns the renewed session. Use it instead of the old one.
    pub fn into_session(self) -> Session {
        self.session
    }
}
