//! The vault without a store.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::ExposeSecret;
use tripod::{
    Authorized, Callback, CallbackError, Client, Consumer, Error, ErrorKind, Flow, PendingFlow,
    SealError, Stage, TicketError,
    vault::{CookieScope, CookieVault, KeyRing, Sealer, Ticket},
};

use crate::support::Kind;
use crate::{
    key, keys, refused,
    support::{ACCESS_TOKEN, Answer, GRANTED, NOW, REQUEST_TOKEN, SECRET, Scenario, quiet, reply},
    vault::poll_once,
};

const CALLED_BACK: &str = "/back?oauth_token=request%2Ftoken%2B1&oauth_verifier=verifier%2F77";

fn vault(scenario: &Scenario) -> CookieVault {
    CookieVault::new(&scenario.client, keys())
}

fn is_the_flow(flow: Flow<Authorized>) {
    let request = flow.build().unwrap().0;
    assert!(request.uri().query().unwrap().contains("oauth_verifier=verifier%2F77"));
}

fn with_token(scenario: &Scenario, token: &str) -> PendingFlow {
    let body = format!("oauth_token={token}&oauth_token_secret=s&oauth_callback_confirmed=true");
    scenario
        .client
        .begin(Callback::out_of_band())
        .build()
        .unwrap()
        .1
        .receive(&reply(200, body))
        .unwrap()
}

#[test]
fn the_ticket_is_the_flow() {
    let (here, there) = (Scenario::fatsecret(), Scenario::fatsecret());
    let ticket = vault(&here).park(here.to_issued()).unwrap();
    let ticket = Ticket::from_value(ticket.value().expose_secret()).unwrap();
    there.hands.set(NOW + 899);
    is_the_flow(vault(&there).resume(&ticket, CALLED_BACK).unwrap());
    there.hands.set(NOW + 900);
    refused(
        vault(&there).resume(&ticket, CALLED_BACK),
        &Kind::from(ErrorKind::Seal(SealError::Expired)),
    );
}

#[test]
fn a_sealer_does_not_open_a_flow_that_is_bound_to_a_user() {
    let scenario = Scenario::fatsecret();
    let sealer = Sealer::new(&scenario.client, keys());
    let open = |ticket: &Ticket| {
        let value = ticket.value().expose_secret();
        let (tag, bytes) = value.split_once('.').unwrap();
        sealer.open_pending(&URL_SAFE_NO_PAD.decode(bytes).unwrap(), tag)
    };
    let vault = vault(&scenario);
    assert!(open(&vault.park(scenario.to_issued()).unwrap()).is_ok());
    let bound = open(&vault.park_for("ada", scenario.to_issued()).unwrap());
    refused(bound, &Kind::from(ErrorKind::Ticket(TicketError::OtherUser)));
}

#[test]
fn a_callback_in_another_browser_is_refused() {
    let scenario = Scenario::fatsecret();
    let vault = vault(&scenario);
    let attacker = vault.park(with_token(&scenario, "attackers")).unwrap();
    let error = vault.resume(&attacker, CALLED_BACK).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Callback(CallbackError::TokenMismatch));
    assert_eq!(error.stage(), Stage::Approval);
    quiet(&error);
}

#[test]
fn a_ticket_of_others_does_not_open() {
    let scenario = Scenario::fatsecret();
    let ticket = vault(&scenario).park(scenario.to_issued()).unwrap();
    let resume =
        |client: &Client, keys| CookieVault::new(client, keys).resume(&ticket, CALLED_BACK);
    let id = "2026-01";
    let fatsecret = &scenario.client;
    let other = Client::from_transport(
        fatsecret.provider().clone(),
        Consumer::new("key 2", SECRET),
        Scenario::fatsecret().script,
    )
    .with_clock(scenario.hands.clone());
    refused(
        resume(fatsecret, KeyRing::new(id, key(1)).unwrap()),
        &Kind::from(ErrorKind::Seal(SealError::Broken)),
    );
    refused(resume(fatsecret, KeyRing::new("2026-02", key(0)).unwrap()), &Kind::key_unknown(id));
    refused(resume(&other, keys()), &Kind::from(ErrorKind::Seal(SealError::Foreign)));
    refused(
        resume(&Scenario::photos().client, keys()),
        &Kind::from(ErrorKind::Seal(SealError::Foreign)),
    );
    assert!(resume(fatsecret, keys()).is_ok());
}

