//! A file, or another reader, as a body.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::Frame;
use tokio::io::{AsyncRead, ReadBuf};

use crate::error::BoxError;

/// How much is read at once.
const PIECE: usize = 64 * 1024;

pub(super) struct Reader<R> {
    source: Pin<Box<R>>,
    space: Box<[u8]>,
    is_over: bool,
}

impl<R> Reader<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { source: Box::pin(reader), space: vec![0; PIECE].into(), is_over: false }
    }
}

impl<R: AsyncRead> http_body::Body for Reader<R> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        if this.is_over {
            return Poll::Ready(None);
        }
        let mut space = ReadBuf::new(&mut this.space);
        match this.source.as_mut().poll_read(context, &mut space) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Ok(())) if space.filled().is_empty() => {
                this.is_over = true;
                Poll::Ready(None)
            }
            Poll::Ready(Ok(())) => {
                let piece = Bytes::copy_from_slice(space.filled());
                Poll::Ready(Some(Ok(Frame::data(piece))))
            }
            Poll::Ready(Err(error)) => {
                this.is_over = true;
                Poll::Ready(Some(Err(error.into())))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.is_over
    }
}
