//! From the callback to a saved session in one call: what fails for a moment costs no login.

use std::sync::{Arc, Mutex};

use tripod::{
    Error, Retries, Session, TicketError,
    vault::{FinishFailed, Finished, Ticket, Vault},
};

use crate::{
    refused,
    store::Fault,
    support::{ACCESS_TOKEN, GRANTED, Kind, Scenario, VERIFIER, quiet, reply, silent},
    vault::{Kept, kept, retryable},
};

const CALLED_BACK: &str = "/back?oauth_token=request%2Ftoken%2B1&oauth_verifier=verifier%2F77";
const FORGED: &str = "/back?oauth_token=request%2Ftoken%2B1&oauth_verifier=guessed";

impl Kept {
    async fn park_for(&self, user: &str) -> Ticket {
        let ticket = self.vault.park_for(user, self.scenario.to_issued()).await.unwrap();
        self.shelf.calls();
        ticket
    }

    async fn finish(&self, ticket: &Ticket, user: &str) -> Result<Session, FinishFailed> {
        self.vault.finish(user, ticket, CALLED_BACK).await.map(Finished::into_session)
    }

    fn answers(&self, statuses: &[u16]) {
        for status in statuses {
            let body = if *status == 200 { GRANTED } else { "" };
            self.scenario.script.answer(reply(*status, body));
        }
    }

    #[track_caller]
    fn sent(&self, count: usize) {
        assert_eq!(self.scenario.script.sent().len(), count);
    }

    async fn is_saved(&self, user: &str) {
        let session = self.vault.load(user).await.unwrap().unwrap();
        assert_eq!(session.access_token().token(), ACCESS_TOKEN);
    }
}

fn ticket_error(error: TicketError) -> Kind {
    Kind::from(tripod::ErrorKind::Ticket(error))
}

#[track_caller]
fn failed(result: Result<Session, FinishFailed>) -> FinishFailed {
    let Err(failed) = result else { panic!("an error was expected") };
    quiet(&failed);
    failed
}

#[track_caller]
fn is_for_another(result: Result<Session, FinishFailed>) {
    let failed = failed(result);
    assert!(failed.ticket().is_none());
    refused::<()>(Err(failed.into()), &ticket_error(TicketError::OtherUser));
}

#[tokio::test]
async fn a_flow_is_finished_and_saved() {
    let kept = kept();
    let ticket = kept.park_for("ada").await;
    kept.answers(&[200]);
    let session = kept.finish(&ticket, "ada").await.unwrap();
    assert_eq!(session.access_token().token(), ACCESS_TOKEN);
    assert_eq!(kept.shelf.calls(), ["get", "take", "put"]);
    kept.sent(1);
    kept.is_saved("ada").await;
}

#[tokio::test]
async fn a_provider_that_is_down_for_a_moment_is_asked_again() {
    let kept = kept();
    let ticket = kept.park_for("ada").await;
    kept.answers(&[503, 503, 200]);
    let _session = kept.finish(&ticket, "ada").await.unwrap();
    kept.sent(3);
    kept.is_saved("ada").await;
}

#[tokio::test]
async fn a_provider_that_asks_for_a_pause_is_left_alone() {
    let kept = kept();
    let ticket = kept.park_for("ada").await;
    let mut busy = reply(503, "");
    busy.headers_mut().insert("retry-after", "7".parse().unwrap());
    kept.scenario.script.answer(busy);
    let failed = failed(kept.finish(&ticket, "ada").await);
    assert_eq!(failed.error().retry_after().unwrap().as_secs(), 7);
    assert!(failed.ticket().is_some());
    kept.sent(1);
}

#[tokio::test]
async fn a_provider_that_stays_down_costs_no_login() {
    let kept = kept();
    let ticket = kept.park_for("ada").await;
    for _ in 0..2 {
        kept.answers(&[503, 503, 503]);
        let failed = failed(kept.finish(&ticket, "ada").await);
        assert!(failed.error().is_retryable());
        kept.sent(3);
        // The browser's cookie is still the right one.
        let again = failed.ticket().unwrap();
        let text =
            |ticket: &Ticket| secrecy::ExposeSecret::expose_secret(ticket.value()).to_owned();
        assert_eq!(text(again), text(&ticket));
        let entries = kept.shelf.entries();
        assert_eq!(entries.len(), 1);
        let lifetime = entries.values().next().unwrap().lifetime.unwrap();
        assert_eq!(lifetime.as_secs(), 15 * 60, "the provider's");
    }
    // It is still bound.
    is_for_another(kept.finish(&ticket, "eve").await);
    kept.answers(&[200]);
    let _session = kept.finish(&ticket, "ada").await.unwrap();
    kept.is_saved("ada").await;
}

