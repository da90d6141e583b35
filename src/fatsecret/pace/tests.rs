use std::{
    pin::{Pin, pin},
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
};

use tokio::{
    task::JoinSet,
    time::{Instant, advance},
};

use super::{state::MOST_LANES, *};
use crate::error::{
    Error,
    class::ErrorClass,
    groups::{PaceError, UnsupportedError},
    kind::ErrorKind,
};

const SECOND: Duration = Duration::from_secs(1);

/// Turns that are a second apart, without another limit.
fn a_call_a_second() -> Pace {
    Pace::new().with_burst(1, SECOND).with_rate(1_000_000, SECOND)
}

/// Takes turns, and gives the seconds at which they came.
async fn turns(pace: &PaceOf, count: usize) -> Vec<u64> {
    let start = Instant::now();
    let mut at = Vec::new();
    for _ in 0..count {
        pace.turn().await.unwrap();
        at.push(start.elapsed().as_secs());
    }
    at
}

fn poll_once(turn: &mut Turn<'_>) -> Poll<Result<(), Error>> {
    Pin::new(turn).poll(&mut Context::from_waker(Waker::noop()))
}

#[track_caller]
fn is_held_back(outcome: Result<(), Error>, kind: PaceError, left: Duration) {
    let error = outcome.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Pace(kind));
    assert_eq!(error.retry_after(), Some(left));
    assert_eq!(error.class(), ErrorClass::RetryLater);
    assert!(error.is_retryable() && !error.may_have_happened());
}

#[tokio::test(start_paused = true)]
async fn at_first_ten_calls_at_once_then_one_a_second_and_twenty_a_minute() {
    let pace = Pace::new();
    let times = turns(&pace.of(Some("ada")), 42).await;
    let mut expected = vec![0; 10];
    expected.extend(1..=10);
    expected.extend([60; 10]);
    expected.extend(61..=70);
    expected.extend([120; 2]);
    assert_eq!(times, expected);
}

#[tokio::test(start_paused = true)]
async fn whoever_pauses_regains_calls_at_once() {
    let pace = Pace::new().with_burst(3, SECOND).with_rate(1_000, SECOND);
    let ada = pace.of(Some("ada"));
    assert_eq!(turns(&ada, 5).await, [0, 0, 0, 1, 2]);
    advance(2 * SECOND).await;
    assert_eq!(turns(&ada, 3).await, [0, 0, 1]);
    advance(100 * SECOND).await;
    assert_eq!(turns(&ada, 4).await, [0, 0, 0, 1]);
}

#[tokio::test(start_paused = true)]
async fn users_have_a_pace_each_unless_the_application_has_one() {
    let pace = a_call_a_second();
    let (ada, ben, nobody) = (pace.of(Some("ada")), pace.of(Some("ben")), pace.of(None));
    for user in [&ada, &ben, &nobody] {
        assert_eq!(turns(user, 1).await, [0]);
    }
    assert_eq!(turns(&ada, 1).await, [1]);

    let pace = pace.per_application();
    let (ada, ben, nobody) = (pace.of(Some("ada")), pace.of(Some("ben")), pace.of(None));
    assert!(ada.user == ben.user && ben.user == nobody.user);
    assert_eq!(turns(&ada, 2).await, [0, 1]);
    assert_eq!(turns(&ben, 1).await, [1]);
}

