//! `tripod doctor` as a process: the mistakes of other programs, made by a signer that shares no code with the crate.

use std::{fmt::Write as _, process::Command};

use tripod::signature::diagnose::Mistake;

use crate::{
    home::{Said, homeless, said_to},
    mistaken::{
        self,
        requests::{self, Request, full, possible},
    },
};

/// One with little, and with a secret that is no words of the report.
fn bare() -> Request {
    Request { consumer_secret: "bare~&canary", ..requests::bare() }
}

fn json() -> Request {
    Request { consumer_secret: "json~&canary", ..requests::json() }
}

/// The program with these secrets in its environment.
fn doctor(secrets: &Request) -> Command {
    let mut command = homeless();
    command
        .arg("doctor")
        .env("TRIPOD_CONSUMER_SECRET", secrets.consumer_secret)
        .env("TRIPOD_TOKEN_SECRET", secrets.token_secret)
        .env("TRIPOD_OAUTH2_SECRET", secrets.oauth2_secret)
        .env("TRIPOD_REQUEST_TOKEN_SECRET", secrets.request_token_secret);
    command
}

/// A request as a browser copies it.
fn as_curl(request: &Request, signature: &str) -> String {
    let (url, headers, body) = mistaken::sent(request, signature);
    let mut text = format!("curl {} \\\n", shlex::try_quote(&url).unwrap());
    write!(text, "  -X {}", request.method).unwrap();
    for (name, value) in &headers {
        let line = format!("{name}: {}", value.to_str().unwrap());
        write!(text, " \\\n  -H {}", shlex::try_quote(&line).unwrap()).unwrap();
    }
    write!(text, " \\\n  --data-raw {}\n", shlex::try_quote(body).unwrap()).unwrap();
    text
}

/// A request as a log or a proxy shows it.
fn as_http(request: &Request, signature: &str) -> String {
    let (url, headers, body) = mistaken::sent(request, signature);
    let mut text = format!("{} {url} HTTP/1.1\r\n", request.method);
    for (name, value) in &headers {
        write!(text, "{name}: {}\r\n", value.to_str().unwrap()).unwrap();
    }
    write!(text, "Content-Length: {}\r\n\r\n{body}\n", body.len()).unwrap();
    text
}

#[track_caller]
fn check_nothing_secret(said: &Said, request: &Request, signature: &str) {
    for secret in [
        request.consumer_secret,
        request.token_secret,
        request.oauth2_secret,
        request.request_token_secret,
        "tok/en",
        "tok%2Fen",
        "us:er",
        signature,
    ] {
        let is_shown =
            !secret.is_empty() && (said.out.contains(secret) || said.err.contains(secret));
        assert!(!is_shown, "{secret}: {} {}", said.out, said.err);
    }
}

/// Every mistake that is known, in a curl command and in the text of HTTP, is named together with its cure. What two
/// mistakes have in common is told as such.
#[test]
fn every_mistake_is_named_with_its_cure() {
    let mut found = Vec::new();
    for request in [full(), bare(), json()] {
        let right = mistaken::signature(&request, &[]);
        for (index, mistake) in possible(&request).iter().enumerate() {
            let signature = mistaken::signature(&request, &[*mistake]);
            if signature == right {
                continue;
            }
            let text = if index % 2 == 0 {
                as_curl(&request, &signature)
            } else {
                as_http(&request, &signature)
            };
            let mut command = doctor(&request);
            let said = said_to(command.args(["--oauth2-secret", "--request-token-secret"]), &text);
            assert_eq!(said.code, 6, "{mistake:?}: {} {}", said.out, said.err);
            assert!(said.says("The signature is wrong."), "{mistake:?}: {}", said.out);
            assert!(said.says(&format!("The signer {mistake}.")), "{mistake:?}: {}", said.out);
            let cure: String = mistake.cure().chars().skip(1).collect();
            assert!(said.says(&cure), "{mistake:?}: {}", said.out);
            assert_eq!(said.err, "", "{mistake:?}");
            check_nothing_secret(&said, &request, &signature);
            found.push(*mistake);
        }
    }
    found.sort_unstable();
    found.dedup();
    assert_eq!(found, Mistake::ALL);
}

