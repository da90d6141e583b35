//! Time that was wrong, or that the provider was wrong about, does not stay so.

use std::{sync::LazyLock, time::Duration};

use bytes::Bytes;
use http::{Request, Response};
use proptest::prelude::*;
use tripod::{
    AccessToken, Client, Consumer, Session,
    transport::{Limits, Transport, TransportError, TransportFuture},
};

use crate::{
    support::*,
    time::{PHOTOS, refusal, sign, stamp},
};

/// One signed request; the timestamp that it was sent with.
async fn timestamp_of_a_call(scenario: &Scenario, session: &Session) -> i64 {
    session.get(PHOTOS).send().await.unwrap();
    stamp(scenario.script.sent().last().unwrap()).0
}

// checklist 63
/// A proxy in front of the provider writes a `Date` that is ten minutes late, and the provider refuses a
/// timestamp for no reason, once.
#[tokio::test]
async fn a_time_that_does_not_help_is_given_up() {
    const LATE: &str = "Thu, 01 Jan 2026 00:10:00 GMT";
    let scenario = Scenario::photos();
    let session = scenario.to_granted();
    for _ in 0..2 {
        scenario.script.answer(refusal("timestamp_refused", Some(LATE)));
    }
    let reply = session.get(PHOTOS).send().await.unwrap();
    assert!(reply.error_for_status().is_err());
    let sent: Vec<i64> = scenario.script.sent().iter().map(|sent| stamp(sent).0).collect();
    assert_eq!(sent, [NOW, NOW + 600]);

    scenario.script.answer(reply_of_200());
    assert_eq!(timestamp_of_a_call(&scenario, &session).await, NOW);
    // A token call as well: its reply is read twice, and must not be learnt from twice.
    for _ in 0..2 {
        scenario.script.answer(refusal("timestamp_refused", Some(LATE)));
    }
    drop(scenario.unauthorized().request_token().await.unwrap_err());
    assert_eq!(sign(&session).0, NOW);
}

fn reply_of_200() -> Response<Bytes> {
    reply(200, "{}")
}

/// For a moment the clock is ten years ahead, and the provider does not say that this is why it refuses.
#[tokio::test]
async fn a_clock_that_was_ahead_during_one_call_does_not_matter_later() {
    const YEARS: i64 = 10 * 31_536_000;
    for answer in [Answer::Reply(reply(401, "no")), Answer::Fail(TransportError::timeout())] {
        let scenario = Scenario::photos();
        let session = scenario.to_granted();
        scenario.hands.set(NOW + YEARS);
        let is_lost = matches!(answer, Answer::Fail(_));
        scenario.script.answer(answer);
        assert_eq!(session.get(PHOTOS).send().await.is_err(), is_lost);
        assert_eq!(stamp(&scenario.script.only()).0, NOW + YEARS);

        scenario.hands.set(NOW);
        if is_lost {
            // It may still be under way, for the time limit.
            assert_eq!(sign(&session).0, NOW + YEARS);
            scenario.hands.pass(Duration::from_secs(31));
            scenario.hands.set(NOW);
        }
        scenario.script.answer(reply_of_200());
        assert_eq!(timestamp_of_a_call(&scenario, &session).await, NOW);
    }
}

/// A provider with FatSecret's rule and a window of five minutes, and what goes wrong around it.
#[derive(Clone, Default)]
struct Strict(Shared<Mood>);

#[derive(Default)]
struct Mood {
    /// The highest timestamp that it has accepted.
    highest: i64,
    now: i64,
    /// By how much its `Date` is wrong on the way; none if it has none.
    date: Option<i64>,
    /// It does not say why it refuses.
    is_silent: bool,
    next: Option<Odd>,
}

#[derive(Clone, Copy, Debug)]
enum Odd {
    /// The next request is refused though it is good.
    Refused,
    /// It does not get there.
    LostRequest,
    /// It is accepted, and the reply does not come back.
    LostReply,
    /// It is accepted, and fails later.
    Broken,
}