#[tokio::test(start_paused = true)]
async fn five_hundred_callers_are_served_in_their_order_and_one_that_returns_at_once_is_the_last() {
    let pace = a_call_a_second();
    let ada = pace.of(Some("ada"));
    let order = Arc::new(Mutex::new(Vec::new()));
    let mut callers = JoinSet::new();
    let enter = |callers: &mut JoinSet<()>, caller: usize, calls: usize| {
        let (ada, order) = (ada.clone(), Arc::clone(&order));
        callers.spawn(async move {
            for _ in 0..calls {
                ada.turn().await.unwrap();
                order.lock().unwrap().push(caller);
            }
        });
    };
    enter(&mut callers, 0, 3);
    for caller in 1..=500 {
        enter(&mut callers, caller, 1);
    }
    let start = Instant::now();
    callers.join_all().await;
    // The first call went out at once, and the second came before those of the others.
    let mut expected = vec![0];
    expected.extend(0..=500);
    expected.push(0);
    assert_eq!(*order.lock().unwrap(), expected);
    assert_eq!(start.elapsed().as_secs(), 502);
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_is_dropped_gives_its_place_back() {
    let pace = a_call_a_second();
    let ada = pace.of(Some("ada"));
    ada.turn().await.unwrap();
    let mut waiting: Vec<Turn<'_>> = (0..4).map(|_| ada.turn()).collect();
    for turn in &mut waiting {
        assert!(poll_once(turn).is_pending());
    }
    // The first, one in the middle, and one that has not been polled.
    drop(waiting.remove(0));
    drop(waiting.remove(1));
    drop(ada.turn());
    let start = Instant::now();
    let mut at = Vec::new();
    for turn in waiting {
        turn.await.unwrap();
        at.push(start.elapsed().as_secs());
    }
    assert_eq!(at, [1, 2]);
    assert_eq!(turns(&ada, 1).await, [1]);
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_nobody_polls_keeps_its_place_and_delays_the_others_little() {
    let pace = a_call_a_second();
    let ada = pace.of(Some("ada"));
    ada.turn().await.unwrap();
    let mut first = ada.turn();
    assert!(poll_once(&mut first).is_pending());
    let start = Instant::now();
    ada.turn().await.unwrap();
    let late = start.elapsed().checked_sub(SECOND).unwrap();
    // A timer has a grain of a millisecond.
    assert!((1..=402).contains(&late.as_millis()), "{late:?}");
    // Who was passed is the next.
    let mut third = pin!(ada.turn());
    assert!(poll_once(&mut third).is_pending());
    advance(SECOND + lane::PATIENCE / 2).await;
    assert!(poll_once(&mut third).is_pending());
    first.await.unwrap();
    third.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn after_code_12_a_users_calls_fail_at_once_for_half_a_minute() {
    let pace = a_call_a_second();
    let (ada, ben) = (pace.of(Some("ada")), pace.of(Some("ben")));
    ada.turn().await.unwrap();
    let mut waiting = JoinSet::new();
    for _ in 0..50 {
        let ada = ada.clone();
        waiting.spawn(async move { ada.turn().await });
    }
    tokio::task::yield_now().await;
    assert_eq!(ada.refused(ErrorCode::IdInvalid), None);
    assert_eq!(ada.refused(ErrorCode::TooManyActions), Some(30 * SECOND));
    let start = Instant::now();
    for outcome in waiting.join_all().await {
        is_held_back(outcome, PaceError::UserCoolDown, 30 * SECOND);
    }
    assert_eq!(start.elapsed(), Duration::ZERO);

    advance(10 * SECOND).await;
    is_held_back(ada.turn().await, PaceError::UserCoolDown, 20 * SECOND);
    ben.turn().await.unwrap();
    // A call that was under way is refused too.
    ada.refused(ErrorCode::TooManyActions);
    advance(20 * SECOND).await;
    is_held_back(ada.turn().await, PaceError::UserCoolDown, 10 * SECOND);
    advance(10 * SECOND).await;
    assert_eq!(turns(&ada, 2).await, [0, 1]);
}

#[tokio::test(start_paused = true)]
async fn after_code_11_all_calls_fail_at_once_for_ten_minutes() {
    let pace = a_call_a_second();
    let (ada, ben) = (pace.of(Some("ada")), pace.of(Some("ben")));
    ben.turn().await.unwrap();
    let waiting = tokio::spawn({
        let ben = ben.clone();
        async move { ben.turn().await }
    });
    tokio::task::yield_now().await;
    assert_eq!(ada.refused(ErrorCode::RequestLimitReached), Some(600 * SECOND));
    is_held_back(waiting.await.unwrap(), PaceError::ApplicationCoolDown, 600 * SECOND);
    // The longer one is told.
    ada.refused(ErrorCode::TooManyActions);
    advance(SECOND).await;
    is_held_back(ada.turn().await, PaceError::ApplicationCoolDown, 599 * SECOND);
    advance(599 * SECOND).await;
    ada.turn().await.unwrap();

    let pace = pace.with_user_cool_down(Duration::ZERO).with_application_cool_down(2 * SECOND);
    let ada = pace.of(Some("ada"));
    assert_eq!(ada.refused(ErrorCode::TooManyActions), None);
    ada.turn().await.unwrap();
    assert_eq!(ada.refused(ErrorCode::RequestLimitReached), Some(2 * SECOND));
    is_held_back(ada.turn().await, PaceError::ApplicationCoolDown, 2 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn the_daily_budget_counts_all_users_and_any_day() {
    let hour = Duration::from_secs(3600);
    let pace = a_call_a_second().with_daily_budget(3);
    let (ada, ben) = (pace.of(Some("ada")), pace.of(Some("ben")));
    ada.turn().await.unwrap();
    advance(2 * hour).await;
    ben.turn().await.unwrap();
    let waiting = tokio::spawn({
        let ben = ben.clone();
        async move { ben.turn().await }
    });
    tokio::task::yield_now().await;
    ada.turn().await.unwrap();
    // The call that waited fails now, and not when its turn comes.
    is_held_back(waiting.await.unwrap(), PaceError::BudgetSpent, 22 * hour);
    is_held_back(pace.of(None).turn().await, PaceError::BudgetSpent, 22 * hour);
    advance(22 * hour).await;
    ada.turn().await.unwrap();
    is_held_back(ben.turn().await, PaceError::BudgetSpent, 2 * hour);

    let pace = pace.with_daily_budget(0);
    is_held_back(pace.of(None).turn().await, PaceError::BudgetSpent, 24 * hour);
}

#[tokio::test(start_paused = true)]
async fn many_users_take_a_bounded_amount_of_memory() {
    let pace = Pace::new();
    for number in 0..4_200 {
        let user = pace.of(Some(&format!("user {number}")));
        user.turn().await.unwrap();
    }
    let lanes = pace.0.lanes();
    assert!((MOST_LANES..=MOST_LANES + 64).contains(&lanes), "{lanes}");
    // Who has not called for a minute is forgotten.
    advance(61 * SECOND).await;
    pace.of(Some("ada")).turn().await.unwrap();
    assert_eq!(pace.0.lanes(), 1);
}

#[test]
fn without_a_runtime_only_a_call_that_has_to_wait_fails() {
    let pace = a_call_a_second();
    let ada = pace.of(Some("ada"));
    assert!(matches!(poll_once(&mut ada.turn()), Poll::Ready(Ok(()))));
    let Poll::Ready(Err(error)) = poll_once(&mut ada.turn()) else { panic!("it waits") };
    assert_eq!(*error.kind(), ErrorKind::Unsupported(UnsupportedError::NoRuntime));
}

#[tokio::test(start_paused = true)]
async fn no_setting_panics_and_none_shows_a_token() {
    let most = Duration::MAX;
    let pace = Pace::new().with_rate(0, most).with_burst(0, most);
    let pace = pace.with_user_cool_down(most).with_application_cool_down(most);
    let ada = pace.of(Some("ada's token"));
    assert_eq!(turns(&ada, 2).await, [0, 86_400]);
    ada.refused(ErrorCode::RequestLimitReached);
    is_held_back(ada.turn().await, PaceError::ApplicationCoolDown, DAY);
    let pace = Pace::new().with_rate(u32::MAX, most).with_burst(u32::MAX, most);
    assert_eq!(turns(&pace.of(None), 100).await, [0; 100]);
    let pace = Pace::new().with_rate(u32::MAX, Duration::ZERO).with_burst(1, Duration::ZERO);
    assert_eq!(turns(&pace.of(None), 100).await, [0; 100]);
    let ada = pace.of(Some("ada's token"));
    assert!(!format!("{pace:?} {ada:?}").contains("ada"));
}
