//! Many calls in a row: pages of a search, ranges of days; by a FatSecret that counts, on Tokio's paused
//! clock. What each call costs against the limits is written into the guide, and held here.

use std::{
    future::{poll_fn, ready},
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use futures_core::Stream;
use http::{Request, Response};
use jiff::{
    ToSpan,
    civil::{Date, date},
};
use tokio::time::Instant;
use tripod::{
    AccessToken, Provider, Session,
    transport::{Limits, Transport, TransportFuture},
};

use crate::{all::*, naive::read_form, support::client_of};

const FIRST: Date = date(2024, 1, 1);
const LAST: Date = date(2025, 12, 31);
const UNKNOWN: &str = r#"{"error":{"code":1,"message":"An unknown error occurred"}}"#;

/// A FatSecret with a diary and weights of every day, but for those that no month lists.
#[derive(Clone, Default)]
struct Counting(Arc<Mutex<Counts>>);

#[derive(Default)]
struct Counts {
    months: u32,
    days: u32,
    at: Vec<Instant>,
    /// How often these are refused, and with what.
    refused: Vec<(Date, u32, &'static str)>,
}

impl Counting {
    fn refuse(&self, day: Date, times: u32, body: &'static str) {
        self.0.lock().unwrap().refused.push((day, times, body));
    }

    /// Calls for months and for days since the last look.
    fn taken(&self) -> (u32, u32) {
        let mut counts = self.0.lock().unwrap();
        (std::mem::take(&mut counts.months), std::mem::take(&mut counts.days))
    }
}

fn number(day: Date) -> i64 {
    day.duration_since(date(1970, 1, 1)).as_hours() / 24
}

/// Every seventh day has nothing, and is not listed.
fn is_listed(day: Date) -> bool {
    number(day) % 7 != 0
}

fn month(day: Date, line: impl Fn(i64) -> String) -> String {
    let (from, to) = (day.first_of_month(), day.last_of_month());
    // The last day first: FatSecret does not promise an order.
    let mut days: Vec<String> = from
        .series(1.day())
        .take_while(|day| *day <= to)
        .filter(|day| is_listed(*day))
        .map(|day| line(number(day)))
        .collect();
    days.reverse();
    format!(
        r#"{{"month":{{"from_date_int":"{}","to_date_int":"{}","day":[{}]}}}}"#,
        number(from),
        number(to),
        days.join(",")
    )
}

fn entry(day: i64) -> String {
    format!(
        r#"{{"food_entries":{{"food_entry":{{"food_entry_id":"{day}","food_id":"22","food_entry_name":"Toast",
        "date_int":"{day}","meal":"Lunch","serving_id":"33","number_of_units":"1","calories":"75",
        "carbohydrate":"14","protein":"2","fat":"1"}}}}}}"#
    )
}