impl Strict {
    fn answer(&self, timestamp: i64) -> Answer {
        let mut mood = self.0.lock().unwrap();
        let next = mood.next.take();
        if matches!(next, Some(Odd::LostRequest)) {
            return Answer::Fail(TransportError::timeout());
        }
        let is_good = (mood.now - timestamp).abs() <= 300 && timestamp >= mood.highest;
        if matches!(next, Some(Odd::Refused)) || !is_good {
            if mood.is_silent {
                return reply(401, "no").into();
            }
            let date = mood.date.map(|off| u64::try_from(mood.now + off).unwrap());
            let date = date.map(|date| std::time::UNIX_EPOCH + Duration::from_secs(date));
            let date = date.map(httpdate::fmt_http_date);
            return refusal("timestamp_refused", date.as_deref()).into();
        }
        mood.highest = timestamp;
        match next {
            Some(Odd::LostReply) => Answer::Fail(TransportError::timeout()),
            Some(Odd::Broken) => reply(500, "").into(),
            _ => reply_of_200().into(),
        }
    }
}

impl Transport for Strict {
    fn send(&self, request: Request<Bytes>, _: Limits) -> TransportFuture {
        let answer = match self.answer(stamp(&request).0) {
            Answer::Reply(reply) => Ok(reply),
            Answer::Fail(error) => Err(error),
            Answer::Never | Answer::Later(_) => unreachable!(),
        };
        Box::pin(std::future::ready(answer))
    }
}

#[derive(Clone, Debug)]
enum Event {
    /// This machine's clock is wrong by so many seconds from now on.
    Clock(i64),
    Date(Option<i64>),
    Silent(bool),
    Next(Odd),
    Pass(u64),
    Call,
}

fn seconds_off() -> impl Strategy<Value = i64> {
    prop_oneof![Just(0), -500..500_i64, Just(7200), Just(-7200), Just(10 * 31_536_000)]
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let odd = prop_oneof![
        Just(Odd::Refused),
        Just(Odd::LostRequest),
        Just(Odd::LostReply),
        Just(Odd::Broken)
    ];
    let event = prop_oneof![
        2 => seconds_off().prop_map(Event::Clock),
        1 => proptest::option::weighted(0.8, seconds_off()).prop_map(Event::Date),
        1 => any::<bool>().prop_map(Event::Silent),
        2 => odd.prop_map(Event::Next),
        1 => (0..40_u64).prop_map(Event::Pass),
        4 => Just(Event::Call),
    ];
    proptest::collection::vec(event, 0..40)
}

/// How many of the calls after these events fail, once clock and `Date` are right.
async fn failures_after(events: Vec<Event>, token: AccessToken) -> usize {
    let (hands, provider) = (Hands::at(NOW), Strict::default());
    let client = Client::from_transport(photos(), Consumer::new(KEY, SECRET), provider.clone())
        .with_clock(hands.clone());
    let session = client.session(token);
    let (mut passed, mut off) = (0, 0);
    let set = |passed: u64, off: i64| {
        let now = NOW + i64::try_from(passed).unwrap();
        hands.set(now + off);
        provider.0.lock().unwrap().now = now;
    };
    set(0, 0);
    provider.0.lock().unwrap().date = Some(0);
    let call = async || {
        let reply = session.get(PHOTOS).send().await;
        reply.is_ok_and(|reply| reply.status().is_success())
    };
    for event in events {
        let mut mood = provider.0.lock().unwrap();
        match event {
            Event::Clock(by) => off = by,
            Event::Date(by) => mood.date = by,
            Event::Silent(is_silent) => mood.is_silent = is_silent,
            Event::Next(odd) => mood.next = Some(odd),
            Event::Pass(seconds) => {
                passed += seconds;
                hands.pass(Duration::from_secs(seconds));
            }
            Event::Call => {
                drop(mood);
                call().await;
                continue;
            }
        }
        drop(mood);
        set(passed, off);
    }
    {
        let mut mood = provider.0.lock().unwrap();
        *mood = Mood { date: Some(0), highest: mood.highest, ..Mood::default() };
    }
    let mut failures = 0;
    for _ in 0..12 {
        set(passed, 0);
        failures += usize::from(!call().await);
        passed += 1;
        hands.pass(Duration::from_secs(1));
    }
    failures
}

static GRANTED_TOKEN: LazyLock<AccessToken> =
    LazyLock::new(|| Scenario::photos().to_granted().access_token().clone());

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn once_the_clocks_are_right_at_most_three_requests_fail(events in events()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let token = GRANTED_TOKEN.clone();
        let failures = runtime.block_on(failures_after(events, token));
        prop_assert!(failures <= 3, "{failures}");
    }
}
