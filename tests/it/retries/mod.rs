//! Calls that failed are made again, where that is safe, and never for longer than was allowed. Nobody waits
//! here: a pause moves the hands of the clock.

mod trial;

use std::{
    collections::BTreeSet,
    future::ready,
    pin::Pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use bytes::Bytes;
use http::{Method, Response};
use tripod::{
    AccessToken, Call, Client, Consumer, Error, ErrorKind, Flow, Multipart, Renewal, Retries,
    Revocation, Session, TokenLife,
    transport::{self, TransportError},
};

use self::trial::{Trial, broken, nonce, refused, status, wait_for};
use crate::bodies::stream;
use crate::support::{
    ACCESS_TOKEN, Answer, GRANTED, ISSUED, Scenario, Shared, photos, quiet, reply,
};

const URL: &str = "https://photos.example.net/photos";

#[tokio::test]
async fn a_read_is_repeated_with_growing_pauses_and_signed_anew() {
    let trial = Trial::new(Retries::standard());
    trial.answers([broken(), status(503), status(200)]);
    let reply = trial.session().get(URL).send().await.unwrap();
    assert_eq!(reply.status(), 200);
    trial.waited(&[250..=500, 500..=1000]);
    let nonces: Vec<String> = trial.scenario.script.sent().iter().map(nonce).collect();
    assert_eq!(nonces.len(), 3);
    assert!(nonces[0] != nonces[1] && nonces[1] != nonces[2] && nonces[0] != nonces[2]);
}

#[tokio::test]
async fn nothing_is_repeated_unless_it_is_asked_for() {
    for retries in [Retries::none(), Retries::standard().with_attempts(0)] {
        let trial = Trial::new(retries);
        trial.answers([status(503)]);
        assert_eq!(trial.session().get(URL).send().await.unwrap().status(), 503);
        trial.sent(1);
        trial.waited(&[]);
    }
    let scenario = Scenario::photos();
    scenario.script.answer(status(503));
    assert_eq!(scenario.to_granted().get(URL).send().await.unwrap().status(), 503);
}

#[tokio::test]
async fn a_download_is_asked_for_again_until_it_begins() {
    let trial = Trial::new(Retries::standard());
    trial.answers([broken(), status(503), reply(200, "file").into()]);
    let mut download = trial.session().get(URL).download().await.unwrap();
    assert_eq!(download.chunk().await.unwrap().unwrap(), "file");
    trial.waited(&[250..=500, 500..=1000]);
    let nonces: BTreeSet<String> = trial.scenario.script.sent().iter().map(nonce).collect();
    assert_eq!(nonces.len(), 3);

    // The last refusal is the error, and a write is repeated only if it cannot have happened.
    trial.answers([status(500), status(502), reply(503, "busy").into()]);
    let error = trial.session().get(URL).download().await.unwrap_err();
    assert_eq!((error.status().unwrap().as_u16(), error.excerpt()), (503, Some("busy")));
    trial.sent(3);
    trial.answers([refused(), status(500)]);
    assert!(trial.session().post(URL).download().await.is_err());
    trial.sent(2);
    trial.waited(&[250..=500, 500..=1000, 250..=500]);

    // Each pause of a long download may be as long as the request allows, however late it begins.
    let scenario_limits = trial.scenario.script.limits();
    assert!(scenario_limits.iter().all(|limits| limits.time == scenario_limits[0].time));
}

#[tokio::test]
async fn a_streamed_body_is_not_sent_again() {
    let trial = Trial::new(Retries::standard());
    for failure in [refused as fn() -> Answer, || status(429), || status(503), broken] {
        trial.answers([failure()]);
        let body = stream(["a", "b"]);
        let sent = trial.session().put(URL).send_stream("video/mp4", body).await;
        assert!(sent.and_then(tripod::ResourceResponse::error_for_status).is_err());
        trial.sent(1);
        trial.answers([failure()]);
        let form = Multipart::new().text("a", "b").file("c", "d", "text/plain", stream(["e"]));
        let sent = trial.session().post(URL).send_multipart(form).await;
        assert!(sent.and_then(tripod::ResourceResponse::error_for_status).is_err());
        trial.sent(1);
        trial.waited(&[]);
    }
    // Parts that are in memory are sent like any other body.
    trial.answers([status(503), status(200)]);
    let form = Multipart::new().text("a", "b");
    assert_eq!(trial.session().post(URL).send_multipart(form).await.unwrap().status(), 200);
    trial.sent(2);
}

#[tokio::test]
async fn the_last_outcome_is_what_the_caller_gets() {
    let trial = Trial::new(Retries::standard());
    trial.answers([broken(), status(500), reply(503, "busy").into()]);
    let reply = trial.session().get(URL).send().await.unwrap();
    assert_eq!((reply.status().as_u16(), reply.text().unwrap()), (503, "busy"));
    trial.sent(3);
    trial.answers([status(500), status(500), broken()]);
    let error = trial.session().get(URL).send().await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Interrupted);
    quiet(&error);
    trial.answers([status(404)]);
    assert_eq!(trial.session().get(URL).send().await.unwrap().status(), 404);
    trial.answers([TransportError::url_changed().into()]);
    assert!(trial.session().get(URL).send().await.is_err());
}

