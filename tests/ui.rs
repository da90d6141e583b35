//! What must not compile, and what the compiler says about it.
//!
//! Each `ui/*.rs` is a mistake and each `ui/*.stderr` the text that rustc prints for it; `ui/pass`
//! has the right way under the same name. The trap: rustc words its messages anew from time to
//! time, so the texts are compared with one version only, [`PINNED`]. With another one that trial
//! is reported as ignored. To write the texts anew: `TRIPOD_UI=overwrite cargo test --test ui`.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use libtest_mimic::{Arguments, Failed, Trial};

#[path = "ui/compile/mod.rs"]
mod compile;
#[path = "ui/pass/mod.rs"]
mod pass;

/// The compiler whose texts are in `ui/*.stderr`.
const PINNED: &str = "1.95";
/// The pages that quote the compiler.
const GUIDES: [&str; 2] = ["docs/compiler_errors.md", "README.md"];
/// The page that shows each case; written by this test.
const GALLERY: &str = "docs/gallery.md";

fn main() -> ExitCode {
    let trials = vec![
        wrong_steps_do_not_compile(),
        Trial::test("each_case_has_a_passing_twin", || Ok(each_case_has_a_passing_twin()?)),
        Trial::test("a_wrong_step_names_the_state_that_has_it", || {
            Ok(a_wrong_step_names_the_state_that_has_it()?)
        }),
        Trial::test("the_guide_quotes_the_compiler", || Ok(the_guide_quotes_the_compiler()?)),
        Trial::test("the_gallery_shows_each_case", || Ok(the_gallery_shows_each_case()?)),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

type Outcome = Result<(), Box<dyn Error>>;

/// Each case is refused, with the text that is written down.
fn wrong_steps_do_not_compile() -> Trial {
    let trial = Trial::test("wrong_steps_do_not_compile", || {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let cases: BTreeMap<String, PathBuf> = names("tests/ui", "rs")?
            .into_iter()
            .map(|name| (name.clone(), root.join(format!("tests/ui/{name}.rs"))))
            .collect();
        let overwrite = env::var("TRIPOD_UI").is_ok_and(|what| what == "overwrite");
        let report = compile::differences(root, &cases, overwrite)?;
        if report.is_empty() { Ok(()) } else { Err(Failed::from(report)) }
    });
    let found = rustc_version().unwrap_or_else(|| "unknown".to_owned());
    if found.starts_with(&format!("{PINNED}.")) {
        return trial;
    }
    let why = format!("the texts are those of rustc {PINNED}, and this is {found}");
    if env::var("TRIPOD_TEST_ALL").is_ok_and(|all| all == "1") {
        return Trial::test("wrong_steps_do_not_compile", || Err(why.into()));
    }
    trial.with_kind(why).with_ignored_flag(true)
}

/// Such as `1.95.0`.
fn rustc_version() -> Option<String> {
    let output = Command::new("rustc").arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.split(' ').nth(1).map(str::to_owned)
}

fn each_case_has_a_passing_twin() -> Outcome {
    let cases = names("tests/ui", "rs")?;
    let list = read("tests/ui/pass/mod.rs")?;
    let twins: BTreeSet<String> = list
        .lines()
        .filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';'))
        .map(str::to_owned)
        .collect();
    if cases.is_empty() {
        return Err("there are no cases".into());
    }
    same("cases", &cases, "twins in pass/mod.rs", &twins)?;
    same("cases", &cases, "texts (.stderr)", &names("tests/ui", "stderr")?)
}

/// The product: a method on a state that does not have it, with the short names of both states.
fn a_wrong_step_names_the_state_that_has_it() -> Outcome {
    let states = ["Unauthorized", "RequestTokenIssued", "Authorized", "AccessGranted"];
    let mut messages = 0;
    for case in names("tests/ui", "stderr")?.iter().filter(|name| name.contains("_on_")) {
        let file = format!("tests/ui/{case}.stderr");
        for message in read(&file)?.split("\n\n") {
            let odd = || format!("{file} says\n{message}");
            let (_, rest) = message
                .strip_prefix("error[E0599]: no method named `")
                .and_then(|rest| rest.split_once("` found for struct `Flow<"))
                .ok_or_else(odd)?;
            let (wrong, _) = rest.split_once(">` in the current scope\n").ok_or_else(odd)?;
            let at = message.find("= note: the method was found for\n");
            let note = at.map_or("", |at| &message[at..]);
            let says_where = states
                .iter()
                .any(|right| right != &wrong && note.contains(&format!("- `Flow<{right}>`")));
            if !states.contains(&wrong) || !says_where {
                return Err(odd().into());
            }
            messages += 1;
        }
    }
    // Four steps on three states each, seven methods of a session on three states, and some more.
    if messages < 4 * 3 + 7 * 3 {
        return Err(format!("there are only {messages} messages").into());
    }
    Ok(())
}

