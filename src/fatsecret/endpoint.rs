//! FatSecret's methods as values: the request of a method, and how its reply is decoded.
//!
//! [`FatSecret`](super::FatSecret) does all of this for you. Use the traits and [`Request`] if your
//! program sends requests with its own HTTP client, or for methods that are not in this crate.

// Pure, no I/O. The trap: which token a call needs is part of its type, not of the
// request, so that a diary call without a user does not compile.

use std::{borrow::Cow, fmt};

use http::{Method, StatusCode};
use serde_json::{Map, Value};

use super::{
    caller::{Caller, ForApplication, ForUser},
    error::ApiError,
    reply::Reply,
    wire::outcome::Answer,
};

mod sealed {
    pub trait Sealed {}
}

/// Which token a method needs: [`Public`], [`Delegated`] or [`SignedOnly`].
///
/// # Examples
///
/// ```
/// use tripod::fatsecret::diary::GetFoodEntries;
/// use tripod::fatsecret::endpoint::{Access, Delegated, Endpoint, Public, SignedOnly};
/// use tripod::fatsecret::{foods::GetFood, profile::CreateProfile};
///
/// fn token_for<E: Endpoint>(_: &E) -> &'static str {
///     <E::Access as Access>::NAME
/// }
///
/// assert_eq!(token_for(&GetFood::new(1.into())), Public::NAME);
/// assert_eq!(token_for(&GetFoodEntries::new()), Delegated::NAME);
/// assert_eq!(token_for(&CreateProfile::new()), SignedOnly::NAME);
/// ```
pub trait Access: sealed::Sealed + fmt::Debug + 'static {
    /// The kind's name, for messages.
    const NAME: &'static str;
}

/// The access kinds that the caller `C` has: a session has [`Public`] and [`Delegated`], a signed
/// client has [`Public`] and [`SignedOnly`].
///
/// # Examples
///
/// ```
/// use tripod::Error;
/// use tripod::fatsecret::{Caller, FatSecret, endpoint::{CalledBy, Endpoint}};
///
/// /// Calls any method that this caller may call, and logs it.
/// async fn logged<C, E>(fatsecret: &FatSecret<C>, endpoint: &E) -> Result<E::Output, Error>
/// where
///     C: Caller,
///     E: Endpoint,
///     E::Access: CalledBy<C>,
/// {
///     println!("{}", endpoint.request().name());
///     Ok(fatsecret.execute(endpoint).await?.into_inner())
/// }
/// ```
pub trait CalledBy<C>: Access {}

