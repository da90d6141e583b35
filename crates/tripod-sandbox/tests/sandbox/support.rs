//! A browser and an OAuth client of a few lines each.

use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rsa::{Pkcs1v15Sign, RsaPrivateKey, pkcs8::DecodePrivateKey, sha2::Sha256 as RsaSha256};
use sha1::{Digest, Sha1};
use sha2::Sha256;
use tripod_sandbox::{Builder, Sandbox};

pub(crate) const KEY: &str = "key 1";
pub(crate) const SECRET: &str = "consumer&secret";
/// The time at which all these sandboxes stand.
pub(crate) const NOW: u64 = 1_767_225_600;

pub(crate) fn builder() -> Builder {
    let time = i64::try_from(NOW).unwrap();
    Sandbox::builder().consumer(KEY, SECRET).fixed_time(time)
}

pub(crate) fn sandbox() -> Sandbox {
    builder().start_blocking().unwrap()
}

pub(crate) fn enc(text: &str) -> String {
    const SET: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    utf8_percent_encode(text, SET).to_string()
}

/// A reply, read to its end or to the end of the connection.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (candidate, value) = line.split_once(':')?;
            candidate.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The value of a form field.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        serde_urlencoded::from_bytes::<Vec<(String, String)>>(&self.body)
            .unwrap()
            .into_iter()
            .find(|(candidate, _)| candidate == name)
            .map(|(_, value)| value)
    }
}

pub(crate) fn connect(sandbox: &Sandbox) -> TcpStream {
    let address = sandbox.origin();
    let stream = TcpStream::connect(address.strip_prefix("http://").unwrap()).unwrap();
    // A bound on broken tests; no test waits for it.
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

/// Sends raw bytes on a new connection; `{host}` in them is the sandbox's.
pub(crate) fn raw(sandbox: &Sandbox, request: &str) -> Vec<u8> {
    let mut stream = connect(sandbox);
    send_raw(sandbox, &mut stream, request);
    let mut bytes = Vec::new();
    // A connection that is reset counts as ended.
    let _ = stream.read_to_end(&mut bytes);
    bytes
}

pub(crate) fn send_raw(sandbox: &Sandbox, stream: &mut TcpStream, request: &str) {
    let origin = sandbox.origin();
    let host = origin.strip_prefix("http://").unwrap();
    stream.write_all(request.replace("{host}", host).as_bytes()).unwrap();
}

pub(crate) fn parse(bytes: &[u8]) -> Reply {
    let end = bytes
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .unwrap_or_else(|| panic!("no head in {:?}", String::from_utf8_lossy(bytes)));
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    Reply { status: head[9..12].parse().unwrap(), head, body: bytes[end + 4..].to_vec() }
}

/// A key that is used nowhere else. Made with `openssl genrsa 2048`.
pub(crate) const PRIVATE_KEY: &str = include_str!("personas/key.pem");

/// Its public half.
pub(crate) const PUBLIC_KEY: &str = include_str!("../../src/rsa_test_key.pem");

fn rsa_signature(padding: Pkcs1v15Sign, text: &str) -> String {
    let hash = match padding.hash_len {
        Some(20) => Sha1::digest(text).to_vec(),
        _ => Sha256::digest(text).to_vec(),
    };
    let key = RsaPrivateKey::from_pkcs8_pem(PRIVATE_KEY).unwrap();
    STANDARD.encode(key.sign(padding, &hash).unwrap())
}

/// Where the OAuth parameters go.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Query,
    Form,
    Header,
}

/// A request that can be spoiled before it is sent.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) verb: &'static str,
    pub(crate) url: String,
    pub(crate) way: Way,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) form: Vec<(String, String)>,
    pub(crate) oauth: Vec<(String, String)>,
    pub(crate) key: String,
    pub(crate) extra_head: String,
    pub(crate) realm: &'static str,
}

static NONCE: AtomicU64 = AtomicU64::new(1);

impl Call {
    pub(crate) fn new(verb: &'static str, url: impl Into<String>, way: Way) -> Self {
        let nonce = format!("nonce-{}", NONCE.fetch_add(1, Ordering::Relaxed));
        Self {
            verb,
            url: url.into(),
            way,
            query: Vec::new(),
            form: Vec::new(),
            oauth: Vec::new(),
            key: format!("{}&", enc(SECRET)),
            extra_head: String::new(),
            realm: "a b",
        }
        .set("oauth_consumer_key", KEY)
        .set("oauth_signature_method", "HMAC-SHA1")
        .set("oauth_timestamp", &NOW.to_string())
        .set("oauth_nonce", &nonce)
        .set("oauth_version", "1.0")
    }

    pub(crate) fn request_token(sandbox: &Sandbox) -> Self {
        Self::new("GET", sandbox.request_token_url(), Way::Query).set("oauth_callback", "oob")
    }

    pub(crate) fn access_token(
        sandbox: &Sandbox,
        token: &str,
        secret: &str,
        verifier: &str,
    ) -> Self {
        Self::new("GET", sandbox.access_token_url(), Way::Query)
            .token(token, secret)
            .set("oauth_verifier", verifier)
    }

