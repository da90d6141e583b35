//! `tripod sign`, `tripod curl` and `tripod explain`, and the doctor on what they print.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    process::Stdio,
};

use super::logged_in::{LoggedIn, SECRET};

/// Sends a request as any program may.
fn send(home: &LoggedIn, method: &str, target: &str, headers: &[&str], body: &str) -> String {
    let host = home.sandbox.origin().replace("http://", "");
    let mut stream = TcpStream::connect(&host).unwrap();
    let headers: String = headers.iter().flat_map(|line| [*line, "\r\n"]).collect();
    let length = body.len();
    write!(
        stream,
        "{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    )
    .unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    reply
}

#[test]
fn a_signature_is_good_in_another_program_once() {
    let home = LoggedIn::generic(None);
    let said = home.run(&["sign", "get", "echo/v1", "-q", "a=b c"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.err.contains("good for this request only"), "{said:?}");
    let header = said.out.trim_end();
    assert!(header.starts_with("Authorization: OAuth ") && !header.contains('\n'), "{said:?}");
    let reply = send(&home, "GET", "/rest/echo/v1?a=b%20c", &[header], "");
    assert!(reply.starts_with("HTTP/1.1 200") && reply.contains("\"ada\""), "{reply}");
    let reply = send(&home, "GET", "/rest/echo/v1?a=b%20c", &[header], "");
    assert!(reply.starts_with("HTTP/1.1 401"), "{reply}");
}

/// The words of the command say what another program has to send, and the doctor reads them.
#[test]
fn a_curl_command_is_quoted_and_correctly_signed() {
    let home = LoggedIn::generic(None);
    std::fs::write(home.path("a.json"), "{\"a\": \"it's\"}").unwrap();
    for (arguments, words) in [
        (&["GET", "echo/v1", "-q", "a=it's"][..], &["curl"][..]),
        (&["DELETE", "echo/v1?a[]=1"], &["curl", "--request", "DELETE", "--globoff"]),
        (&["POST", "echo/v1", "-f", "a=b c", "-f", "c=$d`e`"], &["curl"]),
        (&["PUT", "echo/v1", "--json", "@a.json"], &["curl", "--request", "PUT"]),
        (&["POST", "echo/v1", "--json", "{\"a\": \"it's\"}"], &["curl"]),
        (&["HEAD", "echo/v1"], &["curl", "--head"]),
        (&["POST", "echo/v1", "-F", "a=b", "-F", "c=@a.json"], &["curl"]),
    ] {
        let said = home.run(&[&["curl"], arguments].concat());
        assert_eq!(said.code, 0, "{said:?}");
        assert!(said.err.contains("good once"), "{said:?}");
        let command = said.out.trim_end();
        let split = shlex::split(command).unwrap();
        assert_eq!(split[..words.len()], *words, "{command}");
        assert!(split.iter().any(|word| word.starts_with("authorization: OAuth ")), "{command}");
        // The doctor has the secrets from the account, and reads the file that the command names.
        let doctor = home.run(&["doctor", "--account", "here", command]);
        assert!(doctor.out.contains("The signature is correct"), "{command} {doctor:?}");
        assert_eq!(doctor.code, 0);
    }
    // Standard input is read and signed, so curl gets what was in it.
    let mut command = home.tripod(&["curl"]);
    command.args(["POST", "echo/v1", "--json", "@-"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"{\"a\": 1}").unwrap();
    let output = child.wait_with_output().unwrap();
    let split = shlex::split(String::from_utf8(output.stdout).unwrap().trim_end()).unwrap();
    assert!(split.windows(2).any(|two| two == ["--data-raw", "{\"a\": 1}"]), "{split:?}");

    // To curl, a comma begins another file and a semicolon an option, unless there are quotes.
    std::fs::write(home.path("a,b;c.json"), "{}").unwrap();
    let said = home.run(&["curl", "POST", "echo/v1", "-F", "c=@a,b;c.json"]);
    let split = shlex::split(said.out.trim_end()).unwrap();
    assert!(split.contains(&"c=@\"a,b;c.json\";type=application/json".to_owned()), "{split:?}");

    let token = token_of(&home);
    let wrong = format!("curl '{}' -H '{token}'", home.sandbox.data_url("echo/v1?b=2"));
    let doctor = home.run(&["doctor", "--account", "here", &wrong]);
    assert!(doctor.out.contains("did not sign the parameters of the query"), "{doctor:?}");
}

/// A header for the request without a query.
fn token_of(home: &LoggedIn) -> String {
    home.run(&["sign", "GET", "echo/v1"]).out.trim_end().to_owned()
}

#[test]
fn the_steps_of_a_signature_are_shown_and_no_token() {
    let home = LoggedIn::generic(None);
    let said = home.run(&["explain", "POST", "echo/v1?a=1", "-f", "b=x y"]);
    let text = said.out.as_str();
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{said:?}");
    let url = home.sandbox.data_url("echo/v1");
    assert!(text.starts_with(&format!("POST {url}\nsignature method: HMAC-SHA1\n")), "{text}");
    assert!(text.contains("\n  a=1\n  b=x%20y\n  oauth_consumer_key=key\n"), "{text}");
    assert!(text.contains("\nbase string:\n  POST&http%3A%2F%2F127.0.0.1"), "{text}");
    assert!(text.contains("oauth_token=masked-"), "{text}");
    let header = token_of(&home);
    let token = header.split("oauth_token=\"").nth(1).unwrap().split('"').next().unwrap();
    assert!(!token.is_empty() && !text.contains(token), "{text}");
    assert_eq!(home.sandbox.log().iter().filter(|seen| seen.path.contains("echo")).count(), 0);
    assert!(!text.contains(SECRET), "{text}");
}

/// Flickr signs the text parts of an upload, this provider does not: it refuses what was signed with them.
#[test]
fn the_parts_of_a_multipart_body_are_signed_on_request() {
    let home = LoggedIn::generic(None);
    std::fs::write(home.path("a.json"), "{}").unwrap();
    let parts = ["POST", "echo/v1", "-F", "title=Sea & sand", "-F", "photo=@a.json"];
    let plain = home.run(&[&["explain"], &parts[..]].concat());
    assert!(plain.code == 0 && !plain.out.contains("title=Sea"), "{plain:?}");
    let signed = home.run(&[&["explain"], &parts[..], &["--sign-parts"]].concat());
    assert_eq!(signed.code, 0, "{signed:?}");
    assert!(signed.out.contains("\n  title=Sea%20%26%20sand\n"), "{signed:?}");
    assert!(!signed.out.contains("photo"), "a file is not signed: {signed:?}");

    let sent = home.run(&["post", "echo/v1", "-F", "title=Sea", "-F", "photo=@a.json"]);
    assert_eq!(sent.code, 0, "{sent:?}");
    let arguments = ["post", "echo/v1", "-F", "title=Sea", "-F", "photo=@a.json", "--sign-parts"];
    let refused = home.run(&arguments);
    assert_ne!(refused.code, 0, "{refused:?}");
    assert!(refused.err.contains("signature_invalid"), "{refused:?}");
}
