//! MediaWiki and Wikimedia: wikis with the extension OAuth.
//!
//! Register a consumer on the wiki's page `Special:OAuthConsumerRegistration/propose` (for Wikimedia on
//! <https://meta.wikimedia.org>). Tick "use the callback URL as a prefix" if your program names the URL in each flow; otherwise
//! see [`with_registered_callback`].
//!
//! | | |
//! |---|---|
//! | Evidence | source of the server of August 2026; client libraries |
//! | Inferred | that a wiki's `api.php` refuses with HTTP 200 and a member `error`, as all of its modules do |
//! | Not supported | RSA-SHA1, for which see [`Signing::with_method`](crate::Signing::with_method); revocation, which the user does on the wiki's page `Special:OAuthManageMyGrants` |
//!
//! **If the user denies access, no callback comes**: the wiki only shows a page, so use a timeout. A request token lives ten
//! minutes. If the wiki refuses a token call, it sends a sentence with HTTP status 200. An access token of Wikimedia is valid for
//! all of its wikis: add their origins with [`Provider::with_resource_origin`](crate::Provider::with_resource_origin). With RSA
//! the token's secret is `__unused__`.
//!
//! `api.php` refuses nearly everything with the code `mwoauth-invalid-authorization` and an English sentence, which says whether
//! the signature, the nonce, the consumer or the token is refused. If the user withdrew the access, the sentence is "No approved
//! grant was found for that authorization token.", and [`needs_reauthorization`](crate::Error::needs_reauthorization) is true. The
//! pages for tokens and for [`identify`] write their sentences in the wiki's language, and only the English ones are understood.
//!
//! Three codes have no [`Meaning`], because neither a new login nor another consumer key is the answer. With
//! `mwoauth-invalid-authorization-invalid-user` the user has no account at this wiki, with
//! `mwoauth-invalid-authorization-blocked-user` the user is blocked, and with `mwoauth-invalid-authorization-wrong-wiki` the
//! consumer, or this grant, is for another wiki.
//!
//! # Examples
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use tripod::{Ask, Callback, Client, Consumer, providers::{self, mediawiki}};
//! # use tripod_sandbox::{Persona, Sandbox};
//!
//! let agent = "Sunflower/1.0 (https://sunflower.example; me@sunflower.example)";
//! let client = Client::new(providers::wikimedia(agent)?, Consumer::new("key", "secret"))?;
//! # let sandbox = Sandbox::builder().like(Persona::MediaWiki).start().await?;
//! # let client = Client::from_transport(providers::wikimedia(agent)?, sandbox.consumer(), sandbox.transport());
//! let ask = Ask::new().with_page(mediawiki::AUTHENTICATE); // for a consumer that only logs in
//! let issued = client.begin(Callback::out_of_band()).with_ask(ask).request_token().await?;
//! assert!(issued.authorization_url().contains("?title=Special:OAuth/authenticate&"));
//! # Ok(())
//! # }
//! ```

use std::time::Duration;

use crate::{
    error::{Error, meaning::Meaning},
    protocol::{
        approval::Approval,
        dialect::{Dialect, Place, SuccessRefusal},
    },
    provider::{
        Provider,
        endpoints::{AuthorizePage, Call, Endpoints},
        token_life::TokenLife,
    },
};

use super::site::{check_site, invalid};

/// The name of the page that does not ask a user who has approved before, for consumers that only log in.
pub const AUTHENTICATE: &str = "authenticate";

