//! The cookie: what is set, what is found, and what is not looked at.

use std::time::Duration;

use proptest::{collection::vec, prelude::*};
use secrecy::ExposeSecret;
use tripod::{
    Callback, CallbackError, Error, ErrorKind, Stage, TicketError,
    vault::{CookieScope, CookieVault, Ticket},
};

use crate::support::Kind;
use crate::{
    keys, refused,
    support::{Scenario, quiet, reply, silent},
};

const HTTPS: CookieScope = CookieScope::Https;
const LOOPBACK: CookieScope = CookieScope::Loopback;

/// A ticket for the flow of that request token.
fn ticket(token: &str) -> Ticket {
    let scenario = Scenario::fatsecret();
    let body = format!("oauth_token={token}&oauth_token_secret=s&oauth_callback_confirmed=true");
    let flow = scenario.client.begin(Callback::out_of_band());
    CookieVault::new(&scenario.client, keys())
        .with_pending_lifetime(Duration::from_secs(600))
        .park(flow.build().unwrap().1.receive(&reply(200, body)).unwrap())
        .unwrap()
}

/// The cookie as the browser sends it back.
fn sent(ticket: &Ticket, scope: CookieScope) -> String {
    ticket.set_cookie(scope).split(';').next().unwrap().to_owned()
}

fn name(ticket: &Ticket, scope: CookieScope) -> String {
    sent(ticket, scope).split('=').next().unwrap().to_owned()
}

fn back(token: &str) -> String {
    format!("https://app.example/back?oauth_token={token}&oauth_verifier=v")
}

#[track_caller]
fn finds(cookies: &str, callback: &str, scope: CookieScope, expected: &Ticket) {
    let found = Ticket::from_cookies(cookies, callback, scope).unwrap();
    assert_eq!(found.value().expose_secret(), expected.value().expose_secret());
}

#[track_caller]
fn missing(cookies: &str, callback: &str, scope: CookieScope) {
    refused(
        Ticket::from_cookies(cookies, callback, scope),
        &Kind::from(ErrorKind::Ticket(TicketError::Missing)),
    );
}

#[track_caller]
fn approval(result: Result<Ticket, Error>, kind: &Kind) {
    let error = result.unwrap_err();
    assert_eq!((&Kind::from(error.kind()), error.stage()), (kind, Stage::Approval));
    quiet(&error);
}

#[test]
fn a_ticket_is_found_among_headers() {
    let (ticket, other) = (ticket("a"), ticket("b"));
    let mut headers = http::HeaderMap::new();
    let find = |headers: &http::HeaderMap| Ticket::from_headers(headers, &back("a"), HTTPS);
    let no_ticket = Kind::from(ErrorKind::Ticket(TicketError::Missing));
    refused(find(&headers), &no_ticket);
    headers.append("cookie", http::HeaderValue::from_bytes(b"theme=\xff").unwrap());
    headers.append("cookie", sent(&other, HTTPS).parse().unwrap());
    refused(find(&headers), &no_ticket);
    headers.append("cookie", format!("{}; a=1", sent(&ticket, HTTPS)).parse().unwrap());
    let found = find(&headers).unwrap();
    assert_eq!(found.value().expose_secret(), ticket.value().expose_secret());
    // Two headers are one list: two values of one name contradict each other there, too.
    headers.append("cookie", sent(&ticket, HTTPS).parse().unwrap());
    assert!(find(&headers).is_ok());
    headers.append("cookie", format!("{}x", sent(&ticket, HTTPS)).parse().unwrap());
    refused(find(&headers), &no_ticket);
}

#[test]
fn the_cookie_is_shut_to_scripts_sites_and_neighbours() {
    let ticket = ticket("a");
    let value = ticket.value().expose_secret().to_owned();
    let tag = value.split('.').next().unwrap();
    assert_eq!(
        ticket.set_cookie(HTTPS),
        format!("__Host-tripod-{tag}={value}; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=600")
    );
    assert_eq!(
        ticket.set_cookie(LOOPBACK),
        format!("tripod-{tag}={value}; HttpOnly; SameSite=Lax; Path=/; Max-Age=600")
    );
    assert_eq!(
        ticket.clear_cookie(HTTPS),
        format!("__Host-tripod-{tag}=; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0")
    );
    assert_eq!(
        ticket.clear_cookie(LOOPBACK),
        format!("tripod-{tag}=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0")
    );
}

