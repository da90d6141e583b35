//! Each call has one span, with OpenTelemetry's names, and no secret in it.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use jiff::civil::date;
use tracing_subscriber::filter::LevelFilter;
use tripod::{
    Retries,
    fatsecret::FatSecret,
    transport::{
        Body, Limits, PauseFuture, StreamFuture, Transport, TransportError, TransportFuture,
    },
};

use crate::{
    naive,
    support::{ACCESS_TOKEN, GRANTED, Heard, ISSUED, Scenario, Script, reply, silent},
};

/// Listens on this thread, up to a level.
fn listen(level: LevelFilter) -> (Heard, impl Sized) {
    let scenario = Scenario::photos();
    scenario.script.answer(reply(200, ISSUED));
    let _issued = scenario.unauthorized().request_token().wait().unwrap();
    Heard::listen(level)
}

/// The fields of the only span.
#[track_caller]
fn span_of(heard: &Heard) -> String {
    let text = heard.text();
    let closed: Vec<&str> = text
        .lines()
        .filter_map(|line| line.split_once("oauth_call{")?.1.split_once("}: tripod: close"))
        .map(|(fields, _)| fields)
        .collect();
    assert_eq!(closed.len(), 1, "{text}");
    closed[0].to_owned()
}

#[tokio::test]
async fn a_call_is_a_span_with_the_names_of_opentelemetry() {
    let (heard, _guard) = listen(LevelFilter::INFO);
    let scenario = Scenario::photos();
    scenario.script.answer(reply(200, ISSUED));
    let _issued = scenario.unauthorized().request_token().await.unwrap();
    assert_eq!(
        span_of(&heard),
        "otel.kind=\"client\" tripod.operation=\"request_token\" otel.name=\"POST request_token\" \
         http.request.method=\"POST\" url.scheme=\"https\" server.address=\"photos.example.net\" \
         server.port=443 url.path=\"/initiate\" http.response.status_code=200 \
         http.response.body.size=101 tripod.elapsed_ms=0"
    );
    scenario.script.answer(reply(401, "oauth_problem=token_expired"));
    let failed = scenario.to_authorized().exchange().await.unwrap_err();
    drop(failed);
    assert_eq!(
        span_of(&heard),
        "otel.kind=\"client\" tripod.operation=\"access_token\" otel.name=\"POST access_token\" \
         http.request.method=\"POST\" url.scheme=\"https\" server.address=\"photos.example.net\" \
         server.port=443 url.path=\"/token\" http.response.status_code=401 \
         http.response.body.size=27 tripod.problem=\"token_expired\" error.type=\"401\" \
         otel.status_code=\"ERROR\" tripod.elapsed_ms=0"
    );
}

#[tokio::test]
async fn a_stream_is_a_span_too() {
    let (heard, _guard) = listen(LevelFilter::INFO);
    let scenario = Scenario::photos();
    let session = scenario.to_granted();
    let url = "https://photos.example.net/photos?size=original";

    scenario.script.answer(reply(200, "file"));
    let upload = session.put(url).send_stream("x/y", crate::bodies::stream(["a"])).await;
    assert_eq!(upload.unwrap().text().unwrap(), "file");
    let span = span_of(&heard);
    assert!(span.contains(" otel.name=\"PUT resource\" http.request.method=\"PUT\" "), "{span}");
    assert!(span.contains(" http.response.status_code=200 http.response.body.size=4 "), "{span}");

    // The span of an answer that is read later ends with its body.
    scenario.script.answer(reply(200, "file"));
    let mut download = session.get(url).download().await.unwrap();
    while download.chunk().await.unwrap().is_some() {}
    drop(download);
    let span = span_of(&heard);
    let end = " http.response.status_code=200 http.response.body.size=4 tripod.elapsed_ms=0";
    assert!(span.contains(end), "{span}");

    // Nobody wants it, or it is too large.
    scenario.script.answer(reply(200, "file")).answer(reply(200, "file"));
    drop(session.get(url).download().await.unwrap());
    let span = span_of(&heard);
    let end = " http.response.body.size=0 error.type=\"cancelled\" tripod.elapsed_ms=0";
    assert!(span.contains(end), "{span}");
    session.get(url).reply_limit(3).download().await.unwrap_err();
    let span = span_of(&heard);
    let end =
        " http.response.body.size=0 error.type=\"reply_too_large\" otel.status_code=\"ERROR\"";
    assert!(span.contains(end), "{span}");

    scenario.script.answer(reply(401, "oauth_problem=nonce_used")).answer(reply(404, ""));
    session.get(url).download().await.unwrap_err();
    let span = span_of(&heard);
    assert!(span.contains(" http.response.status_code=404 "), "{span}");
    assert!(span.contains(" otel.status_code=\"ERROR\" http.request.resend_count=1 "), "{span}");
}

