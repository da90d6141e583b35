//! The crate is built in layers, as `docs/architecture.md` has them: a module imports from its own layer and those
//! below it, and neither modules nor files import from each other in a circle.
//!
//! The sandbox has no layers, and is checked for circles and detours alike.
//!
//! Read from the text of the imports. What only tests need does not count, nor does a `pub use` in a
//! folder's `mod.rs`.

mod source;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use self::source::{Crate, Import};

/// The modules of each layer, the lowest first. The table of `docs/architecture.md` has the same.
const LAYERS: [&[&str]; 6] = [
    &[
        "credentials",
        "environment",
        "error",
        "clock",
        "nonce",
        "in_flight",
        "shown",
        "hex",
        "json",
        "random",
        "dead_stack",
        "wait",
    ],
    &["signature"],
    &["provider", "protocol"],
    &["attempts", "client", "exchange", "refusal", "retries", "telemetry", "transport"],
    &["flow", "resource"],
    &["fatsecret", "providers", "vault", "loopback", "guide"],
];

fn imports(folder: impl AsRef<Path>, without: &[&str]) -> BTreeSet<Import> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let prefix = format!("{}/", folder.display()).replace('\\', "/");
    let read = Crate::read(&folder, without);
    let short = |path: &str| path.strip_prefix(&prefix).unwrap_or(path).to_owned();
    let shortened = read.imports().into_iter().map(|import| Import {
        from: short(&import.from),
        to: short(&import.to),
        through: import.through.as_deref().map(short),
        ..import
    });
    shortened.collect()
}

/// `flow/mod.rs` and `client.rs` are in `flow` and in `client`; `lib.rs` is in none.
fn module(file: &str) -> &str {
    let first = file.split('/').next().unwrap();
    first.strip_suffix(".rs").unwrap_or(first)
}

fn layer(file: &str) -> Option<usize> {
    LAYERS.iter().position(|modules| modules.contains(&module(file)))
}

/// A `pub use` of `lib.rs` or of a folder's `mod.rs`, which shows what is there.
fn is_passed_on(import: &Import) -> bool {
    import.passed_on && (import.from == "lib.rs" || import.from.ends_with("mod.rs"))
}

/// Not to or from `lib.rs`, which shows all modules, and has what all need.
fn inner(import: &Import) -> bool {
    import.from != "lib.rs" && import.to != "lib.rs"
}

/// The nodes that are in circles.
fn circles<'a>(edges: &BTreeSet<(&'a str, &'a str)>) -> BTreeSet<&'a str> {
    let mut to = BTreeMap::<&str, BTreeSet<&str>>::new();
    for (from, next) in edges {
        to.entry(from).or_default().insert(next);
    }
    let comes_back = |start: &&&str| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![**start]);
        while let Some(node) = open.pop() {
            for next in to.get(node).into_iter().flatten() {
                if next == *start {
                    return true;
                }
                if seen.insert(next) {
                    open.push(next);
                }
            }
        }
        false
    };
    to.keys().filter(comes_back).copied().collect()
}

/// The imports that are part of a circle of what `name` makes of the files.
fn in_circles<'a>(imports: &[&'a Import], name: fn(&str) -> &str) -> Vec<&'a Import> {
    let ends = |import: &&'a Import| (name(&import.from), name(&import.to));
    let edges = imports.iter().map(ends).filter(|(from, to)| from != to).collect();
    let nodes = circles(&edges);
    let both = |import: &&&Import| {
        let (from, to) = (name(&import.from), name(&import.to));
        from != to && nodes.contains(from) && nodes.contains(to)
    };
    imports.iter().filter(both).copied().collect()
}

/// The given imports, a line each, below what is wrong with them; nothing if there are none.
fn report<'a>(what: &str, imports: impl IntoIterator<Item = &'a Import>) -> String {
    let lines: Vec<String> = imports
        .into_iter()
        .map(|import| format!("  {} takes {} from {}\n", import.from, import.name, import.to))
        .collect();
    if lines.is_empty() { String::new() } else { format!("{what}:\n{}", lines.concat()) }
}

/// What is wrong in a crate, whatever its layers: circles of modules, circles of files, and detours.
fn tangles(all: &BTreeSet<Import>) -> String {
    let own: Vec<&Import> = all.iter().filter(|import| !is_passed_on(import)).collect();
    let needed: Vec<&Import> = own.iter().copied().filter(|import| inner(import)).collect();
    let detours = own.into_iter().filter(|import| import.through.is_some());
    report("modules in a circle", in_circles(&needed, module))
        + &report("files in a circle", in_circles(&needed, |file| file))
        + &report("by way of another file", detours)
}

#[track_caller]
fn nothing(found: &str) {
    assert!(found.is_empty(), "\n{found}");
}

