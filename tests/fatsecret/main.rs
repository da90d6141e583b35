//! FatSecret's methods as types: what they send, what they make of an answer, and the calls over a
//! transport that answers from a script. No network.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper of a test fails by panicking, as the test does"
)]

/// All types, whatever their module.
mod all {
    pub(crate) use tripod::fatsecret::{
        diary::*, endpoint::*, exercise::*, favorites::*, feedback::*, foods::*, nutrition::*,
        profile::*, recipes::*, recognition::*, saved_meals::*, weight::*, *,
    };
}
mod answers_errors;
mod answers_foods;
mod answers_user;
mod calls_for_all;
mod calls_of_a_user;
mod cases;
mod cases_user;
mod elsewhere;
mod guide;
mod inventory;
#[path = "../it/support/kind.rs"]
mod kind;
mod memory;
#[allow(dead_code, reason = "shared with another test binary, which uses all of it")]
#[path = "../signature/naive.rs"]
mod naive;
#[cfg(feature = "pacing")]
mod pacing;
mod properties;
#[cfg(feature = "pacing")]
mod ranges;
mod refusals;
mod replies;
mod requests;
mod retries;
mod samples;
mod sandbox;
mod support;
mod tasks;