#[tokio::test]
async fn a_call_of_fatsecrets_has_its_methods_name_and_a_refusal_with_status_200_is_one() {
    let (heard, _guard) = listen(LevelFilter::INFO);
    let scenario = Scenario::fatsecret();
    let fatsecret = FatSecret::new(scenario.to_granted());
    scenario.script.answer(reply(200, r#"{"error":{"code":9,"message":"Invalid token"}}"#));
    fatsecret.food_entries(date(2026, 1, 1)).await.unwrap_err();
    let span = span_of(&heard);
    for field in [
        " tripod.operation=\"food_entries.get.v2\" ",
        " http.response.status_code=200 ",
        " tripod.problem=\"9\" ",
        " error.type=\"refused\" ",
        " otel.status_code=\"ERROR\" ",
    ] {
        assert!(span.contains(field), "{field} {span}");
    }
}

#[tokio::test]
async fn what_happened_on_the_way_is_in_the_span() {
    let (heard, _guard) = listen(LevelFilter::INFO);
    let scenario = Scenario::photos();
    let session = scenario.to_granted();
    let url = "https://photos.example.net/photos?size=original";

    scenario.script.answer(TransportError::timeout());
    assert!(session.get(url).send().await.is_err());
    let span = span_of(&heard);
    assert!(span.contains(" url.path=\"/photos\" error.type=\"timeout\" "), "{span}");

    // Trello and Zotero have the token in the path of the call that revokes it.
    scenario.script.answer(reply(404, ""));
    let token = naive::encode(ACCESS_TOKEN);
    let url = format!("https://photos.example.net/keys/{token}");
    let request = session.delete(&url);
    silent(&format!("{request:?}"));
    let reply_to_it = request.send().await.unwrap();
    silent(&format!("{reply_to_it:?}"));
    crate::support::quiet(&reply_to_it.error_for_status().unwrap_err());
    let span = span_of(&heard);
    assert!(span.contains(" url.path=\"/keys/[redacted]\" "), "{span}");
    scenario.script.answer(TransportError::connect("nobody there"));
    crate::support::quiet(&session.delete(&url).send().await.unwrap_err());
    assert!(span_of(&heard).contains(" error.type=\"connect\" "));

    let call = session.get("https://photos.example.net/photos").send();
    scenario.script.answer(crate::support::Answer::Never);
    tokio::select! {
        biased;
        _ = call => panic!("it never ends"),
        () = std::future::ready(()) => {}
    }
    assert!(span_of(&heard).contains(" error.type=\"cancelled\" "));
}

#[derive(Clone)]
struct Patient(Script, crate::support::Hands);

impl Transport for Patient {
    fn send(&self, request: Request<Bytes>, limits: Limits) -> TransportFuture {
        self.1.pass(Duration::from_millis(70));
        self.0.send(request, limits)
    }

    fn send_stream(&self, request: Request<Body>, limits: Limits) -> StreamFuture {
        self.1.pass(Duration::from_millis(70));
        self.0.send_stream(request, limits)
    }

    fn pause(&self, time: Duration) -> Option<PauseFuture> {
        self.1.pass(time);
        Some(Box::pin(std::future::ready(())))
    }
}

#[tokio::test]
async fn retries_are_warnings_and_are_counted() {
    for is_download in [false, true] {
        retries_are_heard(is_download).await;
    }
}

async fn retries_are_heard(is_download: bool) {
    let (heard, _guard) = listen(LevelFilter::INFO);
    let scenario = Scenario::photos();
    let second = Duration::from_secs(2);
    let client = scenario
        .client
        .clone()
        .with_transport(Patient(scenario.script.clone(), scenario.hands.clone()))
        .with_retries(Retries::standard().with_pauses(second, second).with_attempts(2));
    let session = client.session(scenario.to_granted().access_token().clone());
    let used: Response<Bytes> = reply(401, "oauth_problem=nonce_used");
    scenario.script.answer(used).answer(reply(503, "")).answer(reply(200, "done"));
    let request = session.get("https://photos.example.net/photos");
    if is_download {
        let mut download = request.download().await.unwrap();
        while download.chunk().await.unwrap().is_some() {}
    } else {
        let _reply = request.send().await.unwrap();
    }
    let text = heard.text();
    let warnings: Vec<&str> = text.lines().filter(|line| line.starts_with(" WARN")).collect();
    assert_eq!(warnings.len(), 2, "{text}");
    assert!(warnings[0].contains("retrying once, signed again stage=Resource meaning=Some(Nonce)"));
    let second = warnings[1];
    assert!(second.contains("retrying after a pause attempt=1 pause_ms=1"), "{second}");
    assert!(second.contains("error=resource: the provider refused with HTTP 503"), "{second}");
    assert_eq!(text.matches("close").count(), 1, "{text}");
    let closed = text.lines().last().unwrap();
    assert!(closed.contains(" http.response.status_code=200 http.response.body.size=4 "));
    assert!(closed.contains(" http.request.resend_count=2 tripod.elapsed_ms="), "{closed}");
    let elapsed = closed.split("tripod.elapsed_ms=").nth(1).unwrap().split('}').next().unwrap();
    let elapsed: u64 = elapsed.parse().unwrap();
    assert!((1210..=2210).contains(&elapsed), "{elapsed}");
}

#[tokio::test]
async fn nobody_who_listens_to_warnings_alone_pays_for_a_span() {
    let (heard, _guard) = listen(LevelFilter::WARN);
    let scenario = Scenario::photos();
    scenario.script.answer(reply(200, GRANTED));
    let _granted = scenario.to_authorized().exchange().await.unwrap();
    assert_eq!(heard.text(), "");
}
