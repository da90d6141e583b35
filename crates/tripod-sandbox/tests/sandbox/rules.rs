//! Each rule, broken once: the reply in FatSecret's words and in those of a generic provider.

use std::time::Duration;

use http::Method;
use serde_json::json;
use tripod_sandbox::{PageError, Placement, Sandbox};

use crate::support::*;

/// The reply to a request for a request token that breaks a rule.
#[track_caller]
fn refused(sandbox: &Sandbox, call: Call, expected: &str) {
    let reply = call.send(sandbox);
    assert_eq!(reply.text(), expected);
    assert_eq!(reply.status, 400);
    assert_eq!(reply.header("content-type"), Some("text/plain; charset=utf-8"));
}

/// The code and message of the data host.
#[track_caller]
fn data_refused(sandbox: &Sandbox, call: Call, code: u16, message: &str) {
    let reply = call.send(sandbox);
    assert_eq!(reply.status, 200);
    assert_eq!(reply.json(), json!({"error": {"code": code, "message": message}}));
}

#[test]
fn the_handshake_does_not_read_the_header() {
    let sandbox = sandbox();
    let mut call = Call::request_token(&sandbox);
    call.way = Way::Header;
    refused(&sandbox, call, "Missing required parameter: oauth_consumer_key");

    // Nor a query on POST, nor a form on GET.
    for (verb, way) in [("POST", Way::Query), ("GET", Way::Form)] {
        let mut call = Call::request_token(&sandbox);
        (call.verb, call.way) = (verb, way);
        refused(&sandbox, call, "Missing required parameter: oauth_consumer_key");
    }
    let mut call = Call::request_token(&sandbox);
    call.verb = "PUT";
    assert_eq!(call.send(&sandbox).status, 405);
}

#[test]
fn the_ways_of_the_handshake_can_be_chosen() {
    let sandbox =
        builder().handshake_reads(&[(Method::POST, Placement::Header)]).start_blocking().unwrap();
    let mut call = Call::request_token(&sandbox);
    (call.verb, call.way) = ("POST", Way::Header);
    assert_eq!(call.send(&sandbox).status, 200);
    assert_eq!(Call::request_token(&sandbox).send(&sandbox).status, 405);
}

#[test]
fn every_parameter_is_required() {
    let sandbox = sandbox();
    for name in [
        "oauth_consumer_key",
        "oauth_signature_method",
        "oauth_timestamp",
        "oauth_nonce",
        "oauth_version",
        "oauth_callback",
    ] {
        let expected = format!("Missing required parameter: {name}");
        refused(&sandbox, Call::request_token(&sandbox).without(name), &expected);
        if name != "oauth_version" {
            refused(&sandbox, Call::request_token(&sandbox).set(name, ""), &expected);
        }
    }
    let unsigned = Call::request_token(&sandbox).send_as_is(&sandbox);
    assert_eq!(parse(&unsigned).text(), "Missing required parameter: oauth_signature");
    let call = Call::access_token(&sandbox, "x", "y", "z").without("oauth_verifier");
    refused(&sandbox, call, "Missing required parameter: oauth_verifier");
    let call = Call::access_token(&sandbox, "x", "y", "z").without("oauth_token");
    refused(&sandbox, call, "Missing required parameter: oauth_token");
}

#[test]
fn no_parameter_twice_or_in_two_places_and_no_token_where_none_belongs() {
    let sandbox = sandbox();
    refused(
        &sandbox,
        Call::request_token(&sandbox).add("oauth_callback", "oob"),
        "Unsupported oauth parameter: oauth_callback is given more than once",
    );
    refused(
        &sandbox,
        Call::request_token(&sandbox).form("oauth_callback", "oob"),
        "Unsupported oauth parameter: oauth parameters are given in more than one place",
    );
    for token in ["", "x"] {
        refused(
            &sandbox,
            Call::request_token(&sandbox).set("oauth_token", token),
            "Unsupported oauth parameter: oauth_token",
        );
    }
    data_refused(
        &sandbox,
        Call::echo(&sandbox, "", "y"),
        3,
        "Unsupported oauth parameter: oauth_token",
    );
    // Of nothing, this would be another one.
    let hash = Call::request_token(&sandbox).set("oauth_body_hash", "L7j0ARXdHmlcviPU+Xxkrsv4cP8=");
    refused(&sandbox, hash, "Unsupported oauth parameter: oauth_body_hash");
}

