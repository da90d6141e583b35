//! One exchange with the provider: sending a request, at most one retry, and what a refusal says.

// Layer 3: uses `client`, `provider`, `protocol`, `signature`, `transport`. The trap: a `Date` is
// believed only where nobody on the way could have written it, or anybody could set our clock.

use std::pin::pin;

use bytes::Bytes;
use http::{Request, Response};

use crate::{
    client::Client,
    clock::timekeeper::{Flight, Moment},
    error::{Error, ErrorKind, ReplyError, Stage},
    protocol::{dialect::Meaning, problem::Problem},
    provider::{is_literally_secure, is_localhost},
    refusal,
    shown::shown_of,
    signature::BaseUri,
    transport::{Limits, StayedHere},
};

/// Sends what `build` makes. If the provider refuses its timestamp or nonce, learns the provider's
/// time, waits for `before_retry` and sends once more what `build` makes then: a new request, with a
/// new nonce.
pub(crate) async fn exchange(
    client: &Client,
    stage: Stage,
    limits: Limits,
    build: impl Fn(&Moment) -> Result<Request<Bytes>, Error> + Send,
    before_retry: impl Future<Output = ()>,
) -> Result<Response<Bytes>, Error> {
    let mut before_retry = pin!(before_retry);
    let mut retried = false;
    loop {
        let departure = client.time().depart(limits.time);
        let (moment, flight) = departure.map_err(|error| error.at_stage(stage))?;
        let request = match build(&moment) {
            Ok(request) => request,
            Err(error) => {
                flight.ended();
                return Err(error.at_stage(stage));
            }
        };
        let uri = request.uri().clone();
        let endpoint = shown_of(&request);
        crate::event!(?stage, method = %request.method(), %endpoint, retried, "request");
        let mut reply = match client.transport().send(request, limits).await {
            Ok(reply) => reply,
            Err(failure) => {
                if failure.never_left() {
                    flight.ended();
                }
                crate::event!(?stage, %endpoint, %failure, "no reply");
                return Err(failure.into_error(stage).with_endpoint(endpoint.to_string()));
            }
        };
        let status = reply.status();
        // A transport of the caller's may not have kept to it.
        if reply.body().len() > limits.reply_bytes {
            let kind = ErrorKind::Reply(ReplyError::TooLarge { limit: limits.reply_bytes });
            let error = Error::new(stage, kind).with_status(status);
            flight.ended();
            return Err(error.with_endpoint(endpoint.to_string()));
        }
        crate::event!(?stage, %endpoint, status = status.as_u16(), bytes = reply.body().len(), "reply");
        let problem = refusal::classify(client, stage, &reply);
        let may_help = settle(flight, BaseUri::from_uri(&uri).ok().as_ref(), &reply, &problem);
        if retried || !may_help {
            // So that nobody has to read it again.
            reply.extensions_mut().insert(problem);
            return Ok(reply);
        }
        crate::event!(?stage, %endpoint, meaning = ?problem.meaning, "one retry");
        retried = true;
        before_retry.as_mut().await;
    }
}

/// Tells the client's clock what became of a timestamp, once the reply to a request `from` this URL is
/// here. Gives whether the same request may succeed if it is signed anew.
pub(crate) fn settle<B>(
    flight: Flight,
    from: Option<&BaseUri<'_>>,
    reply: &Response<B>,
    problem: &Problem,
) -> bool {
    if problem.meaning == Some(Meaning::Clock) {
        return flight.refused(from.and_then(|from| believed_time(from, reply, problem)));
    }
    // Anything else that is refused may have been refused before the time was looked at.
    if reply.status().is_success() && !problem.is_refusal && problem.word.is_none() {
        flight.accepted();
    } else {
        flight.ended();
    }
    problem.meaning == Some(Meaning::Nonce)
}

/// The time in a reply: its `Date`, or the middle of the range that the provider says it accepts.
///
/// Without TLS anybody on the way could set the clock, so that then the reply must be of this machine. A
/// transport of the caller's may connect `localhost` to another one; the crate's own says that it did not.
fn believed_time<B>(from: &BaseUri<'_>, reply: &Response<B>, problem: &Problem) -> Option<u64> {
    let is_believed = is_literally_secure(from)
        || is_localhost(from) && reply.extensions().get::<StayedHere>().is_some();
    let time = refusal::date(reply.headers()).or_else(|| problem.acceptable_time());
    time.filter(|_| is_believed)
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{Arc, Mutex},
        time::Duration,
    };

    use http::{HeaderValue, StatusCode, header};

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
                return Box::pin(std::future::ready(Ok(Response::default())));
            }
            let mut reply = Response::new(Bytes::from_static(b"oauth_problem=timestamp_refused"));
            *reply.status_mut() = StatusCode::UNAUTHORIZED;
            let date = HeaderValue::from_static("Thu, 01 Jan 2026 02:00:00 GMT");
            reply.headers_mut().insert(header::DATE, date);
            Box::pin(std::future::ready(Ok(reply)))
        }
    }

    /// How often something was sent to `url`, and the client's next timestamp.
    async fn refused(url: &'static str) -> (usize, u64) {
        let sends = Arc::default();
        let client = Client::new(Provider::fatsecret(), Consumer::new("key", "secret"))
            .unwrap()
            .with_transport(Refusing(Arc::clone(&sends)))
            .with_clock(Stopped);
        let build = |_: &Moment| Ok(Request::get(url).body(Bytes::new()).unwrap());
        exchange(&client, Stage::Resource, Limits::RESOURCE, build, async {}).await.unwrap();
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
}
