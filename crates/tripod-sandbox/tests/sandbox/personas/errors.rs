//! Each provider's own form of a refusal.

use tripod_sandbox::{Persona, Sandbox};

use super::{like, route, tokens};
use crate::support::*;

/// An hour before the sandbox's clock.
const LATE: &str = "1767222000";

#[track_caller]
fn check(reply: &Reply, status: u16, body: &str) {
    assert_eq!((reply.status, reply.text()), (status, body));
}

/// Asks for a request token with a clock that is wrong by an hour.
fn clock(persona: Persona) -> Reply {
    let route = route(persona);
    let sandbox = like(persona).start_blocking().unwrap();
    route.request(&sandbox, route.callback()).set("oauth_timestamp", LATE).send(&sandbox)
}

#[test]
fn a_wrong_clock_is_refused_in_the_providers_form() {
    let range = "1767225300-1767225900";
    check(
        &clock(Persona::X),
        401,
        r#"{"errors":[{"code":135,"message":"Timestamp out of bounds."}]}"#,
    );
    check(&clock(Persona::Trello), 401, "invalid timestamp");
    let problem = format!("oauth_problem=timestamp_refused&oauth_acceptable_timestamps={range}");
    check(&clock(Persona::Flickr), 401, &problem);
    check(&clock(Persona::SmugMug), 401, &problem);
    check(&clock(Persona::Etrade), 401, &problem);
    check(&clock(Persona::Magento), 400, &problem);
    check(&clock(Persona::Discogs), 401, r#"{"message":"invalid timestamp"}"#);
    check(
        &clock(Persona::Tumblr),
        401,
        r#"{"meta":{"msg":"Unauthorized","status":401},"response":[]}"#,
    );
    check(
        &clock(Persona::MediaWiki),
        200,
        "Error: Expired timestamp, yours 1767222000, ours 1767225600",
    );
    let okapi = r#"{"error":{"developer_message":"invalid timestamp","reason_stack":["bad_request","invalid_oauth_request","invalid_timestamp"],"status":400}}"#;
    check(&clock(Persona::Okapi), 400, okapi);
    check(&clock(Persona::Usos), 400, okapi);
    let netsuite = clock(Persona::NetSuite);
    assert_eq!(
        netsuite.header("www-authenticate"),
        Some(
            "OAuth realm=\"1234567_SB1\", error=\"timestamp_refused\", \
             error_description=\"invalid timestamp\""
        )
    );
    let atlassian = clock(Persona::Atlassian);
    check(&atlassian, 401, &problem);
    assert_eq!(
        atlassian.header("www-authenticate"),
        Some(&*format!(
            "OAuth realm=\"https%3A%2F%2Fjira.example\", oauth_problem=\"timestamp_refused\", \
             oauth_acceptable_timestamps=\"{range}\""
        ))
    );
}

/// Asks for a resource with a token that was revoked.
fn dead(persona: Persona, more: &[(&str, &str)]) -> Reply {
    let route = route(persona);
    let sandbox = like(persona).start_blocking().unwrap();
    let (token, secret) = tokens(&route.grant(&sandbox, route.callback()));
    assert!(sandbox.revoke(&token), "{persona}");
    let call = route.data(&sandbox, &token, &secret);
    more.iter().fold(call, |call, (name, value)| call.query(name, value)).send(&sandbox)
}

#[test]
fn a_dead_token_is_refused_in_the_providers_form() {
    check(
        &dead(Persona::X, &[]),
        401,
        r#"{"errors":[{"code":89,"message":"Invalid or expired token."}]}"#,
    );
    check(&dead(Persona::Trello, &[]), 401, "invalid token");
    check(&dead(Persona::Discogs, &[]), 401, r#"{"message":"invalid token"}"#);
    check(
        &dead(Persona::Tumblr, &[]),
        401,
        r#"{"meta":{"msg":"Unauthorized","status":401},"response":[]}"#,
    );
    for persona in [Persona::SmugMug, Persona::Etrade, Persona::Magento, Persona::Atlassian] {
        check(&dead(persona, &[]), 401, "oauth_problem=token_rejected");
    }
    check(
        &dead(Persona::Flickr, &[]),
        200,
        "<?xml version=\"1.0\" encoding=\"utf-8\" ?>\n<rsp stat=\"fail\">\n\t\
         <err code=\"98\" msg=\"Invalid auth token\" />\n</rsp>\n",
    );
    let json = r#"{"code":98,"message":"Invalid auth token","stat":"fail"}"#;
    check(&dead(Persona::Flickr, &[("format", "json"), ("nojsoncallback", "1")]), 200, json);
    check(&dead(Persona::Flickr, &[("format", "json")]), 200, &format!("jsonFlickrApi({json})"));
    check(
        &dead(Persona::MediaWiki, &[]),
        200,
        r#"{"error":{"code":"mwoauth-invalid-authorization","info":"The authorization headers in your request are not valid: Invalid token"}}"#,
    );
    let okapi = r#"{"error":{"developer_message":"invalid token","reason_stack":["unauthorized","invalid_oauth_request","invalid_token"],"status":401}}"#;
    check(&dead(Persona::Okapi, &[]), 401, okapi);
    check(&dead(Persona::Usos, &[]), 401, okapi);
    check(
        &dead(Persona::NetSuite, &[]),
        401,
        r#"{"error":{"code":"INVALID_LOGIN_ATTEMPT","message":"invalid token"}}"#,
    );
}

#[test]
fn a_wrong_signature_is_refused_in_the_providers_form() {
    let wrong = |persona| {
        let route = route(persona);
        let sandbox = like(persona).start_blocking().unwrap();
        let mut call = route.request(&sandbox, route.callback());
        call.key.push('x');
        (call.base_string(), call.send(&sandbox))
    };
    check(
        &wrong(Persona::X).1,
        401,
        r#"{"errors":[{"code":32,"message":"Could not authenticate you."}]}"#,
    );
    let (text, reply) = wrong(Persona::Flickr);
    check(&reply, 401, &format!("oauth_problem=signature_invalid&debug_sbs={}", enc(&text)));
    check(&wrong(Persona::MediaWiki).1, 200, "Error: Invalid signature");
    check(&wrong(Persona::SmugMug).1, 401, "oauth_problem=signature_invalid");

    let of = |persona, call: fn(&Sandbox) -> Call| {
        let sandbox = like(persona).start_blocking().unwrap();
        let call = call(&sandbox).signed().set("oauth_nonce", "another");
        parse(&call.send_as_is(&sandbox))
    };
    let woo = of(Persona::WooCommerce, |sandbox| {
        Call::new("GET", sandbox.origin() + "/wp-json/wc/v3/orders", Way::Query)
    });
    check(
        &woo,
        401,
        r#"{"code":"woocommerce_rest_authentication_error","data":{"status":401},"message":"invalid signature"}"#,
    );
    let mastercard = of(Persona::Mastercard, |sandbox| {
        Call::new("GET", sandbox.origin() + "/x", Way::Header)
            .set("oauth_signature_method", "RSA-SHA256")
    });
    assert_eq!(mastercard.json()["Errors"]["Error"][0]["ReasonCode"], "SIGNATURE_INVALID");
}

#[test]
fn mediawiki_says_it_in_json_if_asked() {
    let sandbox = like(Persona::MediaWiki).start_blocking().unwrap();
    let call = route(Persona::MediaWiki).request(&sandbox, "oob").query("format", "json");
    check(
        &call.set("oauth_timestamp", LATE).send(&sandbox),
        200,
        r#"{"error":"mwoauth-oauth-exception","message":"Expired timestamp, yours 1767222000, ours 1767225600"}"#,
    );
}
