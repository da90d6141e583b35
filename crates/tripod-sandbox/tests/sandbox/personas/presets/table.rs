//! The shipped presets: what each is asked and what it does, and how a test goes the whole way with it.

use rsa::{Pkcs1v15Sign, RsaPrivateKey, pkcs8::DecodePrivateKey, sha2::Sha256 as RsaSha256};
use sha1::{Digest, Sha1};
use sha2::Sha256;
use tripod::{
    Ask, Callback, Client, Provider, Session, providers,
    signature::{Sign, SignatureMethod, SigningKey},
};
use tripod_sandbox::{Builder, Persona, Sandbox};

use crate::support::{PRIVATE_KEY, PUBLIC_KEY};

pub(super) const BACK: &str = "https://app.example/back";
pub(super) const AGENT: &str = "Breadcrumbs/1.2 (+https://app.example)";

/// What a client makes of a timestamp that was refused.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Clock {
    /// It sends the request once more, with the right time.
    Recovers,
    /// It cannot tell it from another refusal.
    Unknown,
}

/// How the user comes back.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Back {
    Callback,
    Code,
    /// The shop has sent the verifier.
    Pushed,
}

pub(super) struct Preset {
    pub(super) persona: Persona,
    pub(super) provider: fn() -> Provider,
    pub(super) ask: fn() -> Ask,
    pub(super) back: Back,
    pub(super) data: &'static str,
    pub(super) clock: Clock,
    /// Whether a dead token is known to be dead.
    pub(super) tells_dead: bool,
    pub(super) revokes: bool,
}

pub(super) const PRESETS: &[Preset] = &[
    Preset {
        persona: Persona::Atlassian,
        provider: || providers::atlassian_data_center("https://jira.example", rsa_sha1()).unwrap(),
        ask: Ask::new,
        back: Back::Callback,
        data: "https://jira.example/rest/api/2/myself",
        clock: Clock::Recovers,
        tells_dead: true,
        revokes: false,
    },
    Preset {
        persona: Persona::Discogs,
        provider: || providers::discogs(AGENT).unwrap(),
        ask: Ask::new,
        back: Back::Callback,
        data: "https://api.discogs.com/users/ada/collection",
        clock: Clock::Recovers,
        tells_dead: true,
        revokes: false,
    },
    Preset {
        persona: Persona::Etrade,
        provider: providers::etrade,
        ask: Ask::new,
        back: Back::Code,
        data: "https://api.etrade.com/v1/accounts/list",
        clock: Clock::Recovers,
        tells_dead: true,
        revokes: true,
    },
    Preset {
        persona: Persona::FatSecret,
        provider: providers::fatsecret,
        ask: Ask::new,
        back: Back::Callback,
        data: "https://platform.fatsecret.com/rest/echo/v1?format=json",
        clock: Clock::Recovers,
        tells_dead: true,
        revokes: false,
    },
    Preset {
        persona: Persona::Flickr,
        provider: providers::flickr,
        ask: || providers::flickr::ask(providers::flickr::Permission::Write),
        back: Back::Callback,
        data: "https://api.flickr.com/services/rest?method=flickr.test.login&format=json&nojsoncallback=1",
        clock: Clock::Recovers,
        tells_dead: true,
        revokes: false,
    },
    Preset {
        persona: Persona::Magento,
        provider: || providers::magento("https://shop.example").unwrap(),
        ask: Ask::new,
        back: Back::Pushed,
        data: "https://shop.example/rest/V1/products",
        clock: Clock::Recovers,
        tells_dead: true,
        revokes: false,
    },
    Preset {
        persona: Persona::MediaWiki,
        provider: || providers::wikimedia(AGENT).unwrap(),
        ask: Ask::new,
        back: Back::Callback,
        data: "https://meta.wikimedia.org/w/api.php?action=query&format=json",
        clock: Clock::Recovers,
        tells_dead: true,
        revokes: false,
    },
    Preset {
        persona: Persona::NetSuite,
        provider: || providers::netsuite("1234567_SB1").unwrap(),
        ask: || providers::netsuite::ask("abc123").unwrap(),
        back: Back::Callback,
        data: "https://1234567-sb1.restlets.api.netsuite.com/app/site/hosting/restlet.nl?script=1",
        clock: Clock::Recovers,
        tells_dead: true,
        revokes: true,
    },
    Preset {
        persona: Persona::Okapi,
        provider: || providers::okapi("https://www.opencaching.de").unwrap(),
        ask: || providers::okapi::ask("pl|en"),
        back: Back::Callback,
        data: "https://www.opencaching.de/okapi/services/users/user",
        clock: Clock::Recovers,
        tells_dead: true,
        revokes: false,
    },
    Preset {
        persona: Persona::SmugMug,
        provider: providers::smugmug,
        ask: || {
            use providers::smugmug::{Access, Permissions, ask};
            ask(Access::Full, Permissions::Modify)
        },
        back: Back::Callback,
        data: "https://api.smugmug.com/api/v2!authuser",
        clock: Clock::Recovers,
        tells_dead: true,
        revokes: false,
    },
    Preset {
        persona: Persona::Trello,
        provider: || providers::trello("Lists"),
        ask: || {
            use providers::trello::{Expiration, Scope, ask};
            ask(&[Scope::Read, Scope::Write], Expiration::OneHour)
        },
        back: Back::Callback,
        data: "https://api.trello.com/1/members/me",
        clock: Clock::Recovers,
        tells_dead: true,
        revokes: true,
    },
    Preset {
        persona: Persona::Tumblr,
        provider: providers::tumblr,
        ask: Ask::new,
        back: Back::Callback,
        data: "https://api.tumblr.com/v2/user/info",
        clock: Clock::Unknown,
        tells_dead: true,
        revokes: false,
    },
    Preset {
        persona: Persona::Usos,
        provider: || providers::usos("https://usosapps.example.edu.pl").unwrap(),
        ask: || {
            use providers::usos::{OFFLINE_ACCESS, ask, confirming};
            confirming(ask(&["studies", OFFLINE_ACCESS]))
        },
        back: Back::Callback,
        data: "https://usosapps.example.edu.pl/services/users/user",
        clock: Clock::Recovers,
        tells_dead: true,
        revokes: true,
    },
    Preset {
        persona: Persona::X,
        provider: providers::x,
        ask: || {
            providers::x::ask(providers::x::Access::Read).with_page_parameter("force_login", "true")
        },
        back: Back::Callback,
        data: "https://api.x.com/2/users/me",
        clock: Clock::Recovers,
        tells_dead: true,
        revokes: true,
    },
    Preset {
        persona: Persona::Zotero,
        provider: || providers::zotero("Shelf"),
        ask: || {
            use providers::zotero::{Groups, Library, ask};
            ask(Library { read: true, notes: true, write: false }, Groups::Read)
        },
        back: Back::Callback,
        data: "",
        clock: Clock::Recovers,
        tells_dead: false,
        revokes: true,
    },
];

