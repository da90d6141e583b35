//! One span for each call, for `tracing`.

// Layer 3: uses `client`, `refusal`. Names follow OpenTelemetry's conventions for HTTP clients where there is one. The
// trap: whatever is written here is exported to other machines, so no query, no header, and no path with a token.
// What changes from attempt to attempt is written once, at the end: subscribers that print would show it twice.

#[cfg(feature = "tracing")]
use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use http::{Request, StatusCode};
#[cfg(feature = "tracing")]
use tracing::{Instrument as _, Span, field::Empty};

use crate::{
    client::Client,
    error::{Error, stage::Stage},
    refusal::Classified,
};
#[cfg(feature = "tracing")]
use crate::{
    clock::timekeeper::Timekeeper,
    error::{
        groups::{ReplyError, RequestError, UnsupportedError},
        kind::ErrorKind,
    },
    refusal::{self, Known},
    shown::ShownUrl,
};

/// The span of one call. Its time ends when it is dropped.
pub(crate) struct Watch {
    /// `None` where nobody listens.
    #[cfg(feature = "tracing")]
    on: Option<On>,
}

#[cfg(feature = "tracing")]
struct On {
    span: Span,
    time: Arc<Timekeeper>,
    begun: Duration,
    resends: AtomicU32,
    has_ended: bool,
}

#[cfg(feature = "tracing")]
impl Watch {
    pub(crate) fn new(client: &Client, operation: &str) -> Self {
        let span = tracing::info_span!(
            target: "tripod",
            "oauth_call",
            otel.kind = "client",
            otel.name = Empty,
            otel.status_code = Empty,
            tripod.operation = operation,
            http.request.method = Empty,
            url.scheme = Empty,
            server.address = Empty,
            server.port = Empty,
            url.path = Empty,
            http.request.resend_count = Empty,
            http.response.status_code = Empty,
            http.response.body.size = Empty,
            tripod.problem = Empty,
            error.type = Empty,
            tripod.elapsed_ms = Empty,
        );
        if span.is_disabled() {
            return Self { on: None };
        }
        let time = Arc::clone(client.time());
        let (begun, resends) = (time.monotonic(), AtomicU32::new(0));
        Self { on: Some(On { span, time, begun, resends, has_ended: false }) }
    }

    /// Runs the call inside of the span.
    pub(crate) fn within<F: Future>(&self, call: F) -> impl Future<Output = F::Output> + use<F> {
        let span = self.on.as_ref().map_or_else(Span::none, |on| on.span.clone());
        call.instrument(span)
    }

    pub(crate) fn is_on(&self) -> bool {
        self.on.is_some()
    }

    /// Notes the request, before its first attempt.
    pub(crate) fn request(&self, operation: &str, request: &Request<Bytes>, secrets: &[&str]) {
        let Some(On { span, resends, .. }) = &self.on else { return };
        if resends.load(Ordering::Relaxed) > 0 {
            return;
        }
        let (method, uri) = (request.method().as_str(), request.uri());
        let scheme = uri.scheme_str().unwrap_or_default();
        let port = uri.port_u16().unwrap_or(if scheme == "http" { 80 } else { 443 });
        span.record("otel.name", format!("{method} {operation}").as_str());
        span.record("http.request.method", method);
        span.record("url.scheme", scheme);
        span.record("server.address", uri.host().unwrap_or_default());
        span.record("server.port", port);
        let shown = ShownUrl::of_sent(uri, request.extensions().get());
        span.record("url.path", &*shown.path_without(secrets));
    }

