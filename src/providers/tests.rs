//! Each ready-made provider against a table, which is copied from what its documentation and its clients say and not
//! from the code.

use super::*;
use crate::{
    error::{BoxError, Error, groups::CallbackError, kind::ErrorKind, meaning::Meaning},
    protocol::dialect::Place,
    provider::{Endpoints, Provider, ask::Ask, signing::Signing, token_life::Revocation},
    signature::{
        method::{Sign, SignatureMethod, SigningKey},
        uri::BaseUri,
    },
};

struct Named(&'static str);

impl Sign for Named {
    fn name(&self) -> &str {
        self.0
    }

    fn sign(&self, _: &str, _: &SigningKey<'_>) -> Result<Vec<u8>, BoxError> {
        Ok(vec![1])
    }
}

fn rsa(name: &'static str) -> SignatureMethod {
    SignatureMethod::custom(Named(name))
}

/// The token calls, the page, and the signature method.
#[track_caller]
fn check(provider: &Provider, request: &str, page: &str, access: &str, method: &str) {
    assert_eq!(format!("{:?}", provider.request_token()), request);
    let ask = provider.ask().clone();
    let (url, pairs) = provider.page(&ask, "KEY", "TOKEN");
    let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(format!("{url} {}", pairs.join(" ")), page);
    assert_eq!(format!("{:?}", provider.access_token()), access);
    assert_eq!(provider.signing().method().name(), method);
    // Whatever was put together without being checked passes the checks.
    let same = Provider::new(Endpoints {
        request_token: provider.request_token().clone(),
        authorize: url,
        access_token: provider.access_token().clone(),
    });
    same.unwrap().with_token_life(provider.token_life().clone()).unwrap();
}

#[track_caller]
fn signs_for(signs: impl Fn(&BaseUri<'_>) -> bool, yes: &[&str], no: &[&str]) {
    for (urls, expected) in [(yes, true), (no, false)] {
        for url in urls {
            assert_eq!(signs(&BaseUri::parse(url).unwrap()), expected, "{url}");
        }
    }
}

#[track_caller]
fn owns(provider: &Provider, yes: &[&str], no: &[&str]) {
    signs_for(|uri| provider.owns(uri), yes, no);
}

fn revocation(provider: &Provider) -> String {
    let revocation: Option<&Revocation> = provider.token_life().revocation();
    revocation.map(|revocation| format!("{revocation:?}")).unwrap_or_default()
}

fn lifetime(provider: &Provider) -> Option<u64> {
    provider.request_token_lifetime().map(|lifetime| lifetime.as_secs())
}

#[track_caller]
fn refuses<T>(result: Result<T, Error>, is_expected: impl Fn(&ErrorKind) -> bool) {
    match result {
        Ok(_) => panic!("it was accepted"),
        Err(error) => assert!(is_expected(error.kind()), "{error}"),
    }
}

fn is_setting(kind: &ErrorKind) -> bool {
    matches!(kind, ErrorKind::InvalidSetting { .. })
}

fn is_url(kind: &ErrorKind) -> bool {
    matches!(kind, ErrorKind::InvalidUrl { .. })
}

/// What each provider that exists per site refuses.
#[track_caller]
fn refuses_bad_sites(site: impl Fn(&str) -> Result<Provider, Error>, end: &str) {
    refuses(site(&format!("http://site.example{end}")), |kind| {
        *kind == ErrorKind::InsecureEndpoint
    });
    for bad in ["", "site.example", "https://u:p@site.example", "https://site.example/?x=1"] {
        refuses(site(&format!("{bad}{end}")), is_url);
    }
    refuses(site(&format!("https://site.example{end}#x")), is_url);
}

#[test]
fn fatsecret_is_as_documented() {
    let provider = fatsecret();
    check(
        &provider,
        "GET https://authentication.fatsecret.com/oauth/request_token (Query)",
        "https://authentication.fatsecret.com/oauth/authorize oauth_token=TOKEN",
        "GET https://authentication.fatsecret.com/oauth/access_token (Query)",
        "HMAC-SHA1",
    );
    owns(
        &provider,
        &["https://platform.fatsecret.com/rest/server.api"],
        &["https://authentication.fatsecret.com/"],
    );
    assert_eq!(lifetime(&provider), Some(900));
    assert_eq!(provider.resource_origin(), "https://platform.fatsecret.com");
    assert_eq!(format!("{:?}", Provider::fatsecret()), format!("{provider:?}"));
    assert_eq!(provider.dialect().meaning(Place::Code, "9"), Some(Meaning::DeadToken));
}

#[test]
fn x_is_as_documented() {
    let provider = x();
    check(
        &provider,
        "POST https://api.x.com/oauth/request_token (Header)",
        "https://api.x.com/oauth/authorize oauth_token=TOKEN",
        "POST https://api.x.com/oauth/access_token (Header)",
        "HMAC-SHA1",
    );
    let page = provider.page(&Ask::new().with_page(x::AUTHENTICATE), "", "").0.to_owned();
    assert_eq!(page, "https://api.x.com/oauth/authenticate");
    assert_eq!(
        revocation(&provider),
        "POST https://api.x.com/1.1/oauth/invalidate_token.json (Header) signed"
    );
    owns(
        &provider,
        &["https://api.x.com/2/users/me", "https://upload.x.com/1.1/media/upload.json"],
        &["https://api.twitter.com/", "https://x.com/"],
    );
    let asked = x::ask(x::Access::Read);
    assert_eq!(asked.for_request(), [("x_auth_access_type".to_owned(), "read".to_owned())]);
    assert_eq!(provider.dialect().meaning(Place::ListedCode, "135"), Some(Meaning::Clock));
    assert_eq!(provider.dialect().meaning(Place::ListedCode, "89"), Some(Meaning::DeadToken));
    assert_eq!(provider.dialect().meaning(Place::ListedCode, "32"), Some(Meaning::Signature));
}

#[test]
fn trello_is_as_documented() {
    let provider = trello("Boards & more");
    check(
        &provider,
        "POST https://trello.com/1/OAuthGetRequestToken (Header)",
        "https://trello.com/1/OAuthAuthorizeToken name=Boards & more oauth_token=TOKEN",
        "POST https://trello.com/1/OAuthGetAccessToken (Header)",
        "HMAC-SHA1",
    );
    assert_eq!(
        revocation(&provider),
        "DELETE https://api.trello.com/1/tokens/{token} (Header) signed"
    );
    owns(&provider, &["https://api.trello.com/1/members/me", "https://trello.com/1/x"], &[]);
    let end = |ask: &Ask| provider.token_life().end(1000, |_| None, ask);
    for (expiration, expected) in [
        (trello::Expiration::OneHour, Some(4600)),
        (trello::Expiration::OneDay, Some(87_400)),
        (trello::Expiration::ThirtyDays, Some(2_593_000)),
        (trello::Expiration::Never, None),
    ] {
        assert_eq!(end(&trello::ask(&[], expiration)), expected, "{expiration:?}");
    }
    assert_eq!(end(&Ask::new()), Some(2_593_000), "30 days if nothing is asked for");
    let scopes = [trello::Scope::Read, trello::Scope::Write, trello::Scope::Account];
    let asked = trello::ask(&scopes, trello::Expiration::Never);
    let pairs: Vec<_> =
        asked.for_page().iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(pairs, [("expiration", "never"), ("scope", "read,write,account")]);
    let dead = provider.dialect().meaning(Place::Sentence, "invalid token");
    assert_eq!(dead, Some(Meaning::DeadToken));
}

#[test]
fn flickr_is_as_documented() {
    let provider = flickr();
    check(
        &provider,
        "GET https://www.flickr.com/services/oauth/request_token (Header)",
        "https://www.flickr.com/services/oauth/authorize oauth_token=TOKEN",
        "GET https://www.flickr.com/services/oauth/access_token (Header)",
        "HMAC-SHA1",
    );
    owns(
        &provider,
        &[
            "https://api.flickr.com/services/rest",
            "https://www.flickr.com/services/rest",
            "https://up.flickr.com/services/upload/",
        ],
        &["https://flickr.com/"],
    );
    let asked = flickr::ask(flickr::Permission::Delete);
    assert_eq!(asked.for_page(), [("perms".to_owned(), "delete".to_owned())]);
    assert_eq!(provider.dialect().meaning(Place::Code, "98"), Some(Meaning::DeadToken));
    assert_eq!(provider.dialect().meaning(Place::Code, "96"), Some(Meaning::Signature));
    assert_eq!(revocation(&provider), "");
}

#[test]
fn discogs_is_as_documented() {
    let provider = discogs("Crates/1.0 +https://crates.example").unwrap();
    check(
        &provider,
        "GET https://api.discogs.com/oauth/request_token (Header)",
        "https://www.discogs.com/oauth/authorize oauth_token=TOKEN",
        "POST https://api.discogs.com/oauth/access_token (Header)",
        "HMAC-SHA1",
    );
    assert_eq!(provider.user_agent().unwrap(), "Crates/1.0 +https://crates.example");
    owns(&provider, &["https://api.discogs.com/oauth/identity"], &["https://www.discogs.com/"]);
    let means = provider.dialect().meaning(Place::Sentence, "Invalid consumer.");
    assert_eq!(means, Some(Meaning::Consumer));
    refuses(discogs(""), is_setting);
}

#[test]
fn mediawiki_is_as_documented() {
    let provider = mediawiki("https://wiki.example/w/index.php").unwrap();
    check(
        &provider,
        // A query may be a secret, so it is not shown.
        "POST https://wiki.example/w/index.php (Header)",
        "https://wiki.example/w/index.php?title=Special:OAuth/authorize oauth_consumer_key=KEY oauth_token=TOKEN",
        "POST https://wiki.example/w/index.php (Header)",
        "HMAC-SHA1",
    );
    assert_eq!(
        [&provider.request_token().url, &provider.access_token().url],
        [
            "https://wiki.example/w/index.php?title=Special:OAuth/initiate",
            "https://wiki.example/w/index.php?title=Special:OAuth/token",
        ]
    );
    let log_in = Ask::new().with_page(mediawiki::AUTHENTICATE);
    assert_eq!(
        provider.page(&log_in, "", "").0,
        "https://wiki.example/w/index.php?title=Special:OAuth/authenticate"
    );
    assert_eq!(lifetime(&provider), Some(600));
    assert_eq!(provider.dialect().refusal_beginning(), Some("Error: "));
    let means = |place, said: &str| provider.dialect().meaning(place, said);
    for (said, meaning) in [
        ("No approved grant was found for that authorization token.", Meaning::DeadToken),
        ("Invalid request token: 0123", Meaning::DeadToken),
        ("Invalid token in your request.", Meaning::DeadToken),
        ("The verification code provided was not valid.", Meaning::Verifier),
        ("Invalid consumer", Meaning::Consumer),
        ("Invalid consumer key", Meaning::Consumer),
        ("Invalid signature", Meaning::Signature),
        ("Nonce already used: 17", Meaning::Nonce),
        ("Expired timestamp, yours 1, ours 2", Meaning::Clock),
    ] {
        for said in [
            said.to_owned(),
            format!("The authorization headers in your request are not valid: {said}"),
        ] {
            assert_eq!(means(Place::Sentence, &said), Some(meaning), "{said}");
        }
    }
    // Of an edit token that has expired.
    assert_eq!(means(Place::Sentence, "Invalid token"), None);
    for (said, meaning) in [
        ("mwoauthdatastore-access-token-not-found", Some(Meaning::DeadToken)),
        ("mwoauth-invalid-authorization-not-approved", Some(Meaning::Consumer)),
        ("mwoauth-invalid-authorization", None),
        ("mwoauth-invalid-authorization-invalid-user", None),
        ("mwoauth-invalid-authorization-blocked-user", None),
        ("mwoauth-invalid-authorization-wrong-wiki", None),
    ] {
        assert_eq!(means(Place::Word, said), meaning, "{said}");
    }
    for said in [
        "The authorization headers in your request are for a user that does not exist here",
        "The authorization headers in your request are not valid for dewiki",
    ] {
        assert_eq!(means(Place::Sentence, said), None, "{said}");
    }
    assert!(!provider.approval().is_registered());
    assert!(mediawiki::with_registered_callback(provider).approval().is_registered());
    let central = wikimedia("Sunflower/1.0 (me@sunflower.example)").unwrap();
    owns(
        &central,
        &["https://meta.wikimedia.org/w/api.php"],
        &["https://de.wikipedia.org/w/api.php"],
    );
    assert_eq!(
        central.request_token().url,
        "https://meta.wikimedia.org/w/index.php?title=Special:OAuth/initiate"
    );
    assert_eq!(central.user_agent().unwrap(), "Sunflower/1.0 (me@sunflower.example)");
    refuses(wikimedia(" "), is_setting);
    refuses(mediawiki("https://wiki.example/wiki/"), is_url);
    refuses_bad_sites(mediawiki, "/w/index.php");
}

#[test]
fn tumblr_is_as_documented() {
    let provider = tumblr();
    check(
        &provider,
        "POST https://www.tumblr.com/oauth/request_token (Header)",
        "https://www.tumblr.com/oauth/authorize oauth_token=TOKEN",
        "POST https://www.tumblr.com/oauth/access_token (Header)",
        "HMAC-SHA1",
    );
    owns(&provider, &["https://api.tumblr.com/v2/user/info"], &["https://www.tumblr.com/"]);
}

#[cfg(feature = "hmac-sha2")]
#[test]
fn netsuite_is_as_documented() {
    let provider = netsuite("1234567_sb1").unwrap();
    check(
        &provider,
        "POST https://1234567-sb1.restlets.api.netsuite.com/rest/requesttoken (Header)",
        "https://1234567-sb1.app.netsuite.com/app/login/secure/authorizetoken.nl oauth_token=TOKEN",
        "POST https://1234567-sb1.restlets.api.netsuite.com/rest/accesstoken (Header)",
        "HMAC-SHA256",
    );
    assert_eq!(provider.signing().realm(), Some("1234567_SB1"));
    assert_eq!(
        revocation(&provider),
        "GET https://1234567-sb1.restlets.api.netsuite.com/rest/revoketoken (Header) signed"
    );
    assert!(provider.approval().is_denial(""));
    assert!(!provider.approval().is_denial("v"));
    owns(
        &provider,
        &[
            "https://1234567-sb1.restlets.api.netsuite.com/app/site/hosting/restlet.nl",
            "https://1234567-sb1.suitetalk.api.netsuite.com/services/rest/record/v1/customer",
        ],
        &["https://1234567.suitetalk.api.netsuite.com/"],
    );
    assert_eq!(netsuite("TSTDRV1").unwrap().signing().realm(), Some("TSTDRV1"));
    for bad in ["", "_", "1234567_", "_SB1", "1-2", "1.evil.example/", "1_2_3", "é", "a b"] {
        refuses(netsuite(bad), is_setting);
    }
    let asked = netsuite::ask("abc123").unwrap();
    assert_eq!(asked.for_page(), [("state".to_owned(), "abc123".to_owned())]);
    for bad in ["", "a b", "a-b", &"x".repeat(513)] {
        refuses(netsuite::ask(bad), is_setting);
    }
}

#[test]
fn etrade_is_as_documented() {
    let provider = etrade();
    for provider in [&provider, &etrade_sandbox()] {
        check(
            provider,
            "GET https://api.etrade.com/oauth/request_token (Header)",
            "https://us.etrade.com/e/t/etws/authorize key=KEY token=TOKEN",
            "GET https://api.etrade.com/oauth/access_token (Header)",
            "HMAC-SHA1",
        );
        assert_eq!(
            revocation(provider),
            "GET https://api.etrade.com/oauth/revoke_access_token (Header) signed"
        );
        let renewal = provider.token_life().renewal().unwrap();
        assert_eq!(
            format!("{:?}", renewal.call),
            "GET https://api.etrade.com/oauth/renew_access_token (Header)"
        );
        assert_eq!(lifetime(provider), Some(300));
        assert_eq!(provider.token_life().idle_limit().map(|idle| idle.as_secs()), Some(7200));
        // 2026-01-01 05:00 UTC, midnight in New York; the next 04:00 UTC is a day less an hour later.
        let granted_at = 1_767_243_600;
        let end = provider.token_life().end(granted_at, |_| None, &Ask::new());
        assert_eq!(end, Some(granted_at + 23 * 3600));
        assert!(provider.approval().is_registered());
        assert!(provider.approval().accepts_callback_without_token());
        assert!(provider.approval().is_confirmed(Some("false"), true));
        assert!(!provider.approval().is_confirmed(Some("false"), false));
        assert!(!provider.approval().is_confirmed(None, true));
    }
    owns(&provider, &["https://api.etrade.com/v1/accounts/list"], &["https://us.etrade.com/"]);
    owns(
        &etrade_sandbox(),
        &["https://apisb.etrade.com/v1/accounts/list"],
        &["https://api.etrade.com/v1/accounts/list"],
    );
}

#[cfg(feature = "hmac-sha2")]
#[test]
fn magento_is_as_documented() {
    let provider = magento("https://shop.example/store/").unwrap();
    check(
        &provider,
        "POST https://shop.example/store/oauth/token/request (Header)",
        "https://shop.example/store/ oauth_token=TOKEN",
        "POST https://shop.example/store/oauth/token/access (Header)",
        "HMAC-SHA256",
    );
    assert!(provider.approval().is_confirmed(None, true));
    assert!(!provider.approval().is_confirmed(Some("false"), true));
    owns(&provider, &["https://shop.example/store/rest/V1/orders"], &["https://example/"]);
    refuses_bad_sites(magento, "");
}

#[cfg(feature = "hmac-sha2")]
#[test]
fn an_activation_is_of_the_shop_that_is_set_up() {
    const FORM: &str = "oauth_consumer_key=k1&oauth_consumer_secret=s%201&\
        oauth_verifier=v1&store_base_url=https%3A%2F%2FShop.example%2Fstore%2F";
    let read = |form: &str| magento::Activation::read("https://shop.example:443/store", form);
    let activation = read(FORM).unwrap();
    assert_eq!((activation.consumer().key(), activation.verifier()), ("k1", "v1"));
    assert_eq!(format!("{activation:?}"), "Activation(..)");
    let is_unreadable =
        |kind: &ErrorKind| matches!(kind, ErrorKind::Callback(CallbackError::Unreadable { .. }));
    for other in [
        FORM.replace("Shop.example", "other.example"),
        FORM.replace("https", "http"),
        FORM.replace("%2Fstore%2F", "%2F"),
        FORM.replace("%2Fstore%2F", "%2Fstore%2F%3Fx"),
        FORM.replace("v1", ""),
        FORM.replace("oauth_verifier", "verifier"),
        format!("{FORM}&oauth_verifier=v2"),
        "x".repeat(70_000),
        "oauth_consumer_key=%FF".to_owned(),
        String::new(),
    ] {
        refuses(read(&other), is_unreadable);
    }
}

#[test]
fn smugmug_is_as_documented() {
    let provider = smugmug();
    check(
        &provider,
        "POST https://api.smugmug.com/services/oauth/1.0a/getRequestToken (Header)",
        "https://api.smugmug.com/services/oauth/1.0a/authorize oauth_token=TOKEN",
        "POST https://api.smugmug.com/services/oauth/1.0a/getAccessToken (Header)",
        "HMAC-SHA1",
    );
    owns(
        &provider,
        &["https://api.smugmug.com/api/v2!authuser", "https://upload.smugmug.com/"],
        &["https://www.smugmug.com/"],
    );
    assert_eq!(lifetime(&provider), Some(300));
    let asked = smugmug::ask(smugmug::Access::Full, smugmug::Permissions::Modify);
    let pairs: Vec<_> =
        asked.for_page().iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(pairs, [("Access", "Full"), ("Permissions", "Modify")]);
}

#[test]
fn zotero_is_as_documented() {
    let provider = zotero("Papers");
    check(
        &provider,
        "POST https://www.zotero.org/oauth/request (Header)",
        "https://www.zotero.org/oauth/authorize name=Papers oauth_token=TOKEN",
        "POST https://www.zotero.org/oauth/access (Header)",
        "HMAC-SHA1",
    );
    assert_eq!(
        revocation(&provider),
        "DELETE https://api.zotero.org/keys/{secret} (Header) not signed"
    );
    owns(&provider, &[], &["https://api.zotero.org/users/1/items", "https://www.zotero.org/"]);
    let library = zotero::Library { read: true, write: true, ..zotero::Library::default() };
    let asked = zotero::ask(library, zotero::Groups::Read);
    let pairs: Vec<_> =
        asked.for_page().iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(
        pairs,
        [
            ("library_access", "1"),
            ("notes_access", "0"),
            ("write_access", "1"),
            ("all_groups", "read")
        ]
    );
}

#[test]
fn atlassian_is_as_documented() {
    let at = |base: &str| atlassian_data_center(base, rsa("RSA-SHA1"));
    let provider = at("https://work.example/jira/").unwrap();
    check(
        &provider,
        "POST https://work.example/jira/plugins/servlet/oauth/request-token (Header)",
        "https://work.example/jira/plugins/servlet/oauth/authorize oauth_token=TOKEN",
        "POST https://work.example/jira/plugins/servlet/oauth/access-token (Header)",
        "RSA-SHA1",
    );
    assert!(provider.approval().is_denial("denied"));
    assert!(!provider.approval().is_denial(""));
    let life = provider.token_life();
    let field = |name: &str| (name == "oauth_expires_in").then_some("157680000");
    assert_eq!(life.end(1000, field, &Ask::new()), Some(157_681_000));
    assert!(life.renewal().unwrap().session_handle);
    refuses_bad_sites(at, "");
    let wrong = atlassian_data_center("https://work.example", SignatureMethod::HmacSha1);
    refuses(wrong, is_setting);
}

#[test]
fn usos_is_as_documented() {
    let provider = usos("https://apps.usos.example/").unwrap();
    check(
        &provider,
        "POST https://apps.usos.example/services/oauth/request_token (Header)",
        "https://apps.usos.example/services/oauth/authorize oauth_token=TOKEN",
        "POST https://apps.usos.example/services/oauth/access_token (Header)",
        "HMAC-SHA1",
    );
    assert_eq!(
        revocation(&provider),
        "POST https://apps.usos.example/services/oauth/revoke_token (Header) signed"
    );
    let asked = usos::confirming(usos::ask(&["studies", usos::OFFLINE_ACCESS]));
    let scopes = ("scopes".to_owned(), "studies|offline_access".to_owned());
    assert_eq!(asked.for_request(), [scopes]);
    let page = ("interactivity".to_owned(), "confirm_user".to_owned());
    assert_eq!(asked.for_page(), [page]);
    refuses_bad_sites(usos, "");
    refuses(usos("https://usos.example/apps"), is_url);
}

#[test]
fn okapi_is_as_documented() {
    let provider = okapi("https://caches.example").unwrap();
    check(
        &provider,
        "POST https://caches.example/okapi/services/oauth/request_token (Header)",
        "https://caches.example/okapi/services/oauth/authorize oauth_token=TOKEN",
        "POST https://caches.example/okapi/services/oauth/access_token (Header)",
        "HMAC-SHA1",
    );
    let meaning = |word| provider.dialect().meaning(Place::Word, word);
    assert_eq!(meaning("invalid_timestamp"), Some(Meaning::Clock));
    assert_eq!(meaning("invalid_token"), Some(Meaning::DeadToken));
    assert_eq!(meaning("access_denied"), Some(Meaning::Denied));
    refuses_bad_sites(okapi, "");
}

#[test]
fn woocommerce_is_for_shops_without_tls() {
    let signing = insecure_woocommerce("http://shop.example").unwrap();
    assert_eq!(signing.method().name(), "HMAC-SHA1");
    assert_eq!(format!("{:?}", signing.transmission()), "Query");
    assert!(!signing.sends_version());
    signs_for(
        |uri| Provider::signing_only(signing.clone()).owns(uri),
        &["http://shop.example/wp-json/wc/v3/orders"],
        &["https://shop.example/", "http://other.example/"],
    );
    refuses(insecure_woocommerce("https://shop.example"), is_setting);
    refuses(insecure_woocommerce("HTTPS://shop.example/x"), is_setting);
    for bad in ["", "shop.example", "http://shop.example/blog", "http://u@shop.example"] {
        refuses(insecure_woocommerce(bad), is_url);
    }
}

#[test]
fn mastercard_signs_the_hash_of_every_body_that_is_no_form() {
    let signing: Signing = mastercard(rsa("RSA-SHA256")).unwrap();
    assert_eq!(signing.method().name(), "RSA-SHA256");
    assert!(signing.has_body_hash());
    assert_eq!(format!("{:?}", signing.transmission()), "Header");
    signs_for(
        |uri| Provider::signing_only(signing.clone()).owns(uri),
        &["https://api.mastercard.com/x", "https://sandbox.api.mastercard.com/x"],
        &["https://mastercard.com/"],
    );
    refuses(mastercard(rsa("RSA-SHA1")), is_setting);
    refuses(mastercard(SignatureMethod::HmacSha1), is_setting);
}