/// The first letters of SHA-256 over the text and the token's length and letters, worked out with
/// coreutils: `printf 'tripod tag 1\0\0\0\0\0\0\0\1a' | sha256sum`.
#[test]
fn the_tag_comes_from_the_request_token() {
    assert_eq!(name(&ticket("a"), LOOPBACK), format!("tripod-{TAG_OF_A}"));
}

const TAG_OF_A: &str = "bf0128b79336688f";

#[test]
fn a_ticket_from_its_value_lasts_as_long_as_the_browser() {
    let ticket = ticket("a");
    let value = ticket.value().expose_secret();
    let again = Ticket::from_value(value).unwrap();
    assert_eq!(again.value().expose_secret(), value);
    assert!(!again.set_cookie(HTTPS).contains("Max-Age"));
    assert_eq!(sent(&again, HTTPS), sent(&ticket, HTTPS));
    assert_eq!(again.clear_cookie(HTTPS), ticket.clear_cookie(HTTPS));
}

#[test]
fn each_flow_has_a_cookie_of_its_own() {
    let (a, b) = (ticket("a"), ticket("b"));
    for scope in [HTTPS, LOOPBACK] {
        assert_ne!(name(&a, scope), name(&b, scope));
        let cookies = format!("theme=dark; {}; lang=en;{}; x", sent(&a, scope), sent(&b, scope));
        finds(&cookies, &back("a"), scope, &a);
        finds(&cookies, &back("b"), scope, &b);
        missing(&cookies, &back("c"), scope);
    }
}

#[test]
fn a_browser_without_the_cookie_is_refused() {
    let a = ticket("a");
    for cookies in ["", ";", "=", "theme=dark", &sent(&ticket("b"), HTTPS), "\u{0}; é=ü"] {
        missing(cookies, &back("a"), HTTPS);
    }
    missing(&format!("{}=", name(&a, HTTPS)), &back("a"), HTTPS);
}

#[test]
fn a_cookie_that_a_neighbour_could_plant_is_not_looked_at() {
    let a = ticket("a");
    missing(&sent(&a, LOOPBACK), &back("a"), HTTPS);
    missing(&sent(&a, HTTPS), &back("a"), LOOPBACK);
    missing(&sent(&a, HTTPS).to_lowercase(), &back("a"), HTTPS);
    missing(&format!("x{}", sent(&a, HTTPS)), &back("a"), HTTPS);
    // Two of one name: one of them was planted.
    missing(&format!("{}; {0}x", sent(&a, HTTPS)), &back("a"), HTTPS);
    missing(&format!("{}; {}=x", sent(&a, HTTPS), name(&a, HTTPS)), &back("a"), HTTPS);
}

#[test]
fn a_value_that_can_be_no_tickets_is_refused() {
    let good = ticket("a");
    let (tag, _) = good.value().expose_secret().split_once('.').unwrap();
    for value in [
        "x".to_owned(),
        tag.to_owned(),
        format!("{tag}."),
        format!("{tag}.a=b"),
        format!("{tag}.a.b"),
        format!("{tag}.a b"),
        format!("{tag}.é"),
        format!("{}.a", &tag[1..]),
        format!("{}.a", tag.to_uppercase().replace(|c: char| c.is_ascii_digit(), "A")),
        format!("{tag}.{}", "a".repeat(4000)),
    ] {
        refused(Ticket::from_value(&value), &Kind::from(ErrorKind::Ticket(TicketError::Unknown)));
        let cookies = format!("{}={value}", name(&good, HTTPS));
        refused(
            Ticket::from_cookies(&cookies, &back("a"), HTTPS),
            &Kind::from(ErrorKind::Ticket(TicketError::Unknown)),
        );
    }
    refused(Ticket::from_value(""), &Kind::from(ErrorKind::Ticket(TicketError::Missing)));
}

