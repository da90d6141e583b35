//! One exchange with the provider: sending a request, at most one retry, and what a refusal says.

// Layer 3: uses `client`, `provider`, `protocol`, `signature`, `transport`. The trap: a `Date` is
// believed only where nobody on the way could have written it, or anybody could set our clock.

use std::{pin::pin, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode, header};

use crate::{
    client::Client,
    clock::timekeeper::Moment,
    error::{Error, ErrorKind, ReplyError, Stage},
    protocol::{
        problem::{Problem, Refusal},
        redact::{self, Source},
    },
    provider::{is_literally_secure, is_localhost},
    shown::ShownUrl,
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
        let endpoint = ShownUrl::of_uri(&uri);
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
        let dialect = client.provider().dialect();
        let problem = Problem::read(dialect, status, reply.headers(), reply.body());
        let may_help = match problem.refusal {
            Some(Refusal::Timestamp) => {
                let from = BaseUri::from_uri(&uri).ok();
                let date = from.and_then(|from| believed_date(&from, &reply));
                reply.extensions_mut().insert(Learnt);
                flight.refused(date)
            }
            refusal => {
                // Anything else that is refused may have been refused before the time was looked at.
                if status.is_success() && problem == Problem::default() {
                    flight.accepted();
                } else {
                    flight.ended();
                }
                refusal.is_some()
            }
        };
        if retried || !may_help {
            return Ok(reply);
        }
        crate::event!(?stage, %endpoint, refusal = ?problem.refusal, "one retry");
        retried = true;
        before_retry.as_mut().await;
    }
}

/// In the extensions of a reply that refused a timestamp: what it says of the time is known already.
#[derive(Clone, Copy, Debug)]
struct Learnt;

/// Takes in a refused timestamp, for a caller who sent the request by other means.
pub(crate) fn learn_time<B>(client: &Client, from: &BaseUri<'_>, reply: &Response<B>) {
    if reply.extensions().get::<Learnt>().is_none() {
        client.time().refused(believed_date(from, reply));
    }
}

/// The time in a reply.
///
/// Without TLS anybody on the way could set the clock, so that then the reply must be of this machine. A
/// transport of the caller's may connect `localhost` to another one; the crate's own says that it did not.
fn believed_date<B>(from: &BaseUri<'_>, reply: &Response<B>) -> Option<u64> {
    let is_believed = is_literally_secure(from)
        || is_localhost(from) && reply.extensions().get::<StayedHere>().is_some();
    date(reply.headers()).filter(|_| is_believed)
}

/// The reply's `Date`, in Unix seconds.
fn date(headers: &HeaderMap) -> Option<u64> {
    unix_seconds(headers.get(header::DATE)?.to_str().ok()?)
}

fn unix_seconds(date: &str) -> Option<u64> {
    let date = httpdate::parse_http_date(date).ok()?;
    date.duration_since(std::time::UNIX_EPOCH).ok().map(|since| since.as_secs())
}

/// How long the reply asks to wait (RFC 9110 section 10.2.3): seconds, or a date, which counts from the
/// reply's own. At most a day.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    const MOST: u64 = 24 * 60 * 60;
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = if text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().unwrap_or(MOST)
    } else {
        unix_seconds(text)?.saturating_sub(date(headers)?)
    };
    (!text.is_empty()).then(|| Duration::from_secs(seconds.min(MOST)))
}

/// The error of a reply whose status says no. `secrets` are masked in what is shown of it.
pub(crate) fn refusal(
    client: &Client,
    stage: Stage,
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    secrets: &[&str],
) -> Error {
    if status.is_redirection() {
        let error = Error::new(stage, ErrorKind::Redirected { status });
        return match target(headers).filter(|target| !redact::shows(target, secrets)) {
            Some(target) => error.with_detail(format!("it points to {target}")),
            None => error,
        };
    }
    let problem = Problem::read(client.provider().dialect(), status, headers, body);
    let kind = if problem.refusal == Some(Refusal::Timestamp) {
        ErrorKind::TimestampRefused { status }
    } else {
        // A provider may put a secret where its word should be.
        let problem = problem.word.filter(|word| !redact::shows(word, secrets));
        ErrorKind::Rejected { status, problem }
    };
    let is_token_call = matches!(stage, Stage::RequestToken | Stage::AccessToken);
    let source =
        if is_token_call && status.is_success() { Source::TokenReply } else { Source::Refusal };
    Error::new(stage, kind)
        .with_excerpt(redact::excerpt(source, body, secrets))
        .with_retry_after(retry_after(headers))
}

/// Where a redirect points to, as it may be shown.
fn target(headers: &HeaderMap) -> Option<String> {
    const LONGEST: usize = 200;

    let location = headers.get(header::LOCATION)?.to_str().ok()?;
    Some(ShownUrl::of(location).to_string().chars().take(LONGEST).collect())
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use http::HeaderValue;

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

    #[test]
    fn a_pause_that_is_asked_for_is_read_and_bounded() {
        let read = |pause: &'static str| {
            let mut headers = HeaderMap::new();
            let date = HeaderValue::from_static("Thu, 01 Jan 2026 02:00:00 GMT");
            headers.insert(header::DATE, date);
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static(pause));
            retry_after(&headers).map(|pause| pause.as_secs())
        };
        assert_eq!(read("120"), Some(120));
        assert_eq!(read("Thu, 01 Jan 2026 02:01:30 GMT"), Some(90));
        assert_eq!(read("Thu, 01 Jan 2026 01:00:00 GMT"), Some(0));
        for long in ["86401", "99999999999999999999999", "Fri, 01 Jan 2027 02:00:00 GMT"] {
            assert_eq!(read(long), Some(86_400), "{long}");
        }
        for nothing in ["", "-1", "soon", "1.5"] {
            assert_eq!(read(nothing), None, "{nothing}");
        }
        assert_eq!(retry_after(&HeaderMap::new()), None);
    }
}
