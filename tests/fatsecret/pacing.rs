//! A pause between calls, by the public API and on Tokio's paused clock.

use std::time::Duration;

use tokio::time::{Instant, advance};

use crate::support::{DONE, Script, user};

const PAUSE: Duration = Duration::from_millis(400);
const PROFILE: &str = r#"{"profile":{}}"#;

/// Milliseconds after `start` at which requests were sent. Tokio's timers have a grain of one.
#[track_caller]
fn sent_at(script: &Script, start: Instant, expected: &[u128]) {
    let times: Vec<u128> =
        script.times().iter().map(|at| at.duration_since(start).as_millis()).collect();
    assert_eq!(times.len(), expected.len(), "{times:?}");
    for (time, expected) in times.iter().zip(expected) {
        assert!((*expected..=expected + 2 * times.len() as u128).contains(time), "{times:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn calls_of_a_value_and_its_clones_are_a_pause_apart() {
    let wire = user();
    for body in [PROFILE, DONE, PROFILE] {
        wire.script.answer(200, body);
    }
    let (start, api) = (Instant::now(), wire.api.clone().with_pace(PAUSE));
    let other = api.clone().with_url_style();
    let (first, second, third) =
        tokio::join!(api.profile(), other.delete_food_entry(11.into()), api.profile());
    first.unwrap();
    second.unwrap();
    third.unwrap();
    sent_at(&wire.script, start, &[0, 400, 800]);
}

#[tokio::test(start_paused = true)]
async fn there_is_no_pause_unless_one_is_asked_for_and_none_for_the_slow() {
    let wire = user();
    for _ in 0..5 {
        wire.script.answer(200, PROFILE);
    }
    let start = Instant::now();
    wire.api.profile().await.unwrap();
    wire.api.profile().await.unwrap();
    wire.api.clone().with_pace(Duration::ZERO).profile().await.unwrap();
    sent_at(&wire.script, start, &[0, 0, 0]);

    let api = wire.api.clone().with_pace(PAUSE);
    api.profile().await.unwrap();
    advance(Duration::from_secs(1)).await;
    api.profile().await.unwrap();
    sent_at(&wire.script, start, &[0, 0, 0, 0, 1000]);
}

#[tokio::test(start_paused = true)]
async fn a_refused_call_has_had_its_turn() {
    let wire = user();
    wire.script.answer(200, r#"{"error":{"code":12,"message":""}}"#).answer(200, PROFILE);
    let (start, api) = (Instant::now(), wire.api.clone().with_pace(PAUSE));
    assert!(api.profile().await.unwrap_err().is_retryable());
    api.profile().await.unwrap();
    sent_at(&wire.script, start, &[0, 400]);
}

/// FatSecret counts the retry like any other call.
#[tokio::test(start_paused = true)]
async fn a_retry_waits_for_a_turn_of_its_own() {
    let wire = user();
    let refused = r#"{"error":{"code":7,"message":"Invalid/used nonce"}}"#;
    wire.script.answer(200, refused).answer(200, PROFILE).answer(200, PROFILE);
    let (start, api) = (Instant::now(), wire.api.clone().with_pace(PAUSE));
    api.profile().await.unwrap();
    api.profile().await.unwrap();
    sent_at(&wire.script, start, &[0, 400, 800]);

    // Without a pause it goes out at once.
    let wire = user();
    wire.script.answer(200, refused).answer(200, PROFILE);
    let start = Instant::now();
    wire.api.profile().await.unwrap();
    sent_at(&wire.script, start, &[0, 0]);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_while_it_waits_sends_nothing_and_takes_no_turn() {
    let wire = user();
    wire.script.answer(200, PROFILE).answer(200, PROFILE);
    let (start, api) = (Instant::now(), wire.api.clone().with_pace(PAUSE));
    api.profile().await.unwrap();
    let given_up = tokio::time::timeout(Duration::from_millis(100), api.profile()).await;
    assert!(given_up.is_err());
    api.profile().await.unwrap();
    sent_at(&wire.script, start, &[0, 400]);
}
