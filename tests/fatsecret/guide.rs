//! The guide's table of all methods, held against the code and the tests.

use std::collections::{BTreeMap, BTreeSet};

use crate::cases::all;

const GUIDE: &str = include_str!("../../docs/fatsecret.md");
const ANSWERS: &str = concat!(include_str!("answers_foods.rs"), include_str!("answers_user.rs"));
const CALLS: &str = concat!(include_str!("calls_for_all.rs"), include_str!("calls_of_a_user.rs"));
const API: &str = include_str!("../../src/fatsecret/api/calls.rs");

/// The three with a path of their own: the table's name, the path, access, type.
const BY_PATH: [(&str, &str, &str, &str); 3] = [
    ("natural.language.processing", "natural-language-processing/v1", "P", "AnalyzeText"),
    ("image.recognition.v2", "image-recognition/v2", "P", "RecognizeImage"),
    ("feedback", "feedback/v1", "P", "SendFeedback"),
];

/// The named methods by what the tests saw them send.
fn calls() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let mut calls = BTreeMap::<_, BTreeSet<_>>::new();
    for piece in CALLS.split("api.").skip(1) {
        let Some((name, rest)) = piece.split_once('(') else { continue };
        let line = rest
            .split(['"', '\n'])
            .find_map(|text| text.strip_prefix("GET ").or_else(|| text.strip_prefix("POST ")));
        if let (Some(sent), false) = (line, matches!(name, "call" | "clone")) {
            calls.entry(sent).or_default().insert(name);
        }
    }
    calls
}

#[test]
fn the_guide_lists_every_method() {
    let table = GUIDE.split_once("| Method | Version |").unwrap().1;
    let rows: BTreeSet<String> = table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let (row, test) = line.trim_end_matches(" |").rsplit_once(" | ").unwrap();
            let test = format!("fn {}()", test.trim_matches('`'));
            assert!(ANSWERS.contains(&test), "{test}");
            row.to_owned()
        })
        .collect();

    let calls = calls();
    let in_words = |(method, sent, access, ty): (&str, &str, &str, &str)| {
        let (name, version) = method.rsplit_once(".v").unwrap_or((method, "1"));
        let calls: Vec<String> = calls[sent].iter().map(|call| format!("`{call}`")).collect();
        format!("| `{name}` | {version} | `{ty}` | {} | {access}", calls.join(", "))
    };
    let cases = all();
    let methods = cases.iter().map(|case| {
        let access = case.how.split(' ').nth(1).unwrap();
        (case.method, case.method, &access[..1], case.ty)
    });
    let here: BTreeSet<String> = methods.chain(BY_PATH).map(in_words).collect();
    assert_eq!(rows, here);
    assert_eq!(here.len(), 50);
}

#[test]
fn every_named_method_is_called_by_a_test() {
    let tested: BTreeSet<&str> = calls().into_values().flatten().collect();
    // The macro's lines, `name(arguments) -> answer`, some of which are broken in two.
    let declared: BTreeSet<&str> = API
        .split_once("/// Writes the named methods")
        .unwrap()
        .1
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .filter_map(|line| line.trim_start().split_once('(').map(|(name, _)| name))
        .filter(|name| {
            !name.is_empty() && name.bytes().all(|b| b == b'_' || b.is_ascii_lowercase())
        })
        .chain(["create_profile", "find_profile"])
        .collect();
    assert_eq!(tested, declared);
    // One method has two calls: a day of the diary, and one entry.
    assert_eq!(declared.len(), 51);
}
