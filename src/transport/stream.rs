//! Bodies that are streamed through a client, up and down.
//!
//! The time limit holds for each pause: a large file may take as long as it takes, but not stand still.

use std::{
    pin::{Pin, pin},
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::{
    runtime::Handle,
    time::{Instant, Sleep, sleep, timeout_at},
};

use super::{TransportError, body::Body};
use crate::error::BoxError;

/// When a piece of the request's body was last taken.
#[derive(Clone)]
pub(super) struct Progress(Arc<Mutex<Instant>>);

impl Progress {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }

    fn last(&self) -> Instant {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_made(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// The body, as a client sends it, whose pieces are noticed as they are taken.
    pub(super) fn of(&self, body: Body) -> Watched {
        Watched { body, progress: self.clone() }
    }

    /// Waits as long as there is no pause longer than `limit`; none if there was one.
    pub(super) async fn within<T>(
        &self,
        limit: Duration,
        call: impl Future<Output = T>,
    ) -> Option<T> {
        let mut call = pin!(call);
        loop {
            let last = self.last();
            // A limit beyond all time is none.
            let Some(deadline) = last.checked_add(limit) else { return Some(call.await) };
            match timeout_at(deadline, call.as_mut()).await {
                Ok(outcome) => return Some(outcome),
                Err(_) if self.last() > last => {}
                Err(_) => return None,
            }
        }
    }
}

/// A request's body whose pieces are noticed as they are taken.
pub(super) struct Watched {
    body: Body,
    progress: Progress,
}

impl http_body::Body for Watched {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        let frame = Pin::new(&mut this.body).poll_frame(context);
        if frame.is_ready() {
            this.progress.is_made();
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A reply's body that does not stand still for longer than the limit.
///
/// The time that its reader takes between two pieces does not count.
pub(super) struct Timed<B, C> {
    body: Pin<Box<B>>,
    classify: C,
    limit: Duration,
    /// Runs while the reader waits.
    pause: Option<Pin<Box<Sleep>>>,
}

impl<B, C> Timed<B, C> {
    /// `classify` says what an error of the body is.
    pub(super) fn new(body: B, classify: C, limit: Duration) -> Self {
        Self { body: Box::pin(body), classify, limit, pause: None }
    }
}

impl<B, C> http_body::Body for Timed<B, C>
where
    B: http_body::Body,
    C: Fn(B::Error) -> TransportError + Unpin,
{
    type Data = B::Data;
    type Error = TransportError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, TransportError>>> {
        let this = self.get_mut();
        if let Poll::Ready(frame) = this.body.as_mut().poll_frame(context) {
            this.pause = None;
            return Poll::Ready(frame.map(|frame| frame.map_err(&this.classify)));
        }
        if this.pause.is_none() && Handle::try_current().is_err() {
            return Poll::Ready(Some(Err(TransportError::no_runtime())));
        }
        let pause = this.pause.get_or_insert_with(|| Box::pin(sleep(this.limit)));
        pause.as_mut().poll(context).map(|()| Some(Err(TransportError::timeout())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(10);

    /// A body of `left` pieces, each after a pause, and then none without an end.
    struct Slow {
        left: usize,
        pause: Pin<Box<Sleep>>,
        each: Duration,
    }

    impl Slow {
        fn new(left: usize, each: u64) -> Self {
            let each = Duration::from_secs(each);
            Self { left, pause: Box::pin(sleep(each)), each }
        }
    }

    impl http_body::Body for Slow {
        type Data = Bytes;
        type Error = BoxError;

        fn poll_frame(
            self: Pin<&mut Self>,
            context: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
            let this = self.get_mut();
            if this.left == 0 || this.pause.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            this.left -= 1;
            this.pause.as_mut().reset(Instant::now() + this.each);
            Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b"x")))))
        }
    }

    fn is_timeout(error: &TransportError) -> bool {
        error.to_string() == TransportError::timeout().to_string()
    }

    #[tokio::test(start_paused = true)]
    async fn a_reply_may_take_long_but_not_stand_still() {
        let classify = |error: BoxError| TransportError::not_http(error);
        let timed = Timed::new(Slow::new(5, 8), classify, LIMIT);
        let mut body = Body::new(timed);
        let start = Instant::now();
        for _ in 0..5 {
            assert_eq!(body.piece().await.unwrap().unwrap(), "x");
        }
        assert_eq!(start.elapsed(), Duration::from_secs(40));
        // Its reader may be slow.
        tokio::time::advance(2 * LIMIT).await;
        let error = TransportError::of_body(body.piece().await.unwrap_err());
        assert!(is_timeout(&error), "{error}");
        assert_eq!(start.elapsed(), Duration::from_secs(40) + 3 * LIMIT);
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_may_take_long_but_not_stand_still() {
        let progress = Progress::new();
        let start = Instant::now();
        let mut sent = progress.of(Body::new(Slow::new(5, 8)));
        let call = async {
            for _ in 0..5 {
                let piece = std::future::poll_fn(|context| {
                    http_body::Body::poll_frame(Pin::new(&mut sent), context)
                });
                piece.await.unwrap().unwrap();
            }
            sleep(LIMIT / 2).await;
        };
        progress.within(LIMIT, call).await.unwrap();
        assert_eq!(start.elapsed(), Duration::from_secs(45));

        let progress = Progress::new();
        let start = Instant::now();
        assert_eq!(progress.within(LIMIT, std::future::pending::<()>()).await, None);
        assert_eq!(start.elapsed(), LIMIT);
        // No limit is none.
        progress.within(Duration::MAX, sleep(9 * LIMIT)).await.unwrap();
    }
}
