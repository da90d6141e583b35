//! What a flow asks for, and when a token was granted, go through the vault; and a callback without a token is taken
//! with a ticket, where the provider is known for it.

use std::time::Duration;

use http::{HeaderMap, header};
use secrecy::ExposeSecret;
use tripod::{
    Approval, Ask, CallbackError, Client, ErrorKind, PendingFlow, TokenEnd, TokenLife,
    vault::{
        CookieScope, CookieVault, KeyRing, Sealer, SealingKey, Ticket, Vault, store::MemoryStore,
    },
};

use crate::support::*;

const BACK: &str = "/back?oauth_verifier=v";

fn ring() -> KeyRing {
    KeyRing::new("1", SealingKey::generate()).unwrap()
}

#[test]
fn what_a_flow_asks_for_is_kept_with_it() {
    let scenario = Scenario::photos();
    let ask = Ask::new().with_page_parameter("perms", "write");
    let (_, awaiting) = scenario.unauthorized().with_ask(ask).build().unwrap();
    let issued = awaiting.receive(&reply(200, ISSUED)).unwrap();
    let page = issued.authorization_url();
    assert!(page.contains("?perms=write&oauth_token="), "{page}");
    let sealer = Sealer::new(&scenario.client, ring());
    let bytes = sealer.seal_pending(&issued, "here").unwrap();
    assert_eq!(sealer.open_pending(&bytes, "here").unwrap().authorization_url(), page);
}

#[test]
fn the_moments_of_a_token_are_sealed_with_it_and_idle_time_is_not() {
    let end = TokenEnd::After(Duration::from_secs(9000));
    let life = TokenLife::new().with_end(end);
    for (life, is_known) in
        [(life.clone(), true), (life.with_idle_limit(Duration::from_secs(7200)), false)]
    {
        let scenario = Scenario::at(photos().with_token_life(life).unwrap());
        let session = scenario.to_granted();
        let sealer = Sealer::new(&scenario.client, ring());
        let bytes = sealer.seal_session(&session, "ada").unwrap();
        let opened = sealer.open_session(&bytes, "ada").unwrap();
        let (was, is) = (session.access_token(), opened.access_token());
        assert!(was.granted_at().is_some() && was.expires_at().is_some());
        assert_eq!((is.granted_at(), is.expires_at()), (was.granted_at(), was.expires_at()));
        assert!(session.expires_at().is_some());
        assert_eq!(opened.expires_at().is_some(), is_known, "idle time is unknown, not fresh");
    }
}

#[tokio::test]
async fn a_callback_without_a_token_is_taken_with_the_browsers_only_ticket() {
    let known = Approval::new().tolerate_callback_without_token();
    let client = Scenario::at(photos().with_approval(known));
    let strict = Scenario::photos();
    let mismatch = ErrorKind::Callback(CallbackError::TokenMismatch);
    for (scenario, is_taken) in [(&client, true), (&strict, false)] {
        let client: &Client = &scenario.client;
        let cookies = CookieVault::new(client, ring());
        let ticket = cookies.park(scenario.to_issued()).unwrap();
        let header = ticket.set_cookie(CookieScope::Https);
        let header = header.split(';').next().unwrap();
        let found = Ticket::from_cookies(header, BACK, CookieScope::Https).unwrap();
        let taken = cookies.resume(&found, BACK);
        assert_eq!(taken.is_ok(), is_taken);
        if let Err(error) = taken {
            assert_eq!(*error.kind(), mismatch);
        }

        let vault = Vault::new(client, ring(), MemoryStore::new());
        let ticket = vault.park(scenario.to_issued()).await.unwrap();
        assert_eq!(vault.resume(&ticket, BACK).await.is_ok(), is_taken);
        // Another flow's token is refused with any ticket.
        let ticket = vault.park(scenario.to_issued()).await.unwrap();
        let failed = vault.resume(&ticket, "/back?oauth_token=x&oauth_verifier=v").await;
        assert_eq!(*failed.unwrap_err().error().kind(), mismatch);

        // A browser with tickets of two flows cannot say which it is.
        let other = format!("{header}; __Host-tripod-0123456789abcdef=0123456789abcdef.AAAA");
        let ambiguous = Ticket::from_cookies(&other, BACK, CookieScope::Https).unwrap_err();
        assert_eq!(*ambiguous.kind(), mismatch);
    }
}

