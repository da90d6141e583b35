//! Parking and resuming: who gets what, once, whatever the store does.

use std::{collections::BTreeMap, future::Future, task::Context, time::Duration};

use tripod::{
    Authorized, Callback, CallbackError, Error, ErrorKind, Flow, PendingFlow, SealError, Stage,
    TicketError,
    vault::{KeyRing, Ticket, Vault},
};

use crate::support::Kind;
use crate::{
    key, keys, refused,
    store::{Fault, Shelf},
    support::{NOW, REQUEST_TOKEN, Scenario, quiet, reply},
};

const CALLED_BACK: &str = "/back?oauth_token=request%2Ftoken%2B1&oauth_verifier=verifier%2F77";

pub(crate) struct Kept {
    pub(crate) scenario: Scenario,
    pub(crate) shelf: Shelf,
    pub(crate) vault: Vault,
}

pub(crate) fn kept() -> Kept {
    let (scenario, shelf) = (Scenario::fatsecret(), Shelf::default());
    let vault = Vault::new(&scenario.client, keys(), shelf.clone());
    Kept { scenario, shelf, vault }
}

impl Kept {
    async fn park(&self) -> Ticket {
        self.vault.park(self.scenario.to_issued()).await.unwrap()
    }

    /// A flow of another user, with a request token of their own.
    fn other(&self, token: &str) -> PendingFlow {
        let body =
            format!("oauth_token={token}&oauth_token_secret=s&oauth_callback_confirmed=true");
        self.scenario
            .client
            .begin(Callback::out_of_band())
            .build()
            .unwrap()
            .1
            .receive(&reply(200, body))
            .unwrap()
    }

    async fn resume(&self, ticket: &Ticket, callback: &str) -> Result<Flow<Authorized>, Error> {
        Ok(self.vault.resume(ticket, callback).await?)
    }
}

fn back(token: &str) -> String {
    format!("/back?oauth_token={token}&oauth_verifier=v")
}

/// A flow that was put away signs the same exchange as one that was not.
#[track_caller]
fn is_the_flow(flow: Flow<Authorized>) {
    let request = flow.build().unwrap().0;
    assert!(request.uri().query().unwrap().contains("oauth_verifier=verifier%2F77"));
    assert!(request.uri().query().unwrap().contains("oauth_token=request%2Ftoken%2B1"));
}

fn denied() -> Kind {
    Kind::denied(None)
}

#[track_caller]
fn approval<T>(result: Result<T, Error>, kind: &Kind) {
    let Err(error) = result else { panic!("{kind:?} was expected") };
    assert_eq!((&Kind::from(error.kind()), error.stage()), (kind, Stage::Approval));
    quiet(&error);
}

#[tokio::test]
async fn a_parked_flow_is_taken_up_once() {
    let kept = kept();
    let ticket = kept.park().await;
    assert_eq!(kept.shelf.calls(), ["put"]);
    is_the_flow(kept.resume(&ticket, CALLED_BACK).await.unwrap());
    assert_eq!(kept.shelf.calls(), ["get", "take"]);
    for _ in 0..2 {
        refused(
            kept.resume(&ticket, CALLED_BACK).await,
            &Kind::from(ErrorKind::Ticket(TicketError::Used)),
        );
    }
}

#[tokio::test]
async fn a_flow_is_taken_up_on_another_machine() {
    let kept = kept();
    let ticket = kept.park().await;
    let there = Scenario::fatsecret();
    there.hands.set(NOW + 14 * 60);
    let vault = Vault::new(&there.client, keys(), kept.shelf.clone());
    let value = secrecy::ExposeSecret::expose_secret(ticket.value()).to_owned();
    let ticket = Ticket::from_value(&value).unwrap();
    is_the_flow(vault.resume(&ticket, CALLED_BACK).await.unwrap());
}

#[tokio::test]
async fn the_store_keeps_a_flow_only_as_long_as_it_can_be_used() {
    let kept = kept();
    let flow = kept.scenario.to_issued();
    kept.scenario.hands.pass(Duration::from_secs(100));
    kept.vault.park(flow).await.unwrap();
    let entries = kept.shelf.entries();
    assert_eq!(entries.values().next().unwrap().lifetime, Some(Duration::from_secs(800)));

    let brief = kept.vault.clone().with_pending_lifetime(Duration::from_secs(60));
    kept.shelf.tamper(BTreeMap::clear);
    let ticket = brief.park(kept.scenario.to_issued()).await.unwrap();
    let entries = kept.shelf.entries();
    assert_eq!(entries.values().next().unwrap().lifetime, Some(Duration::from_secs(60)));
    // A store that is late to drop it makes no difference.
    kept.scenario.hands.pass(Duration::from_secs(60));
    refused(
        kept.resume(&ticket, CALLED_BACK).await,
        &Kind::from(ErrorKind::Seal(SealError::Expired)),
    );
    // One that has dropped it leaves nothing to say.
    kept.shelf.tamper(BTreeMap::clear);
    refused(
        kept.resume(&ticket, CALLED_BACK).await,
        &Kind::from(ErrorKind::Ticket(TicketError::Unknown)),
    );
}

