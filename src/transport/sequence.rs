//! Several bodies, one after the other.

use std::{
    collections::VecDeque,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::{Frame, SizeHint};

use super::body::Body;
use crate::error::BoxError;

pub(crate) struct Sequence(pub(crate) VecDeque<Body>);

impl http_body::Body for Sequence {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let bodies = &mut self.get_mut().0;
        while let Some(first) = bodies.front_mut() {
            match Pin::new(first).poll_frame(context) {
                // Trailers have no place in the middle.
                Poll::Ready(Some(Ok(frame))) if !frame.is_data() => {}
                Poll::Ready(None) => {
                    bodies.pop_front();
                }
                other => return other,
            }
        }
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        self.0.iter().all(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        let hints = self.0.iter().map(Body::size_hint);
        let (lower, exact) = hints.fold((0_u64, Some(0_u64)), |(lower, exact), hint| {
            let both = exact.zip(hint.exact());
            (lower.saturating_add(hint.lower()), both.and_then(|(a, b)| a.checked_add(b)))
        });
        let mut hint = SizeHint::new();
        hint.set_lower(lower);
        if let Some(exact) = exact {
            hint.set_exact(exact);
        }
        hint
    }
}
