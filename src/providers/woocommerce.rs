//! WooCommerce: a shop without TLS.
//!
//! Make a REST API key in the shop (WooCommerce, Settings, Advanced). There is no handshake. A shop with TLS takes the key
//! and the secret as HTTP Basic authentication and needs no signature.
//!
//! | | |
//! |---|---|
//! | Evidence | official documentation of March 2024; client libraries; the server's own code |
//! | Inferred | nothing |
//! | Not supported | the header, which works since 3.0 but not behind every server; forms |
//!
//! HMAC-SHA1 in the query, without a version. The window of timestamps is 15 minutes. The URL must be the shop's own spelling.
//!
//! Send JSON, not a form. The documentation says that a body is not signed. Yet the server's code compares the signature
//! with the fields of a form that is sent by POST, and without those of a PUT. This crate signs the fields of every form.

use crate::{
    error::Error,
    provider::{signing::Signing, transmission::Transmission},
};

use super::site::{origin_of, setting};

/// How requests to a shop without TLS are signed, by its origin, such as `http://shop.example`; for
/// [`SigningClient`](crate::SigningClient). See [the module](mod@self).
///
/// # Security
///
/// As for [`Signing::insecure_http_origin`]: everybody on the network path can read requests and replies. The
/// secret is not sent.
///
/// # Errors
///
/// [`InvalidUrl`](crate::ErrorKind::InvalidUrl) for what is no origin,
/// [`InvalidSetting`](crate::ErrorKind::InvalidSetting) for a shop with TLS.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use tripod::{Consumer, SigningClient, providers};
///
/// let signing = providers::insecure_woocommerce("http://shop.example")?;
/// let client = SigningClient::new(signing, Consumer::new("ck_key", "cs_secret"))?;
/// let orders = "http://shop.example/wp-json/wc/v3/orders";
/// let (request, _) = client.signed().get(orders).build()?;
/// assert!(request.uri().query().is_some_and(|query| query.contains("oauth_signature=")));
///
/// let order = r#"{"set_paid":true}"#;
/// let (request, _) = client.signed().post(orders).body("application/json", order).build()?;
/// assert_eq!(request.body(), order);
/// # Ok(())
/// # }
/// ```
pub fn insecure_woocommerce(shop: &str) -> Result<Signing, Error> {
    if origin_of(shop).to_ascii_lowercase().starts_with("https:") {
        return Err(setting(
            "a WooCommerce shop with TLS takes the key and the secret as HTTP Basic authentication, not a signature",
        ));
    }
    Signing::default()
        .without_version()
        .with_transmission(Transmission::Query)
        .insecure_http_origin(shop)
}
