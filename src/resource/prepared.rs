//! An address that is called again and again.

use std::{fmt, sync::Arc};

use http::Method;

use super::{address::Address, request::ResourceRequest, signatory::Signatory};
use crate::{
    error::{Error, Stage},
    shown::ShownUrl,
};

/// A URL of the provider's that was read and checked once, for many requests to it.
///
/// Made by [`Session::prepare`](crate::Flow::prepare) and [`Signed::prepare`](crate::Signed::prepare).
/// Building a request from it costs less than from the URL's text. Each request is signed afresh. Cheap
/// to clone.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use tripod::{Client, Consumer, Provider};
///
/// let client = Client::new(Provider::fatsecret(), Consumer::new("key", "secret"))?;
/// let api = client.signed().prepare("https://platform.fatsecret.com/rest/server.api")?;
/// for food in ["bread", "butter"] {
///     let request = api.get().query_pair("search_expression", food).build()?;
///     assert!(request.uri().query().unwrap_or_default().contains(food));
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct PreparedResource {
    who: Arc<Signatory>,
    address: Address,
}

impl PreparedResource {
    pub(crate) fn new(who: Arc<Signatory>, url: &str) -> Result<Self, Error> {
        let prepare = || {
            let address = Address::new(url)?;
            who.check_origin(&address.base()?, address.names_a_user())?;
            address.prepared()
        };
        let address = prepare().map_err(|error: Error| error.at_stage(Stage::Resource))?;
        Ok(Self { who, address })
    }

    /// Begins a GET request.
    pub fn get(&self) -> ResourceRequest {
        self.resource(Method::GET)
    }

    /// Begins a POST request.
    pub fn post(&self) -> ResourceRequest {
        self.resource(Method::POST)
    }

    /// Begins a PUT request.
    pub fn put(&self) -> ResourceRequest {
        self.resource(Method::PUT)
    }

    /// Begins a DELETE request.
    pub fn delete(&self) -> ResourceRequest {
        self.resource(Method::DELETE)
    }

    /// Begins a request with any method.
    pub fn resource(&self, method: Method) -> ResourceRequest {
        ResourceRequest::at(Arc::clone(&self.who), method, self.address.clone())
    }
}

impl fmt::Debug for PreparedResource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = ShownUrl::of_uri(self.address.uri()).without(&self.who.secrets());
        write!(f, "PreparedResource({url})")
    }
}