#[test]
fn a_refusal_finds_the_ticket_if_it_can_be_told() {
    let (a, b) = (ticket("a"), ticket("b"));
    let (one, both) = (sent(&a, HTTPS), format!("{}; {}", sent(&a, HTTPS), sent(&b, HTTPS)));
    for callback in ["/back?oauth_token=a&oauth_problem=user_refused", "/back?denied=a"] {
        finds(&both, callback, HTTPS, &a);
    }
    // No token is named, but there is one flow only.
    for callback in ["/back", "/back?oauth_problem=user_refused", "/back?oauth_verifier=v"] {
        finds(&one, callback, HTTPS, &a);
    }
    let said = Kind::denied(Some("user_refused"));
    for cookies in ["", &both] {
        let from = |callback| Ticket::from_cookies(cookies, callback, HTTPS);
        approval(from("/back"), &Kind::denied(None));
        approval(from("/back?oauth_problem=user_refused"), &said);
        approval(
            from("/back?oauth_verifier=v"),
            &Kind::from(ErrorKind::Callback(CallbackError::TokenMismatch)),
        );
    }
}

#[test]
fn a_finished_flow_does_not_stand_in_the_way_of_the_next() {
    let (a, b, c) = (ticket("a"), ticket("b"), ticket("c"));
    let used = |ticket: &Ticket| ticket.used_cookie(HTTPS).split(';').next().unwrap().to_owned();
    let cookies = format!("{}; {}; {}", used(&a), sent(&b, HTTPS), used(&c));
    let unnamed = ["/back?oauth_verifier=v", "/back?oauth_problem=user_refused", "/back"];
    for callback in unnamed {
        finds(&cookies, callback, HTTPS, &b);
    }
    // A callback that names its flow is told of that one.
    let is_used = Kind::from(ErrorKind::Ticket(TicketError::Used));
    refused(Ticket::from_cookies(&cookies, &back("a"), HTTPS), &is_used);
    for finished in [used(&a), format!("{}; {}", used(&a), used(&c))] {
        for callback in unnamed {
            refused(Ticket::from_cookies(&finished, callback, HTTPS), &is_used);
        }
    }
}

/// A neighbour or a proxy may have damaged it; or it is of another version of the crate.
#[test]
fn a_cookie_that_can_be_no_ticket_does_not_count_beside_one_that_can() {
    let (a, b, c) = (ticket("a"), ticket("b"), ticket("c"));
    let damaged = |ticket: &Ticket| format!("{}=x", name(ticket, HTTPS));
    for callback in ["/back?oauth_verifier=v", "/back?oauth_problem=user_refused", "/back"] {
        finds(&format!("{}; {}", damaged(&b), sent(&a, HTTPS)), callback, HTTPS, &a);
        finds(
            &format!("{}; {}; {}", damaged(&b), sent(&a, HTTPS), damaged(&c)),
            callback,
            HTTPS,
            &a,
        );
    }
    let unnamed = |cookies: &str| Ticket::from_cookies(cookies, "/back?oauth_verifier=v", HTTPS);
    let mismatch = Kind::from(ErrorKind::Callback(CallbackError::TokenMismatch));
    let several = format!("{}; {}; {}", sent(&a, HTTPS), damaged(&b), sent(&c, HTTPS));
    approval(unnamed(&several), &mismatch);
    // None can be read: one says what it is, and of two it cannot be told which.
    refused(unnamed(&damaged(&b)), &Kind::from(ErrorKind::Ticket(TicketError::Unknown)));
    approval(unnamed(&format!("{}; {}", damaged(&b), damaged(&c))), &mismatch);
    // The callback names its flow, whose cookie is damaged.
    let cookies = format!("{}; {}", damaged(&b), sent(&a, HTTPS));
    refused(
        Ticket::from_cookies(&cookies, &back("b"), HTTPS),
        &Kind::from(ErrorKind::Ticket(TicketError::Unknown)),
    );
}

