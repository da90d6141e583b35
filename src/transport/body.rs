//! A body that is read piece by piece, while it is sent or while it arrives.

// The field's standard for it is `http_body::Body`; this is one box for all of them, so that `Transport` can be
// used as a trait object.

use std::{
    any::Any,
    fmt,
    future::poll_fn,
    pin::Pin,
    sync::{Mutex, PoisonError},
    task::{Context, Poll},
};

use bytes::{Buf as _, Bytes};
use http_body::{Frame, SizeHint};

use crate::error::BoxError;

type Stream = Pin<Box<dyn http_body::Body<Data = Bytes, Error = BoxError> + Send>>;

/// The body of a request or a reply, which need not be in memory as a whole.
///
/// Create a body from bytes or text with `Body::from`, from any [`http_body::Body`] with [`new`](Self::new), or,
/// with the feature `reqwest` or `tower`, from a file with `from_reader`. If you know the length, set it with
/// [`with_length`](Self::with_length): the request then has a `Content-Length`, which some providers require,
/// and is not sent in chunks.
///
/// # Examples
///
/// ```
/// use tripod::transport::Body;
///
/// let whole = Body::from("the body");
/// assert_eq!(http_body::Body::size_hint(&whole).exact(), Some(8));
/// ```
#[derive(Default)]
pub struct Body {
    inner: Inner,
}

enum Inner {
    Whole(Bytes),
    // The mutex makes the body `Sync`, which HTTP clients ask of one. It is locked only to look at a length.
    Stream(Mutex<Stream>),
}

impl Default for Inner {
    fn default() -> Self {
        Self::Whole(Bytes::new())
    }
}

