//! What the pages state is so, as far as a test can tell: links and anchors, the names of features and files, dependency
//! lines, counts, quoted error texts, and that each program in them is compiled.
//!
//! This reads files and nothing else. The programs themselves are doc tests, or are built by
//! `crates/tripod-tests/tests/fresh`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper of a test fails by panicking, as the test does"
)]

mod api;
mod blocks;
mod counts;
mod examples;
mod links;
mod messages;
mod names;
mod page;

/// Fails with all complaints at once, so that one run shows what there is to mend.
#[track_caller]
fn nothing_of(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}
