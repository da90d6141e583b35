//! A user's data folder for one test, and the program in it.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;
use tripod_sandbox::{Builder, Sandbox};

/// Empty, and gone after the test.
pub(crate) struct Home(TempDir);

/// What the program said and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Whether these words were printed, with any line breaks between them.
    pub(crate) fn says(&self, words: &str) -> bool {
        let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        flat(&self.out).contains(&flat(words))
    }
}

impl Home {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.path("data")
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// A program in this home, with nothing in its environment but what it needs there.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("TERM", "xterm-256color")
            .env("HOME", self.0.path())
            .env("TRIPOD_DATA_DIR", self.data())
            .env("TRIPOD_KEY_FILE", self.path("sealing.key"))
            .current_dir(self.0.path());
        command
    }

    pub(crate) fn tripod(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(Path::new(env!("CARGO_BIN_EXE_tripod")));
        command.args(arguments).stdin(Stdio::null());
        command
    }

    /// Runs the program without a terminal.
    pub(crate) fn run(&self, arguments: &[&str]) -> Said {
        said_of(self.tripod(arguments).output().unwrap())
    }

    /// All bytes of all files in the data folder.
    pub(crate) fn stored(&self) -> Vec<u8> {
        let files = fs::read_dir(self.data()).unwrap();
        files.flat_map(|file| fs::read(file.unwrap().path()).unwrap()).collect()
    }
}

/// A socket that holds a port without listening: nobody answers there, and nobody else gets the port. Port 0 is one that
/// is free.
///
/// On Linux, a program can still listen there, since both sockets allow that.
#[cfg(unix)]
pub(crate) fn hold(port: u16) -> tokio::net::TcpSocket {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    // Old connections may still be lingering.
    socket.set_reuseaddr(true).unwrap();
    let begun = std::time::Instant::now();
    // A process that another test starts has this one's sockets until it is the program, also one that was closed.
    while let Err(error) = socket.bind(([127, 0, 0, 1], port).into()) {
        assert!(begun.elapsed().as_secs() < 60, "port {port}: {error}");
        std::thread::yield_now();
    }
    socket
}

/// The program with an empty environment and no home.
pub(crate) fn homeless() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tripod"));
    command.env_clear();
    command
}

/// Runs the program with this as its standard input.
pub(crate) fn said_to(command: &mut Command, input: &str) -> Said {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A program that does not read its input may have ended.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    said_of(child.wait_with_output().unwrap())
}

pub(crate) fn said_of(output: Output) -> Said {
    Said {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A sandbox with the credentials that the program has for one.
pub(crate) fn sandbox(change: impl FnOnce(Builder) -> Builder) -> Sandbox {
    let builder = Sandbox::builder()
        .consumer("sandbox-key", "sandbox-secret")
        .access_token("canary-token", "canary-token-secret");
    change(builder).start_blocking().unwrap()
}