#[test]
fn two_mistakes_together_are_both_named() {
    let request = full();
    for made in [
        [Mistake::TokenSecretWithLineBreak, Mistake::OtherScheme],
        [Mistake::QueryNotSigned, Mistake::SignatureLineBreak],
        [Mistake::VerbPost, Mistake::LowerCaseHex],
    ] {
        let signature = mistaken::signature(&request, &made);
        let said = said_to(&mut doctor(&request), &as_curl(&request, &signature));
        assert!(said.says("Two mistakes together explain it"), "{made:?}: {}", said.out);
        assert!(said.says(&format!("The signer {}.", made[0])), "{made:?}: {}", said.out);
        assert!(said.says(&format!("It also {}.", made[1])), "{made:?}: {}", said.out);
        assert_eq!(said.code, 6);
    }
}

#[test]
fn three_mistakes_together_are_named_on_request() {
    let request = full();
    let made = [Mistake::OtherScheme, Mistake::VerbPost, Mistake::LowerCaseHex];
    let signature = mistaken::signature(&request, &made);
    let text = as_curl(&request, &signature);
    let unknown = said_to(&mut doctor(&request), &text);
    assert!(unknown.says("no known mistake explains it"), "{}", unknown.out);
    assert!(unknown.says("Three mistakes at once: try --triples."), "{}", unknown.out);
    let said = said_to(doctor(&request).arg("--triples"), &text);
    assert!(said.says("Three mistakes together explain it"), "{} {}", said.out, said.err);
    for mistake in made {
        let is_named = said.says(&format!("The signer {mistake}."))
            || said.says(&format!("It also {mistake}."));
        assert!(is_named && said.says(&mistake.cure()[1..]), "{mistake:?}: {}", said.out);
    }
    assert_eq!(said.code, 6);
    check_nothing_secret(&said, &request, &signature);
}

#[test]
fn a_right_signature_is_told_with_what_else_to_check() {
    for request in [full(), bare()] {
        let signature = mistaken::signature(&request, &[]);
        for text in [as_curl(&request, &signature), as_http(&request, &signature)] {
            let said = said_to(&mut doctor(&request), &text);
            assert!(said.out.contains("The signature is correct"), "{} {}", said.out, said.err);
            assert_eq!((said.err.as_str(), said.code), ("", 0));
            check_nothing_secret(&said, &request, &signature);
        }
    }
}

#[test]
fn a_signature_of_another_secret_is_unknown() {
    let request = full();
    let other = Request { consumer_secret: "another", ..full() };
    let signature = mistaken::signature(&other, &[]);
    let said = said_to(&mut doctor(&request), &as_curl(&request, &signature));
    assert!(said.says("no known mistake explains it"), "{}", said.out);
    assert!(said.says("Another secret: of another application"), "{}", said.out);
    assert_eq!(said.code, 6);
}

#[test]
fn the_public_origin_and_the_providers_base_string_are_used() {
    // The server behind the proxy signs what it sees.
    let request = Request { host: "inner", port: None, scheme: "http", user: None, ..full() };
    let public = Request {
        host: "api.example",
        scheme: "https",
        ..Request { user: None, port: None, ..full() }
    };
    let signature = mistaken::signature(&public, &[]);
    let text = as_http(&request, &signature);
    let right = said_to(doctor(&request).args(["--public-origin", "https://api.example"]), &text);
    assert!(right.out.contains("The signature is correct"), "{}", right.out);

    let folder = tempfile::tempdir().unwrap();
    let (file, theirs) = (folder.path().join("theirs"), folder.path().join("request"));
    std::fs::write(&file, mistaken::base_string(&public, &[Mistake::OtherScheme]) + "\n").unwrap();
    std::fs::write(&theirs, as_curl(&public, &signature)).unwrap();
    let (file, theirs) = (format!("@{}", file.display()), format!("@{}", theirs.display()));
    let said = said_to(doctor(&public).args([&theirs, "--their-base-string", &file]), "");
    assert!(said.says("The provider's base string differs"), "{} {}", said.out, said.err);
    assert!(said.says("The provider signs the URL http://api.example/r%20v/c~d/"), "{}", said.out);
    assert!(said.says("signed `http` where the URL has `https`"), "{}", said.out);
    check_nothing_secret(&said, &request, &signature);
}

