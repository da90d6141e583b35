//! What of a reply is an error, and which.

use std::{borrow::Cow, time::Duration};

use bytes::Bytes;
use http::Response;

use super::FatSecret;
use crate::{
    error::{Error, groups::ReplyError, kind::ErrorKind, meaning::Meaning, stage::Stage},
    fatsecret::{
        caller::Caller,
        codes::{ErrorCode, Retry},
        endpoint::Request,
        error::{ApiError, ApiErrorKind},
    },
    protocol::{
        dialect::{Place, SuccessRefusal},
        problem::Problem,
    },
    providers::fatsecret::{TOO_FAST, dialect},
    refusal,
};

impl<C: Caller> FatSecret<C> {
    /// What a reply means. FatSecret's own table fills what the client's dialect leaves open. The reply is read again only
    /// if that dialect does not know the form of FatSecret's errors.
    pub(super) fn meant<'a>(
        &self,
        reply: &Response<Bytes>,
        problem: &'a Problem,
    ) -> Cow<'a, Problem> {
        let client = self.client();
        if client.provider().dialect().success_refusal() != Some(SuccessRefusal::Error) {
            return Cow::Owned(refusal::classify_by(&dialect(), client, Stage::Resource, reply));
        }
        let code = problem.object.as_ref().and_then(|object| object.code.as_deref());
        let meaning = code.filter(|_| problem.meaning.is_none());
        match meaning.and_then(|code| dialect().meaning(Place::Code, code)) {
            None => Cow::Borrowed(problem),
            meaning => Cow::Owned(Problem { meaning, ..problem.clone() }),
        }
    }

    /// Says which call an error is about.
    pub(super) fn about(&self, request: &Request, error: Error) -> Error {
        error
            .with_endpoint(self.url(request))
            .with_detail(format!("the method was {}", request.name()))
    }

    /// The call's error. It is made once for each reply, since it begins the cool-down.
    ///
    /// What the reply means is said by the provider's dialect. FatSecret's code adds what is true of this code alone.
    pub(super) fn error(
        &self,
        request: &Request,
        reply: &Response<Bytes>,
        problem: &Problem,
        secrets: &[&str],
        error: ApiError,
    ) -> Error {
        let (status, code) = (reply.status(), error.code());
        let mut whole = match error.kind() {
            ApiErrorKind::NotAnAnswer { looks_like: reason, .. } if status.is_success() => {
                malformed(reason)
            }
            ApiErrorKind::Field(_) => malformed("a required field is missing or odd"),
            ApiErrorKind::Refused { .. } | ApiErrorKind::NotAnAnswer { .. } => {
                let reply = (status, reply.headers(), &reply.body()[..]);
                refusal::bare(self.client(), Stage::Resource, reply, problem, secrets)
            }
        };
        if let Some(code) = code {
            whole = whole.with_problem(code.number().to_string());
            if problem.meaning.is_none() {
                whole = whole.with_class(code.class());
            }
        }
        if problem.meaning != Some(Meaning::RateLimited) {
            // A refusal with a code may have been carried out only where FatSecret ran out of time (24), does not know
            // itself what went wrong (1), or became unavailable, nobody knows when (20).
            let happened =
                code.map(|code| matches!(code.retry(), Retry::Backoff | Retry::IfRepeatable));
            whole = whole.with_retryable(match error.retry() {
                Retry::Backoff | Retry::Slower => happened != Some(true) || request.is_repeatable(),
                Retry::IfRepeatable => request.is_repeatable(),
                Retry::Never | Retry::SignAgain | Retry::NextDay => false,
            });
            if let Some(happened) = happened {
                whole = whole.with_may_have_happened(happened);
            }
        }
        if self.caller.token().is_none() {
            whole = refusal::without_user(whole);
        }
        // FatSecret says no time, and the client's dialect may not have FatSecret's table.
        let usual = (code == Some(ErrorCode::TooManyActions)).then_some(TOO_FAST);
        let pause = self.cool_down(code).or(whole.retry_after()).or(usual);
        let explanation = (code == Some(ErrorCode::SignatureInvalid))
            .then(|| self.prepare(request).explain().ok())
            .flatten();
        self.about(request, whole)
            .with_status(status)
            .with_retry_after(pause)
            .with_source(error.with_explanation(explanation))
    }

    /// Begins the cool-down that follows this refusal. Gives its length.
    #[cfg_attr(
        not(feature = "pacing"),
        expect(clippy::unused_self, reason = "with the feature there may be a pace")
    )]
    fn cool_down(&self, code: Option<ErrorCode>) -> Option<Duration> {
        #[cfg(feature = "pacing")]
        if let Some(pace) = &self.pace {
            return pace.refused(code?);
        }
        let _ = code;
        None
    }
}

fn malformed(reason: &'static str) -> Error {
    Error::new(Stage::Resource, ErrorKind::Reply(ReplyError::Malformed { reason }))
}