/// What the extension says, in words for programs and in English. Its message `mwoauth-invalid-authorization` is not here: only
/// the sentence behind it tells what is wrong.
// From its `i18n/en.json`, `OAuthServer`, `MWOAuthDataStore` and `SessionProvider`.
const SAID: [(Place, &str, Meaning); 19] = [
    (Place::Word, "mwoauthdatastore-access-token-not-found", Meaning::DeadToken),
    (Place::Word, "mwoauthdatastore-request-token-not-found", Meaning::DeadToken),
    (Place::Word, "mwoauthdatastore-request-token-already-used", Meaning::DeadToken),
    (Place::Word, "mwoauthdatastore-bad-verifier", Meaning::Verifier),
    (Place::Word, "mwoauthserver-bad-consumer", Meaning::Consumer),
    (Place::Word, "mwoauthserver-bad-consumer-key", Meaning::Consumer),
    // The consumer was disabled, or never approved for other users than its owner.
    (Place::Word, "mwoauth-invalid-authorization-not-approved", Meaning::Consumer),
    (Place::Sentence, "no approved grant was found", Meaning::DeadToken),
    (Place::Sentence, "invalid access token", Meaning::DeadToken),
    (Place::Sentence, "invalid request token", Meaning::DeadToken),
    // Not "Invalid token" alone: api.php says so of an edit token, too.
    (Place::Sentence, "not valid: invalid token", Meaning::DeadToken),
    (Place::Sentence, "invalid token in your request", Meaning::DeadToken),
    (Place::Sentence, "error: invalid token", Meaning::DeadToken),
    (Place::Sentence, "oauth token not found", Meaning::DeadToken),
    (Place::Sentence, "oauth token already used", Meaning::DeadToken),
    (Place::Sentence, "the verification code provided was not valid", Meaning::Verifier),
    (Place::Sentence, "invalid consumer", Meaning::Consumer),
    (Place::Sentence, "connected oauth app not approved", Meaning::Consumer),
    (Place::Sentence, "unknown oauth key", Meaning::Consumer),
];

/// A wiki, by the address of its `index.php`, such as `https://wiki.example/w/index.php`; see
/// [the module](mod@self).
///
/// # Errors
///
/// [`InvalidUrl`](crate::ErrorKind::InvalidUrl) if the address cannot be read, has a query, or does not end in
/// `/index.php` (a signature for a pretty path is refused);
/// [`InsecureEndpoint`](crate::ErrorKind::InsecureEndpoint) if it is not HTTPS.
pub fn mediawiki(index: &str) -> Result<Provider, Error> {
    let index = check_site(index)?;
    if !index.ends_with("/index.php") {
        return Err(invalid("the address of a wiki is the one of its index.php"));
    }
    let at = |page: &str| format!("{index}?title=Special:OAuth/{page}");
    let page = AuthorizePage::new(at("authorize"))
        .with_consumer_key_name("oauth_consumer_key")
        .with_alternative(AUTHENTICATE, at("authenticate"));
    let mut dialect = Dialect::new()
        .with_refusal_beginning("Error: ")
        .with_success_refusal(SuccessRefusal::Error);
    for (place, said, means) in SAID {
        dialect = dialect.with(place, said, means);
    }
    Provider::new(Endpoints {
        request_token: Call::post(at("initiate")),
        authorize: page,
        access_token: Call::post(at("token")),
    })?
    .with_dialect(dialect)
    .with_token_life(TokenLife::new().with_request_token(Duration::from_secs(600)))
}

/// Wikimedia's central wiki, for the application that `user_agent` names with a way to reach you, such as
/// `Sunflower/1.0 (https://sunflower.example; me@sunflower.example)`; see [the module](mod@self).
///
/// # Errors
///
/// [`InvalidSetting`](crate::ErrorKind::InvalidSetting) if the user agent is empty or cannot stand in a header.
pub fn wikimedia(user_agent: &str) -> Result<Provider, Error> {
    mediawiki("https://meta.wikimedia.org/w/index.php")?.with_user_agent(user_agent)
}

/// Marks a consumer that was registered with one callback URL and not with a prefix: the wiki is asked for `oob`, and
/// sends the user to the registered URL.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use tripod::{Callback, Client, Consumer, providers::{self, mediawiki}};
///
/// let wiki = providers::mediawiki("https://wiki.example/w/index.php")?;
/// let client = Client::new(mediawiki::with_registered_callback(wiki), Consumer::new("key", "secret"))?;
/// let flow = client.begin(Callback::url("https://app.example/back")?);
/// let callback = ("oauth_callback".to_owned(), "oob".to_owned());
/// assert!(flow.explain_request_token()?.pairs().contains(&callback));
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn with_registered_callback(provider: Provider) -> Provider {
    let approval: Approval = provider.approval().clone().with_registered_callback();
    provider.with_approval(approval)
}

#[cfg(feature = "hmac-sha2")]
pub use super::mediawiki_identity::{Identity, identify};
