//! A transport that answers from a script and keeps what it was given.

use std::{
    collections::VecDeque,
    future::{pending, ready},
};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use tokio::sync::oneshot;
use tripod::transport::{Body, Limits, StreamFuture, Transport, TransportError, TransportFuture};

use super::Shared;

/// What the script does with one request.
pub(crate) enum Answer {
    Reply(Response<Bytes>),
    Fail(TransportError),
    Never,
    /// What comes through the channel.
    Later(oneshot::Receiver<Response<Bytes>>),
}

impl From<Response<Bytes>> for Answer {
    fn from(reply: Response<Bytes>) -> Self {
        Self::Reply(reply)
    }
}

impl From<TransportError> for Answer {
    fn from(error: TransportError) -> Self {
        Self::Fail(error)
    }
}

#[derive(Clone, Default)]
pub(crate) struct Script {
    inner: Shared<Inner>,
}

#[derive(Default)]
struct Inner {
    answers: VecDeque<Answer>,
    sent: Vec<Request<Bytes>>,
    limits: Vec<Limits>,
}

impl Script {
    pub(crate) fn answer(&self, answer: impl Into<Answer>) -> &Self {
        self.inner.lock().unwrap().answers.push_back(answer.into());
        self
    }

    /// What was sent since the last look.
    pub(crate) fn sent(&self) -> Vec<Request<Bytes>> {
        std::mem::take(&mut self.inner.lock().unwrap().sent)
    }

    /// The only request that was sent since the last look.
    #[track_caller]
    pub(crate) fn only(&self) -> Request<Bytes> {
        let mut sent = self.sent();
        assert_eq!(sent.len(), 1, "{sent:?}");
        sent.remove(0)
    }

    pub(crate) fn limits(&self) -> Vec<Limits> {
        self.inner.lock().unwrap().limits.clone()
    }
}

impl Transport for Script {
    fn send(&self, request: Request<Bytes>, limits: Limits) -> TransportFuture {
        let mut inner = self.inner.lock().unwrap();
        inner.sent.push(request);
        inner.limits.push(limits);
        match inner.answers.pop_front().expect("the script has no answer left") {
            Answer::Reply(reply) => Box::pin(ready(Ok(reply))),
            Answer::Fail(error) => Box::pin(ready(Err(error))),
            Answer::Never => Box::pin(pending()),
            Answer::Later(reply) => Box::pin(async { Ok(reply.await.expect("the test answers")) }),
        }
    }

    fn send_stream(&self, request: Request<Body>, limits: Limits) -> StreamFuture {
        let script = self.clone();
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await.map_err(TransportError::interrupted)?.to_bytes();
            let reply = script.send(Request::from_parts(head, body), limits).await?;
            Ok(reply.map(Body::from))
        })
    }
}

/// A reply of the provider's.
pub(crate) fn reply(status: u16, body: impl Into<Bytes>) -> Response<Bytes> {
    Response::builder().status(status).body(body.into()).unwrap()
}
