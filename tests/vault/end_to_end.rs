//! Each way of keeping, from the request token to a call in the user's name, against the sandbox.

use secrecy::ExposeSecret;
use tripod::{
    Callback, Client, Session,
    vault::{CookieScope, CookieVault, Sealer, Ticket, Vault},
};
use tripod_sandbox::{Fault, Sandbox};

use crate::{keys, store::Shelf};

/// One machine of the program: a client of its own.
fn machine(sandbox: &Sandbox) -> Client {
    Client::new(sandbox.provider(), sandbox.consumer()).unwrap()
}

fn callback() -> Callback {
    Callback::url("http://127.0.0.1:3000/back?tab=3").unwrap()
}

async fn is_adas(sandbox: &Sandbox, session: &Session) {
    let url = sandbox.data_url("echo/v1");
    let reply = session.get(url).query(&[("format", "json")]).send().await.unwrap();
    assert!(reply.error_for_status().unwrap().text().unwrap().contains(r#""user":"ada""#));
}

/// The user approves; what the provider sends the browser to.
fn approve(sandbox: &Sandbox, page: &str) -> String {
    sandbox.approve(page).unwrap().callback_url().unwrap().to_owned()
}

fn cookie(ticket: &Ticket) -> String {
    ticket.set_cookie(CookieScope::Loopback).split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn with_a_store() {
    let (sandbox, shelf) = (Sandbox::start().await.unwrap(), Shelf::default());
    let vault = || Vault::new(&machine(&sandbox), keys(), shelf.clone());

    let (here, there) = (vault(), vault());
    let issued = here.client().begin(callback()).request_token().await.unwrap();
    let page = issued.authorization_url();
    let cookie = cookie(&here.park(issued).await.unwrap());
    let back = approve(&sandbox, &page);

    let ticket = Ticket::from_cookies(&cookie, &back, CookieScope::Loopback).unwrap();
    let flow = there.resume(&ticket, &back).await.unwrap();
    // A reply that is cut off, and the second try, which the provider refuses or not.
    sandbox.inject(Fault::Status(503));
    let flow = flow.exchange().await.unwrap_err().into_flow();
    let session = flow.exchange().await.unwrap();
    there.save("user 17", &session).await.unwrap();

    let session = here.load("user 17").await.unwrap().unwrap();
    is_adas(&sandbox, &session).await;
    assert!(here.forget("user 17").await.unwrap());
    assert!(there.load("user 17").await.unwrap().is_none());
}

/// A power failure after the exchange: the store comes back as it was before the flow was taken, because no such write
/// waits for the disk. The flow can be taken up twice, and the provider refuses the second exchange.
#[tokio::test]
async fn a_lost_record_of_a_taken_flow_grants_nothing() {
    let (sandbox, shelf) = (Sandbox::start().await.unwrap(), Shelf::default());
    let vault = Vault::new(&machine(&sandbox), keys(), shelf.clone());
    let issued = vault.client().begin(callback()).request_token().await.unwrap();
    let page = issued.authorization_url();
    let ticket = vault.park_for("ada", issued).await.unwrap();
    let back = approve(&sandbox, &page);

    let on_disk = shelf.entries();
    assert!(on_disk.values().all(|entry| entry.claim.is_none()));
    let finished = vault.finish("ada", &ticket, &back).await.unwrap();
    is_adas(&sandbox, finished.session()).await;
    let saved = shelf.entries();
    // The session was acknowledged, so it is on the disk; that the flow was taken is not.
    shelf.tamper(|entries| entries.extend(on_disk));

    let failed = vault.finish("ada", &ticket, &back).await.unwrap_err();
    assert!(
        matches!(failed.error().kind(), tripod::ErrorKind::Rejected { .. }),
        "{:?}",
        failed.error()
    );
    assert!(failed.into_session().is_none());
    assert_eq!(shelf.entries().len(), saved.len());
    is_adas(&sandbox, &vault.load("ada").await.unwrap().unwrap()).await;
}

#[tokio::test]
async fn in_cookies() {
    let sandbox = Sandbox::start().await.unwrap();
    let vault = || CookieVault::new(&machine(&sandbox), keys());

    let issued = vault().client().begin(callback()).request_token().await.unwrap();
    let page = issued.authorization_url();
    let cookie = cookie(&vault().park(issued).unwrap());
    let back = approve(&sandbox, &page);

    let ticket = Ticket::from_cookies(&cookie, &back, CookieScope::Loopback).unwrap();
    let session = vault().resume(&ticket, &back).unwrap().exchange().await.unwrap();
    is_adas(&sandbox, &session).await;

    // A second use of the cookie reaches the provider, which refuses it.
    let again = vault().resume(&ticket, &back).unwrap().exchange().await.unwrap_err();
    assert!(matches!(again.error().kind(), tripod::ErrorKind::Rejected { .. }));
}

#[tokio::test]
async fn in_a_place_of_ones_own() {
    let sandbox = Sandbox::start().await.unwrap();
    let sealer = || Sealer::new(&machine(&sandbox), keys());

    let issued = sealer().client().begin(callback()).request_token().await.unwrap();
    let page = issued.authorization_url();
    let row = sealer().seal_pending(&issued, "row 1").unwrap();
    drop(issued);
    let back = approve(&sandbox, &page);

    let pending = sealer().open_pending(&row, "row 1").unwrap();
    let session = pending.receive_callback(&back).unwrap().exchange().await.unwrap();
    let row = sealer().seal_session(&session, "user 17").unwrap();
    let session = sealer().open_session(&row, "user 17").unwrap();
    is_adas(&sandbox, &session).await;
    assert!(!session.access_token().secret().expose_secret().is_empty());
}
