//! A user's data folder with one account, which was logged in to by the program itself.

use std::{
    ffi::OsStr,
    io::{BufRead as _, BufReader, Write as _},
    process::{Command, Stdio},
};

use tempfile::TempDir;
use tripod_sandbox::{Builder, Sandbox};

pub(crate) const SECRET: &str = "consumer-secret-canary&+%";

/// A data folder, and the provider of its account.
pub(crate) struct Home {
    pub(crate) sandbox: Sandbox,
    folder: TempDir,
}

/// What a run of the program printed.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) out: Vec<u8>,
    pub(crate) errors: String,
    pub(crate) code: Option<i32>,
}

impl Ran {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.out).unwrap()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl Home {
    /// Logs in to a provider that follows the standard alone, described in a file. Relative URLs go to `api`.
    pub(crate) fn generic(api: Option<&str>) -> Self {
        let home = Self::at(Sandbox::builder().generic().keep_base_strings(true));
        let sandbox = &home.sandbox;
        let usual = format!("{}/rest/", sandbox.origin());
        let file = home.folder.path().join("provider.toml");
        let text = format!(
            "name = \"photos\"\nrequest_token = \"{}\"\nauthorize = \"{}\"\naccess_token = \"{}\"\napi = \"{}\"\n",
            sandbox.request_token_url(),
            sandbox.authorize_url(),
            sandbox.access_token_url(),
            api.unwrap_or(&usual),
        );
        std::fs::write(&file, text).unwrap();
        home.login(["--provider".as_ref(), file.as_os_str()]);
        home
    }

    /// Logs in to FatSecret, whose place a sandbox takes.
    pub(crate) fn fatsecret() -> Self {
        let home = Self::at(Sandbox::builder().odd_shapes(false));
        home.login(["fatsecret".as_ref(), "--sandbox".as_ref(), home.sandbox.origin().as_ref()]);
        home
    }

    fn at(builder: Builder) -> Self {
        let sandbox = builder.consumer("key", SECRET).start_blocking().unwrap();
        Self { sandbox, folder: tempfile::tempdir().unwrap() }
    }

    fn login<'a>(&self, arguments: impl IntoIterator<Item = &'a OsStr>) {
        let mut command = self.command("login");
        command.args(arguments).args(["--oob", "--account", "here", "--consumer-env", "TEST"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut page = None;
        let mut seen = String::new();
        for line in BufReader::new(child.stderr.take().unwrap()).lines() {
            let line = line.unwrap();
            seen += &line;
            if page.is_none() && line.contains("oauth_token=") {
                let approval = self.sandbox.approve(line.trim()).unwrap();
                let code = approval.verifier().unwrap().to_owned();
                writeln!(child.stdin.as_mut().unwrap(), "{code}").unwrap();
                page = Some(line);
            }
        }
        assert!(child.wait().unwrap().success(), "{seen}");
    }

    pub(crate) fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// The program with this command, in this home.
    pub(crate) fn command(&self, name: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tripod"));
        command
            .arg(name)
            .env_clear()
            .env("TRIPOD_DATA_DIR", self.path("data"))
            .env("TRIPOD_KEY_FILE", self.path("key"))
            .env("TEST_CONSUMER_KEY", "key")
            .env("TEST_CONSUMER_SECRET", SECRET)
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        command
    }

    /// Runs the program to its end. Nothing that it prints may hold a secret.
    #[track_caller]
    pub(crate) fn run<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Ran {
        let (name, rest) = arguments.split_first().unwrap();
        let output = self.command(name.as_ref().to_str().unwrap()).args(rest).output().unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        let shown = format!("{}{errors}", String::from_utf8_lossy(&output.stdout));
        assert!(!shown.contains("canary"), "{shown}");
        Ran { out: output.stdout, errors, code: output.status.code() }
    }
}