fn page(number: u32, words: &str) -> String {
    let total: u32 = words.parse().unwrap();
    let here = total.saturating_sub(number * 20).min(20);
    let foods: Vec<String> = (0..here)
        .map(|food| format!(r#"{{"food_id":"{}","food_name":"x"}}"#, number * 20 + food))
        .collect();
    format!(
        r#"{{"foods":{{"max_results":"20","page_number":"{number}","total_results":"{total}","food":[{}]}}}}"#,
        foods.join(",")
    )
}

impl Transport for Counting {
    fn send(&self, request: Request<Bytes>, _: Limits) -> TransportFuture {
        let query = read_form(request.uri().query().unwrap());
        let value = |wanted: &str| {
            query.iter().find(|(name, _)| name == wanted).map_or("", |(_, value)| value)
        };
        let day = date(1970, 1, 1) + value("date").parse::<i32>().unwrap_or(0).days();
        let mut counts = self.0.lock().unwrap();
        counts.at.push(Instant::now());
        let mut body = match value("method") {
            "food_entries.get_month.v2" => {
                counts.months += 1;
                month(day, |day| {
                    // A day whose totals are all zero is listed too.
                    let kcal = if day % 5 == 0 { 0 } else { 75 };
                    format!(
                        r#"{{"date_int":"{day}","calories":"{kcal}","carbohydrate":"0","protein":"0","fat":"0"}}"#
                    )
                })
            }
            "weights.get_month.v2" => {
                counts.months += 1;
                month(day, |day| format!(r#"{{"date_int":"{day}","weight_kg":"80.5"}}"#))
            }
            "food_entries.get.v2" => {
                counts.days += 1;
                entry(number(day))
            }
            "foods.search" => {
                counts.days += 1;
                page(value("page_number").parse().unwrap_or(0), value("search_expression"))
            }
            other => panic!("{other}"),
        };
        if let Some((_, times, refusal)) =
            counts.refused.iter_mut().find(|(refused, times, _)| *refused == day && *times > 0)
        {
            *times -= 1;
            (*refusal).clone_into(&mut body);
        }
        Box::pin(ready(Ok(Response::new(body.into()))))
    }
}

fn user(counting: &Counting, token: &str) -> FatSecret<Session> {
    let client = client_of_counting(counting);
    FatSecret::new(client.session(AccessToken::new(token, "secret").unwrap()))
}

fn client_of_counting(counting: &Counting) -> tripod::Client {
    client_of(Provider::fatsecret(), &crate::support::Script::default())
        .with_transport(counting.clone())
}

fn listed(from: Date, to: Date) -> Vec<Date> {
    from.series(1.day()).take_while(|day| *day <= to).filter(|day| is_listed(*day)).collect()
}

/// What the report of two years and three users says: calls, and how long they take.
#[tokio::test(start_paused = true)]
async fn two_years_of_three_users() {
    let counting = Counting::default();
    let start = Instant::now();
    let read = async |token: &str| {
        let api = user(&counting, token);
        let days = api.diary(FIRST..=LAST).into_vec().await.unwrap();
        let weights = api.weights(FIRST..=LAST).into_vec().await.unwrap();
        (days, weights)
    };
    let (one, two, three) = tokio::join!(read("ada"), read("ben"), read("eve"));

    let expected = listed(FIRST, LAST);
    assert_eq!(expected.len(), 627);
    for (days, weights) in [&one, &two, &three] {
        assert_eq!(days.iter().map(|day| day.date).collect::<Vec<_>>(), expected);
        assert!(days.iter().all(|day| day.entries.len() == 1 && day.entries[0].date == day.date));
        assert!(days.iter().any(|day| day.total.calories == Some(0.into())));
        assert_eq!(weights.iter().map(|day| day.date).collect::<Vec<_>>(), expected);
    }
    // For each user: 24 months of the diary, 627 listed days, 24 months of weights.
    assert_eq!(counting.taken(), (3 * 48, 3 * 627));
    // 675 calls, 20 a minute; each user at their own pace.
    let minutes = start.elapsed().as_secs() / 60;
    assert_eq!(minutes, 33);
}

/// Without a pace of the caller's, no minute has more than 20 calls.
#[tokio::test(start_paused = true)]
async fn a_range_makes_20_calls_a_minute_if_nobody_says_otherwise() {
    let counting = Counting::default();
    let api = user(&counting, "ada");
    let days = api.diary(date(2025, 3, 10)..=date(2025, 5, 20)).into_vec().await.unwrap();
    assert_eq!(days.len(), listed(date(2025, 3, 10), date(2025, 5, 20)).len());
    let at = counting.0.lock().unwrap().at.clone();
    assert_eq!(at.len(), days.len() + 3);
    for calls in at.windows(21) {
        assert!(calls[20].duration_since(calls[0]) >= Duration::from_secs(60));
    }
}

#[tokio::test(start_paused = true)]
async fn a_day_with_code_1_is_tried_three_times_more_reported_and_the_rest_is_read() {
    let counting = Counting::default();
    let (first, last) = (date(2025, 3, 1), date(2025, 3, 31));
    let (sick, passes) = (date(2025, 3, 12), date(2025, 3, 14));
    counting.refuse(sick, u32::MAX, UNKNOWN);
    counting.refuse(passes, 3, UNKNOWN);
    let mut days = user(&counting, "ada").diary(first..=last);
    let (mut read, mut missed) = (Vec::new(), Vec::new());
    while let Some(day) = days.next().await {
        match day {
            Ok(day) => read.push(day.date),
            Err(error) => missed.push(error),
        }
    }
    let expected: Vec<Date> = listed(first, last).into_iter().filter(|day| *day != sick).collect();
    assert_eq!(read, expected);
    assert_eq!((missed.len(), missed[0].from, missed[0].to), (1, sick, sick));
    assert_eq!(missed[0].to_string(), "the day 2025-03-12 could not be read");
    let code = ApiError::of(&missed[0].error).and_then(ApiError::code);
    assert_eq!(code, Some(ErrorCode::Unknown));
    let calls = u32::try_from(listed(first, last).len()).unwrap() + 3 + 3;
    assert_eq!(counting.taken(), (1, calls));
    // All or nothing, for those who want that.
    let error = user(&counting, "ada").diary(first..=last).into_vec().await.unwrap_err();
    assert_eq!(error.from, sick);
}

#[tokio::test(start_paused = true)]
async fn a_month_that_cannot_be_read_is_reported_and_one_that_nobody_may_read_ends_the_range() {
    let counting = Counting::default();
    let (first, last) = (date(2025, 3, 20), date(2025, 5, 10));
    counting.refuse(date(2025, 4, 1), 1, r#"{"month":{"from_date_int":"x"}}"#);
    let mut weights = user(&counting, "ada").weights(first..=last);
    let (mut read, mut missed) = (Vec::new(), Vec::new());
    while let Some(day) = weights.next().await {
        match day {
            Ok(day) => read.push(day.date),
            Err(error) => missed.push((error.from, error.to)),
        }
    }
    assert_eq!(missed, [(date(2025, 4, 1), date(2025, 4, 30))]);
    let mut expected = listed(first, date(2025, 3, 31));
    expected.extend(listed(date(2025, 5, 1), last));
    assert_eq!(read, expected);

    counting.taken();
    counting.refuse(first, 1, r#"{"error":{"code":9,"message":"Invalid access token"}}"#);
    let mut weights = user(&counting, "ada").weights(first..=last);
    let missed = weights.next().await.unwrap().unwrap_err();
    assert_eq!((missed.from, missed.to), (first, date(2025, 3, 31)));
    assert!(tripod::Error::from(missed).needs_reauthorization());
    assert!(weights.next().await.is_none());
    assert_eq!(counting.taken(), (1, 0));
}

/// Code 12 is waited for: nothing is sent in the 30 seconds after it.
#[tokio::test(start_paused = true)]
async fn a_range_waits_for_the_cool_down() {
    let counting = Counting::default();
    let day = date(2025, 3, 12);
    counting.refuse(
        day,
        2,
        r#"{"error":{"code":12,"message":"User is performing too many actions"}}"#,
    );
    let read = user(&counting, "ada").weights(day..=day).into_vec().await.unwrap();
    assert_eq!(read.len(), 1);
    let at = counting.0.lock().unwrap().at.clone();
    assert_eq!(at.len(), 3);
    for calls in at.windows(2) {
        assert!(calls[1].duration_since(calls[0]) >= Duration::from_secs(30));
    }
}

/// A cool-down of the caller's own, of more than a minute, whether the call was refused or another call began it.
#[tokio::test(start_paused = true)]
async fn a_range_waits_for_a_cool_down_of_the_callers_own() {
    let counting = Counting::default();
    let day = date(2025, 3, 12);
    let refusal = r#"{"error":{"code":12,"message":"User is performing too many actions"}}"#;
    counting.refuse(day, 1, refusal);
    let pace = Pace::new().with_user_cool_down(Duration::from_secs(120));
    let fatsecret = user(&counting, "ada").with_pace(&pace);
    assert_eq!(fatsecret.weights(day..=day).into_vec().await.unwrap().len(), 1);

    counting.refuse(day, 1, refusal);
    fatsecret.food_entries(day).await.unwrap_err();
    assert_eq!(fatsecret.weights(day..=day).into_vec().await.unwrap().len(), 1);
    let at = counting.0.lock().unwrap().at.clone();
    let pauses: Vec<u64> =
        at.windows(2).map(|calls| calls[1].duration_since(calls[0]).as_secs()).collect();
    assert_eq!(pauses, [120, 0, 120]);
}

#[tokio::test(start_paused = true)]
async fn all_results_of_a_search_come_page_after_page() {
    let counting = Counting::default();
    let api = FatSecret::signed(client_of_counting(&counting).signed());
    for (total, pages) in [(0, 1), (1, 1), (20, 1), (45, 3)] {
        let search = SearchFoodsV1::new().with_expression(total.to_string());
        let found = api.all(search).into_vec().await.unwrap();
        let ids: Vec<u64> = found.iter().map(|food| food.id.get()).collect();
        assert_eq!(ids, (0..total).collect::<Vec<u64>>());
        assert_eq!(counting.taken().1, pages);
    }
}

/// A `next` that is dropped loses nothing, and `Results` is a `Stream`.
#[tokio::test(start_paused = true)]
async fn results_survive_a_dropped_next_and_are_a_stream() {
    let counting = Counting::default();
    let api = user(&counting, "ada");
    let mut days = api.diary(date(2025, 3, 1)..=date(2025, 3, 4));
    let mut read = Vec::new();
    loop {
        // The call waits for its turn longer than this.
        match tokio::time::timeout(Duration::from_secs(1), days.next()).await {
            Ok(Some(day)) => read.push(day.unwrap().date),
            Ok(None) => break,
            Err(_) => {}
        }
    }
    assert_eq!(read, listed(date(2025, 3, 1), date(2025, 3, 4)));

    let mut days = user(&counting, "ada").weights(date(2025, 3, 1)..=date(2025, 3, 4));
    let first = poll_fn(|context| Stream::poll_next(Pin::new(&mut days), context)).await;
    assert_eq!(first.unwrap().unwrap().date, date(2025, 3, 1));
    // Nothing is called for a range without days.
    counting.taken();
    let none = user(&counting, "ada").diary(date(2025, 3, 4)..=date(2025, 3, 1));
    assert_eq!(none.into_vec().await.unwrap(), []);
    assert_eq!(counting.taken(), (0, 0));
}
