//! The sandbox as the provider of clients that this project did not write.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Command, Stdio},
};

use tripod_sandbox::{Placement, Sandbox};

use crate::prepared;

const KEY: &str = "interop key";
const SECRET: &str = "interop secret&+%";

/// Runs a client against a sandbox, and plays its user.
fn check(program: &mut Command, generic: bool, arguments: &[&str], places: &[Placement]) {
    let builder = Sandbox::builder().consumer(KEY, SECRET);
    let builder = if generic { builder.generic() } else { builder };
    let sandbox = builder.start_blocking().unwrap();
    let mut child = program
        .args([&sandbox.origin(), KEY, SECRET])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let page = lines.next().expect("the client printed no address").unwrap();
    let approval = sandbox.approve(&page).unwrap();
    let verifier = approval.verifier().unwrap();
    writeln!(child.stdin.take().unwrap(), "{verifier}").unwrap();
    let answer = lines.next().expect("the client printed no answer").unwrap();
    assert!(child.wait().unwrap().success());
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["echo"]["user"], "ada", "{answer}");
    let seen: Vec<_> = sandbox.log().iter().filter_map(|seen| seen.placement).collect();
    assert_eq!(seen, places, "{arguments:?}");
    println!("ok: {arguments:?} at the {} sandbox", if generic { "generic" } else { "FatSecret" });
}

#[test]
fn requests_oauthlib_at_the_sandbox() {
    let Some(python) = prepared("TRIPOD_INTEROP_PYTHON", "requests-oauthlib") else { return };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop/requests_client.py");
    let program = || {
        let mut command = Command::new(&python);
        command.arg(script);
        command
    };
    for method in ["HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512"] {
        for (name, place) in
            [("header", Placement::Header), ("form", Placement::Form), ("query", Placement::Query)]
        {
            check(&mut program(), true, &[name, method], &[place; 3]);
        }
    }
    // FatSecret reads a POST's form, and HMAC-SHA1 alone.
    check(&mut program(), false, &["form", "HMAC-SHA1"], &[Placement::Form; 3]);
}

#[test]
fn the_oauth_package_of_node_at_the_sandbox() {
    let Some(modules) = prepared("TRIPOD_INTEROP_NODE", "the npm package oauth") else { return };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop/node_client.js");
    for method in ["HMAC-SHA1", "PLAINTEXT"] {
        let mut command = Command::new("node");
        command.arg(script).env("NODE_PATH", &modules);
        check(&mut command, true, &[method], &[Placement::Header; 3]);
    }
}
