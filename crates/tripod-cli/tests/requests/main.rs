//! Requests by `tripod` as a process: what is sent, what is printed, and the exit code.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests fail by panicking, their helpers too"
)]

mod calls;
mod home;
mod sign;
mod streams;
