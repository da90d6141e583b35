//! The flow, its time, its transport and its silence, from outside the crate.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper of a test fails by panicking, as the test does"
)]

mod any_flow;
mod approval;
mod asking;
mod bodies;
mod checklist;
mod dependencies;
mod exchange;
mod faults;
mod hostile_input;
mod layers;
mod localhost;
#[allow(dead_code, reason = "shared with another test binary, which uses all of it")]
#[path = "../signature/naive.rs"]
mod naive;
mod odd_replies;
mod proxy;
mod ready_made;
mod recovery;
mod refusals;
mod replies;
mod request_token;
mod request_token_fails;
mod requests;
mod retries;
mod secrets;
mod session;
mod session_limits;
mod sign;
mod spans;
mod streams;
mod support;
mod time;
mod tls;
mod token_life;
mod tower;
mod transports;
mod tutorial;
mod types;
