//! The ready-made providers by their names, each with what a program would ask it for.

use std::env;

use tripod::{
    Ask, Provider,
    providers::{self, flickr, smugmug, trello, usos, zotero},
};
use tripod_sandbox::Persona;

use crate::Outcome;

const NAMES: [&str; 14] = [
    "discogs",
    "etrade",
    "fatsecret",
    "flickr",
    "magento",
    "mediawiki",
    "netsuite",
    "okapi",
    "smugmug",
    "trello",
    "tumblr",
    "usos",
    "x",
    "zotero",
];

/// Says which application is calling, and how its author can be reached.
const USER_AGENT: &str = "AnyProvider/0.1 (+https://app.example)";

pub(crate) struct Known {
    pub(crate) persona: Persona,
    pub(crate) provider: Provider,
    pub(crate) ask: Ask,
    /// Which one, where there are many.
    pub(crate) site: Option<String>,
    /// Empty for a provider whose resources are not signed.
    pub(crate) resource: String,
}

impl Known {
    /// Describes the provider of that name. `SITE` in the environment says which one, where there are many.
    pub(crate) fn named(name: &str) -> Outcome<Self> {
        let persona: Persona = name
            .parse()
            .map_err(|_| format!("PROVIDER must be one of these: {}", NAMES.join(", ")))?;
        let site = env::var("SITE").ok();
        if site.is_some() && persona.default_site().is_none() {
            return Err("there is one provider of this kind: SITE must not be set".into());
        }
        let site = site.or_else(|| persona.default_site().map(str::to_owned));
        let there = site.as_deref().unwrap_or_default().trim_end_matches('/');
        let (provider, ask, resource) = match persona {
            Persona::Discogs => {
                let resource = "https://api.discogs.com/oauth/identity";
                (providers::discogs(USER_AGENT)?, Ask::new(), resource.to_owned())
            }
            Persona::Etrade => {
                let resource = "https://api.etrade.com/v1/accounts/list";
                (providers::etrade(), Ask::new(), resource.to_owned())
            }
            Persona::FatSecret => {
                let resource = "https://platform.fatsecret.com/rest/profile/v1?format=json";
                (providers::fatsecret(), Ask::new(), resource.to_owned())
            }
            Persona::Flickr => {
                let resource = "https://api.flickr.com/services/rest?method=flickr.test.login\
                                &format=json&nojsoncallback=1";
                (providers::flickr(), flickr::ask(flickr::Permission::Read), resource.to_owned())
            }
            Persona::Magento => {
                let resource = format!("{there}/rest/V1/store/storeViews");
                (providers::magento(there)?, Ask::new(), resource)
            }
            Persona::MediaWiki => {
                let folder = there.trim_end_matches("/index.php");
                let provider = providers::mediawiki(&format!("{folder}/index.php"))?;
                let provider = provider.with_user_agent(USER_AGENT)?;
                let resource = format!("{folder}/api.php?action=query&meta=userinfo&format=json");
                (provider, Ask::new(), resource)
            }
            Persona::NetSuite => {
                let label = there.to_ascii_lowercase().replace('_', "-");
                let resource = format!("https://{label}.restlets.api.netsuite.com/rest/tokeninfo");
                (providers::netsuite(there)?, Ask::new(), resource)
            }
            Persona::Okapi => {
                let resource = format!("{there}/okapi/services/users/user?fields=username");
                (providers::okapi(there)?, Ask::new(), resource)
            }
            Persona::SmugMug => {
                let ask = smugmug::ask(smugmug::Access::Full, smugmug::Permissions::Read);
                let resource = "https://api.smugmug.com/api/v2!authuser";
                (providers::smugmug(), ask, resource.to_owned())
            }
            Persona::Trello => {
                let ask = trello::ask(&[trello::Scope::Read], trello::Expiration::OneHour);
                let resource = "https://api.trello.com/1/members/me";
                (providers::trello("AnyProvider"), ask, resource.to_owned())
            }
            Persona::Tumblr => {
                let resource = "https://api.tumblr.com/v2/user/info";
                (providers::tumblr(), Ask::new(), resource.to_owned())
            }
            Persona::Usos => {
                let resource = format!("{there}/services/users/user");
                (providers::usos(there)?, usos::ask(&["studies"]), resource)
            }
            Persona::X => {
                let resource = "https://api.x.com/2/users/me";
                (providers::x(), Ask::new(), resource.to_owned())
            }
            Persona::Zotero => {
                let library = zotero::Library { read: true, ..zotero::Library::default() };
                let ask = zotero::ask(library, zotero::Groups::None);
                (providers::zotero("AnyProvider"), ask, String::new())
            }
            // Atlassian's products and Mastercard need your RSA key; WooCommerce only signs.
            _ => {
                return Err(
                    "this one needs your own key: see the guide's page about providers".into()
                );
            }
        };
        Ok(Self { persona, provider, ask, site, resource })
    }
}
