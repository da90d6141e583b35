//! The sandbox as the provider of clients that this project did not write.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Command, Stdio},
};

use tripod_sandbox::{Builder, Persona, Placement, Sandbox};

use crate::{prepared, recorder::Recorder};

const KEY: &str = "interop key";
const SECRET: &str = "interop secret&+%";

/// Runs a client against a sandbox, and plays its user.
fn check(program: &mut Command, generic: bool, arguments: &[&str], places: &[Placement]) {
    let builder = Sandbox::builder();
    let sandbox = start(if generic { builder.generic() } else { builder });
    let recorder = Recorder::before(&sandbox.origin());
    program.args([recorder.origin(), KEY, SECRET]).args(arguments);
    let answer = play(program, &sandbox, &recorder, places);
    assert_eq!(answer["echo"]["user"], "ada", "{answer}");
    println!("ok: {arguments:?} at the {} sandbox", if generic { "generic" } else { "FatSecret" });
}

/// The same for a client that is told all URLs, in the header, at a generic provider and at personas.
fn check_urls(program: impl Fn() -> Command, name: &str, personas: &[(Persona, &str, &str)]) {
    const QUERY: &str = "?format=json&x=%C3%A9%26%3D%2B%25%20~";
    let places = [Placement::Header; 3];
    let urls = |sandbox: &Sandbox, recorder: &Recorder, data: String| {
        let own = [
            sandbox.request_token_url(),
            sandbox.authorize_url(),
            sandbox.access_token_url(),
            data,
        ];
        own.map(|url| url.replace(&sandbox.origin(), recorder.origin()))
    };
    for verb in ["GET", "POST"] {
        let sandbox = start(Sandbox::builder().generic());
        let recorder = Recorder::before(&sandbox.origin());
        let urls = urls(&sandbox, &recorder, sandbox.data_url("echo/v1") + QUERY);
        let mut program = program();
        program.args(urls).args([KEY, SECRET, verb]);
        let answer = play(&mut program, &sandbox, &recorder, &places);
        assert_eq!(answer["echo"]["user"], "ada", "{answer}");
        assert_eq!(answer["echo"]["query"][1][1], "\u{e9}&=+% ~", "{answer}");
    }
    println!("ok: {name} at the generic sandbox");
    for (persona, verb, path) in personas {
        let sandbox = start(Sandbox::builder().like(*persona));
        let recorder = Recorder::before(&sandbox.origin());
        let urls = urls(&sandbox, &recorder, sandbox.origin() + path + QUERY);
        let mut program = program();
        program.args(urls).args([KEY, SECRET, verb]);
        let answer = play(&mut program, &sandbox, &recorder, &places);
        assert_eq!((&answer["user"], &answer["persona"]), (&"ada".into(), &persona.name().into()));
        println!("ok: {name} at the persona {persona}");
    }
}

fn start(builder: Builder) -> Sandbox {
    builder.consumer(KEY, SECRET).start_blocking().unwrap()
}

/// Runs a client that prints the page's URL, and gives what it prints in the end. Its signatures are diagnosed.
fn play(
    program: &mut Command,
    sandbox: &Sandbox,
    recorder: &Recorder,
    places: &[Placement],
) -> serde_json::Value {
    let mut child = program.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let page = lines.next().expect("the client printed no address").unwrap();
    let page = page.replace(recorder.origin(), &sandbox.origin());
    let approval = sandbox.approve(&page).unwrap();
    let verifier = approval.verifier().unwrap();
    writeln!(child.stdin.take().unwrap(), "{verifier}").unwrap();
    let answer = lines.next().expect("the client printed no answer").unwrap();
    assert!(child.wait().unwrap().success());
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    let seen: Vec<_> = sandbox.log().iter().filter_map(|seen| seen.placement).collect();
    assert_eq!(seen, places);
    assert_eq!(recorder.diagnose(SECRET), places.len());
    answer
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

#[test]
fn signpost_of_java_at_the_sandbox_and_at_personas() {
    let Some(classes) = prepared("TRIPOD_INTEROP_JAVA", "signpost") else { return };
    let program = || {
        let mut command = Command::new("java");
        command.args(["-cp", &classes, "Client"]);
        command
    };
    // It sends `oauth_callback` and `oauth_verifier` with every later call, which they accept.
    let personas =
        [(Persona::X, "POST", "/2/users/me"), (Persona::Trello, "POST", "/1/members/me")];
    check_urls(program, "signpost", &personas);
}

#[test]
fn mrjones_oauth_of_go_at_the_sandbox_and_at_personas() {
    let Some(binary) = prepared("TRIPOD_INTEROP_GO", "mrjones/oauth") else { return };
    let personas = [
        (Persona::Flickr, "GET", "/services/rest"),
        (Persona::SmugMug, "POST", "/api/v2!authuser"),
    ];
    check_urls(|| Command::new(&binary), "mrjones/oauth", &personas);
}
