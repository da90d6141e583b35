//! The async calls: an endpoint, signed, sent and decoded.

// A thin layer over the session. The trap: FatSecret's refusals are HTTP 200, so the body
// is always read; and what belongs to one user must not compile without one, and must say so.

mod refused;

use std::fmt;

use bytes::Bytes;
use http::{Method, Response};

use super::{
    caller::Caller,
    endpoint::{CalledBy, Endpoint, Request},
    reply::Reply,
    wire::outcome::Answer,
};
use crate::{
    client::Client,
    error::{Error, groups::ReplyError, kind::ErrorKind, stage::Stage},
    flow::Session,
    protocol::problem::Problem,
    refusal,
    resource::{calling::Habits, request::ResourceRequest, resources::Resources, signed::Signed},
};

/// Where nearly all methods are called, with the method's name as a parameter.
const SERVER_API: &str = "server.api";

/// Calls FatSecret's methods, for one user or for the application.
///
/// [`FatSecret::new`] takes a granted [`Session`] and acts for its user: diary, weight, exercise,
/// favourites, saved meals. [`FatSecret::signed`] takes a [`Signed`] client and acts for the application
/// without a user. Both read foods and recipes. If you call a method that needs a user without a
/// session, the program does not compile, and the compiler says what is missing.
///
/// Each method takes the required parameters. For optional parameters, build the request type and pass
/// it to [`execute`](Self::execute).
///
/// It is cheap to clone.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use tripod::{Client, fatsecret::{FatSecret, foods::GetFood}};
/// use tripod_sandbox::Sandbox;
///
/// let sandbox = Sandbox::start().await?;
/// let client = Client::new(sandbox.provider(), sandbox.consumer())?;
/// // `client.session(…)` for a stored token, or the flow's last step, give a session.
/// let fatsecret = FatSecret::new(client.session(sandbox.grant()));
/// let today = jiff::civil::date(2026, 1, 1);
/// assert!(fatsecret.food_entries(today).await?.is_empty());
///
/// let bread = fatsecret.search_foods("bread").await?;
/// let request = GetFood::new(bread.items[0].id).with_sub_categories(true);
/// let food = fatsecret.execute(&request).await?;
/// println!("{}: {} servings", food.name, food.servings.len());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "nothing is called yet"]
pub struct FatSecret<C> {
    caller: C,
    /// The address of nearly all methods. None if the provider's origin cannot be called; each call
    /// says why.
    server_api: Option<Resources>,
    url_style: bool,
    form_writes: bool,
    #[cfg(feature = "pacing")]
    pace: Option<super::pace::PaceOf>,
}

impl FatSecret<Session> {
    /// Creates a value that acts for the user of the session.
    ///
    /// The host of the calls comes from the client's provider: use
    /// [`Provider::fatsecret`](crate::Provider::fatsecret) or
    /// [`Provider::moved_to`](crate::Provider::moved_to), which set it. With a provider from
    /// [`Provider::new`](crate::Provider::new), it is the first origin of
    /// [`Signing::with_origin`](crate::Signing::with_origin), or else the host of the request-token
    /// call.
    pub fn new(session: Session) -> Self {
        Self::of(session)
    }

    /// Returns the session.
    pub fn session(&self) -> &Session {
        &self.caller
    }
}

impl FatSecret<Signed> {
    /// Creates a value that acts for the application, without a user, with the consumer's key
    /// alone.
    pub fn signed(signed: Signed) -> Self {
        Self::of(signed)
    }
}

impl<C: Caller> FatSecret<C> {
    /// Calls a method with the parameters of `endpoint`, such as
    /// [`SearchFoodsV1`](super::foods::SearchFoodsV1).
    ///
    /// # Errors
    ///
    /// The errors of [`ResourceRequest::send`]; [`ErrorKind::Rejected`] with FatSecret's code as the
    /// problem, and advice in its text; [`ErrorKind::TimestampRefused`] for code 6;
    /// [`ReplyError::Malformed`] if the answer cannot be read. [`ApiError::of`](crate::fatsecret::ApiError::of) returns FatSecret's
    /// part of the error, for code 8 with an explanation of the signature.
    ///
    /// # Cancel safety
    ///
    /// If you drop the future, the call is cancelled. FatSecret may have carried it out.
    pub async fn execute<E>(&self, endpoint: &E) -> Result<Answer<E::Output>, Error>
    where
        E: Endpoint + ?Sized,
        E::Access: CalledBy<C>,
    {
        self.perform(endpoint).await
    }
}

