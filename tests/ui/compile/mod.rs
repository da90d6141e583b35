//! Compiles the cases, and compares what rustc says with what is written down.
//!
//! All cases are programs of one package that cargo checks in one run. The package depends on this crate without
//! its transport and on little else, so that there is little to check before the cases; that is why this is no matter
//! for a harness that takes all dependencies of the package under test.

mod text;

use std::{
    collections::BTreeMap,
    env,
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;

/// What a case may use. A case that needs more adds it here.
const DEPENDENCIES: &str = r#"
http = "1.5"
jiff = { version = "1.0", default-features = false, features = ["std"] }
serde = { version = "1", default-features = false, features = ["std"] }
"#;
const FEATURES: &str = r#"["fatsecret", "hmac-sha2"]"#;

/// The cases, by name, whose text is another than the written one. With `overwrite`, that is written anew.
pub(super) fn differences(
    root: &Path,
    cases: &BTreeMap<String, PathBuf>,
    overwrite: bool,
) -> Result<String, Box<dyn Error>> {
    let texts = said(root, cases)?;
    let mut report = String::new();
    for (case, path) in cases {
        let found = texts.get(case).map_or("", String::as_str);
        let file = path.with_extension("stderr");
        let written = fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
        if found == written {
            continue;
        }
        if overwrite && !found.is_empty() {
            fs::write(&file, found)?;
            continue;
        }
        let now = if found.is_empty() { "nothing: it compiles\n" } else { found };
        writeln!(report, "{case}: rustc said\n{written}and now it says\n{now}")?;
    }
    if !report.is_empty() {
        report += "To write the texts anew: TRIPOD_UI=overwrite cargo test --test ui";
    }
    Ok(report)
}

/// What rustc says about each case, in the form in which it is written down.
fn said(
    root: &Path,
    cases: &BTreeMap<String, PathBuf>,
) -> Result<BTreeMap<String, String>, Box<dyn Error>> {
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let package = temporary.join("ui");
    fs::create_dir_all(&package)?;
    write_manifest(&package, root, cases)?;
    let output = Command::new(env!("CARGO"))
        .current_dir(&package)
        // As on any machine: flags of the caller's would build all anew, and change the texts.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env("CARGO_INCREMENTAL", "0")
        .args(["check", "--offline", "--bins", "--keep-going", "--message-format=json"])
        // This workspace's target directory and profile: build scripts and procedural macros are there already.
        .args(["--config", "profile.dev.debug='line-tables-only'"])
        .args(["--config", "profile.dev.package.'*'.debug=false"])
        .arg("--target-dir")
        .arg(temporary.parent().ok_or("no target directory")?)
        .stderr(Stdio::piped())
        .output()?;
    let mut texts = BTreeMap::<String, String>::new();
    let mut dependencies_are_built = false;
    for line in String::from_utf8(output.stdout)?.lines() {
        let line: Value = serde_json::from_str(line)?;
        let target = line["target"]["name"].as_str().unwrap_or_default();
        dependencies_are_built |= line["reason"] == "compiler-artifact" && target == "tripod";
        let message = &line["message"];
        if line["reason"] != "compiler-message" || !cases.contains_key(target) {
            continue;
        }
        // Not warnings: most cases have functions that nobody calls. One error without a place counts the others.
        let is_counted = message["spans"].as_array().is_some_and(|spans| !spans.is_empty());
        if message["level"] != "error" || !is_counted {
            continue;
        }
        let rendered = message["rendered"].as_str().unwrap_or_default();
        let text = texts.entry(target.to_owned()).or_default();
        if !text.is_empty() {
            text.push('\n');
        }
        *text += &text::normalize(rendered, root, &format!("tests/ui/{target}.rs"));
    }
    if !dependencies_are_built {
        let errors = String::from_utf8_lossy(&output.stderr);
        return Err(format!("the crate could not be checked:\n{errors}").into());
    }
    Ok(texts)
}

/// A package of its own, with the versions of our lock file.
fn write_manifest(
    package: &Path,
    root: &Path,
    cases: &BTreeMap<String, PathBuf>,
) -> Result<(), Box<dyn Error>> {
    // Rust's quotes and escapes are also those of TOML.
    let root_text = root.to_str().ok_or("the path is no text")?;
    let mut text = format!(
        "[workspace]\n\n[package]\nname = \"cases\"\nedition = \"2024\"\n\n[dependencies]{DEPENDENCIES}\
         tripod = {{ path = {root_text:?}, default-features = false, features = {FEATURES} }}\n"
    );
    for (case, path) in cases {
        let path = path.to_str().ok_or("a path is no text")?;
        write!(text, "\n[[bin]]\nname = {case:?}\npath = {path:?}\n")?;
    }
    // Written only if it differs, so that cargo finds all as it was.
    let file = package.join("Cargo.toml");
    if fs::read_to_string(&file).unwrap_or_default() != text {
        fs::write(&file, text)?;
    }
    fs::copy(root.join("Cargo.lock"), package.join("Cargo.lock"))?;
    Ok(())
}
