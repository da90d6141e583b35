//! The real opener, with a program of ours as the user's browser.
//!
//! In a process of its own, since it needs an environment and a logger of its own.

#[cfg(unix)]
#[test]
fn the_browser_is_started_without_the_token_in_sight() {
    use std::{fs, os::unix::fs::PermissionsExt, process::Command};

    let folder = tempfile::tempdir().unwrap();
    let (browser, seen) = (folder.path().join("browser"), folder.path().join("seen"));
    let script = format!(
        "#!/bin/sh\necho noise; echo noise >&2\nprintf %s \"$1\" > '{}.new'\nmv '{}.new' '{}'\n",
        seen.display(),
        seen.display(),
        seen.display()
    );
    fs::write(&browser, script).unwrap();
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

/// Everything that was logged, by whichever crate.
static LOGGED: std::sync::Mutex<String> = std::sync::Mutex::new(String::new());

struct Logger;

impl log::Log for Logger {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let line = format!("{} {}\n", record.target(), record.args());
        LOGGED.lock().unwrap().push_str(&line);
    }

    fn flush(&self) {}
}

/// Does nothing but in the process that the other test starts.
#[tokio::test]
async fn child() {
    use crate::support::*;

    let Some(seen) = std::env::var_os("TRIPOD_TEST_BROWSER_SAW") else { return };
    log::set_logger(&Logger).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let Scene { sandbox, mut loopback, issued, .. } = scene().await;
    assert!(loopback.open(&issued).await);

    let begun = std::time::Instant::now();
    let url = loop {
        match std::fs::read_to_string(&seen) {
            Ok(url) => break url,
            Err(_) if begun.elapsed() < BOUND => tokio::task::yield_now().await,
            Err(error) => panic!("the browser was not started: {error}"),
        }
    };
    let (token, page) = (issued.oauth_token().to_owned(), issued.authorization_url());
    let start = Url::parse(&url);
    assert!(!url.contains(&token), "{url}");
    assert_eq!(start.get().await.header("location"), Some(&*page));

    let back = Url::parse(approve(&sandbox, &issued));
    let (authorized, _) = tokio::join!(loopback.wait(issued), back.visit());
    assert!(authorized.is_ok());
    let logged = LOGGED.lock().unwrap();
    // The net is there: that crate does log what it starts.
    assert!(logged.contains("webbrowser"), "{logged}");
    for secret in [&*token, back.path(), back.target.split_once('?').unwrap().1] {
        assert!(!logged.contains(secret), "{secret} in {logged}");
    }
    println!("the child has run");
}
