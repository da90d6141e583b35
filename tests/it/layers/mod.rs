//! The crate is built in layers, as `docs/architecture.md` has them: a module imports from its own layer and those
//! below it, and neither modules nor files import from each other in a circle.
//!
//! Read from the text of the imports. What only tests need does not count, nor does a `pub use`.

mod source;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use self::source::{Crate, Import};

/// The modules of each layer, the lowest first.
const LAYERS: [&[&str]; 6] = [
    &[
        "credentials",
        "error",
        "clock",
        "nonce",
        "in_flight",
        "shown",
        "hex",
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

/// Files that are still in a circle. The lists only get shorter.
const CIRCLES: &[&str] = &[
    "signature/base_string.rs",
    "signature/method.rs",
    "signature/mod.rs",
    "signature/signer.rs",
    "signature/template.rs",
    "signature/writer.rs",
];
/// Modules that still import names from where they are only passed on.
const DETOURS: &[&str] = &[
    "client",
    "clock",
    "exchange",
    "fatsecret",
    "flow",
    "nonce",
    "resource",
    "signature",
    "transport",
];
/// Modules of the sandbox that are still in a circle.
const SANDBOX_CIRCLES: &[&str] = &[];

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

fn report<'a>(what: &str, imports: impl IntoIterator<Item = &'a Import>) -> String {
    let lines: Vec<String> = imports
        .into_iter()
        .map(|import| format!("  {} takes {} from {}", import.from, import.name, import.to))
        .collect();
    if lines.is_empty() { String::new() } else { format!("{what}:\n{}\n", lines.join("\n")) }
}

/// `found` is what is known, and what is known is still found.
#[track_caller]
fn check(what: &str, found: &[&Import], name: fn(&str) -> &str, known: &[&str]) {
    let new = found.iter().filter(|import| !known.contains(&name(&import.from)));
    let new = report(what, new.copied());
    assert!(new.is_empty(), "\n{new}");
    let names: BTreeSet<&str> = found.iter().map(|import| name(&import.from)).collect();
    let gone: Vec<_> = known.iter().filter(|known| !names.contains(*known)).collect();
    assert!(gone.is_empty(), "{what}: no more in {gone:?}; take them from the list");
}

#[test]
fn modules_import_from_their_own_layer_and_below_and_never_in_a_circle() {
    let all = imports("src", &[]);
    assert!(all.len() > 300, "the imports were read: {}", all.len());
    let all: Vec<&Import> = all.iter().filter(|import| inner(import)).collect();
    let files = all.iter().flat_map(|import| [&import.from, &import.to]);
    let strays: BTreeSet<&str> =
        files.filter(|file| layer(file).is_none()).map(|file| module(file)).collect();
    assert!(strays.is_empty(), "modules in no layer: {strays:?}");

    let upwards: Vec<&Import> =
        all.iter().filter(|import| layer(&import.from) < layer(&import.to)).copied().collect();
    check("from a layer above", &upwards, module, &[]);
    let needed: Vec<&Import> = all.into_iter().filter(|import| !import.passed_on).collect();
    check("modules in a circle", &in_circles(&needed, module), module, &[]);
    check("files in a circle", &in_circles(&needed, |file| file), |file| file, CIRCLES);
}

#[test]
fn names_are_imported_from_where_they_are_defined() {
    let all = imports("src", &[]);
    let detours: Vec<&Import> =
        all.iter().filter(|import| import.through.is_some() && !import.passed_on).collect();
    check("by way of another file", &detours, module, DETOURS);
}

#[test]
fn the_modules_of_the_sandbox_do_not_import_in_a_circle() {
    let all = imports("crates/tripod-sandbox/src", &["program"]);
    assert!(all.len() > 60, "the imports were read: {}", all.len());
    let needed: Vec<&Import> =
        all.iter().filter(|import| inner(import) && !import.passed_on).collect();
    check("modules in a circle", &in_circles(&needed, module), module, SANDBOX_CIRCLES);
}

/// The net catches what it is for.
#[test]
fn paths_are_read_as_rust_reads_them() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("inner")).unwrap();
    for (name, text) in [
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
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let all = imports(folder.path(), &[]);
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
    let needed: Vec<&Import> = all.iter().filter(|import| !import.passed_on).collect();
    let circle: BTreeSet<&str> =
        in_circles(&needed, |file| file).iter().map(|import| import.from.as_str()).collect();
    assert_eq!(circle, BTreeSet::from(["a.rs", "b.rs", "inner/leaf.rs"]));
}
