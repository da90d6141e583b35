//! Each fault as it is on the wire.

use std::{io::Read, time::Duration};

use tripod::{
    Callback, Client,
    transport::{Limits, Transport as _},
};
use tripod_sandbox::{Denial, Endpoint, Fault, Sandbox};

use crate::support::*;

/// What a request for a request token gets, and that the next one is well again.
#[track_caller]
fn broken(fault: Fault) -> Vec<u8> {
    let sandbox = sandbox();
    sandbox.inject(fault);
    let bytes = Call::request_token(&sandbox).signed().send_as_is(&sandbox);
    assert_eq!(sandbox.log()[0].fault, Some(fault));
    assert_eq!(sandbox.faults_waiting(), 0);
    get_request_token(&sandbox);
    bytes
}

/// Sends a request and reads until `end` says that this was enough.
fn read_until(sandbox: &Sandbox, end: impl Fn(&[u8]) -> bool) -> (std::net::TcpStream, Vec<u8>) {
    let mut stream = connect(sandbox);
    let text = Call::request_token(sandbox).signed().text("keep-alive");
    send_raw(sandbox, &mut stream, &text);
    let mut bytes = Vec::new();
    let mut chunk = vec![0; 64 << 10];
    while !end(&bytes) {
        let read = stream.read(&mut chunk).unwrap();
        assert_ne!(read, 0, "the connection ended early");
        bytes.extend_from_slice(&chunk[..read]);
    }
    (stream, bytes)
}

/// Waits until the sandbox has received so many requests. A fault goes to the request that comes first.
fn arrived(sandbox: &Sandbox, requests: usize) {
    while sandbox.requests() < requests {
        std::thread::yield_now();
    }
}

#[track_caller]
fn nothing_more(stream: &mut std::net::TcpStream) {
    stream.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    let kind = stream.read(&mut [0]).unwrap_err().kind();
    assert!(
        matches!(kind, std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut),
        "{kind:?}"
    );
}

#[test]
fn no_answer_keeps_the_connection_open_and_silent() {
    let sandbox = sandbox();
    sandbox.inject(Fault::NoAnswer);
    let mut stream = connect(&sandbox);
    let text = Call::request_token(&sandbox).signed().text("close");
    let requests = sandbox.requests();
    send_raw(&sandbox, &mut stream, &text);
    arrived(&sandbox, requests + 1);
    nothing_more(&mut stream);
    // Neither this connection nor the fault keeps others from being served.
    get_request_token(&sandbox);
    drop(sandbox);
    assert_eq!(stream.read(&mut [0]).unwrap_or(0), 0);
}

#[test]
fn a_slow_body_stops_after_its_beginning() {
    let sandbox = sandbox();
    sandbox.inject(Fault::SlowBody);
    let (mut stream, bytes) = read_until(&sandbox, |bytes| bytes.ends_with(b"&oauth_tok"));
    let reply = parse(&bytes);
    assert_eq!((reply.status, reply.header("content-length")), (200, Some("1000")));
    nothing_more(&mut stream);
}

#[test]
fn a_cut_off_reply_promises_more_than_comes() {
    let reply = parse(&broken(Fault::CutOff));
    assert_eq!((reply.status, reply.header("content-length")), (200, Some("1000")));
    assert_eq!(reply.text(), "oauth_token=cut&oauth_tok");
}

#[test]
fn hanging_up_gives_no_byte() {
    assert_eq!(broken(Fault::HangUp), b"");
}

#[test]
fn a_lost_reply_spends_the_request_token() {
    let sandbox = sandbox();
    let (token, secret) = get_request_token(&sandbox);
    let approval = sandbox.approve(&authorization_url(&sandbox, &token)).unwrap();
    let call = || Call::access_token(&sandbox, &token, &secret, approval.verifier().unwrap());
    sandbox.inject(Fault::LostReply);
    assert_eq!(call().signed().send_as_is(&sandbox), b"");
    assert_eq!(call().send(&sandbox).text(), "Invalid request token: the token is used");
}

#[test]
fn a_huge_body_goes_on_while_it_is_read() {
    let sandbox = sandbox();
    sandbox.inject(Fault::Huge);
    let (_, bytes) = read_until(&sandbox, |bytes| bytes.len() > 8 << 20);
    let reply = parse(&bytes);
    assert_eq!(reply.header("transfer-encoding"), Some("chunked"));
    assert_eq!(reply.header("content-length"), None);
    assert!(reply.body.windows(16).any(|part| part == b"aaaaaaaaaaaaaaaa"));
}

#[test]
fn a_gzip_bomb_grows_far_beyond_its_size() {
    let bytes = broken(Fault::GzipBomb);
    let reply = parse(&bytes);
    assert_eq!(reply.header("content-encoding"), Some("gzip"));
    // 512 MiB of zeros, at 13 bytes for each 2064.
    assert!((3 << 20..4 << 20).contains(&reply.body.len()), "{}", reply.body.len());
    // The first chunk of the transfer is the gzip head and three bytes of the stream.
    let start = b"D\r\n\x1f\x8b\x08\0\0\0\0\0\0\xff\x63\x18\x05\r\n";
    assert_eq!(reply.body[..start.len()], start[..]);
}