#[test]
fn modules_import_from_their_own_layer_and_below() {
    let all = imports("src", &[]);
    let all: Vec<&Import> = all.iter().filter(|import| inner(import)).collect();
    let files = all.iter().flat_map(|import| [&import.from, &import.to]);
    let strays: BTreeSet<&str> =
        files.filter(|file| layer(file).is_none()).map(|file| module(file)).collect();
    assert!(strays.is_empty(), "modules in no layer: {strays:?}");

    let upwards = all.into_iter().filter(|import| layer(&import.from) < layer(&import.to));
    nothing(&report("from a layer above", upwards));
}

/// The second column of the table names a layer's modules in backticks. A feature stands in none.
#[test]
fn the_table_of_modules_has_each_module_in_its_layer() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/architecture.md");
    let page = fs::read_to_string(page).unwrap();
    let (_, table) = page.split_once("| Layer | Modules |").unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let mut told = BTreeSet::new();
    for row in rows {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let layer: usize = cells[1].parse().unwrap();
        for name in cells[2].split('`').skip(1).step_by(2) {
            assert!(told.insert((layer, name)), "{name} stands twice in layer {layer}");
        }
    }
    let known = LAYERS.iter().enumerate();
    let known: BTreeSet<(usize, &str)> =
        known.flat_map(|(layer, names)| names.iter().map(move |name| (layer, *name))).collect();
    let differ: Vec<_> = told.symmetric_difference(&known).collect();
    assert!(differ.is_empty(), "only in one of both: {differ:?}");
}

#[test]
fn names_are_imported_from_where_they_are_defined_and_never_in_a_circle() {
    for (folder, without, least) in
        [("src", &[][..], 300), ("crates/tripod-sandbox/src", &["program"], 60)]
    {
        let all = imports(folder, without);
        assert!(all.len() > least, "the imports of {folder} were read: {}", all.len());
        nothing(&tangles(&all));
    }
}

/// A crate of these files, and what they import.
fn imports_of(files: &[(&str, &str)]) -> BTreeSet<Import> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    imports(folder.path(), &[])
}

/// The net catches what it is for.
#[test]
fn paths_are_read_as_rust_reads_them() {
    let all = imports_of(&[
        ("lib.rs", "mod a; mod b; mod inner;\npub use inner::Deep;"),
        (
            "a.rs",
            "// use crate::no;\nuse std::fmt;\npub struct A;\nfn f() -> crate::b::B { \"crate::no\" }",
        ),
        (
            "b.rs",
            "use crate::{Deep as D, a::{A, self}};\npub(in crate::b) struct B;\n#[cfg(test)]\nmod tests { use crate::inner::leaf; }",
        ),
        ("inner/mod.rs", "mod leaf;\npub use leaf::Deep;\nuse self::leaf::deep;"),
        ("inner/leaf.rs", "pub struct Deep;\nfn deep() { super::super::a::f(); }"),
    ]);
    let lines: Vec<String> = all
        .iter()
        .map(|i| {
            let by = i.through.as_ref().map(|face| format!(" by {face}")).unwrap_or_default();
            let on = if i.passed_on { ", passed on" } else { "" };
            format!("{}: {} of {}{by}{on}", i.from, i.name, i.to)
        })
        .collect();
    let expected = [
        "a.rs: b::B of b.rs",
        "b.rs: a of a.rs",
        "b.rs: a::A of a.rs",
        "b.rs: Deep of inner/leaf.rs by lib.rs",
        "inner/leaf.rs: a::f of a.rs",
        "inner/mod.rs: inner::leaf::Deep of inner/leaf.rs, passed on",
        "inner/mod.rs: inner::leaf::deep of inner/leaf.rs",
        "lib.rs: inner::Deep of inner/leaf.rs by inner/mod.rs, passed on",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn a_circle_and_a_detour_are_noticed() {
    let all = imports_of(&[
        ("lib.rs", "mod a; mod b; mod c; mod inner;\npub use inner::Deep;"),
        ("a.rs", "use crate::b::B;"),
        ("b.rs", "pub struct B;\nuse crate::inner::leaf::Leaf;"),
        ("c.rs", "use crate::{Deep, a};"),
        ("inner/mod.rs", "mod deep; mod leaf;\npub use deep::Deep;"),
        ("inner/deep.rs", "pub struct Deep;\nfn deep() { crate::a::f(); }"),
        (
            "inner/leaf.rs",
            "pub struct Leaf;\nmacro_rules! m { () => { $crate::inner::deep::f() } }",
        ),
    ]);
    let expected = "\
modules in a circle:
  a.rs takes b::B from b.rs
  b.rs takes inner::leaf::Leaf from inner/leaf.rs
  inner/deep.rs takes a::f from a.rs
files in a circle:
  a.rs takes b::B from b.rs
  b.rs takes inner::leaf::Leaf from inner/leaf.rs
  inner/deep.rs takes a::f from a.rs
  inner/leaf.rs takes inner::deep::f from inner/deep.rs
by way of another file:
  c.rs takes Deep from inner/deep.rs
";
    assert_eq!(tangles(&all), expected);
}
