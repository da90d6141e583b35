//! The ready-made providers by their names: one row for each.
//!
//! In a row's texts, `{site}` stands for what `--site` names, without a slash at its end.

use tripod::{
    Ask, Provider,
    providers::{self, flickr, smugmug, trello, zotero},
};
use tripod_sandbox::Persona;

use crate::fail::{Exit, Failure};

/// How a user logs in from a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Login {
    /// The browser comes back to this program, at any port and path.
    Loopback,
    /// The same, but only to the callback that is registered with the provider.
    Registered,
    /// The provider shows a code, which the user types.
    Code,
    /// Not from a terminal; the text says why.
    No(&'static str),
}

/// A ready-made provider.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    /// What `--site` names, for a provider of which there are many.
    pub(crate) site: Option<&'static str>,
    /// What the address bar of the API begins with; relative URLs go there.
    pub(crate) api: &'static str,
    /// All origins of the provider. A sandbox takes their place.
    pub(crate) origins: &'static [&'static str],
    pub(crate) login: Login,
    pub(crate) note: &'static str,
    /// What a sandbox that is like it is called by `tripod sandbox --like`.
    pub(crate) persona: Persona,
}

const RSA: Login =
    Login::No("it signs with an RSA key of your own, which this program does not do");

/// All of them, in the order of their names.
pub(crate) static ALL: [Known; 18] = [
    Known {
        name: "atlassian",
        title: "Jira, Confluence, Bitbucket Data Center",
        site: Some("the instance's base URL"),
        api: "{site}/rest/",
        origins: &[],
        login: RSA,
        note: "RSA-SHA1 with a key of your own",
        persona: Persona::Atlassian,
    },
    Known {
        name: "discogs",
        title: "Discogs",
        site: None,
        api: "https://api.discogs.com/",
        origins: &["https://api.discogs.com", "https://www.discogs.com"],
        login: Login::Loopback,
        note: "wants a User-Agent that names the application: --application",
        persona: Persona::Discogs,
    },
    Known {
        name: "etrade",
        title: "E*TRADE",
        site: None,
        api: "https://api.etrade.com/v1/",
        origins: &["https://api.etrade.com", "https://us.etrade.com"],
        login: Login::Code,
        note: "shows a code; a token ends at midnight in New York",
        persona: Persona::Etrade,
    },
    Known {
        name: "etrade-sandbox",
        title: "E*TRADE's own sandbox",
        site: None,
        api: "https://apisb.etrade.com/v1/",
        origins: &["https://api.etrade.com", "https://us.etrade.com", "https://apisb.etrade.com"],
        login: Login::Code,
        note: "as etrade, with invented accounts",
        persona: Persona::Etrade,
    },
    Known {
        name: "fatsecret",
        title: "FatSecret Platform",
        site: None,
        api: "https://platform.fatsecret.com/rest/",
        origins: &["https://authentication.fatsecret.com", "https://platform.fatsecret.com"],
        login: Login::Loopback,
        note: "take the OAuth 1.0 Consumer Secret, not the OAuth 2.0 Client Secret",
        persona: Persona::FatSecret,
    },
    Known {
        name: "flickr",
        title: "Flickr",
        site: None,
        api: "https://api.flickr.com/services/",
        origins: &["https://www.flickr.com", "https://api.flickr.com", "https://up.flickr.com"],
        login: Login::Loopback,
        note: "asks to read; for more: --ask perms=write",
        persona: Persona::Flickr,
    },
    Known {
        name: "magento",
        title: "Magento 2, Adobe Commerce",
        site: Some("the shop's base URL"),
        api: "{site}/rest/V1/",
        origins: &["{site}"],
        login: Login::No(
            "a shop sends the verifier to your server when the merchant activates the integration",
        ),
        note: "a shop sends the verifier to your server; HMAC-SHA256",
        persona: Persona::Magento,
    },
    Known {
        name: "mastercard",
        title: "Mastercard",
        site: None,
        api: "https://api.mastercard.com/",
        origins: &[],
        login: RSA,
        note: "signs only, by RSA-SHA256 with a key of your own",
        persona: Persona::Mastercard,
    },
    Known {
        name: "mediawiki",
        title: "MediaWiki",
        site: Some("the address of the wiki's index.php"),
        api: "{folder}",
        origins: &["{origin}"],
        login: Login::Registered,
        note: "a user who refuses does not come back",
        persona: Persona::MediaWiki,
    },
    Known {
        name: "netsuite",
        title: "NetSuite",
        site: Some("the account, such as 1234567_SB1"),
        api: "https://{account}.suitetalk.api.netsuite.com/services/rest/",
        origins: &[
            "https://{account}.restlets.api.netsuite.com",
            "https://{account}.suitetalk.api.netsuite.com",
            "https://{account}.app.netsuite.com",
        ],
        login: Login::Registered,
        note: "HMAC-SHA256",
        persona: Persona::NetSuite,
    },
    Known {
        name: "okapi",
        title: "OKAPI (Opencaching)",
        site: Some("the site's base URL"),
        api: "{site}/okapi/services/",
        origins: &["{origin}"],
        login: Login::Loopback,
        note: "",
        persona: Persona::Okapi,
    },
    Known {
        name: "smugmug",
        title: "SmugMug",
        site: None,
        api: "https://api.smugmug.com/api/",
        origins: &["https://api.smugmug.com", "https://upload.smugmug.com"],
        login: Login::Loopback,
        note: "asks to read all; for more: --ask Permissions=Modify",
        persona: Persona::SmugMug,
    },
    Known {
        name: "trello",
        title: "Trello",
        site: None,
        api: "https://api.trello.com/1/",
        origins: &["https://trello.com", "https://api.trello.com"],
        login: Login::Registered,
        note: "asks to read for 30 days; for more: --ask scope=read,write",
        persona: Persona::Trello,
    },
    Known {
        name: "tumblr",
        title: "Tumblr",
        site: None,
        api: "https://api.tumblr.com/v2/",
        origins: &["https://www.tumblr.com", "https://api.tumblr.com"],
        login: Login::Registered,
        note: "",
        persona: Persona::Tumblr,
    },
    Known {
        name: "usos",
        title: "USOS API (Polish universities)",
        site: Some("the installation's base URL"),
        api: "{site}/services/",
        origins: &["{origin}"],
        login: Login::Loopback,
        note: "scopes: --ask-token scopes=studies",
        persona: Persona::Usos,
    },
    Known {
        name: "wikimedia",
        title: "Wikipedia and Wikimedia",
        site: None,
        api: "https://meta.wikimedia.org/w/",
        origins: &["https://meta.wikimedia.org"],
        login: Login::Registered,
        note: "wants a User-Agent with an address: --application",
        persona: Persona::MediaWiki,
    },
    Known {
        name: "x",
        title: "X (Twitter)",
        site: None,
        api: "https://api.x.com/",
        origins: &["https://api.x.com", "https://upload.x.com", "https://ads-api.x.com"],
        login: Login::Registered,
        note: "",
        persona: Persona::X,
    },
    Known {
        name: "zotero",
        title: "Zotero",
        site: None,
        api: "https://api.zotero.org/",
        origins: &["https://www.zotero.org", "https://api.zotero.org"],
        login: Login::Loopback,
        note: "gives an API key; its API does not take signatures",
        persona: Persona::Zotero,
    },
];

