//! The files of the library import downwards only.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// The paths of a `use` tree, each from the crate's root on.
fn paths(prefix: &str, tree: &str, into: &mut Vec<String>) {
    let mut depth = 0;
    let branches = tree.split(|character| {
        depth += i32::from(character == '{') - i32::from(character == '}');
        character == ',' && depth == 0
    });
    for branch in branches.map(str::trim).filter(|branch| !branch.is_empty()) {
        match branch.split_once('{') {
            Some((start, inner)) => {
                let inner = inner.strip_suffix('}').unwrap();
                paths(&format!("{prefix}{start}"), inner, into);
            }
            None => into.push(format!("{prefix}{branch}")),
        }
    }
}

/// The modules of a folder, by their paths, with their text up to the tests.
fn modules(folder: &Path, prefix: &str, into: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            if name != "program" {
                modules(&path, &format!("{prefix}{name}::"), into);
            }
        } else if path.extension().is_some_and(|kind| kind == "rs")
            && name != "lib"
            && name != "mod"
        {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
            into.insert(format!("{prefix}{name}"), code.to_owned());
        }
    }
}

/// The modules that a file names in its `use` lines.
fn imports(name: &str, code: &str, modules: &BTreeMap<String, String>) -> BTreeSet<String> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("\nuse ") {
        let tree = code[at + "\nuse ".len()..].split(';').next().unwrap();
        assert!(!tree.starts_with("super"), "{name} imports from the defining module's path");
        if let Some(tree) = tree.strip_prefix("crate::") {
            paths("", &tree.split_whitespace().collect::<Vec<_>>().join(" "), &mut found);
        }
    }
    let module_of = |path: &String| {
        let path = path.trim_end_matches("::self");
        let mut path = path.split("::").collect::<Vec<_>>();
        while !path.is_empty() && !modules.contains_key(&path.join("::")) {
            path.pop();
        }
        assert!(!path.is_empty(), "{name} imports from a folder or from the root, not from a file");
        path.join("::")
    };
    found.iter().map(module_of).collect()
}

/// Takes away whatever imports nothing that is left; what stays is in a circle or leads to one.
fn circles(mut graph: BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    loop {
        let before = graph.len();
        let left: BTreeSet<String> = graph.keys().cloned().collect();
        graph.retain(|name, to| to.iter().any(|to| to != name && left.contains(to)));
        if graph.len() == before {
            return graph.into_keys().collect();
        }
    }
}

#[test]
fn imports_name_the_defining_file_and_form_no_circle() {
    let mut all = BTreeMap::new();
    modules(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut all);
    assert!(all.contains_key("check") && all.contains_key("data::diary"), "{:?}", all.keys());
    let files: BTreeMap<String, BTreeSet<String>> =
        all.iter().map(|(name, code)| (name.clone(), imports(name, code, &all))).collect();
    assert!(files["check"].contains("oauth"), "{:?}", files["check"]);

    let mut folders: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let folder = |name: &str| name.split("::").next().unwrap().to_owned();
    for (name, to) in &files {
        folders.entry(folder(name)).or_default().extend(to.iter().map(|to| folder(to)));
    }
    assert_eq!(circles(files), Vec::<String>::new());
    assert_eq!(circles(folders), Vec::<String>::new());
}

#[test]
fn a_circle_would_be_found() {
    let graph = |edges: &[(&str, &[&str])]| {
        let edges = edges
            .iter()
            .map(|(from, to)| ((*from).to_owned(), to.iter().map(|to| (*to).to_owned()).collect()));
        circles(edges.collect())
    };
    assert_eq!(graph(&[("a", &["b", "c"]), ("b", &["c"]), ("c", &[])]), Vec::<String>::new());
    assert_eq!(graph(&[("a", &["b"]), ("b", &["c"]), ("c", &["b"])]), ["a", "b", "c"]);
    let mut found = Vec::new();
    paths("", "a::{b, c::{self, D}}, e", &mut found);
    assert_eq!(found, ["a::b", "a::c::self", "a::c::D", "e"]);
}
