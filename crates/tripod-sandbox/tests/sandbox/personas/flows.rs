//! From the request token to the first resource, and what the replies and the callbacks look like.

use serde_json::json;
use tripod_sandbox::{Endpoint, Fault, PageError, Persona, Sandbox};

use super::{ROUTES, like, route, tokens};
use crate::support::*;

#[test]
fn each_persona_goes_the_whole_way() {
    for route in ROUTES {
        let sandbox = like(route.persona).start_blocking().unwrap();
        let (token, secret) = tokens(&route.grant(&sandbox, route.callback()));
        let mut call = route.data(&sandbox, &token, &secret).query("q", "a+b c/\u{e9}");
        if route.persona == Persona::Zotero {
            call.way = Way::Query;
            call.oauth.clear();
            call.extra_head = format!("Zotero-API-Key: {token}\r\n");
        }
        let reply = call.send(&sandbox);
        assert_eq!(reply.status, 200, "{}: {}", route.persona, reply.text());
        let answer = reply.json();
        assert_eq!(answer["user"], "ada", "{answer}");
        assert_eq!(answer["persona"], route.persona.name());
        let last = sandbox.log().pop().unwrap();
        assert_eq!(
            (last.endpoint, last.refusal),
            (Some(Endpoint::Data), None),
            "{}",
            route.persona
        );
    }
}

/// A reply as pairs, in their order, with the values that differ each time replaced by their length.
#[track_caller]
fn fields(reply: &Reply) -> Vec<(String, String)> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(&reply.body).unwrap();
    let shown = |value: String| if value.len() >= 32 { value.len().to_string() } else { value };
    pairs.into_iter().map(|(name, value)| (name, shown(value.trim_end().to_owned()))).collect()
}

#[track_caller]
fn granted(persona: Persona, expected: &[(&str, &str)]) {
    let route = route(persona);
    let sandbox = like(persona).start_blocking().unwrap();
    let reply = route.grant(&sandbox, route.callback());
    let expected: Vec<(String, String)> =
        expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    assert_eq!(fields(&reply)[2..], expected, "{persona}");
}

#[test]
fn a_grant_has_the_providers_own_fields() {
    granted(Persona::X, &[("user_id", "1"), ("screen_name", "ada")]);
    granted(
        Persona::Flickr,
        &[
            ("fullname", "Ada, Countess of Lov\u{e9}lace"),
            ("user_nsid", "12345678@N00"),
            ("username", "ada"),
        ],
    );
    granted(Persona::MediaWiki, &[("oauth_callback_confirmed", "true")]);
    granted(Persona::Zotero, &[("userID", "1"), ("username", "ada")]);
    granted(
        Persona::Atlassian,
        &[
            ("oauth_expires_in", "157680000"),
            ("oauth_session_handle", "32"),
            ("oauth_authorization_expires_in", "160272000"),
        ],
    );
    for bare in [Persona::Trello, Persona::Discogs, Persona::Tumblr, Persona::SmugMug] {
        granted(bare, &[]);
    }
}

#[test]
fn replies_have_the_providers_order_type_and_end() {
    let issued = |persona| {
        let route = route(persona);
        let sandbox = like(persona).start_blocking().unwrap();
        let reply = route.request(&sandbox, route.callback()).send(&sandbox);
        (fields(&reply), reply)
    };
    let (pairs, reply) = issued(Persona::Flickr);
    assert_eq!(pairs[0], ("oauth_callback_confirmed".to_owned(), "true".to_owned()));
    assert_eq!(reply.header("content-type"), Some("text/plain;charset=UTF-8"));
    let (_, reply) = issued(Persona::X);
    assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(issued(Persona::NetSuite).1.text().ends_with("=true\n"));
    assert_eq!(issued(Persona::Magento).0.len(), 2, "nothing is confirmed");
    let (pairs, reply) = issued(Persona::Etrade);
    assert_eq!(pairs[2].1, "false", "no callback is registered");
    assert!(reply.field("oauth_token").unwrap().ends_with("/+="));
}

