//! What each provider does not accept.

use tripod_sandbox::Persona;

use super::{ROUTES, like, route, tokens};
use crate::support::*;

/// Sends a spoiled request-token call, and checks what the log says of it.
#[track_caller]
fn refused(persona: Persona, spoil: impl Fn(Call) -> Call, reason: &str) {
    let route = route(persona);
    let sandbox = like(persona).start_blocking().unwrap();
    let good = route.request(&sandbox, route.callback()).send(&sandbox);
    assert!(good.field("oauth_token").is_some(), "{persona}: {}", good.text());
    let reply = spoil(route.request(&sandbox, route.callback())).send(&sandbox);
    let refusal = sandbox.log().pop().unwrap().refusal;
    assert_eq!(refusal.as_deref(), Some(reason), "{persona}: {}", reply.text());
    let is_told_with_200 = persona == Persona::MediaWiki;
    assert_eq!(reply.status == 200, is_told_with_200, "{persona}: {}", reply.text());
}

const OTHER_VERB: &str = "this endpoint does not accept the HTTP method";
const IN_QUERY: &str = "the OAuth parameters are in the query, which this endpoint does not read with this HTTP method";
const IN_FORM: &str = "the OAuth parameters are in the form body, which this endpoint does not read with this HTTP method";

fn with(verb: &'static str, way: Way) -> impl Fn(Call) -> Call {
    move |mut call| {
        (call.verb, call.way) = (verb, way);
        call
    }
}

#[test]
fn a_wrong_method_is_refused() {
    for persona in [
        Persona::Atlassian,
        Persona::Magento,
        Persona::MediaWiki,
        Persona::NetSuite,
        Persona::Tumblr,
        Persona::X,
    ] {
        refused(persona, with("GET", Way::Header), OTHER_VERB);
    }
    refused(Persona::Etrade, with("POST", Way::Header), OTHER_VERB);
    for route in ROUTES {
        refused(route.persona, with("PUT", Way::Header), OTHER_VERB);
    }
}

#[test]
fn a_wrong_place_is_refused() {
    for route in ROUTES {
        let reads_query = [Persona::Etrade, Persona::Flickr, Persona::Okapi, Persona::Usos];
        if !reads_query.contains(&route.persona) {
            refused(route.persona, with(route.verb, Way::Query), IN_QUERY);
        }
    }
    for persona in [Persona::Flickr, Persona::Trello, Persona::SmugMug, Persona::Discogs] {
        refused(persona, with("POST", Way::Form), IN_FORM);
    }
}

#[test]
fn x_reads_callback_and_verifier_beside_the_header() {
    let route = route(Persona::X);
    let sandbox = like(Persona::X).start_blocking().unwrap();
    let call = route.call(&sandbox, "POST", route.request).form("oauth_callback", "oob");
    let (token, secret) = tokens(&call.send(&sandbox));
    let page = route.page.replace("{token}", &token);
    let approval = sandbox.approve(&page).unwrap();
    let call = route.call(&sandbox, "POST", route.access).token(&token, &secret);
    let call = call.form("oauth_verifier", approval.verifier().unwrap());
    assert_eq!(call.send(&sandbox).status, 200);
    // Others want all of them in one place.
    refused(
        Persona::Tumblr,
        |call| call.without("oauth_callback").form("oauth_callback", "oob"),
        "the OAuth parameters are in more than one place",
    );
}

#[test]
fn a_program_that_does_not_say_what_it_is_is_refused() {
    let agent = "User-Agent must name the application";
    for head in ["", "User-Agent: \r\n", "User-Agent: tripod/0.1.0\r\n"] {
        refused(
            Persona::Discogs,
            |mut call| {
                call.extra_head = head.to_owned();
                call
            },
            agent,
        );
    }
    let sandbox = like(Persona::MediaWiki).start_blocking().unwrap();
    let mut call = route(Persona::MediaWiki).request(&sandbox, "oob");
    call.extra_head.clear();
    assert_eq!(call.send(&sandbox).status, 403);
}

#[test]
fn a_wrong_signature_method_is_refused() {
    let sha1 = |call: Call| call.set("oauth_signature_method", "HMAC-SHA1");
    let sha256 = |call: Call| call.set("oauth_signature_method", "HMAC-SHA256");
    let reason = |method: &str| format!("the signature method {method} is not accepted");
    for persona in [Persona::NetSuite, Persona::Magento, Persona::Atlassian] {
        refused(persona, sha1, &reason("HMAC-SHA1"));
    }
    for persona in [Persona::X, Persona::Flickr, Persona::Tumblr, Persona::Etrade] {
        refused(persona, sha256, &reason("HMAC-SHA256"));
    }
}

#[test]
fn parameters_that_the_provider_knows_have_values_that_exist() {
    let wrong = |name: &str| format!("the parameter {name} has a value that does not exist");
    let ask = |name: &'static str, value: &'static str| {
        move |mut call: Call| {
            call.query.retain(|(known, _)| known != name);
            call.query(name, value)
        }
    };
    refused(Persona::X, ask("x_auth_access_type", "admin"), &wrong("x_auth_access_type"));
    refused(Persona::Usos, ask("scopes", "email||offline"), &wrong("scopes"));
    // In a form they count as well.
    let route = route(Persona::X);
    let sandbox = like(Persona::X).start_blocking().unwrap();
    let call = route.call(&sandbox, "POST", "/oauth/request_token").set("oauth_callback", "oob");
    assert_eq!(call.form("x_auth_access_type", "admin").send(&sandbox).status, 401);
}

