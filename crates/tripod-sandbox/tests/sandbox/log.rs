//! What the log says of a request, and a sandbox that is started again.

use std::{
    io,
    sync::{Arc, Mutex},
};

use tripod_sandbox::{Fault, Sandbox, Seen};

use crate::support::*;

/// The refusal of the latest request.
#[track_caller]
fn refusal(sandbox: &Sandbox, call: Call) -> Option<String> {
    call.send(sandbox);
    sandbox.log().pop().unwrap().refusal
}

#[test]
fn a_refusal_has_a_reason_that_quotes_no_value() {
    let sandbox = builder().grant("private-token", "private").start_blocking().unwrap();
    let call = || Call::request_token(&sandbox);
    let echo = || Call::echo(&sandbox, "private-token", "private");
    assert_eq!(refusal(&sandbox, call()), None);
    assert_eq!(refusal(&sandbox, echo()), None);
    let mut in_header = call();
    in_header.way = Way::Header;
    let mut put = call();
    put.verb = "PUT";
    let (mut wrong, mut wrong_echo) = (call(), echo());
    wrong.key.push('x');
    wrong_echo.key.push('x');
    for (call, expected) in [
        (call().without("oauth_nonce"), "the parameter oauth_nonce is missing or empty"),
        (
            in_header,
            "the OAuth parameters are in the Authorization header, which this endpoint does not read with this HTTP method",
        ),
        (put, "this endpoint does not accept the HTTP method"),
        (call().form("oauth_callback", "oob"), "the OAuth parameters are in more than one place"),
        (call().set("oauth_token", "private"), "the parameter oauth_token is not supported here"),
        (
            call().add("oauth_custom=private", "x").add("oauth_custom=private", "y"),
            "the parameter oauth_custom is given more than once",
        ),
        (call().set("oauth_version", "private"), "oauth_version must be 1.0"),
        (
            call().set("oauth_signature_method", "RSA-SHA1=private"),
            "the signature method RSA-SHA1 is not accepted",
        ),
        (call().set("oauth_consumer_key", "private"), "the consumer key is not known"),
        (
            call().set("oauth_timestamp", "private"),
            "oauth_timestamp must be a whole number from 1767225600 to 1767225900",
        ),
        (
            call().set("oauth_nonce", "a b"),
            "the nonce was used before, or is not 1 to 128 visible ASCII characters",
        ),
        (
            wrong,
            "the signature is wrong: compare the base strings, and check the consumer secret and the token secret",
        ),
        (
            wrong_echo,
            "the signature is wrong: compare the base strings, and check the consumer secret and the token secret",
        ),
        (
            call().set("oauth_callback", "/private"),
            "oauth_callback must be an absolute URL without a fragment, or oob",
        ),
        (Call::access_token(&sandbox, "private", "x", "y"), "the request token is unknown"),
        (
            echo().set("oauth_token", "private"),
            "the access token is not known, was revoked, or belongs to another consumer",
        ),
        (Call::new("GET", sandbox.data_url("nowhere/v1"), Way::Query), "code 23: API not found"),
    ] {
        assert_eq!(refusal(&sandbox, call).as_deref(), Some(expected));
    }
    parse(&raw(&sandbox, "GET /?private HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
    let seen = sandbox.log().pop().unwrap();
    assert_eq!(seen.refusal.as_deref(), Some("there is nothing at this path"));
    assert_eq!(seen.status.map(|status| status.as_u16()), Some(404));
    assert!(!format!("{:?}", sandbox.log()).contains("private"));
}

#[test]
fn the_page_says_why_too() {
    let sandbox = sandbox();
    let get = "GET /oauth/authorize?oauth_token=private HTTP/1.1\r\nHost: {host}\r\n";
    parse(&raw(&sandbox, &format!("{get}Connection: close\r\n\r\n")));
    let seen = sandbox.log().pop().unwrap();
    assert_eq!(seen.refusal.as_deref(), Some("the request token is not known to the sandbox"));
    assert_eq!(seen.status.map(|status| status.as_u16()), Some(404));
}

#[test]
fn the_status_is_that_of_the_reply_if_there_was_one() {
    let sandbox = sandbox();
    for (fault, status) in [
        (Fault::Status(503), Some(503)),
        (Fault::CutOff, Some(200)),
        (Fault::HangUp, None),
        (Fault::LostReply, None),
    ] {
        sandbox.inject(fault);
        Call::request_token(&sandbox).signed().send_as_is(&sandbox);
        let seen = sandbox.log().pop().unwrap();
        assert_eq!(seen.status.map(|status| status.as_u16()), status, "{fault:?}");
        assert_eq!(seen.refusal, None);
    }
}

#[test]
fn a_function_gets_what_the_log_gets() {
    let all = Arc::new(Mutex::new(Vec::<Seen>::new()));
    let to = Arc::clone(&all);
    let keep = move |seen: &Seen| to.lock().unwrap().push(seen.clone());
    let sandbox = builder().on_request(keep).start_blocking().unwrap();
    get_request_token(&sandbox);
    Call::new("GET", sandbox.resource_url(), Way::Query).query("method", "echo").send(&sandbox);
    let all = all.lock().unwrap();
    assert_eq!(*all, sandbox.log());
    let methods: Vec<_> = all.iter().map(|seen| seen.method.as_deref()).collect();
    assert_eq!(methods, [None, Some("echo")]);
}

#[test]
fn a_base_string_is_kept_for_a_wrong_signature_if_it_was_asked_for() {
    for keep in [false, true] {
        let sandbox = builder().keep_base_strings(keep).start_blocking().unwrap();
        let mut wrong = Call::request_token(&sandbox);
        let expected = wrong.base_string();
        wrong.key.push('x');
        wrong.send(&sandbox);
        get_request_token(&sandbox);
        let kept: Vec<_> = sandbox.log().into_iter().map(|seen| seen.base_string).collect();
        assert_eq!(kept, [keep.then_some(expected), None]);
    }
}

/// A form may have a megabyte, and the log keeps a thousand requests.
#[test]
fn a_long_base_string_is_cut_and_says_so() {
    let sandbox = builder().generic().keep_base_strings(true).start_blocking().unwrap();
    let mut wrong = Call::request_token(&sandbox).query("more", &"x".repeat(20_000));
    wrong.key.push('x');
    wrong.send(&sandbox);
    let mut longer = Call::request_token(&sandbox).query("more", &"&".repeat(20_000));
    let expected = longer.base_string();
    longer.key.push('x');
    longer.send(&sandbox);
    let mut kept = sandbox.log().into_iter().filter_map(|seen| seen.base_string);
    assert!(kept.next().unwrap().len() < 64 * 1024);
    let note = format!(" (cut: the first 64 KiB of {} bytes)", expected.len());
    assert_eq!(kept.next().unwrap(), format!("{}{note}", &expected[..64 * 1024]));
}

#[test]
fn a_request_is_a_line_of_a_log() {
    let sandbox = builder().keep_base_strings(true).start_blocking().unwrap();
    sandbox.inject(Fault::ServerError);
    Call::request_token(&sandbox).send(&sandbox);
    let mut wrong = Call::request_token(&sandbox);
    let expected = wrong.base_string();
    wrong.key.push('x');
    wrong.send(&sandbox);
    let log = sandbox.log();
    assert_eq!(log[0].to_string(), "GET /oauth/request_token 500 (injected: ServerError)");
    let refusal = log[1].refusal.as_ref().unwrap();
    let status = log[1].status.unwrap().as_u16();
    assert_eq!(
        log[1].to_string(),
        format!(
            "GET /oauth/request_token {status} refused: {refusal}\n          expected base string: {expected}"
        )
    );
}

#[test]
fn a_session_finds_the_same_provider_after_a_restart() {
    let start =
        |port| builder().port(port).grant("tok", "sec").grant("tok2", "sec2").start_blocking();
    let call = |sandbox: &Sandbox, token, secret| {
        let reply = Call::echo(sandbox, token, secret).send(sandbox);
        assert_eq!(reply.json()["echo"]["user"], "ada");
    };
    // Between the two, a test beside this one might be given the port.
    let mut tries = 0;
    let (origin, second) = loop {
        let first = start(0).unwrap();
        call(&first, "tok", "sec");
        let origin = first.origin();
        let port = origin.rsplit(':').next().unwrap().parse().unwrap();
        drop(first);
        tries += 1;
        match start(port) {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && tries < 10 => {}
            second => break (origin, second.unwrap()),
        }
    };
    assert_eq!(second.origin(), origin);
    call(&second, "tok", "sec");
    call(&second, "tok2", "sec2");
    // A token that is granted from the start is not the one that a grant of later gives.
    assert_ne!(second.grant().token(), "tok");
    assert!(second.revoke("tok"));
}

#[test]
fn a_port_that_is_taken_is_named() {
    let first = sandbox();
    let address = first.origin().strip_prefix("http://").unwrap().to_owned();
    let port = address.rsplit(':').next().unwrap().parse().unwrap();
    let error = builder().port(port).start_blocking().unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    let text = error.to_string();
    assert!(text.starts_with(&format!("cannot listen on {address}: ")), "{text}");
}

#[test]
fn a_form_that_is_not_read_is_told_apart_from_a_wrong_signature() {
    let sandbox = builder().grant("tok", "sec").start_blocking().unwrap();
    let mut call = Call::new("POST", sandbox.resource_url(), Way::Query).token("tok", "sec");
    call = call.query("method", "food_entry.create").form("food_id", "3017");
    assert_eq!(
        refusal(&sandbox, call).as_deref(),
        Some(
            "code 8: the parameters are in a form body, which the data host does not read; put them \
             into the query, or allow forms in the sandbox's settings"
        )
    );
}
