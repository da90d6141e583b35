//! HTTP in a few lines: a browser that does not follow redirects, and a way to send a request again.

use std::{
    fmt::Write as _,
    io::{Read, Write as _},
    net::TcpStream,
    time::Duration,
};

use http::{Request, Response};

/// Sends a request as it is, on a connection of its own.
pub(crate) fn send(request: &Request<impl AsRef<[u8]>>) -> Response<Vec<u8>> {
    let uri = request.uri();
    let host = uri.authority().unwrap().as_str();
    let body = request.body().as_ref();
    let mut head = format!(
        "{} {} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n",
        request.method(),
        uri.path_and_query().unwrap()
    );
    for (name, value) in request.headers() {
        if name != http::header::CONTENT_LENGTH {
            write!(head, "{name}: {}\r\n", value.to_str().unwrap()).unwrap();
        }
    }
    write!(head, "Content-Length: {}\r\n\r\n", body.len()).unwrap();

    let mut stream = TcpStream::connect(host).unwrap();
    // A bound on broken tests; no test waits for it.
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = std::str::from_utf8(&bytes[..end]).unwrap();
    let mut reply = Response::builder().status(&head[9..12]);
    for (name, value) in head.lines().skip(1).filter_map(|line| line.split_once(':')) {
        reply = reply.header(name, value.trim());
    }
    reply.body(bytes[end + 4..].to_vec()).unwrap()
}

/// Opens a page and gives the address that the browser is sent on to.
pub(crate) fn redirected(url: &str) -> String {
    let reply = send(&Request::get(url).body("").unwrap());
    assert!(reply.status().is_redirection(), "{reply:?}");
    reply.headers()[http::header::LOCATION].to_str().unwrap().to_owned()
}
