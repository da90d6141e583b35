//! USOS API: one of some dozens of Polish universities.
//!
//! Ask for a key on the installation's page `/developers/`.
//!
//! | | |
//! |---|---|
//! | Evidence | official documentation of October 2024; a client library of 2026 |
//! | Inferred | the methods of the calls |
//! | Not known | whether the callback is confirmed: it has to be; the exact lifetime of a token without `offline_access`, about two hours |
//! | Not supported | OAuth 2.0, an administrative beta |
//!
//! # Examples
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use tripod::{Callback, Client, Consumer, providers::{self, usos}};
//! # use tripod_sandbox::{Persona, Sandbox};
//!
//! let client = Client::new(providers::usos("https://usosapps.example.edu.pl")?, Consumer::new("key", "secret"))?;
//! # let sandbox = Sandbox::builder().like(Persona::Usos).start().await?;
//! # let client = Client::from_transport(providers::usos("https://usosapps.example.edu.pl")?, sandbox.consumer(), sandbox.transport());
//! let ask = usos::confirming(usos::ask(&["studies", usos::OFFLINE_ACCESS]));
//! let issued = client.begin(Callback::out_of_band()).with_ask(ask).request_token().await?;
//! assert!(issued.authorization_url().contains("interactivity=confirm_user"));
//! # Ok(())
//! # }
//! ```

use crate::{
    error::Error,
    provider::{
        Provider,
        ask::Ask,
        endpoints::{Call, Endpoints},
        token_life::{Revocation, TokenLife},
    },
};

use super::site::check_host;

/// A university's installation, such as `https://usosapps.uw.edu.pl`; see [the module](mod@self).
///
/// # Errors
///
/// [`InvalidUrl`](crate::ErrorKind::InvalidUrl) if the URL cannot be read or has a path or a query,
/// [`InsecureEndpoint`](crate::ErrorKind::InsecureEndpoint) if it is not HTTPS.
pub fn usos(installation: &str) -> Result<Provider, Error> {
    let host = check_host(installation)?;
    let at = |call: &str| format!("{host}/services/oauth/{call}");
    let revocation = Revocation::signed(Call::post(at("revoke_token")));
    Provider::new(Endpoints {
        request_token: at("request_token"),
        authorize: at("authorize"),
        access_token: at("access_token"),
    })?
    .with_token_life(TokenLife::new().with_revocation(revocation))
}

/// The scope of a token that stays valid when the user is offline.
pub const OFFLINE_ACCESS: &str = "offline_access";

/// Returns an [`Ask`] for these scopes, such as `studies` and [`OFFLINE_ACCESS`].
#[must_use]
pub fn ask(scopes: &[&str]) -> Ask {
    Ask::new().with_request_parameter("scopes", scopes.join("|"))
}

/// Makes the page ask the user again, even if the user has approved before.
#[must_use]
pub fn confirming(ask: Ask) -> Ask {
    ask.with_page_parameter("interactivity", "confirm_user")
}