#[test]
fn codes_look_as_people_know_them() {
    for (persona, length, dashes) in [
        (Persona::X, 7, 0),
        (Persona::Flickr, 11, 2),
        (Persona::SmugMug, 6, 0),
        (Persona::Okapi, 8, 0),
        (Persona::Etrade, 5, 0),
    ] {
        let route = route(persona);
        let sandbox = like(persona).start_blocking().unwrap();
        let (_, _, page) = route.issue(&sandbox, "oob");
        let approval = sandbox.approve(&page).unwrap();
        let code = approval.verifier().unwrap();
        assert_eq!((code.len(), code.matches('-').count()), (length, dashes), "{persona}: {code}");
    }
}

const BACK: &str = "https://app.example/back";

#[test]
fn callbacks_come_back_as_the_provider_sends_them() {
    let check = |persona, callback: &str, expected: &str| {
        let route = route(persona);
        let sandbox =
            like(persona).registered_callback(BACK).verifier("v").start_blocking().unwrap();
        let (token, _, page) = route.issue(&sandbox, callback);
        let approval = sandbox.approve(&page).unwrap();
        let expected = expected.replace("TOKEN", &token);
        assert_eq!(approval.callback_url(), Some(&*expected), "{persona}");
    };
    check(Persona::X, BACK, "https://app.example/back?oauth_token=TOKEN&oauth_verifier=v");
    check(Persona::Tumblr, BACK, "https://app.example/back?oauth_token=TOKEN&oauth_verifier=v#_=_");
    check(
        Persona::NetSuite,
        BACK,
        "https://app.example/back?oauth_token=TOKEN&oauth_verifier=v&company=1234567_SB1&role=3\
         &entity=7&state=abc123",
    );
    // Asked for out of band, and sent back all the same.
    check(Persona::Etrade, "oob", "https://app.example/back?oauth_verifier=v");
    check(Persona::MediaWiki, "oob", "https://app.example/back?oauth_token=TOKEN&oauth_verifier=v");
}

#[test]
fn netsuite_names_the_account_of_the_sandbox() {
    let sandbox = like(Persona::NetSuite).site("7654321_sb2").start_blocking().unwrap();
    let mut call = route(Persona::NetSuite).request(&sandbox, BACK);
    call.realm = "7654321_SB2";
    let token = call.send(&sandbox).field("oauth_token").unwrap();
    let page = format!(
        "https://7654321-sb2.app.netsuite.com/app/login/secure/authorizetoken.nl?oauth_token={token}"
    );
    let approval = sandbox.approve(&page).unwrap();
    assert!(approval.callback_url().unwrap().contains("&company=7654321_SB2&"), "{approval:?}");
}

#[test]
fn a_denial_comes_back_as_the_provider_sends_it() {
    let check = |persona, expected: Option<&str>| {
        let route = route(persona);
        let sandbox = like(persona).start_blocking().unwrap();
        let (token, _, page) = route.issue(&sandbox, BACK);
        let approval = sandbox.deny(&page).unwrap();
        let expected = expected.map(|query| format!("{BACK}?{}", query.replace("TOKEN", &token)));
        assert_eq!((approval.callback_url(), approval.verifier()), (expected.as_deref(), None));
        assert_eq!(persona.denials().len(), 1, "{persona}");
    };
    check(Persona::X, Some("denied=TOKEN"));
    check(Persona::Atlassian, Some("oauth_token=TOKEN&oauth_verifier=denied"));
    check(Persona::Okapi, Some("error=access_denied&oauth_token=TOKEN"));
    check(
        Persona::NetSuite,
        Some("oauth_token=TOKEN&oauth_verifier=&company=1234567_SB1&role=3&entity=7&state=abc123"),
    );
    check(Persona::MediaWiki, None);
}