#[tokio::test]
async fn a_write_is_repeated_only_if_it_cannot_have_happened() {
    let failures: [(fn() -> Answer, bool); 9] = [
        (refused, true),
        (|| status(429), true),
        (|| status(503), true),
        (broken, false),
        (|| TransportError::timeout().into(), false),
        (|| status(408), false),
        (|| status(500), false),
        (|| status(502), false),
        (|| status(504), false),
    ];
    for (failure, is_safe) in failures {
        for (method, only_reads) in [
            (Method::GET, true),
            (Method::HEAD, true),
            (Method::OPTIONS, true),
            (Method::POST, false),
            (Method::PUT, false),
            (Method::PATCH, false),
            (Method::DELETE, false),
        ] {
            let trial = Trial::new(Retries::standard());
            let is_repeated = is_safe || only_reads;
            trial.answers([failure()]);
            if is_repeated {
                trial.answers([status(200)]);
            }
            let reply = trial.session().resource(method.clone(), URL).send().await;
            let is_ok = reply.is_ok_and(|reply| reply.status() == 200);
            assert_eq!(is_ok, is_repeated, "{method}");
            trial.sent(if is_repeated { 2 } else { 1 });
        }
    }
}

#[tokio::test]
async fn a_pause_that_the_provider_asks_for_is_kept_within_the_total_time() {
    let trial = Trial::new(Retries::standard());
    trial.answers([wait_for(7), wait_for(20), status(200)]);
    assert_eq!(trial.session().get(URL).send().await.unwrap().status(), 200);
    trial.waited(&[7000..=7000, 20_000..=20_000]);
    trial.sent(3);

    // 59 seconds fit into a minute, 60 do not, and neither does what is left of it later.
    trial.answers([wait_for(59), wait_for(1)]);
    let reply = trial.session().get(URL).send().await.unwrap();
    let error = reply.error_for_status().unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(1)));
    trial.waited(&[59_000..=59_000]);
    trial.sent(2);
    trial.answers([wait_for(60)]);
    assert_eq!(trial.session().get(URL).send().await.unwrap().status(), 429);
    trial.waited(&[]);
    trial.sent(1);
}

#[tokio::test]
async fn an_attempt_gets_no_more_than_what_is_left_of_the_total_time() {
    let retries = Retries::standard()
        .with_attempts(9)
        .with_total_time(Duration::from_secs(45))
        .with_pauses(Duration::from_secs(4), Duration::from_secs(4));
    let trial = Trial::with(retries, |patient| patient.takes = Duration::from_secs(30));
    trial.answers([broken(), broken()]);
    assert!(trial.session().get(URL).send().await.is_err());
    trial.waited(&[2000..=4000]);
    trial.sent(2);
    let times: Vec<u64> = trial
        .scenario
        .script
        .limits()
        .iter()
        .map(|limits| u64::try_from(limits.time.as_millis()).unwrap())
        .collect();
    assert_eq!(times[0], 30_000);
    assert!((11_000..=13_000).contains(&times[1]), "{times:?}");
}

#[tokio::test]
async fn token_calls_are_repeated_where_that_is_safe() {
    let trial = Trial::new(Retries::standard());
    trial.answers([broken(), status(500), reply(200, ISSUED).into()]);
    let _issued = trial.scenario.unauthorized().request_token().await.unwrap();
    trial.sent(3);

    trial.answers([refused(), status(503), reply(200, GRANTED).into()]);
    let _granted = trial.scenario.to_authorized().exchange().await.unwrap();
    trial.sent(3);

    // It may have used the request token up.
    for failure in [broken(), status(500), TransportError::timeout().into()] {
        trial.answers([failure]);
        let failed = trial.scenario.to_authorized().exchange().await.unwrap_err();
        assert!(failed.error().may_have_happened());
        trial.sent(1);
        quiet(&failed);
        trial.answers([reply(200, GRANTED).into()]);
        let _granted = failed.into_flow().exchange().await.unwrap();
        trial.sent(1);
    }
}

