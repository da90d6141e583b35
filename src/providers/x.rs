//! X (Twitter): posts, media and advertising.
//!
//! Register an application at <https://developer.x.com>, and a callback URL with it: the provider takes exactly
//! that one, custom schemes included. A URL has to be registered also for [`Callback::out_of_band`](crate::Callback::out_of_band),
//! which shows the user a PIN of seven digits.
//!
//! | | |
//! |---|---|
//! | Evidence | official documentation of August 2026; client libraries of 2026 |
//! | Inferred | that `https://ads-api.x.com` signs as the others do |
//! | Not supported | xAuth; OAuth 2.0, which X offers beside OAuth 1.0a |
//!
//! Access tokens do not expire. [`Flow::revoke`](crate::Flow::revoke) invalidates one. Uploads are multipart to
//! `https://upload.x.com`, and their body is not signed. `https://api.twitter.com` still answers, but a signature is good
//! for one of the two names only.
//!
//! # Examples
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use tripod::{Callback, Client, Consumer, providers::{self, x::{self, Access}}};
//! # use tripod_sandbox::{Persona, Sandbox};
//!
//! let client = Client::new(providers::x(), Consumer::new("key", "secret"))?;
//! # let sandbox = Sandbox::builder().like(Persona::X).start().await?;
//! # let client = Client::from_transport(providers::x(), sandbox.consumer(), sandbox.transport());
//! let flow = client.begin(Callback::out_of_band()).with_ask(x::ask(Access::Read));
//! let issued = flow.request_token().await?;
//! assert!(issued.authorization_url().starts_with("https://api.x.com/oauth/authorize?"));
//! # let approval = sandbox.approve(&issued.authorization_url())?;
//! # let code = approval.verifier().ok_or("access was denied")?;
//! // `code` is the PIN that the user copied from X's page.
//! let session = issued.authorize(code)?.exchange().await?;
//! assert_eq!(x::user_id(session.access_token()), Some("1"));
//! assert_eq!(x::screen_name(session.access_token()), Some("ada"));
//! # Ok(())
//! # }
//! ```

use crate::{
    credentials::AccessToken,
    provider::{
        Provider,
        ask::Ask,
        endpoints::{AuthorizePage, Call, Endpoints},
        signing::Signing,
        token_life::{Revocation, TokenLife},
    },
};

/// The name of the page that does not ask a user who has approved before: for "log in with X". It has to be
/// switched on for the application, and does not go together with [`Access`].
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use tripod::{Ask, Callback, Client, Consumer, providers::{self, x}};
/// # use tripod_sandbox::{Persona, Sandbox};
///
/// let client = Client::new(providers::x(), Consumer::new("key", "secret"))?;
/// # let sandbox = Sandbox::builder().like(Persona::X).start_blocking()?;
/// # let client = Client::from_transport(providers::x(), sandbox.consumer(), sandbox.transport());
/// let flow = client.begin(Callback::url("https://app.example/back")?);
/// let issued = flow.with_ask(Ask::new().with_page(x::AUTHENTICATE)).request_token().wait()?;
/// assert!(issued.authorization_url().starts_with("https://api.x.com/oauth/authenticate?"));
/// # Ok(())
/// # }
/// ```
pub const AUTHENTICATE: &str = "authenticate";

/// X (Twitter); see [the module](mod@self).
#[must_use]
pub fn x() -> Provider {
    let page = AuthorizePage::new("https://api.x.com/oauth/authorize")
        .with_alternative(AUTHENTICATE, "https://api.x.com/oauth/authenticate");
    let revocation = Call::post("https://api.x.com/1.1/oauth/invalidate_token.json");
    Provider::of_known(Endpoints {
        request_token: Call::post("https://api.x.com/oauth/request_token"),
        authorize: page,
        access_token: Call::post("https://api.x.com/oauth/access_token"),
    })
    .with_signing(Signing::default().with_known_origins(&[
        "https://api.x.com",
        "https://upload.x.com",
        "https://ads-api.x.com",
    ]))
    .with_known_token_life(TokenLife::new().with_revocation(Revocation::signed(revocation)))
}

/// The access that a flow asks for. It cannot exceed the application's own setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Access {
    /// Reading.
    Read,
    /// Reading and writing.
    Write,
}

/// Returns an [`Ask`] for less access than the application's setting allows.
#[must_use]
pub fn ask(access: Access) -> Ask {
    let access = match access {
        Access::Read => "read",
        Access::Write => "write",
    };
    Ask::new().with_request_parameter("x_auth_access_type", access)
}

/// Returns the id of the user who approved.
#[must_use]
pub fn user_id(token: &AccessToken) -> Option<&str> {
    token.extra("user_id")
}

/// Returns the name of the user who approved, without the `@`.
#[must_use]
pub fn screen_name(token: &AccessToken) -> Option<&str> {
    token.extra("screen_name")
}
