//! SmugMug: photos.
//!
//! Ask for a key at <https://api.smugmug.com/api/developer/apply>.
//!
//! | | |
//! |---|---|
//! | Evidence | official documentation without a date |
//! | Inferred | the method of the token calls (POST; GET is taken too); how uploads are sent |
//! | Not known | what a denial looks like: the usual forms are understood |
//! | Not supported | PLAINTEXT, which SmugMug takes over TLS: set it with [`Signing::with_method`](crate::Signing::with_method); revocation |
//!
//! A request token lives five minutes and works once; an access token does not expire. A code out of band has six
//! digits. A level that was granted cannot be raised by a second grant. Uploads go to `https://upload.smugmug.com` with the photo as the
//! whole body and its description in `X-Smug-…` headers.
//!
//! # Examples
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use tripod::{Callback, Client, Consumer, providers::{self, smugmug::{self, Access, Permissions}}};
//! # use tripod_sandbox::{Persona, Sandbox};
//!
//! let client = Client::new(providers::smugmug(), Consumer::new("key", "secret"))?;
//! # let sandbox = Sandbox::builder().like(Persona::SmugMug).start().await?;
//! # let client = Client::from_transport(providers::smugmug(), sandbox.consumer(), sandbox.transport());
//! let ask = smugmug::ask(Access::Full, Permissions::Add);
//! let issued = client.begin(Callback::out_of_band()).with_ask(ask).request_token().await?;
//! assert!(issued.authorization_url().contains("Access=Full&Permissions=Add"));
//! # Ok(())
//! # }
//! ```

use std::time::Duration;

use crate::{
    protocol::approval::Approval,
    provider::{
        Provider,
        ask::Ask,
        endpoints::{AuthorizePage, Call, Endpoints},
        signing::Signing,
        token_life::TokenLife,
    },
};

/// SmugMug; see [the module](mod@self).
#[must_use]
pub fn smugmug() -> Provider {
    Provider::of_known(Endpoints {
        request_token: Call::post("https://api.smugmug.com/services/oauth/1.0a/getRequestToken"),
        authorize: AuthorizePage::new("https://api.smugmug.com/services/oauth/1.0a/authorize"),
        access_token: Call::post("https://api.smugmug.com/services/oauth/1.0a/getAccessToken"),
    })
    .with_signing(
        Signing::default()
            .with_known_origins(&["https://api.smugmug.com", "https://upload.smugmug.com"]),
    )
    .with_approval(Approval::new().with_unknown_denial())
    .with_known_token_life(TokenLife::new().with_request_token(Duration::from_secs(5 * 60)))
}

/// Which photos a token gives access to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Access {
    /// Public photos. This is SmugMug's default.
    PublicOnly,
    /// All photos of the user.
    Full,
}

/// What a token may be used for. Each level includes the ones before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Permissions {
    /// Reading. This is SmugMug's default.
    Read,
    /// Adding photos and albums.
    Add,
    /// Changing and deleting them.
    Modify,
}

/// Returns an [`Ask`] for this access and these permissions.
#[must_use]
pub fn ask(access: Access, permissions: Permissions) -> Ask {
    let access = match access {
        Access::PublicOnly => "Public",
        Access::Full => "Full",
    };
    let permissions = match permissions {
        Permissions::Read => "Read",
        Permissions::Add => "Add",
        Permissions::Modify => "Modify",
    };
    Ask::new().with_page_parameter("Access", access).with_page_parameter("Permissions", permissions)
}
