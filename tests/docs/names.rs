//! Names in backticks: features, files and tests.

use std::{collections::BTreeSet, path::PathBuf};

use crate::{
    blocks::features,
    nothing_of,
    page::{Page, code, files, read, root},
};

/// Features of other packages that pages speak of.
const OTHERS: [(&str, &str); 3] =
    [("sha1", "rsa"), ("sha2", "rsa"), ("blocking", "reqwest-oauth1")];

/// The rows of a table of features: the names of the first cell, and whether they are on by default.
fn table(text: &str) -> Vec<(Vec<&str>, bool)> {
    let (_, rest) = text.split_once("# Features\n").unwrap();
    let section = rest.split("\n## ").next().unwrap().split("\n//! # ").next().unwrap();
    let rows = section.lines().map(|line| line.trim_start_matches("//! "));
    let rows = rows.filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        (code(cells[0]).into_iter().map(|(_, name)| name).collect(), cells[1] == "yes")
    })
    .collect()
}

#[test]
fn the_tables_of_features_are_those_of_the_manifest() {
    let manifest = read("Cargo.toml");
    let mut all = features(&manifest);
    assert!(all.remove("default"));
    let default = manifest.lines().find_map(|line| line.strip_prefix("default = [")).unwrap();
    let default: BTreeSet<String> =
        code(&default.replace('"', "`")).into_iter().map(|(_, name)| name.to_owned()).collect();
    for path in ["README.md", "src/lib.rs"] {
        let rows = table(&read(path))
            .into_iter()
            .map(|(names, is_default)| {
                (names.into_iter().map(str::to_owned).collect::<Vec<_>>(), is_default)
            })
            .collect::<Vec<_>>();
        let names: Vec<String> = rows.iter().flat_map(|(names, _)| names.clone()).collect();
        assert_eq!(names.iter().cloned().collect::<BTreeSet<_>>(), all, "{path}");
        assert_eq!(names.len(), all.len(), "{path}: a feature is there twice");
        let on = rows.into_iter().filter(|(_, is_default)| *is_default);
        assert_eq!(on.flat_map(|(names, _)| names).collect::<BTreeSet<_>>(), default, "{path}");
    }
}

/// "the feature `vault`", "features `sqlite` and `redis`": each exists.
#[test]
fn every_feature_that_a_page_names_exists() {
    let mut known = features(&read("Cargo.toml"));
    known.extend(features(&read("crates/tripod-sandbox/Cargo.toml")));
    known.extend(OTHERS.map(|(name, _)| name.to_owned()));
    let (mut complaints, mut found) = (Vec::new(), 0);
    for page in Page::all() {
        for line in page.parts().0 {
            for (before, name) in code(line.text) {
                if before.ends_with("feature ") || before.ends_with("features ") {
                    found += 1;
                    if !known.contains(name) {
                        complaints
                            .push(format!("{}: there is no feature {name}", page.at(line.number)));
                    }
                }
            }
        }
    }
    assert!(found > 30, "the names were found: {found}");
    nothing_of(&complaints);
}

/// A path of the repository's, as pages write it: `src/flow`, `examples/tui`, `docs/security.md`.
fn path(text: &str) -> Option<&str> {
    const FOLDERS: [&str; 8] =
        ["src/", "docs/", "tests/", "crates/", "examples/", "benches/", "fuzz/", ".ci/"];
    let text = text.split("::").next()?;
    let is_plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "_-./".contains(c));
    // The last is the reader's own. What is built is not there before.
    let is_placeholder =
        text.contains("NAME") || text.contains("/target/") || text == "src/main.rs";
    let is_ours = FOLDERS.iter().any(|folder| text.starts_with(folder));
    (is_plain && is_ours && !is_placeholder).then_some(text)
}

#[test]
fn every_file_that_a_page_names_exists() {
    let (mut complaints, mut found) = (Vec::new(), 0);
    for page in Page::all() {
        // The changelog speaks of what was, too.
        if page.path.ends_with("CHANGELOG.md") {
            continue;
        }
        for line in page.parts().0 {
            for (_, text) in code(line.text) {
                let Some(path) = path(text) else { continue };
                found += 1;
                let near = page.path.parent().unwrap().join(path);
                if ![root().join(path), root().join(near)].iter().any(|path| path.exists()) {
                    complaints.push(format!("{}: there is no {path}", page.at(line.number)));
                }
            }
        }
    }
    assert!(found > 100, "the names were found: {found}");
    nothing_of(&complaints);
}

/// `--test memory`, `--bench session`: a file or a folder of that name, in the package itself or in another.
#[test]
fn every_target_that_a_page_names_exists() {
    let (mut complaints, mut found) = (Vec::new(), 0);
    let packages: Vec<_> = [root().to_owned()]
        .into_iter()
        .chain(["crates", "examples"].iter().flat_map(|folder| {
            std::fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path())
        }))
        .collect();
    for page in Page::all() {
        let words: Vec<&str> = page.text.split_whitespace().collect();
        for pair in words.windows(2) {
            let folder = match pair[0].trim_start_matches('`') {
                "--test" => "tests",
                "--bench" => "benches",
                _ => continue,
            };
            let name = pair[1].trim_matches(|c: char| !c.is_alphanumeric() && c != '_');
            found += 1;
            let is_there = packages.iter().any(|package| {
                let at = package.join(folder);
                at.join(format!("{name}.rs")).exists() || at.join(name).join("main.rs").exists()
            });
            if !is_there {
                complaints.push(format!("{}: no {folder}/{name}", page.path.display()));
            }
        }
    }
    assert!(found > 20, "the names were found: {found}");
    nothing_of(&complaints);
}

