//! Reading what comes in: token replies, callbacks, problem reports.

// Layer 2: uses `signature` (for its strict decoder) and layer 0. Everything here is text from outside,
// so nothing here may panic, allocate without bound, or hand a secret to an error.

pub(crate) mod approval;
pub(crate) mod callback;
pub(crate) mod dialect;
pub(crate) mod problem;
pub(crate) mod redact;
pub(crate) mod reply;