#[tokio::test]
async fn renewal_and_revocation_are_repeated_only_if_they_cannot_have_happened() {
    let url = "https://photos.example.net/life";
    let life = TokenLife::new()
        .with_renewal(Renewal::new(Call::get(url)))
        .with_revocation(Revocation::signed(Call::get(url)));
    let provider = photos().with_token_life(life).unwrap();
    for is_renewal in [true, false] {
        let call = async |trial: &Trial| {
            let session = Client::from_transport(
                provider.clone(),
                Consumer::new("key", "secret"),
                trial.patient.clone(),
            )
            .with_retries(Retries::standard())
            .session(AccessToken::new(ACCESS_TOKEN, "s").unwrap());
            if is_renewal { session.renew().await.map(drop) } else { session.revoke().await }
        };
        let trial = Trial::new(Retries::none());
        for failure in [broken(), TransportError::timeout().into(), status(500), status(502)] {
            trial.answers([failure]);
            assert!(call(&trial).await.unwrap_err().may_have_happened());
            trial.sent(1);
            trial.waited(&[]);
        }
        trial.answers([refused(), status(503), status(200)]);
        call(&trial).await.unwrap();
        trial.sent(3);
        trial.waited(&[250..=500, 500..=1000]);
    }
}

#[tokio::test]
async fn the_retry_for_the_clock_does_not_count() {
    let trial = Trial::new(Retries::standard());
    let mut late: Response<Bytes> = reply(401, "oauth_problem=timestamp_refused");
    late.headers_mut().insert("date", "Thu, 01 Jan 2026 02:00:00 GMT".parse().unwrap());
    trial.answers([status(503), late.into(), status(503), status(200)]);
    let reply = trial.session().get(URL).send().await.unwrap();
    assert_eq!(reply.status(), 200);
    trial.waited(&[250..=500, 500..=1000]);
    trial.sent(4);
    // Nor is it made a second time.
    let used = || Answer::from(reply_of("oauth_problem=nonce_used"));
    trial.answers([used(), status(503), used()]);
    assert_eq!(trial.session().get(URL).send().await.unwrap().status(), 401);
    trial.sent(3);
}

fn reply_of(body: &'static str) -> Response<Bytes> {
    reply(401, body)
}

#[tokio::test]
async fn a_provider_that_limits_the_rate_with_another_status_is_asked_again() {
    let trial = Trial::new(Retries::standard());
    let limited = || Answer::from(reply(403, "oauth_problem=rate_limit_exceeded"));
    trial.answers([limited(), status(200)]);
    assert_eq!(trial.session().post(URL).send().await.unwrap().status(), 200);
    trial.sent(2);
    trial.answers([limited(), limited(), limited()]);
    let reply = trial.session().post(URL).send().await.unwrap();
    let error = reply.error_for_status().unwrap_err();
    assert!(error.is_retryable() && !error.may_have_happened());
}

/// A transport of the caller's that blocks, on a thread that is in a runtime, which nobody runs meanwhile.
#[tokio::test]
async fn a_pause_that_nobody_would_end_hides_no_reply() {
    let transport = transport::from_fn(|_, _| ready(Ok(reply(503, "later"))));
    let client = Scenario::photos().client.with_transport(transport);
    let client = client.with_retries(Retries::standard());
    let session = client.session(AccessToken::new(ACCESS_TOKEN, "s").unwrap());
    let reply = session.get(URL).wait().unwrap();
    assert_eq!((reply.status().as_u16(), reply.text().unwrap()), (503, "later"));
}

