//! Flickr: photos.
//!
//! Ask for a key at <https://www.flickr.com/services/apps/create/>.
//!
//! | | |
//! |---|---|
//! | Evidence | official documentation without a date; client libraries of 2026; samples of 2011 to 2026 |
//! | Inferred | the host of uploads; that error 98 means a dead token |
//! | Not known | what a denial looks like: the usual forms are understood |
//! | Not supported | other signature methods than HMAC-SHA1; revocation, which the user does on Flickr's page |
//!
//! Resources refuse with HTTP 200 and `stat=fail`; [`error_for_status`](crate::ResourceResponse::error_for_status)
//! makes an error of it. A code out of band is shown as `123-456-789`, and the dashes are part of it. Uploads go to
//! `https://up.flickr.com/services/upload/` as multipart, of which every field but `photo` is signed as if it were a form:
//! [`Multipart::with_signed_text`](crate::Multipart::with_signed_text) does that.
//!
//! # Examples
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use tripod::{Callback, Client, Consumer, providers::{self, flickr::{self, Permission}}};
//! # use tripod_sandbox::{Persona, Sandbox};
//!
//! let client = Client::new(providers::flickr(), Consumer::new("key", "secret"))?;
//! # let sandbox = Sandbox::builder().like(Persona::Flickr).start().await?;
//! # let client = Client::from_transport(providers::flickr(), sandbox.consumer(), sandbox.transport());
//! let flow = client.begin(Callback::out_of_band()).with_ask(flickr::ask(Permission::Write));
//! let issued = flow.request_token().await?;
//! assert!(issued.authorization_url().contains("perms=write"));
//! # let approval = sandbox.approve(&issued.authorization_url())?;
//! # let code = approval.verifier().ok_or("access was denied")?;
//! // `code` is what the user copied from Flickr's page.
//! let session = issued.authorize(code)?.exchange().await?;
//! let token = session.access_token();
//! assert_eq!(flickr::user_nsid(token), Some("12345678@N00"));
//! assert_eq!(flickr::username(token), Some("ada"));
//! assert_eq!(flickr::fullname(token), Some("Ada, Countess of Lovélace"));
//! # Ok(())
//! # }
//! ```

use crate::{
    credentials::AccessToken,
    error::meaning::Meaning,
    protocol::{
        approval::Approval,
        dialect::{Dialect, Place, SuccessRefusal},
    },
    provider::{
        Provider,
        ask::Ask,
        endpoints::{AuthorizePage, Call, Endpoints},
        signing::Signing,
    },
};

/// Flickr; see [the module](mod@self).
#[must_use]
pub fn flickr() -> Provider {
    let dialect = Dialect::new()
        .with(Place::Code, "96", Meaning::Signature)
        .with(Place::Code, "97", Meaning::Signature)
        .with(Place::Code, "98", Meaning::DeadToken)
        .with_success_refusal(SuccessRefusal::Stat);
    Provider::of_known(Endpoints {
        request_token: Call::get("https://www.flickr.com/services/oauth/request_token"),
        authorize: AuthorizePage::new("https://www.flickr.com/services/oauth/authorize"),
        access_token: Call::get("https://www.flickr.com/services/oauth/access_token"),
    })
    .with_signing(Signing::default().with_known_origins(&[
        "https://api.flickr.com",
        "https://www.flickr.com",
        "https://up.flickr.com",
    ]))
    .with_approval(Approval::new().with_unknown_denial())
    .with_dialect(dialect)
}

/// What a token may be used for. Each level includes the ones before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Permission {
    /// Reading private photos.
    Read,
    /// Uploading and changing them.
    Write,
    /// Deleting them.
    Delete,
}

/// Returns an [`Ask`] for this permission. Without it, Flickr uses the permission in the key's
/// settings.
#[must_use]
pub fn ask(permission: Permission) -> Ask {
    Ask::new().with_page_parameter(
        "perms",
        match permission {
            Permission::Read => "read",
            Permission::Write => "write",
            Permission::Delete => "delete",
        },
    )
}

/// Returns the id of the user who approved, such as `12037949754@N01`.
#[must_use]
pub fn user_nsid(token: &AccessToken) -> Option<&str> {
    token.extra("user_nsid")
}

/// Returns the name under which the user is known.
#[must_use]
pub fn username(token: &AccessToken) -> Option<&str> {
    token.extra("username")
}

/// Returns the user's full name, which may be empty.
#[must_use]
pub fn fullname(token: &AccessToken) -> Option<&str> {
    token.extra("fullname")
}