#[tokio::test]
async fn an_expired_flow_is_not_parked_and_comes_back() {
    let kept = kept();
    let flow = kept.scenario.to_issued();
    kept.scenario.hands.pass(Duration::from_secs(15 * 60));
    let failed = kept.vault.park(flow).await.unwrap_err();
    assert_eq!(*failed.error().kind(), ErrorKind::Seal(SealError::Expired));
    assert_eq!(failed.into_flow().oauth_token(), REQUEST_TOKEN);
    assert!(kept.shelf.calls().is_empty());
}

// checklist 18
#[tokio::test]
async fn a_callback_in_another_browser_is_refused_and_harms_nothing() {
    let kept = kept();
    let victim = kept.park().await;
    let attacker = kept.vault.park(kept.other("attackers")).await.unwrap();
    kept.shelf.calls();
    // The attacker's link in the victim's browser, and the victim's link in the attacker's.
    approval(
        kept.resume(&victim, &back("attackers")).await,
        &Kind::from(ErrorKind::Callback(CallbackError::TokenMismatch)),
    );
    approval(
        kept.resume(&attacker, CALLED_BACK).await,
        &Kind::from(ErrorKind::Callback(CallbackError::TokenMismatch)),
    );
    assert_eq!(kept.shelf.calls(), ["get", "get"], "nothing was taken");
    // Both still work where they belong.
    is_the_flow(kept.resume(&victim, CALLED_BACK).await.unwrap());
    assert!(kept.resume(&attacker, &back("attackers")).await.is_ok());
}

#[tokio::test]
async fn a_callback_that_cannot_be_used_leaves_the_flow_parked() {
    let kept = kept();
    let ticket = kept.park().await;
    kept.shelf.calls();
    let token = "oauth_token=request%2Ftoken%2B1";
    for (callback, kind) in [
        (String::new(), denied()),
        (format!("/back?{token}"), denied()),
        (
            format!("/back?{token}&oauth_verifier="),
            Kind::from(ErrorKind::Callback(CallbackError::MissingVerifier)),
        ),
        (
            "/back?oauth_verifier=v".into(),
            Kind::from(ErrorKind::Callback(CallbackError::TokenMismatch)),
        ),
        ("/back?oauth_problem=nonsense".into(), Kind::denied(Some("nonsense"))),
        (
            format!("/back?{token}&x=%FF"),
            Kind::unreadable("a parameter is not UTF-8 once percent-decoded"),
        ),
        ("x".repeat(70_000), Kind::unreadable("it is longer than 64 KiB")),
    ] {
        approval(kept.resume(&ticket, &callback).await, &kind);
    }
    assert_eq!(kept.shelf.calls(), ["get"; 7]);
    is_the_flow(kept.resume(&ticket, CALLED_BACK).await.unwrap());
}

