//! FatSecret Platform: food diary, weight and exercise.
//!
//! Register an application at <https://platform.fatsecret.com>. The console shows two pairs of keys: take the
//! Consumer Key and the Consumer Secret of OAuth 1.0, not those of OAuth 2.0.
//!
//! # Examples
//!
//! ```
//! # fn main() -> Result<(), tripod::Error> {
//! use tripod::{Callback, Client, Consumer, providers::{self, fatsecret}};
//!
//! let client = Client::new(providers::fatsecret(), Consumer::new("key", "secret"))?;
//! let (request, _) = client.begin(Callback::out_of_band()).build()?;
//! assert!(request.uri().to_string().starts_with(fatsecret::HANDSHAKE));
//!
//! // A method of FatSecret's that you call yourself:
//! let url = format!("{}/rest/server.api?method=foods.search&format=json", fatsecret::DATA);
//! let (request, _) = client.signed().get(url).query_pair("search_expression", "rye bread").build()?;
//! assert_eq!(request.uri().host(), Some("platform.fatsecret.com"));
//! # Ok(())
//! # }
//! ```

use std::time::Duration;

use crate::{
    error::{class::ErrorClass, meaning::Meaning},
    protocol::dialect::{Dialect, NumberedClass, Place, SuccessRefusal},
    provider::{
        Provider,
        endpoints::{AuthorizePage, Call, Endpoints},
        signing::Signing,
        token_life::TokenLife,
        transmission::Transmission,
    },
};

/// The origin of the three endpoints.
pub const HANDSHAKE: &str = "https://authentication.fatsecret.com";
/// The origin of the data.
pub const DATA: &str = "https://platform.fatsecret.com";

/// How long code 12 lasts, as far as is known.
pub(crate) const TOO_FAST: Duration = Duration::from_secs(30);

/// Who has to act on each of FatSecret's codes; [`ErrorClass::Provider`] on the others.
pub(crate) static CLASSES: [NumberedClass; 16] = [
    (1, 1, ErrorClass::RetryLater),
    (2, 8, ErrorClass::Configuration),
    (9, 9, ErrorClass::Reauthorize),
    (10, 10, ErrorClass::Configuration),
    (11, 12, ErrorClass::RetryLater),
    (13, 14, ErrorClass::Configuration),
    (20, 20, ErrorClass::RetryLater),
    (21, 21, ErrorClass::Configuration),
    (22, 22, ErrorClass::Bug),
    (23, 23, ErrorClass::Configuration),
    (24, 24, ErrorClass::RetryLater),
    (101, 105, ErrorClass::Bug),
    // What a user may have typed, or deleted elsewhere.
    (106, 107, ErrorClass::User),
    (108, 108, ErrorClass::Bug),
    (109, 109, ErrorClass::User),
    (201, 211, ErrorClass::User),
];

/// FatSecret Platform: food diary, weight and exercise.
///
/// Both token calls are GET with the parameters in the query, because FatSecret's handshake host does not
/// read the `Authorization` header. On the data host the parameters are in the query, or in the form body
/// if a request has one. The method is HMAC-SHA1, with `oauth_version=1.0`. Errors are numbers; the data
/// host sends them with a success status. The lifetime of request tokens is assumed to be 15 minutes;
/// FatSecret has never confirmed that.
///
/// # Source
///
/// <https://platform.fatsecret.com/docs/guides/authentication/oauth1/three-legged>
#[must_use]
pub fn fatsecret() -> Provider {
    let call =
        |path| Call::get(format!("{HANDSHAKE}{path}")).with_transmission(Transmission::Query);
    Provider::of_known(Endpoints {
        request_token: call("/oauth/request_token"),
        authorize: AuthorizePage::new(format!("{HANDSHAKE}/oauth/authorize")),
        access_token: call("/oauth/access_token"),
    })
    .without_endpoint_origins()
    .with_signing(
        Signing::default().with_transmission(Transmission::FormOrQuery).with_known_origins(&[DATA]),
    )
    .with_dialect(dialect())
    .with_known_token_life(TokenLife::new().with_request_token(Duration::from_secs(15 * 60)))
}

/// What FatSecret's numbers mean.
pub(crate) fn dialect() -> Dialect {
    Dialect::new()
        .with(Place::Code, "6", Meaning::Clock)
        .with(Place::Code, "7", Meaning::Nonce)
        .with(Place::Code, "9", Meaning::DeadToken)
        .with(Place::Code, "12", Meaning::RateLimited)
        .with(Place::Code, "11", Meaning::QuotaUsed)
        .with(Place::Code, "8", Meaning::Signature)
        .with(Place::Code, "5", Meaning::Consumer)
        .with_classes(&CLASSES)
        .with_rate_pause(TOO_FAST)
        .with_success_refusal(SuccessRefusal::Error)
        .with_mistaken(
            "FatSecret's console also shows an OAuth 2.0 Client Secret, which is another value: the OAuth 1.0 Consumer Secret is needed here",
        )
}

/// # FatSecret
impl Provider {
    /// FatSecret Platform: the short form of [`providers::fatsecret`](fatsecret()).
    #[must_use]
    pub fn fatsecret() -> Self {
        fatsecret()
    }
}
