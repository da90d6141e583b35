//! Strangers: providers and clients that this project did not write. `crates/tripod-tests/tests/interop/run` installs and
//! starts them and then this; without it, each test says that it was skipped.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking, their helpers too"
)]

mod clients;
#[path = "../../../../tests/it/support/kind.rs"]
mod kind;
mod providers;
mod raw;
mod recorder;

/// What `crates/tripod-tests/tests/interop/run` has prepared, or a line that says what was not tested.
fn prepared(name: &str, what: &str) -> Option<String> {
    let found = std::env::var(name).ok();
    if found.is_none() {
        println!("SKIPPED: {what}; run crates/tripod-tests/tests/interop/run");
    }
    found
}
