//! What the files of a crate import, read from their text: enough of Rust's grammar for paths, and no more.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// One file: its module, what it takes from others, and the names that others could take from it by way of a `use`.
pub(super) struct File {
    pub(super) path: String,
    pub(super) module: Vec<String>,
    /// Absolute paths in this crate, without `crate`; each with whether it is a `pub use`.
    paths: BTreeSet<(Vec<String>, bool)>,
    /// What a name in this file stands for, if a `use` brought it.
    names: BTreeMap<String, Vec<String>>,
    /// Modules all of whose names a `pub use …::*` passes on.
    globs: Vec<Vec<String>>,
    text: String,
}

/// Something that a file takes from another.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Import {
    pub(super) from: String,
    /// The file that defines it.
    pub(super) to: String,
    pub(super) name: String,
    /// Written as a path to a file that only passes it on.
    pub(super) through: Option<String>,
    /// A `pub use`, which is no need of the file's own.
    pub(super) passed_on: bool,
}

pub(super) struct Crate {
    pub(super) files: Vec<File>,
}

impl Crate {
    /// The files below `folder`, without tests and without what is in the folders `without`.
    pub(super) fn read(folder: &Path, without: &[&str]) -> Self {
        let mut found = Vec::new();
        collect(folder, &mut Vec::new(), without, &mut found);
        let modules: BTreeSet<Vec<String>> =
            found.iter().map(|(_, module, _)| module.clone()).collect();
        let files = found
            .into_iter()
            .map(|(path, module, text)| File::read(path, module, &text, &modules))
            .collect();
        Self { files }
    }

    /// Everything that one file takes from another.
    pub(super) fn imports(&self) -> BTreeSet<Import> {
        let mut imports = BTreeSet::new();
        for file in &self.files {
            for (path, passed_on) in &file.paths {
                let Some((to, through)) = self.resolve(path, 0) else { continue };
                if to.path != file.path {
                    imports.insert(Import {
                        from: file.path.clone(),
                        to: to.path.clone(),
                        name: path.join("::"),
                        through: through.filter(|face| *face != file.path),
                        passed_on: *passed_on,
                    });
                }
            }
        }
        imports
    }

    /// The file that defines what the path names, and the first that only passes it on.
    fn resolve(&self, path: &[String], depth: usize) -> Option<(&File, Option<String>)> {
        let (file, rest) = (0..=path.len()).rev().find_map(|length| {
            let file = self.files.iter().find(|file| file.module == path[..length])?;
            Some((file, &path[length..]))
        })?;
        let Some(name) = rest.first().filter(|_| depth < 8) else { return Some((file, None)) };
        let face = Some(file.path.clone());
        if let Some(origin) = file.names.get(name) {
            return match self.resolve(origin, depth + 1) {
                Some((origin, _)) if origin.path != file.path => Some((origin, face)),
                // From another crate, or from the file itself, such as a macro.
                _ => Some((file, None)),
            };
        }
        if !file.defines(name) {
            for glob in &file.globs {
                if let Some((origin, _)) = self.resolve(glob, depth + 1) {
                    if origin.defines(name) {
                        return Some((origin, face));
                    }
                }
            }
        }
        Some((file, None))
    }
}

impl File {
    fn read(
        path: String,
        module: Vec<String>,
        text: &str,
        modules: &BTreeSet<Vec<String>>,
    ) -> Self {
        let text = without_tests(&without_comments(text));
        let mut file = Self {
            path,
            module,
            paths: BTreeSet::new(),
            names: BTreeMap::new(),
            globs: Vec::new(),
            text: String::new(),
        };
        let mut at = 0;
        while let Some((start, word)) = next_word(&text, at) {
            at = start + word.len();
            let rest = &text[at..];
            let (is_use, is_public) = match word {
                "use" if !rest.trim_start().starts_with('<') => (true, is_public(&text[..start])),
                _ if rest.starts_with("::") && !text[..start].ends_with("::") => (false, false),
                _ => continue,
            };
            let mut found = Vec::new();
            let from = if is_use { at } else { start };
            // The `in crate::…` of a visibility takes nothing.
            let is_visibility = text[..start].ends_with("in ");
            let length = tree(&text[from..], &mut Vec::new(), &mut found);
            at = from + length.max(word.len());
            for (segments, name) in found {
                let Some(absolute) = file.absolute(&segments, modules) else { continue };
                if is_visibility {
                    continue;
                }
                if is_use && name == "*" {
                    if is_public {
                        file.globs.push(absolute.clone());
                    }
                } else if is_use && segments.len() > 1 {
                    file.names.insert(name, absolute.clone());
                }
                file.paths.insert((absolute, is_public));
            }
        }
        file.text = text;
        file
    }

    /// From the root of the crate, if it is a path within the crate.
    fn absolute(
        &self,
        segments: &[String],
        modules: &BTreeSet<Vec<String>>,
    ) -> Option<Vec<String>> {
        let mut base = match segments.first()?.as_str() {
            "crate" => Vec::new(),
            "self" | "super" => self.module.clone(),
            first => {
                let child = [&self.module[..], &[first.to_owned()]].concat();
                return modules.contains(&child).then(|| [&self.module[..], segments].concat());
            }
        };
        let mut rest = segments;
        while let Some(first) = rest.first() {
            match first.as_str() {
                "crate" | "self" => {}
                "super" => drop(base.pop()),
                _ => break,
            }
            rest = &rest[1..];
        }
        base.extend(rest.iter().filter(|segment| *segment != "*").cloned());
        Some(base)
    }

