//! A FatSecret that answers from a script, and a reader of requests that shares no code with the
//! crate: it takes a request apart and signs it again.

use std::{
    collections::VecDeque,
    fmt::{Debug, Write as _},
    future::ready,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response, header};
use tokio::time::Instant;
use tripod::{
    AccessToken, Client, Clock, Consumer, Error, Nonce, Provider, Session, Signed,
    fatsecret::{Answer, Caller, FatSecret, FieldError},
    transport::{Limits, Transport, TransportError, TransportFuture},
};

use crate::naive::{base_string, base64, encode, hmac_sha1, read_form};

/// 2026-01-01 00:00:00 UTC, at which the client's clock stands.
pub(crate) const NOW: &str = "1767225600";
pub(crate) const HOST: &str = "https://platform.fatsecret.com";
pub(crate) const KEY: &str = "key 1";
pub(crate) const SECRET: &str = "consumer&secret/1";
/// An access token and its secret.
pub(crate) const TOKEN: (&str, &str) = ("access/token+1", "access=secret/1");

/// What a change answers.
pub(crate) const DONE: &str = r#"{"success":{"value":"1"}}"#;

type Reply = Result<Response<Bytes>, TransportError>;

/// A transport that answers in turn, and keeps what it was given and when.
#[derive(Clone, Default)]
pub(crate) struct Script(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    replies: VecDeque<Reply>,
    sent: Vec<Request<Bytes>>,
    times: Vec<Instant>,
}

impl Script {
    pub(crate) fn answer(&self, status: u16, body: impl Into<Bytes>) -> &Self {
        self.reply(Response::builder().status(status).body(body.into()).unwrap())
    }

    pub(crate) fn reply(&self, reply: Response<Bytes>) -> &Self {
        self.0.lock().unwrap().replies.push_back(Ok(reply));
        self
    }

    pub(crate) fn fail(&self, error: TransportError) -> &Self {
        self.0.lock().unwrap().replies.push_back(Err(error));
        self
    }

    /// What was sent since the last look.
    pub(crate) fn sent(&self) -> Vec<Request<Bytes>> {
        std::mem::take(&mut self.0.lock().unwrap().sent)
    }

    #[track_caller]
    pub(crate) fn only(&self) -> Request<Bytes> {
        let mut sent = self.sent();
        assert_eq!(sent.len(), 1, "{sent:?}");
        sent.remove(0)
    }

    /// When each request was sent, by Tokio's clock.
    pub(crate) fn times(&self) -> Vec<Instant> {
        self.0.lock().unwrap().times.clone()
    }
}

impl Transport for Script {
    fn send(&self, request: Request<Bytes>, _: Limits) -> TransportFuture {
        let mut script = self.0.lock().unwrap();
        script.sent.push(request);
        script.times.push(Instant::now());
        let reply = script.replies.pop_front().expect("the script has no answer left");
        Box::pin(ready(reply))
    }
}

#[derive(Debug)]
struct Stopped;

impl Clock for Stopped {
    fn unix_seconds(&self) -> i64 {
        NOW.parse().unwrap()
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}

/// Calls, and the script that answers them.
pub(crate) struct Wire<C> {
    pub(crate) api: FatSecret<C>,
    pub(crate) script: Script,
    token: Option<(&'static str, &'static str)>,
}

fn client(script: &Script) -> Client {
    client_of(Provider::fatsecret(), script)
}

/// A client of any provider, with a clock that stands still.
pub(crate) fn client_of(provider: Provider, script: &Script) -> Client {
    let count = AtomicU64::new(0);
    let nonces =
        move || Nonce::new(&format!("nonce{}", count.fetch_add(1, Ordering::SeqCst) + 1)).unwrap();
    Client::from_transport(provider, Consumer::new(KEY, SECRET), script.clone())
        .with_clock(Stopped)
        .with_nonces(nonces)
}

/// Calls in the name of a user.
pub(crate) fn user() -> Wire<Session> {
    user_with(|client| client)
}

/// The same with a client that is changed first.
pub(crate) fn user_with(change: impl FnOnce(Client) -> Client) -> Wire<Session> {
    let script = Script::default();
    let client = change(client(&script));
    let session = client.session(AccessToken::new(TOKEN.0, TOKEN.1).unwrap());
    Wire { api: FatSecret::new(session), script, token: Some(TOKEN) }
}

/// Calls in nobody's name.
pub(crate) fn key() -> Wire<Signed> {
    let script = Script::default();
    let signed = client(&script).signed();
    Wire { api: FatSecret::signed(signed), script, token: None }
}

/// What a call gives: an answer, or nothing.
pub(crate) trait Came {
    type Value: Debug + PartialEq;

    fn parts(self) -> (Self::Value, Vec<FieldError>);
}

impl<T: Debug + PartialEq> Came for Answer<T> {
    type Value = T;

    fn parts(self) -> (T, Vec<FieldError>) {
        let unreadable = self.unreadable().to_vec();
        (self.value, unreadable)
    }
}

impl Came for () {
    type Value = ();