/// Nobody has written down what these do, so each form that is known of any provider can be asked for.
#[test]
fn where_a_denial_is_not_known_each_form_can_be_had() {
    for persona in [
        Persona::Trello,
        Persona::Flickr,
        Persona::SmugMug,
        Persona::Discogs,
        Persona::Tumblr,
        Persona::Zotero,
    ] {
        assert_eq!(persona.denials().len(), 9, "{persona}");
        let route = route(persona);
        for denial in persona.denials() {
            let sandbox = like(persona).denial(*denial).start_blocking().unwrap();
            let (token, secret, page) = route.issue(&sandbox, BACK);
            let approval = sandbox.deny(&page).unwrap();
            assert_eq!(approval.verifier(), None, "{persona} {denial:?}");
            let refused = route.access(&sandbox, &token, &secret, "denied").send(&sandbox);
            assert!((400..=403).contains(&refused.status), "{persona} {denial:?}");
        }
    }
}

#[test]
fn a_page_wants_what_the_provider_wants_of_its_url() {
    let check = |persona, page: &str, error| {
        let route = route(persona);
        let sandbox = like(persona).start_blocking().unwrap();
        let (token, _, good) = route.issue(&sandbox, route.callback());
        let page = page.replace("{token}", &enc(&token));
        assert_eq!(sandbox.approve(&page).unwrap_err(), error, "{persona} {page}");
        assert!(sandbox.approve(&good).is_ok(), "{persona}");
    };
    let etrade = "https://us.etrade.com/e/t/etws/authorize";
    check(Persona::Etrade, &format!("{etrade}?token={{token}}"), PageError::WrongConsumerKey);
    check(
        Persona::Etrade,
        &format!("{etrade}?key=other&token={{token}}"),
        PageError::WrongConsumerKey,
    );
    check(
        Persona::Etrade,
        &format!("{etrade}?key=key%201&oauth_token={{token}}"),
        PageError::NoToken,
    );
    check(
        Persona::Etrade,
        "https://api.etrade.com/e/t/etws/authorize?key=key%201&token={token}",
        PageError::OtherAddress,
    );
    let trello = "https://trello.com/1/OAuthAuthorizeToken?oauth_token={token}";
    for bad in ["scope=read,all", "expiration=2days", "scope="] {
        check(Persona::Trello, &format!("{trello}&{bad}"), PageError::BadParameter);
    }
    let flickr = "https://www.flickr.com/services/oauth/authorize?oauth_token={token}";
    check(Persona::Flickr, &format!("{flickr}&perms=all"), PageError::BadParameter);
    check(
        Persona::NetSuite,
        "https://1234567-sb1.app.netsuite.com/app/login/secure/authorizetoken.nl\
         ?oauth_token={token}&state=a-b",
        PageError::BadParameter,
    );
    check(
        Persona::MediaWiki,
        "https://meta.wikimedia.org/w/index.php?title=Special:OAuth/authorize&oauth_token={token}",
        PageError::WrongConsumerKey,
    );
}

#[test]
fn the_page_works_in_a_browser_with_the_providers_names() {
    let sandbox = like(Persona::Trello).start_blocking().unwrap();
    let (_, _, page) = route(Persona::Trello).issue(&sandbox, "oob");
    let target = page.strip_prefix("https://trello.com").unwrap();
    let get = format!("GET {target} HTTP/1.1\r\nHost: {{host}}\r\nConnection: close\r\n\r\n");
    let reply = parse(&raw(&sandbox, &get));
    let html = reply.text();
    assert!(html.contains("<b>Lists</b> asks for access"), "{html}");
    let value = |name: &str| {
        let (_, rest) = html.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    };
    assert_eq!(value("page.expiration"), "1hour");
    let form = format!(
        "oauth_token={}&form={}&page.name=Lists&page.scope=read&page.expiration=1hour&name=ada\
         &password=lovelace&answer=allow",
        value("oauth_token"),
        value("form")
    );
    let cookie = reply.header("set-cookie").unwrap();
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap();
    let post = format!(
        "POST /1/OAuthAuthorizeToken HTTP/1.1\r\nHost: {{host}}\r\nConnection: close\r\n\
         Cookie: {cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n{form}",
        form.len()
    );
    let answer = parse(&raw(&sandbox, &post));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(answer.text().contains("Access allowed"));
}