impl Body {
    /// Creates a body from any other that implements [`http_body::Body`], such as
    /// `http_body_util::StreamBody` for a stream of pieces, or another reply's body.
    pub fn new<B>(body: B) -> Self
    where
        B: http_body::Body + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let mut given = Some(body);
        // One of ours needs no second box.
        if let Some(same) = (&mut given as &mut dyn Any).downcast_mut::<Option<Self>>() {
            return same.take().unwrap_or_default();
        }
        given.map_or_else(Self::default, |body| Self::of(Converted(Box::pin(body))))
    }

    /// Creates a body from a file or another reader, which is read in pieces of up to 64 KiB.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn run() -> std::io::Result<()> {
    /// use tripod::transport::Body;
    ///
    /// let file = tokio::fs::File::open("sea.jpg").await?;
    /// let length = file.metadata().await?.len();
    /// let body = Body::from_reader(file).with_length(length);
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(any(feature = "reqwest", feature = "tower"))]
    #[cfg_attr(docsrs, doc(cfg(any(feature = "reqwest", feature = "tower"))))]
    pub fn from_reader(reader: impl tokio::io::AsyncRead + Send + 'static) -> Self {
        Self::of(super::reader::Reader::new(reader))
    }

    /// Sets the exact length of the body in bytes, so that the request has a `Content-Length`.
    ///
    /// If the body turns out to be longer or shorter, the request fails and is not sent completely.
    #[must_use]
    pub fn with_length(self, length: u64) -> Self {
        Self::of(Measured { body: self, left: length, last: None })
    }

    fn of(body: impl http_body::Body<Data = Bytes, Error = BoxError> + Send + 'static) -> Self {
        Self { inner: Inner::Stream(Mutex::new(Box::pin(body))) }
    }

    /// The next piece that is not empty; none at the end.
    pub(crate) async fn piece(&mut self) -> Result<Option<Bytes>, BoxError> {
        use http_body::Body as _;

        loop {
            let frame = poll_fn(|context| Pin::new(&mut *self).poll_frame(context)).await;
            let Some(frame) = frame.transpose()? else { return Ok(None) };
            match frame.into_data() {
                Ok(data) if !data.is_empty() => return Ok(Some(data)),
                // Trailers say nothing that is needed.
                _ => {}
            }
        }
    }

    /// The bytes, if the body is in memory as a whole; otherwise the body itself.
    pub(crate) fn into_whole(self) -> Result<Bytes, Self> {
        match self.inner {
            Inner::Whole(bytes) => Ok(bytes),
            Inner::Stream(_) => Err(self),
        }
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match &mut self.get_mut().inner {
            Inner::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Inner::Whole(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Inner::Stream(stream) => {
                let stream = stream.get_mut().unwrap_or_else(PoisonError::into_inner);
                stream.as_mut().poll_frame(context)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.inner {
            Inner::Whole(bytes) => bytes.is_empty(),
            Inner::Stream(stream) => {
                stream.lock().unwrap_or_else(PoisonError::into_inner).is_end_stream()
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.inner {
            Inner::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Inner::Stream(stream) => {
                stream.lock().unwrap_or_else(PoisonError::into_inner).size_hint()
            }
        }
    }
}

macro_rules! from {
    ($($whole:ty),*) => {$(
        impl From<$whole> for Body {
            fn from(whole: $whole) -> Self {
                Self { inner: Inner::Whole(whole.into()) }
            }
        }
    )*};
}

from!(Bytes, Vec<u8>, String, &'static str, &'static [u8]);

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Body");
        if let Some(length) = http_body::Body::size_hint(self).exact() {
            out.field("bytes", &length);
        }
        out.finish_non_exhaustive()
    }
}

/// Another body, with our types of data and errors.
struct Converted<B>(Pin<Box<B>>);

impl<B> http_body::Body for Converted<B>
where
    B: http_body::Body,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let whole = |mut data: B::Data| data.copy_to_bytes(data.remaining());
        self.get_mut().0.as_mut().poll_frame(context).map(|frame| {
            frame.map(|frame| frame.map(|frame| frame.map_data(whole)).map_err(Into::into))
        })
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}

/// A body whose length was promised.
///
/// Clients stop reading once they have as many bytes as were announced. So the last piece is held back until
/// it is known that nothing follows: otherwise a file that has grown would arrive cut off, and nobody would
/// notice.
struct Measured {
    body: Body,
    left: u64,
    /// The piece that completes the length.
    last: Option<Bytes>,
}

const LONGER: &str = "the body is longer than the length that was promised";
const SHORTER: &str = "the body ended before the length that was promised";

impl http_body::Body for Measured {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        loop {
            let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(context) else {
                return Poll::Pending;
            };
            let data = match frame {
                None if this.left > 0 => return Poll::Ready(Some(Err(SHORTER.into()))),
                None => return Poll::Ready(this.last.take().map(|last| Ok(Frame::data(last)))),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => data,
                    // Trailers have no place behind a length.
                    Err(_) => continue,
                },
            };
            if data.is_empty() {
                continue;
            }
            match this.left.checked_sub(data.len() as u64) {
                None => return Poll::Ready(Some(Err(LONGER.into()))),
                Some(0) => {
                    this.left = 0;
                    this.last = Some(data);
                }
                Some(left) => {
                    this.left = left;
                    return Poll::Ready(Some(Ok(Frame::data(data))));
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0 && self.last.is_none() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let held = self.last.as_ref().map_or(0, |last| last.len() as u64);
        SizeHint::with_exact(self.left.saturating_add(held))
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::VecDeque, convert::Infallible, task::Waker};

    use http_body::Body as _;

    use super::*;

    /// A body of these pieces.
    struct Pieces(VecDeque<&'static [u8]>);

    impl http_body::Body for Pieces {
        type Data = &'static [u8];
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Self::Data>, Infallible>>> {
            Poll::Ready(self.0.pop_front().map(|piece| Ok(Frame::data(piece))))
        }
    }

    fn pieces(pieces: &[&'static [u8]]) -> Body {
        Body::new(Pieces(pieces.iter().copied().collect()))
    }

    /// The pieces as they come, and the error at the end.
    fn read(mut body: Body) -> (Vec<Bytes>, Option<String>) {
        let mut read = Vec::new();
        let mut context = Context::from_waker(Waker::noop());
        loop {
            match Pin::new(&mut body).poll_frame(&mut context) {
                Poll::Ready(Some(Ok(frame))) => read.push(frame.into_data().unwrap()),
                Poll::Ready(Some(Err(error))) => return (read, Some(error.to_string())),
                Poll::Ready(None) => return (read, None),
                Poll::Pending => panic!("nothing here waits"),
            }
        }
    }

    #[test]
    fn a_body_of_bytes_comes_in_one_piece_and_knows_its_length() {
        let body = Body::from(vec![1, 2, 3]);
        assert_eq!((body.size_hint().exact(), body.is_end_stream()), (Some(3), false));
        assert_eq!(format!("{body:?}"), "Body { bytes: 3, .. }");
        assert_eq!(read(body), (vec![Bytes::from_static(&[1, 2, 3])], None));
        assert!(Body::default().is_end_stream());
        assert_eq!(read(Body::from("")), (vec![], None));
        // Wrapping one of ours changes nothing.
        assert_eq!(Body::new(Body::from("ab")).into_whole().unwrap(), "ab");
    }

    #[test]
    fn a_stream_comes_in_its_own_pieces() {
        let body = pieces(&[b"ab", b"", b"c"]);
        assert_eq!(body.size_hint().exact(), None);
        assert_eq!(format!("{body:?}"), "Body { .. }");
        assert!(body.into_whole().is_err());
        assert_eq!(read(pieces(&[b"ab", b"c"])).0, ["ab", "c"]);
    }

    #[test]
    fn a_promised_length_is_kept_or_is_an_error() {
        let body = pieces(&[b"ab", b"c", b""]).with_length(3);
        assert_eq!(body.size_hint().exact(), Some(3));
        assert_eq!(read(body), (["ab", "c"].map(Bytes::from).to_vec(), None));
        assert_eq!(read(pieces(&[]).with_length(0)), (vec![], None));

        let (sent, error) = read(pieces(&[b"ab"]).with_length(3));
        assert_eq!((sent.len(), error.as_deref()), (1, Some(SHORTER)));
        // The piece that would complete the length is not let go.
        let (sent, error) = read(pieces(&[b"ab", b"c", b"d"]).with_length(3));
        assert_eq!((sent.len(), error.as_deref()), (1, Some(LONGER)));
        let (sent, error) = read(pieces(&[b"abcd"]).with_length(3));
        assert_eq!((sent.len(), error.as_deref()), (0, Some(LONGER)));
    }
}