impl<C: Caller> FatSecret<C> {
    fn of(caller: C) -> Self {
        let origin = caller.client().provider().resource_origin();
        let server_api = caller.at(&format!("{origin}/rest/{SERVER_API}")).ok();
        Self {
            caller,
            server_api,
            url_style: false,
            form_writes: false,
            #[cfg(feature = "pacing")]
            pace: None,
        }
    }

    /// The same with a pace, for what makes many calls: the usual one, unless the caller has set another.
    #[cfg(feature = "pacing")]
    pub(super) fn paced(&self) -> Self {
        if self.pace.is_some() {
            return self.clone();
        }
        self.clone().with_pace(&super::pace::Pace::new())
    }

    pub(super) fn client(&self) -> &Client {
        self.caller.client()
    }

    /// Uses FatSecret's newer style: a path and an HTTP method for each method, instead of
    /// `server.api` with a `method` parameter.
    ///
    /// The parameters are in the query, as in FatSecret's own collection of requests. If
    /// FatSecret's pages contradict each other about a method's path, the method still uses
    /// `server.api`.
    ///
    /// # Source
    ///
    /// <https://platform.fatsecret.com/docs/guides>
    pub fn with_url_style(mut self) -> Self {
        self.url_style = true;
        self
    }

    /// Sends the parameters of a write in a form body instead of the query.
    ///
    /// By default, a write is a POST with all parameters in the query and an empty body. FatSecret does
    /// not document the place. Programs that use the query report no failure. Some programs send a
    /// form and work; another one got "Invalid signature" (code 8) for it. Use this switch if FatSecret
    /// refuses the default, or if the URL must not contain the user's data and the access token.
    ///
    /// Reads are not affected, and neither are calls in [`with_url_style`](Self::with_url_style).
    ///
    /// # Examples
    ///
    /// ```
    /// use tripod::{AccessToken, Client, Consumer, Provider};
    /// use tripod::fatsecret::{FatSecret, diary::DeleteFoodEntry, endpoint::Endpoint};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let client = Client::new(Provider::fatsecret(), Consumer::new("key", "secret"))?;
    /// let fatsecret = FatSecret::new(client.session(AccessToken::new("token", "token secret")?));
    /// let write = DeleteFoodEntry::new(11.into()).request();
    ///
    /// let (request, _) = fatsecret.prepare(&write).build()?;
    /// assert!(request.uri().query().unwrap_or_default().contains("food_entry_id=11"));
    /// assert!(request.body().is_empty());
    ///
    /// let (request, _) = fatsecret.with_form_writes().prepare(&write).build()?;
    /// assert_eq!(request.uri().query(), None);
    /// assert!(request.body().starts_with(b"method=food_entry.delete&format=json&food_entry_id=11&"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_form_writes(mut self) -> Self {
        self.form_writes = true;
        self
    }

    /// Limits the rate of the calls of this value and its clones. Off by default.
    ///
    /// Share one [`Pace`](super::Pace) among all values of one application. Its page says what it counts,
    /// when calls wait, and when they fail at once. The retry after a refused timestamp or nonce counts as
    /// a call.
    ///
    /// # Cancel safety
    ///
    /// If a call is dropped while it waits, it has sent nothing and is not counted.
    #[cfg(feature = "pacing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "pacing")))]
    pub fn with_pace(mut self, pace: &super::pace::Pace) -> Self {
        self.pace = Some(pace.of(self.caller.token()));
        self
    }

    /// Returns the request of a call without sending it, so that you can build it or explain its
    /// signature.
    pub fn prepare(&self, request: &Request) -> ResourceRequest {
        let newer = self.newer(request);
        let by_path = newer.is_some();
        let verb = newer.map_or_else(|| request.verb(), |(verb, _)| verb).clone();
        let has_form = self.form_writes && request.fits_a_form() && !by_path;
        let mut call = match &self.server_api {
            Some(prepared) if !by_path && request.path() == SERVER_API => {
                prepared.resource(verb, "")
            }
            _ => self.caller.resource(verb, &self.url(request)),
        };
        for (name, value) in request.pairs() {
            if by_path && name == "method" {
                continue;
            }
            let (name, value) = (name.as_ref(), value.as_str());
            call =
                if has_form { call.form_pair(name, value) } else { call.query_pair(name, value) };
        }
        let call = call.named(request.operation());
        match request.json_body() {
            Some(json) => call.body("application/json", json),
            None => call,
        }
    }

    /// The verb and the path of the newer style, if that is wanted and the method has them.
    fn newer<'a>(&self, request: &'a Request) -> Option<(&'a Method, &'a str)> {
        request.newer().filter(|_| self.url_style)
    }

    /// The URL without its query.
    fn url(&self, request: &Request) -> String {
        let origin = self.client().provider().resource_origin();
        let path = self.newer(request).map_or(request.path(), |(_, path)| path);
        format!("{origin}/rest/{path}")
    }

    /// Waits for this call's turn.
    #[cfg_attr(
        not(feature = "pacing"),
        expect(clippy::unused_async, reason = "with the feature it waits")
    )]
    async fn turn(&self) -> Result<(), Error> {
        #[cfg(feature = "pacing")]
        if let Some(pace) = &self.pace {
            return pace.turn().await;
        }
        Ok(())
    }

    pub(super) async fn perform<E: Endpoint + ?Sized>(
        &self,
        endpoint: &E,
    ) -> Result<Answer<E::Output>, Error> {
        let request = endpoint.request();
        let mut reply = match self
            .prepare(&request)
            .send_by(Typed { api: self, endpoint, request: &request })
            .await
        {
            Ok(reply) => reply,
            // FatSecret may have carried it out, as with code 24.
            Err(error) if error.may_have_happened() && error.is_retryable() => {
                return Err(error.with_retryable(request.is_repeatable()));
            }
            // Of the turn, which knows no method.
            Err(error)
                if matches!(error.kind(), ErrorKind::Pace(_) | ErrorKind::Unsupported(_)) =>
            {
                return Err(self.about(&request, error));
            }
            Err(error) => return Err(error),
        };
        if reply.status().is_redirection() {
            return Err(reply.error_for_status().err().unwrap_or_else(|| {
                // 304, which is no error elsewhere; nothing was kept that it could speak of.
                let reason = "it is a 304 without an answer";
                Error::new(Stage::Resource, ErrorKind::Reply(ReplyError::Malformed { reason }))
                    .with_endpoint(self.url(&request))
            }));
        }
        if let refusal::Known::Error(error) = reply.take_known() {
            return Err(error);
        }
        let (http, problem) = reply.classified();
        let problem = self.meant(http, problem);
        let secrets = reply.secrets();
        endpoint.read(&Reply::known(http, &problem)).map_err(|error| {
            self.error(&request, http, &problem, &secrets, error.without(&secrets))
        })
    }
}

