//! HMAC-SHA1 with a key that is kept, RFC 5849 section 3.4.2, RFC 2104.
//!
//! The `hmac` crate keeps a state too, but each use of it copies and pads through a general buffer; for
//! a short text that is a fifth of the time. SHA-1's compression function is the `sha1` crate's. The
//! trap: the two states are as good as the key. They are zeroized on drop.

// HMAC hashes the key, padded to one block, before the text and again before the result:
// `H((key ^ opad) H((key ^ ipad) text))`. Both hashes begin with a block that depends on the key
// alone, so their states after it are computed once and kept, which RFC 2104 section 4 proposes.
// With two secrets of 32 characters the key is longer than a block and would itself be hashed
// first: four compressions of eleven that a request need not pay for.

use sha1::{Digest, Sha1, block_api::compress};
use zeroize::{Zeroize, Zeroizing};

use super::writer::{BLOCKS, Sink};

/// The state of SHA-1 before any block, FIPS 180-4 section 5.3.1.
const INITIAL: [u32; 5] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
const BLOCK: usize = 64;
const DIGEST: usize = 20;

/// The outer hash's only block after the key's, padded but for the inner hash, which comes first in it.
const OUTER_BLOCK: [u8; BLOCK] = {
    let mut block = [0; BLOCK];
    block[DIGEST] = 0x80;
    let [.., high, low] = ((BLOCK + DIGEST) as u64 * 8).to_be_bytes();
    block[BLOCK - 2] = high;
    block[BLOCK - 1] = low;
    block
};

/// The key as one block of the hash: padded with zeros, or hashed first if it is longer.
pub(super) fn key_block<D: Digest, const N: usize>(key: &[u8]) -> Zeroizing<[u8; N]> {
    let mut block = Zeroizing::new([0; N]);
    if let Some(place) = block.get_mut(..key.len()) {
        place.copy_from_slice(key);
    } else {
        let mut digest = D::digest(key);
        for (place, byte) in block.iter_mut().zip(&digest) {
            *place = *byte;
        }
        digest.as_mut_slice().zeroize();
    }
    block
}

/// The states of the inner and the outer hash, each after the block of the key.
///
/// They are computed where they stay, and are never moved: a move leaves a copy on the stack, and whatever is put
/// on the heap later, with parts that are not set yet, takes such a copy along.
pub(super) struct HmacSha1(Box<States>);

struct States {
    inner: Zeroizing<[u32; 5]>,
    outer: Zeroizing<[u32; 5]>,
}

impl HmacSha1 {
    pub(super) fn new(key: &[u8]) -> Self {
        let states = States { inner: Zeroizing::new(INITIAL), outer: Zeroizing::new(INITIAL) };
        let mut states = Box::new(states);
        let block = key_block::<Sha1, BLOCK>(key);
        let padded = |pad: u8| {
            let mut padded = Zeroizing::new(*block);
            for byte in padded.iter_mut() {
                *byte ^= pad;
            }
            padded
        };
        compress(&mut states.inner, std::slice::from_ref(&*padded(0x36)));
        compress(&mut states.outer, std::slice::from_ref(&*padded(0x5c)));
        Self(states)
    }

    /// Begins to authenticate one text.
    pub(super) fn begin(&self) -> Running<'_> {
        Running {
            key: self,
            state: *self.0.inner,
            // The key's block counts as text.
            len: BLOCK as u64,
        }
    }
}

/// One text on its way through the inner hash.
///
/// Its state is a copy of the kept one until the first block overwrites it, so nothing of the key is left
/// when it is done.
pub(super) struct Running<'k> {
    key: &'k HmacSha1,
    state: [u32; 5],
    len: u64,
}

impl Sink for Running<'_> {
    /// The words of the hash.
    type Output = [u32; 5];

    #[inline]
    fn take(&mut self, blocks: &[[u8; BLOCK]]) {
        compress(&mut self.state, blocks);
        self.len += (blocks.len() * BLOCK) as u64;
    }

    #[inline]
    fn take_last(&mut self, blocks: &mut [[u8; BLOCK]; BLOCKS], len: usize) -> [u32; 5] {
        pad_and_compress(&mut self.state, blocks, len, self.len + len as u64);
        let mut outer = *self.key.0.outer;
        let mut block = OUTER_BLOCK;
        block[..DIGEST].copy_from_slice(&to_bytes(self.state));
        compress(&mut outer, &[block]);
        outer
    }
}

/// Ends a hash: the last `len` bytes, one set bit, zeros, and the length of all in bits.
#[inline]
fn pad_and_compress(state: &mut [u32; 5], blocks: &mut [[u8; BLOCK]], len: usize, total: u64) {
    // The set bit needs a byte and the length eight.
    let needed = (len + 1 + 8).div_ceil(BLOCK);
    let Some(blocks) = blocks.get_mut(..needed) else {
        debug_assert!(false, "a writer's last block is never full");
        return;
    };
    if let Some([set_bit, rest @ ..]) = blocks.as_flattened_mut().get_mut(len..) {
        *set_bit = 0x80;
        rest.fill(0);
        if let Some(place) = rest.last_chunk_mut() {
            *place = total.wrapping_mul(8).to_be_bytes();
        }
    }
    compress(state, blocks);
}

/// The words of a hash as its bytes.
#[inline]
pub(super) fn to_bytes(state: [u32; 5]) -> [u8; DIGEST] {
    let mut bytes = [0; DIGEST];
    for (place, word) in bytes.chunks_exact_mut(4).zip(state) {
        place.copy_from_slice(&word.to_be_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use hmac::{Hmac, KeyInit, Mac};

    use super::super::writer::{Out as _, Writer};
    use super::*;

    // checklist 42: the `hmac` crate is the reference, at every length around a block's end.
    #[test]
    fn agrees_with_the_hmac_crate_for_every_length_of_key_and_text() {
        for key_len in [0, 1, 20, 63, 64, 65, 127, 128, 200] {
            let key: Vec<u8> = (0..key_len).map(|i: u8| i.wrapping_mul(7)).collect();
            let kept = HmacSha1::new(&key);
            for len in 0..400 {
                let text: String = ('a'..='z').cycle().take(len).collect();
                let mut writer = Writer::new(kept.begin());
                writer.raw(&text);
                let expected = Hmac::<Sha1>::new_from_slice(&key)
                    .unwrap()
                    .chain_update(&text)
                    .finalize()
                    .into_bytes();
                assert_eq!(to_bytes(writer.finish())[..], expected[..], "{key_len} {len}");
            }
        }
    }
}
