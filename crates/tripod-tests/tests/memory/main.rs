//! What is left in memory once a flow is over: nothing of a secret, in what the crate allocates.
//!
//! Each case is a process of its own. It gets fresh canaries over a pipe, goes through a whole flow,
//! drops everything and stops; then its memory is read from outside, where the canaries are known.
//! Memory that was freed is read too, so a copy that was given back without being wiped is found.
//!
//! Linux only, since it reads `/proc/PID/mem`. Where that is not to be had, the cases say so.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper of a test fails by panicking, as the test does"
)]

mod canary;
#[allow(dead_code, reason = "shared with another test binary, which uses all of it")]
#[path = "../../../../tests/signature/naive.rs"]
mod naive;
mod scan;
mod server;
mod watched;

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, Command, ExitCode, Stdio},
};

use libtest_mimic::{Arguments, Failed, Trial};

use self::{canary::Canaries, scan::Found};

/// Names the case that a process is to go through. Absent in the test itself.
const CASE: &str = "TRIPOD_MEMORY_CASE";

/// What a case may leave behind, and why.
struct Left {
    /// The canary, as [`Needle::of`] names it.
    of: &'static str,
    why: &'static str,
}

/// Safe Rust has no means to wipe a stack, or registers. So these places are told, and fail nothing.
const ON_THE_STACK: &str =
    "the hash's compression function has kept its words in a frame of its own";

const IN_A_REGISTER: &str =
    "a register has kept four words of the hash, and the compiler has stored it with another value";

struct Case {
    name: &'static str,
    /// Seen while the session is alive: the scan finds what is there.
    alive: &'static [&'static str],
    left: &'static [Left],
}

const KEYED: &[&str] = &["consumer secret", "access secret", "access key schedule"];
const TEXT: &[&str] = &["consumer secret", "access secret"];

const VERIFIER_SENT: Left = Left {
    of: "verifier",
    why: "it was sent in the exchange's URL or header, whose buffers are the `http` crate's; it \
        works once and has been used",
};

const CASES: &[Case] = &[
    Case { name: "form, HMAC-SHA1", alive: KEYED, left: &[] },
    Case { name: "form, HMAC-SHA256", alive: KEYED, left: &[] },
    Case { name: "form, HMAC-SHA512", alive: KEYED, left: &[] },
    Case { name: "form, PLAINTEXT", alive: TEXT, left: &[] },
    Case { name: "form, a signer of the caller's own", alive: TEXT, left: &[] },
    Case { name: "header, HMAC-SHA1", alive: KEYED, left: &[VERIFIER_SENT] },
    Case { name: "query, HMAC-SHA1", alive: KEYED, left: &[VERIFIER_SENT] },
    Case { name: "steps given up and refused", alive: KEYED, left: &[] },
    Case { name: "a transport that panics", alive: KEYED, left: &[] },
    Case {
        name: "put away and taken up again",
        alive: &["consumer secret", "access secret", "access key schedule", "sealing key"],
        left: &[],
    },
    Case { name: "over reqwest", alive: KEYED, left: &[VERIFIER_SENT] },
    Case {
        name: "over reqwest, in pieces",
        alive: KEYED,
        left: &[
            VERIFIER_SENT,
            Left { of: "request secret", why: ONE_BUFFER },
            Left { of: "access secret", why: ONE_BUFFER },
        ],
    },
];

const ONE_BUFFER: &str = "the pieces of a chunked reply share a buffer of hyper's, which cannot be \
    written to while there is more than one; a reply in one piece is wiped";

fn main() -> ExitCode {
    if let Ok(case) = std::env::var(CASE) {
        watched::run(&case);
        return ExitCode::SUCCESS;
    }
    let arguments = Arguments::from_args();
    let trials = CASES
        .iter()
        .map(|case| Trial::test(format!("nothing is left of: {}", case.name), || check(case)))
        .collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn check(case: &Case) -> Result<(), Failed> {
    if !cfg!(target_os = "linux") {
        return skip(case, "another process's memory is read by way of Linux's /proc");
    }
    let canaries = Canaries::random();
    let needles = canaries.needles();
    let address = server::start(canaries.clone(), case.name.ends_with("in pieces"));
    let mut watched = Watched::start(case.name, &canaries, &address);

    watched.reaches("alive");
    let regions = match scan::regions(watched.process.id()) {
        Ok(regions) => regions,
        Err(error) => {
            return skip(case, &format!("the other process's memory cannot be read: {error}"));
        }
    };
    let names = |found: &[Found]| found.iter().map(|found| found.of).collect::<BTreeSet<_>>();
    let alive = names(&scan::find(&regions, &needles));
    for of in case.alive {
        assert!(
            alive.contains(of),
            "{of} was not found in use, so the scan proves nothing: {alive:?}"
        );
    }
    drop(regions);

    watched.goes_on();
    watched.reaches("over");
    let regions = scan::regions(watched.process.id())?;
    let found = scan::find(&regions, &needles);
    watched.goes_on();
    assert!(watched.process.wait()?.success());

    let mut wrong = String::new();
    for one in &found {
        let allowed = case.left.iter().find(|left| left.of == one.of).map(|left| left.why);
        let on_the_stack = one.is_schedule_on_the_stack().then_some(ON_THE_STACK);
        let in_a_register = one.is_schedule_of_a_register().then_some(IN_A_REGISTER);
        match allowed.or(on_the_stack).or(in_a_register) {
            Some(why) => println!("LEFT: {}: {}: {why}", case.name, one.what()),
            None => write!(wrong, "\n{one}")?,
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(format!("left behind:{wrong}").into()) }
}

/// Says so; where everything must run, that is a failure.
fn skip(case: &Case, why: &str) -> Result<(), Failed> {
    println!("SKIPPED: {}: {why}", case.name);
    match std::env::var("TRIPOD_TEST_ALL").as_deref() {
        Ok("1") => Err("TRIPOD_TEST_ALL=1: nothing may be skipped".into()),
        _ => Ok(()),
    }
}

/// The process whose memory is read.
struct Watched {
    process: Child,
    to: ChildStdin,
    from: BufReader<std::process::ChildStdout>,
}

impl Watched {
    fn start(case: &str, canaries: &Canaries, address: &str) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .env(CASE, case)
            // What walks the stack after a panic copies what lies dead on it.
            .env("RUST_BACKTRACE", "0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut to = process.stdin.take().unwrap();
        to.write_all(canaries.sheet(address).as_bytes()).unwrap();
        let from = BufReader::new(process.stdout.take().unwrap());
        Self { process, to, from }
    }

    #[track_caller]
    fn reaches(&mut self, point: &str) {
        let mut line = String::new();
        self.from.read_line(&mut line).unwrap();
        assert_eq!(line.trim_end(), point, "the watched process has ended early");
    }

    fn goes_on(&mut self) {
        self.to.write_all(b"\n").unwrap();
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        // After a failed check it would wait for ever.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