#[tokio::test]
async fn a_forged_verifier_does_not_use_the_flow_up() {
    let kept = kept();
    let ticket = kept.park_for("ada").await;
    kept.answers(&[401]);
    let failed =
        failed(kept.vault.finish("ada", &ticket, FORGED).await.map(Finished::into_session));
    assert!(!failed.error().is_retryable());
    // Nor does it raise an alarm: the user begins again.
    assert!(failed.error().needs_reauthorization());
    assert_eq!(failed.error().http_status_hint(), 410);
    assert!(failed.ticket().is_some());
    kept.sent(1);
    kept.answers(&[200]);
    let _session = kept.finish(&ticket, "ada").await.unwrap();
    let query = kept.scenario.script.only().uri().query().unwrap().to_owned();
    assert!(query.contains(&format!("oauth_verifier={}", VERIFIER.replace('/', "%2F"))));
}

#[tokio::test]
async fn another_users_flow_is_not_finished() {
    let kept = kept();
    let ticket = kept.park_for("ada").await;
    is_for_another(kept.finish(&ticket, "eve").await);
    let resumed = kept.vault.resume(&ticket, CALLED_BACK).await;
    refused(resumed.map_err(Error::from), &ticket_error(TicketError::OtherUser));
    let resumed = kept.vault.resume_for("eve", &ticket, CALLED_BACK).await;
    refused(resumed.map_err(Error::from), &ticket_error(TicketError::OtherUser));
    assert_eq!(kept.shelf.calls(), ["get"; 3], "nothing was taken");
    kept.sent(0);
    assert!(kept.vault.resume_for("ada", &ticket, CALLED_BACK).await.is_ok());
}

#[tokio::test]
async fn a_flow_that_is_bound_to_nobody_is_finished_for_anybody() {
    let kept = kept();
    let ticket = kept.vault.park(kept.scenario.to_issued()).await.unwrap();
    kept.answers(&[200]);
    let _session = kept.finish(&ticket, "ada").await.unwrap();
    kept.is_saved("ada").await;
}

#[tokio::test]
async fn nobody_is_no_user() {
    let kept = kept();
    let empty = Kind::invalid_setting("the user's id is empty");
    let failed = kept.vault.park_for("", kept.scenario.to_issued()).await.unwrap_err();
    assert_eq!(*failed.error().kind(), empty);
    let ticket = kept.vault.park(failed.into_flow()).await.unwrap();
    kept.shelf.calls();
    refused::<()>(Err(kept.finish(&ticket, "").await.unwrap_err().into()), &empty);
    let resumed = kept.vault.resume_for("", &ticket, CALLED_BACK).await;
    refused(resumed.map_err(Error::from), &empty);
    assert!(kept.shelf.calls().is_empty());
}

#[tokio::test]
async fn a_page_that_is_loaded_again_succeeds_again() {
    let kept = kept();
    let ticket = kept.park_for("ada").await;
    kept.answers(&[200]);
    let finished = kept.vault.finish("ada", &ticket, CALLED_BACK).await.unwrap();
    assert!(!finished.was_finished_before());
    assert_eq!(finished.session().access_token().token(), ACCESS_TOKEN);
    silent(&format!("{finished:?}"));
    kept.sent(1);
    let again = kept.vault.finish("ada", &ticket, CALLED_BACK).await.unwrap();
    assert!(again.was_finished_before());
    assert_eq!(again.session().access_token().token(), ACCESS_TOKEN);
    kept.sent(0);
    // For a user who is not connected, it is a ticket that was used.
    let failed = failed(kept.finish(&ticket, "eve").await);
    refused::<()>(Err(failed.into()), &ticket_error(TicketError::Used));
}

#[tokio::test]
async fn a_store_that_is_away_for_a_moment_is_asked_again() {
    for faults in [
        vec![Fault::Before, Fault::Before],
        // The reply of the taking is lost.
        vec![Fault::None, Fault::After],
        // At the saving.
        vec![Fault::None, Fault::None, Fault::Before, Fault::After],
    ] {
        let kept = kept();
        let ticket = kept.park_for("ada").await;
        kept.shelf.fail(faults);
        kept.answers(&[200]);
        let _session = kept.finish(&ticket, "ada").await.unwrap();
        kept.is_saved("ada").await;
    }
}

#[tokio::test]
async fn a_store_that_stays_away_leaves_the_flow_where_it_is() {
    let kept = kept();
    let ticket = kept.park_for("ada").await;
    kept.shelf.fail([Fault::Before; 3]);
    let failed = failed(kept.finish(&ticket, "ada").await);
    assert_eq!(*failed.error().kind(), retryable());
    assert!(failed.ticket().is_none() && failed.into_session().is_none());
    kept.sent(0);
    kept.answers(&[200]);
    let _session = kept.finish(&ticket, "ada").await.unwrap();
}

#[tokio::test]
async fn a_session_that_could_not_be_saved_is_given_back() {
    let kept = kept();
    let ticket = kept.park_for("ada").await;
    kept.answers(&[200]);
    kept.shelf.fail([Fault::None, Fault::None, Fault::Refused]);
    let failed = failed(kept.finish(&ticket, "ada").await);
    assert!(failed.ticket().is_none(), "its request token is used up");
    let session = failed.into_session().unwrap();
    kept.vault.save("ada", &session).await.unwrap();
    kept.is_saved("ada").await;
}

