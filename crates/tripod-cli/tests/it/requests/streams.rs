//! Bodies that are larger than what is held in memory, and that arrive piece by piece.

use std::{
    io::{BufRead as _, BufReader, Read, Write as _},
    net::{TcpListener, TcpStream},
    process::Stdio,
    sync::mpsc,
    thread,
};

use super::logged_in::LoggedIn;

const HALF: usize = 3 << 20;

fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect()
}

/// A server that is neither the sandbox nor the provider: it checks no signature.
fn server() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}/", listener.local_addr().unwrap());
    (listener, origin)
}

/// Reads the head of a request.
fn head(stream: &mut BufReader<TcpStream>) -> String {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert!(stream.read_line(&mut head).unwrap() > 0, "{head}");
    }
    head.to_ascii_lowercase()
}

/// A chunk of a body without a length; empty at its end.
fn chunk(stream: &mut BufReader<TcpStream>) -> Vec<u8> {
    let mut line = String::new();
    stream.read_line(&mut line).unwrap();
    let mut bytes = vec![0; usize::from_str_radix(line.trim(), 16).unwrap() + 2];
    stream.read_exact(&mut bytes).unwrap();
    bytes.truncate(bytes.len() - 2);
    bytes
}

/// The second half is sent only when the first has come out of the program.
#[test]
fn a_reply_is_written_while_it_arrives() {
    let (listener, origin) = server();
    let home = LoggedIn::generic(Some(&origin));
    let (first_is_out, wait) = mpsc::channel();
    let server = thread::spawn(move || {
        let mut stream = BufReader::new(listener.accept().unwrap().0);
        let head = head(&mut stream);
        assert!(head.starts_with("get /big?a=1 http/1.1") && head.contains("authorization: oauth"));
        let body = pattern(2 * HALF);
        let out = stream.get_mut();
        write!(out, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len()).unwrap();
        out.write_all(&body[..HALF]).unwrap();
        wait.recv().unwrap();
        out.write_all(&body[HALF..]).unwrap();
    });
    let mut command = home.tripod(&["get"]);
    let mut child = command.args(["big", "-q", "a=1"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut out = child.stdout.take().unwrap();
    let mut body = vec![0; HALF];
    out.read_exact(&mut body).unwrap();
    first_is_out.send(()).unwrap();
    out.read_to_end(&mut body).unwrap();
    assert!(child.wait().unwrap().success());
    assert!(body == pattern(2 * HALF), "{} bytes", body.len());
    server.join().unwrap();
}

#[test]
fn a_large_reply_goes_into_a_file_and_not_onto_a_terminal() {
    let (listener, origin) = server();
    let home = LoggedIn::generic(Some(&origin));
    let server = thread::spawn(move || {
        for _ in 0..2 {
            let mut stream = BufReader::new(listener.accept().unwrap().0);
            head(&mut stream);
            let out = stream.get_mut();
            // The second reader goes away.
            let _ = write!(out, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", 2 * HALF);
            let _ = out.write_all(&pattern(2 * HALF));
        }
    });
    let said = home.run(&["get", "big", "-o", "big"]);
    assert_eq!((said.code, said.out.len()), (0, 0), "{said:?}");
    assert!(std::fs::read(home.path("big")).unwrap() == pattern(2 * HALF));
    let said = home.run(&["--color=always", "get", "big"]);
    assert_eq!((said.code, said.out.len()), (1, 0), "{}", said.err);
    assert!(said.err.contains("-o FILE"), "{}", said.err);
    server.join().unwrap();
}

/// The second half is typed only when the first has arrived at the server.
#[test]
fn standard_input_is_sent_while_it_is_read() {
    let (listener, origin) = server();
    let home = LoggedIn::generic(Some(&origin));
    let (first_is_there, wait) = mpsc::channel();
    let server = thread::spawn(move || {
        let mut stream = BufReader::new(listener.accept().unwrap().0);
        let head = head(&mut stream);
        assert!(head.contains("content-type: video/mp4") && head.contains("chunked"), "{head}");
        let mut body = Vec::new();
        let mut told = false;
        loop {
            let chunk = chunk(&mut stream);
            if chunk.is_empty() {
                break;
            }
            body.extend(chunk);
            if body.len() >= HALF && !told {
                told = true;
                first_is_there.send(()).unwrap();
            }
        }
        assert!(body == pattern(2 * HALF), "{} bytes", body.len());
        let reply = "HTTP/1.1 201 Created\r\nContent-Length: 7\r\n\r\n{\"a\":1}";
        stream.get_mut().write_all(reply.as_bytes()).unwrap();
    });
    let mut command = home.tripod(&["post"]);
    command.args(["up", "--body", "@-", "-H", "Content-Type: video/mp4", "-i"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let body = pattern(2 * HALF);
    input.write_all(&body[..HALF]).unwrap();
    wait.recv().unwrap();
    input.write_all(&body[HALF..]).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.starts_with("HTTP/1.1 201 Created\n") && text.ends_with("\n\n{\"a\":1}"),
        "{text}"
    );
    assert!(output.status.success());
    server.join().unwrap();
}

/// A file is sent with its length, alone and as a part; a refusal of it is printed, and has its exit code.
#[test]
fn a_large_file_is_sent_and_may_be_refused() {
    let (listener, origin) = server();
    let home = LoggedIn::generic(Some(&origin));
    std::fs::write(home.path("sea.mp4"), pattern(2 * HALF)).unwrap();
    let server = thread::spawn(move || {
        let replies = ["200 OK", "200 OK", "413 Content Too Large"];
        replies.map(|status| {
            let mut stream = BufReader::new(listener.accept().unwrap().0);
            let head = head(&mut stream);
            let length = head.split("content-length: ").nth(1).unwrap().lines().next().unwrap();
            let mut body = vec![0; length.parse().unwrap()];
            stream.read_exact(&mut body).unwrap();
            let reply = format!("HTTP/1.1 {status}\r\nContent-Length: 4\r\n\r\nhere");
            stream.get_mut().write_all(reply.as_bytes()).unwrap();
            (head, body)
        })
    });
    let said = home.run(&["put", "videos/7", "--body", "@sea.mp4"]);
    assert_eq!((said.out.as_str(), said.code), ("here", 0), "{said:?}");
    let said = home.run(&["post", "videos", "-F", "title=Sea", "-F", "video=@sea.mp4"]);
    assert_eq!((said.out.as_str(), said.code), ("here", 0), "{said:?}");
    let said = home.run(&["put", "videos/7", "--body", "@sea.mp4"]);
    assert_eq!((said.out.as_str(), said.code), ("here", 7), "{said:?}");
    let [(alone, body), (parts, form), _] = server.join().unwrap();
    assert!(alone.contains("content-type: video/mp4"), "{alone}");
    assert!(body == pattern(2 * HALF));
    assert!(parts.contains("content-type: multipart/form-data; boundary="), "{parts}");
    assert!(form.len() > 2 * HALF && form.windows(8).any(|bytes| bytes == b"\r\n\r\nSea\r"));
}

/// A stream is sent once by the library. A file is read again, and signed with the provider's time.
#[test]
fn a_large_file_is_sent_again_if_the_clock_was_refused() {
    let (listener, origin) = server();
    let home = LoggedIn::generic(Some(&origin));
    std::fs::write(home.path("sea.mp4"), pattern(HALF)).unwrap();
    let server = thread::spawn(move || {
        let refusal = "oauth_problem=timestamp_refused";
        // A day of the year 2033.
        let refused = format!(
            "HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nDate: Wed, 18 May 2033 03:33:20 GMT\r\nContent-Length: {}\r\n\r\n{refusal}",
            refusal.len()
        );
        [refused.as_str(), "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhere"].map(|reply| {
            let mut stream = BufReader::new(listener.accept().unwrap().0);
            let head = head(&mut stream);
            let mut body = vec![0; HALF];
            stream.read_exact(&mut body).unwrap();
            stream.get_mut().write_all(reply.as_bytes()).unwrap();
            assert!(body == pattern(HALF));
            head
        })
    });
    let said = home.run(&["put", "videos/7", "--body", "@sea.mp4"]);
    assert_eq!((said.out.as_str(), said.code), ("here", 0), "{said:?}");
    let [_, second] = server.join().unwrap();
    assert!(second.contains("oauth_timestamp=\"20000000"), "{second}");
}

/// Whoever repeats a write because it was not answered may write twice.
#[test]
fn a_write_without_an_answer_is_not_to_be_repeated_blindly() {
    for (method, reply) in
        [("post", ""), ("post", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")]
    {
        let (listener, origin) = server();
        let home = LoggedIn::generic(Some(&origin));
        let server = thread::spawn(move || {
            let mut stream = BufReader::new(listener.accept().unwrap().0);
            head(&mut stream);
            stream.get_mut().write_all(reply.as_bytes()).unwrap();
        });
        let said = home.run(&[method, "entries", "-q", "a=b"]);
        server.join().unwrap();
        assert_eq!(said.code, 4, "{reply} {said:?}");
        assert!(said.err.contains("carried out"), "{reply} {said:?}");
        assert!(
            !said.err.contains("Try again") && !said.err.contains("Check the network"),
            "{said:?}"
        );
    }
}
