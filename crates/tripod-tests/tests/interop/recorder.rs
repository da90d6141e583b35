//! A proxy that keeps what clients send, so that each of their signatures can be diagnosed.

use std::{
    collections::HashMap,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::percent_decode_str;
use tripod::signature::{
    decode_pairs,
    diagnose::{Diagnose, Secrets, Sent, Verdict},
};

/// A request and its reply, as they went over the wire.
struct Exchange {
    head: String,
    body: Vec<u8>,
    reply: Vec<u8>,
}

/// A proxy before a sandbox. Clients sign its address, which is the `Host` that the sandbox sees.
pub(crate) struct Recorder {
    origin: String,
    seen: Arc<Mutex<Vec<Exchange>>>,
}

impl Recorder {
    pub(crate) fn before(origin: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let recorder = Self {
            origin: format!("http://{}", listener.local_addr().unwrap()),
            seen: Arc::default(),
        };
        let (server, seen) = (origin.replace("http://", ""), Arc::clone(&recorder.seen));
        // It ends with the process.
        thread::spawn(move || {
            for client in listener.incoming() {
                let (server, seen) = (server.clone(), Arc::clone(&seen));
                thread::spawn(move || pass(client.unwrap(), &server, &seen));
            }
        });
        recorder
    }

    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// Every signature that was sent is correct for the secrets that the provider gave out, and the diagnosis says so.
    /// Gives how many there were.
    pub(crate) fn diagnose(&self, consumer_secret: &str) -> usize {
        let seen = self.seen.lock().unwrap();
        let secrets: HashMap<String, String> = seen.iter().filter_map(issued).collect();
        let mut signatures = 0;
        for one in seen.iter() {
            let (method, url, headers) = read(&one.head);
            let authorization = headers.get("authorization").map_or("", |v| v.to_str().unwrap());
            let body = String::from_utf8_lossy(&one.body);
            let places = [authorization, &url, &body];
            if !places.iter().any(|text| text.contains("oauth_signature=")) {
                continue;
            }
            signatures += 1;
            let mut known = Secrets::new(consumer_secret);
            if let Some(token) = places.iter().find_map(|text| token(text)) {
                known = known.with_token(secrets[&token].as_str());
            }
            let sent = Sent { method, url: &url, headers: &headers, body: &one.body };
            let diagnosis = Diagnose::new(known).diagnose(&sent).unwrap();
            assert_eq!(*diagnosis.verdict(), Verdict::Correct, "{method} {url}: {diagnosis}");
        }
        signatures
    }
}

/// Passes one request on, and closes the connection behind the reply.
fn pass(client: TcpStream, server: &str, seen: &Mutex<Vec<Exchange>>) {
    let mut client = BufReader::new(client);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if client.read_line(&mut head).unwrap() == 0 {
            return;
        }
    }
    let value = |line: &str| {
        line.split_once(':').map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
    };
    let length = head.lines().filter_map(value).find(|(name, _)| name == "content-length");
    let mut body = vec![0; length.map_or(0, |(_, length)| length.parse().unwrap())];
    client.read_exact(&mut body).unwrap();

    let kept = head
        .lines()
        .filter(|line| !line.to_lowercase().starts_with("connection:") && !line.is_empty());
    let mut forwarded: String = kept.flat_map(|line| [line, "\r\n"]).collect();
    forwarded += "Connection: close\r\n\r\n";
    let mut upstream = TcpStream::connect(server).unwrap();
    upstream.write_all(&[forwarded.as_bytes(), &body].concat()).unwrap();
    let mut reply = Vec::new();
    upstream.read_to_end(&mut reply).unwrap();
    // Before the client has it: whoever waits for the client then finds it here.
    seen.lock().unwrap().push(Exchange { head, body, reply: reply.clone() });
    client.get_mut().write_all(&reply).unwrap();
}

/// The method, the URL and the headers.
fn read(head: &str) -> (&str, String, HeaderMap) {
    let mut lines = head.lines();
    let mut words = lines.next().unwrap().split(' ');
    let (method, target) = (words.next().unwrap(), words.next().unwrap());
    let mut headers = HeaderMap::new();
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        headers.append(name, HeaderValue::from_str(value.trim()).unwrap());
    }
    let host = headers["host"].to_str().unwrap();
    (method, format!("http://{host}{target}"), headers)
}

/// The token and its secret, if a reply has them.
fn issued(one: &Exchange) -> Option<(String, String)> {
    let reply = String::from_utf8_lossy(&one.reply);
    let pairs = decode_pairs(reply.split_once("\r\n\r\n")?.1.trim()).ok()?;
    let find = |name: &str| {
        pairs.iter().find(|pair| pair.0 == name).map(|pair| pair.1.clone().into_owned())
    };
    find("oauth_token").zip(find("oauth_token_secret"))
}

/// The value of `oauth_token`, in a header, a query or a form.
fn token(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("oauth_token=")?;
    let rest = rest.strip_prefix('"').unwrap_or(rest);
    let value = rest.split(['"', '&', ',', ' ']).next()?;
    let value = percent_decode_str(value).decode_utf8().unwrap().into_owned();
    (!value.is_empty()).then_some(value)
}
