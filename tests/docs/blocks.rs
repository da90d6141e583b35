//! The programs in the pages: each is a doc test, and its dependency lines are right.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    nothing_of,
    page::{Page, code, files, read},
};

/// As rustdoc reads it: a block without a language is Rust.
fn is_rust(info: &str) -> bool {
    let language = info.split(',').next().unwrap_or_default();
    language == "rust" || info.is_empty()
}

/// A program that is not compiled has `<!-- not compiled: why -->` above it.
#[test]
fn every_program_is_compiled() {
    let mut sources = read("src/guide.rs");
    for path in ["crates/tripod-sandbox/src/lib.rs", "src/lib.rs"] {
        sources += &read(path);
    }
    let (mut complaints, mut programs) = (Vec::new(), 0);
    for page in Page::all() {
        let path = page.path.to_str().unwrap();
        let is_doc_test = sources.contains(&format!("include_str!(\"../{path}\")"))
            || path == "crates/tripod-sandbox/README.md";
        for block in page.parts().1.iter().filter(|block| is_rust(block.info)) {
            programs += 1;
            let is_compiled = is_doc_test && !block.info.contains("ignore");
            if !is_compiled && !block.before.starts_with("<!-- not compiled: ") {
                complaints.push(format!("{}: this program is not compiled", page.at(block.number)));
            }
        }
    }
    assert!(programs > 100, "the programs were found: {programs}");
    nothing_of(&complaints);
}

/// The library's own tests have no database. A page whose programs use one is tested where its feature is on, or
/// `cargo test` fails in the root, after it has compiled each program by itself.
#[test]
fn a_program_is_tested_where_its_features_are_on() {
    let stores =
        [("SqliteStore", "sqlite"), ("PostgresStore", "postgres"), ("RedisStore", "redis")];
    let guide = read("src/guide.rs");
    let (mut complaints, mut found) = (Vec::new(), 0);
    for page in Page::all() {
        let path = page.path.to_str().unwrap();
        let Some(included) = guide.lines().find(|line| line.contains(&format!("../{path}\"")))
        else {
            continue;
        };
        for block in page.parts().1.iter().filter(|block| is_rust(block.info)) {
            let code = block.lines.iter().filter_map(|line| line.split("//").next());
            let code = code.collect::<String>();
            for (_, feature) in stores.iter().filter(|(store, _)| code.contains(store)) {
                found += 1;
                if !included.contains(&format!("feature = \"{feature}\"")) {
                    let place = page.at(block.number);
                    complaints.push(format!("{place}: src/guide.rs includes it without {feature}"));
                }
            }
        }
    }
    assert!(found > 0, "a program with a database was found");
    nothing_of(&complaints);
}

/// What can be switched on in each of our packages.
pub(crate) fn features(manifest: &str) -> BTreeSet<String> {
    let (_, rest) = manifest.split_once("\n[features]\n").unwrap();
    let section = rest.split("\n[").next().unwrap();
    let names = section.lines().filter(|line| !line.starts_with('#'));
    names.filter_map(|line| Some(line.split_once(" = ")?.0.trim().to_owned())).collect()
}

/// The text between two marks, and what follows.
fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    Some(text.split_once(from)?.1.split_once(to)?.0)
}

/// Our packages, with the features of each.
type Ours = BTreeMap<&'static str, BTreeSet<String>>;
/// All packages of the lock file, by name and version.
type Locked = BTreeSet<(String, String)>;

/// What is wrong with a dependency line such as `tripod = { version = "0.1", features = ["vault"] }`.
fn wrong(line: &str, ours: &Ours, locked: &Locked) -> Option<String> {
    let (name, value) = line.split_once(" = ")?;
    let (name, value) = (name.trim(), value.trim());
    let version = if value.starts_with('"') {
        between(value, "\"", "\"")?
    } else {
        let Some(version) = between(value, "version = \"", "\"") else {
            return Some("it has no version".to_owned());
        };
        version
    };
    let agrees = |found: &str| {
        let mut found = found.split('.');
        version.split('.').all(|piece| found.next() == Some(piece))
    };
    let is_locked = match ours.get(name) {
        Some(_) => agrees(env!("CARGO_PKG_VERSION")),
        None => locked.iter().any(|(package, found)| package == name && agrees(found)),
    };
    if !is_locked {
        return Some(format!("{name} has another version than {version}"));
    }
    let known = ours.get(name)?;
    let asked = between(value, "features = [", "]").unwrap_or_default();
    let unknown = asked.split(',').map(|name| name.trim().trim_matches('"'));
    let unknown = unknown.filter(|name| !name.is_empty()).find(|name| !known.contains(*name))?;
    Some(format!("{name} has no feature {unknown}"))
}

fn packages() -> (Ours, Locked) {
    let ours = BTreeMap::from([
        ("tripod", features(&read("Cargo.toml"))),
        ("tripod-sandbox", features(&read("crates/tripod-sandbox/Cargo.toml"))),
    ]);
    let lock = read("Cargo.lock");
    let locked = lock.split("[[package]]").filter_map(|package| {
        let value = |key| between(package, key, "\"").map(str::to_owned);
        Some((value("name = \"")?, value("version = \"")?))
    });
    (ours, locked.collect())
}

#[test]
fn every_dependency_line_is_right() {
    let (ours, locked) = packages();
    let (mut complaints, mut found) = (Vec::new(), 0);
    for page in Page::all() {
        let (lines, blocks) = page.parts();
        let mut look = |number: usize, line: &str| {
            found += 1;
            let wrong = wrong(line, &ours, &locked);
            complaints.extend(wrong.map(|wrong| format!("{}: {wrong}", page.at(number))));
        };
        // Other TOML is a program's own.
        let is_manifest =
            |line: &&str| line.ends_with("dependencies]") || line.starts_with("tripod");
        let manifests = blocks.iter().filter(|block| block.info == "toml");
        for block in
            manifests.filter(|block| block.lines.iter().any(|line| is_manifest(&line.trim())))
        {
            for line in &block.lines {
                look(block.number, line);
            }
        }
        for line in lines {
            for (_, text) in code(line.text) {
                if text.starts_with("tripod = ") || text.starts_with("tripod-sandbox = ") {
                    look(line.number, text);
                }
            }
        }
    }
    assert!(found > 40, "the lines were found: {found}");
    nothing_of(&complaints);
    // The crate's own documentation begins with such lines, too.
    for path in files("src", ".rs") {
        for line in read(&path).lines().filter_map(|line| line.strip_prefix("//! tripod")) {
            assert_eq!(wrong(&format!("tripod{line}"), &ours, &locked), None, "{}", path.display());
        }
    }
}

#[test]
fn a_wrong_dependency_line_is_noticed() {
    let (ours, locked) = packages();
    for (line, is_right) in [
        ("[dependencies]", true),
        ("tripod = \"0.1\"", true),
        ("tripod = \"0.2\"", false),
        ("tripod = { version = \"0.1\", features = [\"vault\"] }", true),
        ("tripod = { version = \"0.1\", features = [\"vault\", \"safe\"] }", false),
        ("tripod = { features = [\"vault\"] }", false),
        ("http = \"1\"", true),
        ("http = \"2\"", false),
    ] {
        let wrong = wrong(line, &ours, &locked);
        assert_eq!(wrong.is_none(), is_right, "{line}: {wrong:?}");
    }
}
