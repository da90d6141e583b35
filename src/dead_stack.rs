// What functions that have returned left on the stack.
//
// A future is made on the stack and then moved to the heap, with the parts that it has not set yet. What lay in
// their place comes along: words of a key, if a hash was computed there before. Nobody wipes that copy. So the
// stack below is overwritten after a key was made ready, after a token reply was read, and before a future is made
// that stays on the heap.

use std::hint::black_box;

/// More than the frames of a hash and of what calls it.
const DEPTH: usize = 8 * 1024;

/// Overwrites the stack below the caller's frame.
#[inline(never)]
pub(crate) fn wipe_dead_stack() {
    let zeros = [0_u8; DEPTH];
    black_box(&zeros);
}