#[test]
fn a_changed_ticket_does_not_open() {
    let scenario = Scenario::fatsecret();
    let vault = vault(&scenario);
    let ticket = vault.park(scenario.to_issued()).unwrap();
    let value = ticket.value().expose_secret();
    let resume = |value: &str| {
        Ticket::from_value(value).and_then(|ticket| vault.resume(&ticket, CALLED_BACK))
    };
    assert!(resume(value).is_ok());
    for at in 0..value.len() {
        for letter in ["0", "a", "A", "_", "."] {
            let mut changed = value.to_owned();
            changed.replace_range(at..=at, letter);
            if changed == value {
                continue;
            }
            let error: Error = resume(&changed).unwrap_err();
            assert_eq!(error.stage(), Stage::Keeping, "{at} {letter}");
            quiet(&error);
        }
    }
    for end in 0..value.len() {
        let error = resume(&value[..end]).unwrap_err();
        assert_eq!(error.stage(), Stage::Keeping, "{end}");
    }
}

#[test]
fn a_flow_too_large_for_a_cookie_comes_back() {
    let scenario = Scenario::fatsecret();
    let vault = vault(&scenario);
    for (letters, fits) in [(1000, true), (2000, true), (3000, false), (20_000, false)] {
        let token = "t".repeat(letters);
        match vault.park(with_token(&scenario, &token)) {
            Ok(ticket) => {
                assert!(fits, "{letters}");
                let cookie = ticket.set_cookie(CookieScope::Https);
                let pair = cookie.split(';').next().unwrap();
                assert!(pair.len() <= 4096, "{letters}: {}", pair.len());
                let callback = format!("/back?oauth_token={token}&oauth_verifier=v");
                let ticket = Ticket::from_value(ticket.value().expose_secret()).unwrap();
                assert!(vault.resume(&ticket, &callback).is_ok());
            }
            Err(failed) => {
                assert!(!fits, "{letters}");
                assert_eq!(*failed.error().kind(), Kind::seal_too_large(3800));
                assert_eq!(failed.into_flow().oauth_token(), token);
            }
        }
    }
}

#[test]
fn an_expired_flow_is_not_parked_and_comes_back() {
    let scenario = Scenario::fatsecret();
    let flow = scenario.to_issued();
    scenario.hands.pass(Duration::from_secs(900));
    let failed = vault(&scenario).park(flow).unwrap_err();
    assert_eq!(*failed.error().kind(), ErrorKind::Seal(SealError::Expired));
    assert_eq!(failed.into_flow().oauth_token(), REQUEST_TOKEN);
}

#[test]
fn a_flow_of_another_user_is_not_taken_up() {
    let scenario = Scenario::fatsecret();
    let vault = vault(&scenario);
    let ticket = vault.park_for("ada", scenario.to_issued()).unwrap();
    let other = Kind::from(ErrorKind::Ticket(TicketError::OtherUser));
    refused(vault.resume(&ticket, CALLED_BACK), &other);
    refused(vault.resume_for("eve", &ticket, CALLED_BACK), &other);
    is_the_flow(vault.resume_for("ada", &ticket, CALLED_BACK).unwrap());
    // One that is bound to nobody, and a user who is nobody.
    let ticket = vault.park(scenario.to_issued()).unwrap();
    is_the_flow(vault.resume_for("ada", &ticket, CALLED_BACK).unwrap());
    let empty = Kind::invalid_setting("the user's id is empty");
    refused(vault.resume_for("", &ticket, CALLED_BACK), &empty);
    let failed = vault.park_for("", scenario.to_issued()).unwrap_err();
    assert_eq!(*failed.error().kind(), empty);
}

fn used() -> Kind {
    Kind::from(ErrorKind::Ticket(TicketError::Used))
}

#[test]
fn the_second_click_sees_that_the_ticket_was_used() {
    let scenario = Scenario::fatsecret();
    let vault = vault(&scenario);
    let ticket = vault.park(scenario.to_issued()).unwrap();
    // What cannot be used uses nothing up.
    assert!(vault.resume(&ticket, "/back?oauth_token=other&oauth_verifier=v").is_err());
    is_the_flow(vault.resume(&ticket, CALLED_BACK).unwrap());
    refused(vault.resume(&ticket, CALLED_BACK), &used());
    // A clone knows of it, and so does a request that brought the same cookie.
    let ticket = Ticket::from_value(ticket.value().expose_secret()).unwrap();
    refused(vault.clone().resume_for("ada", &ticket, CALLED_BACK), &used());
    // Another process does not: there it is the provider that refuses.
    is_the_flow(CookieVault::new(&scenario.client, keys()).resume(&ticket, CALLED_BACK).unwrap());
    // Parked again after a failed exchange, it has another ticket.
    let again = vault.park(scenario.to_issued()).unwrap();
    is_the_flow(vault.resume(&again, CALLED_BACK).unwrap());
}

