//! The program works without an async runtime, and has none. Only the sandbox has one, on a thread of its own.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::{process::Command, sync::mpsc, thread};

use tripod_sandbox::Sandbox;

/// A sandbox that lives as long as the test.
fn sandbox() -> Sandbox {
    let (give, take) = mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            give.send(Sandbox::start().await.unwrap()).unwrap();
            std::future::pending::<()>().await;
        });
    });
    take.recv().unwrap()
}

#[test]
fn a_whole_flow_and_a_day_of_the_diary() {
    let sandbox = sandbox();
    let client = example_blocking::client(sandbox.provider(), sandbox.consumer());
    let mut shown = None;
    let session = example_blocking::log_in(&client, |page| {
        if let Some(code) = shown.take() {
            return Ok(code);
        }
        shown = sandbox.approve(page)?.verifier().map(str::to_owned);
        Ok("mistyped".to_owned())
    });
    let session = session.unwrap();
    assert_eq!(shown, None, "the code was asked for a second time");
    let day = jiff::civil::date(2026, 1, 1);
    let diary = tripod::fatsecret::FatSecret::new(session.clone());
    let bread = tripod::wait(diary.search_foods("bread")).unwrap();
    assert!(!bread.items.is_empty());
    assert_eq!(example_blocking::day(session, day).unwrap(), "");
    assert!(tokio::runtime::Handle::try_current().is_err());
}

#[test]
fn the_program_links_no_async_runtime() {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "--edges", "normal", "--prefix", "none"])
        .args(["--format", "{p}", "--package", "example-blocking"])
        .args(["--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).unwrap();
    let names: Vec<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(names.contains(&"ureq") && names.contains(&"rustls"), "{names:?}");
    for runtime in ["tokio", "hyper", "reqwest", "mio", "async-std", "smol"] {
        assert!(!names.contains(&runtime), "{runtime} is in {names:?}");
    }
}
