//! `docs/troubleshooting.md` has each text of an error, as it is in the source.
//!
//! To write the texts anew: `TRIPOD_UI=overwrite cargo test --test docs`.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    fmt::Write as _,
    fs,
};

use crate::{
    nothing_of,
    page::{files, read, root},
};

const PAGE: &str = "docs/troubleshooting.md";

/// The string literals of a piece of Rust, in order.
fn literals(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = source;
    while let Some(start) = rest.find('"') {
        let mut text = String::new();
        let mut characters = rest[start + 1..].char_indices();
        let mut end = rest.len();
        while let Some((at, character)) = characters.next() {
            match character {
                '"' => {
                    end = start + 1 + at + 1;
                    break;
                }
                '\\' => match characters.next() {
                    Some((_, '\n')) => {
                        let after = characters.as_str();
                        let blanks = after.len() - after.trim_start().len();
                        if blanks > 0 {
                            characters.nth(blanks - 1);
                        }
                    }
                    Some((_, other)) => text.push(other),
                    None => {}
                },
                other => text.push(other),
            }
        }
        found.push(text);
        rest = &rest[end..];
    }
    found
}

/// A format string with `…` in the place of each value.
fn shown(format: &str) -> String {
    let mut text = String::new();
    let mut rest = format;
    while let Some((before, after)) = rest.split_once('{') {
        text += before;
        text.push('…');
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    text + rest
}

/// The texts of `Display` by the name that a program matches on, such as `Seal(Broken)`.
fn texts() -> BTreeMap<String, Vec<String>> {
    let mut texts = BTreeMap::<String, Vec<String>>::new();
    for path in ["src/error/kind.rs", "src/error/texts.rs"] {
        let source = read(path);
        for part in source.split("impl fmt::Display for ").skip(1) {
            let (name, body) = part.split_once(' ').unwrap();
            let body = body.split("\n}\n").next().unwrap();
            for arm in body.split("Self::").skip(1) {
                let variant = arm.split(|c: char| !c.is_alphanumeric()).next().unwrap();
                let Some((_, said)) = arm.split_once("=>") else { continue };
                let said = shown(&literals(said).concat());
                if said.is_empty() {
                    continue; // it is the group's own
                }
                let group = name.strip_suffix("Error").unwrap_or_default();
                let key = match group {
                    "" => variant.to_owned(),
                    group => format!("{group}({variant})"),
                };
                texts.entry(key).or_default().push(said);
            }
        }
    }
    assert!(texts.len() > 45, "the texts were found: {}", texts.len());
    texts
}

/// Whether `quoted` is `text`, or `text` with some of its middle left out for `…`.
fn is_quote(quoted: &str, text: &str) -> bool {
    let pieces: Vec<&str> = quoted.split('…').collect();
    let mut rest = text;
    for (at, piece) in pieces.iter().enumerate() {
        let Some(found) = rest.find(piece) else { return false };
        if at == 0 && found > 0 {
            return false;
        }
        rest = &rest[found + piece.len()..];
    }
    // The last piece may also be found earlier.
    text.ends_with(pieces[pieces.len() - 1])
}

/// An entry of the page: the line of the message, the message, and the name that begins the next paragraph.
fn entries(page: &str) -> Vec<(usize, &str, &str)> {
    let lines: Vec<&str> = page.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(message) = line.strip_prefix("**`").and_then(|line| line.strip_suffix("`**"))
        else {
            continue;
        };
        let name = lines[at + 2].trim_start_matches("(`").trim_end_matches("`)");
        found.push((at, message.trim_matches('`').trim(), name));
    }
    found
}

/// A message in as many backticks as it needs.
fn quoted(message: &str) -> String {
    let ticks = if message.contains('`') { "``" } else { "`" };
    let pad = if message.starts_with('`') || message.ends_with('`') { " " } else { "" };
    format!("**{ticks}{pad}{message}{pad}{ticks}**")
}

#[test]
fn the_page_has_each_text_of_an_error() {
    let (page, texts) = (read(PAGE), texts());
    let mut left = texts.clone();
    let mut complaints = Vec::new();
    let mut lines: Vec<String> = page.lines().map(str::to_owned).collect();
    for (at, message, name) in entries(&page) {
        let Some(known) = left.get_mut(name) else {
            complaints
                .push(format!("{PAGE}:{}: there is no error {name}, or it is there twice", at + 1));
            continue;
        };
        if let Some(which) = known.iter().position(|text| is_quote(message, text)) {
            known.remove(which);
        } else {
            let text = known.remove(0);
            lines[at] = quoted(&text);
            complaints.push(format!("{PAGE}:{}: {name} says: {text}", at + 1));
        }
        if known.is_empty() {
            left.remove(name);
        }
    }
    for (name, texts) in left {
        // An error of two parts has one entry.
        if texts.iter().any(|text| !page.contains(text.as_str())) {
            complaints.push(format!("{PAGE} does not have {name}: {}", texts.join(" / ")));
        }
    }
    if env::var("TRIPOD_UI").as_deref() == Ok("overwrite") {
        let mut written = String::new();
        for line in lines {
            writeln!(written, "{line}").unwrap();
        }
        fs::write(root().join(PAGE), written).unwrap();
        return;
    }
    nothing_of(&complaints);
}

/// A `match` that looks at every kind stays short: what belongs together is one kind with a type of its own.
#[test]
fn few_kinds_stand_at_the_top() {
    let texts = texts();
    let kinds: BTreeSet<&str> =
        texts.keys().map(|name| name.split('(').next().unwrap_or_default()).collect();
    assert!(kinds.contains("Unsupported") && kinds.contains("Rejected"), "{kinds:?}");
    assert!(kinds.len() <= 25, "{}: {kinds:?}", kinds.len());
}

/// The advice behind a refused signature is quoted, too.
#[test]
fn the_page_has_the_advice_about_signatures() {
    let page = read(PAGE);
    let advice: Vec<String> = files("src", ".rs")
        .into_iter()
        .filter(|path| path.ends_with("refusal.rs"))
        .flat_map(|path| literals(&read(path)))
        .filter(|text| text.starts_with("the usual causes are"))
        .collect();
    assert_eq!(advice.len(), 4);
    for advice in advice {
        assert!(page.contains(&advice), "{PAGE} does not have: {advice}");
    }
}

#[test]
fn a_quote_is_compared() {
    assert!(is_quote("it has … bytes", "it has … bytes"));
    assert!(is_quote("a …; c", "a 1, 2; c"));
    assert!(!is_quote("it had … bytes", "it has … bytes"));
    assert!(!is_quote("a …; d", "a 1, 2; c"));
    assert_eq!(literals("f(\"a \\\n   b {x}\", \"\\\"\")"), ["a b {x}", "\""]);
    assert_eq!(shown("a {} b {name:?}"), "a … b …");
    assert_eq!(quoted("the `x`"), "**`` the `x` ``**");
    assert_eq!(quoted("a `x` b"), "**``a `x` b``**");
}
