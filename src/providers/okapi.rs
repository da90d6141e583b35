//! OKAPI: the geocaching sites of the Opencaching network.
//!
//! Ask for a key on the site's page `/okapi/signup.html`.
//!
//! | | |
//! |---|---|
//! | Evidence | official documentation of December 2024 |
//! | Inferred | the method of the token calls; that the callback is confirmed |
//! | Not supported | PLAINTEXT, which OKAPI takes over TLS: set it with [`Signing::with_method`](crate::Signing::with_method); revocation |
//!
//! A code out of band has eight digits. An access token is permanent, and a second grant gives the same one. A callback's
//! scheme is in lower case.
//!
//! # Examples
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use tripod::{Callback, Client, Consumer, providers::{self, okapi}};
//! # use tripod_sandbox::{Persona, Sandbox};
//!
//! let client = Client::new(providers::okapi("https://www.opencaching.de")?, Consumer::new("key", "secret"))?;
//! # let sandbox = Sandbox::builder().like(Persona::Okapi).start().await?;
//! # let client = Client::from_transport(providers::okapi("https://www.opencaching.de")?, sandbox.consumer(), sandbox.transport());
//! let ask = okapi::ask("de|en");
//! let issued = client.begin(Callback::out_of_band()).with_ask(ask).request_token().await?;
//! assert!(issued.authorization_url().contains("langpref=de%7Cen"));
//! # Ok(())
//! # }
//! ```

use crate::{
    error::Error,
    provider::{Provider, ask::Ask, endpoints::Endpoints},
};

use super::site::check_site;

/// A site, such as `https://opencaching.pl`; see [the module](mod@self).
///
/// # Errors
///
/// [`InvalidUrl`](crate::ErrorKind::InvalidUrl) if the site's URL cannot be read or has a query,
/// [`InsecureEndpoint`](crate::ErrorKind::InsecureEndpoint) if it is not HTTPS.
pub fn okapi(site: &str) -> Result<Provider, Error> {
    let site = check_site(site)?;
    let at = |call: &str| format!("{site}/okapi/services/oauth/{call}");
    Provider::new(Endpoints {
        request_token: at("request_token"),
        authorize: at("authorize"),
        access_token: at("access_token"),
    })
}

/// Returns an [`Ask`] for the page in one of these languages, the first that the site has: `pl|en`.
#[must_use]
pub fn ask(languages: &str) -> Ask {
    Ask::new().with_page_parameter("langpref", languages)
}
