//! `tripod login` and `logout`.

use std::{os::unix::fs::PermissionsExt as _, time::UNIX_EPOCH};

use tripod_sandbox::{Endpoint, Fault, Persona, Sandbox};

use crate::{
    browser,
    home::{Home, hold, said_of, sandbox},
    terminal::{Terminal, log_in},
};

/// Begins a login whose callback is not on this machine, so that the address is pasted.
fn paste(home: &Home, sandbox: &Sandbox) -> Terminal {
    let (origin, back) = (sandbox.origin(), "https://app.example/back");
    Terminal::start(home, &["login", "sandbox", "--sandbox", &origin, "--callback", back])
}

#[test]
fn a_code_is_typed_and_the_session_is_sealed() {
    let (home, sandbox) = (Home::new(), sandbox(|builder| builder));
    let seen = log_in(&home, &sandbox, &[]);
    assert!(seen.contains("log in as ada with the password lovelace"), "{seen}");
    assert!(seen.contains("as the account sandbox"), "{seen}");

    let stored = home.stored();
    for secret in ["canary-token", "sandbox-secret"] {
        let found = stored.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!found, "{secret}");
        assert!(!seen.contains(secret), "{secret} in {seen}");
    }
    for (path, mode) in [
        (home.data(), 0o700),
        (home.data().join("sessions.sqlite"), 0o600),
        (home.path("sealing.key"), 0o600),
    ] {
        assert_eq!(
            path.metadata().unwrap().permissions().mode() & 0o777,
            mode,
            "{}",
            path.display()
        );
    }
}

#[test]
fn a_code_that_was_mistyped_can_be_typed_again() {
    let (home, sandbox) = (Home::new(), sandbox(|builder| builder));
    let mut terminal =
        Terminal::start(&home, &["login", "sandbox", "--sandbox", &sandbox.origin(), "--oob"]);
    let page = terminal.page();
    let code = sandbox.approve(&page).unwrap().verifier().unwrap().to_owned();
    terminal.expect("shows: ");
    terminal.enter("  ");
    terminal.expect("That did not work");
    terminal.expect("shows: ");
    terminal.enter("wrong");
    terminal.expect("That did not work");
    terminal.expect("shows: ");
    terminal.enter(&code);
    terminal.end_well();
}

#[test]
fn the_exchange_is_tried_again_when_the_reply_was_lost_on_the_way() {
    let (home, sandbox) = (Home::new(), sandbox(|builder| builder));
    sandbox.inject_at(Endpoint::AccessToken, Fault::ServerError);
    log_in(&home, &sandbox, &[]);
    assert_eq!(sandbox.faults_waiting(), 0);
}

#[test]
fn the_browser_comes_back() {
    let (home, sandbox) = (Home::new(), sandbox(|builder| builder));
    let mut terminal = Terminal::start(
        &home,
        &["login", "sandbox", "--sandbox", &sandbox.origin(), "--no-browser"],
    );
    let page = terminal.page();
    terminal.expect("Waiting for the browser");
    let back = sandbox.approve(&page).unwrap().callback_url().unwrap().to_owned();
    browser::get(&back);
    let seen = terminal.end_well();
    assert!(seen.contains("as the account sandbox"), "{seen}");
}

#[test]
fn a_user_who_denies_is_told_so() {
    let (home, sandbox) = (Home::new(), sandbox(|builder| builder));
    let mut terminal = paste(&home, &sandbox);
    let page = terminal.page();
    let back = sandbox.deny(&page).unwrap().callback_url().unwrap().to_owned();
    terminal.expect("browser ended: ");
    terminal.enter(&back);
    let (exit, seen) = terminal.end();
    assert_eq!(exit, 3, "{seen}");
    assert!(seen.contains("denied"), "{seen}");
    assert!(home.run(&["status"]).out.starts_with("No account is logged in."));
}

#[test]
fn an_address_is_pasted_and_one_of_another_login_is_not_taken() {
    let (home, sandbox) = (Home::new(), sandbox(|builder| builder));
    let mut terminal = paste(&home, &sandbox);
    let page = terminal.page();
    let back = sandbox.approve(&page).unwrap().callback_url().unwrap().to_owned();
    terminal.expect("browser ended: ");
    terminal.enter("https://app.example/back?oauth_token=another&oauth_verifier=one");
    terminal.expect("That did not work");
    terminal.expect("browser ended: ");
    terminal.enter(&back);
    terminal.end_well();
}

/// A provider that a file describes, at a sandbox that is no provider's.
fn described(home: &Home, sandbox: &Sandbox) -> String {
    let origin = sandbox.origin();
    home.write(
        "photos.toml",
        &format!(
            "name = \"photos\"\nrequest_token = \"{}\"\nauthorize = \"{}\"\naccess_token = \"{}\"\n\
             api = \"{origin}/rest\"\ncode = true\n",
            sandbox.request_token_url(),
            sandbox.authorize_url(),
            sandbox.access_token_url()
        ),
    )
}