#[tokio::test]
async fn parallel_tabs_do_not_disturb_each_other() {
    let kept = kept();
    let mut tickets = Vec::new();
    for tab in 0..10 {
        tickets.push(kept.vault.park(kept.other(&format!("tab{tab}"))).await.unwrap());
    }
    for tab in [3, 9, 0, 1, 2, 4, 8, 7, 6, 5] {
        let flow = kept.resume(&tickets[tab], &back(&format!("tab{tab}"))).await.unwrap();
        let request = flow.build().unwrap().0;
        assert!(request.uri().query().unwrap().contains(&format!("oauth_token=tab{tab}&")));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_clicks_one_wins() {
    let kept = kept();
    for _ in 0..20 {
        let ticket = kept.park().await;
        let clicks: Vec<_> =
            (0..16).map(|_| tokio::spawn(kept.vault.resume(&ticket, CALLED_BACK))).collect();
        let mut won = 0;
        for click in clicks {
            match click.await.unwrap() {
                Ok(flow) => {
                    is_the_flow(flow);
                    won += 1;
                }
                Err(failed) => {
                    assert_eq!(*failed.error().kind(), ErrorKind::Ticket(TicketError::Used));
                }
            }
        }
        assert_eq!(won, 1);
    }
}

#[tokio::test]
async fn of_two_that_have_both_looked_one_takes() {
    let kept = kept();
    let ticket = kept.park().await;
    drop(kept.shelf.calls());
    let (mut first, mut second) =
        (kept.vault.resume(&ticket, CALLED_BACK), kept.vault.resume(&ticket, CALLED_BACK));
    kept.shelf.fail([Fault::Later, Fault::Later]);
    assert!(poll_once(&mut first).is_none());
    assert!(poll_once(&mut second).is_none());
    assert_eq!(kept.shelf.calls(), ["get", "get"]);
    is_the_flow(first.await.unwrap());
    assert_eq!(*second.await.unwrap_err().error().kind(), ErrorKind::Ticket(TicketError::Used));
}

/// A second click while the first one's take is on its way.
#[tokio::test]
async fn a_second_click_in_between_loses() {
    let kept = kept();
    let ticket = kept.park().await;
    let mut first = kept.vault.resume(&ticket, CALLED_BACK);
    kept.shelf.fail([Fault::None, Fault::Silence]);
    assert!(poll_once(&mut first).is_none());
    refused(
        kept.resume(&ticket, CALLED_BACK).await,
        &Kind::from(ErrorKind::Ticket(TicketError::Used)),
    );
    // The first one's reply was lost; it has the claim still.
    is_the_flow(first.restart().await.unwrap());
}

pub(crate) fn poll_once<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
    let mut context = Context::from_waker(std::task::Waker::noop());
    match std::pin::Pin::new(future).poll(&mut context) {
        std::task::Poll::Ready(output) => Some(output),
        std::task::Poll::Pending => None,
    }
}

pub(crate) fn retryable() -> Kind {
    Kind::store(true)
}

#[tokio::test]
async fn a_resume_that_the_store_failed_can_be_tried_again() {
    for faults in [
        // Before the look, and when its reply is lost.
        vec![Fault::Before],
        vec![Fault::After],
        // Before the taking, and when its reply is lost.
        vec![Fault::None, Fault::Before],
        vec![Fault::None, Fault::After],
    ] {
        let kept = kept();
        let ticket = kept.park().await;
        kept.shelf.fail(faults);
        let failed = kept.vault.resume(&ticket, CALLED_BACK).await.unwrap_err();
        assert_eq!(*failed.error().kind(), retryable());
        assert!(failed.error().is_retryable());
        assert_eq!(failed.error().stage(), Stage::Keeping);
        quiet(failed.error());
        quiet(&failed);
        is_the_flow(failed.retry().await.unwrap());
        refused(
            kept.resume(&ticket, CALLED_BACK).await,
            &Kind::from(ErrorKind::Ticket(TicketError::Used)),
        );
    }
}

#[tokio::test]
async fn a_retry_can_fail_and_be_tried_again() {
    let kept = kept();
    let ticket = kept.park().await;
    // The reply of the taking is lost twice, the retries' own calls once each.
    kept.shelf.fail([Fault::None, Fault::After, Fault::Before, Fault::None, Fault::After]);
    let failed = kept.vault.resume(&ticket, CALLED_BACK).await.unwrap_err();
    let failed = failed.retry().await.unwrap_err();
    let failed = failed.retry().await.unwrap_err();
    assert_eq!(*failed.error().kind(), retryable());
    is_the_flow(failed.retry().await.unwrap());
}

#[tokio::test]
async fn a_lost_reply_gives_the_flow_to_nobody_else() {
    let kept = kept();
    let ticket = kept.park().await;
    kept.shelf.fail([Fault::None, Fault::After]);
    let failed = kept.vault.resume(&ticket, CALLED_BACK).await.unwrap_err();
    refused(
        kept.resume(&ticket, CALLED_BACK).await,
        &Kind::from(ErrorKind::Ticket(TicketError::Used)),
    );
    is_the_flow(failed.retry().await.unwrap());
}

#[tokio::test]
async fn a_store_that_refuses_is_not_asked_again() {
    let kept = kept();
    let ticket = kept.park().await;
    kept.shelf.fail([Fault::Refused]);
    let failed = kept.vault.resume(&ticket, CALLED_BACK).await.unwrap_err();
    assert_eq!(*failed.error().kind(), Kind::store(false));
    assert!(!failed.error().is_retryable());
    let source = std::error::Error::source(&failed).unwrap();
    assert_eq!(source.to_string(), "the store refused the call");
    refused::<()>(Err(failed.into()), &Kind::store(false));
}

#[tokio::test]
async fn a_flow_that_could_not_be_parked_comes_back() {
    for fault in [Fault::Before, Fault::After, Fault::Refused] {
        let kept = kept();
        kept.shelf.fail([fault]);
        let failed = kept.vault.park(kept.scenario.to_issued()).await.unwrap_err();
        assert!(matches!(failed.error().kind(), ErrorKind::Store { .. }));
        quiet(&failed);
        let ticket = kept.vault.park(failed.into_flow()).await.unwrap();
        is_the_flow(kept.resume(&ticket, CALLED_BACK).await.unwrap());
    }
}

#[tokio::test]
async fn parking_that_is_given_up_gives_the_flow_back() {
    let kept = kept();
    let park = kept.vault.park(kept.scenario.to_issued());
    assert_eq!(park.into_flow().unwrap().oauth_token(), REQUEST_TOKEN, "never polled");

    kept.shelf.fail([Fault::Silence]);
    let mut park = kept.vault.park(kept.scenario.to_issued());
    assert!(poll_once(&mut park).is_none());
    assert!(poll_once(&mut park).is_none());
    let flow = park.into_flow().unwrap();
    let ticket = kept.vault.park(flow).await.unwrap();
    is_the_flow(kept.resume(&ticket, CALLED_BACK).await.unwrap());

    let mut park = kept.vault.park(kept.scenario.to_issued());
    assert!(poll_once(&mut park).unwrap().is_ok());
    assert!(park.into_flow().is_none(), "its flow is in the store");
}

#[tokio::test]
async fn a_ticket_that_was_never_given_finds_nothing() {
    let kept = kept();
    let ticket = kept.park().await;
    let value = secrecy::ExposeSecret::expose_secret(ticket.value()).to_owned();
    let other = value.replace(&value[17..], "AAAA");
    let other = Ticket::from_value(&other).unwrap();
    refused(
        kept.resume(&other, CALLED_BACK).await,
        &Kind::from(ErrorKind::Ticket(TicketError::Unknown)),
    );
    is_the_flow(kept.resume(&ticket, CALLED_BACK).await.unwrap());
}

#[tokio::test]
async fn entries_that_were_swapped_in_the_store_do_not_open() {
    let kept = kept();
    let ticket = kept.park().await;
    let other = kept.vault.park(kept.other("other")).await.unwrap();
    kept.shelf.tamper(|entries| {
        let values: Vec<_> = entries.values().rev().cloned().collect();
        entries.values_mut().zip(values).for_each(|(entry, value)| *entry = value);
    });
    refused(
        kept.resume(&ticket, CALLED_BACK).await,
        &Kind::from(ErrorKind::Seal(SealError::Broken)),
    );
    refused(
        kept.resume(&other, &back("other")).await,
        &Kind::from(ErrorKind::Seal(SealError::Broken)),
    );
}

#[tokio::test]
async fn one_store_serves_vaults_of_several_providers() {
    let kept = kept();
    let photos = Scenario::photos();
    let other = Vault::new(&photos.client, keys(), kept.shelf.clone());
    kept.vault.save("ada", &kept.scenario.to_granted()).await.unwrap();
    assert!(other.load("ada").await.unwrap().is_none());
    other.save("ada", &photos.to_granted()).await.unwrap();
    assert!(kept.vault.load("ada").await.unwrap().is_some());
    // A flow of one is no flow of the other's, and stays where it is.
    let ticket = kept.park().await;
    refused(
        other.resume(&ticket, CALLED_BACK).await.map_err(Error::from),
        &Kind::from(ErrorKind::Seal(SealError::Foreign)),
    );
    is_the_flow(kept.resume(&ticket, CALLED_BACK).await.unwrap());
    let failed = other.park(kept.scenario.to_issued()).await.unwrap_err();
    assert_eq!(*failed.error().kind(), ErrorKind::Seal(SealError::Foreign));
    refused(
        other.save("ada", &kept.scenario.to_granted()).await,
        &Kind::from(ErrorKind::Seal(SealError::Foreign)),
    );
}

#[tokio::test]
async fn a_new_key_takes_over_while_flows_are_parked() {
    let kept = kept();
    let ticket = kept.park().await;
    kept.vault.save("ada", &kept.scenario.to_granted()).await.unwrap();

    let ring = KeyRing::new("2026-02", key(9)).unwrap().with_older("2026-01", key(0)).unwrap();
    let vault = Vault::new(&kept.scenario.client, ring, kept.shelf.clone());
    is_the_flow(vault.resume(&ticket, CALLED_BACK).await.unwrap());
    let session = vault.load("ada").await.unwrap().unwrap();
    vault.save("ada", &session).await.unwrap();
    refused(kept.vault.load("ada").await, &Kind::key_unknown("2026-02"));
    let alone = KeyRing::new("2026-02", key(9)).unwrap();
    let vault = Vault::new(&kept.scenario.client, alone, kept.shelf.clone());
    assert!(vault.load("ada").await.unwrap().is_some());
}

#[test]
fn everything_can_be_sent_and_shared() {
    fn shared<T: Send + Sync + 'static>() {}
    fn sent<T: Send + Unpin + 'static>() {}
    shared::<(Vault, Ticket, KeyRing, tripod::vault::Sealer, tripod::vault::CookieVault)>();
    shared::<tripod::vault::ResumeFailed>();
    sent::<tripod::vault::Park>();
    sent::<tripod::vault::Resume>();
}
