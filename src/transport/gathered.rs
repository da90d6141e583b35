//! A reply's body that comes in pieces.

// It may be a token reply, so no copy of it is left behind by growing, by a piece, or by a call that is given up
// halfway.

use bytes::{Bytes, BytesMut};
use zeroize::Zeroize as _;

#[derive(Default)]
pub(super) struct Gathered(BytesMut);

impl Gathered {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn append(&mut self, piece: &[u8]) {
        let needed = self.0.len() + piece.len();
        if needed > self.0.capacity() {
            let mut larger = BytesMut::with_capacity(needed.max(2 * self.0.capacity()));
            larger.extend_from_slice(&self.0);
            self.0.zeroize();
            self.0 = larger;
        }
        self.0.extend_from_slice(piece);
    }

    /// Appends a piece, and wipes it where nobody else holds it.
    #[cfg(any(feature = "reqwest", feature = "tower"))]
    pub(super) fn take(&mut self, piece: Bytes) {
        self.append(&piece);
        if let Ok(mut piece) = piece.try_into_mut() {
            piece.zeroize();
        }
    }

    pub(super) fn freeze(mut self) -> Bytes {
        std::mem::take(&mut self.0).freeze()
    }
}

impl Drop for Gathered {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}
