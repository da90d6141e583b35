//! How long tokens live, and how they are renewed, revoked, or used as keys.

use std::time::Duration;

use tripod_sandbox::{Endpoint, Persona};

use super::{Route, like, route, tokens};
use crate::support::*;

const HOUR: Duration = Duration::from_secs(3600);

/// A data call whose timestamp is that of the sandbox.
fn status(route: &Route, sandbox: &tripod_sandbox::Sandbox, token: &str, secret: &str) -> u16 {
    let call = route.data(sandbox, token, secret);
    call.set("oauth_timestamp", &sandbox.now().to_string()).send(sandbox).status
}

#[test]
fn request_tokens_live_as_long_as_the_provider_says() {
    for (persona, seconds) in [
        (Persona::Etrade, 300),
        (Persona::SmugMug, 300),
        (Persona::MediaWiki, 600),
        (Persona::X, 900),
    ] {
        let route = route(persona);
        let sandbox = like(persona).start_blocking().unwrap();
        let (_, _, page) = route.issue(&sandbox, "oob");
        sandbox.age_request_tokens(Duration::from_secs(seconds - 1));
        assert!(sandbox.approve(&page).is_ok(), "{persona}");
        let (_, _, page) = route.issue(&sandbox, "oob");
        sandbox.age_request_tokens(Duration::from_secs(seconds));
        let error = sandbox.approve(&page).unwrap_err();
        assert_eq!(error, tripod_sandbox::PageError::ExpiredToken, "{persona}");
    }
}

#[test]
fn trello_tokens_live_as_long_as_was_asked_for() {
    let route = route(Persona::Trello);
    let sandbox = like(Persona::Trello).start_blocking().unwrap();
    // The page of the table asks for an hour.
    let (token, secret) = tokens(&route.grant(&sandbox, "oob"));
    sandbox.advance(Duration::from_secs(3599));
    assert_eq!(status(route, &sandbox, &token, &secret), 200);
    sandbox.advance(Duration::from_secs(1));
    assert_eq!(status(route, &sandbox, &token, &secret), 401);
}

#[test]
fn usos_tokens_live_two_hours_without_offline_access() {
    for (scopes, after) in [("email", 401), ("email|offline_access", 200)] {
        let sandbox = like(Persona::Usos).start_blocking().unwrap();
        let request = format!("/services/oauth/request_token?scopes={scopes}");
        let short = Route { request: Box::leak(request.into_boxed_str()), ..*route(Persona::Usos) };
        let (token, secret) = tokens(&short.grant(&sandbox, "oob"));
        assert_eq!(status(&short, &sandbox, &token, &secret), 200);
        sandbox.advance(2 * HOUR);
        assert_eq!(status(&short, &sandbox, &token, &secret), after, "{scopes}");
    }
}

#[test]
fn etrade_tokens_sleep_after_two_hours_and_end_with_the_day_in_new_york() {
    let route = route(Persona::Etrade);
    // 2026-01-01 00:00 UTC is 19:00 in New York, five hours before midnight.
    let sandbox = like(Persona::Etrade).start_blocking().unwrap();
    let (token, secret) = tokens(&route.grant(&sandbox, "oob"));
    let renew = || {
        let call = route.call(&sandbox, "GET", "/oauth/renew_access_token").token(&token, &secret);
        call.set("oauth_timestamp", &sandbox.now().to_string()).send(&sandbox)
    };
    sandbox.advance(Duration::from_secs(7199));
    assert_eq!(status(route, &sandbox, &token, &secret), 200, "each call keeps it awake");
    sandbox.advance(2 * HOUR);
    assert_eq!(status(route, &sandbox, &token, &secret), 401, "it sleeps");
    let renewed = renew();
    assert_eq!((renewed.status, renewed.text()), (200, "Access Token has been renewed"));
    assert_eq!(status(route, &sandbox, &token, &secret), 200);
    sandbox.advance(HOUR + Duration::from_secs(1));
    assert_eq!(status(route, &sandbox, &token, &secret), 401, "the day is over");
    assert_eq!(renew().status, 401, "and nothing wakes it");
    assert_eq!(sandbox.log().pop().unwrap().endpoint, Some(Endpoint::Renewal));
}

#[test]
fn atlassian_gives_another_token_for_a_session_handle() {
    let route = route(Persona::Atlassian);
    let sandbox = like(Persona::Atlassian).start_blocking().unwrap();
    let reply = route.grant(&sandbox, "oob");
    let (token, secret) = tokens(&reply);
    let handle = reply.field("oauth_session_handle").unwrap();
    let renew = |handle: &str| {
        let call = route.call(&sandbox, "POST", route.access).token(&token, &secret);
        call.set("oauth_session_handle", handle).send(&sandbox)
    };
    assert_eq!(renew("another").status, 401);
    let renewed = renew(&handle);
    let (next, next_secret) = tokens(&renewed);
    assert_ne!((&token, &handle), (&next, &renewed.field("oauth_session_handle").unwrap()));
    assert_eq!(status(route, &sandbox, &next, &next_secret), 200);
    assert_eq!(status(route, &sandbox, &token, &secret), 401, "the old one has ended");
}