#[test]
fn magento_pushes_the_verifier_and_asks_nobody() {
    let sandbox = like(Persona::Magento)
        .site("https://shop.example/eu/")
        .verifier("pushed")
        .start_blocking()
        .unwrap();
    assert_eq!(
        sandbox.activate().unwrap(),
        "oauth_consumer_key=key%201&oauth_consumer_secret=consumer%26secret\
         &store_base_url=https%3A%2F%2Fshop.example%2Feu%2F&oauth_verifier=pushed"
    );
    let (token, secret) = tokens(&magento_request(&sandbox));
    let exchange = |verifier: &str| magento_exchange(&sandbox, &token, &secret, verifier);
    let refused = exchange("guessed");
    assert_eq!((refused.status, refused.text()), (401, "oauth_problem=verifier_invalid"));
    assert_eq!(exchange("pushed").status, 200);
    // Nobody else pushes anything.
    assert_eq!(like(Persona::X).start_blocking().unwrap().activate(), None);
}

#[test]
fn a_pushed_verifier_counts_for_one_request_token() {
    let sandbox = like(Persona::Magento).site("https://shop.example/eu/").start_blocking().unwrap();
    let pushed = || sandbox.activate().unwrap().rsplit_once('=').unwrap().1.to_owned();
    let issued = || tokens(&magento_request(&sandbox));
    let exchange = |(token, secret): &(String, String), verifier: &str| {
        magento_exchange(&sandbox, token, secret, verifier).status
    };
    let early = issued();
    let verifier = pushed();
    let (first, second) = (issued(), issued());
    assert_eq!(exchange(&early, &verifier), 401);
    assert_eq!(exchange(&second, &verifier), 401);
    assert_eq!(exchange(&first, &verifier), 200);
    assert_eq!(exchange(&first, &verifier), 401);
    assert_eq!(exchange(&issued(), &verifier), 401, "the merchant has to activate it again");
    // A reply without a usable token does not use the verifier up.
    let verifier = pushed();
    sandbox.inject(Fault::NoSecret);
    assert_eq!(magento_request(&sandbox).field("oauth_token_secret"), None);
    assert_eq!(exchange(&issued(), &verifier), 200);
}

fn magento_request(sandbox: &Sandbox) -> Reply {
    let mut call = route(Persona::Magento).call(sandbox, "POST", "/eu/oauth/token/request");
    call.extra_head.clear();
    call.send(sandbox)
}

fn magento_exchange(sandbox: &Sandbox, token: &str, secret: &str, verifier: &str) -> Reply {
    let call = route(Persona::Magento).call(sandbox, "POST", "/eu/oauth/token/access");
    call.token(token, secret).set("oauth_verifier", verifier).send(sandbox)
}