    pub(crate) fn echo(sandbox: &Sandbox, token: &str, secret: &str) -> Self {
        Self::new("GET", sandbox.data_url("echo/v1"), Way::Query)
            .query("format", "json")
            .token(token, secret)
    }

    pub(crate) fn token(mut self, token: &str, secret: &str) -> Self {
        self.key = format!("{}&{}", enc(SECRET), enc(secret));
        self.set("oauth_token", token)
    }

    pub(crate) fn set(mut self, name: &str, value: &str) -> Self {
        self.oauth.retain(|(candidate, _)| candidate != name);
        self.oauth.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn add(mut self, name: &str, value: &str) -> Self {
        self.oauth.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.oauth.retain(|(candidate, _)| candidate != name);
        self
    }

    pub(crate) fn query(mut self, name: &str, value: &str) -> Self {
        self.query.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn form(mut self, name: &str, value: &str) -> Self {
        self.form.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn base_string(&self) -> String {
        let mut pairs: Vec<(String, String)> = [&self.query, &self.form, &self.oauth]
            .into_iter()
            .flatten()
            .map(|(name, value)| (enc(name), enc(value)))
            .collect();
        pairs.sort();
        let pairs: Vec<String> =
            pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("{}&{}&{}", self.verb, enc(&self.url), enc(&pairs.join("&")))
    }

    /// Signs with the method that `oauth_signature_method` names.
    pub(crate) fn signed(self) -> Self {
        fn mac<M: Mac + KeyInit>(key: &str, text: &str) -> String {
            let mut mac = M::new_from_slice(key.as_bytes()).unwrap();
            mac.update(text.as_bytes());
            STANDARD.encode(mac.finalize().into_bytes())
        }
        let text = self.base_string();
        let method = self.oauth.iter().find(|(name, _)| name == "oauth_signature_method");
        let signature = match method.map_or("", |(_, method)| method) {
            "HMAC-SHA256" => mac::<Hmac<Sha256>>(&self.key, &text),
            "RSA-SHA1" => rsa_signature(Pkcs1v15Sign::new::<rsa_sha1::Sha1>(), &text),
            "RSA-SHA256" => rsa_signature(Pkcs1v15Sign::new::<RsaSha256>(), &text),
            _ => mac::<Hmac<Sha1>>(&self.key, &text),
        };
        self.add("oauth_signature", &signature)
    }

    /// The request as text, closing the connection or keeping it.
    pub(crate) fn text(&self, connection: &str) -> String {
        let write = |pairs: &[(String, String)]| {
            let pairs: Vec<String> =
                pairs.iter().map(|(name, value)| format!("{}={}", enc(name), enc(value))).collect();
            pairs.join("&")
        };
        let mut query = self.query.clone();
        let mut form = self.form.clone();
        let mut head = self.extra_head.clone();
        match self.way {
            Way::Query => query.extend(self.oauth.clone()),
            Way::Form => form.extend(self.oauth.clone()),
            Way::Header => {
                let pairs: Vec<String> = self
                    .oauth
                    .iter()
                    .map(|(name, value)| format!("{}=\"{}\"", enc(name), enc(value)))
                    .collect();
                let pairs = pairs.join(", ");
                let realm = self.realm;
                head = format!("{head}Authorization: OAuth realm=\"{realm}\", {pairs}\r\n");
            }
        }
        let path = self.url.splitn(4, '/').nth(3).unwrap();
        let body = write(&form);
        if !form.is_empty() {
            head += "Content-Type: application/x-www-form-urlencoded\r\n";
        }
        let mark = if query.is_empty() { "" } else { "?" };
        format!(
            "{} /{path}{mark}{} HTTP/1.1\r\nHost: {{host}}\r\nConnection: {connection}\r\n\
             {head}Content-Length: {}\r\n\r\n{body}",
            self.verb,
            write(&query),
            body.len()
        )
    }

    pub(crate) fn send(self, sandbox: &Sandbox) -> Reply {
        parse(&self.signed().send_as_is(sandbox))
    }

    pub(crate) fn send_as_is(&self, sandbox: &Sandbox) -> Vec<u8> {
        raw(sandbox, &self.text("close"))
    }
}

/// Gets a request token: token and secret.
pub(crate) fn get_request_token(sandbox: &Sandbox) -> (String, String) {
    get_request_token_for(sandbox, "oob")
}

pub(crate) fn get_request_token_for(sandbox: &Sandbox, callback: &str) -> (String, String) {
    let reply = Call::request_token(sandbox).set("oauth_callback", callback).send(sandbox);
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.field("oauth_callback_confirmed").as_deref(), Some("true"));
    (reply.field("oauth_token").unwrap(), reply.field("oauth_token_secret").unwrap())
}

pub(crate) fn authorization_url(sandbox: &Sandbox, token: &str) -> String {
    format!("{}?oauth_token={}", sandbox.authorize_url(), enc(token))
}