#[test]
fn tokens_are_revoked_by_the_providers_own_call() {
    for (persona, verb, target, body) in [
        (Persona::X, "POST", "/1.1/oauth/invalidate_token.json", "{\"access_token\":\"TOKEN\"}"),
        (Persona::Trello, "DELETE", "/1/tokens/TOKEN", "{\"_value\":null}"),
        (Persona::NetSuite, "GET", "/rest/revoketoken", ""),
        (Persona::Etrade, "GET", "/oauth/revoke_access_token", "Revoked Access Token"),
        (Persona::Usos, "GET", "/services/oauth/revoke_token?deauthorize=true", ""),
    ] {
        let route = route(persona);
        let sandbox = like(persona).start_blocking().unwrap();
        let (token, secret) = tokens(&route.grant(&sandbox, route.callback()));
        let call = |target: &str, secret: &str| {
            let target = target.replace("TOKEN", &token);
            route.call(&sandbox, verb, &target).token(&token, secret).send(&sandbox)
        };
        assert!((400..=403).contains(&call(target, "wrong").status), "{persona}");
        assert_eq!(status(route, &sandbox, &token, &secret), 200);
        let revoked = call(target, &secret);
        assert_eq!(revoked.status, 200, "{persona}: {}", revoked.text());
        assert_eq!(revoked.text(), body.replace("TOKEN", &token), "{persona}");
        assert_ne!(status(route, &sandbox, &token, &secret), 200, "{persona}");
        assert!(!sandbox.revoke(&token), "{persona}");
        assert!(sandbox.log().iter().all(|seen| !seen.path.contains(&token)), "{persona}");
    }
    // Nobody ends another's token.
    let sandbox = like(Persona::Trello).start_blocking().unwrap();
    let (token, secret) = tokens(&route(Persona::Trello).grant(&sandbox, "oob"));
    let other = sandbox.grant();
    let target = format!("/1/tokens/{}", other.token());
    let call = route(Persona::Trello).call(&sandbox, "DELETE", &target).token(&token, &secret);
    assert_eq!(call.send(&sandbox).status, 401);
    assert!(sandbox.revoke(other.token()));
}

#[test]
fn trello_takes_key_and_token_without_a_signature() {
    let route = route(Persona::Trello);
    let sandbox = like(Persona::Trello).start_blocking().unwrap();
    let (token, _) = tokens(&route.grant(&sandbox, "oob"));
    let get = |query: &str, head: &str| {
        let request = format!(
            "GET /1/members/me{query} HTTP/1.1\r\nHost: {{host}}\r\n{head}Connection: close\r\n\r\n"
        );
        parse(&raw(&sandbox, &request))
    };
    assert_eq!(get(&format!("?key={}&token={token}", enc(KEY)), "").json()["user"], "ada");
    let header = format!(
        "Authorization: OAuth oauth_consumer_key=\"{}\", oauth_token=\"{token}\"\r\n",
        enc(KEY)
    );
    assert_eq!(get("", &header).json()["user"], "ada");
    let refused = get(&format!("?key=other&token={token}"), "");
    assert_eq!((refused.status, refused.text()), (401, "invalid token"));
}

#[test]
fn zotero_takes_the_secret_as_a_key_and_no_signature() {
    let route = route(Persona::Zotero);
    let sandbox = like(Persona::Zotero).start_blocking().unwrap();
    let (token, secret) = tokens(&route.grant(&sandbox, "oob"));
    assert_eq!(token, secret);
    let send = |verb: &str, path: &str, head: &str| {
        let request =
            format!("{verb} {path} HTTP/1.1\r\nHost: {{host}}\r\n{head}Connection: close\r\n\r\n");
        parse(&raw(&sandbox, &request))
    };
    let key = format!("Zotero-API-Key: {secret}\r\n");
    assert_eq!(send("GET", "/users/1/items", &key).json()["user"], "ada");
    let bearer = format!("Authorization: Bearer {secret}\r\n");
    assert_eq!(send("GET", "/users/1/items", &bearer).json()["user"], "ada");
    let signed = route.data(&sandbox, &token, &secret).send(&sandbox);
    assert_eq!((signed.status, signed.text()), (403, "Forbidden"));
    let path = format!("/keys/{secret}");
    assert_eq!(send("DELETE", &path, &key).status, 204);
    assert_eq!(send("GET", "/users/1/items", &key).status, 401);
}

#[test]
fn okapi_gives_the_same_token_for_a_second_grant() {
    let route = route(Persona::Okapi);
    let sandbox = like(Persona::Okapi).start_blocking().unwrap();
    let first = tokens(&route.grant(&sandbox, "oob"));
    assert_eq!(tokens(&route.grant(&sandbox, "oob")), first);
}
