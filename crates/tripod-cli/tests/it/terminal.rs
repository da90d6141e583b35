//! A pseudo-terminal in which a test types.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use nix::sys::termios::{LocalFlags, tcgetattr};
use rexpect::{process::WaitStatus, session::PtySession};
use tripod_sandbox::Sandbox;

use crate::home::Home;

/// Longer than anything here takes, also on a machine that is busy.
const TIMEOUT: Duration = Duration::from_secs(120);

/// The program in a terminal, as somebody sees it.
pub(crate) struct Terminal {
    session: PtySession,
    seen: String,
}

impl Terminal {
    /// Starts the program in a terminal that shows what is typed.
    pub(crate) fn start(home: &Home, arguments: &[&str]) -> Self {
        Self::wide(home, 120, arguments, &[])
    }

    /// The same with so many columns, and more in the environment.
    pub(crate) fn wide(
        home: &Home,
        columns: u16,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Self {
        let mut shell = home.command("/bin/sh".as_ref());
        shell.envs(variables.iter().copied());
        Self::from_shell(shell, columns, arguments)
    }

    /// The same with the environment that this command for a shell has.
    pub(crate) fn from_shell(mut command: Command, columns: u16, arguments: &[&str]) -> Self {
        // The terminal is made without an echo, which no user has.
        command.args(["-c", &format!("stty echo cols {columns} rows 40; exec \"$0\" \"$@\"")]);
        command.arg(env!("CARGO_BIN_EXE_tripod")).args(arguments);
        let timeout = u64::try_from(TIMEOUT.as_millis()).unwrap();
        let session = rexpect::session::spawn_command(command, Some(timeout)).unwrap();
        Self { session, seen: String::new() }
    }

    /// Waits until the text is shown, and gives what came before it.
    #[track_caller]
    pub(crate) fn expect(&mut self, text: &str) -> String {
        match self.session.exp_string(text) {
            Ok(before) => {
                self.seen += &before;
                self.seen += text;
                before
            }
            Err(error) => panic!("waiting for {text:?}: {error}\nseen so far:\n{}", self.seen),
        }
    }

    /// Waits for the address of the provider's page.
    #[track_caller]
    pub(crate) fn page(&mut self) -> String {
        self.expect("http://");
        format!("http://{}", self.expect("\r\n"))
    }

    pub(crate) fn enter(&mut self, line: &str) {
        self.session.send_line(line).unwrap();
    }

    /// Types a secret once the terminal shows nothing of it.
    #[track_caller]
    pub(crate) fn enter_hidden(&mut self, line: &str) {
        let terminal = self.session.process().get_file_handle().unwrap();
        let begun = Instant::now();
        while tcgetattr(&terminal).unwrap().local_flags.contains(LocalFlags::ECHO) {
            assert!(begun.elapsed() < TIMEOUT, "the terminal still shows what is typed");
            std::thread::yield_now();
        }
        self.enter(line);
    }

    /// Approves on the provider's page, types the code that it shows, and waits for the end.
    #[track_caller]
    pub(crate) fn approve(mut self, sandbox: &Sandbox) -> String {
        let page = self.page();
        let code = sandbox.approve(&page).unwrap().verifier().unwrap().to_owned();
        self.expect("Code that the page shows: ");
        self.enter(&code);
        self.end_well()
    }

    /// Waits for the end, which is a good one. Gives all that the terminal has shown.
    #[track_caller]
    pub(crate) fn end_well(self) -> String {
        let (exit, seen) = self.end();
        assert_eq!(exit, 0, "{seen}");
        seen
    }

    pub(crate) fn control(&mut self, key: char) {
        self.session.send_control(key).unwrap();
    }

    /// Waits for the end. Gives the exit code, and all that the terminal has shown.
    #[track_caller]
    pub(crate) fn end(mut self) -> (i32, String) {
        self.seen += &self.session.exp_eof().unwrap();
        match self.session.process().wait().unwrap() {
            WaitStatus::Exited(_, code) => (code, self.seen),
            other => panic!("ended by {other:?}\n{}", self.seen),
        }
    }
}

/// Logs in to the sandbox with a code that somebody types.
#[track_caller]
pub(crate) fn log_in(home: &Home, sandbox: &Sandbox, more: &[&str]) -> String {
    let origin = sandbox.origin();
    let mut arguments = vec!["login", "sandbox", "--sandbox", &origin, "--oob"];
    arguments.extend(more);
    Terminal::start(home, &arguments).approve(sandbox)
}
