//! Signing, checked against published vectors and against an implementation that shares no code.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests fail by panicking, their helpers too"
)]

mod allocations;
mod diagnose;
mod documents;
mod hostile;
mod naive;
mod primitives;
mod rules;
mod vectors;