#[test]
fn replies_of_another_kind() {
    let reply = parse(&broken(Fault::GarbageBytes));
    assert_eq!(reply.status, 200);
    assert!(std::str::from_utf8(&reply.body).is_err());

    let reply = parse(&broken(Fault::HtmlPage));
    assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(reply.text().starts_with("<!doctype html>"));

    let reply = parse(&broken(Fault::JsonReply));
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(reply.json()["oauth_token"], "json");

    let reply = parse(&broken(Fault::Redirect));
    assert_eq!(reply.status, 307);
    let to = reply.header("location").unwrap();
    assert!(to.starts_with("http://localhost:") && to.ends_with("/elsewhere"), "{to}");

    let reply = parse(&broken(Fault::Status(503)));
    assert_eq!((reply.status, reply.header("retry-after")), (503, Some("1")));
    assert_eq!(parse(&broken(Fault::Status(7))).status, 500);
}

#[test]
fn a_server_error_shows_what_it_should_not() {
    let sandbox = sandbox();
    sandbox.inject(Fault::ServerError);
    let call = Call::access_token(&sandbox, "the-token", "s", "the-verifier");
    let base_string = call.base_string();
    let reply = call.send(&sandbox);
    assert_eq!(reply.status, 500);
    assert!(reply.text().contains(&format!("debug_sbs={base_string}")));
    assert!(reply.text().contains("oauth_verifier = the-verifier"));
    assert!(reply.text().contains("oauth_signature = "));
}

#[test]
fn a_wrong_clock_refuses_and_tells_its_time() {
    for (seconds, date) in
        [(7200, "Thu, 01 Jan 2026 02:00:00 GMT"), (-7200, "Wed, 31 Dec 2025 22:00:00 GMT")]
    {
        let sandbox = sandbox();
        // An accepted timestamp before, which must not stand in the way of a lower one.
        get_request_token(&sandbox);
        sandbox.inject(Fault::ClockJump(seconds));
        let reply = Call::request_token(&sandbox).send(&sandbox);
        assert_eq!(reply.text(), "Invalid/expired timestamp: oauth_timestamp '1767225600'");
        assert_eq!(reply.header("date"), Some(date));
        let right = sandbox.now().to_string();
        let call = Call::request_token(&sandbox).set("oauth_timestamp", &right);
        assert_eq!(call.send(&sandbox).status, 200);
    }
}

#[test]
fn timestamp_and_nonce_are_refused_once() {
    for (fault, text) in [
        (Fault::TimestampRefused, "Invalid/expired timestamp: oauth_timestamp '1767225600'"),
        (Fault::NonceRefused, "Invalid/used nonce: oauth_nonce 'n'"),
    ] {
        let sandbox = sandbox();
        sandbox.inject(fault);
        let call = || Call::request_token(&sandbox).set("oauth_nonce", "n");
        assert_eq!(call().send(&sandbox).text(), text);
        assert_eq!(call().send(&sandbox).status, 200);
    }
}

/// Each consumer's timestamps rise for themselves; the window of time is for all.
#[test]
fn one_consumers_time_does_not_make_anothers_nonces_forgotten() {
    let sandbox = Sandbox::builder().consumer(KEY, SECRET).start_blocking().unwrap();
    let other = Client::from_transport(
        sandbox.provider(),
        sandbox.add_consumer("another"),
        sandbox.transport(),
    );
    let (request, _) = other.begin(Callback::out_of_band()).build().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let by_other = || {
        let reply = sandbox.transport().send(request.clone(), Limits::TOKEN);
        runtime.block_on(reply).unwrap()
    };
    assert_eq!(by_other().status(), 200);
    let later = (sandbox.now() + 200).to_string();
    for nonce in ["a", "b"] {
        let call = Call::request_token(&sandbox).set("oauth_timestamp", &later);
        assert_eq!(call.set("oauth_nonce", nonce).send(&sandbox).status, 200);
    }
    let replayed = by_other();
    assert!(replayed.body().starts_with(b"Invalid/used nonce"), "{replayed:?}");
}

