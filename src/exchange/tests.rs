use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use http::{HeaderValue, header};

use super::*;
use crate::{
    clock::Clock,
    credentials::Consumer,
    provider::Provider,
    transport::{Transport, TransportFuture},
};

#[derive(Debug)]
struct Stopped;

impl Clock for Stopped {
    fn unix_seconds(&self) -> i64 {
        1_767_225_600
    }
    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}

/// Refuses the first timestamp, with a `Date` two hours later.
struct Refusing(Arc<Mutex<usize>>);

impl Transport for Refusing {
    fn send(&self, _: Request<Bytes>, _: Limits) -> TransportFuture {
        let mut sends = self.0.lock().unwrap();
        *sends += 1;
        if *sends > 1 {
            return Box::pin(ready(Ok(Response::default())));
        }
        let mut reply = Response::new(Bytes::from_static(b"oauth_problem=timestamp_refused"));
        *reply.status_mut() = StatusCode::UNAUTHORIZED;
        let date = HeaderValue::from_static("Thu, 01 Jan 2026 02:00:00 GMT");
        reply.headers_mut().insert(header::DATE, date);
        Box::pin(ready(Ok(reply)))
    }
}

struct Get {
    client: Client,
    url: &'static str,
}

impl Call for Get {
    fn client(&self) -> &Client {
        &self.client
    }
    fn stage(&self) -> Stage {
        Stage::Resource
    }
    fn operation(&self) -> &'static str {
        "get"
    }
    fn limits(&self) -> Limits {
        Limits::RESOURCE
    }
    fn is_repeatable(&self) -> bool {
        true
    }
    fn secrets(&self) -> Vec<&str> {
        Vec::new()
    }
    fn build(&self, _: &Moment) -> Result<Request<Bytes>, Error> {
        Ok(Request::get(self.url).body(Bytes::new()).unwrap())
    }
}

/// How often something was sent to `url`, and the client's next timestamp.
async fn refused(url: &'static str) -> (usize, u64) {
    let sends = Arc::default();
    let client = Client::from_transport(
        Provider::fatsecret(),
        Consumer::new("key", "secret"),
        Refusing(Arc::clone(&sends)),
    )
    .with_clock(Stopped);
    exchange(&Get { client: client.clone(), url }).await.unwrap();
    let sends = *sends.lock().unwrap();
    (sends, client.moment().unwrap().timestamp)
}

// checklist 63
#[tokio::test]
async fn a_date_is_believed_only_if_nobody_on_the_way_could_have_written_it() {
    for url in ["https://a.example/x", "http://127.0.0.1:1/x", "http://[::1]:1/"] {
        assert_eq!(refused(url).await, (2, 1_767_232_800), "{url}");
    }
    for url in ["http://a.example/x", "http://127.0.0.1.a.example/x", "http://localhost:1/x"] {
        assert_eq!(refused(url).await, (1, 1_767_225_600), "{url}");
    }
}