/// Goes the whole way with these parameters added to each call.
fn whole_way_with(sandbox: &Sandbox, added: &[(&str, &str)]) {
    let add = |call: Call| {
        added.iter().fold(call, |call, (name, value)| {
            if call.oauth.iter().any(|(known, _)| known == name) {
                call
            } else {
                call.set(name, value)
            }
        })
    };
    let reply = add(Call::request_token(sandbox)).send(sandbox);
    assert_eq!(reply.status, 200, "{reply:?}");
    let secret = reply.field("oauth_token_secret").unwrap();
    let token = reply.field("oauth_token").unwrap();
    let approval = sandbox.approve(&authorization_url(sandbox, &token)).unwrap();
    let verifier = approval.verifier().unwrap();
    let reply = add(Call::access_token(sandbox, &token, &secret, verifier)).send(sandbox);
    assert_eq!(reply.status, 200, "{reply:?}");
    let (token, secret) =
        (reply.field("oauth_token").unwrap(), reply.field("oauth_token_secret").unwrap());
    let echo = || add(Call::echo(sandbox, &token, &secret));
    let reply = echo().send(sandbox);
    assert_eq!(reply.json()["echo"]["user"], "ada");
    assert_eq!(reply.json()["echo"]["query"], json!([["format", "json"]]));

    // Ignored, but signed: none can be changed on the way.
    for (name, _) in added.iter().filter(|(name, _)| *name != "oauth_token") {
        let reply = parse(&echo().signed().set(name, "changed").send_as_is(sandbox));
        let text = reply.text();
        assert!(text.contains("signature"), "{name}: {text}");
    }
}

#[test]
fn parameters_of_other_steps_are_signed_and_ignored() {
    let repeated = [("oauth_callback", "oob"), ("oauth_verifier", "1234567")];
    whole_way_with(&sandbox(), &repeated);
    whole_way_with(&sandbox(), &[("oauth_custom", "x"), ("oauth_session_handle", "")]);
    let generic = builder().generic().start_blocking().unwrap();
    whole_way_with(&generic, &repeated);
    whole_way_with(&generic, &[("oauth_custom", "x"), ("oauth_token", "")]);
    // Without a user, an empty token is no token.
    let call = Call::new("GET", generic.data_url("echo/v1"), Way::Header).set("oauth_token", "");
    assert_eq!(call.send(&generic).json()["echo"]["delegated"], false);
}

#[test]
fn version_method_key_and_signature_must_be_right() {
    let sandbox = sandbox();
    refused(
        &sandbox,
        Call::request_token(&sandbox).set("oauth_version", "1.0A"),
        "Unsupported oauth parameter: oauth_version '1.0A'",
    );
    for method in ["HMAC-SHA256", "PLAINTEXT", "RSA-SHA1", "hmac-sha1"] {
        refused(
            &sandbox,
            Call::request_token(&sandbox).set("oauth_signature_method", method),
            &format!("Invalid signature method: oauth_signature_method '{method}'"),
        );
    }
    refused(
        &sandbox,
        Call::request_token(&sandbox).set("oauth_consumer_key", "none"),
        "Invalid consumer key: oauth_consumer_key 'none'",
    );
    refused(
        &sandbox,
        Call::request_token(&sandbox).set("oauth_callback", "/relative"),
        "Invalid parameter: oauth_callback",
    );

    // A signature of another request, of the right one with its case changed, and a longer one.
    let signed = Call::request_token(&sandbox).signed();
    let right = signed.oauth.last().unwrap().1.clone();
    for wrong in [
        "AAAAAAAAAAAAAAAAAAAAAAAAAAA=".to_owned(),
        right.to_lowercase(),
        format!("{right}="),
        right[..27].to_owned(),
    ] {
        let reply = parse(&signed.clone().set("oauth_signature", &wrong).send_as_is(&sandbox));
        assert_eq!(reply.text(), format!("Invalid signature: oauth_signature '{wrong}'"));
    }
    // The failures above have not used up the nonce.
    assert_eq!(parse(&signed.send_as_is(&sandbox)).status, 200);
}