/// Finds a provider by its name.
pub(crate) fn named(name: &str) -> Result<&'static Known, Failure> {
    ALL.iter().find(|known| known.name == name).ok_or_else(|| {
        let names: Vec<&str> = ALL.iter().map(|known| known.name).collect();
        Failure::new(Exit::Usage, format!("no provider has the name {name}")).with_advice(format!(
            "There are: {}. Describe another one in a file, and use `--provider FILE`.",
            names.join(", ")
        ))
    })
}

impl Known {
    /// Puts the provider together.
    pub(crate) fn provider(
        &self,
        site: Option<&str>,
        application: &str,
    ) -> Result<Provider, Failure> {
        let site = match (self.site, site) {
            (None, None) => "",
            (Some(_), Some(site)) => site,
            (None, Some(_)) => {
                let message = format!("there is only one {}", self.title);
                return Err(Failure::new(Exit::Usage, message).with_advice("Leave out `--site`."));
            }
            (Some(wanted), None) => {
                let message = format!("{} needs --site: {wanted}", self.title);
                return Err(Failure::new(Exit::Usage, message));
            }
        };
        Ok(match self.name {
            "discogs" => providers::discogs(application)?,
            "etrade" => providers::etrade(),
            "etrade-sandbox" => providers::etrade_sandbox(),
            "fatsecret" => providers::fatsecret(),
            "flickr" => flickr(),
            "mediawiki" => providers::mediawiki(site)?,
            "netsuite" => providers::netsuite(site)?,
            "okapi" => providers::okapi(site)?,
            "smugmug" => smugmug(),
            "trello" => trello(application),
            "tumblr" => providers::tumblr(),
            "usos" => providers::usos(site)?,
            "wikimedia" => providers::wikimedia(application)?,
            "x" => providers::x(),
            "zotero" => zotero(application),
            _ => {
                let why = if let Login::No(why) = self.login { why } else { "it has no login" };
                let message = format!("{} cannot be used from the command line: {why}", self.title);
                return Err(Failure::new(Exit::Usage, message));
            }
        })
    }

