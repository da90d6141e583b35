//! What a flow asks for, and when a token was granted, go through the vault; and a callback without a token is taken
//! with a ticket, where the provider is known for it.

use std::time::Duration;

use tripod::{
    Approval, Ask, CallbackError, Client, ErrorKind, TokenEnd, TokenLife,
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
    let (_, awaiting) = scenario.unauthorized().ask(ask).build().unwrap();
    let issued = awaiting.accept(&reply(200, ISSUED)).unwrap();
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
