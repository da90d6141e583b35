//! Names of the API in backticks: `Vault::finish`, `ErrorKind::Denied`, `session.renew()`.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    nothing_of,
    page::{Page, code, files, read},
};

/// What our packages define.
struct Api {
    /// Types and traits, with the names of what belongs to each.
    types: BTreeMap<String, BTreeSet<String>>,
    /// All functions and methods.
    functions: BTreeSet<String>,
}

/// The name at the beginning of a text.
fn name(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

/// `tripod::Flow::client` of `tripod::Flow<S>::client(&self)`: without the parameters, and those of generics.
pub(crate) fn plain(path: &str) -> String {
    let path = path.split('(').next().unwrap_or_default();
    let mut plain = String::new();
    let mut depth = 0_usize;
    for character in path.chars() {
        match character {
            '<' => depth += 1,
            '>' => depth = depth.saturating_sub(1),
            ' ' if depth == 0 => break,
            other if depth == 0 => plain.push(other),
            _ => {}
        }
    }
    plain.trim_end_matches(':').to_owned()
}

impl Api {
    /// Reads the reviewed API, and for what was changed since then, the source.
    fn read() -> Self {
        let mut api = Self { types: BTreeMap::new(), functions: BTreeSet::new() };
        for list in ["tests/api/public.txt", "tests/api/sandbox.txt"] {
            for line in read(list).lines() {
                let Some((_, path)) = line.split_once(" tripod") else { continue };
                let plain = plain(path);
                let pieces: Vec<&str> = plain.split("::").collect();
                api.take(&pieces);
            }
        }
        for folder in ["src", "crates/tripod-sandbox/src"] {
            for path in files(folder, ".rs") {
                let source = read(path);
                for piece in source.split("fn ").skip(1) {
                    api.functions.insert(name(piece).to_owned());
                }
            }
        }
        assert!(api.types.len() > 150, "the types were found: {}", api.types.len());
        api
    }

    fn take(&mut self, pieces: &[&str]) {
        for pair in pieces.windows(2) {
            let [owner, member] = pair else { continue };
            if owner.starts_with(char::is_uppercase) {
                let members = self.types.entry((*owner).to_owned()).or_default();
                members.insert(name(member).to_owned());
            }
        }
        if let Some(last) = pieces.last().filter(|last| last.starts_with(char::is_uppercase)) {
            self.types.entry(name(last).to_owned()).or_default();
        }
    }

    /// Whether `Type::member` exists, for a type of ours.
    fn has(&self, owner: &str, member: &str) -> Option<bool> {
        // `Session` and `PendingFlow` are names of `Flow`.
        let owner = if matches!(owner, "Session" | "PendingFlow") { "Flow" } else { owner };
        let members = self.types.get(owner)?;
        let is_new = member.starts_with(char::is_lowercase) && self.functions.contains(member);
        Some(members.contains(member) || is_new)
    }
}

/// `Type::member` at the beginning of a piece of code.
fn path(text: &str) -> Option<(&str, &str)> {
    let (owner, rest) = text.split_once("::")?;
    let member = name(rest);
    let is_type = owner.starts_with(char::is_uppercase) && name(owner) == owner;
    // `tolerate_…` is several.
    let is_whole = !rest[member.len()..].starts_with('…');
    (is_type && is_whole && !member.is_empty()).then_some((owner, member))
}

/// Types of other crates that have the name of one of ours, in pages that speak of them.
const OTHERS: [(&str, &str); 2] =
    [("docs/migration.md", "Builder"), ("docs/migration.md", "Token")];

#[test]
fn every_item_that_a_page_names_exists() {
    let api = Api::read();
    let (mut complaints, mut found) = (Vec::new(), 0);
    for page in Page::all() {
        // The changelog speaks of what was, and these pages of other people's code.
        let at = page.path.to_str().unwrap();
        if at == "CHANGELOG.md" || at.starts_with("docs/typestate/") {
            continue;
        }
        let text = page.text.split("## Names that do not exist").next().unwrap();
        let last = text.lines().count();
        for line in page.parts().0.into_iter().filter(|line| line.number <= last) {
            for (_, text) in code(line.text) {
                let Some((owner, member)) = path(text) else { continue };
                if OTHERS.contains(&(at, owner)) {
                    continue;
                }
                let Some(has) = api.has(owner, member) else { continue };
                found += 1;
                if !has {
                    complaints
                        .push(format!("{}: there is no {owner}::{member}", page.at(line.number)));
                }
            }
        }
    }
    assert!(found > 100, "the names were found: {found}");
    nothing_of(&complaints);
}

/// The page for coding agents warns of names: those that it warns of do not exist, the others do.
#[test]
fn names_that_do_not_exist_do_not_exist() {
    let api = Api::read();
    let page = read("docs/for_coding_agents.md");
    let (_, table) = page.split_once("| Not | But |\n|---|---|\n").unwrap();
    let mut found = 0;
    for row in table.lines() {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        for (_, text) in code(cells[0]) {
            found += 1;
            let exists = match path(text) {
                Some((owner, member)) => {
                    api.types.get(owner).is_some_and(|members| members.contains(member))
                }
                None if text.contains("{ ") => false, // its fields are private
                None => {
                    api.types.contains_key(text)
                        || api.functions.contains(name(text)) && text != "finish()"
                }
            };
            assert!(!exists, "{text} exists");
        }
        for (_, text) in code(cells[1]) {
            let Some((owner, member)) = path(text) else { continue };
            assert_eq!(api.has(owner, member), Some(true), "{text}");
        }
    }
    assert!(found > 15, "the names were found: {found}");
}

#[test]
fn an_item_that_does_not_exist_is_noticed() {
    let api = Api::read();
    assert_eq!(api.has("Vault", "finish"), Some(true));
    assert_eq!(api.has("Vault", "finish_at_once"), Some(false));
    assert_eq!(api.has("Session", "renew"), Some(true));
    assert_eq!(api.has("ErrorKind", "Denied"), Some(true));
    assert_eq!(api.has("ErrorKind", "Denial"), Some(false));
    assert_eq!(api.has("Spoon", "stir"), None);
    assert_eq!(path("Vault::finish(..)"), Some(("Vault", "finish")));
    assert_eq!(path("tripod::wait"), None);
}
