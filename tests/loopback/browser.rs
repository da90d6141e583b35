//! The real opener, with a program of ours as the user's browser.
//!
//! In a process of its own, since it needs an environment and a logger of its own.

use std::{fs, io, sync::Mutex, time::Instant};

use crate::support::*;

#[cfg(unix)]
#[test]
fn the_browser_is_started_without_the_token_in_sight() {
    use std::{os::unix::fs::PermissionsExt, process::Command};

    let folder = tempfile::tempdir().unwrap();
    let (browser, seen) = (folder.path().join("browser"), folder.path().join("seen"));
    // The file comes into being whole.
    let script = "#!/bin/sh\necho noise; echo noise >&2\n\
                  printf %s \"$1\" > \"$SAW.new\"\nmv \"$SAW.new\" \"$SAW\"\n";
    fs::write(&browser, script.replace("$SAW", "$TRIPOD_TEST_BROWSER_SAW")).unwrap();
    fs::set_permissions(&browser, fs::Permissions::from_mode(0o700)).unwrap();

    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "browser::child", "--nocapture"])
        .env("TRIPOD_TEST_BROWSER_SAW", &seen)
        .env("BROWSER", &browser)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stdout).into_owned()
        + &String::from_utf8_lossy(&child.stderr);
    assert!(child.status.success(), "{said}");
    assert!(said.contains("the child has run"), "{said}");
    assert!(!said.contains("noise"), "the browser's output is suppressed: {said}");
}

/// Everything that was logged and traced, by whichever crate.
static HEARD: Mutex<String> = Mutex::new(String::new());

struct Ear;

impl log::Log for Ear {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let line = format!("{} {}\n", record.target(), record.args());
        HEARD.lock().unwrap().push_str(&line);
    }

    fn flush(&self) {}
}

impl io::Write for Ear {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        HEARD.lock().unwrap().push_str(&String::from_utf8_lossy(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn listen() {
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(|| Ear)
        .init();
    log::set_boxed_logger(Box::new(Ear)).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
}

/// Does nothing but in the process that the other test starts.
#[tokio::test]
async fn child() {
    let Some(seen) = std::env::var_os("TRIPOD_TEST_BROWSER_SAW") else { return };
    listen();
    let scene = scene().await;
    let (back, other) = (scene.approve(), scene.approve_another().await);
    let Scene { mut loopback, issued, .. } = scene;
    assert!(loopback.open(&issued).await);

    let begun = Instant::now();
    let url = loop {
        match fs::read_to_string(&seen) {
            Ok(url) => break url,
            Err(_) if begun.elapsed() < BOUND => tokio::task::yield_now().await,
            Err(error) => panic!("the browser was not started: {error}"),
        }
    };
    let (token, page) = (issued.oauth_token().to_owned(), issued.authorization_url());
    let start = Url::parse(&url);
    assert!(!url.contains(&token), "{url}");
    assert_eq!(start.get().await.header("location"), Some(&*page));

    let visits = async { (other.visit().await, back.visit().await) };
    let (authorized, _) = tokio::join!(loopback.wait(issued), visits);
    assert!(authorized.is_ok());
    loopback.close().await;
    let heard = HEARD.lock().unwrap();
    // The nets are there: the other crate does log what it starts, and ours says what it does.
    for sign in ["webbrowser", "listening for the callback", "the callback was received"] {
        assert!(heard.contains(sign), "no {sign} in {heard}");
    }
    let pairs = [&back, &other].map(|url| url.target.split_once('?').unwrap().1);
    let values = pairs.iter().flat_map(|pairs| pairs.split('&')).map(|pair| {
        let (_, value) = pair.split_once('=').unwrap();
        value
    });
    for secret in values.chain([&*token, back.path()]) {
        assert!(secret.len() > 3 && !heard.contains(secret), "{secret} in {heard}");
    }
    println!("the child has run");
}