#[test]
fn the_consumer_is_asked_for_and_its_secret_is_not_shown() {
    let home = Home::new();
    let sandbox = sandbox(|builder| builder.generic().consumer("photos-key", "canary secret"));
    let file = described(&home, &sandbox);
    let mut terminal = Terminal::start(&home, &["login", "--provider", &file]);
    terminal.expect("Consumer key: ");
    terminal.enter("photos-key");
    terminal.expect("Consumer secret (not shown): ");
    terminal.enter_hidden("canary secret");
    let seen = terminal.approve(&sandbox);
    assert!(seen.contains("photos-key"), "what is typed is shown: {seen}");
    assert!(!seen.contains("canary"), "{seen}");

    // The account keeps what the file said.
    std::fs::remove_file(file).unwrap();
    let said = home.run(&["logout"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.err.contains("photos has no call that revokes a token"), "{said:?}");
}

#[test]
fn the_consumer_comes_from_the_environment_or_a_file() {
    let home = Home::new();
    let sandbox = sandbox(|builder| builder.generic().consumer("photos-key", "canary secret"));
    let file = described(&home, &sandbox);
    let consumer = home.write(
        "consumer.toml",
        "consumer_key = \"photos-key\"\nconsumer_secret = \"canary secret\"\n",
    );
    let set =
        [("PHOTOS_CONSUMER_KEY", "photos-key"), ("PHOTOS_CONSUMER_SECRET", "canary secret\n")];
    for (more, variables) in
        [(&[][..], &set[..]), (&["--replace", "--consumer-file", &consumer][..], &[][..])]
    {
        let mut arguments = vec!["login", "--provider", &file];
        arguments.extend(more);
        let terminal = Terminal::wide(&home, 120, &arguments, variables);
        terminal.approve(&sandbox);
    }
    let said = home.run(&["login", "--provider", &file, "--consumer-env", "MINE", "--replace"]);
    assert_eq!(said.code, 6);
    assert!(said.err.contains("MINE_CONSUMER_KEY is not set"), "{said:?}");
}

#[test]
fn a_wrong_secret_is_a_matter_of_the_setup() {
    let (home, sandbox) = (Home::new(), sandbox(|builder| builder));
    let mut command = home.tripod(&["login", "sandbox", "--sandbox", &sandbox.origin(), "--oob"]);
    command.env("TRIPOD_SANDBOX_CONSUMER_SECRET", "canary secret");
    let said = said_of(command.output().unwrap());
    assert_eq!(said.code, 6, "{said:?}");
    assert!(said.err.contains("signature"), "{said:?}");
    assert!(!said.err.contains("canary"), "{said:?}");
}

#[test]
fn without_anybody_to_type_the_program_says_what_to_set() {
    let home = Home::new();
    // A session of its own has no terminal.
    let mut command = home.command("setsid".as_ref());
    command.args(["-w", env!("CARGO_BIN_EXE_tripod"), "login", "fatsecret"]);
    command.env("FATSECRET_CONSUMER_KEY", "key").stdin(std::process::Stdio::null());
    let said = said_of(command.output().unwrap());
    assert_eq!(said.code, 6, "{said:?}");
    assert!(
        said.err.contains("Set FATSECRET_CONSUMER_KEY and FATSECRET_CONSUMER_SECRET"),
        "{said:?}"
    );
}

#[test]
fn a_provider_that_is_not_there_is_a_matter_of_time() {
    let home = Home::new();
    let nobody = hold(0);
    let origin = format!("http://{}", nobody.local_addr().unwrap());
    let said = home.run(&["login", "sandbox", "--sandbox", &origin, "--oob"]);
    assert_eq!(said.code, 4, "{said:?}");
    assert!(said.err.contains("Start a sandbox with `tripod sandbox`"), "{said:?}");
}

#[test]
fn a_logout_revokes_the_token() {
    let home = Home::new();
    let sandbox = sandbox(|builder| builder.like(Persona::X));
    let origin = sandbox.origin();
    let terminal = Terminal::start(&home, &["login", "x", "--sandbox", &origin, "--oob"]);
    let seen = terminal.approve(&sandbox);
    assert!(seen.contains("as the account x-sandbox"), "{seen}");

    let said = home.run(&["logout"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.err.contains("The access token was revoked."), "{said:?}");
    assert!(!sandbox.revoke("canary-token"), "it is gone at the provider");
    assert_eq!(home.run(&["logout"]).code, 5);
}

#[test]
fn a_logout_that_cannot_revoke_keeps_the_account() {
    let home = Home::new();
    let sandbox = sandbox(|builder| builder.like(Persona::X));
    let terminal = Terminal::start(&home, &["login", "x", "--sandbox", &sandbox.origin(), "--oob"]);
    terminal.approve(&sandbox);
    let port = sandbox.origin().rsplit(':').next().unwrap().parse().unwrap();
    drop(sandbox);
    let _held = hold(port);

    let said = home.run(&["logout"]);
    assert_eq!(said.code, 4, "{said:?}");
    assert!(said.err.contains("`tripod logout --local`"), "{said:?}");
    assert!(home.run(&["status"]).out.contains("x-sandbox"));
    assert_eq!(home.run(&["logout", "--local"]).code, 0);
    assert!(home.run(&["status"]).out.starts_with("No account is logged in."));
}

#[test]
fn a_token_is_renewed_where_the_provider_can() {
    // Midnight in New York, at which a token of E*TRADE's ends, is a full hour everywhere.
    let hour = || UNIX_EPOCH.elapsed().unwrap().as_secs() / 3600;
    let (home, etrade, said) = loop {
        let begun = hour();
        let (home, etrade) = (Home::new(), sandbox(|builder| builder.like(Persona::Etrade)));
        // E*TRADE shows a code, so `--oob` need not be said.
        let terminal = Terminal::start(&home, &["login", "etrade", "--sandbox", &etrade.origin()]);
        terminal.approve(&etrade);
        let said = home.run(&["renew"]);
        if hour() == begun {
            break (home, etrade, said);
        }
    };
    assert_eq!(said.code, 0, "{said:?}");
    let log = etrade.log();
    let last = log.last().unwrap();
    assert_eq!(
        (&*last.path, last.status.map(|status| status.as_u16())),
        ("/oauth/renew_access_token", Some(200))
    );
    assert_eq!(home.run(&["logout"]).code, 0);

    let fatsecret = sandbox(|builder| builder);
    log_in(&home, &fatsecret, &[]);
    let said = home.run(&["renew"]);
    assert_eq!(said.code, 9, "{said:?}");
}