#[test]
fn those_who_only_sign_are_answered_without_a_token() {
    let sandbox = like(Persona::WooCommerce).start_blocking().unwrap();
    let call = || Call::new("GET", sandbox.origin() + "/wp-json/wc/v3/orders", Way::Query);
    let answer = call().without("oauth_version").query("status", "on-hold").send(&sandbox).json();
    assert_eq!(
        (&answer["user"], &answer["query"][0]),
        (&json!(null), &json!(["status", "on-hold"]))
    );
    // What stands in a form is not signed.
    let mut post = call().set("oauth_signature_method", "HMAC-SHA256");
    post.verb = "POST";
    let signed = post.signed().form("note", "late");
    assert_eq!(parse(&signed.send_as_is(&sandbox)).status, 200);

    let sandbox = like(Persona::Mastercard).start_blocking().unwrap();
    let call = |hash: &str| {
        Call::new("GET", sandbox.origin() + "/network/status", Way::Header)
            .set("oauth_signature_method", "RSA-SHA256")
            .set("oauth_body_hash", hash)
    };
    // SHA-256 of nothing.
    let empty = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    assert_eq!(call(empty).send(&sandbox).status, 200);
    assert_eq!(call("wrong").send(&sandbox).status, 401);
    let without = call("").send(&sandbox);
    assert_eq!(without.status, 400, "{}", without.text());
    // A form cannot have the hash that every body needs.
    for hash in [empty, ""] {
        let mut form = call(hash).form("name", "value");
        form.verb = "POST";
        assert_eq!(form.send(&sandbox).status, 401);
        let refusal = sandbox.log().pop().unwrap().refusal.unwrap();
        assert!(refusal.ends_with("a form body cannot have one: send JSON"), "{refusal}");
    }
}

#[test]
fn who_the_user_is_can_be_asked() {
    let sandbox = like(Persona::Discogs).application("Crates").start_blocking().unwrap();
    let route_of = route(Persona::Discogs);
    let (token, secret) = tokens(&route_of.grant(&sandbox, "oob"));
    let call = route_of.call(&sandbox, "GET", "/oauth/identity").token(&token, &secret);
    assert_eq!(
        call.send(&sandbox).json(),
        json!({
            "id": 1,
            "username": "ada",
            "resource_url": "https://api.discogs.com/users/ada",
            "consumer_name": "Crates",
        })
    );

    let sandbox = like(Persona::MediaWiki).start_blocking().unwrap();
    let route_of = route(Persona::MediaWiki);
    let (token, secret) = tokens(&route_of.grant(&sandbox, "oob"));
    let identify = "/w/index.php?title=Special:OAuth/identify";
    let call = route_of.call(&sandbox, "POST", identify).token(&token, &secret);
    let call = call.set("oauth_nonce", "nonce-of-the-request");
    let reply = call.send(&sandbox);
    let [head, claims, signature]: [&str; 3] =
        reply.text().split('.').collect::<Vec<_>>().try_into().unwrap();
    assert_eq!(signature.len(), 43, "HMAC-SHA256 in base64");
    let decoded = |part: &str| -> serde_json::Value {
        use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    };
    assert_eq!(decoded(head)["alg"], "HS256");
    let claims = decoded(claims);
    assert_eq!(claims["nonce"], "nonce-of-the-request");
    assert_eq!((&claims["username"], &claims["aud"]), (&json!("ada"), &json!(KEY)));
    assert_eq!(claims["iss"], "https://meta.wikimedia.org");
}

#[test]
fn flickr_signs_the_text_parts_of_an_upload() {
    let sandbox = like(Persona::Flickr).start_blocking().unwrap();
    let route = route(Persona::Flickr);
    let (token, secret) = tokens(&route.grant(&sandbox, "oob"));
    let upload = |signed_title: &str| {
        let call = route
            .call(&sandbox, "POST", "/services/upload/")
            .token(&token, &secret)
            .form("title", signed_title)
            .signed();
        let body = "--b\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nA cat\r\n\
                    --b\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"c.jpg\"\r\n\
                    Content-Type: image/jpeg\r\n\r\n\u{fffd}\u{fffd}\r\n--b--\r\n";
        let mut call = call;
        call.form.clear();
        call.extra_head += "Content-Type: multipart/form-data; boundary=b\r\n";
        let text = call.text("close");
        let text = text.replace("Content-Length: 0", &format!("Content-Length: {}", body.len()));
        parse(&raw(&sandbox, &(text + body)))
    };
    assert!(upload("A cat").text().contains("<photoid>"));
    assert!(upload("A dog").text().contains("code=\"96\""));
}
