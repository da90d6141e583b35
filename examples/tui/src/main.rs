//! A terminal program that keeps the flow in one place, whatever its state is.
//!
//! ```sh
//! cargo run -p example-tui
//! ```
//!
//! The program prints the state and reads lines: the code that the provider shows, Enter to try again, `c` to cancel
//! the call that is running, `q` to quit. A call that fails, a mistyped code and a cancelled call all keep the flow.
//!
//! This runs offline against a sandbox, which is an OAuth provider for tests, and whose first exchange fails. Open
//! the page that the program prints, and log in with the name and password that the page shows. If no line can be
//! read (standard input is closed), the program plays the user, who mistypes the code once. If
//! `FATSECRET_CONSUMER_KEY` and `FATSECRET_CONSUMER_SECRET` are set, the program uses FatSecret instead.

use std::{
    collections::VecDeque,
    env,
    io::{self, BufRead, Write, stdin, stdout},
    thread,
};

use anyhow::{Context, Result};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tripod::{AnyFlow, Callback, Client, Consumer, ErrorClass, Provider};
use tripod_sandbox::{Endpoint, Fault, Sandbox};

#[tokio::main]
async fn main() -> Result<()> {
    if env::var_os("FATSECRET_CONSUMER_KEY").is_some() {
        let client = Client::new(Provider::fatsecret(), Consumer::from_env("FATSECRET")?)?;
        let api = "https://platform.fatsecret.com/rest/server.api";
        return Program::new(&client, api, typed_lines(), stdout()).run().await;
    }
    let sandbox = Sandbox::start().await?;
    println!("FATSECRET_CONSUMER_KEY is not set: using a sandbox at {}.\n", sandbox.origin());
    sandbox.inject_at(Endpoint::AccessToken, Fault::ServerError);
    let client = Client::new(sandbox.provider(), sandbox.consumer())?;
    let mut program = Program::new(&client, &sandbox.resource_url(), typed_lines(), stdout());
    program.player = Some(Player { sandbox: &sandbox, code: None });
    program.run().await
}

/// Reads lines in a thread of its own, because reading from a terminal cannot be cancelled.
fn typed_lines() -> UnboundedReceiver<String> {
    let (sender, lines) = unbounded_channel();
    thread::spawn(move || {
        let mut input = stdin().lock();
        while let Ok(Some(line)) = read_line(&mut input) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    lines
}

/// Reads a line; `None` at the end of the input. What is not UTF-8 is a mistyped code like any other, and not the end.
fn read_line(input: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    let read = input.read_until(b'\n', &mut line)?;
    let text = String::from_utf8_lossy(&line);
    Ok((read > 0).then(|| text.trim_end_matches(['\r', '\n']).to_owned()))
}

struct Program<'a, W> {
    flow: AnyFlow,
    /// FatSecret's `server.api`, or the sandbox's.
    api: String,
    lines: UnboundedReceiver<String>,
    /// Typed while a call was running.
    typed_ahead: VecDeque<String>,
    /// Codes that the provider refused.
    refused: usize,
    /// Plays the user when nobody types.
    player: Option<Player<'a>>,
    out: W,
}

impl<W: Write> Program<'_, W> {
    fn new(client: &Client, api: &str, lines: UnboundedReceiver<String>, out: W) -> Self {
        let flow = client.begin(Callback::out_of_band()).into();
        Self {
            flow,
            api: api.to_owned(),
            lines,
            typed_ahead: VecDeque::new(),
            refused: 0,
            player: None,
            out,
        }
    }

    /// Goes on until access is granted, or until the user quits.
    async fn run(mut self) -> Result<()> {
        loop {
            let state = match &self.flow {
                AnyFlow::Begun(_) | AnyFlow::Requesting(_) => "asking for a request token",
                AnyFlow::Pending(_) => "waiting for your approval",
                AnyFlow::Approved(_) | AnyFlow::Exchanging(_) => "asking for an access token",
                AnyFlow::Granted(_) => "connected",
                _ => "in a state that this program does not know",
            };
            writeln!(self.out, "[{state}]")?;
            if let Some(session) = self.flow.session() {
                let profile =
                    session.get(&self.api).query(&[("method", "profile.get"), ("format", "json")]);
                let reply = profile.send().await?.error_for_status()?;
                writeln!(self.out, "The provider answers: {}", reply.text()?)?;
                return Ok(());
            }
            let goes_on = match self.flow.authorization_url() {
                Some(page) => self.ask_for_code(&page).await?,
                None => self.step().await?,
            };
            if !goes_on {
                writeln!(self.out, "Nothing was connected.")?;
                return Ok(());
            }
        }
    }

    async fn ask_for_code(&mut self, page: &str) -> Result<bool> {
        writeln!(self.out, "Open {page}\nand type the code that the page shows:")?;
        let Some(code) = self.next_line().await? else { return Ok(false) };
        match self.flow.authorize(&code) {
            Ok(()) => Ok(true),
            // Nothing was typed: ask again.
            Err(error) if error.class() == ErrorClass::User => {
                writeln!(self.out, "  {error}")?;
                Ok(true)
            }
            // The request token has expired, so no code of this page can help.
            Err(error) => Err(error.into()),
        }
    }

    /// Takes the step that needs no user. The call goes on while the program reads lines.
    async fn step(&mut self) -> Result<bool> {
        let outcome = loop {
            tokio::select! {
                outcome = self.flow.advance() => break outcome,
                // The future of `advance` is dropped here, and the next one goes on with the same call.
                Some(line) = self.lines.recv() => match line.trim() {
                    "q" => return Ok(false),
                    "c" => {
                        self.flow.cancel();
                        writeln!(self.out, "  The call was cancelled.")?;
                        return self.wants_to_try_again().await;
                    }
                    _ => self.typed_ahead.push_back(line),
                },
            }
        };
        let Err(error) = outcome else { return Ok(true) };
        writeln!(self.out, "  {error}")?;
        if error.is_retryable() {
            return self.wants_to_try_again().await;
        }
        // A mistyped code, or the user has not approved yet: the page is still open, and a code can be typed again. If
        // three codes were refused, the request token has probably ended.
        if error.may_be_wrong_verifier() && self.refused < 2 && self.flow.discard_verifier().is_ok()
        {
            self.refused += 1;
            return Ok(true);
        }
        Err(error.into())
    }

    async fn wants_to_try_again(&mut self) -> Result<bool> {
        writeln!(self.out, "Press Enter to try again, or type q to quit.")?;
        Ok(self.next_line().await?.is_some())
    }

    /// The next line; `None` if the user quits.
    async fn next_line(&mut self) -> Result<Option<String>> {
        let line = match self.typed_ahead.pop_front() {
            Some(line) => Some(line),
            None => self.lines.recv().await,
        };
        let line = match (line, &mut self.player) {
            (Some(line), _) => line,
            (None, Some(player)) => player.line(&self.flow)?,
            (None, None) => return Ok(None),
        };
        Ok(Some(line).filter(|line| line.trim() != "q"))
    }
}

/// Plays a user who approves, and who mistypes the code once.
struct Player<'a> {
    sandbox: &'a Sandbox,
    code: Option<String>,
}

impl Player<'_> {
    fn line(&mut self, flow: &AnyFlow) -> Result<String> {
        let Some(page) = flow.authorization_url() else { return Ok(String::new()) };
        if let Some(code) = self.code.take() {
            return Ok(code);
        }
        let code =
            self.sandbox.approve(&page)?.verifier().context("the page shows no code")?.to_owned();
        self.code = Some(code);
        Ok("mistyped".to_owned())
    }
}

#[cfg(test)]
mod tests;
