//! Magento 2 and Adobe Commerce, hosted by the shop or as a platform: one shop.
//!
//! The merchant makes an integration in the shop (System, Integrations), with your callback URL and your identity link, and
//! activates it. The shop then **sends** the consumer key and secret and the verifier to the callback URL, as a form:
//! read it with [`Activation`], answer it with status 200, and exchange at once. No page is opened with a request token.
//!
//! | | |
//! |---|---|
//! | Evidence | official documentation of August 2026 |
//! | Inferred | that the callback is never confirmed (the documented sample has no such field); that `oauth_callback` is taken although the documentation does not name it |
//! | Not supported | Adobe's SaaS edition, and Magento 1; revocation, which the merchant does in the shop |
//!
//! HMAC-SHA256 in the header. Access tokens live until they are revoked. Resources are below `/rest`.
//!
//! # Examples
//!
//! ```no_run
//! use tripod::{Callback, Client, Error, Session, providers::{self, magento::Activation}};
//!
//! /// `form` is the body of the POST that the shop sends to your callback URL.
//! async fn activated(shop: &str, form: &str) -> Result<Session, Error> {
//!     let activation = Activation::read(shop, form)?;
//!     let client = Client::new(providers::magento(shop)?, activation.consumer())?;
//!     let issued = client.begin(Callback::out_of_band()).request_token().await?;
//!     Ok(issued.authorize(activation.verifier())?.exchange().await?)
//! }
//! ```

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};

use crate::{
    credentials::Consumer,
    error::{Error, groups::CallbackError, kind::ErrorKind, stage::Stage},
    protocol::approval::Approval,
    provider::{Provider, endpoints::Endpoints, signing::Signing},
    signature::{method::SignatureMethod, params::decode_pairs, uri::BaseUri},
};

use super::site::check_site;

/// Magento 2 at the shop's base URL, such as `https://shop.example`; see [the module](mod@self).
///
/// Its authorization page is the shop itself, since there is none.
///
/// # Security
///
/// It accepts a request token without a confirmed callback
/// ([`Approval::tolerate_missing_confirmation`](crate::Approval::tolerate_missing_confirmation)). No user is sent anywhere with it.
///
/// # Errors
///
/// [`InvalidUrl`](ErrorKind::InvalidUrl) if the shop's URL cannot be read or has a query,
/// [`InsecureEndpoint`](ErrorKind::InsecureEndpoint) if it is not HTTPS.
pub fn magento(shop: &str) -> Result<Provider, Error> {
    let shop = check_site(shop)?;
    let provider = Provider::new(Endpoints {
        request_token: format!("{shop}/oauth/token/request"),
        authorize: format!("{shop}/"),
        access_token: format!("{shop}/oauth/token/access"),
    })?;
    Ok(provider
        .with_signing(Signing::new(SignatureMethod::HmacSha256))
        .with_approval(Approval::new().tolerate_missing_confirmation()))
}

/// The form that a shop sends when the merchant activates the integration. `Debug` shows nothing of
/// it.
#[derive(Clone)]
pub struct Activation {
    consumer: Consumer,
    verifier: SecretString,
}

impl Activation {
    /// Reads the form, and checks that it names the shop that your program is set up for.
    ///
    /// # Errors
    ///
    /// [`CallbackError::Unreadable`] if a field is missing or twice there, or if the form is of another shop.
    ///
    /// # Security
    ///
    /// The form is not signed: everybody who knows the callback URL can send one. With a forged form, your program asks
    /// *your* shop with keys that the shop does not know. Keep the URL secret, and accept a form only after the merchant
    /// has begun the activation.
    pub fn read(shop: &str, form: &str) -> Result<Self, Error> {
        let unreadable = |reason| {
            Error::new(Stage::Approval, ErrorKind::Callback(CallbackError::Unreadable { reason }))
        };
        if form.len() > 64 * 1024 {
            return Err(unreadable("the form is longer than 64 KiB"));
        }
        let pairs =
            decode_pairs(form).map_err(|_| unreadable("the form is not UTF-8 once decoded"))?;
        let field = |name: &str| {
            let mut values = pairs.iter().filter(|pair| pair.0 == name).map(|pair| &*pair.1);
            match (values.next(), values.next()) {
                (Some(value), None) if !value.is_empty() => Ok(value),
                _ => Err(unreadable("a field of the form is missing, empty or there twice")),
            }
        };
        let named = field("store_base_url")?;
        if !is_same(shop, named) {
            return Err(unreadable("the form is of another shop than the one that is set up"));
        }
        let secret = SecretString::from(field("oauth_consumer_secret")?);
        Ok(Self {
            consumer: Consumer::new(field("oauth_consumer_key")?, secret),
            verifier: SecretString::from(field("oauth_verifier")?),
        })
    }

    /// Returns the consumer key and secret, with which you create the client. Store them.
    #[must_use]
    pub fn consumer(&self) -> Consumer {
        self.consumer.clone()
    }

    /// Returns the verifier, for [`Flow::authorize`](crate::Flow::authorize).
    #[must_use]
    pub fn verifier(&self) -> &str {
        self.verifier.expose_secret()
    }
}

/// Returns whether two base URLs are one shop's: scheme, host, port and path, without the slash at the end.
fn is_same(shop: &str, named: &str) -> bool {
    let (Ok(shop), Ok(named)) = (BaseUri::parse(shop), BaseUri::parse(named)) else { return false };
    let parts = |uri: &BaseUri<'_>| uri.to_string().trim_end_matches('/').to_owned();
    named.query().is_none() && parts(&shop) == parts(&named)
}

impl fmt::Debug for Activation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Activation(..)")
    }
}
