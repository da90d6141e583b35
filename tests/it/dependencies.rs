//! What the crate brings along, and what it does without most of it.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

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
    // With ureq there is TLS, and no runtime.
    let all = packages(&["ureq", "fatsecret"]);
    let network: Vec<_> = all.iter().filter(|name| is_network(name)).map(String::as_str).collect();
    let expected = [
        "rustls",
        "rustls-native-certs",
        "rustls-pki-types",
        "rustls-platform-verifier",
        "rustls-webpki",
    ];
    assert_eq!(network, expected);
    // The net catches what it is for.
    let all = packages(&["rustls-ring"]);
    for name in ["reqwest", "tokio", "hyper", "rustls", "url"] {
        assert!(all.contains(name) && is_network(name), "{name}");
    }
}

/// What is released, together.
const PUBLISHED: [&str; 3] = ["tripod", "tripod-cli", "tripod-sandbox"];

/// The folder of each package of this repository, with its manifest.
fn manifests() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.to_owned(), root.join("fuzz"), root.join("benches/peers")];
    for folder in ["crates", "examples"] {
        let entries = fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path());
        folders.extend(entries.filter(|path| path.is_dir()));
    }
    let read = |folder: PathBuf| {
        let text = fs::read_to_string(folder.join("Cargo.toml"))
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        (folder, text)
    };
    folders.into_iter().map(read).collect()
}

#[test]
fn what_is_published_has_one_version_and_nothing_else_is_published() {
    let mut published = BTreeSet::new();
    for (_, text) in manifests() {
        let value = |key: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "));
            line.unwrap_or_default().trim_matches('"').to_owned()
        };
        let name = value("name");
        if value("publish") == "false" {
            continue;
        }
        assert_eq!(value("version"), env!("CARGO_PKG_VERSION"), "{name}");
        // The program may need a newer one, and says so.
        if name != "tripod-cli" {
            assert_eq!(value("rust-version"), env!("CARGO_PKG_RUST_VERSION"), "{name}");
        }
        // One crate needs the other of its own release, or the tests' one, which has no version.
        for line in text.lines().filter(|line| line.starts_with("tripod")) {
            let (_, rest) = line.split_once(" = ").unwrap();
            let needed = rest.split_once("version = \"").map(|(_, rest)| rest);
            let own = format!("{}\"", env!("CARGO_PKG_VERSION"));
            assert!(needed.is_none_or(|needed| needed.starts_with(&own)), "{name}: {line}");
        }
        published.insert(name);
    }
    assert_eq!(published, PUBLISHED.map(str::to_owned).into());
}

/// rustc drops a function with such an attribute, without a word, where the harness is another one than its own.
#[test]
fn a_suite_with_a_harness_of_its_own_has_no_test_that_only_rustc_would_find() {
    let mut suites = 0;
    for (folder, manifest) in manifests() {
        for target in manifest.split("\n[[test]]\n").skip(1) {
            let target = target.split("\n[").next().unwrap();
            if !target.lines().any(|line| line == "harness = false") {
                continue;
            }
            let name = target.lines().find_map(|line| line.strip_prefix("name = ")).unwrap();
            let path = folder.join("tests").join(name.trim_matches('"'));
            // Of `ui` that is the harness; its cases stand beside it.
            let file = path.with_extension("rs");
            let sources = if file.exists() { vec![file] } else { rust_files(&path) };
            assert!(!sources.is_empty(), "{name} in {}", folder.display());
            for source in sources {
                let text = fs::read_to_string(&source).unwrap();
                let mut lines = text.lines().map(str::trim);
                let lost = lines
                    .any(|line| line.starts_with("#[test]") || line.starts_with("#[tokio::test"));
                assert!(!lost, "{}: a test that never runs", source.display());
            }
            suites += 1;
        }
    }
    assert!(suites >= 6, "only {suites} were found");
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// A blocking program: each half, and an HTTP client that is not here.
#[test]
fn the_flow_needs_no_runtime() {
    let client = Client::from_transport(photos(), Consumer::new(KEY, SECRET), Script::default());
    let flow = client.begin(Callback::out_of_band());
    let (request, awaiting) = flow.build().unwrap();
    assert_eq!(request.method(), "POST");
    let issued = awaiting.receive(&http::Response::new(ISSUED)).unwrap();
    let authorized = issued.authorize(VERIFIER).unwrap();
    let (request, awaiting) = authorized.build().unwrap();
    assert!(request.headers().contains_key("authorization"));
    let session = awaiting.receive(&http::Response::new(GRANTED)).unwrap();
    let mut request = http::Request::get("https://photos.example.net/photos").body("").unwrap();
    session.sign(&mut request).unwrap();
    assert!(request.headers().contains_key("authorization"));
    let stored =
        AccessToken::new(session.access_token().token(), session.access_token().secret().clone());
    assert!(client.session(stored.unwrap()).get("https://photos.example.net/").build().is_ok());
}