/// The caller's signer, for which the crate has a recipe and no code.
pub(super) struct Rsa(pub(super) &'static str);

impl Sign for Rsa {
    fn name(&self) -> &str {
        self.0
    }

    fn sign(
        &self,
        text: &str,
        _: &SigningKey<'_>,
    ) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
        let key = RsaPrivateKey::from_pkcs8_pem(PRIVATE_KEY)?;
        Ok(match self.0 {
            "RSA-SHA1" => key.sign(Pkcs1v15Sign::new::<rsa_sha1::Sha1>(), &Sha1::digest(text))?,
            _ => key.sign(Pkcs1v15Sign::new::<RsaSha256>(), &Sha256::digest(text))?,
        })
    }
}

pub(super) fn rsa_sha1() -> SignatureMethod {
    SignatureMethod::custom(Rsa("RSA-SHA1"))
}

impl Preset {
    pub(super) fn builder(&self) -> Builder {
        Sandbox::builder().like(self.persona).rsa_public_key(PUBLIC_KEY).unwrap()
    }

    pub(super) fn client(&self, sandbox: &Sandbox) -> Client {
        Client::from_transport((self.provider)(), sandbox.consumer(), sandbox.transport())
    }

    pub(super) fn callback(&self) -> Callback {
        match self.back {
            Back::Callback => Callback::url(BACK).unwrap(),
            Back::Code | Back::Pushed => Callback::out_of_band(),
        }
    }

    /// Goes the whole way.
    pub(super) async fn session(&self, sandbox: &Sandbox) -> Session {
        let name = self.persona;
        let client = self.client(sandbox);
        // The shop sends its form before anything is asked for.
        let pushed = match self.back {
            Back::Pushed => sandbox.activate(),
            Back::Callback | Back::Code => None,
        };
        let issued =
            match client.begin(self.callback()).with_ask((self.ask)()).request_token().await {
                Ok(issued) => issued,
                Err(failed) => panic!("{name}: {} {:?}", failed.error(), last(sandbox)),
            };
        let authorized = match self.back {
            Back::Pushed => {
                let form = pushed.unwrap();
                let read = providers::magento::Activation::read("https://shop.example", &form);
                issued.authorize(read.unwrap().verifier()).unwrap()
            }
            Back::Code => {
                let approval = sandbox.approve(&issued.authorization_url()).unwrap();
                assert_eq!(approval.callback_url(), None, "{name}");
                issued.authorize(approval.verifier().unwrap()).unwrap()
            }
            Back::Callback => {
                let url = issued.authorization_url();
                let approval =
                    sandbox.approve(&url).unwrap_or_else(|e| panic!("{name}: {e} {url}"));
                issued.receive_callback(approval.callback_url().unwrap()).unwrap()
            }
        };
        match authorized.exchange().await {
            Ok(session) => session,
            Err(failed) => panic!("{name}: {} {:?}", failed.error(), last(sandbox)),
        }
    }
}

pub(super) fn last(sandbox: &Sandbox) -> Option<String> {
    sandbox.log().pop().and_then(|seen| seen.refusal)
}

pub(super) fn preset(persona: Persona) -> &'static Preset {
    PRESETS.iter().find(|preset| preset.persona == persona).unwrap()
}
