//! Reading bodies: a request's up to the limit, and a reply's that is made in this process.

use std::{
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll},
};

use axum::body::{Body, HttpBody};
use bytes::{Bytes, BytesMut};
use http_body::{Frame, SizeHint};
use tripod::transport::TransportError;

use crate::problem::Problem;

/// Reads a request's body, of which the first `limit` bytes are kept, and `most` are read.
///
/// A body above the limit is a [`Problem`]; it is read on all the same, and thrown away: if a connection is closed
/// from which bytes are still to be read, it is reset, and a client that was about to send more loses the reply.
///
/// # Errors
///
/// The body's own error, if it breaks off.
pub(crate) async fn read<B>(
    mut body: B,
    limit: usize,
    most: usize,
) -> Result<Result<Bytes, Problem>, B::Error>
where
    B: HttpBody<Data = Bytes> + Unpin,
{
    let mut kept = BytesMut::new();
    let mut length: usize = 0;
    while length <= most {
        let frame = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await;
        let Some(frame) = frame.transpose()? else { break };
        let Ok(data) = frame.into_data() else { continue };
        length = length.saturating_add(data.len());
        if length > limit {
            kept = BytesMut::new();
        } else {
            kept.extend_from_slice(&data);
        }
    }
    Ok(if length > limit { Err(Problem::BodyTooLarge(limit)) } else { Ok(kept.freeze()) })
}

/// A reply's body that is made in this process: what is not there at the second look never comes.
pub(crate) struct AtOnce(pub(crate) Body);

impl HttpBody for AtOnce {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        for _ in 0..2 {
            if let Poll::Ready(frame) = Pin::new(&mut self.0).poll_frame(context) {
                return Poll::Ready(frame.map(|frame| frame.map_err(TransportError::interrupted)));
            }
        }
        Poll::Ready(Some(Err(TransportError::timeout())))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}
