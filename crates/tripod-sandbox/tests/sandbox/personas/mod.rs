//! The personas, over sockets and with a signer that is neither the crate's nor the sandbox's.

mod errors;
mod faults;
mod flows;
mod lives;
mod presets;
mod refusals;
mod streams;
mod transport;

use tripod_sandbox::{Builder, Persona, Sandbox};

use crate::support::*;

/// How a client without this crate goes through a persona's handshake.
pub(crate) struct Route {
    pub(crate) persona: Persona,
    pub(crate) method: &'static str,
    pub(crate) verb: &'static str,
    pub(crate) request: &'static str,
    pub(crate) page: &'static str,
    pub(crate) access: &'static str,
    pub(crate) data: &'static str,
}

const HMAC: &str = "HMAC-SHA1";
const HMAC_256: &str = "HMAC-SHA256";

/// Each provider with a handshake, as its documentation or its libraries have it.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        persona: Persona::Atlassian,
        method: "RSA-SHA1",
        verb: "POST",
        request: "/plugins/servlet/oauth/request-token",
        page: "https://jira.example/plugins/servlet/oauth/authorize?oauth_token={token}",
        access: "/plugins/servlet/oauth/access-token",
        data: "/rest/api/2/myself",
    },
    Route {
        persona: Persona::Discogs,
        method: HMAC,
        verb: "GET",
        request: "/oauth/request_token",
        page: "https://www.discogs.com/oauth/authorize?oauth_token={token}",
        access: "/oauth/access_token",
        data: "/users/ada/collection",
    },
    Route {
        persona: Persona::Etrade,
        method: HMAC,
        verb: "GET",
        request: "/oauth/request_token",
        page: "https://us.etrade.com/e/t/etws/authorize?key=key%201&token={token}",
        access: "/oauth/access_token",
        data: "/v1/accounts/list",
    },
    Route {
        persona: Persona::Flickr,
        method: HMAC,
        verb: "GET",
        request: "/services/oauth/request_token",
        page: "https://www.flickr.com/services/oauth/authorize?perms=write&oauth_token={token}",
        access: "/services/oauth/access_token",
        data: "/services/rest",
    },
    Route {
        persona: Persona::Magento,
        method: HMAC_256,
        verb: "POST",
        request: "/oauth/token/request",
        page: "",
        access: "/oauth/token/access",
        data: "/rest/V1/products",
    },
    Route {
        persona: Persona::MediaWiki,
        method: HMAC,
        verb: "POST",
        request: "/w/index.php?title=Special:OAuth/initiate",
        page: "https://meta.wikimedia.org/w/index.php?title=Special:OAuth/authorize\
               &oauth_consumer_key=key%201&oauth_token={token}",
        access: "/w/index.php?title=Special:OAuth/token",
        data: "/w/api.php",
    },
    Route {
        persona: Persona::NetSuite,
        method: HMAC_256,
        verb: "POST",
        request: "/rest/requesttoken",
        page: "https://1234567-sb1.app.netsuite.com/app/login/secure/authorizetoken.nl\
               ?oauth_token={token}&state=abc123",
        access: "/rest/accesstoken",
        data: "/app/site/hosting/restlet.nl",
    },
    Route {
        persona: Persona::Okapi,
        method: HMAC,
        verb: "GET",
        request: "/okapi/services/oauth/request_token",
        page: "https://www.opencaching.de/okapi/services/oauth/authorize?oauth_token={token}",
        access: "/okapi/services/oauth/access_token",
        data: "/okapi/services/users/user",
    },
    Route {
        persona: Persona::SmugMug,
        method: HMAC,
        verb: "POST",
        request: "/services/oauth/1.0a/getRequestToken",
        page: "https://api.smugmug.com/services/oauth/1.0a/authorize?Access=Full&oauth_token={token}",
        access: "/services/oauth/1.0a/getAccessToken",
        data: "/api/v2!authuser",
    },
    Route {
        persona: Persona::Trello,
        method: HMAC,
        verb: "POST",
        request: "/1/OAuthGetRequestToken",
        page: "https://trello.com/1/OAuthAuthorizeToken?name=Lists&scope=read,write\
               &expiration=1hour&oauth_token={token}",
        access: "/1/OAuthGetAccessToken",
        data: "/1/members/me",
    },
    Route {
        persona: Persona::Tumblr,
        method: HMAC,
        verb: "POST",
        request: "/oauth/request_token",
        page: "https://www.tumblr.com/oauth/authorize?oauth_token={token}",
        access: "/oauth/access_token",
        data: "/v2/user/info",
    },
    Route {
        persona: Persona::Usos,
        method: HMAC,
        verb: "GET",
        request: "/services/oauth/request_token?scopes=email|offline_access",
        page: "https://usosapps.example.edu.pl/services/oauth/authorize\
               ?interactivity=minimal&oauth_token={token}",
        access: "/services/oauth/access_token",
        data: "/services/users/user",
    },
    Route {
        persona: Persona::X,
        method: HMAC,
        verb: "POST",
        request: "/oauth/request_token?x_auth_access_type=read",
        page: "https://api.x.com/oauth/authorize?force_login=true&oauth_token={token}",
        access: "/oauth/access_token",
        data: "/2/users/me",
    },
    Route {
        persona: Persona::Zotero,
        method: HMAC,
        verb: "POST",
        request: "/oauth/request",
        page: "https://www.zotero.org/oauth/authorize?library_access=1&oauth_token={token}",
        access: "/oauth/access",
        data: "/users/1/items",
    },
];

