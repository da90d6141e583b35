//! A callback that arrives twice, and a ticket that somebody else knows.

use std::time::{SystemTime, UNIX_EPOCH};

use tokio::task::JoinSet;
use tripod_sandbox::{Endpoint, Fault};

use super::{approved, start};
use crate::site::{self, Outcome, Site, Visitor, http};

/// As many requests as may wait for another one, see `limits.rs`.
const WAITING: usize = 64;

// The browser was given a ticket by somebody who knows it, and the user logged in with it.
pub(super) async fn a_ticket_that_others_know_is_not_a_session() -> Outcome<()> {
    let (sandbox, site, mut eve) = start().await?;
    let at = site.address.as_str();
    let page = eve.log_in(at).await?;
    let mut ada = Visitor::new(&http()?);
    ada.cookies = eve.cookies.clone();
    let back = site::target(sandbox.approve(&page)?.callback_url())?;
    ada.get(at, &back).await?.expect_redirect("/diary");
    let id = ada.session().ok_or("no session")?.to_owned();
    for ticket in eve.cookies.values() {
        assert!(!ticket.contains(&id));
    }

    // Eve knows the ticket and the request token, and not the verifier.
    let (known, _) = back.split_once("&oauth_verifier").ok_or("no verifier")?;
    let mut guesses = JoinSet::new();
    for guess in ["&oauth_verifier=", "&oauth_verifier=1", ""] {
        let (mut eve, at, link) = (eve.clone(), at.to_owned(), format!("{known}{guess}"));
        guesses.spawn(async move { (eve.get(&at, &link).await, eve.session().map(str::to_owned)) });
    }
    while let Some(guessed) = guesses.join_next().await {
        let (reply, session) = guessed?;
        assert_ne!(reply?.location(), Some("/diary"));
        assert_eq!(session, None);
    }

    // Ada's own reload ends in the same session.
    let mut again = ada.clone();
    again.cookies = eve.cookies.clone();
    again.get(at, &back).await?.expect_redirect("/diary");
    assert_eq!(again.session(), Some(id.as_str()));
    Ok(())
}

pub(super) async fn the_store_forgets_within_a_minute_and_never_learns_the_session() -> Outcome<()>
{
    let sandbox = site::sandbox().await?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("vault.sqlite");
    let site = Site::start(&sandbox.origin(), &["--sqlite", file.to_str().ok_or("no UTF-8")?])?;
    let mut ada = Visitor::new(&http()?);
    let back = approved(&sandbox, &site, &mut ada).await?;
    ada.get(&site.address, &back).await?.expect_redirect("/diary");
    let id = ada.session().ok_or("no session")?.to_owned();

    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?;
    let database = rusqlite::Connection::open(&file)?;
    let (value, expires): (Vec<u8>, i64) = database.query_row(
        "SELECT value, expires FROM entries WHERE key LIKE 'finished:%'",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    assert!((now..=now + 60_000).contains(&expires), "{} ms", expires - now);
    assert_eq!(value.len(), 32);
    assert_ne!(hex::encode(value), id);
    Ok(())
}

pub(super) async fn only_so_many_requests_wait_for_another() -> Outcome<()> {
    let (sandbox, site, mut ada) = start().await?;
    let back = approved(&sandbox, &site, &mut ada).await?;
    // The first request takes the flow and waits for the provider.
    sandbox.inject_at(Endpoint::AccessToken, Fault::NoAnswer);
    let mut requests = JoinSet::new();
    let mut send = || {
        let (mut browser, at, back) = (ada.clone(), site.address.clone(), back.clone());
        requests.spawn(async move { browser.get(&at, &back).await });
    };
    send();
    while !sandbox.log().iter().any(|seen| seen.endpoint == Some(Endpoint::AccessToken)) {
        tokio::task::yield_now().await;
    }
    (0..=WAITING).for_each(|_| send());
    // One more than may wait: it is answered while all others still do.
    let reply = requests.join_next().await.ok_or("no request")???;
    reply.expect(503, "Your login is not finished yet");
    assert!(reply.body.contains("Try again"));
    assert_eq!(requests.len(), 1 + WAITING);
    Ok(())
}
