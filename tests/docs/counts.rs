//! Numbers that pages state, compared with what is counted.

use std::{collections::BTreeSet, fs};

use tripod::signature::diagnose::Mistake;

use crate::page::{read, root};

/// A number as pages write it: in figures, or a small one in words.
fn number(text: &str) -> Option<usize> {
    const WORDS: [&str; 21] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
        "twenty",
    ];
    let text = text.to_lowercase().replace(',', "");
    text.parse().ok().or_else(|| WORDS.iter().position(|word| *word == text))
}

/// The numbers that stand in the place of `{}` in `pattern`, wherever the page has it.
fn stated(page: &str, pattern: &str) -> Vec<usize> {
    // A sentence may go over several lines.
    let text = page.split_whitespace().collect::<Vec<_>>().join(" ").replace("//! ", "");
    let (before, after) = pattern.split_once("{}").unwrap();
    let mut found = Vec::new();
    for (at, _) in text.match_indices(before) {
        let rest = &text[at + before.len()..];
        let word = rest.split(' ').next().unwrap_or_default();
        if let Some(number) = number(word).filter(|_| rest[word.len()..].starts_with(after)) {
            found.push(number);
        }
    }
    found
}

/// Each page states the number, and no other one.
#[track_caller]
fn check(pages: &[&str], pattern: &str, counted: usize) {
    for page in pages {
        let stated = stated(&read(page), pattern);
        assert!(!stated.is_empty(), "{page} does not say {pattern:?}");
        assert!(
            stated.iter().all(|number| *number == counted),
            "{page}: {pattern:?} is {counted}, not {stated:?}"
        );
    }
}

/// How many files of Rust a folder has, without those named.
fn modules(folder: &str, without: &[&str]) -> usize {
    let names = fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().file_name());
    let names = names.filter_map(|name| Some(name.to_str()?.strip_suffix(".rs")?.to_owned()));
    names.filter(|name| !without.contains(&name.as_str())).count()
}

/// The rows of the table of providers: the cells.
fn providers() -> Vec<Vec<String>> {
    let page = read("docs/providers.md");
    let (_, table) = page.split_once("| Provider | State | Legs | Here |").unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect())
        .collect()
}

#[test]
fn numbers_are_read() {
    assert_eq!(number("Fifteen"), Some(15));
    assert_eq!(number("1,100"), Some(1100));
    assert_eq!(stated("has 48\nmethods and 3 methods", "has {} methods"), [48]);
    assert_eq!(stated("has many methods", "has {} methods"), [0; 0]);
}

#[test]
fn methods_of_fatsecret() {
    let page = read("docs/fatsecret.md");
    let (_, table) = page.split_once("|---|---|---|---|---|\n").unwrap();
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    let names: BTreeSet<String> = rows
        .map(|row| row.split('`').nth(1).unwrap())
        // One without a name for `server.api` has its version in the table's name.
        .map(|name| name.split(".v").next().unwrap().to_owned())
        .collect();
    check(&["README.md"], "FatSecret's {} methods", names.len());
    check(&["CHANGELOG.md"], "FatSecret's {} methods as types", names.len());
}

#[test]
fn ready_made_providers() {
    let rows = providers();
    let ready: Vec<_> = rows.iter().filter(|row| row[3].contains("ready made")).collect();
    let signing = ready.iter().filter(|row| row[2] == "0").count();
    // A row may be of two providers: "USOS and OKAPI" are two rows, Wikimedia's is MediaWiki's.
    check(
        &["docs/providers.md"],
        "{} of them, and two more that only need signed requests",
        ready.len() - signing,
    );
    assert_eq!(signing, 2);
    let files = modules("src/providers", &["mod", "tests", "site", "reply", "mediawiki_identity"]);
    assert_eq!(ready.len(), files, "a row for each module of `providers`");
}

#[test]
fn personas_of_the_sandbox() {
    let personas = modules("crates/tripod-sandbox/src/personas", &["mod"]);
    check(&["CHANGELOG.md"], "behave like {} other providers", personas);
    check(&["crates/tripod-sandbox/README.md"], "**{} other providers.**", personas);
}

#[test]
fn mistakes_in_a_signature() {
    check(&["CHANGELOG.md"], "which of {} known mistakes", Mistake::ALL.len());
}

#[test]
fn mistakes_that_do_not_compile() {
    let cases = modules("tests/ui", &[]);
    check(&["CHANGELOG.md"], "a gallery of the {} mistakes that do not compile", cases);
    let gallery = read("docs/gallery.md");
    let entries = gallery.lines().filter(|line| line.starts_with("<!-- from tests/ui/")).count();
    assert!(entries == 0 || entries == cases, "the gallery has {entries} of {cases}");
}

/// "About": within a tenth.
#[test]
fn lines_of_the_web_program() {
    let folder = root().join("examples/web_app/src");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|ending| ending == "rs"));
    let lines: usize = files.map(|path| fs::read_to_string(path).unwrap().lines().count()).sum();
    let about = stated(&read("docs/security.md"), "in about {} lines");
    assert_eq!(about.len(), 1);
    assert!(about[0].abs_diff(lines) * 10 <= lines, "{about:?} lines are {lines}");
}

/// The page for coding agents is to be read at once.
#[test]
fn the_page_for_coding_agents_is_short() {
    let lines = read("docs/for_coding_agents.md").lines().count();
    assert!(lines <= 200, "{lines} lines");
}