fn poll<F: Future + Unpin>(call: &mut F) -> Poll<F::Output> {
    Pin::new(call).poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn a_step_that_is_dropped_in_a_pause_gives_the_flow_back_and_sends_nothing_more() {
    let trial = Trial::with(Retries::standard(), |patient| patient.ends = false);
    trial.answers([refused()]);
    let mut step = trial.scenario.to_authorized().exchange();
    assert!(poll(&mut step).is_pending() && poll(&mut step).is_pending());
    trial.waited(&[250..=500]);
    let flow = step.into_flow().unwrap();
    trial.sent(1);
    // And it goes on where it was.
    trial.answers([reply(200, GRANTED).into()]);
    let Poll::Ready(granted) = poll(&mut flow.exchange()) else { panic!("it waits") };
    drop(granted.unwrap());
    trial.sent(1);
}

#[test]
fn without_a_timer_nothing_is_repeated() {
    // Outside of a runtime the script has none.
    let scenario = Scenario::photos();
    let client = scenario.client.clone().with_retries(Retries::standard());
    scenario.script.answer(refused());
    let begin = || client.begin(tripod::Callback::out_of_band()).request_token();
    let Poll::Ready(Err(failed)) = poll(&mut begin()) else { panic!("it waits") };
    assert_eq!(*failed.error().kind(), ErrorKind::Connect);
    scenario.script.only();

    // The caller may give one.
    let waited = Shared::<Vec<Duration>>::default();
    let kept = waited.clone();
    let timer = move |time| {
        kept.lock().unwrap().push(time);
        ready(())
    };
    let client = client.with_retries(Retries::standard().with_timer(timer));
    scenario.script.answer(refused()).answer(reply(200, ISSUED));
    let mut step = client.begin(tripod::Callback::out_of_band()).request_token();
    assert!(matches!(poll(&mut step), Poll::Ready(Ok(_))));
    assert_eq!(waited.lock().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn in_a_runtime_tokio_waits() {
    let scenario = Scenario::at(photos());
    let client = scenario.client.clone().with_retries(Retries::standard());
    scenario.script.answer(refused()).answer(reply(200, ISSUED));
    let begun = tokio::time::Instant::now();
    let _issued = client.begin(tripod::Callback::out_of_band()).request_token().await.unwrap();
    // Tokio's timers have a grain of a millisecond.
    let waited = begun.elapsed();
    assert!((250..=501).contains(&waited.as_millis()), "{waited:?}");
}

#[tokio::test]
async fn the_caller_may_choose_which_failures_are_repeated() {
    let retries = Retries::standard().only_if(|error: &Error| error.status().is_none());
    let trial = Trial::new(retries);
    trial.answers([status(503)]);
    assert_eq!(trial.session().get(URL).send().await.unwrap().status(), 503);
    trial.answers([broken(), status(503)]);
    assert_eq!(trial.session().get(URL).send().await.unwrap().status(), 503);
    trial.sent(3);
}

/// The caller decides that it is repeated, although the provider may have carried it out: an exchange here, which the
/// client's own policy does not repeat then.
#[tokio::test]
async fn a_step_is_made_again_with_the_flow_that_came_back() {
    let (trial, patience) = (Trial::new(Retries::none()), Retries::standard());
    trial.answers([broken(), refused(), reply(200, GRANTED).into()]);
    let flow = trial.scenario.to_authorized();
    let session: Session = patience.step(flow, Flow::exchange).await.unwrap();
    assert_eq!(session.access_token().token(), ACCESS_TOKEN);
    trial.sent(3);
    trial.waited(&[250..=500, 500..=1000]);

    trial.answers([broken(), status(503), broken(), reply(200, GRANTED).into()]);
    let flow = trial.scenario.to_authorized();
    let failed = patience.step(flow, Flow::exchange).await.unwrap_err();
    assert_eq!(*failed.error().kind(), ErrorKind::Interrupted);
    trial.sent(3);
    trial.waited(&[250..=500, 500..=1000]);
    assert!(failed.into_flow().exchange().await.is_ok());
    trial.sent(1);

    trial.answers([status(403)]);
    let flow = trial.scenario.to_authorized();
    let failed = patience.step(flow, Flow::exchange).await.unwrap_err();
    assert_eq!(failed.error().status().unwrap(), 403);
    trial.sent(1);
    trial.waited(&[]);
}

/// As when another machine with the same key is faster. Without a `Date` there is no time to learn, so the client does not
/// sign again by itself.
#[tokio::test]
async fn a_refused_timestamp_that_teaches_nothing_is_left_to_the_policy() {
    let late = || reply(401, "oauth_problem=timestamp_refused").into();
    let trial = Trial::new(Retries::standard());
    trial.answers([late(), late(), status(200)]);
    assert_eq!(trial.session().get(URL).send().await.unwrap().status(), 200);
    trial.sent(3);
    trial.waited(&[250..=500, 500..=1000]);

    let trial = Trial::new(Retries::none());
    trial.answers([late()]);
    let refused = trial.session().get(URL).send().await.unwrap().error_for_status().unwrap_err();
    assert!(matches!(refused.kind(), ErrorKind::TimestampRefused { .. }), "{refused:?}");
    trial.sent(1);
    trial.waited(&[]);
}