#[test]
fn the_signature_covers_everything() {
    let sandbox = sandbox();
    let granted = sandbox.grant();
    let secret = secrecy::ExposeSecret::expose_secret(granted.secret());
    let call = || Call::echo(&sandbox, granted.token(), secret).query("a", "b");
    let broken: [fn(&mut Call); 5] = [
        |call| call.verb = "DELETE",
        |call| call.url = call.url.replace("echo/v1", "server.api"),
        |call| call.query.push(("c".into(), "d".into())),
        |call| call.query[1].1 = "B".into(),
        |call| call.form.push(("c".into(), "d".into())),
    ];
    for change in broken {
        let mut signed = call().signed();
        change(&mut signed);
        let reply = parse(&signed.send_as_is(&sandbox));
        assert_eq!(reply.json()["error"]["code"], 8);
    }
    // A body that is not a form is not covered.
    let signed = call().signed().text("close").replace(
        "Content-Length: 0\r\n\r\n",
        "Content-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"c\":1}",
    );
    let echo = parse(&raw(&sandbox, &signed)).json()["echo"].clone();
    assert_eq!((&echo["body_length"], &echo["form"]), (&json!(7), &json!([])));
    // The key without the trailing ampersand, or with the secret of another token.
    for key in [enc(SECRET), format!("{}&", enc(SECRET)), format!("{SECRET}&{secret}")] {
        let mut wrong = call();
        wrong.key = key;
        assert_eq!(wrong.send(&sandbox).json()["error"]["code"], 8);
    }
}

#[test]
fn timestamps_are_whole_seconds_within_the_window_and_never_go_back() {
    let sandbox = sandbox();
    let at = |timestamp: &str| Call::request_token(&sandbox).set("oauth_timestamp", timestamp);
    for bad in [
        "0",
        "-5",
        "+1767225600",
        "1767225600.0",
        "1767225600000",
        "now",
        " 1767225600",
        &(NOW - 301).to_string(),
        &(NOW + 301).to_string(),
        "99999999999999999999999",
    ] {
        let expected = format!("Invalid/expired timestamp: oauth_timestamp '{bad}'");
        refused(&sandbox, at(bad), &expected);
    }
    assert_eq!(at(&(NOW - 300).to_string()).send(&sandbox).status, 200);
    assert_eq!(at(&(NOW + 300).to_string()).send(&sandbox).status, 200);
    refused(
        &sandbox,
        at(&(NOW + 299).to_string()),
        "Invalid/expired timestamp: oauth_timestamp '1767225899'",
    );
    assert_eq!(at(&(NOW + 300).to_string()).send(&sandbox).status, 200);
}

#[test]
fn the_window_of_timestamps_can_be_narrower_or_wider() {
    for seconds in [10, 86_400] {
        let window = Duration::from_secs(seconds);
        let sandbox = builder().timestamp_window(window).start_blocking().unwrap();
        let at = |timestamp: u64| {
            Call::request_token(&sandbox).set("oauth_timestamp", &timestamp.to_string())
        };
        for bad in [NOW - seconds - 1, NOW + seconds + 1] {
            let expected = format!("Invalid/expired timestamp: oauth_timestamp '{bad}'");
            refused(&sandbox, at(bad), &expected);
        }
        for good in [NOW - seconds, NOW + seconds] {
            assert_eq!(at(good).send(&sandbox).status, 200, "{good}");
        }
    }
}

#[test]
fn a_refused_request_does_not_move_the_lowest_timestamp() {
    let sandbox = sandbox();
    let mut stranger = Call::request_token(&sandbox).set("oauth_timestamp", "1767225900");
    stranger.key = "guess&".to_owned();
    assert_eq!(stranger.send(&sandbox).status, 400);
    assert_eq!(Call::request_token(&sandbox).send(&sandbox).status, 200);
}

#[test]
fn a_nonce_works_once() {
    let sandbox = sandbox();
    let nonce = |nonce: &str| Call::request_token(&sandbox).set("oauth_nonce", nonce);
    assert_eq!(nonce("again").send(&sandbox).status, 200);
    refused(&sandbox, nonce("again"), "Invalid/used nonce: oauth_nonce 'again'");
    let later = nonce("again").set("oauth_timestamp", &(NOW + 1).to_string());
    assert_eq!(later.send(&sandbox).status, 200);
    refused(
        &sandbox,
        nonce("a b").set("oauth_timestamp", &(NOW + 1).to_string()),
        "Invalid/used nonce: oauth_nonce 'a b'",
    );
}

