//! The programs of the first pages, each built in a new crate from what stands on its page, and run.
//!
//! A new crate shares this workspace's target directory, profile and lock file, so most dependencies
//! are built already. It is in that directory so that its path, and so its build, is the same each time.

mod quickstarts;

use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn root() -> Outcome<PathBuf> {
    Ok(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize()?)
}

/// The first block of a language in a page, whatever else the block's first line says.
fn block<'a>(page: &'a str, language: &str) -> Outcome<&'a str> {
    let start = format!("\n```{language}");
    let (_, rest) = page.split_once(&start).ok_or(format!("no block of {language}"))?;
    let (_, rest) = rest.split_once('\n').ok_or("a block without a line")?;
    Ok(rest.split_once("\n```\n").ok_or("a block without an end")?.0)
}

/// A new crate with a page's dependencies.
struct Fresh {
    name: &'static str,
    folder: PathBuf,
    target: PathBuf,
}

impl Fresh {
    /// With what the sandbox depends on beside it: those packages then have the same features as for the README's program
    /// and are compiled once for all programs.
    ///
    /// They have other names, so that a program finds only the packages that its page names. The features of `tripod`
    /// are those of the page alone. Those of other packages are added together, as always in one build, so one that a
    /// page leaves out may stay unnoticed here.
    fn beside_the_sandbox(name: &'static str, dependencies: &str) -> Outcome<Self> {
        let manifest = fs::read_to_string(root()?.join("crates/tripod-sandbox/Cargo.toml"))?;
        let (_, rest) = manifest.split_once("\n[dependencies]\n").ok_or("no dependencies")?;
        let (lines, _) = rest.split_once("\n\n").ok_or("no end of the dependencies")?;
        let mut dependencies = dependencies.to_owned();
        for line in
            lines.lines().filter(|line| !line.starts_with('#') && !line.contains("optional"))
        {
            let (package, what) = line.split_once(" = ").ok_or("not a dependency")?;
            // A package has one name in a program, and this one has it from the page.
            if !dependencies.contains(&format!("\n{package} = ")) {
                let what =
                    what.strip_prefix("{ ").map_or(format!("version = {what} }}"), str::to_owned);
                write!(dependencies, "\nbeside-{package} = {{ package = \"{package}\", {what}")?;
            }
        }
        Self::new(name, &dependencies)
    }

    fn new(name: &'static str, dependencies: &str) -> Outcome<Self> {
        let root = root()?;
        // Neither package is published yet, and the newest code is to be tested.
        let mut manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n{dependencies}\n\n\
             [patch.crates-io]\n"
        );
        for (package, path) in
            [("tripod", root.clone()), ("tripod-sandbox", root.join("crates/tripod-sandbox"))]
        {
            if dependencies.contains(&format!("\n{package} = ")) {
                writeln!(manifest, "{package} = {{ path = '{}' }}", path.display())?;
            }
        }
        manifest += "\n# Cargo would otherwise look for it in the workspace around this folder.\n[workspace]\n";

        let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let target = temporary.parent().ok_or("no target directory")?.to_owned();
        let folder = temporary.join(name);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("Cargo.toml"), manifest)?;
        fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))?;
        Ok(Self { name, folder, target })
    }

    /// Builds programs side by side and without a warning. The path of the last one.
    fn build(&self, programs: &[&str]) -> Outcome<PathBuf> {
        let source = self.folder.join("src");
        if source.exists() {
            // What an earlier run left.
            fs::remove_dir_all(&source)?;
        }
        let folder = source.join("bin");
        fs::create_dir_all(&folder)?;
        let name = |number: usize| format!("{}-{number}", self.name);
        for (number, program) in programs.iter().enumerate() {
            fs::write(folder.join(name(number)).with_extension("rs"), program)?;
        }
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
            .args(["build", "--offline", "--color", "never"])
            // The workspace's profile: with another one, all dependencies would be built once more.
            .args(["--config", "profile.dev.debug='line-tables-only'"])
            .args(["--config", "profile.dev.package.'*'.debug=false"])
            .arg("--target-dir")
            .arg(&self.target)
            .current_dir(&self.folder)
            .output()?;
        let said = String::from_utf8_lossy(&built.stderr);
        let warning = format!("warning: `{}`", self.name);
        assert!(built.status.success() && !said.contains(&warning), "{said}");
        let program = self.target.join("debug").join(name(programs.len() - 1));
        Ok(program.with_extension(env::consts::EXE_EXTENSION))
    }
}

#[test]
fn the_first_program_works_as_copied() -> Outcome<()> {
    let readme = fs::read_to_string(root()?.join("README.md"))?;
    let program =
        Fresh::new("readme", block(&readme, "toml")?)?.build(&[block(&readme, "rust")?])?;
    let output = Command::new(program).output()?;
    let said = String::from_utf8(output.stdout)?;
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let last: Value = serde_json::from_str(said.lines().last().unwrap_or_default())?;
    assert_eq!(last["echo"]["user"], "ada", "{said}");
    Ok(())
}
