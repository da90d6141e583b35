//! A request for a resource on its way: what the exchange has to know of it.

use std::future::ready;

use bytes::Bytes;
use http::{Method, Request, Response};

use super::signatory::Signatory;
use crate::{
    client::Client,
    clock::timekeeper::Moment,
    error::{Error, stage::Stage},
    exchange::Call,
    protocol::problem::Problem,
    refusal::Known,
    transport::Limits,
};

/// What somebody above knows of a request and its replies.
pub(crate) trait Habits {
    /// Waits for the call's turn, before each attempt. After an error nothing is sent, and the client's policy decides whether
    /// the turn is waited for again.
    fn turn(&self) -> impl Future<Output = Result<(), Error>> {
        ready(Ok(()))
    }

    /// Returns whether the request may be sent again although the provider may have carried it out.
    fn is_repeatable(&self, method: &Method) -> bool {
        method.is_safe()
    }

    /// What is known of a reply that is a refusal by the provider's dialect. Asked once for each such reply.
    fn refused(&self, _: &Response<Bytes>, _: &Problem, _secrets: &[&str]) -> Known {
        Known::Nothing
    }
}

/// Nothing more is known.
pub(crate) struct Usual;

impl Habits for Usual {}

pub(super) struct Calling<'a, B, H> {
    pub(super) who: &'a Signatory,
    pub(super) operation: &'a str,
    pub(super) method: &'a Method,
    pub(super) limits: Limits,
    pub(super) build: B,
    pub(super) habits: H,
}

impl<B, H> Call for Calling<'_, B, H>
where
    B: Fn(&Moment) -> Result<Request<Bytes>, Error>,
    H: Habits,
{
    fn client(&self) -> &Client {
        self.who.client()
    }

    fn stage(&self) -> Stage {
        Stage::Resource
    }

    fn operation(&self) -> &str {
        self.operation
    }

    fn limits(&self) -> Limits {
        self.limits
    }

    fn is_repeatable(&self) -> bool {
        self.habits.is_repeatable(self.method)
    }

    fn secrets(&self) -> Vec<&str> {
        self.who.secrets()
    }

    fn build(&self, moment: &Moment) -> Result<Request<Bytes>, Error> {
        (self.build)(moment)
    }

    fn turn(&self) -> impl Future<Output = Result<(), Error>> {
        self.habits.turn()
    }

    fn refused(&self, reply: &Response<Bytes>, problem: &Problem) -> Known {
        self.habits.refused(reply, problem, &self.secrets())
    }
}
