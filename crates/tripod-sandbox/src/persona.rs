//! The living providers that a sandbox can be, by name.

use std::{fmt, str::FromStr};

use crate::{
    dialect::{Dialect, FATSECRET},
    fault::Denial,
    personas::{
        atlassian::ATLASSIAN, discogs::DISCOGS, etrade::ETRADE, flickr::FLICKR, magento::MAGENTO,
        mastercard::MASTERCARD, mediawiki::MEDIAWIKI, netsuite::NETSUITE, okapi::OKAPI,
        smugmug::SMUGMUG, trello::TRELLO, tumblr::TUMBLR, usos::USOS, woocommerce::WOOCOMMERCE,
        x::X, zotero::ZOTERO,
    },
    site::Site,
};

/// A real provider that the sandbox can imitate. [`Builder::like`](crate::Builder::like) takes it.
///
/// A persona has the provider's hosts, paths, HTTP methods and places of parameters. It refuses what the
/// provider refuses, with the same kind of error. Its replies have the provider's fields, and its tokens
/// have the same lifetime, and are renewed and revoked by the same calls. Each resource answers with the
/// request that it received and the user's name, in JSON, whatever the path is.
///
/// # Source
///
/// Each persona was written from documentation and from the source text of libraries, in November 2026.
/// No provider was contacted. The comments in `src/personas` say what is inferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Persona {
    /// Jira, Confluence or Bitbucket Data Center. Per site: a base URL. Signs with RSA-SHA1.
    Atlassian,
    /// Discogs.
    Discogs,
    /// E*TRADE. Its sandbox host answers too.
    Etrade,
    /// FatSecret Platform. This is the default of every sandbox.
    FatSecret,
    /// Flickr.
    Flickr,
    /// Magento 2 and Adobe Commerce. Per site: a shop's base URL.
    Magento,
    /// Mastercard's APIs, which have no handshake. Signs with RSA-SHA256, and takes no form bodies.
    Mastercard,
    /// MediaWiki. Per site: the URL of a wiki's `index.php`, with or without that name, by default Wikimedia's.
    MediaWiki,
    /// NetSuite. Per site: an account, such as `1234567_SB1`.
    NetSuite,
    /// OKAPI, of the Opencaching sites. Per site: a base URL.
    Okapi,
    /// SmugMug.
    SmugMug,
    /// Trello.
    Trello,
    /// Tumblr.
    Tumblr,
    /// USOS API, of Polish universities. Per site: a base URL.
    Usos,
    /// WooCommerce of a shop without TLS, which has no handshake. Per site: a shop's base URL.
    WooCommerce,
    /// X, formerly Twitter.
    X,
    /// Zotero.
    Zotero,
}

impl Persona {
    /// All personas, in the order of their names.
    pub const ALL: [Self; 17] = [
        Self::Atlassian,
        Self::Discogs,
        Self::Etrade,
        Self::FatSecret,
        Self::Flickr,
        Self::Magento,
        Self::Mastercard,
        Self::MediaWiki,
        Self::NetSuite,
        Self::Okapi,
        Self::SmugMug,
        Self::Trello,
        Self::Tumblr,
        Self::Usos,
        Self::WooCommerce,
        Self::X,
        Self::Zotero,
    ];

    pub(crate) fn dialect(self) -> &'static Dialect {
        match self {
            Self::Atlassian => &ATLASSIAN,
            Self::Discogs => &DISCOGS,
            Self::Etrade => &ETRADE,
            Self::FatSecret => &FATSECRET,
            Self::Flickr => &FLICKR,
            Self::Magento => &MAGENTO,
            Self::Mastercard => &MASTERCARD,
            Self::MediaWiki => &MEDIAWIKI,
            Self::NetSuite => &NETSUITE,
            Self::Okapi => &OKAPI,
            Self::SmugMug => &SMUGMUG,
            Self::Trello => &TRELLO,
            Self::Tumblr => &TUMBLR,
            Self::Usos => &USOS,
            Self::WooCommerce => &WOOCOMMERCE,
            Self::X => &X,
            Self::Zotero => &ZOTERO,
        }
    }

    /// Returns the name by which the program `tripod-sandbox --like` knows it, such as `etrade`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.dialect().name
    }

    /// Returns the site that a sandbox is unless [`Builder::site`](crate::Builder::site) names another one. It is
    /// `None` if there is one provider of this kind.
    #[must_use]
    pub fn default_site(self) -> Option<&'static str> {
        match self.dialect().site {
            Site::One => None,
            Site::Base(usual) | Site::Wiki(usual) | Site::Account(usual) => Some(usual),
        }
    }

    /// Returns the forms in which this provider may say that the user denied the access.
    ///
    /// There is one if the form is known. If it is not, these are all forms that are known of any
    /// provider: test your program with each, by [`Builder::denial`](crate::Builder::denial). The
    /// first one is what the persona does.
    #[must_use]
    pub fn denials(self) -> &'static [Denial] {
        self.dialect().denials
    }
}

impl fmt::Display for Persona {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The error of parsing a [`Persona`]: no persona has that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownPersona(());

impl fmt::Display for UnknownPersona {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Persona::ALL.map(Persona::name).join(", ");
        write!(f, "no persona has that name; there are: {names}")
    }
}

impl std::error::Error for UnknownPersona {}

impl FromStr for Persona {
    type Err = UnknownPersona;

    fn from_str(name: &str) -> Result<Self, UnknownPersona> {
        let known = |persona: &Self| persona.name() == name;
        Self::ALL.into_iter().find(known).ok_or(UnknownPersona(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{endpoint::Endpoint, site::SiteNames};

    #[test]
    fn each_has_a_name_of_its_own_and_a_place_for_resources() {
        for persona in Persona::ALL {
            assert_eq!(persona.name().parse(), Ok(persona));
            let dialect = persona.dialect();
            let has = |endpoint| dialect.routes.iter().any(|route| route.endpoint == endpoint);
            assert!(has(Endpoint::Data), "{persona}");
            assert_eq!(has(Endpoint::RequestToken), has(Endpoint::AccessToken), "{persona}");
            assert!(!persona.denials().is_empty(), "{persona}");
            assert!(SiteNames::of(dialect.site, None).is_some(), "{persona}");
        }
        assert!("twitter".parse::<Persona>().unwrap_err().to_string().contains("netsuite, okapi"));
    }
}
