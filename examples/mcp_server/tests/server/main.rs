//! The server as a program, with rmcp's client on the other end of its standard input and output.
//!
//! FatSecret is a sandbox in this process, so that it outlives the server.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper of a test fails by panicking, as the test does"
)]

mod login;
mod support;
mod tools;
mod trouble;
mod writing;