macro_rules! access {
    ($($(#[$meta:meta])* $name:ident: $caller:ident;)*) => { $(
        $(#[$meta])*
        #[derive(Debug)]
        pub enum $name {}

        impl sealed::Sealed for $name {}
        impl Access for $name {
            const NAME: &'static str = stringify!($name);
        }
        // For a caller that is not of this kind, rustc prints the message of the caller's trait.
        impl<C: $caller> CalledBy<C> for $name {}
    )* };
}

access! {
    /// Access kind: public data such as foods and recipes. The consumer's key is enough; a session
    /// works too.
    Public: Caller;
    /// Access kind: data of one user. It needs the user's session.
    Delegated: ForUser;
    /// Access kind: signed with the consumer's key, and without a user's token.
    SignedOnly: ForApplication;
}

/// A method of FatSecret with its parameters, as a value.
///
/// You can create it, look at its request and decode a reply without a network. This crate has all
/// methods of the platform. Implement the trait for a method that it does not have.
///
/// # Examples
///
/// An endpoint of your own, here version 1 of a method whose version 5 this crate has:
///
/// ```
/// use serde::Deserialize;
/// use tripod::fatsecret::{Answer, ApiError, FoodId, Reply};
/// use tripod::fatsecret::endpoint::{Endpoint, Public, Request};
///
/// struct OldFood(FoodId);
///
/// #[derive(Deserialize)]
/// struct Foods {
///     food: Food,
/// }
///
/// #[derive(Deserialize)]
/// struct Food {
///     food_name: String,
/// }
///
/// impl Endpoint for OldFood {
///     type Access = Public;
///     type Output = Foods;
///
///     fn request(&self) -> Request {
///         Request::read("food.get").with("food_id", self.0)
///     }
///
///     fn read(&self, reply: &Reply<'_>) -> Result<Answer<Foods>, ApiError> {
///         reply.json()
///     }
/// }
///
/// # fn main() -> Result<(), ApiError> {
/// let endpoint = OldFood(FoodId::from(33691));
/// assert_eq!(endpoint.request().pairs()[2], ("food_id".into(), "33691".into()));
/// let answer = endpoint.decode(http::StatusCode::OK, br#"{"food":{"food_name":"Toast"}}"#)?;
/// assert_eq!(answer.food.food_name, "Toast");
/// # Ok(())
/// # }
/// ```
pub trait Endpoint {
    /// Which token the call needs.
    type Access: Access;
    /// The type of the decoded answer.
    type Output;

    /// Returns the request.
    fn request(&self) -> Request;

    /// Reads a reply.
    ///
    /// # Errors
    ///
    /// [`ApiErrorKind::Refused`](super::ApiErrorKind::Refused) if the reply is an error of
    /// FatSecret, in JSON or XML; [`ApiErrorKind::NotAnAnswer`](super::ApiErrorKind::NotAnAnswer)
    /// if it is a gateway's page or other text; [`ApiErrorKind::Field`](super::ApiErrorKind::Field)
    /// if a required field cannot be read. An optional field never fails the call: see
    /// [`Answer::unreadable`].
    fn read(&self, reply: &Reply<'_>) -> Result<Answer<Self::Output>, ApiError>;

    /// Decodes a reply that your program received itself: [`read`](Self::read) of [`Reply::new`].
    ///
    /// # Errors
    ///
    /// The errors of [`read`](Self::read).
    fn decode(&self, status: StatusCode, body: &[u8]) -> Result<Answer<Self::Output>, ApiError> {
        self.read(&Reply::new(status, body))
    }
}

/// A request that is not signed yet: HTTP method, path, decoded parameters.
///
/// There are two styles. Most methods use `server.api` with a `method` parameter here, because
/// FatSecret's documentation contradicts itself about some URL paths. Three methods have a path of
/// their own and a JSON body.
///
/// # Examples
///
/// ```
/// use tripod::fatsecret::endpoint::Request;
///
/// let request = Request::read("food.get.v5").with("food_id", 33691);
/// assert_eq!((request.verb().as_str(), request.path()), ("GET", "server.api"));
/// assert_eq!(request.pairs()[2], ("food_id".into(), "33691".into()));
/// assert!(request.is_repeatable());
/// ```
#[derive(Clone, PartialEq)]
pub struct Request {
    name: Cow<'static, str>,
    verb: Method,
    path: Cow<'static, str>,
    /// The verb and the path of the newer style, if they are known.
    newer: Option<(Method, Cow<'static, str>)>,
    pairs: Vec<(Cow<'static, str>, String)>,
    json: Option<Map<String, Value>>,
    repeatable: bool,
}

impl Request {
    fn new(name: Cow<'static, str>, verb: Method, path: Cow<'static, str>) -> Self {
        Self {
            name,
            verb,
            path,
            newer: None,
            pairs: vec![("format".into(), "json".into())],
            json: None,
            repeatable: false,
        }
    }

    fn of_method(name: Cow<'static, str>, verb: Method) -> Self {
        let mut request = Self::new(name.clone(), verb, "server.api".into());
        request.pairs.insert(0, ("method".into(), name.into_owned()));
        request
    }

    /// Creates the request of a method that only reads, such as `food.get.v5`: a GET, safe to
    /// repeat.
    #[must_use]
    pub fn read(method: impl Into<Cow<'static, str>>) -> Self {
        Self::of_method(method.into(), Method::GET).repeatable()
    }

    /// Creates the request of a method that changes something, such as `food_entry.create`: a POST.
    #[must_use]
    pub fn write(method: impl Into<Cow<'static, str>>) -> Self {
        Self::of_method(method.into(), Method::POST)
    }

    /// Creates the request of a method with a path of its own below `rest/` and a JSON body: a
    /// POST.
    #[must_use]
    pub fn json(name: impl Into<Cow<'static, str>>, path: impl Into<Cow<'static, str>>) -> Self {
        let mut request = Self::new(name.into(), Method::POST, path.into());
        request.json = Some(Map::new());
        request
    }

    /// Sets the HTTP method and the path below `rest/` for FatSecret's newer style, such as `PUT` and
    /// `food-entries/v1`.
    ///
    /// They are used if [`FatSecret::with_url_style`](super::FatSecret::with_url_style) is on. A method
    /// without a path is called through `server.api` in both styles.
    #[must_use]
    pub fn with_path(mut self, verb: Method, path: impl Into<Cow<'static, str>>) -> Self {
        self.newer = Some((verb, path.into()));
        self
    }

    /// Marks the request as safe to repeat: sending it twice has the same result as sending it
    /// once.
    #[must_use]
    pub fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    /// Adds a parameter, or a text member of the JSON body. Do not encode `value`.
    #[must_use]
    pub fn with(mut self, name: impl Into<Cow<'static, str>>, value: impl fmt::Display) -> Self {
        self.put(name, Value::String(value.to_string()));
        self
    }

    pub(crate) fn put(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Value>) {
        let (name, value) = (name.into(), value.into());
        match (&mut self.json, value) {
            (Some(json), value) => {
                json.insert(name.into_owned(), value);
            }
            (None, Value::String(text)) => self.pairs.push((name, text)),
            (None, value) => self.pairs.push((name, value.to_string())),
        }
    }

    /// Returns the method's name and version, such as `food_entries.get.v2`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the HTTP method: GET or POST.
    #[must_use]
    pub fn verb(&self) -> &Method {
        &self.verb
    }

    /// Returns the path below `https://platform.fatsecret.com/rest/`: `server.api`, or one of its own.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The verb and the path of the newer style.
    pub(crate) fn newer(&self) -> Option<(&Method, &str)> {
        self.newer.as_ref().map(|(verb, path)| (verb, &**path))
    }

    /// Returns the decoded parameters, `method` and `format` included, which all must be signed.
    ///
    /// They are sent in the query, also for a POST: see
    /// [`FatSecret::with_form_writes`](super::FatSecret::with_form_writes) for the reason.
    #[must_use]
    pub fn pairs(&self) -> &[(Cow<'static, str>, String)] {
        &self.pairs
    }

    /// Returns whether the parameters could travel in a form body: a POST without a JSON body.
    pub(crate) fn fits_a_form(&self) -> bool {
        self.verb == Method::POST && self.json.is_none()
    }

    /// Returns the JSON body, which is not part of the signature.
    #[must_use]
    pub fn json_body(&self) -> Option<String> {
        self.json.as_ref().map(|json| Value::Object(json.clone()).to_string())
    }

    /// Returns whether it changes nothing: a GET, or a JSON body that is only looked at.
    pub(crate) fn only_reads(&self) -> bool {
        self.repeatable && !self.fits_a_form()
    }

    /// The name, for a span.
    pub(crate) fn operation(&self) -> Cow<'static, str> {
        self.name.clone()
    }

    /// Returns whether sending it twice has the same result as sending it once. A repeated deletion may
    /// still fail, because there is nothing left to delete.
    #[must_use]
    pub fn is_repeatable(&self) -> bool {
        self.repeatable
    }
}

impl fmt::Debug for Request {
    /// Of a JSON body, shows the names only: a picture may be in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = self.json.as_ref().map(|json| json.keys());
        f.debug_struct("Request")
            .field("name", &self.name)
            .field("verb", &self.verb)
            .field("path", &self.path)
            .field("newer", &self.newer)
            .field("pairs", &self.pairs)
            .field("json", &json.map(Iterator::collect::<Vec<_>>))
            .field("repeatable", &self.repeatable)
            .finish()
    }
}