/// The Rust files of the library and of the packages beside it.
fn sources() -> Vec<(PathBuf, String)> {
    let folders = ["src", "tests", "crates", "examples"];
    let paths = folders.into_iter().flat_map(|folder| files(folder, ".rs"));
    paths.map(|path| (path.clone(), read(path))).collect()
}

/// Whether a source has a test of this name. Those without a harness are named in a text, alone or after a module's name,
/// or in a list.
fn has_test(source: &str, name: &str) -> bool {
    // Most sources do not have the word at all.
    if !source.contains(name) {
        return false;
    }
    let named = [format!("\"{name}\""), format!("::{name}\"")];
    let is_listed = |line: &str| {
        let item = line.trim().strip_suffix(',').unwrap_or_default();
        item.rsplit("::").next() == Some(name)
    };
    tests(source).contains(&name)
        || named.iter().any(|text| source.contains(text))
        || source.lines().any(is_listed)
}

/// The rows of the table below this head: the words in backticks of the second cell, and the third cell.
fn claims<'a>(page: &'a str, head: &str) -> Vec<(Vec<&'a str>, &'a str)> {
    let (_, table) = page.split_once(head).unwrap();
    let rows = table.lines().skip(1).take_while(|line| line.starts_with('|'));
    rows.filter(|line| line.starts_with("| "))
        .map(|row| {
            let mut cells = row.trim_matches('|').split(" | ").skip(1);
            let names = code(cells.next().unwrap()).into_iter().map(|(_, name)| name).collect();
            (names, cells.next().unwrap_or_default())
        })
        .collect()
}

/// The tables of claims and tests: each test that they name is a test.
#[test]
fn every_test_that_a_claim_rests_on_exists() {
    let sources = sources();
    let is_test = |name: &str| sources.iter().any(|(_, source)| has_test(source, name));
    let mut complaints = Vec::new();
    for (path, head, least) in [
        ("docs/security.md", "| Claim | Test |", 15),
        ("docs/decisions.md", "| Always | Tested by |", 20),
        ("docs/testing.md", PROMISES, 10),
    ] {
        let page = read(path);
        let names: Vec<_> = claims(&page, head).into_iter().flat_map(|(names, _)| names).collect();
        for name in &names {
            let is_there =
                if name.contains('/') { root().join(name).exists() } else { is_test(name) };
            if !is_there {
                complaints.push(format!("{path}: there is no test {name}"));
            }
        }
        let found = names.len();
        assert!(found >= least, "{path}: the names were found: {found}");
    }
    nothing_of(&complaints);
}

const PROMISES: &str = "| Promise | Tested by |";

/// The folders and files whose tests `cargo test -p PACKAGE --test NAME` runs. Without a package it is the library; without
/// a name it is every test of the package.
fn reach(command: &str) -> Vec<String> {
    let words: Vec<&str> = command.split_whitespace().collect();
    let after = |option: &str| {
        let pairs = words.windows(2).filter(|pair| pair[0] == option);
        pairs.map(|pair| pair[1]).collect::<Vec<_>>()
    };
    let package = after("-p").first().map_or(String::new(), |name| format!("crates/{name}/"));
    let targets = after("--test");
    if targets.is_empty() {
        return vec![format!("{package}src/"), format!("{package}tests/")];
    }
    let both = |name| [format!("{package}tests/{name}/"), format!("{package}tests/{name}.rs")];
    targets.into_iter().flat_map(both).collect()
}

/// A reader who runs the command of a row runs each test that the row names.
#[test]
fn every_test_of_a_promise_is_where_its_command_reaches() {
    let (sources, page) = (sources(), read("docs/testing.md"));
    let (mut complaints, mut found) = (Vec::new(), 0);
    for (names, cell) in claims(&page, PROMISES) {
        let commands = code(cell).into_iter().map(|(_, text)| text);
        let reached: Vec<String> =
            commands.filter(|text| text.starts_with("cargo test")).flat_map(reach).collect();
        for name in names {
            found += 1;
            let is_reached = |path: &str| reached.iter().any(|start| path.starts_with(start));
            let is_run = if name.contains('/') {
                is_reached(name) || is_reached(&format!("{name}/"))
            } else {
                let mut there = sources.iter().filter(|(_, source)| has_test(source, name));
                there.any(|(path, _)| is_reached(path.to_str().unwrap()))
            };
            if !is_run {
                complaints.push(format!("docs/testing.md: {cell} does not run {name}"));
            }
        }
    }
    assert!(found > 20, "the names were found: {found}");
    nothing_of(&complaints);
}

#[test]
fn a_command_reaches_its_package_and_its_targets() {
    for (command, reached) in [
        ("cargo test", &["src/", "tests/"][..]),
        ("cargo test --test it", &["tests/it/", "tests/it.rs"]),
        (
            "cargo test -p tripod-tests --test tls",
            &["crates/tripod-tests/tests/tls/", "crates/tripod-tests/tests/tls.rs"],
        ),
    ] {
        assert_eq!(reach(command), reached, "{command}");
    }
}

/// The functions of a source that are tests: an attribute above says so.
fn tests(source: &str) -> Vec<&str> {
    let (mut found, mut is_marked) = (Vec::new(), false);
    for line in source.lines().map(str::trim) {
        let function = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ");
        if line.starts_with("#[") {
            is_marked |= line.contains("test]") || line.starts_with("#[tokio::test");
        } else if let Some(rest) = function {
            if std::mem::take(&mut is_marked) {
                found.extend(rest.split(['(', '<']).next());
            }
        } else if !line.starts_with("//") && !line.ends_with(")]") {
            is_marked = false;
        }
    }
    found
}