#[test]
fn a_cookie_that_is_sent_twice_is_one_cookie() {
    let (a, b) = (ticket("a"), ticket("b"));
    let twice = format!("{0}; {0}", sent(&a, LOOPBACK));
    finds(&twice, &back("a"), LOOPBACK, &a);
    finds(&twice, "/back?oauth_verifier=v", LOOPBACK, &a);
    let other = format!("{}={}", name(&a, LOOPBACK), b.value().expose_secret());
    missing(&format!("{}; {other}", sent(&a, LOOPBACK)), &back("a"), LOOPBACK);
}

#[test]
fn a_callback_that_cannot_be_read_is_an_error() {
    let cookies = sent(&ticket("a"), HTTPS);
    let from = |callback: &str| Ticket::from_cookies(&cookies, callback, HTTPS);
    let twice = "/back?oauth_token=a&oauth_token=a&oauth_verifier=v";
    approval(from(twice), &Kind::from(ErrorKind::Callback(CallbackError::TokenMismatch)));
    let reason = "a parameter is not UTF-8 once percent-decoded";
    approval(from("/back?oauth_token=%FF"), &Kind::unreadable(reason));
    let reason = "it is longer than 64 KiB";
    approval(from(&"x".repeat(70_000)), &Kind::unreadable(reason));
}

#[test]
fn a_ticket_is_not_shown() {
    let ticket = ticket("a");
    assert_eq!(format!("{ticket:?}"), "Ticket(..)");
    silent(&format!("{ticket:#?}"));
}

/// Chromium lets any host under the domain set cookies of such names; a parser that drops all of
/// Unicode's white space would find the prefix.
#[test]
fn only_spaces_and_tabs_are_dropped_around_a_name() {
    let a = ticket("a");
    for letter in
        ["\u{2000}", "\u{a0}", "\u{85}", "\u{3000}", "\u{2028}", "\u{b}", "\u{c}", "\u{feff}"]
    {
        missing(&format!("{letter}{}", sent(&a, HTTPS)), &back("a"), HTTPS);
        let (name, value) = (name(&a, HTTPS), a.value().expose_secret());
        missing(&format!("{name}{letter}={value}"), &back("a"), HTTPS);
        // Beside the true one it changes nothing.
        finds(&format!("{letter}{name}=x; {name}={value}"), &back("a"), HTTPS, &a);
    }
    finds(&format!(";\t {} \t;", sent(&a, HTTPS)), &back("a"), HTTPS, &a);
    missing(&format!("\"{}", sent(&a, HTTPS)), &back("a"), HTTPS);
}

#[test]
fn cookies_of_others_need_not_be_text() {
    let a = ticket("a");
    let cookies = [b"\xff=\xfe; \x00; =; ", sent(&a, HTTPS).as_bytes(), b"; lang=\xe9"].concat();
    let found = Ticket::from_cookies(&cookies, &back("a"), HTTPS).unwrap();
    assert_eq!(found.value().expose_secret(), a.value().expose_secret());
    let cookies = [name(&a, HTTPS).as_bytes(), b"=\xff"].concat();
    refused(
        Ticket::from_cookies(cookies, &back("a"), HTTPS),
        &Kind::from(ErrorKind::Ticket(TicketError::Unknown)),
    );
}

proptest! {
    #[test]
    fn whatever_stands_before_a_name_is_part_of_it(
        before in vec(prop_oneof![any::<char>(), proptest::char::range('\0', '\u{ff}')], 0..4),
    ) {
        let before = String::from_iter(before);
        let a = ticket("a");
        let cookies = format!("{before}{}", sent(&a, HTTPS));
        let last = before.rsplit(';').next().unwrap_or_default();
        let is_dropped = last.chars().all(|letter| matches!(letter, ' ' | '\t'));
        prop_assert_eq!(Ticket::from_cookies(&cookies, &back("a"), HTTPS).is_ok(), is_dropped);
    }
}
