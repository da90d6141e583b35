//! The pace of calls, by the public API and on Tokio's paused clock.

use std::time::Duration;

use tokio::time::{Instant, advance};
use tripod::{
    Error, ErrorClass, ErrorKind, PaceError, Retries,
    fatsecret::{ApiError, ErrorCode, FatSecret, Pace},
};

use crate::support::{DONE, Script, key, user, user_with};

const PAUSE: Duration = Duration::from_millis(400);
const PROFILE: &str = r#"{"profile":{}}"#;
const TOO_MANY: &str = r#"{"error":{"code":12,"message":"User is performing too many actions"}}"#;
const USED_UP: &str = r#"{"error":{"code":"11","message":"request limit reached"}}"#;

/// A call each pause.
fn steady() -> Pace {
    Pace::new().with_burst(1, PAUSE)
}

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
    let (start, api) = (Instant::now(), wire.api.clone().with_pace(&steady()));
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
    wire.api.clone().with_pace(&Pace::new().with_burst(1, Duration::ZERO)).profile().await.unwrap();
    sent_at(&wire.script, start, &[0, 0, 0]);

    let api = wire.api.clone().with_pace(&steady());
    api.profile().await.unwrap();
    advance(Duration::from_secs(1)).await;
    api.profile().await.unwrap();
    sent_at(&wire.script, start, &[0, 0, 0, 0, 1000]);
}

#[tokio::test(start_paused = true)]
async fn a_refused_call_has_had_its_turn() {
    let wire = user();
    wire.script.answer(200, r#"{"error":{"code":20,"message":""}}"#).answer(200, PROFILE);
    let (start, api) = (Instant::now(), wire.api.clone().with_pace(&steady()));
    assert!(api.profile().await.unwrap_err().is_retryable());
    api.profile().await.unwrap();
    sent_at(&wire.script, start, &[0, 400]);
}

#[track_caller]
fn is_held_back(error: &Error, kind: PaceError, seconds: u64) {
    assert_eq!(*error.kind(), ErrorKind::Pace(kind));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(seconds)));
    assert_eq!(error.class(), ErrorClass::RetryLater);
    assert!(error.is_retryable() && !error.may_have_happened());
    assert!(error.to_string().contains("the method was profile.get"), "{error}");
    assert_eq!(error.endpoint(), Some("https://platform.fatsecret.com/rest/server.api"));
}

