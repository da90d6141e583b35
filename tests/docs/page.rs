//! A Markdown file, taken apart as far as the tests need it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// The repository, or the package that was made of it.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All files below a folder whose name has this ending, without what is built or installed there.
pub(crate) fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                if !name.starts_with('.') && name != "target" && name != "node_modules" {
                    folders.push(path);
                }
            } else if name.ends_with(ending) {
                found.push(path.strip_prefix(root()).unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

/// A line of a page, by its number from 1.
pub(crate) struct Line<'a> {
    pub(crate) number: usize,
    pub(crate) text: &'a str,
}

/// What stands between two fences.
pub(crate) struct Block<'a> {
    pub(crate) number: usize,
    /// What stands behind the opening fence: `rust,no_run`.
    pub(crate) info: &'a str,
    pub(crate) lines: Vec<&'a str>,
    /// The last line before it that is not empty.
    pub(crate) before: &'a str,
}

pub(crate) struct Page {
    /// From the repository's root.
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

impl Page {
    pub(crate) fn open(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let text = read(&path);
        Self { path, text }
    }

    pub(crate) fn all() -> Vec<Self> {
        let pages: Vec<Self> = files("", ".md").into_iter().map(Self::open).collect();
        assert!(pages.len() > 20, "the pages were found");
        pages
    }

    /// A place in the page, for a complaint.
    pub(crate) fn at(&self, number: usize) -> String {
        format!("{}:{number}", self.path.display())
    }

    /// The lines outside of fences, and the blocks between them.
    pub(crate) fn parts(&self) -> (Vec<Line<'_>>, Vec<Block<'_>>) {
        let (mut lines, mut blocks) = (Vec::new(), Vec::<Block<'_>>::new());
        let mut fence = None;
        let mut before = "";
        for (at, text) in self.text.lines().enumerate() {
            let number = at + 1;
            let bare = text.trim_start();
            let ticks = bare.len() - bare.trim_start_matches('`').len();
            match fence {
                Some(opening) if ticks >= opening && bare.trim_end().len() == ticks => fence = None,
                Some(_) => blocks.last_mut().unwrap().lines.push(text),
                None if ticks >= 3 => {
                    fence = Some(ticks);
                    let info = bare[ticks..].trim();
                    blocks.push(Block { number, info, lines: Vec::new(), before });
                }
                None => {
                    if !bare.is_empty() {
                        before = text;
                    }
                    lines.push(Line { number, text });
                }
            }
        }
        assert!(fence.is_none(), "{}: a fence is not closed", self.path.display());
        (lines, blocks)
    }

    /// The anchors of its headings, as GitHub and rustdoc make them.
    pub(crate) fn anchors(&self) -> BTreeSet<String> {
        let mut times = BTreeMap::<String, usize>::new();
        let (lines, _) = self.parts();
        let headings = lines.iter().filter(|line| line.text.starts_with('#'));
        headings
            .map(|heading| {
                let slug = slug(heading.text.trim_start_matches('#'));
                let times = times.entry(slug.clone()).or_default();
                *times += 1;
                if *times == 1 { slug } else { format!("{slug}-{}", *times - 1) }
            })
            .collect()
    }
}

fn slug(heading: &str) -> String {
    // Of a link, its text.
    let mut text = String::new();
    let mut rest = heading.trim();
    while let Some((before, after)) = rest.split_once("](") {
        text += &before.replacen('[', "", 1);
        rest = after.split_once(')').map_or("", |(_, rest)| rest);
    }
    text += rest;
    let kept = text.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ' '));
    kept.map(|c| if c == ' ' { '-' } else { c }).flat_map(char::to_lowercase).collect()
}

/// The pieces of a line between backticks, and what stands before each.
pub(crate) fn code(line: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let (mut rest, mut before) = (line, "");
    while let Some(start) = rest.find('`') {
        let ticks = rest[start..].len() - rest[start..].trim_start_matches('`').len();
        let fence = &rest[start..start + ticks];
        let after = &rest[start + ticks..];
        let Some(end) = after.find(fence) else { break };
        if start > 0 {
            before = &rest[..start];
        }
        found.push((before, after[..end].trim()));
        rest = &after[end + ticks..];
    }
    found
}

#[test]
fn a_page_is_taken_apart() {
    let text = "# A `b` [c](d.md)\n\n```rust\nx\n```\n\n# A\n# A\n";
    let page = Page { path: "x.md".into(), text: text.to_owned() };
    let (lines, blocks) = page.parts();
    assert_eq!(lines.iter().map(|line| line.number).collect::<Vec<_>>(), [1, 2, 6, 7, 8]);
    assert_eq!(blocks[0].lines, ["x"]);
    assert_eq!((blocks[0].number, blocks[0].info), (3, "rust"));
    assert_eq!(page.anchors(), ["a-b-c", "a", "a-1"].map(str::to_owned).into());
    assert_eq!(code("a `b` and ``c`d``"), [("a ", "b"), (" and ", "c`d")]);
}
