//! A provider on loopback with two replies. In the test's own process, so that what it holds is not
//! in the memory that is read.

use std::{
    io::{BufRead, BufReader, Write as _},
    net::TcpListener,
    thread,
};

use crate::canary::{Canaries, encode};

pub(crate) fn start(canaries: Canaries) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    // It ends with the process.
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            while let Some((path, sent)) = request(&mut stream) {
                let body = match path.as_str() {
                    "/request" => format!(
                        "oauth_token=rt&oauth_token_secret={}&oauth_callback_confirmed=true",
                        encode(&canaries.request_secret)
                    ),
                    "/access" => {
                        assert!(sent.contains(&encode(&canaries.verifier)));
                        format!(
                            "oauth_token=at&oauth_token_secret={}",
                            encode(&canaries.access_secret)
                        )
                    }
                    _ => "{}".to_owned(),
                };
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
                stream.get_mut().write_all((head + &body).as_bytes()).unwrap();
            }
        }
    });
    address
}

/// The path, and everything that was sent. `None` at the connection's end.
fn request(stream: &mut impl BufRead) -> Option<(String, String)> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let length = head
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).ok()?;
    let path = head.split([' ', '?']).nth(1)?.to_owned();
    Some((path, head + &String::from_utf8_lossy(&body)))
}
