//! Who calls: one user, or the application itself.

// The trap: a call that belongs to a user must not compile without one, and rustc must say so in
// FatSecret's words. So the bounds are traits of the caller, each with a message of its own.

use http::Method;

use crate::{
    client::Client,
    error::Error,
    flow::Session,
    resource::{request::ResourceRequest, resources::Resources, signed::Signed},
};

/// The type parameter of [`FatSecret`](super::FatSecret): a [`Session`], which acts for a user, or
/// a [`Signed`], which acts for the application. This trait is sealed.
///
/// # Examples
///
/// ```
/// use tripod::{Error, Session};
/// use tripod::fatsecret::{Caller, FatSecret, ForApplication, ForUser};
///
/// /// Anybody can read a food.
/// async fn name<C: Caller>(fatsecret: &FatSecret<C>, id: u64) -> Result<String, Error> {
///     Ok(fatsecret.food(id.into()).await?.into_inner().name)
/// }
///
/// /// A diary belongs to a user.
/// async fn clear<C: ForUser>(fatsecret: &FatSecret<C>, day: jiff::civil::Date) -> Result<(), Error> {
///     for entry in fatsecret.food_entries(day).await? {
///         fatsecret.delete_food_entry(entry.id).await?;
///     }
///     Ok(())
/// }
///
/// /// The application itself creates its users.
/// async fn register<C: ForApplication>(fatsecret: &FatSecret<C>, id: &str) -> Result<Session, Error> {
///     fatsecret.create_profile(id).await
/// }
/// ```
pub trait Caller: sealed::Sealed + Clone + Send + Sync + 'static {
    #[doc(hidden)]
    fn client(&self) -> &Client;
    #[doc(hidden)]
    fn resource(&self, method: Method, url: &str) -> ResourceRequest;
    #[doc(hidden)]
    fn at(&self, url: &str) -> Result<Resources, Error>;
    /// Returns the user's access token, without its secret.
    #[doc(hidden)]
    fn token(&self) -> Option<&str>;
}

/// A caller that acts for one user: a [`Session`]. This trait is sealed.
#[diagnostic::on_unimplemented(
    message = "this FatSecret method needs a user's granted session",
    label = "`{Self}` acts for no user",
    note = "diary, weight, exercise, favourites, saved meals and the profile belong to one user; finish the three-legged flow, or take up a stored access token, and use `FatSecret::new(session)`"
)]
pub trait ForUser: Caller {}

/// A caller that acts for the application: a [`Signed`]. This trait is sealed.
#[diagnostic::on_unimplemented(
    message = "this FatSecret method must be called without a user's token",
    label = "`{Self}` acts for a user",
    note = "`profile.create` and `profile.get_auth` are signed with the consumer's key alone: use `FatSecret::signed(client.signed())`"
)]
pub trait ForApplication: Caller {}

impl ForUser for Session {}
impl ForApplication for Signed {}

mod sealed {
    pub trait Sealed {}

    impl Sealed for crate::flow::Session {}
    impl Sealed for crate::resource::signed::Signed {}
}

impl Caller for Session {
    fn client(&self) -> &Client {
        self.client()
    }

    fn resource(&self, method: Method, url: &str) -> ResourceRequest {
        self.resource(method, url)
    }

    fn at(&self, url: &str) -> Result<Resources, Error> {
        self.at(url)
    }

    fn token(&self) -> Option<&str> {
        Some(self.access_token().token())
    }
}

impl Caller for Signed {
    fn client(&self) -> &Client {
        self.client()
    }

    fn resource(&self, method: Method, url: &str) -> ResourceRequest {
        self.resource(method, url)
    }

    fn at(&self, url: &str) -> Result<Resources, Error> {
        self.at(url)
    }

    fn token(&self) -> Option<&str> {
        None
    }
}