/// Two users and calls without one share a pace.
#[tokio::test(start_paused = true)]
async fn a_cool_down_after_code_12_is_the_users_and_one_after_code_11_is_everybodys() {
    let pace = Pace::new();
    let (ada, nobody) = (user(), key());
    let ada_again = ada.api.clone().with_pace(&pace);
    let api = FatSecret::new(ada.api.session().clone()).with_pace(&pace.clone());
    let foods = nobody.api.clone().with_pace(&pace);

    ada.script.answer(200, TOO_MANY);
    let error = api.profile().await.unwrap_err();
    assert_eq!(ApiError::of(&error).and_then(ApiError::code), Some(ErrorCode::TooManyActions));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
    advance(Duration::from_secs(10)).await;
    is_held_back(&api.profile().await.unwrap_err(), PaceError::UserCoolDown, 20);
    is_held_back(&ada_again.profile().await.unwrap_err(), PaceError::UserCoolDown, 20);
    assert_eq!(ada.script.sent().len(), 1);

    nobody.script.answer(200, USED_UP);
    let error = foods.food(1.into()).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(600)));
    is_held_back(&api.profile().await.unwrap_err(), PaceError::ApplicationCoolDown, 600);
    let error = foods.food(1.into()).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Pace(PaceError::ApplicationCoolDown));
    assert_eq!((nobody.script.sent().len(), ada.script.sent().len()), (1, 0));

    advance(Duration::from_secs(600)).await;
    ada.script.answer(200, PROFILE);
    api.profile().await.unwrap();
    // Without a pace, nobody keeps count; how long FatSecret usually refuses is known all the same.
    ada.script.answer(200, TOO_MANY).answer(200, PROFILE);
    let pause = ada.api.profile().await.unwrap_err().retry_after();
    assert_eq!(pause, Some(Duration::from_secs(30)));
    ada.api.profile().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_policy_for_retries_waits_until_a_user_may_call_again() {
    for pace in [None, Some(Pace::new().with_user_cool_down(Duration::from_secs(40)))] {
        let wire = user_with(|client| client.with_retries(Retries::standard()));
        wire.script.answer(200, TOO_MANY).answer(200, PROFILE);
        let (start, mut api) = (Instant::now(), wire.api.clone());
        if let Some(pace) = &pace {
            api = api.with_pace(pace);
        }
        api.profile().await.unwrap();
        let pause = if pace.is_some() { 40_000 } else { 30_000 };
        sent_at(&wire.script, start, &[0, pause]);
    }
    // Where another call was refused, the next ones wait as well.
    let wire = user_with(|client| client.with_retries(Retries::standard()));
    wire.script.answer(200, TOO_MANY);
    for _ in 0..4 {
        wire.script.answer(200, PROFILE);
    }
    let (start, api) = (Instant::now(), wire.api.clone().with_pace(&steady()));
    let (a, b, c, d) = tokio::join!(api.profile(), api.profile(), api.profile(), api.profile());
    for outcome in [a, b, c, d] {
        outcome.unwrap();
    }
    let times = wire.script.times();
    assert_eq!(times.len(), 5);
    assert!(times[1..].iter().all(|at| at.duration_since(start).as_secs() >= 30), "{times:?}");
    assert!(times[4].duration_since(start).as_secs() < 33, "{times:?}");
    // The application's cool-down lasts longer than the policy's total time.
    let wire = user_with(|client| client.with_retries(Retries::standard()));
    wire.script.answer(200, USED_UP);
    let (start, api) = (Instant::now(), wire.api.clone().with_pace(&steady()));
    api.profile().await.unwrap_err();
    is_held_back(&api.profile().await.unwrap_err(), PaceError::ApplicationCoolDown, 600);
    sent_at(&wire.script, start, &[0]);
}

/// The first attempt was refused for its nonce, so nothing has happened.
#[tokio::test(start_paused = true)]
async fn a_retry_is_held_back_by_a_cool_down_that_began_meanwhile() {
    let wire = user();
    let refused = r#"{"error":{"code":7,"message":"Invalid/used nonce"}}"#;
    wire.script.answer(200, PROFILE).answer(200, refused).answer(200, TOO_MANY);
    let api = wire.api.clone().with_pace(&steady());
    api.profile().await.unwrap();
    // The retry of the one has its turn after the other call.
    let (one, other) = tokio::join!(api.profile(), api.profile());
    is_held_back(&one.unwrap_err(), PaceError::UserCoolDown, 30);
    let code = other.unwrap_err();
    assert_eq!(ApiError::of(&code).and_then(ApiError::code), Some(ErrorCode::TooManyActions));
    assert_eq!(wire.script.sent().len(), 3);
}

/// FatSecret counts the retry like any other call.
#[tokio::test(start_paused = true)]
async fn a_retry_waits_for_a_turn_of_its_own() {
    let wire = user();
    let refused = r#"{"error":{"code":7,"message":"Invalid/used nonce"}}"#;
    wire.script.answer(200, refused).answer(200, PROFILE).answer(200, PROFILE);
    let (start, api) = (Instant::now(), wire.api.clone().with_pace(&steady()));
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
    let (start, api) = (Instant::now(), wire.api.clone().with_pace(&steady()));
    api.profile().await.unwrap();
    let given_up = tokio::time::timeout(Duration::from_millis(100), api.profile()).await;
    assert!(given_up.is_err());
    api.profile().await.unwrap();
    sent_at(&wire.script, start, &[0, 400]);
}