    fn parts(self) -> ((), Vec<FieldError>) {
        ((), Vec::new())
    }
}

impl<C: Caller> Wire<C> {
    /// Calls in both styles, holds what is sent against what is expected, and gives the answer.
    ///
    /// `server` is the verb and the method, or for those that have no other the path; `path` is the
    /// verb and the path of the newer style, or empty if there is none. `pairs` are those behind
    /// `method` and `format`, encoded.
    pub(crate) async fn check<A: Came>(
        &self,
        call: impl AsyncFn(&FatSecret<C>) -> Result<A, Error>,
        server: &str,
        path: &str,
        pairs: &str,
        reply: &str,
    ) -> A::Value {
        self.script.answer(200, reply.to_owned());
        let (answer, unreadable) = call(&self.api).await.unwrap().parts();
        assert_eq!(unreadable, [], "{server}");
        read(&self.script.only(), self.token).is(server, pairs);

        self.script.answer(200, reply.to_owned());
        let (again, _) = call(&self.api.clone().with_url_style()).await.unwrap().parts();
        let newer = if path.is_empty() { server } else { path };
        read(&self.script.only(), self.token).is(newer, pairs);
        assert_eq!(answer, again, "{server}");

        self.script.answer(200, reply.to_owned());
        let (again, _) = call(&self.api.clone().with_form_writes()).await.unwrap().parts();
        read(&self.script.only(), self.token).is_by_form(server, pairs);
        assert_eq!(answer, again, "{server}");
        answer
    }
}

/// A request taken apart, with a signature that is right.
#[derive(Debug)]
pub(crate) struct Sent {
    verb: String,
    path: String,
    in_form: bool,
    own: Vec<(String, String)>,
    pub(crate) timestamp: String,
    pub(crate) nonce: String,
}

impl Sent {
    /// `what` is a verb with a method of `server.api`, or with a path, which has a slash.
    #[track_caller]
    pub(crate) fn is(&self, what: &str, pairs: &str) {
        assert!(!self.in_form, "{what}");
        self.has(what, pairs);
    }

    /// The same where writes are told to use a form.
    #[track_caller]
    fn is_by_form(&self, what: &str, pairs: &str) {
        assert_eq!(self.in_form, self.verb == "POST" && !what.contains('/'), "{what}");
        self.has(what, pairs);
    }

    #[track_caller]
    fn has(&self, what: &str, pairs: &str) {
        let (verb, name) = what.split_once(' ').unwrap();
        let by_path = name.contains('/');
        let path = if by_path { name } else { "server.api" };
        let mut expected = read_form("format=json");
        if !by_path {
            expected.insert(0, ("method".to_owned(), name.to_owned()));
        }
        expected.extend(read_form(pairs));
        assert_eq!((self.verb.as_str(), &*self.path), (verb, &*format!("/rest/{path}")), "{what}");
        assert_eq!(self.own, expected, "{what}");
    }
}

/// Takes a request apart, and signs it once more to compare.
#[track_caller]
pub(crate) fn read(request: &Request<Bytes>, token: Option<(&str, &str)>) -> Sent {
    let uri = request.uri();
    assert_eq!(format!("{}://{}", uri.scheme_str().unwrap(), uri.authority().unwrap()), HOST);
    // All parameters stand in the query, or all in a form.
    assert!(!request.headers().contains_key(header::AUTHORIZATION));
    let kind = request.headers().get(header::CONTENT_TYPE).map(|kind| kind.to_str().unwrap());
    let in_form = kind == Some("application/x-www-form-urlencoded");
    let text = if in_form {
        assert_eq!(uri.query(), None);
        std::str::from_utf8(request.body()).unwrap()
    } else {
        assert_eq!(request.body().is_empty(), kind.is_none(), "{kind:?}");
        let length = request.headers().get(header::CONTENT_LENGTH).map(|it| it.to_str().unwrap());
        let counts = matches!(request.method().as_str(), "POST" | "PUT");
        assert_eq!(length, (counts && kind.is_none()).then_some("0"));
        uri.query().unwrap()
    };
    let all = read_form(text);
    let (oauth, own): (Vec<_>, Vec<_>) =
        all.iter().cloned().partition(|(name, _)| name.starts_with("oauth_"));

    let value = |wanted: &str| {
        let found = oauth.iter().find(|(name, _)| name == wanted);
        found.map_or("", |(_, value)| value).to_owned()
    };
    let (timestamp, nonce) = (value("oauth_timestamp"), value("oauth_nonce"));
    let mut expected = vec![
        ("oauth_consumer_key", KEY),
        ("oauth_nonce", &nonce),
        ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_timestamp", &timestamp),
    ];
    expected.extend(token.map(|(token, _)| ("oauth_token", token)));
    expected.push(("oauth_version", "1.0"));
    let borrowed: Vec<(&str, &str)> = all.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let base = base_string(request.method().as_str(), &format!("{HOST}{}", uri.path()), &borrowed);
    let token_secret = token.map_or("", |(_, secret)| secret);
    let signature = base64(&hmac_sha1(SECRET, token_secret, &base));
    expected.push(("oauth_signature", &signature));
    let sent: Vec<(&str, &str)> = oauth.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    assert_eq!(sent, expected);

    Sent {
        verb: request.method().to_string(),
        path: uri.path().to_owned(),
        in_form,
        own,
        timestamp,
        nonce,
    }
}

/// The text holds no secret and no token, in any spelling that a URL or a base string gives it.
#[track_caller]
pub(crate) fn silent(said: &str) {
    for secret in [SECRET, TOKEN.0, TOKEN.1] {
        let once = encode(secret);
        for spelling in [secret, &once, &encode(&once)] {
            assert!(!said.contains(spelling), "{spelling} is in {said}");
        }
    }
}

/// Everything that an error and its sources say.
pub(crate) fn said(error: &Error) -> String {
    let mut said = format!("{error}\n{error:?}");
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        write!(said, "\n{inner}\n{inner:?}").unwrap();
        source = inner.source();
    }
    said
}

/// The error and its sources, as error reporters print them.
pub(crate) fn whole(error: &Error) -> String {
    let mut text = error.to_string();
    let mut next = std::error::Error::source(error);
    while let Some(source) = next {
        text = format!("{text}: {source}");
        next = source.source();
    }
    text
}
