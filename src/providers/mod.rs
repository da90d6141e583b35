//! Ready-made providers: one function for each, and a module with what belongs to it.
//!
//! | Provider | Function | Where |
//! |---|---|---|
//! | FatSecret Platform | [`fatsecret`](fn@fatsecret) | |
//! | X (Twitter) | [`x`](fn@x) | |
//! | Trello | [`trello`](fn@trello) | |
//! | Flickr | [`flickr`](fn@flickr) | |
//! | Discogs | [`discogs`](fn@discogs) | |
//! | MediaWiki, Wikimedia | [`mediawiki`](fn@mediawiki), [`wikimedia`] | one wiki, or Wikimedia's |
//! | Tumblr | [`tumblr`](fn@tumblr) | |
//! | NetSuite | [`netsuite`](fn@netsuite) (feature `hmac-sha2`) | one account |
//! | E*TRADE | [`etrade`](fn@etrade), [`etrade_sandbox`] | |
//! | Magento 2, Adobe Commerce | [`magento`](fn@magento) (feature `hmac-sha2`) | one shop |
//! | SmugMug | [`smugmug`](fn@smugmug) | |
//! | Zotero | [`zotero`](fn@zotero) | |
//! | Jira, Confluence, Bitbucket Data Center | [`atlassian_data_center`] | one instance, with your RSA signer |
//! | USOS API | [`usos`](fn@usos) | one university |
//! | OKAPI (Opencaching) | [`okapi`](fn@okapi) | one site |
//! | WooCommerce without TLS | [`insecure_woocommerce`] | one shop; signing only |
//! | Mastercard | [`mastercard`](fn@mastercard) | with your RSA signer; signing only |
//!
//! Each module says how to register, how the provider differs from the standard, what the evidence is and how old it is, what
//! is inferred, and what is not supported. No provider was called to check it. The guide's page
//! [`providers`](crate::guide::providers) has the other providers that still speak OAuth 1.0a, and says how to describe one
//! that is not here.

// Layer 5: some have calls of their own beside the handshake. One file each; a file that is no provider's is private.

pub mod atlassian;
pub mod discogs;
pub mod etrade;
pub mod fatsecret;
pub mod flickr;
#[cfg(feature = "hmac-sha2")]
#[cfg_attr(docsrs, doc(cfg(feature = "hmac-sha2")))]
pub mod magento;
pub mod mastercard;
pub mod mediawiki;
#[cfg(feature = "hmac-sha2")]
mod mediawiki_identity;
#[cfg(feature = "hmac-sha2")]
#[cfg_attr(docsrs, doc(cfg(feature = "hmac-sha2")))]
pub mod netsuite;
pub mod okapi;
mod reply;
mod site;
pub mod smugmug;
pub mod trello;
pub mod tumblr;
pub mod usos;
pub mod woocommerce;
pub mod x;
pub mod zotero;

pub use self::{
    atlassian::atlassian_data_center,
    discogs::discogs,
    etrade::{etrade, etrade_sandbox},
    fatsecret::fatsecret,
    flickr::flickr,
    mastercard::mastercard,
    mediawiki::{mediawiki, wikimedia},
    okapi::okapi,
    smugmug::smugmug,
    trello::trello,
    tumblr::tumblr,
    usos::usos,
    woocommerce::insecure_woocommerce,
    x::x,
    zotero::zotero,
};
#[cfg(feature = "hmac-sha2")]
#[cfg_attr(docsrs, doc(cfg(feature = "hmac-sha2")))]
pub use self::{magento::magento, netsuite::netsuite};

#[cfg(test)]
mod tests;
