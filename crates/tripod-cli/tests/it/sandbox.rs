//! `tripod sandbox`, and the login that needs nothing.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
};

use crate::{
    browser,
    home::{Home, hold, said_of},
    terminal::Terminal,
};

#[test]
fn a_login_starts_a_sandbox_and_a_later_one_knows_its_token() {
    let home = Home::new();
    // Nobody else gets the port, and the program can listen there: on other systems than Linux it cannot.
    let held = hold(0);
    let port = held.local_addr().unwrap().port().to_string();
    let _held = cfg!(target_os = "linux").then_some(held);
    let usual = [("TRIPOD_SANDBOX_PORT", &*port)];
    let mut login = Terminal::wide(&home, 120, &["login", "sandbox", "--oob"], &usual);
    login.expect("starting one for this login");
    let page = login.page();
    let shown = browser::allow(&page);
    login.expect("shows: ");
    login.enter(&browser::between(&shown, "<strong id=\"code\">", "<"));
    let (exit, seen) = login.end();
    assert_eq!(exit, 0, "{seen}");
    assert!(seen.contains("start `tripod sandbox` before you call the API"), "{seen}");

    let mut running = Terminal::wide(&home, 120, &["sandbox"], &usual);
    running.expect("tripod login sandbox\r\n");
    running.expect("access token    sandbox-token");
    running.expect("\r\n\r\n");
    let mut again = Terminal::wide(&home, 120, &["login", "sandbox", "--oob"], &usual);
    let shown = browser::allow(&again.page());
    again.expect("shows: ");
    again.enter(&browser::between(&shown, "<strong id=\"code\">", "<"));
    let (exit, seen) = again.end();
    assert_eq!(exit, 0, "{seen}");
    assert!(!seen.contains("starting one"), "{seen}");
    running.expect("Z GET /oauth/access_token 200");
    running.control('c');
    let (exit, seen) = running.end();
    assert_eq!(exit, 0, "{seen}");
    assert!(!seen.contains("oauth_verifier"), "{seen}");
}

#[test]
fn it_can_be_another_provider() {
    let home = Home::new();
    let mut running =
        Terminal::start(&home, &["sandbox", "--port", "0", "--like", "x", "--base-strings"]);
    running.expect("with the habits of x: ");
    let origin = running.expect("\r\n");
    running.expect(&format!("tripod login x --sandbox {origin}"));
    running.expect("https://upload.x.com");
    running.expect("\r\n\r\n");
    let reply = browser::get(&format!("{origin}/oauth/request_token"));
    assert!(reply.starts_with("HTTP/1.1 4"), "{reply}");
    running.expect("refused: ");
    running.control('c');
    assert_eq!(running.end().0, 0);
}

/// Something answers on the usual port, but it is no sandbox.
#[test]
fn another_program_on_the_port_is_not_taken_for_a_sandbox_in_silence() {
    let home = Home::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            // The connection that only looks whether anybody listens sends nothing.
            let mut lines = BufReader::new(&mut stream).lines().map_while(Result::ok);
            if lines.any(|line| line.is_empty()) {
                let reply =
                    "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                let _ = stream.write_all(reply.as_bytes());
            }
        }
    });
    let mut command = home.tripod(&["login", "sandbox", "--oob"]);
    let said = said_of(command.env("TRIPOD_SANDBOX_PORT", port).output().unwrap());
    assert_eq!(said.code, 7, "{said:?}");
    assert!(said.err.contains("Does another program listen at http://127.0.0.1:"), "{said:?}");
    assert!(said.err.contains("TRIPOD_SANDBOX_PORT"), "{said:?}");
}

#[test]
fn a_variable_that_is_no_port_is_not_another_port_in_silence() {
    let home = Home::new();
    for arguments in [&["login", "sandbox", "--oob"][..], &["sandbox"]] {
        let mut command = home.tripod(arguments);
        let said = said_of(command.env("TRIPOD_SANDBOX_PORT", "abc").output().unwrap());
        assert_eq!(said.code, 2, "{said:?}");
        assert!(said.err.contains("abc"), "{said:?}");
    }
}

/// The command that `tripod sandbox` prints works as it is, also for a provider of which there are many.
#[test]
fn the_login_that_it_prints_reaches_a_wiki_and_a_netsuite_account() {
    for like in [&["netsuite"][..], &["mediawiki", "--site", "https://wiki.example/w"]] {
        let home = Home::new();
        let arguments = [&["sandbox", "--port", "0", "--like"], like].concat();
        let mut running = Terminal::wide(&home, 200, &arguments, &[]);
        running.expect("\r\n  tripod ");
        let login = running.expect("\r\n");
        running.expect("access token");
        let words: Vec<&str> =
            login.split_whitespace().chain(["--no-browser", "--callback", BACK]).collect();
        let set = [
            (format!("{}_CONSUMER_KEY", like[0].to_uppercase()), "sandbox-key"),
            (format!("{}_CONSUMER_SECRET", like[0].to_uppercase()), "sandbox-secret"),
        ];
        let set: Vec<(&str, &str)> = set.iter().map(|(name, value)| (&**name, *value)).collect();
        let mut terminal = Terminal::wide(&home, 200, &words, &set);
        let page = terminal.page();
        assert!(page.contains("oauth_token="), "{page}");
        running.expect(" 200");
        running.control('c');
        assert_eq!(running.end().0, 0);
    }
}

const BACK: &str = "https://app.example/back";

#[test]
fn a_port_that_is_taken_is_said() {
    let home = Home::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let said = home.run(&["sandbox", "--port", &port]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains(&format!("another program uses port {port}")), "{said:?}");
    let said =
        home.run(&["sandbox", "--port", "0", "--like", "netsuite", "--site", "https://a.example"]);
    assert_eq!(said.code, 2, "{said:?}");
}
