//! The program as a process, against a sandbox in the test: in a pseudo-terminal where somebody types, and in pipes.
//!
//! Nothing here touches the system's keyring, opens a browser, or leaves this machine.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the helpers of the tests fail by panicking"
)]
#![cfg_attr(not(unix), allow(dead_code, reason = "the tests in a terminal use the rest"))]

#[cfg(unix)]
mod accounts;
#[cfg(unix)]
mod browser;
mod doctor;
#[cfg(unix)]
mod help;
mod home;
#[cfg(unix)]
mod login;
#[expect(clippy::collapsible_if, reason = "it is also compiled with the library's older Rust")]
#[path = "../../../../tests/signature/mistaken.rs"]
mod mistaken;
#[expect(dead_code, reason = "the tests of the library use the rest")]
#[expect(
    clippy::manual_is_multiple_of,
    reason = "it is also compiled with the library's older Rust"
)]
#[path = "../../../../tests/signature/naive.rs"]
mod naive;
#[cfg(unix)]
mod providers;
mod requests;
#[cfg(unix)]
mod sandbox;
#[cfg(unix)]
mod terminal;

// The signer that makes mistakes looks for it here.
use tripod::signature::diagnose::Mistake;