#[tokio::test]
async fn a_second_click_during_the_exchange_does_not_get_the_flow() {
    let scenario = Scenario::fatsecret();
    let vault = vault(&scenario);
    let ticket = vault.park_for("ada", scenario.to_issued()).unwrap();
    // Begun, and not answered yet: the first click's.
    let first = vault.resume_for("ada", &ticket, CALLED_BACK).unwrap();
    refused(vault.finish_for("ada", &ticket, CALLED_BACK).await, &used());
    assert!(scenario.script.sent().is_empty());
    is_the_flow(first);
}

#[tokio::test]
async fn a_flow_is_finished_once() {
    let scenario = Scenario::fatsecret();
    let vault = vault(&scenario);
    for user in [None, Some("ada")] {
        let ticket = match user {
            Some(user) => vault.park_for(user, scenario.to_issued()).unwrap(),
            None => vault.park(scenario.to_issued()).unwrap(),
        };
        let finish = async || match user {
            Some(user) => vault.finish_for(user, &ticket, CALLED_BACK).await,
            None => vault.finish(&ticket, CALLED_BACK).await,
        };
        scenario.script.answer(reply(200, GRANTED));
        assert_eq!(finish().await.unwrap().access_token().token(), ACCESS_TOKEN);
        refused(finish().await, &used());
    }
    assert_eq!(scenario.script.sent().len(), 2);
    let ticket = vault.park_for("ada", scenario.to_issued()).unwrap();
    let other = Kind::from(ErrorKind::Ticket(TicketError::OtherUser));
    refused(vault.finish(&ticket, CALLED_BACK).await, &other);
    refused(vault.finish_for("eve", &ticket, CALLED_BACK).await, &other);
}

#[tokio::test]
async fn after_a_failed_exchange_the_page_can_be_loaded_again() {
    let scenario = Scenario::fatsecret();
    let vault = vault(&scenario);
    let ticket = vault.park_for("ada", scenario.to_issued()).unwrap();
    for (answers, status) in [(vec![503; 3], 503), (vec![401], 401)] {
        for status in answers {
            scenario.script.answer(reply(status, ""));
        }
        let error = vault.finish_for("ada", &ticket, CALLED_BACK).await.unwrap_err();
        quiet(&error);
        let status = http::StatusCode::from_u16(status).unwrap();
        assert_eq!(*error.kind(), Kind::rejected(status, None));
    }
    // Given up in the middle of it: only then the ticket can be used again.
    scenario.script.sent();
    scenario.script.answer(Answer::Never);
    let mut given_up = Box::pin(vault.finish_for("ada", &ticket, CALLED_BACK));
    assert!(poll_once(&mut given_up).is_none());
    assert_eq!(scenario.script.sent().len(), 1);
    refused(vault.finish_for("ada", &ticket, CALLED_BACK).await, &used());
    drop(given_up);
    scenario.script.answer(reply(200, GRANTED));
    let session = vault.finish_for("ada", &ticket, CALLED_BACK).await.unwrap();
    assert_eq!(session.access_token().token(), ACCESS_TOKEN);
    refused(vault.finish_for("ada", &ticket, CALLED_BACK).await, &used());
}

#[test]
fn the_browser_can_be_told_that_the_flow_is_finished() {
    let scenario = Scenario::fatsecret();
    let parked = vault(&scenario).park(scenario.to_issued()).unwrap();
    let value = parked.value().expose_secret();
    let came_back = Ticket::from_value(value).unwrap();
    let scope = CookieScope::Https;
    for (ticket, seconds) in [(&parked, 900), (&came_back, 3600)] {
        let cookie = ticket.used_cookie(scope);
        // It takes the place of the ticket, and holds nothing of it.
        let name = |cookie: &str| cookie.split_once('=').unwrap().0.to_owned();
        assert_eq!(name(&cookie), name(&ticket.set_cookie(scope)));
        assert!(cookie.ends_with(&format!("; Max-Age={seconds}")), "{cookie}");
        assert!(cookie.contains("; Secure") && cookie.contains("; HttpOnly"), "{cookie}");
        assert!(!cookie.contains(value.split_once('.').unwrap().1));
        let pair = cookie.split(';').next().unwrap();
        refused(Ticket::from_cookies(pair, CALLED_BACK, scope), &used());
        refused(Ticket::from_value(pair.split_once('=').unwrap().1), &used());
    }
}
