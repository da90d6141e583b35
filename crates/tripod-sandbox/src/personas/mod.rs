//! The living providers, one file each. What is inferred is marked as such; "not known" means that nothing
//! trustworthy was found.

pub(crate) mod atlassian;
pub(crate) mod discogs;
pub(crate) mod etrade;
pub(crate) mod flickr;
pub(crate) mod magento;
pub(crate) mod mastercard;
pub(crate) mod mediawiki;
pub(crate) mod netsuite;
pub(crate) mod okapi;
pub(crate) mod smugmug;
pub(crate) mod trello;
pub(crate) mod tumblr;
pub(crate) mod usos;
pub(crate) mod woocommerce;
pub(crate) mod x;
pub(crate) mod zotero;