#[test]
fn netsuite_wants_its_account_as_the_realm_and_timestamps_that_rise() {
    let route = route(Persona::NetSuite);
    let sandbox = like(Persona::NetSuite).start_blocking().unwrap();
    let (token, secret) = tokens(&route.grant(&sandbox, route.callback()));
    let realm = "the realm of the header must be the account";
    let last = || sandbox.log().pop().unwrap().refusal;
    for wrong in ["1234567_sb1", "1234567-sb1", "other"] {
        let mut call = route.data(&sandbox, &token, &secret);
        call.realm = wrong;
        assert_eq!(call.send(&sandbox).status, 401);
        assert_eq!(last().as_deref(), Some(realm), "{wrong}");
    }
    let call = route.data(&sandbox, &token, &secret).set("oauth_timestamp", &(NOW - 1).to_string());
    assert_eq!(call.send(&sandbox).status, 401);
    let call = route.data(&sandbox, &token, &secret).set("oauth_nonce", "short");
    assert_eq!(call.send(&sandbox).status, 401);
    assert!(last().unwrap().starts_with("the nonce was used before"), "{:?}", last());
    assert_eq!(route.data(&sandbox, &token, &secret).send(&sandbox).status, 200);
    refused(
        Persona::NetSuite,
        |call| call.set("oauth_callback", "oob"),
        "oauth_callback is oob, and this provider takes no oob: send a URL",
    );
}

#[test]
fn a_callback_that_is_not_registered_is_refused() {
    let other =
        "oauth_callback is not the registered one, or not of a kind that this provider accepts";
    let check = |persona, registered: &str, good: &[&str], bad: &[&str]| {
        let route = route(persona);
        let sandbox = like(persona).registered_callback(registered).start_blocking().unwrap();
        for callback in good {
            let reply = route.request(&sandbox, callback).send(&sandbox);
            assert!(reply.field("oauth_token").is_some(), "{persona} {callback}");
        }
        for callback in bad {
            route.request(&sandbox, callback).send(&sandbox);
            let refusal = sandbox.log().pop().unwrap().refusal;
            assert_eq!(refusal.as_deref(), Some(other), "{persona} {callback}");
        }
    };
    let there = "https://app.example/back";
    let longer = "https://app.example/back?x=1";
    let elsewhere = "https://evil.example/back";
    check(Persona::X, there, &[there, "oob"], &[longer, elsewhere]);
    check(Persona::Tumblr, there, &[there], &[longer, elsewhere]);
    check(Persona::Trello, there, &[longer], &[elsewhere]);
    check(
        Persona::NetSuite,
        "http://localhost:*/back",
        &["http://localhost:8123/back"],
        &["http://localhost:8123/other", elsewhere],
    );
    check(Persona::MediaWiki, there, &[longer, "oob"], &[elsewhere]);
    check(Persona::Etrade, there, &["oob"], &[there]);
    check(Persona::Okapi, there, &[elsewhere, "myapp:x"], &["MyApp:x"]);
}

#[test]
fn a_missing_callback_is_out_of_band_only_where_it_is_so() {
    for (persona, is_accepted) in [
        (Persona::Trello, true),
        (Persona::Discogs, true),
        (Persona::Atlassian, true),
        (Persona::SmugMug, false),
        (Persona::X, false),
        (Persona::Flickr, false),
    ] {
        let sandbox = like(persona).start_blocking().unwrap();
        let call = route(persona).request(&sandbox, "oob").without("oauth_callback");
        let reply = call.send(&sandbox);
        assert_eq!(reply.status == 200, is_accepted, "{persona}: {}", reply.text());
    }
}

#[test]
fn rsa_is_checked_with_the_key_that_is_registered() {
    let sandbox = builder().like(Persona::Atlassian).start_blocking().unwrap();
    let reply = route(Persona::Atlassian).request(&sandbox, "oob").send(&sandbox);
    assert_eq!(reply.text(), "oauth_problem=signature_invalid");
    let refusal = sandbox.log().pop().unwrap().refusal.unwrap();
    assert!(refusal.contains("no public key is registered"), "{refusal}");
    assert!(builder().rsa_public_key("-----BEGIN CERTIFICATE-----").is_err());
    // MediaWiki's secret of an access token is not used then.
    let sandbox = like(Persona::MediaWiki).start_blocking().unwrap();
    let reply = route(Persona::MediaWiki).grant(&sandbox, "oob");
    assert_eq!(reply.field("oauth_token_secret").as_deref(), Some("__unused__"));
}

#[test]
fn a_site_that_is_none_is_an_error_when_it_starts() {
    for (persona, site) in [
        (Persona::Magento, "shop.example"),
        (Persona::NetSuite, "https://1234567.app.netsuite.com"),
        (Persona::X, "https://api.x.com"),
    ] {
        let error = like(persona).site(site).start_blocking().unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput, "{persona}");
    }
}

#[test]
fn a_registered_callback_that_is_none_is_an_error_when_it_starts() {
    for bad in ["back", "/back", "https://app.example/b\u{e4}ck", "https://app.example/#a", "oob"] {
        let error = like(Persona::Etrade).registered_callback(bad).start_blocking().unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput, "{bad}");
        assert!(error.to_string().contains("registered callback"), "{error}");
    }
}