#[test]
fn a_request_token_needs_approval_and_its_verifier_and_works_once() {
    let sandbox = sandbox();
    let (token, secret) = get_request_token(&sandbox);
    let exchange = |verifier: &str| Call::access_token(&sandbox, &token, &secret, verifier);
    refused(&sandbox, exchange("1234567"), "Invalid request token: the token is not approved");
    let url = authorization_url(&sandbox, &token);
    let approval = sandbox.approve(&url).unwrap();
    let verifier = approval.verifier().unwrap();
    assert_eq!(sandbox.approve(&url), Err(PageError::UsedToken));
    refused(&sandbox, exchange("wrong"), "Invalid verifier: oauth_verifier");
    assert_eq!(exchange(verifier).send(&sandbox).status, 200);
    refused(&sandbox, exchange(verifier), "Invalid request token: the token is used");
    assert_eq!(sandbox.approve(&url), Err(PageError::UsedToken));
}

#[test]
fn a_verifier_cannot_be_guessed() {
    let sandbox = sandbox();
    let (token, secret) = get_request_token(&sandbox);
    let approval = sandbox.approve(&authorization_url(&sandbox, &token)).unwrap();
    for guess in 0..5 {
        let call = Call::access_token(&sandbox, &token, &secret, &guess.to_string());
        refused(&sandbox, call, "Invalid verifier: oauth_verifier");
    }
    let call = Call::access_token(&sandbox, &token, &secret, approval.verifier().unwrap());
    refused(&sandbox, call, "Invalid request token: the token is used");
}

#[test]
fn request_tokens_expire_before_and_after_approval() {
    let sandbox = sandbox();
    let expired = "Invalid request token: the token is expired";

    let (token, _) = get_request_token(&sandbox);
    sandbox.age_request_tokens(Duration::from_secs(899));
    assert!(sandbox.approve(&authorization_url(&sandbox, &token)).is_ok());

    let (token, secret) = get_request_token(&sandbox);
    let url = authorization_url(&sandbox, &token);
    let approval = sandbox.approve(&url).unwrap();
    sandbox.age_request_tokens(Duration::from_secs(900));
    let call = Call::access_token(&sandbox, &token, &secret, approval.verifier().unwrap());
    refused(&sandbox, call, expired);

    let (token, _) = get_request_token(&sandbox);
    sandbox.advance(Duration::from_secs(900));
    assert_eq!(sandbox.now(), 1_767_226_500);
    let url = authorization_url(&sandbox, &token);
    assert_eq!(sandbox.approve(&url), Err(PageError::ExpiredToken));
    // The client's clock has stayed behind, and the reply says so.
    let reply = Call::request_token(&sandbox).send(&sandbox);
    assert_eq!(reply.text(), "Invalid/expired timestamp: oauth_timestamp '1767225600'");
    assert_eq!(reply.header("date"), Some("Thu, 01 Jan 2026 00:15:00 GMT"));
}

#[test]
fn tokens_are_bound_to_their_application() {
    let sandbox = sandbox();
    let other = sandbox.add_consumer("Another application");
    let (token, secret) = get_request_token(&sandbox);
    // The other application's secret is not known here, and not needed: the token is looked up first.
    let call =
        Call::access_token(&sandbox, &token, &secret, "x").set("oauth_consumer_key", other.key());
    refused(&sandbox, call, "Invalid request token: the token is unknown");
    let granted = sandbox.grant();
    let call = Call::echo(&sandbox, granted.token(), "x").set("oauth_consumer_key", other.key());
    let message = format!("Invalid access token: oauth_token '{}'", granted.token());
    data_refused(&sandbox, call, 9, &message);
}

#[test]
fn access_tokens_can_be_withdrawn_and_request_tokens_are_none() {
    let sandbox =
        builder().request_token("req", "sec").access_token("acc", "sec").start_blocking().unwrap();
    get_request_token(&sandbox);
    data_refused(
        &sandbox,
        Call::echo(&sandbox, "req", "sec"),
        9,
        "Invalid access token: oauth_token 'req'",
    );
    assert_eq!(sandbox.grant().token(), "acc");
    let call = || Call::echo(&sandbox, "acc", "sec");
    assert_eq!(call().send(&sandbox).json()["echo"]["user"], "ada");
    assert!(sandbox.revoke("acc"));
    assert!(!sandbox.revoke("acc"));
    data_refused(&sandbox, call(), 9, "Invalid access token: oauth_token 'acc'");
}

