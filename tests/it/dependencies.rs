//! What the crate brings along, and what it does without most of it.

use std::{collections::BTreeSet, process::Command};

use tripod::{AccessToken, Callback, Client, Consumer};

use crate::support::*;

/// The names of the packages that a program gets with these features, without the crate itself.
fn packages(features: &[&str]) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "--edges", "normal", "--prefix", "none"])
        .args(["--format", "{p}", "--no-default-features", "--features", &features.join(",")])
        .args(["--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")])
        .output()
        .expect("this test asks cargo, which built it, for the dependency tree; cargo is missing");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo tree: {errors}");
    let names = String::from_utf8(output.stdout).unwrap();
    names
        .lines()
        .filter_map(|line| line.split(' ').next())
        .filter(|name| !name.is_empty() && *name != "tripod")
        .map(str::to_owned)
        .collect()
}

fn is_network(name: &str) -> bool {
    ["reqwest", "tokio", "hyper", "rustls", "url", "h2", "native-tls", "tower", "axum", "mio"]
        .iter()
        .any(|stem| name == *stem || name.starts_with(&format!("{stem}-")))
}

#[test]
fn without_the_default_features_there_is_no_http_client_runtime_or_tls() {
    for features in [&[][..], &["json"], &["json", "tracing"], &["fatsecret"]] {
        let all = packages(features);
        assert!(all.contains("sha1") && all.contains("http"), "the tree was read: {all:?}");
        let network: Vec<_> = all.iter().filter(|name| is_network(name)).collect();
        assert!(network.is_empty(), "{features:?} brings {network:?}");
    }
    // The net catches what it is for.
    let all = packages(&["rustls-ring"]);
    for name in ["reqwest", "tokio", "hyper", "rustls", "url"] {
        assert!(all.contains(name) && is_network(name), "{name}");
    }
}

/// A blocking program: each half, and an HTTP client that is not here.
#[test]
fn the_flow_needs_no_runtime() {
    let client = Client::new(photos(), Consumer::new(KEY, SECRET))
        .unwrap()
        .with_transport(Script::default());
    let flow = client.begin(Callback::out_of_band());
    let request = flow.request().unwrap();
    assert_eq!(request.method(), "POST");
    let issued = flow.accept(&http::Response::new(ISSUED)).unwrap();
    let authorized = issued.authorize(VERIFIER).unwrap();
    assert!(authorized.request().unwrap().headers().contains_key("authorization"));
    let session = authorized.accept(&http::Response::new(GRANTED)).unwrap();
    let mut request = http::Request::get("https://photos.example.net/photos").body("").unwrap();
    session.sign(&mut request).unwrap();
    assert!(request.headers().contains_key("authorization"));
    let stored =
        AccessToken::new(session.access_token().token(), session.access_token().secret().clone());
    assert!(client.session(stored).get("https://photos.example.net/").build().is_ok());
}