pub(crate) fn route(persona: Persona) -> &'static Route {
    ROUTES.iter().find(|route| route.persona == persona).unwrap()
}

pub(crate) fn like(persona: Persona) -> Builder {
    builder().like(persona).rsa_public_key(PUBLIC_KEY).unwrap()
}

impl Route {
    /// A call of this provider's: with its method, in the header, with what else it asks for.
    pub(crate) fn call(&self, sandbox: &Sandbox, verb: &'static str, target: &str) -> Call {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut call = Call::new(verb, sandbox.origin() + path, Way::Header)
            .set("oauth_signature_method", self.method);
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap();
            call = call.query(name, value);
        }
        call.extra_head.push_str("User-Agent: Breadcrumbs/1.2 (+https://app.example)\r\n");
        if self.persona == Persona::NetSuite {
            call.realm = "1234567_SB1";
        }
        call
    }

    pub(crate) fn request(&self, sandbox: &Sandbox, callback: &str) -> Call {
        self.call(sandbox, self.verb, self.request).set("oauth_callback", callback)
    }

    /// Gets a request token: token, secret, and the URL of the page.
    pub(crate) fn issue(&self, sandbox: &Sandbox, callback: &str) -> (String, String, String) {
        let reply = self.request(sandbox, callback).send(sandbox);
        assert_eq!(reply.status, 200, "{}: {}", self.persona, reply.text());
        let token = reply.field("oauth_token").unwrap_or_else(|| panic!("{reply:?}"));
        let page = self.page.replace("{token}", &enc(&token));
        (token, reply.field("oauth_token_secret").unwrap(), page)
    }

    pub(crate) fn access(
        &self,
        sandbox: &Sandbox,
        token: &str,
        secret: &str,
        verifier: &str,
    ) -> Call {
        self.call(sandbox, self.verb, self.access)
            .token(token, secret)
            .set("oauth_verifier", verifier)
    }

    /// Goes the whole way, and gives the reply with the access token.
    pub(crate) fn grant(&self, sandbox: &Sandbox, callback: &str) -> Reply {
        let pushed = sandbox.activate();
        let (token, secret, page) = self.issue(sandbox, callback);
        let verifier = match pushed {
            Some(form) => form.rsplit_once("&oauth_verifier=").unwrap().1.to_owned(),
            None => sandbox.approve(&page).unwrap().verifier().unwrap().to_owned(),
        };
        let reply = self.access(sandbox, &token, &secret, &verifier).send(sandbox);
        assert_eq!(reply.status, 200, "{}: {}", self.persona, reply.text());
        reply
    }

    pub(crate) fn data(&self, sandbox: &Sandbox, token: &str, secret: &str) -> Call {
        self.call(sandbox, "GET", self.data).token(token, secret)
    }

    /// Whether `oob` is asked for where a program has no callback.
    pub(crate) fn callback(&self) -> &'static str {
        if self.persona == Persona::NetSuite { "https://app.example/back" } else { "oob" }
    }
}

/// Token and secret of a reply, without the line break that may end it.
pub(crate) fn tokens(reply: &Reply) -> (String, String) {
    let field = |name| reply.field(name).unwrap().trim_end().to_owned();
    (field("oauth_token"), field("oauth_token_secret"))
}
