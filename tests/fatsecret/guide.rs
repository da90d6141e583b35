//! The guide's table of all methods, held against what the tests call and send. That the table is that
//! of the declarations is a test beside them, in `src/fatsecret/table.rs`.

use std::collections::{BTreeMap, BTreeSet};

use crate::cases::all;

const GUIDE: &str = include_str!("../../docs/fatsecret.md");
const CALLS: &str = concat!(include_str!("calls_for_all.rs"), include_str!("calls_of_a_user.rs"));

/// The three with a path of their own: the table's name, the path, access, type.
const BY_PATH: [(&str, &str, &str, &str); 3] = [
    ("natural.language.processing", "natural-language-processing/v1", "P", "AnalyzeText"),
    ("image.recognition.v2", "image-recognition/v2", "P", "RecognizeImage"),
    ("feedback", "feedback/v1", "P", "SendFeedback"),
];

fn rows() -> impl Iterator<Item = Vec<&'static str>> {
    let table = GUIDE.split_once("|---|---|---|---|---|\n").unwrap().1;
    table
        .lines()
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
}

/// The named methods by what the tests saw them send.
fn calls() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let mut calls = BTreeMap::<_, BTreeSet<_>>::new();
    for piece in CALLS.split("api.").skip(1) {
        let Some((name, rest)) = piece.split_once('(') else { continue };
        let line = rest
            .split(['"', '\n'])
            .find_map(|text| text.strip_prefix("GET ").or_else(|| text.strip_prefix("POST ")));
        if let (Some(sent), false) = (line, matches!(name, "execute" | "clone")) {
            calls.entry(sent).or_default().insert(name);
        }
    }
    calls
}

/// Name, version, type and access of each row are those of a case that was written from FatSecret's
/// pages.
#[test]
fn the_guide_lists_every_method_that_the_tests_send() {
    let listed: BTreeSet<String> =
        rows().map(|row| [row[0], row[1], row[2], row[4]].join(" ")).collect();
    let cases = all();
    let methods = cases.iter().map(|case| {
        let access = case.how.split(' ').nth(1).unwrap();
        (case.method, case.method, &access[..1], case.ty)
    });
    let sent: BTreeSet<String> = methods
        .chain(BY_PATH)
        .map(|(method, _, access, ty)| {
            let (name, version) = method.rsplit_once(".v").unwrap_or((method, "1"));
            format!("`{name}` {version} `{ty}` {access}")
        })
        .collect();
    assert_eq!(listed, sent);
    assert_eq!(listed.len(), 51);
}

#[test]
fn every_named_method_is_called_by_a_test() {
    let tested: BTreeSet<&str> = calls().into_values().flatten().collect();
    let listed: BTreeSet<&str> =
        rows().flat_map(|row| row[3].split(", ").map(|call| call.trim_matches('`'))).collect();
    assert_eq!(tested, listed);
}