    /// What a login asks for, unless the user says otherwise.
    pub(crate) fn ask(&self) -> Ask {
        match self.name {
            "flickr" => flickr::ask(flickr::Permission::Read),
            "smugmug" => smugmug::ask(smugmug::Access::Full, smugmug::Permissions::Read),
            "trello" => trello::ask(&[trello::Scope::Read], trello::Expiration::ThirtyDays),
            "zotero" => {
                let library = zotero::Library { read: true, ..zotero::Library::default() };
                zotero::ask(library, zotero::Groups::None)
            }
            _ => Ask::new(),
        }
    }

    /// Where relative URLs go.
    pub(crate) fn api_base(&self, site: Option<&str>) -> String {
        fill(self.api, site)
    }

    /// All origins of the provider.
    pub(crate) fn all_origins(&self, site: Option<&str>) -> Vec<String> {
        self.origins.iter().map(|origin| fill(origin, site)).collect()
    }
}

/// Writes the site into a text of a row. Without a site the text stays as it is.
fn fill(text: &str, site: Option<&str>) -> String {
    let Some(site) = site else { return text.to_owned() };
    let site = site.trim_end_matches('/');
    text.replace("{account}", &site.to_ascii_lowercase().replace('_', "-"))
        .replace("{folder}", site.strip_suffix("index.php").unwrap_or(site))
        .replace("{origin}", origin_of(site))
        .replace("{site}", site)
}

/// Scheme, host and port.
pub(crate) fn origin_of(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    let end = url[host..].find(['/', '?', '#']).map_or(url.len(), |at| host + at);
    &url[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITES: &[(&str, &str)] = &[
        ("mediawiki", "https://wiki.example/w/index.php"),
        ("netsuite", "1234567_SB1"),
        ("okapi", "https://caches.example/"),
        ("usos", "https://usosapps.example"),
    ];

    fn site(known: &Known) -> Option<&'static str> {
        SITES.iter().find(|(name, _)| *name == known.name).map(|(_, site)| *site)
    }

    #[test]
    fn each_provider_can_be_made_and_moved_to_a_sandbox() {
        for known in &ALL {
            let provider = known.provider(site(known), "App/1.0 (+https://app.example)");
            if let Login::No(_) = known.login {
                assert_eq!(provider.unwrap_err().exit(), Exit::Usage, "{}", known.name);
                continue;
            }
            let origins = known.all_origins(site(known));
            let moves: Vec<(&str, &str)> =
                origins.iter().map(|origin| (&**origin, "http://127.0.0.1:1")).collect();
            let at_sandbox = provider.unwrap().moved_to(&moves).unwrap();
            let text = format!("{at_sandbox:?}");
            assert!(!text.contains("https://"), "{}: {text}", known.name);
            assert!(known.api_base(site(known)).ends_with('/'), "{}", known.name);
            if let Some(site) = site(known) {
                assert!(known.provider(None, "App").is_err());
                assert!(!known.api_base(Some(site)).contains('{'), "{}", known.name);
            } else {
                assert!(known.provider(Some("https://x.example"), "App").is_err());
            }
        }
    }

    #[test]
    fn the_names_are_sorted_and_known() {
        assert!(ALL.is_sorted_by_key(|known| known.name));
        assert_eq!(named("trello").unwrap().title, "Trello");
        assert_eq!(named("twitter").unwrap_err().exit(), Exit::Usage);
        // A provider that the library gets is one that this program has.
        for persona in Persona::ALL.into_iter().filter(|one| *one != Persona::WooCommerce) {
            assert!(ALL.iter().any(|known| known.persona == persona), "{persona}");
        }
    }

    #[test]
    fn a_site_is_written_into_its_api() {
        let api = |name: &str| {
            let known = named(name).unwrap();
            known.api_base(site(known))
        };
        assert_eq!(api("mediawiki"), "https://wiki.example/w/");
        assert_eq!(
            api("netsuite"),
            "https://1234567-sb1.suitetalk.api.netsuite.com/services/rest/"
        );
        assert_eq!(api("okapi"), "https://caches.example/okapi/services/");
    }
}
