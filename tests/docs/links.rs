//! Links: of files, of anchors, and of this crate's pages on docs.rs.

use std::{collections::BTreeMap, path::Path};

use crate::{
    nothing_of,
    page::{Page, read, root},
};

const DOCS_RS: &str = "https://docs.rs/tripod/latest/tripod/";

/// The targets of the links in a line: `[text](target)`, `[name]: target`, `src="target"`.
fn targets(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let definition = line.split_once("]: ").filter(|(name, _)| name.starts_with('['));
    if let Some((_, target)) = definition {
        found.push(target.trim());
    }
    for (opening, closing) in [("](", ')'), ("src=\"", '"'), ("href=\"", '"')] {
        for piece in line.split(opening).skip(1) {
            found.extend(piece.split(closing).next());
        }
    }
    found
}

/// A line without what stands in backticks.
fn prose(line: &str) -> String {
    // A link's text may be code; its target is not.
    line.split('`').step_by(2).collect::<Vec<_>>().join("`")
}

/// What is wrong with a link to this crate's pages on docs.rs, if anything is.
fn docs_rs(pages: &BTreeMap<String, Page>, api: &str, target: &str) -> Option<String> {
    let rest = target.strip_prefix(DOCS_RS)?;
    let (rest, anchor) = rest.split_once('#').unwrap_or((rest, ""));
    let rest = rest.strip_suffix("/index.html").unwrap_or(rest).trim_end_matches('/');
    if let Some(name) = rest.strip_prefix("guide/") {
        let Some(page) = pages.get(&format!("docs/{name}.md")) else {
            let is_module = name == "typestate";
            return (!is_module).then(|| format!("there is no page {name} in the guide"));
        };
        let is_there = anchor.is_empty() || page.anchors().contains(anchor);
        return (!is_there).then(|| format!("there is no #{anchor} in {}", page.path.display()));
    }
    // `signature/struct.Signer.html`, `struct.Approval.html#method.new`, or a module.
    let (modules, file) =
        rest.rsplit_once('/').map_or(("", rest), |(modules, file)| (modules, file));
    let mut path = String::from("tripod");
    let mut push = |name: &str| {
        path += "::";
        path += name;
    };
    modules.split('/').filter(|module| !module.is_empty()).for_each(&mut push);
    let kind = match file.strip_suffix(".html").and_then(|file| file.split_once('.')) {
        Some((kind, name)) => {
            push(name);
            kind
        }
        None if file.is_empty() => return None,
        None => {
            push(file);
            "mod"
        }
    };
    let kind = if kind == "fn" { "fn" } else { kind };
    let wanted = format!(" {kind} {path}");
    let is_item = api.lines().any(|line| {
        line.split_once(&wanted).is_some_and(|(before, after)| {
            before.ends_with("pub") && !after.starts_with(|c: char| c.is_alphanumeric() || c == '_')
        })
    });
    if !is_item {
        return Some(format!("there is no{wanted}"));
    }
    let method = anchor.split_once('.').map(|(_, method)| format!("{path}::{method}("));
    let is_there = method.is_none_or(|method| api.contains(&method));
    (!is_there).then(|| format!("there is no {anchor} of {path}"))
}

/// What is wrong with a link to a file or an anchor of the repository, if anything is.
fn file(pages: &BTreeMap<String, Page>, from: &Page, target: &str) -> Option<String> {
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let mut full = from.path.clone();
    if !path.is_empty() {
        full = full.parent().unwrap_or(Path::new("")).to_owned();
        for piece in path.split('/') {
            match piece {
                ".." if !full.pop() => return Some("it leads out of the repository".to_owned()),
                "." | ".." => {}
                name => full.push(name),
            }
        }
    }
    if !root().join(&full).exists() {
        return Some(format!("there is no {}", full.display()));
    }
    if anchor.is_empty() {
        return None;
    }
    let is_there = pages.get(full.to_str()?).is_some_and(|page| page.anchors().contains(anchor));
    (!is_there).then(|| format!("there is no #{anchor} in {}", full.display()))
}