#[test]
fn a_user_who_says_no_ends_the_request_token() {
    let sandbox = sandbox();
    let (token, secret) = get_request_token_for(&sandbox, "http://h/cb");
    let denied = sandbox.deny(&authorization_url(&sandbox, &token)).unwrap();
    assert_eq!(denied.verifier(), None);
    assert_eq!(denied.callback_url(), Some(format!("http://h/cb?denied={token}").as_str()));
    refused(
        &sandbox,
        Call::access_token(&sandbox, &token, &secret, "x"),
        "Invalid request token: the token is refused by the user",
    );
}

#[test]
fn out_of_band_can_be_forbidden() {
    let sandbox = builder().out_of_band(false).start_blocking().unwrap();
    refused(&sandbox, Call::request_token(&sandbox), "Invalid parameter: oauth_callback");
}

#[test]
fn the_data_host_has_numbers_for_its_refusals() {
    let sandbox = sandbox();
    let call = || Call::new("GET", sandbox.resource_url(), Way::Query).query("format", "json");
    data_refused(&sandbox, call(), 101, "Missing required parameter: method");
    data_refused(&sandbox, call().query("method", "none.get"), 10, "Unknown method: 'none.get'");
    let echo = || call().query("method", "echo");
    for (call, code) in [
        (echo().without("oauth_nonce"), 2),
        (echo().set("oauth_version", "2.0"), 3),
        (echo().set("oauth_signature_method", "PLAINTEXT"), 4),
        (echo().set("oauth_consumer_key", "none"), 5),
        (echo().set("oauth_timestamp", "5"), 6),
        (echo().set("oauth_nonce", " "), 7),
        (echo().set("oauth_token", "none"), 9),
    ] {
        assert_eq!(call.send(&sandbox).json()["error"]["code"], code);
    }
    let mut wrong = echo();
    wrong.key.push('x');
    assert_eq!(wrong.send(&sandbox).json()["error"]["code"], 8);
    let unsigned = raw(
        &sandbox,
        "GET /rest/server.api?method=echo HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n",
    );
    assert_eq!(
        parse(&unsigned).text(),
        "<?xml version=\"1.0\" encoding=\"utf-8\" ?><error><code>2</code>\
         <message>Missing required parameter: oauth_consumer_key</message></error>"
    );
}

#[test]
fn what_cannot_be_read_is_refused() {
    let sandbox = sandbox();
    let get = |rest: &str| {
        let request = format!("GET {rest}Connection: close\r\n\r\n");
        let reply = parse(&raw(&sandbox, &request));
        (reply.status, reply.text().to_owned())
    };
    let xml = |message: &str| {
        format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\" ?><error><code>22</code>\
             <message>Invalid request: {message}</message></error>"
        )
    };
    assert_eq!(
        get("/rest/x?a=%FF HTTP/1.1\r\nHost: {host}\r\n"),
        (200, xml("the query is not UTF-8"))
    );
    assert_eq!(
        get("/rest/x HTTP/1.1\r\nHost: {host}\r\nAuthorization: OAuth a=b\r\n"),
        (200, xml("the Authorization header"))
    );
    let twice = "Authorization: OAuth a=\"b\"\r\nAuthorization: OAuth a=\"b\"\r\n";
    assert_eq!(
        get(&format!("/oauth/request_token HTTP/1.1\r\nHost: {{host}}\r\n{twice}")),
        (400, "Invalid request: a header is given more than once".to_owned())
    );
    assert_eq!(get("/ HTTP/1.1\r\nHost: {host}\r\n").0, 404);
}

#[test]
fn a_body_above_the_limit_is_refused_at_every_endpoint_in_the_same_words() {
    let sandbox = builder().body_limit(300_000).start_blocking().unwrap();
    let reason = "the body is larger than 300000 bytes, the limit of this sandbox; \
                  Builder::body_limit sets another";
    let request = |path: &str, length: usize| {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {{host}}\r\nConnection: close\r\n\
             Content-Type: text/plain\r\nContent-Length: {length}\r\n\r\n"
        );
        parse(&raw(&sandbox, &(head + &"x".repeat(length))))
    };
    for path in ["/oauth/request_token", "/oauth/authorize", "/oauth/access_token", "/rest/x", "/"]
    {
        let reply = request(path, 300_001);
        assert_eq!((reply.status, reply.text()), (413, reason), "{path}");
        let seen = sandbox.log().pop().unwrap();
        assert_eq!(seen.refusal.as_deref(), Some(reason), "{path}");
        assert_eq!(seen.status.map(|status| status.as_u16()), Some(413), "{path}");
    }
    assert_ne!(request("/rest/x", 300_000).status, 413);
}