/// The cookies that a browser with these tickets sends.
fn headers(tickets: &[&Ticket]) -> HeaderMap {
    let pairs: Vec<String> = tickets
        .iter()
        .map(|ticket| ticket.set_cookie(CookieScope::Https).split(';').next().unwrap().to_owned())
        .collect();
    HeaderMap::from_iter([(header::COOKIE, pairs.join("; ").parse().unwrap())])
}

fn flow_of(scenario: &Scenario, token: &str) -> PendingFlow {
    let body = format!("oauth_token={token}&oauth_token_secret=s&oauth_callback_confirmed=true");
    let (_, awaiting) = scenario.unauthorized().build().unwrap();
    awaiting.receive(&reply(200, body)).unwrap()
}

#[tokio::test]
async fn a_finished_flow_does_not_stand_in_the_way_of_the_browsers_next() {
    let known = Approval::new().tolerate_callback_without_token();
    let scenario = Scenario::at(photos().with_approval(known));
    let vault = Vault::new(&scenario.client, ring(), MemoryStore::new());
    let find = async |tickets: &[&Ticket], callback: &str| {
        let found = vault.find_ticket(&headers(tickets), callback, CookieScope::Https).await;
        found.map(|ticket| ticket.value().expose_secret().to_owned())
    };
    let value = |ticket: &Ticket| ticket.value().expose_secret().to_owned();
    let mismatch = ErrorKind::Callback(CallbackError::TokenMismatch);

    let first = vault.park(flow_of(&scenario, "first")).await.unwrap();
    scenario.script.answer(reply(200, GRANTED));
    vault.finish("ada", &first, BACK).await.unwrap();
    // The browser keeps its ticket, and begins again.
    let second = vault.park(flow_of(&scenario, "second")).await.unwrap();
    for callback in [BACK, "/back?oauth_problem=user_refused"] {
        assert_eq!(find(&[&first, &second], callback).await.unwrap(), value(&second));
    }
    // A callback that names its flow is not asked about.
    let named = "/back?oauth_token=first&oauth_verifier=v";
    assert_eq!(find(&[&first, &second], named).await.unwrap(), value(&first));

    // What is no ticket does not count, however many tickets there are beside it.
    for tickets in [&[&second][..], &[&first, &second]] {
        let mut damaged = headers(tickets).remove(header::COOKIE).unwrap().as_bytes().to_vec();
        damaged.extend(b"; __Host-tripod-0123456789abcdef=x");
        let damaged = HeaderMap::from_iter([(header::COOKIE, damaged.try_into().unwrap())]);
        let found = vault.find_ticket(&damaged, BACK, CookieScope::Https).await.unwrap();
        assert_eq!(found.value().expose_secret(), value(&second));
    }

    // Two that are pending cannot be told apart.
    let third = vault.park(flow_of(&scenario, "third")).await.unwrap();
    let error = find(&[&first, &second, &third], BACK).await.unwrap_err();
    assert_eq!(*error.kind(), mismatch);

    // Once all are finished, the page can still be loaded again.
    for ticket in [&second, &third] {
        scenario.script.answer(reply(200, GRANTED));
        vault.finish("ada", ticket, BACK).await.unwrap();
    }
    let tickets = headers(&[&first, &second, &third]);
    let found = vault.find_ticket(&tickets, BACK, CookieScope::Https).await.unwrap();
    assert!(vault.finish("ada", &found, BACK).await.unwrap().was_finished_before());

    // A browser that has more than anybody begins asks the store nothing.
    let mut many = Vec::new();
    for number in 0..17 {
        many.push(vault.park(flow_of(&scenario, &number.to_string())).await.unwrap());
    }
    // One is pending, and it would be found if the store were asked.
    for ticket in &many[1..] {
        scenario.script.answer(reply(200, GRANTED));
        vault.finish("ada", ticket, BACK).await.unwrap();
    }
    let error = find(&many.iter().collect::<Vec<_>>(), BACK).await.unwrap_err();
    assert_eq!(*error.kind(), mismatch);
    let found = find(&many[..16].iter().collect::<Vec<_>>(), BACK).await.unwrap();
    assert_eq!(found, value(&many[0]));
}
