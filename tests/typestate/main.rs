//! The pages on typestate in `docs/typestate`: every program in them is a whole file, which plain `rustc` compiles as it
//! stands, and every message in them is the compiler's.
//!
//! To write the messages anew: `TRIPOD_UI=overwrite cargo test --test typestate`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking, their helpers too")]

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// The compiler whose messages are written down, and whose code is compared.
const PINNED: &str = "1.95.";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rustc(arguments: &[&str]) -> Output {
    Command::new("rustc").current_dir(root()).args(arguments).output().unwrap()
}

/// Another compiler words and optimizes in another way.
fn is_pinned() -> bool {
    let version = String::from_utf8(rustc(&["--version"]).stdout).unwrap();
    let is_it = version.split(' ').nth(1).is_some_and(|version| version.starts_with(PINNED));
    assert!(
        is_it || env::var("TRIPOD_TEST_ALL").as_deref() != Ok("1"),
        "TRIPOD_TEST_ALL=1: nothing may be skipped, and this is {version}"
    );
    if !is_it {
        println!("SKIPPED: the texts are those of rustc {PINNED}x, and this is {version}");
    }
    is_it
}

fn fixtures() -> Vec<String> {
    let files = fs::read_dir(root().join("tests/typestate")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> =
        names.filter_map(|name| name.strip_suffix(".rs").map(str::to_owned)).collect();
    names.sort();
    names
}

#[test]
fn the_three_steps_compile_and_do_what_the_page_says() {
    let folder = tempfile::tempdir().unwrap();
    for (name, says, is_success) in [
        ("step_1_options", "called `Option::unwrap()` on a `None` value", false),
        ("step_2_enum", "Error: \"sign in first\"", false),
        ("step_3_types", "the mail of ada, read with t-1", true),
    ] {
        let source = format!("tests/typestate/{name}.rs");
        let program = folder.path().join(name);
        let built = rustc(&["--edition", "2024", &source, "-o", program.to_str().unwrap()]);
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        assert!(built.stderr.is_empty(), "{name} has warnings");
        let ran = Command::new(&program).output().unwrap();
        let said = [ran.stdout, ran.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(said.contains(says), "{name}: {said}");
        assert_eq!(ran.status.success(), is_success, "{name}");
        let lines = fs::read_to_string(root().join(&source)).unwrap().lines().count();
        assert!(lines <= 80, "{name} has {lines} lines");
    }
}

#[test]
fn what_must_not_compile_gives_the_messages_that_the_pages_quote() {
    if !is_pinned() {
        return;
    }
    // Not `/dev/null`: rustc renames what it has written, and as root would replace the device.
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("metadata");
    let mut refused = 0;
    for name in fixtures() {
        if ["main", "cost"].contains(&name.as_str()) || name == "step_1_options" {
            continue;
        }
        let source = format!("tests/typestate/{name}.rs");
        let built = rustc(&[
            "--edition",
            "2024",
            "--emit",
            "metadata",
            "-A",
            "warnings",
            &source,
            "-o",
            output.to_str().unwrap(),
        ]);
        let path = root().join(format!("tests/typestate/{name}.stderr"));
        if built.status.success() {
            assert!(!path.exists(), "{name} compiles");
            continue;
        }
        refused += 1;
        let said = String::from_utf8(built.stderr).unwrap();
        let said = said.split("error: aborting").next().unwrap().trim_end().to_owned() + "\n";
        if env::var("TRIPOD_UI").as_deref() == Ok("overwrite") {
            fs::write(&path, &said).unwrap();
        }
        assert_eq!(fs::read_to_string(&path).unwrap_or_default(), said, "{name}");
    }
    assert_eq!(refused, 8);
}

/// In front of each block stands `<!-- from FILE -->`, or for a diff `<!-- from FILE to FILE -->`.
#[test]
fn the_pages_quote_the_programs_and_the_compiler() {
    let mut quotes = 0;
    for page in fs::read_dir(root().join("docs/typestate")).unwrap() {
        let page = page.unwrap().path();
        let text = fs::read_to_string(&page).unwrap();
        let mut rest = text.as_str();
        while let Some((_, after)) = rest.split_once("<!-- from ") {
            let (files, after) = after.split_once(" -->\n```").unwrap();
            let (_kind, after) = after.split_once('\n').unwrap();
            let (block, after) = after.split_once("```").unwrap();
            let read = |file: &str| fs::read_to_string(root().join(file)).unwrap();
            match files.split_once(" to ") {
                // A reader finds the line that a message names only if the page shows the whole program.
                None if Path::new(files).extension().is_some_and(|ending| ending == "rs") => {
                    assert_eq!(block, read(files), "{}: {files}", page.display());
                }
                None => {
                    assert!(read(files).contains(block), "{}: {files}\n{block}", page.display());
                }
                Some((from, to)) => is_diff(block, &read(from), &read(to), &page),
            }
            quotes += 1;
            rest = after;
        }
    }
    assert!(quotes >= 15, "{quotes}");
}

/// Each line of a diff is in one of the two files, or in both; `…` stands for what it leaves out.
fn is_diff(block: &str, from: &str, to: &str, page: &Path) {
    let has = |file: &str, line: &str| file.lines().any(|other| other == line);
    for line in block.lines().filter(|line| *line != "…") {
        let (mark, line) = line.split_at(line.len().min(1));
        let (in_from, in_to) = (has(from, line), has(to, line));
        let is_right = match mark {
            "-" => in_from,
            "+" => in_to,
            "@" => true,
            _ => in_from && in_to,
        };
        assert!(is_right, "{}: {mark}{line}", page.display());
    }
}

/// As a reader does who copies it: `rustc --edition 2024 FILE`.
#[test]
fn every_program_on_the_pages_compiles_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("main.rs");
    let output = folder.path().join("metadata");
    let mut programs = 0;
    for page in fs::read_dir(root().join("docs/typestate")).unwrap() {
        let page = page.unwrap().path();
        let text = fs::read_to_string(&page).unwrap();
        for block in text.split("\n```rust").skip(1) {
            let (_info, block) = block.split_once('\n').unwrap();
            let (program, _after) = block.split_once("```").unwrap();
            fs::write(&source, program).unwrap();
            let built = rustc(&[
                "--edition",
                "2024",
                "--emit",
                "metadata",
                source.to_str().unwrap(),
                "-o",
                output.to_str().unwrap(),
            ]);
            let said = String::from_utf8_lossy(&built.stderr);
            assert!(said.is_empty(), "{}\n{program}\n{said}", page.display());
            programs += 1;
        }
    }
    assert!(programs >= 13, "{programs}");
}

#[test]
fn typed_and_untyped_programs_become_the_same_instructions() {
    if !is_pinned() || !cfg!(all(target_arch = "x86_64", target_os = "linux")) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cost.s");
    let built = rustc(&[
        "--edition",
        "2024",
        "-O",
        "--emit",
        "asm",
        "-C",
        "panic=abort",
        "-C",
        "codegen-units=1",
        "tests/typestate/cost.rs",
        "-o",
        path.to_str().unwrap(),
    ]);
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let assembly = fs::read_to_string(&path).unwrap();
    // The compiler has found both to be the same, and made one of the two.
    assert!(assembly.contains("\nuntyped = typed\n"), "{assembly}");
}
