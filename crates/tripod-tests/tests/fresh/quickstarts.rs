//! The programs of `docs/quickstarts.md`. Each is built as it stands, and once more as the page says under
//! "Without keys": against a sandbox, where it runs to its end.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use serde_json::Value;
use tokio::net::TcpSocket;
use tripod::{reqwest::redirect::Policy, transport::ReqwestTransport};
use tripod_sandbox::Sandbox;

use super::{Fresh, Outcome, block, root};

const PLATFORM: &str = "https://platform.fatsecret.com";
/// What the page writes for the sandbox's origin.
const HERE: &str = "http://127.0.0.1:8080";

fn page() -> Outcome<String> {
    Ok(fs::read_to_string(root()?.join("docs/quickstarts.md"))?)
}

fn section<'a>(page: &'a str, title: &str) -> Outcome<&'a str> {
    let (_, rest) = page.split_once(&format!("\n## {title}\n")).ok_or(title)?;
    Ok(rest.split_once("\n## ").map_or(rest, |(section, _)| section))
}

/// A program, changed as the page says for those who have no keys.
fn for_sandbox(page: &str, program: &str, sandbox: &Sandbox) -> Outcome<String> {
    let provider = block(section(page, "Without keys")?, "rust")?;
    assert!(program.contains("Provider::fatsecret()") && program.contains(PLATFORM));
    assert!(provider.contains(HERE));
    let moved = program
        .replace("Provider::fatsecret()", "in_sandbox(Provider::fatsecret())?")
        .replace(PLATFORM, &sandbox.origin());
    Ok(format!("{moved}\n\n{}\n", provider.replace(HERE, &sandbox.origin())))
}

/// A program that runs, ended if the test ends before it.
struct Running {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Running {
    fn start(mut command: Command) -> Outcome<Self> {
        // Without a display no browser opens, which would wait for somebody to log in.
        for name in ["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "BROWSER"] {
            command.env_remove(name);
        }
        let mut child = command
            .env("FATSECRET_CONSUMER_KEY", "key")
            .env("FATSECRET_CONSUMER_SECRET", "secret")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdin = child.stdin.take().ok_or("no input")?;
        let stdout = BufReader::new(child.stdout.take().ok_or("no output")?);
        Ok(Self { child, stdin, stdout })
    }

    /// The address on the next line.
    fn address(&mut self) -> Outcome<String> {
        let mut line = String::new();
        self.stdout.read_line(&mut line)?;
        let address = line.split_whitespace().find(|word| word.starts_with("http"));
        Ok(address.ok_or(format!("no address in {line:?}"))?.to_owned())
    }

    fn rest(mut self) -> Outcome<String> {
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest)?;
        assert!(self.child.wait()?.success(), "{rest}");
        Ok(rest)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Builds the program of a section as it stands, and once more for the sandbox, with a change of the test's.
async fn built(
    name: &'static str,
    title: &str,
    change: impl Fn(&str) -> String,
) -> Outcome<(Sandbox, Running)> {
    let page = page()?;
    let quickstart = section(&page, title)?;
    let program = block(quickstart, "rust")?;
    let fresh = Fresh::beside_the_sandbox(name, block(quickstart, "toml")?)?;
    let sandbox = Sandbox::builder().consumer("key", "secret").start().await?;
    let program = fresh.build(&[program, &for_sandbox(&page, &change(program), &sandbox)?])?;
    Ok((sandbox, Running::start(Command::new(program))?))
}

/// The profile, in JSON, is what the program ended with.
fn check_profile(said: &str) -> Outcome<()> {
    let json: Value = serde_json::from_str(said.trim())?;
    assert!(json["profile"].is_object(), "{said}");
    Ok(())
}

// The sandbox needs a thread while the test waits for the program's next line.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_for_the_command_line_works_as_copied() -> Outcome<()> {
    let (sandbox, mut running) =
        built("quickstart-command-line", "Command line", str::to_owned).await?;
    let approval = sandbox.approve(&running.address()?)?;
    writeln!(running.stdin, "{}", approval.verifier().ok_or("no code")?)?;
    check_profile(&running.rest()?)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_for_the_desktop_works_as_copied() -> Outcome<()> {
    let (sandbox, mut running) = built("quickstart-desktop", "Desktop", str::to_owned).await?;
    let approval = sandbox.approve(&running.address()?)?;
    let browser = ReqwestTransport::builder()?.build()?;
    let back = approval.callback_url().ok_or("no callback")?;
    browser.get(back).send().await?.error_for_status()?;
    check_profile(&running.rest()?)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_for_the_web_works_as_copied() -> Outcome<()> {
    // Bound without a listener, so that nobody else gets the port while the program is built. The program can bind it
    // as well, since both sockets allow that.
    let held = TcpSocket::new_v4()?;
    held.set_reuseaddr(true)?;
    held.bind("127.0.0.1:0".parse()?)?;
    let free = held.local_addr()?.to_string();
    let (sandbox, mut running) = built("quickstart-web", "Web, with axum", |program| {
        program.replace("127.0.0.1:3000", &free)
    })
    .await?;
    let browser = ReqwestTransport::builder()?.redirect(Policy::none()).build()?;
    let reply = browser.get(running.address()?).send().await?;
    let header = |name: &str| Some(reply.headers().get(name)?.to_str().ok()?.to_owned());
    let cookie = header("set-cookie").ok_or("no cookie")?;
    let approval = sandbox.approve(&header("location").ok_or("no redirect")?)?;
    let back = approval.callback_url().ok_or("no callback")?;

    // Another browser, which has no cookie.
    assert_eq!(browser.get(back).send().await?.status(), 403);
    let cookie = cookie.split(';').next().unwrap_or_default();
    let reply = browser.get(back).header("cookie", cookie).send().await?;
    assert_eq!(reply.status(), 200);
    check_profile(&reply.text().await?)
}
