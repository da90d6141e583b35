//! What of a reply is an error, and which.

use std::time::Duration;

use bytes::Bytes;
use http::Response;

use super::FatSecret;
use crate::{
    error::{Error, groups::ReplyError, kind::ErrorKind, stage::Stage},
    fatsecret::{
        caller::Caller,
        codes::{ErrorCode, Retry},
        endpoint::Request,
        error::{ApiError, ApiErrorKind},
        reply::Reply,
    },
    protocol::{dialect::SuccessRefusal, problem::Problem},
};

impl<C: Caller> FatSecret<C> {
    /// The reply, for an endpoint. It is looked at again only if the client's provider has a description that
    /// does not know FatSecret's errors.
    pub(super) fn reply<'a>(&self, reply: &'a Response<Bytes>, problem: &'a Problem) -> Reply<'a> {
        match self.client().provider().dialect().success_refusal() {
            Some(SuccessRefusal::Error) => Reply::known(reply, problem),
            _ => Reply::new(reply.status(), reply.body()),
        }
    }

    /// Says which call an error is about.
    pub(super) fn about(&self, request: &Request, error: Error) -> Error {
        error
            .with_endpoint(self.url(request))
            .with_detail(format!("the method was {}", request.name()))
    }

    /// The call's error. It is made once for each reply, since it begins the cool-down.
    pub(super) fn error(&self, request: &Request, mut error: ApiError) -> Error {
        if error.code() == Some(ErrorCode::SignatureInvalid) {
            error = error.with_explanation(self.prepare(request).explain().ok());
        }
        let status = error.status();
        let kind = match error.kind() {
            ApiErrorKind::Refused { code: ErrorCode::TimestampInvalid, .. } => {
                ErrorKind::TimestampRefused { status }
            }
            ApiErrorKind::Refused { code, .. } => {
                ErrorKind::Rejected { status, problem: Some(code.number().to_string()) }
            }
            ApiErrorKind::NotAnAnswer { .. } if !status.is_success() => {
                ErrorKind::Rejected { status, problem: None }
            }
            ApiErrorKind::NotAnAnswer { looks_like, .. } => {
                ErrorKind::Reply(ReplyError::Malformed { reason: looks_like })
            }
            ApiErrorKind::Field(_) => ErrorKind::Reply(ReplyError::Malformed {
                reason: "a required field is missing or odd",
            }),
        };
        // A refusal with a code may have been carried out only where FatSecret ran out of time (24), does not know
        // itself what went wrong (1), or became unavailable, nobody knows when (20).
        let happened =
            error.code().map(|code| matches!(code.retry(), Retry::Backoff | Retry::IfRepeatable));
        let retryable = match error.retry() {
            Retry::Backoff | Retry::Slower => happened != Some(true) || request.is_repeatable(),
            Retry::IfRepeatable => request.is_repeatable(),
            Retry::Never | Retry::SignAgain | Retry::NextDay => false,
        };
        let class = error.code().map(ErrorCode::class);
        let mut whole = self
            .about(request, Error::new(Stage::Resource, kind))
            .with_status(status)
            .with_retryable(retryable)
            .with_retry_after(self.cool_down(error.code()))
            .with_source(error);
        if let Some(happened) = happened {
            whole = whole.with_may_have_happened(happened);
        }
        match class {
            Some(class) => whole.with_class(class),
            None => whole,
        }
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