/// Each `text` block of these pages stands, line by line, in the file that the comment above names.
fn the_guide_quotes_the_compiler() -> Outcome {
    for page in GUIDES {
        let text = read(page)?;
        let mut rest = text.as_str();
        let mut quotes = 0;
        while let Some((before, after)) = rest.split_once("```text\n") {
            let (quote, next) = after.split_once("```").ok_or("a block has no end")?;
            let file = before
                .trim_end()
                .rsplit_once("<!-- from ")
                .and_then(|(_, name)| name.strip_suffix(" -->"))
                .ok_or_else(|| format!("{page}: no `<!-- from … -->` above\n{quote}"))?;
            if !read(file)?.contains(quote) {
                return Err(format!("{page} quotes {file} as\n{quote}\nwhich is not in it").into());
            }
            quotes += 1;
            rest = next;
        }
        if quotes == 0 {
            return Err(format!("{page} quotes nothing").into());
        }
    }
    Ok(())
}

/// One entry for each case: what is wrong, rustc's message, and the right way. By the error's code, then by name.
fn the_gallery_shows_each_case() -> Outcome {
    let mut entries = Vec::new();
    for case in names("tests/ui", "rs")? {
        let message = read(&format!("tests/ui/{case}.stderr"))?;
        let code = message
            .split("error[")
            .nth(1)
            .and_then(|rest| rest.split(']').next())
            .unwrap_or("Without a code");
        let (why, wrong) = program(&read(&format!("tests/ui/{case}.rs"))?);
        let (what, right) = program(&read(&format!("tests/ui/pass/{case}.rs"))?);
        // Some twins say only whose they are.
        let what = if what.contains(".rs`") { "The right way:".to_owned() } else { what };
        let title = case.replace('_', " ");
        let title = title[..1].to_uppercase() + &title[1..];
        let message = message.trim_end();
        entries.push((
            code.to_owned(),
            format!(
                "## {code}: {title}\n\n{why}\n\n```rs\n{wrong}```\n\n```text\n{message}\n```\n\n{what}\n\n```rs\n{right}```\n"
            ),
        ));
    }
    // Errors with a code first.
    entries.sort_by_key(|(code, _)| (code == "Without a code", code.clone()));
    let head = "# Everything that does not compile\n\nThis page lists the mistakes that do not compile, as far as they have a test. Search the page for the first line of your compiler's message. Each \
        entry has the program, the message of rustc 1.95, and what to write instead. [`compiler_errors`](crate::guide::compiler_errors) explains the most \
        common messages in more detail. (The page is generated from the cases in `tests/ui` by `TRIPOD_UI=overwrite cargo test --test ui`.)\n\n";
    let entries: Vec<String> = entries.into_iter().map(|(_, entry)| entry).collect();
    let page = head.to_owned() + &entries.join("\n");
    if env::var("TRIPOD_UI").is_ok_and(|what| what == "overwrite") {
        fs::write(in_crate(GALLERY), &page)?;
    }
    if read(GALLERY).unwrap_or_default() == page {
        return Ok(());
    }
    Err(format!("{GALLERY} is not what the cases give; write it anew").into())
}

/// What a case says of itself in its first lines, and its code without that and without an empty `main`.
fn program(text: &str) -> (String, String) {
    let says = |line: &&str| line.starts_with("//!");
    let why: Vec<&str> = text.lines().take_while(says).map(|line| line[3..].trim()).collect();
    let code: Vec<&str> = text.lines().skip_while(says).collect();
    let code = code.join("\n").replace("\nfn main() {}", "");
    (why.join(" "), code.trim().to_owned() + "\n")
}

fn same(a: &str, left: &BTreeSet<String>, b: &str, right: &BTreeSet<String>) -> Outcome {
    let odd: Vec<_> = left.symmetric_difference(right).collect();
    if odd.is_empty() {
        return Ok(());
    }
    Err(format!("the {a} and the {b} differ by {odd:?}").into())
}

/// The names, without their endings, of the files in a folder of the crate.
fn names(folder: &str, ending: &str) -> Result<BTreeSet<String>, Box<dyn Error>> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(in_crate(folder))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == ending) {
            found.extend(path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned));
        }
    }
    Ok(found)
}

fn read(file: &str) -> Result<String, Box<dyn Error>> {
    let text = fs::read_to_string(in_crate(file)).map_err(|error| format!("{file}: {error}"))?;
    // A checkout on Windows may have other line ends.
    Ok(text.replace("\r\n", "\n"))
}

fn in_crate(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}
