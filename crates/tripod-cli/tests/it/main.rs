//! The program as a process, against a sandbox in the test: in a pseudo-terminal where somebody types, and in pipes.
//!
//! Nothing here touches the system's keyring, opens a browser, or leaves this machine.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the helpers of the tests fail by panicking"
)]

mod accounts;
mod browser;
mod help;
mod home;
mod login;
mod providers;
mod sandbox;
mod terminal;