#[test]
fn what_providers_refuse_anyway_is_told_too() {
    let request = bare();
    let signature = mistaken::signature(&request, &[]);
    let said =
        said_to(doctor(&request).args(["--sent-at", "1767229200"]), &as_http(&request, &signature));
    assert!(said.says("oauth_timestamp is 3600 seconds behind"), "{}", said.out);
    assert_eq!(said.code, 6, "the signature is right, and the request is refused");
}

#[test]
fn secrets_can_be_in_files() {
    let request = full();
    let signature = mistaken::signature(&request, &[]);
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, format!("{content}\r\n")).unwrap();
        path
    };
    let mut command = doctor(&request);
    command.env_remove("TRIPOD_CONSUMER_SECRET").env_remove("TRIPOD_TOKEN_SECRET");
    command.arg("--consumer-secret-file").arg(file("c", request.consumer_secret));
    command.arg("--token-secret-file").arg(file("t", request.token_secret));
    let said = said_to(&mut command, &as_curl(&request, &signature));
    assert!(said.out.contains("The signature is correct"), "{} {}", said.out, said.err);
}

/// One types the secrets, and nobody can read them from the screen.
#[cfg(unix)]
#[test]
fn secrets_are_asked_for_without_an_echo() {
    let request = full();
    let signature = mistaken::signature(&request, &[Mistake::AmpersandMissing]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("request");
    std::fs::write(&path, as_curl(&request, &signature)).unwrap();
    let mut shell = Command::new("/bin/sh");
    shell.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin");
    let path = format!("@{}", path.display());
    let mut terminal = crate::terminal::Terminal::from_shell(shell, 120, &["doctor", &path]);
    for (question, secret) in
        [("consumer secret: ", request.consumer_secret), ("token secret: ", request.token_secret)]
    {
        terminal.expect(question);
        // Which fails while the terminal shows what is typed.
        terminal.enter_hidden(secret);
    }
    let (_, screen) = terminal.end();
    assert!(screen.contains("left out the `&`"), "{screen}");
    for secret in [request.consumer_secret, request.token_secret, &signature] {
        assert!(!screen.contains(secret), "{screen}");
    }
}

#[test]
fn what_cannot_be_read_is_a_usage_error() {
    let request = full();
    for (text, told) in [
        ("", "neither a curl command nor an HTTP request"),
        ("curl https://a.example/?a=1&b=2", "a `&` is not in quotes"),
        ("curl https://a.example/ -H \"Authorization: $AUTH\"", "the variable $AUTH"),
        ("GET /x HTTP/1.1\n\n", "no Host header"),
    ] {
        let said = said_to(&mut doctor(&request), text);
        assert!(said.err.contains(told), "{text}: {}", said.err);
        assert_eq!(said.code, 2, "{text}");
    }
    // It can be read, and is not signed.
    let said = said_to(&mut doctor(&request), "curl https://a.example/");
    assert!(said.err.contains("the request has no oauth_signature"), "{}", said.err);
    assert_eq!(said.code, 6);
}

/// Not where the test itself may run on a terminal, which the program would find.
#[cfg(target_os = "linux")]
#[test]
fn a_secret_that_nobody_can_be_asked_for_is_named() {
    let request = full();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("request");
    std::fs::write(&path, as_curl(&request, &mistaken::signature(&request, &[]))).unwrap();
    let output = Command::new("setsid")
        .args(["--wait", env!("CARGO_BIN_EXE_tripod"), "doctor", &format!("@{}", path.display())])
        .env("TRIPOD_CONSUMER_SECRET", request.consumer_secret)
        .output()
        .unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(errors.contains("Set TRIPOD_TOKEN_SECRET"), "{errors}");
    assert_eq!(output.status.code(), Some(3));
}
