//! Sealing, the vault and its tickets, from outside the crate.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper of a test fails by panicking, as the test does"
)]

mod bytes;
mod cookie_mode;
mod end_to_end;
mod finish;
mod golden;
mod habits;
mod key_file;
#[allow(dead_code, reason = "shared with another test binary, which uses all of it")]
#[path = "../signature/naive.rs"]
mod naive;
mod rotation;
mod sealing;
mod secrets;
mod sessions;
mod store;
#[allow(dead_code, unused_imports, reason = "as above")]
#[path = "../it/support/mod.rs"]
mod support;
mod tickets;
mod vault;

use support::Kind;
use tripod::{
    Error, Stage,
    vault::{KeyRing, SealingKey},
};

/// The ring of the golden files.
fn keys() -> KeyRing {
    KeyRing::new("2026-01", key(0)).unwrap()
}

/// A key whose bytes count up from `first`.
fn key(first: u8) -> SealingKey {
    SealingKey::from_bytes(std::array::from_fn(|at| first + u8::try_from(at).unwrap()))
}

/// An error of this kind, at the stage of keeping, that says no secret.
#[track_caller]
fn refused<T>(result: Result<T, Error>, kind: &Kind) {
    let Err(error) = result else { panic!("{kind:?} was expected") };
    assert_eq!(error.kind(), kind);
    assert_eq!(error.stage(), Stage::Keeping);
    support::quiet(&error);
}
