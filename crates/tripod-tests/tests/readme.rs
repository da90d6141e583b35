//! The README's first program, built in a new crate from what stands in the README.
//!
//! The new crate shares this workspace's target directory, profile and lock file, so most dependencies
//! are built already. It is in that directory so that its path, and so its build, is the same each time.

use std::{
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// The first block of a language in a page.
fn block<'a>(page: &'a str, language: &str) -> Outcome<&'a str> {
    let start = format!("\n```{language}\n");
    let (_, rest) = page.split_once(&start).ok_or(format!("no block of {language}"))?;
    Ok(rest.split_once("\n```\n").ok_or("a block without an end")?.0)
}

#[test]
fn the_first_program_works_as_copied() -> Outcome<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize()?;
    let readme = fs::read_to_string(root.join("README.md"))?;
    let (dependencies, program) = (block(&readme, "toml")?, block(&readme, "rust")?);
    // Neither package is published yet, and the newest code is to be tested.
    let (tripod, sandbox) = (root.display(), root.join("crates/tripod-sandbox"));
    let manifest = format!(
        "[package]\nname = \"readme\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n{dependencies}\n\n\
         [patch.crates-io]\ntripod = {{ path = '{tripod}' }}\ntripod-sandbox = {{ path = '{}' }}\n\n\
         # Cargo would otherwise look for it in the workspace around this folder.\n[workspace]\n",
        sandbox.display()
    );

    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let target = temporary.parent().ok_or("no target directory")?;
    let fresh = temporary.join("readme");
    fs::create_dir_all(fresh.join("src"))?;
    fs::write(fresh.join("Cargo.toml"), manifest)?;
    fs::write(fresh.join("src/main.rs"), program)?;
    fs::copy(root.join("Cargo.lock"), fresh.join("Cargo.lock"))?;

    let cargo = env::var_os("CARGO").ok_or("run this test with cargo")?;
    let mut command = Command::new(cargo);
    // What Cargo tells this test about its own package. The build script of `ring` looks at these variables,
    // and it and all that depends on it would be built again for each change.
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(|name| {
            name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
        }) {
            command.env_remove(name);
        }
    }
    let built = command
        .args(["build", "--offline", "--color", "never", "--target-dir"])
        .arg(target)
        .current_dir(&fresh)
        // The workspace's profile: with another one, all dependencies would be built once more.
        .env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only")
        .output()?;
    let said = String::from_utf8_lossy(&built.stderr);
    assert!(built.status.success() && !said.contains("warning: `readme`"), "{said}");

    let program: PathBuf = target.join("debug/readme").with_extension(env::consts::EXE_EXTENSION);
    let output = Command::new(program).output()?;
    let said = String::from_utf8(output.stdout)?;
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let last: Value = serde_json::from_str(said.lines().last().unwrap_or_default())?;
    assert_eq!(last["echo"]["user"], "ada", "{said}");
    Ok(())
}