    /// Notes that the request is sent once more.
    pub(crate) fn resent(&self) {
        if let Some(on) = &self.on {
            on.resends.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Notes that an answer has begun, whose body is read later.
    pub(crate) fn began(&self, status: StatusCode) {
        let Some(On { span, .. }) = &self.on else { return };
        span.record("http.response.status_code", status.as_u16());
    }

    /// Notes how much of the body was read until it ended, or failed, or nobody wanted the rest.
    pub(crate) fn read(&mut self, bytes: usize, end: Option<Result<(), &Error>>) {
        let Some(On { span, has_ended, .. }) = &mut self.on else { return };
        *has_ended = end.is_some();
        span.record("http.response.body.size", bytes);
        if let Some(Err(error)) = end {
            span.record("error.type", name(error.kind()));
            span.record("otel.status_code", "ERROR");
        }
    }

    pub(crate) fn ended(
        mut self,
        stage: Stage,
        outcome: Result<&Classified, &Error>,
        secrets: &[&str],
    ) {
        let Some(On { span, has_ended, .. }) = &mut self.on else { return };
        *has_ended = true;
        let status = match outcome {
            Ok(answer) => Some(answer.reply.status()),
            Err(error) => error.status(),
        };
        if let Some(status) = status {
            span.record("http.response.status_code", status.as_u16());
        }
        let kind = match outcome {
            Ok(Classified { reply, known: Known::Answer, .. }) => {
                span.record("http.response.body.size", reply.body().len());
                None
            }
            Ok(Classified { reply, problem, .. }) => {
                span.record("http.response.body.size", reply.body().len());
                if let Some(word) = refusal::word(stage, reply.status(), problem, secrets) {
                    span.record("tripod.problem", word.as_str());
                }
                match (reply.status().as_u16(), problem.is_refusal) {
                    (status @ 400.., _) => Some(status.to_string()),
                    // FatSecret's come with status 200.
                    (_, true) => Some("refused".to_owned()),
                    (_, false) => None,
                }
            }
            Err(error) => Some(name(error.kind()).to_owned()),
        };
        if let Some(kind) = kind {
            span.record("error.type", kind.as_str());
            span.record("otel.status_code", "ERROR");
        }
    }
}

#[cfg(feature = "tracing")]
impl Drop for On {
    fn drop(&mut self) {
        let resends = *self.resends.get_mut();
        if resends > 0 {
            self.span.record("http.request.resend_count", resends);
        }
        if !self.has_ended {
            // The future was dropped, by a time limit of the caller's, say; or a body that was not read to its end.
            self.span.record("error.type", "cancelled");
        }
        let elapsed = self.time.monotonic().saturating_sub(self.begun).as_millis();
        self.span.record("tripod.elapsed_ms", u64::try_from(elapsed).unwrap_or(u64::MAX));
    }
}

/// A name of few for `error.type`, as the conventions want it.
#[cfg(feature = "tracing")]
fn name(kind: &ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Connect => "connect",
        ErrorKind::Timeout => "timeout",
        ErrorKind::Interrupted => "interrupted",
        ErrorKind::Request(RequestError::UrlChanged) => "url_changed",
        ErrorKind::Unsupported(UnsupportedError::NoTransport) => "no_transport",
        ErrorKind::Unsupported(UnsupportedError::NoRuntime) => "no_runtime",
        ErrorKind::Unsupported(UnsupportedError::NoStreams) => "no_streams",
        ErrorKind::Reply(ReplyError::TooLarge { .. }) => "reply_too_large",
        ErrorKind::Reply(ReplyError::NotHttp) => "not_http",
        ErrorKind::Request(_) | ErrorKind::InvalidUrl { .. } | ErrorKind::InvalidSetting { .. } => {
            "invalid_request"
        }
        ErrorKind::Signing(_) => "signing",
        _ => "_OTHER",
    }
}

#[cfg(not(feature = "tracing"))]
#[expect(clippy::unused_self, reason = "the other build of it uses it")]
impl Watch {
    pub(crate) fn new(_: &Client, _: &str) -> Self {
        Self {}
    }

    pub(crate) fn within<F: Future>(&self, call: F) -> F {
        call
    }

    pub(crate) fn is_on(&self) -> bool {
        false
    }

    pub(crate) fn request(&self, _: &str, _: &Request<Bytes>, _: &[&str]) {}

    pub(crate) fn resent(&self) {}

    pub(crate) fn began(&self, _: StatusCode) {}

    pub(crate) fn read(&mut self, _: usize, _: Option<Result<(), &Error>>) {}

    pub(crate) fn ended(self, _: Stage, _: Result<&Classified, &Error>, _: &[&str]) {}
}