#[tokio::test]
async fn a_flow_that_the_store_does_not_take_back_is_lost() {
    let kept = kept();
    let ticket = kept.park_for("ada").await;
    kept.answers(&[503, 503, 503]);
    kept.shelf.fail([Fault::None, Fault::None, Fault::Refused]);
    let failed = failed(kept.finish(&ticket, "ada").await);
    assert!(failed.error().is_retryable(), "the provider's error, not the store's");
    assert!(failed.ticket().is_none());
    let failed = failed_again(&kept, &ticket).await;
    refused::<()>(Err(failed.into()), &ticket_error(TicketError::Used));
}

#[tokio::test]
async fn a_store_that_is_away_for_a_moment_takes_the_flow_back() {
    for fault in [Fault::Before, Fault::After] {
        let kept = kept();
        let ticket = kept.park_for("ada").await;
        kept.answers(&[503, 503, 503]);
        kept.shelf.fail([Fault::None, Fault::None, fault]);
        let failed = failed(kept.finish(&ticket, "ada").await);
        assert!(failed.ticket().is_some());
        assert_eq!(kept.shelf.calls(), ["get", "take", "put", "put"]);
        kept.answers(&[200]);
        let _session = kept.finish(&ticket, "ada").await.unwrap();
    }
}

async fn failed_again(kept: &Kept, ticket: &Ticket) -> FinishFailed {
    failed(kept.finish(ticket, "ada").await)
}

#[tokio::test]
async fn a_finish_can_be_spawned() {
    let scenario = Scenario::fatsecret();
    let vault = Vault::new(&scenario.client, crate::keys(), kept().shelf);
    let ticket = vault.park_for("ada", scenario.to_issued()).await.unwrap();
    scenario.script.answer(reply(200, GRANTED));
    let task = async move { vault.finish("ada", &ticket, CALLED_BACK).await };
    assert!(tokio::spawn(task).await.unwrap().is_ok());
}

/// Or three times each of its attempts would be made.
#[tokio::test]
async fn the_clients_own_policy_for_retries_decides_alone() {
    let kept = kept();
    let ticket = kept.park_for("ada").await;
    let retries = Retries::standard().with_attempts(2).with_timer(|_| std::future::ready(()));
    let client = kept.scenario.client.clone().with_retries(retries);
    let vault = Vault::new(&client, crate::keys(), kept.shelf.clone());
    kept.answers(&[503, 503]);
    let finish =
        async || vault.finish("ada", &ticket, CALLED_BACK).await.map(Finished::into_session);
    let failed = failed(finish().await);
    assert!(failed.ticket().is_some());
    kept.sent(2);
    kept.answers(&[503, 200]);
    let session = finish().await.unwrap();
    assert_eq!(session.access_token().token(), ACCESS_TOKEN);
    kept.sent(2);
}

/// A policy of the client's does not make `finish` give up sooner than no policy does.
#[tokio::test]
async fn an_exchange_that_may_have_been_carried_out_is_repeated_by_either_policy() {
    let retries = Retries::standard().with_timer(|_| std::future::ready(()));
    for retries in [Retries::none(), retries] {
        for (answers, outcome) in [([500, 200], Ok(())), ([500, 401], Err(410))] {
            let kept = kept();
            let ticket = kept.park_for("ada").await;
            let client = kept.scenario.client.clone().with_retries(retries.clone());
            let vault = Vault::new(&client, crate::keys(), kept.shelf.clone());
            kept.answers(&answers);
            let finished = vault.finish("ada", &ticket, CALLED_BACK).await;
            let status = |failed: FinishFailed| failed.error().http_status_hint().as_u16();
            assert_eq!(finished.map(drop).map_err(status), outcome, "{answers:?}");
            kept.sent(2);
        }
    }
}

#[tokio::test]
async fn the_vaults_own_policy_is_for_all_of_its_calls() {
    let kept = kept();
    let ticket = kept.park_for("ada").await;
    let waited = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&waited);
    let retries = Retries::standard().with_attempts(4).with_timer(move |pause| {
        noted.lock().unwrap().push(pause);
        std::future::ready(())
    });
    let vault = kept.vault.clone().with_retries(retries);
    // Taking fails once, the exchange three times, saving once.
    kept.shelf.fail([Fault::Before, Fault::None, Fault::None, Fault::Before]);
    kept.answers(&[503, 503, 503, 200]);
    let finished = vault.finish("ada", &ticket, CALLED_BACK).await.unwrap();
    assert!(!finished.was_finished_before());
    kept.sent(4);
    kept.is_saved("ada").await;
    let ranges = [(250, 500), (250, 500), (500, 1000), (1000, 2000), (250, 500)];
    let waited = waited.lock().unwrap();
    assert_eq!(waited.len(), ranges.len(), "{waited:?}");
    for (pause, (least, most)) in waited.iter().zip(ranges) {
        assert!((least..=most).contains(&pause.as_millis()), "{waited:?}");
    }
}
