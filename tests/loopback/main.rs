//! The browser's return, over real sockets of this machine, with browsers and strangers played.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a helper of a test fails by panicking, as the test does"
)]

mod browser;
mod files;
mod flow;
#[path = "../it/support/kind.rs"]
mod kind;
mod pages;
mod registered;
mod strangers;
mod support;
mod waiting;
