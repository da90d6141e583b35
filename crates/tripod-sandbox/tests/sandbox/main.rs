//! Drives the sandbox over raw sockets, with a signer that is neither the crate's nor its own.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a helper of a test fails by panicking, as the test does"
)]

mod account;
mod client;
mod data;
mod diary;
mod faults;
mod flow;
mod foods;
mod generic;
mod log;
mod pages;
mod personas;
mod rules;
mod support;
mod typed;
