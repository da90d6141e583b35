//! The three steps and the call, with the values they give.

use serde_json::json;
use tripod_sandbox::{Endpoint, PageError, Placement, Sandbox};

use crate::support::*;

#[test]
fn the_whole_flow_out_of_band() {
    let sandbox = sandbox();
    let (token, secret) = get_request_token(&sandbox);
    let approval = sandbox.approve(&authorization_url(&sandbox, &token)).unwrap();
    assert_eq!(approval.callback_url(), None);
    let pin = approval.verifier().unwrap();
    assert_eq!(pin.len(), 7);
    assert!(pin.bytes().all(|byte| byte.is_ascii_digit()));

    let reply = Call::access_token(&sandbox, &token, &secret, pin).send(&sandbox);
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.field("user_id").as_deref(), Some("1"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let token = reply.field("oauth_token").unwrap();
    let secret = reply.field("oauth_token_secret").unwrap();

    let reply = Call::echo(&sandbox, &token, &secret)
        .query("a", "1+1 = 2; é")
        .query("a", "")
        .send(&sandbox);
    assert_eq!(
        reply.json(),
        json!({"echo": {
            "verb": "GET",
            "query": [["format", "json"], ["a", "1+1 = 2; é"], ["a", ""]],
            "form": [],
            "body_length": 0,
            "delegated": true,
            "user": "ada",
        }})
    );
    assert_eq!(sandbox.requests(), 3);
    assert_eq!(sandbox.connections(), 3);
    let log = sandbox.log();
    assert_eq!(log[2].endpoint, Some(Endpoint::Data));
    assert_eq!(log[2].placement, Some(Placement::Query));
    assert_eq!(log[2].timestamp, Some(NOW));
    assert_eq!(log[2].path, "/rest/echo/v1");
    assert!(log[2].with_token && !log[0].with_token);
    assert_ne!(log[1].nonce, log[2].nonce);
}

#[test]
fn a_callback_gets_token_and_verifier_after_its_query() {
    let sandbox =
        builder().request_token("tok&1", "sec").verifier("ver/1").start_blocking().unwrap();
    let (token, secret) = get_request_token_for(&sandbox, "https://app.example/cb?user=7%20b");
    assert_eq!((&*token, &*secret), ("tok&1", "sec"));
    let approval = sandbox.approve(&authorization_url(&sandbox, &token)).unwrap();
    assert_eq!(
        approval.callback_url(),
        Some("https://app.example/cb?user=7%20b&oauth_token=tok%261&oauth_verifier=ver%2F1")
    );
    assert_eq!(approval.verifier(), Some("ver/1"));
    assert!(!format!("{approval:?}").contains("ver/1"));
}

#[test]
fn post_with_a_form_works_for_both_token_calls() {
    let sandbox = sandbox();
    let mut call = Call::request_token(&sandbox);
    (call.verb, call.way) = ("POST", Way::Form);
    let reply = call.send(&sandbox);
    assert_eq!(reply.status, 200, "{reply:?}");
    let token = reply.field("oauth_token").unwrap();
    let secret = reply.field("oauth_token_secret").unwrap();
    let approval = sandbox.approve(&authorization_url(&sandbox, &token)).unwrap();
    let mut call = Call::access_token(&sandbox, &token, &secret, approval.verifier().unwrap());
    (call.verb, call.way) = ("POST", Way::Form);
    assert_eq!(call.send(&sandbox).status, 200);
}

#[test]
fn the_data_host_reads_header_form_and_query() {
    let sandbox = sandbox();
    let granted = sandbox.grant();
    let secret = secrecy::ExposeSecret::expose_secret(granted.secret());
    for (verb, way) in [
        ("GET", Way::Header),
        ("DELETE", Way::Query),
        ("PUT", Way::Header),
        ("POST", Way::Form),
        ("POST", Way::Query),
    ] {
        let mut call = Call::new(verb, sandbox.resource_url(), way)
            .query("method", "echo")
            .query("format", "json")
            .token(granted.token(), secret);
        if verb == "POST" {
            call = call.form("note", "a b+c");
        }
        let echo = call.send(&sandbox).json()["echo"].clone();
        assert_eq!(echo["verb"], verb);
        assert_eq!(echo["user"], "ada");
        if verb == "POST" {
            assert_eq!(echo["form"], json!([["note", "a b+c"]]));
        }
    }
    let last = sandbox.log().pop().unwrap();
    assert_eq!(last.placement, Some(Placement::Query));
}

#[test]
fn a_call_without_a_token_is_signed_with_the_consumer_alone() {
    let sandbox = sandbox();
    let reply = Call::new("GET", sandbox.data_url("/echo/v1"), Way::Header)
        .query("format", "json")
        .send(&sandbox);
    assert_eq!(reply.json()["echo"]["delegated"], false);
    assert_eq!(reply.json()["echo"]["user"], serde_json::Value::Null);
}

#[test]
fn answers_are_xml_unless_json_is_asked_for() {
    let sandbox = sandbox();
    let reply = Call::new("GET", sandbox.data_url("echo/v1"), Way::Query).send(&sandbox);
    assert_eq!(reply.header("content-type"), Some("text/xml; charset=utf-8"));
    assert!(reply.text().contains("<echo><body_length>0</body_length>"), "{}", reply.text());
    let reply = Call::new("GET", sandbox.data_url("none/v1"), Way::Query).send(&sandbox);
    assert_eq!(
        reply.text(),
        "<?xml version=\"1.0\" encoding=\"utf-8\" ?><error><code>23</code>\
         <message>API not found</message></error>"
    );
}

#[test]
fn two_requests_on_one_connection_are_told_apart_from_two() {
    let sandbox = sandbox();
    let mut stream = connect(&sandbox);
    let first = Call::request_token(&sandbox).signed().text("keep-alive");
    let second = Call::request_token(&sandbox).signed().text("close");
    send_raw(&sandbox, &mut stream, &(first + &second));
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut stream, &mut bytes).unwrap();
    assert_eq!(String::from_utf8(bytes).unwrap().matches("HTTP/1.1 200").count(), 2);
    assert_eq!((sandbox.requests(), sandbox.connections()), (2, 1));
    assert_eq!(sandbox.log()[1].connection, 1);
}

#[tokio::test]
async fn it_starts_in_an_async_test_and_stops_on_drop() {
    let sandbox = Sandbox::start().await.unwrap();
    let origin = sandbox.origin();
    let address = origin.strip_prefix("http://").unwrap();
    // A blocking client in a single-threaded test: the sandbox has a thread of its own.
    let open = std::net::TcpStream::connect(address).unwrap();
    assert_eq!(
        sandbox.approve("https://other.example/oauth/authorize?oauth_token=1"),
        Err(PageError::OtherAddress)
    );
    drop(sandbox);
    assert!(std::net::TcpStream::connect(address).is_err());
    let mut open = open;
    let mut rest = Vec::new();
    let _ = std::io::Read::read_to_end(&mut open, &mut rest);
    assert!(rest.is_empty());
}
