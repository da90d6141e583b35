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

/// The names with which the paths of a program begin, each with the index of its line: of `use a::{b::c}; d::<e::F>()`,
/// `a`, `d` and `e`. What a `use` brings is no package, and the lines that rustdoc hides are not copied.
fn path_roots<'a>(lines: &[&'a str]) -> Vec<(usize, &'a str)> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let (mut found, mut brought) = (Vec::new(), BTreeSet::new());
    let mut is_use = false;
    for (at, line) in lines.iter().enumerate() {
        let line = line.trim();
        if line == "#" || line.starts_with("# ") {
            continue;
        }
        let line = line.split("//").next().unwrap_or_default();
        let mut roots = line.match_indices("::").filter_map(|(end, _)| {
            let before = line[..end].trim_end_matches(is_word);
            let root = &line[before.len()..end];
            (!root.is_empty() && !before.ends_with("::")).then_some((at, root))
        });
        let begins = line.starts_with("use ") || line.starts_with("pub use ");
        if begins || is_use {
            found.extend(roots.next().filter(|_| begins));
            brought.extend(line.split(|c| !is_word(c)).filter(|name| !name.is_empty()));
            is_use = !line.ends_with(';');
        } else {
            found.extend(roots);
        }
    }
    let uses = |at: usize| lines[at].trim().starts_with("use ");
    found.retain(|(at, root)| uses(*at) || !brought.contains(root));
    found
}

/// Of the packages that a page's programs use, those for which it has no dependency line.
fn undeclared<'a>(page: &'a Page, packages: &BTreeSet<String>) -> Vec<(usize, &'a str)> {
    let (lines, blocks) = page.parts();
    let name = |line: &str| Some(line.split_once(" = ")?.0.trim().replace('-', "_"));
    let manifests = blocks.iter().filter(|block| block.info == "toml");
    let mut declared: BTreeSet<String> =
        manifests.flat_map(|block| &block.lines).filter_map(|line| name(line)).collect();
    declared
        .extend(lines.iter().flat_map(|line| code(line.text)).filter_map(|(_, text)| name(text)));
    // Each page is about this one.
    declared.insert("tripod".to_owned());
    let mut found = Vec::new();
    let programs = blocks.iter().filter(|block| is_rust(block.info));
    for block in programs.filter(|block| !block.before.starts_with("<!-- not compiled: ")) {
        let others = path_roots(&block.lines)
            .into_iter()
            .filter(|(_, root)| packages.contains(*root) && !declared.contains(*root));
        found.extend(others.map(|(at, root)| (block.number + 1 + at, root)));
    }
    found
}

/// A program that was copied would not compile otherwise. What the library re-exports is `tripod::http`.
#[test]
fn every_package_that_a_program_uses_has_a_dependency_line() {
    let (ours, locked) = packages();
    let names = locked.into_iter().map(|(name, _)| name);
    let names = names.chain(ours.into_keys().map(str::to_owned));
    let packages = names.map(|name| name.replace('-', "_")).collect();
    let pages = Page::all();
    let complaints: Vec<String> = pages
        .iter()
        .flat_map(|page| {
            let undeclared = undeclared(page, &packages).into_iter();
            undeclared
                .map(|(number, name)| format!("{}: no dependency line for {name}", page.at(number)))
        })
        .collect();
    nothing_of(&complaints);
}

#[test]
fn a_package_without_a_dependency_line_is_noticed() {
    let packages = ["http", "bytes", "serde_json", "tripod"].map(str::to_owned).into();
    let check = |text: &str, expected: &[(usize, &str)]| {
        let page = Page { path: "x.md".into(), text: text.to_owned() };
        assert_eq!(undeclared(&page, &packages), expected, "{text}");
    };
    check(
        "```rust\nuse http::Uri;\nlet x: Vec<bytes::Bytes>;\n```\n",
        &[(2, "http"), (3, "bytes")],
    );
    check("```rust\nuse tripod::http::Uri; // http::Uri\n# use http::Uri;\n```\n", &[]);
    check(
        "`http = \"1\"`\n\n```toml\nserde-json = \"1\"\n```\n\n```\nhttp::x(serde_json::y);\n```\n",
        &[],
    );
    check(
        "```rust\nuse tripod::{\n    http::{self, Uri},\n    bytes,\n};\nhttp::x(bytes::y());\n```\n",
        &[],
    );
    check("<!-- not compiled: as it was -->\n```rust\nhttp::x()\n```\n", &[]);
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