#[test]
fn every_link_leads_somewhere() {
    let api = read("tests/api/public.txt");
    let pages: BTreeMap<String, Page> = Page::all()
        .into_iter()
        .map(|page| (page.path.to_str().unwrap().to_owned(), page))
        .collect();
    let (mut complaints, mut links) = (Vec::new(), 0);
    for page in pages.values() {
        for line in page.parts().0 {
            for target in targets(&prose(line.text)) {
                links += 1;
                let wrong = match target {
                    // rustdoc looks at these.
                    _ if target.starts_with("crate::") => None,
                    _ if target.starts_with("https://docs.rs/tripod/") => {
                        if target.starts_with(DOCS_RS) {
                            docs_rs(&pages, &api, target)
                        } else {
                            Some(format!("links to the crate's pages begin with {DOCS_RS}"))
                        }
                    }
                    _ if target.contains("://") => None,
                    _ => file(&pages, page, target),
                };
                complaints.extend(
                    wrong.map(|wrong| format!("{}: {target}: {wrong}", page.at(line.number))),
                );
            }
        }
    }
    assert!(links > 150, "the links were found: {links}");
    nothing_of(&complaints);
}

/// docs.rs has the page of a guide, but not the files beside it.
fn is_relative(target: &str) -> bool {
    let is_elsewhere = target.contains("://") || target.starts_with("crate::");
    !is_elsewhere && !target.starts_with('#')
}

#[test]
fn a_page_of_the_guide_links_to_no_file() {
    let guide = read("src/guide.rs");
    let (mut complaints, mut pages) = (Vec::new(), 0);
    for page in Page::all() {
        let path = page.path.to_str().unwrap();
        let is_in_guide = guide.contains(&format!("include_str!(\"../{path}\")"));
        if !is_in_guide || !path.starts_with("docs/") {
            continue;
        }
        pages += 1;
        for line in page.parts().0 {
            let line_targets = prose(line.text);
            let relative = targets(&line_targets).into_iter().filter(|target| is_relative(target));
            complaints.extend(relative.map(|target| {
                format!("{}: {target}: docs.rs does not have this file", page.at(line.number))
            }));
        }
    }
    assert!(pages > 15, "the pages were found: {pages}");
    nothing_of(&complaints);
}

#[test]
fn a_link_to_a_file_is_noticed() {
    for (target, expected) in [
        ("testing.md", true),
        ("../README.md#features", true),
        ("#storage", false),
        ("crate::guide::states", false),
        ("https://docs.rs/tripod/latest/tripod/guide/states/index.html", false),
    ] {
        assert_eq!(is_relative(target), expected, "{target}");
    }
}

#[test]
fn a_link_that_leads_nowhere_is_noticed() {
    let api = "pub struct tripod::Approval\npub fn tripod::Approval::new() -> Self\npub mod tripod::vault\n";
    let page = Page { path: "docs/states.md".into(), text: "# One\n".to_owned() };
    let pages = BTreeMap::from([("docs/states.md".to_owned(), page)]);
    for (target, is_right) in [
        ("guide/states/index.html#one", true),
        ("guide/states/index.html#two", false),
        ("guide/b/index.html", false),
        ("struct.Approval.html#method.new", true),
        ("struct.Approval.html#method.old", false),
        ("struct.Approve.html", false),
        ("vault/index.html", true),
        ("vaults/index.html", false),
    ] {
        let wrong = docs_rs(&pages, api, &format!("{DOCS_RS}{target}"));
        assert_eq!(wrong.is_none(), is_right, "{target}: {wrong:?}");
    }
    let from = &pages["docs/states.md"];
    for (target, is_right) in
        [("#one", true), ("#two", false), ("../README.md", true), ("READTHEM.md", false)]
    {
        assert_eq!(file(&pages, from, target).is_none(), is_right, "{target}");
    }
}

/// Pages for users are modules of the guide; the README leads to every page.
#[test]
fn every_page_can_be_found() {
    let (readme, guide) = (read("README.md"), read("src/guide.rs"));
    let index = guide.split("\n\n").next().unwrap();
    let mut complaints = Vec::new();
    for page in crate::page::files("docs", ".md") {
        let path = page.to_str().unwrap();
        if !readme.contains(&format!("({path})")) {
            complaints.push(format!("README.md has no link to {path}"));
        }
        let name = page.file_stem().unwrap().to_str().unwrap();
        let is_module = guide.contains(&format!("include_str!(\"../{path}\")"));
        let is_lesson = path.starts_with("docs/typestate/");
        let is_named =
            index.contains(&format!("`{name}`")) || index.contains(&format!("`{name}.md`"));
        if !(is_named || is_module && is_lesson) {
            complaints.push(format!("the index of src/guide.rs does not name {path}"));
        }
    }
    nothing_of(&complaints);
}