#[test]
fn token_replies_with_missing_and_repeated_fields() {
    let sandbox = builder().request_token("t", "s").start_blocking().unwrap();
    let mut replies = Vec::new();
    for fault in [
        Fault::OddReply,
        Fault::NoConfirmation,
        Fault::ConfirmationFalse,
        Fault::ConfirmationCapitalised,
        Fault::RepeatedField,
        Fault::NoSecret,
        Fault::EmptyToken,
    ] {
        sandbox.inject(fault);
        let reply = Call::request_token(&sandbox).send(&sandbox);
        assert_eq!(reply.status, 200);
        replies.push(reply);
    }
    assert_eq!(
        replies[0].text(),
        "oauth_callback_confirmed=true&oauth_token_secret=s&oauth_token=t\
         &oauth_authorized_realms=&x=a%3Db%26c%20d\r\n"
    );
    assert_eq!(replies[1].field("oauth_callback_confirmed"), None);
    assert!(replies[2].text().ends_with("&oauth_callback_confirmed=false"));
    assert!(replies[3].text().ends_with("&oauth_callback_confirmed=True"));
    assert_eq!(replies[4].text().matches("oauth_token=").count(), 2);
    assert_eq!(replies[5].field("oauth_token_secret"), None);
    assert_eq!(replies[6].field("oauth_token").as_deref(), Some(""));
}

#[test]
fn a_spoiled_access_token_reply_leaves_the_request_token_good() {
    let sandbox = sandbox();
    let (token, secret) = get_request_token(&sandbox);
    let approval = sandbox.approve(&authorization_url(&sandbox, &token)).unwrap();
    let call = || Call::access_token(&sandbox, &token, &secret, approval.verifier().unwrap());
    for fault in [Fault::NoSecret, Fault::RepeatedField, Fault::CutOff, Fault::NoAnswer] {
        sandbox.inject(fault);
    }
    assert_eq!(call().send(&sandbox).field("oauth_token_secret"), None);
    assert_eq!(call().send(&sandbox).text().matches("oauth_token=").count(), 2);
    assert_eq!(parse(&call().signed().send_as_is(&sandbox)).text(), "oauth_token=cut&oauth_tok");
    let mut stream = connect(&sandbox);
    let requests = sandbox.requests();
    send_raw(&sandbox, &mut stream, &call().signed().text("close"));
    arrived(&sandbox, requests + 1);
    nothing_more(&mut stream);
    assert_eq!(call().send(&sandbox).status, 200);
}

#[test]
fn faults_wait_for_the_request_they_concern() {
    let sandbox = sandbox();
    sandbox.inject_at(Endpoint::Data, Fault::Status(503));
    sandbox.inject(Fault::Denied(Denial::NoVerifier));
    sandbox.inject(Fault::Status(502));
    let status = |call: Call| call.send(&sandbox).status;
    assert_eq!(status(Call::request_token(&sandbox)), 502);
    assert_eq!(status(Call::request_token(&sandbox)), 200);
    assert_eq!(status(Call::echo(&sandbox, "x", "y")), 503);
    assert_eq!(status(Call::echo(&sandbox, "x", "y")), 200);
    assert_eq!(sandbox.faults_waiting(), 1);
}

#[test]
fn callbacks_that_are_not_what_they_should_be() {
    for (fault, expected) in [
        (Fault::OtherToken, "?oauth_token=another&oauth_verifier=v"),
        (Fault::NoToken, "?oauth_verifier=v"),
        (Fault::EmptyVerifier, "?oauth_token=t&oauth_verifier="),
        (Fault::Denied(Denial::DeniedToken), "?denied=t"),
        (Fault::Denied(Denial::UserRefused), "?oauth_token=t&oauth_problem=user_refused"),
        (Fault::Denied(Denial::NoVerifier), "?oauth_token=t"),
        (Fault::Denied(Denial::AccessDenied), "?error=access_denied"),
        (Fault::Denied(Denial::Nothing), ""),
    ] {
        let sandbox = builder().request_token("t", "s").verifier("v").start_blocking().unwrap();
        let (token, _) = get_request_token_for(&sandbox, "http://h/cb");
        sandbox.inject(fault);
        let approval = sandbox.approve(&authorization_url(&sandbox, &token)).unwrap();
        assert_eq!(approval.callback_url(), Some(format!("http://h/cb{expected}").as_str()));
    }
}

/// A reply is lost where a server closes a connection from which it has not read all.
#[test]
fn who_reads_nothing_before_all_is_written_gets_the_reply_to_a_large_body() {
    let sandbox = sandbox();
    let body = "x".repeat(16 << 20);
    for body in [
        format!("Content-Length: {}\r\n\r\n{body}", body.len()),
        format!("Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n", body.len()),
    ] {
        sandbox.inject(Fault::Status(413));
        let request = format!(
            "POST /rest/server.api HTTP/1.1\r\nHost: {{host}}\r\n{body}\
             GET /elsewhere HTTP/1.1\r\nHost: {{host}}\r\nConnection: close\r\n\r\n"
        );
        let replies = String::from_utf8(raw(&sandbox, &request)).unwrap();
        let statuses: Vec<&str> =
            replies.lines().filter_map(|line| line.strip_prefix("HTTP/1.1 ")).collect();
        assert_eq!(statuses, ["413 Payload Too Large", "404 Not Found"], "{replies}");
    }
}
