// Random bytes from the operating system, for whatever must never come twice.
//
// `rand::rng()` is seeded once for each thread: after a `fork`, or when a snapshot of a virtual machine is
// restored, two processes draw the same from it. A repeated seal nonce gives the plain text away.
// (OAuth nonces may come from it: the provider refuses a repeated one, and it is drawn anew.)

use rand::{Rng as _, rand_core::UnwrapErr, rngs::SysRng};

/// Fills `bytes` with a system call of its own.
///
/// # Panics
///
/// If the operating system has no randomness to give, as `rand::rng()` does.
pub(crate) fn fill(bytes: &mut [u8]) {
    UnwrapErr(SysRng).fill_bytes(bytes);
}
