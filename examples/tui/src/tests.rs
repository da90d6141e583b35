//! The program, with a user who is played or types when the program asks.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::{
    future::pending,
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::sync::mpsc::UnboundedSender;
use tripod::{
    bytes::Bytes,
    http::Request,
    transport::{Limits, ReqwestTransport, Transport, TransportFuture},
};

use super::*;

/// What the program has printed, and what the user does when a line is printed.
struct Screen<U> {
    text: String,
    user: U,
}

impl<U: FnMut(&str)> Write for &mut Screen<U> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let begin = self.text.rfind('\n').map_or(0, |at| at + 1);
        self.text.push_str(std::str::from_utf8(bytes).unwrap());
        let lines = self.text[begin..].to_owned();
        lines
            .split_inclusive('\n')
            .filter_map(|line| line.strip_suffix('\n'))
            .for_each(&mut self.user);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Runs the program with a user who answers printed lines; without the addresses, which are new each time.
async fn run(
    sandbox: &Sandbox,
    player: bool,
    mut user: impl FnMut(&str, &UnboundedSender<String>),
) -> String {
    run_with(ReqwestTransport::new().unwrap(), sandbox, player, &mut user).await
}

async fn run_with(
    transport: impl Transport,
    sandbox: &Sandbox,
    player: bool,
    mut user: impl FnMut(&str, &UnboundedSender<String>),
) -> String {
    let client = Client::from_transport(sandbox.provider(), sandbox.consumer(), transport);
    let (sender, lines) = unbounded_channel();
    let sender = (!player).then_some(sender);
    let mut screen = Screen {
        text: String::new(),
        user: |line: &str| {
            if let Some(sender) = &sender {
                user(line, sender);
            }
        },
    };
    let mut program = Program::new(&client, &sandbox.resource_url(), lines, &mut screen);
    program.player = player.then_some(Player { sandbox, code: None });
    program.run().await.unwrap();
    let shown = screen.text.lines().map(|line| match line.split_once("?oauth_token=") {
        Some(_) => "Open the page",
        None => line.split([';', ':']).next().unwrap(),
    });
    shown.collect::<Vec<_>>().join("\n")
}

const ASKED: &str =
    "[waiting for your approval]\nOpen the page\nand type the code that the page shows\n";

#[tokio::test]
async fn with_nobody_there_the_program_ends_by_itself() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.inject_at(Endpoint::AccessToken, Fault::ServerError);
    let shown = run(&sandbox, true, |_, _| ()).await;
    let expected = format!(
        "[asking for a request token]\n\
         {ASKED}\
         [asking for an access token]\n  access token\n\
         Press Enter to try again, or type q to quit.\n\
         [asking for an access token]\n  access token\n\
         {ASKED}\
         [asking for an access token]\n\
         [connected]\nThe provider answers"
    );
    assert_eq!(shown, expected);
    // A request token; three exchanges, of which one was refused for its code; the profile.
    assert_eq!(sandbox.requests(), 5);
}

/// Sends nothing while it is stuck.
struct Stuck(Arc<AtomicBool>, ReqwestTransport);

impl Transport for Stuck {
    fn send(&self, request: Request<Bytes>, limits: Limits) -> TransportFuture {
        if self.0.load(Ordering::SeqCst) {
            return Box::pin(pending());
        }
        self.1.send(request, limits)
    }
}

#[tokio::test]
async fn a_call_that_is_cancelled_keeps_the_flow() {
    let sandbox = Sandbox::start().await.unwrap();
    let is_stuck = Arc::new(AtomicBool::new(true));
    let transport = Stuck(Arc::clone(&is_stuck), ReqwestTransport::new().unwrap());
    let shown = run_with(transport, &sandbox, false, |line, lines| {
        let types = |text: &str| lines.send(text.to_owned()).unwrap();
        if line == "[asking for a request token]" && is_stuck.load(Ordering::SeqCst) {
            types("c");
        } else if line.starts_with("Press Enter") {
            is_stuck.store(false, Ordering::SeqCst);
            types("");
        } else if let Some(page) = line.strip_prefix("Open ") {
            types(sandbox.approve(page).unwrap().verifier().unwrap());
        }
    })
    .await;
    let expected = format!(
        "[asking for a request token]\n  The call was cancelled.\n\
         Press Enter to try again, or type q to quit.\n\
         [asking for a request token]\n{ASKED}[asking for an access token]\n\
         [connected]\nThe provider answers"
    );
    assert_eq!(shown, expected);
}

#[tokio::test]
async fn the_user_can_quit() {
    let sandbox = Sandbox::start().await.unwrap();
    let shown = run(&sandbox, false, |line, lines| {
        if line.starts_with("Open ") {
            lines.send(" q ".to_owned()).unwrap();
        }
    })
    .await;
    assert_eq!(shown, format!("[asking for a request token]\n{ASKED}Nothing was connected."));
}

#[test]
fn a_line_that_is_not_text_is_not_the_end_of_the_input() {
    let mut input = &b"caf\xe9\r\n\n1234567"[..];
    let mut next = || read_line(&mut input).unwrap();
    assert_eq!(next().as_deref(), Some("caf\u{fffd}"));
    assert_eq!((next().as_deref(), next().as_deref(), next()), (Some(""), Some("1234567"), None));
}
