//! Discogs: records and collections.
//!
//! Register an application at <https://www.discogs.com/settings/developers>.
//!
//! | | |
//! |---|---|
//! | Evidence | client libraries of July 2026, which quote the documentation |
//! | Inferred | that a verifier lives about 15 minutes; that "Invalid consumer." comes at each call, as it does for a request token |
//! | Not known | what a denial looks like: the usual forms are understood |
//! | Not supported | PLAINTEXT, which Discogs takes over TLS: set it with [`Signing::with_method`](crate::Signing::with_method); revocation |
//!
//! Discogs refuses or slows down requests without a `User-Agent` that names the application, also token calls. So
//! the function needs one. Access tokens do not expire. The reply to the exchange does not say who the user is: call
//! [`identity`].
//!
//! # Examples
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use tripod::{Callback, Client, Consumer, providers::{self, discogs::{self, Identity}}};
//! # use tripod_sandbox::{Persona, Sandbox};
//!
//! let client = Client::new(providers::discogs("Crates/1.0 +https://crates.example")?, Consumer::new("key", "secret"))?;
//! # let sandbox = Sandbox::builder().like(Persona::Discogs).start().await?;
//! # let client = Client::from_transport(providers::discogs("Crates/1.0 +https://crates.example")?, sandbox.consumer(), sandbox.transport());
//! let issued = client.begin(Callback::out_of_band()).request_token().await?;
//! # let approval = sandbox.approve(&issued.authorization_url())?;
//! # let code = approval.verifier().ok_or("access was denied")?;
//! // `code` is what the user copied from Discogs' page.
//! let session = issued.authorize(code)?.exchange().await?;
//! let user: Identity = discogs::identity(&session).await?;
//! assert_eq!((user.id, user.username.as_str()), (1, "ada"));
//! # Ok(())
//! # }
//! ```

use crate::{
    error::{Error, meaning::Meaning},
    flow::Session,
    json::Value,
    protocol::{
        approval::Approval,
        dialect::{Dialect, Place},
    },
    provider::{
        Provider,
        endpoints::{AuthorizePage, Call, Endpoints},
        signing::Signing,
    },
};

use super::reply::missing;

/// Discogs, for the application that `user_agent` names, such as `Crates/1.0 +https://crates.example`; see
/// [the module](mod@self).
///
/// # Errors
///
/// [`InvalidSetting`](crate::ErrorKind::InvalidSetting) if the user agent is empty or cannot stand in a header.
pub fn discogs(user_agent: &str) -> Result<Provider, Error> {
    Provider::of_known(Endpoints {
        request_token: Call::get("https://api.discogs.com/oauth/request_token"),
        authorize: AuthorizePage::new("https://www.discogs.com/oauth/authorize"),
        access_token: Call::post("https://api.discogs.com/oauth/access_token"),
    })
    .with_signing(Signing::default().with_known_origins(&["https://api.discogs.com"]))
    .with_approval(Approval::new().with_unknown_denial())
    .with_dialect(Dialect::new().with(Place::Sentence, "invalid consumer", Meaning::Consumer))
    .with_user_agent(user_agent)
}

/// The user that a token belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Identity {
    /// The user's number.
    pub id: u64,
    /// The user's name.
    pub username: String,
}

/// Asks Discogs who the session's user is.
///
/// # Errors
///
/// The errors of a request for a resource, and [`MissingField`](crate::ReplyError::MissingField) if the reply
/// does not have the name and the number.
pub async fn identity(session: &Session) -> Result<Identity, Error> {
    let url = format!("{}/oauth/identity", session.client().provider().resource_origin());
    let reply = session.get(url).send().await?.error_for_status()?;
    let ([id, username], _) = Value::document(reply.text()?).members(["id", "username"]);
    let id = id.and_then(Value::text).and_then(|id| id.parse().ok());
    let username = username.and_then(Value::text);
    Ok(Identity {
        id: id.ok_or_else(|| missing("id"))?,
        username: username.ok_or_else(|| missing("username"))?.into_owned(),
    })
}
