//! Several accounts side by side, and what keeps them.

use std::{fs, os::unix::fs::PermissionsExt as _};

use tripod_sandbox::{Persona, Sandbox};

use crate::{
    home::{Home, said_of, sandbox},
    terminal::{self, Terminal},
};

fn log_in(home: &Home, sandbox: &Sandbox, account: &str, more: &[&str]) -> String {
    terminal::log_in(home, sandbox, &[&["--account", account], more].concat())
}

fn default(home: &Home) -> Option<String> {
    let said = home.run(&["status"]);
    let line =
        said.out.lines().find(|line| line.starts_with("* ") && !line.ends_with("default account"));
    line.and_then(|line| line.split_whitespace().nth(1).map(str::to_owned))
}

#[test]
fn accounts_stand_side_by_side_with_a_default() {
    let (home, sandbox) = (Home::new(), sandbox(|builder| builder));
    log_in(&home, &sandbox, "home", &[]);
    let seen = log_in(&home, &sandbox, "work", &[]);
    assert!(seen.contains("`tripod use work`"), "{seen}");
    assert_eq!(default(&home).as_deref(), Some("home"));

    assert_eq!(home.run(&["use", "work"]).code, 0);
    assert_eq!(default(&home).as_deref(), Some("work"));
    log_in(&home, &sandbox, "club", &["--default"]);
    assert_eq!(default(&home).as_deref(), Some("club"));

    let said = home.run(&["use", "none"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("There are: club, home, work."), "{said:?}");

    let status = home.run(&["status", "--json"]);
    for part in [
        "\"account\": \"work\"",
        "\"provider\": \"fatsecret\"",
        "\"consumer_key\": \"sandbox-key\"",
    ] {
        assert!(status.out.contains(part), "{}", status.out);
    }
    assert!(!status.out.contains("canary") && !status.out.contains("sandbox-secret"));

    // The default is gone, and two are left: somebody has to choose.
    assert_eq!(home.run(&["logout", "--account", "club"]).code, 0);
    assert_eq!(default(&home), None);
    assert_eq!(home.run(&["logout"]).code, 2);
    let mut command = home.tripod(&["logout"]);
    let last = said_of(command.env("TRIPOD_ACCOUNT", "home").output().unwrap());
    assert_eq!((last.code, default(&home).as_deref()), (0, Some("work")));
}

#[test]
fn logins_at_the_same_time_lose_no_account() {
    let (home, sandbox) = (Home::new(), sandbox(|builder| builder));
    let names = ["one", "two", "three", "four"];
    std::thread::scope(|scope| {
        for name in names {
            let (home, sandbox) = (&home, &sandbox);
            scope.spawn(move || log_in(home, sandbox, name, &[]));
        }
    });
    // Each of them opens: they were all sealed with the same key.
    for name in names {
        let said = home.run(&["logout", "--account", name]);
        assert_eq!(said.code, 0, "{said:?}");
    }
}

#[test]
fn an_account_is_not_replaced_by_one_of_another_provider() {
    let (home, sandbox) = (Home::new(), sandbox(|builder| builder));
    log_in(&home, &sandbox, "home", &[]);
    log_in(&home, &sandbox, "home", &[]);
    let origin = sandbox.origin();
    let said = home.run(&["login", "x", "--sandbox", &origin, "--oob", "--account", "home"]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.err.contains("Choose another name with `--account NAME`"), "{said:?}");
}

/// The second login may be another user's: whoever types is asked, and a script is told what to say.
#[test]
fn a_session_is_replaced_only_if_somebody_says_so() {
    let (home, sandbox) = (Home::new(), sandbox(|builder| builder));
    let origin = sandbox.origin();
    let login = ["login", "fatsecret", "--sandbox", &*origin, "--oob"];
    Terminal::start(&home, &login).approve(&sandbox);

    let said = home.run(&login);
    assert_eq!(said.code, 2, "{said:?}");
    for part in ["fatsecret-sandbox is already logged in", "`--account NAME`", "`--replace`"] {
        assert!(said.err.contains(part), "{said:?}");
    }
    let mut asked = Terminal::start(&home, &login);
    asked.expect("with the consumer key sandbox-key");
    asked.expect("Replace the session? [y/N]: ");
    asked.enter("");
    let (exit, seen) = asked.end();
    assert!(exit == 3 && seen.contains("stays as it was"), "{exit}: {seen}");
    assert_eq!(home.run(&["logout"]).code, 0, "the session still opens");

    Terminal::start(&home, &login).approve(&sandbox);
    let mut asked = Terminal::start(&home, &login);
    asked.expect("[y/N]: ");
    asked.enter("y");
    asked.approve(&sandbox);
    let replacing = [&login[..], &["--replace"]].concat();
    Terminal::start(&home, &replacing).approve(&sandbox);
    let other = [&login[..], &["--account", "bob"]].concat();
    Terminal::start(&home, &other).approve(&sandbox);
}

/// Both logins began when there was no account of this name.
#[test]
fn a_session_that_came_meanwhile_is_not_replaced() {
    let (home, sandbox) = (Home::new(), sandbox(|builder| builder));
    let origin = sandbox.origin();
    let login = ["login", "fatsecret", "--sandbox", &*origin, "--oob"];
    let mut first = Terminal::start(&home, &login);
    let page = first.page();
    Terminal::start(&home, &login).approve(&sandbox);
    let code = sandbox.approve(&page).unwrap().verifier().unwrap().to_owned();
    first.expect("Code that the page shows: ");
    first.enter(&code);
    let (exit, seen) = first.end();
    assert!(exit == 2 && seen.contains("is already logged in"), "{exit}: {seen}");
    assert!(seen.contains("The provider has granted access"), "{seen}");
}

/// What was granted and cannot be stored is said, and taken back where the provider can.
#[test]
fn a_token_that_cannot_be_stored_is_revoked() {
    let home = Home::new();
    let sandbox = sandbox(|builder| builder.like(Persona::X));
    let origin = sandbox.origin();
    let mut login = Terminal::start(&home, &["login", "x", "--sandbox", &origin, "--oob"]);
    let page = login.page();
    let lock = home.data().join("lock");
    fs::remove_file(&lock).unwrap();
    fs::create_dir(&lock).unwrap();
    let code = sandbox.approve(&page).unwrap().verifier().unwrap().to_owned();
    login.expect("Code that the page shows: ");
    login.enter(&code);
    let (exit, seen) = login.end();
    assert!(exit == 8 && seen.contains("the new token was revoked"), "{exit}: {seen}");
    assert!(!sandbox.revoke("canary-token"));
}

#[test]
fn a_login_of_another_provider_that_ended_meanwhile_is_not_replaced() {
    let (home, fatsecret) = (Home::new(), sandbox(|builder| builder));
    let discogs = sandbox(|builder| builder.like(Persona::Discogs));
    let login = |provider, at: &Sandbox| {
        let origin = at.origin();
        let arguments = ["login", provider, "--sandbox", &origin, "--oob", "--account", "home"];
        Terminal::start(&home, &arguments)
    };
    let mut first = login("fatsecret", &fatsecret);
    let page = first.page();
    login("discogs", &discogs).approve(&discogs);

    let code = fatsecret.approve(&page).unwrap().verifier().unwrap().to_owned();
    first.expect("Code that the page shows: ");
    first.enter(&code);
    let (exit, seen) = first.end();
    assert!(exit == 2 && seen.contains("the account home is one of"), "{exit}: {seen}");
    assert!(home.run(&["status"]).out.contains("discogs"));
}

#[test]
fn a_key_that_others_can_read_is_refused() {
    let (home, sandbox) = (Home::new(), sandbox(|builder| builder));
    log_in(&home, &sandbox, "home", &[]);
    let key = home.path("sealing.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let said = home.run(&["logout"]);
    assert_eq!(said.code, 6, "{said:?}");
    assert!(said.err.contains("644") || said.err.contains("0600"), "{said:?}");
}

#[test]
fn another_key_opens_nothing() {
    let (home, sandbox) = (Home::new(), sandbox(|builder| builder));
    log_in(&home, &sandbox, "home", &[]);
    let key = home.path("sealing.key");
    fs::remove_file(&key).unwrap();
    assert_eq!(home.run(&["logout"]).code, 6, "the key is missing");
    // A login makes no second key while there is a session that has another.
    let origin = sandbox.origin();
    let login = ["login", "sandbox", "--sandbox", &origin, "--oob", "--account", "work"];
    let said = home.run(&login);
    assert_eq!(said.code, 6, "{said:?}");
    assert!(said.err.contains("`tripod logout --local`") && !key.exists(), "{said:?}");

    let other = Home::new();
    log_in(&other, &sandbox, "work", &[]);
    fs::copy(other.path("sealing.key"), &key).unwrap();
    assert_eq!(home.run(&["logout", "--account", "home"]).code, 8);
    assert_eq!(home.run(&["logout", "--account", "home", "--local"]).code, 0);
    fs::remove_file(&key).unwrap();
    log_in(&home, &sandbox, "work", &[]);
    assert_eq!(home.run(&["logout"]).code, 0);
}

/// Where no keyring answers, the key is in a file in the data folder, and the user is told.
#[cfg(target_os = "linux")]
#[test]
fn without_a_keyring_the_key_is_in_a_file() {
    let (home, sandbox) = (Home::new(), sandbox(|builder| builder));
    let origin = sandbox.origin();
    let nowhere = [("TRIPOD_KEY_FILE", ""), ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")];
    let arguments = ["login", "sandbox", "--sandbox", &*origin, "--oob"];
    let mut terminal = Terminal::wide(&home, 120, &arguments, &nowhere);
    terminal.expect("This system has no keyring that can be used");
    terminal.approve(&sandbox);
    let key = home.data().join("sealing.key");
    assert_eq!(key.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let status = said_of(home.tripod(&["status"]).envs(nowhere).output().unwrap());
    assert!(status.out.contains(key.to_str().unwrap()), "{status:?}");
    assert_eq!(said_of(home.tripod(&["logout"]).envs(nowhere).output().unwrap()).code, 0);
}

/// Somebody may be logged in there.
#[test]
fn a_folder_that_cannot_be_read_is_not_an_empty_one() {
    let home = Home::new();
    home.write("data", "a file in the place of the folder");
    for command in ["status", "logout", "renew", "login"] {
        let arguments: &[&str] =
            if command == "login" { &["login", "sandbox"] } else { &[command] };
        let said = home.run(arguments);
        assert_eq!((said.code, &*said.out), (8, ""), "{said:?}");
        assert!(said.err.contains(home.data().to_str().unwrap()), "{said:?}");
    }
}

#[test]
fn before_the_first_login_nothing_is_made() {
    let home = Home::new();
    let status = home.run(&["status"]);
    assert_eq!(status.code, 0);
    assert!(status.out.starts_with("No account is logged in."), "{status:?}");
    assert_eq!(home.run(&["status", "--json"]).out, "[]\n");
    let said = home.run(&["logout"]);
    assert_eq!(said.code, 5);
    assert!(said.err.contains("`tripod login sandbox`"), "{said:?}");
    assert!(!home.data().exists());
}

/// Where the sessions are if nobody says so: on Linux, what the XDG specification has.
#[cfg(target_os = "linux")]
#[test]
fn the_usual_folder_is_the_systems_own() {
    let home = Home::new();
    let shown = |data_home: &str| {
        let mut command = home.tripod(&["status"]);
        command.env_remove("TRIPOD_DATA_DIR").env("XDG_DATA_HOME", data_home);
        said_of(command.output().unwrap()).out
    };
    for (data_home, folder) in [
        ("", home.path(".local/share/tripod")),
        ("relative", home.path(".local/share/tripod")),
        (home.path("xdg").to_str().unwrap(), home.path("xdg/tripod")),
    ] {
        let out = shown(data_home);
        assert!(out.contains(&format!("Sessions are in {}\n", folder.display())), "{out}");
    }
    let mut command = home.tripod(&["status"]);
    let nowhere = command.env_remove("TRIPOD_DATA_DIR").env("HOME", "relative").output().unwrap();
    let nowhere = said_of(nowhere);
    assert_eq!(nowhere.code, 8, "{nowhere:?}");
    assert!(nowhere.err.contains("Set TRIPOD_DATA_DIR"), "{nowhere:?}");
}