/// One call, as its retries have to know it.
struct Typed<'a, C, E: ?Sized> {
    api: &'a FatSecret<C>,
    endpoint: &'a E,
    request: &'a Request,
}

impl<C: Caller, E: Endpoint + ?Sized> Habits for Typed<'_, C, E> {
    async fn turn(&self) -> Result<(), Error> {
        self.api.turn().await
    }

    fn is_repeatable(&self, _: &Method) -> bool {
        self.request.only_reads()
    }

    fn refused(
        &self,
        reply: &Response<Bytes>,
        problem: &Problem,
        secrets: &[&str],
    ) -> refusal::Known {
        if reply.status().is_redirection() {
            return refusal::Known::Nothing;
        }
        let problem = self.api.meant(reply, problem);
        match self.endpoint.read(&Reply::known(reply, &problem)) {
            Ok(_) => refusal::Known::Answer,
            Err(error) => refusal::Known::Error(self.api.error(
                self.request,
                reply,
                &problem,
                secrets,
                error.without(secrets),
            )),
        }
    }
}

impl<C: fmt::Debug> fmt::Debug for FatSecret<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FatSecret")
            .field("caller", &self.caller)
            .field("url_style", &self.url_style)
            .field("form_writes", &self.form_writes)
            .finish_non_exhaustive()
    }
}
