//! `tripod get` and its siblings.

use serde_json::json;
use tripod_sandbox::Fault;

use super::logged_in::LoggedIn;
#[cfg(target_os = "linux")]
use crate::home::said_of;

#[test]
fn a_relative_url_goes_to_the_api_and_a_pipe_gets_the_reply_as_it_is() {
    let home = LoggedIn::generic(None);
    let said = home.run(&["get", "echo/v1?a=1", "-q", "b=x y&z", "-q", "b=é", "-H", "X-Mine: 1"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{said:?}");
    assert_eq!(said.json()["echo"]["query"], json!([["a", "1"], ["b", "x y&z"], ["b", "é"]]));
    assert_eq!(said.json()["echo"]["user"], "ada");
    assert!(!said.out.contains('\x1b'), "{said:?}");
    let absolute = home.run(&["get", &home.sandbox.data_url("echo/v1?a=1")]);
    assert_eq!(absolute.json()["echo"]["query"], json!([["a", "1"]]));
    let rooted = home.run(&["get", "/rest/echo/v1"]);
    assert_eq!(rooted.json()["echo"]["query"], json!([]));
}

#[test]
fn each_kind_of_body_is_sent() {
    let home = LoggedIn::generic(None);
    std::fs::write(home.path("a.json"), "{\"a\": 1.0}").unwrap();
    let form = home.run(&["post", "echo/v1", "-f", "a=1 2", "-f", "b=&="]);
    assert_eq!(form.json()["echo"]["form"], json!([["a", "1 2"], ["b", "&="]]), "{form:?}");
    for (arguments, length) in [
        (&["put", "echo/v1", "--json", "@a.json"][..], 10),
        (&["patch", "echo/v1", "--json", "[1, 2]"], 6),
        (&["post", "echo/v1", "--body", "hello", "-H", "Content-Type: text/css"], 5),
        (&["post", "echo/v1", "--body", "@a.json", "--body-hash"], 10),
        (&["delete", "echo/v1"], 0),
    ] {
        let said = home.run(arguments);
        let echo = &said.json()["echo"];
        assert_eq!(echo["body_length"], length, "{said:?}");
        assert_eq!(echo["verb"], arguments[0].to_uppercase());
    }
    // The text parts of a multipart body, which this provider does not sign.
    let said = home.run(&["post", "echo/v1", "-F", "title=Sea", "-F", "photo=@a.json"]);
    assert!(said.json()["echo"]["body_length"].as_u64().unwrap() > 200, "{said:?}");
    // A form in a file is signed like any other.
    std::fs::write(home.path("form"), "a=b+c").unwrap();
    let kind = "Content-Type: application/x-www-form-urlencoded";
    let said = home.run(&["post", "echo/v1", "--body", "@form", "-H", kind]);
    assert_eq!(said.json()["echo"]["form"], json!([["a", "b c"]]), "{said:?}");
}

#[test]
fn people_get_indented_json_with_colours_and_the_head_if_they_ask() {
    let home = LoggedIn::generic(None);
    let said = home.run(&["--color=always", "get", "echo/v1", "-i"]);
    assert!(said.out.starts_with("HTTP/1.1 \x1b["), "{said:?}");
    assert!(said.out.contains("200 OK"), "{said:?}");
    assert!(said.out.contains("content-type\x1b[0m: application/json"), "{said:?}");
    assert!(said.out.contains("\n  \x1b[1m\x1b[34m\"echo\"\x1b[0m: {\n"), "{said:?}");
    let head = home.run(&["head", "echo/v1", "-i"]);
    assert!(head.out.starts_with("HTTP/1.1 200 OK\n") && head.out.ends_with("\n\n"), "{head:?}");
}

#[test]
fn a_file_gets_the_body_alone() {
    let home = LoggedIn::generic(None);
    let said = home.run(&["get", "echo/v1", "-o", "out.json", "-i"]);
    assert!(said.out.starts_with("HTTP/1.1 200 OK\n") && !said.out.contains("echo"), "{said:?}");
    let written = std::fs::read(home.path("out.json")).unwrap();
    assert_eq!(
        serde_json::from_slice::<serde_json::Value>(&written).unwrap()["echo"]["user"],
        "ada"
    );
    // Before anything is sent: a request whose reply has no place is not carried out.
    let before = home.sandbox.requests();
    for path in ["no/such/folder", "data"] {
        let said = home.run(&["post", "echo/v1", "-f", "a=b", "-o", path]);
        assert_eq!((said.code, home.sandbox.requests()), (1, before), "{said:?}");
        assert!(said.err.contains(path) && !said.err.contains("carried out"), "{said:?}");
    }
    #[cfg(target_os = "linux")]
    {
        let said = home.run(&["post", "echo/v1", "-f", "a=b", "-o", "/dev/full"]);
        assert_eq!((said.code, home.sandbox.requests()), (1, before + 1), "{said:?}");
        assert!(said.err.contains("The request was carried out."), "{said:?}");
    }
}

/// The refusal says who has to act, also where nobody can read the provider's words.
#[cfg(target_os = "linux")]
#[test]
fn a_refusal_that_cannot_be_shown_keeps_its_exit_code() {
    let home = LoggedIn::generic(None);
    home.write("large", &"a".repeat(2 << 20));
    for arguments in [&["get", "echo/v1", "-i"][..], &["post", "echo/v1", "--body", "@large", "-i"]]
    {
        home.sandbox.inject(Fault::Status(404));
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let said = said_of(home.tripod(arguments).stdout(full).output().unwrap());
        assert_eq!(said.code, 7, "{said:?}");
        assert!(!said.err.contains("carried out"), "{said:?}");
    }
}

/// Each class of errors has its exit code.
#[test]
fn the_exit_code_says_who_has_to_act() {
    let home = LoggedIn::generic(None);
    for (fault, code) in [(Fault::Status(404), 7), (Fault::Status(503), 4), (Fault::Status(500), 4)]
    {
        home.sandbox.inject(fault);
        let said = home.run(&["get", "echo/v1"]);
        assert_eq!(said.code, code, "{fault:?}: {said:?}");
        assert!(said.err.starts_with("error: "), "{said:?}");
    }
    home.sandbox.inject(Fault::CutOff);
    assert_eq!(home.run(&["get", "echo/v1"]).code, 4);
    for (arguments, code) in [
        (&["get", "https://elsewhere.example/"][..], 6),
        (&["get", "echo/v1", "-q", "oauth_x=1"], 9),
        (&["get", "echo/v1", "--account", "nobody"], 5),
        (&["get", "echo/v1", "-f", "a=1", "--json", "1"], 2),
        (&["get", "echo/v1", "-q", "a"], 2),
        (&["post", "echo/v1", "--json", "{"], 2),
        (&["post", "echo/v1", "--body", "@no-such-file"], 1),
        (&["get"], 2),
    ] {
        let said = home.run(arguments);
        assert_eq!((said.code, said.out.len()), (code, 0), "{said:?}");
        assert!(said.err.starts_with("error: "), "{said:?}");
    }
}

#[test]
fn a_token_that_was_refused_asks_for_another_login() {
    let home = LoggedIn::generic(None);
    home.sandbox.inject(Fault::Status(401));
    let said = home.run(&["get", "echo/v1"]);
    assert_eq!(said.code, 5, "{said:?}");
    assert!(said.err.contains("tripod login"), "{said:?}");
}

/// FatSecret refuses with the status 200.
#[test]
fn a_refusal_that_looks_like_an_answer_is_one() {
    let home = LoggedIn::fatsecret();
    let said = home.run(&["get", "echo/v1", "-q", "format=json"]);
    assert_eq!((said.code, &said.json()["echo"]["user"]), (0, &json!("ada")), "{said:?}");
    let said = home.run(&["get", "no-such-method/v1", "-q", "format=json", "-i"]);
    assert_eq!(said.code, 6, "{said:?}");
    assert!(said.out.starts_with("HTTP/1.1 200 OK\n"), "{said:?}");
    assert!(said.out.contains("API not found") && said.err.starts_with("error: "), "{said:?}");
    // So the file is left alone, and the provider's words are printed.
    let said = home.run(&["get", "no-such-method/v1", "-q", "format=json", "-o", "refused"]);
    assert!(said.out.contains("API not found") && !home.path("refused").exists(), "{said:?}");
}

/// A wrong clock costs a second try, and nobody notices.
#[test]
fn a_clock_that_the_provider_refuses_is_put_right() {
    let home = LoggedIn::generic(None);
    home.sandbox.advance(std::time::Duration::from_secs(7200));
    let said = home.run(&["get", "echo/v1"]);
    assert_eq!(said.json()["echo"]["user"], "ada", "{said:?}");
}

#[cfg(unix)]
#[test]
fn a_terminal_gets_colours_unless_they_are_unwanted() {
    let home = LoggedIn::generic(None);
    for (variable, value, has_colours) in
        [("TERM", "xterm-256color", true), ("NO_COLOR", "1", false)]
    {
        let mut command = home.tripod(&["get"]);
        command.arg("echo/v1").env("TERM", "xterm-256color").env(variable, value);
        let mut terminal = rexpect::session::spawn_command(command, Some(60_000)).unwrap();
        let screen = terminal.exp_eof().unwrap();
        assert_eq!(screen.contains('\x1b'), has_colours, "{screen:?}");
        assert!(
            screen.contains("    \x1b[1m\x1b[34m\"user\"\x1b[0m: ") == has_colours,
            "{screen:?}"
        );
        assert!(screen.contains("\r\n}\r\n"), "{screen:?}");
    }
}