    fn defines(&self, name: &str) -> bool {
        self.text
            .match_indices(name)
            .any(|(at, _)| next_word(&self.text, at).is_some_and(|word| word == (at, name)))
    }
}

/// The Rust files below a folder: path, module, text.
fn collect(
    folder: &Path,
    module: &mut Vec<String>,
    without: &[&str],
    found: &mut Vec<(String, Vec<String>, String)>,
) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(Result::unwrap).collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().into_string().unwrap();
        if entry.file_type().unwrap().is_dir() {
            if !without.contains(&name.as_str()) {
                module.push(name);
                collect(&entry.path(), module, without, found);
                module.pop();
            }
        } else if let Some(stem) = name.strip_suffix(".rs").filter(|stem| *stem != "tests") {
            let mut module = module.clone();
            if stem != "mod" && stem != "lib" {
                module.push(stem.to_owned());
            }
            let text = fs::read_to_string(entry.path()).unwrap();
            found.push((entry.path().display().to_string().replace('\\', "/"), module, text));
        }
    }
}

/// Comments are taken out, and texts emptied.
fn without_comments(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let raw = rest.starts_with("r\"") || rest.starts_with("r#\"");
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if raw && !out.ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            let hash = if rest.starts_with("r#") { "\"#" } else { "\"" };
            let start = hash.len() + 1;
            rest[start..].find(hash).map_or(rest.len(), |end| start + end + hash.len())
        } else if first == '"' {
            quoted(rest, '"')
        } else if rest.starts_with("'\\") || first == '\'' && rest.chars().nth(2) == Some('\'') {
            quoted(rest, '\'')
        } else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        if !rest.starts_with('/') {
            out.push_str("\"\"");
        }
        rest = &rest[length..];
    }
    out
}

/// The length of a text in quotes, with both.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if !escaped && c == quote {
            return at + 1;
        }
        escaped = !escaped && c == '\\';
    }
    text.len()
}

/// Without the items that only a test build has.
fn without_tests(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) =
        ["#[cfg(test)]", "#[cfg(all(test"].iter().filter_map(|cfg| rest.find(cfg)).min()
    {
        out += &rest[..at];
        rest = &rest[at..];
        // An item ends with `;`, or with the brace that closes its first one.
        let mut depth = 0_u32;
        let end = rest.char_indices().find(|(_, c)| {
            match c {
                '{' | '(' | '[' => depth += 1,
                '}' | ')' | ']' => depth -= 1,
                _ => {}
            }
            depth == 0 && matches!(c, ';' | '}')
        });
        rest = &rest[end.map_or(rest.len(), |(at, _)| at + 1)..];
    }
    out + rest
}

/// The next name or keyword at or after `at`.
fn next_word(text: &str, at: usize) -> Option<(usize, &str)> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut start = at;
    // Not the end of one that began before.
    if text[..at].ends_with(is_word) {
        start += text[at..].find(|c| !is_word(c))?;
    }
    start += text[start..].find(is_word)?;
    let length = text[start..].find(|c| !is_word(c)).unwrap_or(text.len() - start);
    Some((start, &text[start..start + length]))
}

/// Whether what stands before a `use` makes it one for others.
fn is_public(before: &str) -> bool {
    let before = before.trim_end();
    let before = before
        .strip_suffix(')')
        .and_then(|before| before.rsplit_once('('))
        .map_or(before, |(before, _)| before);
    before.ends_with("pub")
}

/// Reads a path, or a tree of them, and returns its length: each path with the name that it gets.
fn tree(text: &str, before: &mut Vec<String>, found: &mut Vec<(Vec<String>, String)>) -> usize {
    let at = text.len() - text.trim_start().len();
    if text[at..].starts_with('{') {
        let mut end = at + 1;
        loop {
            end += text[end..].len() - text[end..].trim_start_matches([' ', '\n', ',']).len();
            if text[end..].starts_with('}') || text[end..].is_empty() {
                return (end + 1).min(text.len());
            }
            let length = tree(&text[end..], before, found);
            if length == 0 {
                return end;
            }
            end += length;
        }
    }
    if text[at..].starts_with('*') {
        found.push((before.clone(), "*".to_owned()));
        return at + 1;
    }
    let Some((start, word)) = next_word(text, at).filter(|(start, _)| *start == at) else {
        return 0;
    };
    let mut end = start + word.len();
    let depth = before.len();
    // `{self}` is what stands before.
    if word != "self" || before.is_empty() {
        before.push(word.to_owned());
    }
    let follows = text[end..].strip_prefix("::").filter(|rest| !rest.starts_with('<'));
    let more = follows.map(|rest| tree(rest, before, found)).filter(|length| *length > 0);
    if let Some(length) = more {
        end += 2 + length;
    } else {
        let alias =
            text[end..].trim_start().strip_prefix("as ").and_then(|rest| next_word(rest, 0));
        let name = alias.map_or(before.last().unwrap().as_str(), |(_, name)| name);
        found.push((before.clone(), name.to_owned()));
        if let Some((_, name)) = alias {
            let skipped = text[end..].find(" as ").map_or(0, |at| at + 4);
            end += skipped + name.len();
        }
    }
    before.truncate(depth);
    end
}
