//! Requests to the sandbox, several in a row, signed and not: it never panics, answers in bounds,
//! keeps its secrets, and nobody passes without a signature.
//!
//! Each field is a request: a letter, then `VERB /path?query`, header lines, an empty line, a body.
//! `r` sends it as it is, `k` signed with the key alone, `s` in the user's name, `t` takes the steps
//! of the flow with the body as the callback. An upper-case letter at the input's beginning asks for
//! a sandbox that follows the standard alone.
#![no_main]

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Uri};
use libfuzzer_sys::fuzz_target;
use tripod::{Callback, Client, Session};
use tripod_fuzz::{Stopped, fields};
use tripod_sandbox::Sandbox;

/// Nothing that an input would hold by chance.
const SECRET: &str = "canary-consumer-secret-5f0c2a96d1e84b73a5c9e0178d3b6f42";
const ORIGIN: &str = "http://127.0.0.1:1";

/// Reads a request; what cannot stand in one, an HTTP server would have refused before.
fn request(text: &[u8]) -> Option<Request<Bytes>> {
    let end = text.windows(2).position(|two| two == b"\n\n");
    let (head, body) = match end {
        Some(at) => (&text[..at], &text[at + 2..]),
        None => (text, &b""[..]),
    };
    let mut lines = head.split(|byte| *byte == b'\n');
    let mut first = lines.next()?.splitn(2, |byte| *byte == b' ');
    let method = Method::from_bytes(first.next()?).ok()?;
    let target = first.next()?;
    let uri = Uri::try_from([ORIGIN.as_bytes(), target].concat()).ok()?;
    let mut request = Request::new(Bytes::copy_from_slice(body));
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    for line in lines.take(20) {
        let at = line.iter().position(|byte| *byte == b':')?;
        let name = HeaderName::from_bytes(&line[..at]).ok()?;
        let value = HeaderValue::from_bytes(line[at + 1..].trim_ascii()).ok()?;
        request.headers_mut().append(name, value);
    }
    Some(request)
}

/// Sends it as an HTTP client does: with a `Host`, and the path alone in the request line.
fn send(sandbox: &Sandbox, mut request: Request<Bytes>) -> http::Response<Bytes> {
    let host = HeaderValue::from_static("127.0.0.1:1");
    request.headers_mut().entry(http::header::HOST).or_insert(host);
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    // A URL without a path may have a query.
    let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
    *request.uri_mut() = Uri::try_from(path).expect("it was part of a URI");
    let reply = sandbox.handle(request).expect("no fault was asked for");
    let body = String::from_utf8_lossy(reply.body());
    assert!(!body.contains(SECRET), "{body}");
    assert!(!format!("{:?}", reply.headers()).contains(SECRET));
    reply
}

/// The three steps, with the input as the callback.
fn flow(client: &Client, sandbox: &Sandbox, callback: &str) -> Option<Session> {
    let callback = Callback::url(callback).unwrap_or_else(|_| Callback::out_of_band());
    let flow = client.begin(callback);
    let (request, awaiting) = flow.build().ok()?;
    let issued = awaiting.receive(&send(sandbox, request)).ok()?;
    let page = send(sandbox, Request::get(issued.authorization_url()).body(Bytes::new()).ok()?);
    assert!(page.status().is_success() || page.status().is_client_error(), "{page:?}");
    let approval = sandbox.approve(&issued.authorization_url()).expect("it waits for an answer");
    let authorized = match approval.callback_url() {
        Some(url) => issued.receive_callback(url).expect("the callback is ours"),
        None => issued.authorize(approval.verifier()?).expect("the code is ours"),
    };
    let (request, awaiting) = authorized.build().expect("it can be signed");
    let reply = send(sandbox, request);
    Some(awaiting.receive(&reply).expect("an approved token is exchanged"))
}

fuzz_target!(|input: &[u8]| {
    let generic = input.first().is_some_and(u8::is_ascii_uppercase);
    let mut builder = Sandbox::builder()
        .consumer("key", SECRET)
        .access_token("token", "canary-token-secret")
        .fixed_time(1_767_225_600);
    if generic {
        builder = builder.generic();
    }
    let sandbox = builder.unserved().expect("its URLs are good");
    let client = Client::new(sandbox.provider(), sandbox.consumer())
        .expect("a client without a transport can always be made")
        .with_clock(Stopped);
    let mut session = client.session(sandbox.grant());
    for field in fields(input).take(12) {
        let Some((letter, text)) = field.split_first() else { continue };
        if letter.eq_ignore_ascii_case(&b't') {
            if let Some(granted) = flow(&client, &sandbox, &String::from_utf8_lossy(text)) {
                session = granted;
            }
            continue;
        }
        let Some(mut request) = request(text) else { continue };
        let signed = match letter.to_ascii_lowercase() {
            b's' => session.sign(&mut request).is_ok(),
            b'k' => client.signed().sign(&mut request).is_ok(),
            _ => false,
        };
        let path = request.uri().path().to_owned();
        let reply = send(&sandbox, request);
        let token_call = path == "/oauth/request_token" || path == "/oauth/access_token";
        if !signed {
            let text = String::from_utf8_lossy(reply.body());
            assert!(!(token_call && reply.status() == 200), "{text}");
            if path.starts_with("/rest/") {
                let refused = reply.status() != 200
                    || text.starts_with("{\"error\":")
                    || text.contains("<error");
                assert!(refused, "{text}");
            }
        }
    }
});
