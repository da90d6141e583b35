//! A provider on loopback with two replies. In the test's own process, so that what it holds is not
//! in the memory that is read.

use std::{
    fmt::Write as _,
    io::{BufRead, BufReader, Write as _},
    net::TcpListener,
    thread,
};

use crate::{canary::Canaries, naive::encode};

/// `in_pieces`: each reply as several chunks, of which none has a whole secret.
pub(crate) fn start(canaries: Canaries, in_pieces: bool) -> String {
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
                stream.get_mut().write_all(reply(&body, in_pieces).as_bytes()).unwrap();
            }
        }
    });
    address
}

fn reply(body: &str, in_pieces: bool) -> String {
    if !in_pieces {
        return format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    }
    let mut reply = String::from("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
    for piece in body.as_bytes().chunks(40) {
        let piece = std::str::from_utf8(piece).unwrap();
        write!(reply, "{:x}\r\n{piece}\r\n", piece.len()).unwrap();
    }
    reply + "0\r\n\r\n"
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
