//! A browser that can do what the sandbox's page needs, and no more.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

/// Sends a request and gives the whole reply, head and body.
pub(crate) fn send(url: &str, request: &str) -> String {
    let (host, _) = parts(url);
    let mut stream = TcpStream::connect(host).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).unwrap();
    String::from_utf8_lossy(&reply).into_owned()
}

/// Opens a page.
pub(crate) fn get(url: &str) -> String {
    let (host, path) = parts(url);
    send(url, &format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"))
}

/// Logs in on the sandbox's page and allows the access. Gives the page that comes then.
pub(crate) fn allow(page: &str) -> String {
    let opened = get(page);
    let value = |name: &str| between(&opened, &format!("name=\"{name}\" value=\""), "\"");
    let form = format!(
        "oauth_token={}&form={}&name=ada&password=lovelace&answer=allow",
        value("oauth_token"),
        value("form")
    );
    let cookie = between(&opened, "set-cookie: ", ";");
    let (host, path) = parts(page);
    let path = path.split('?').next().unwrap();
    send(
        page,
        &format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nCookie: {cookie}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            form.len()
        ),
    )
}

#[track_caller]
pub(crate) fn between(text: &str, start: &str, end: &str) -> String {
    let (_, rest) = text.split_once(start).unwrap_or_else(|| panic!("no {start} in {text}"));
    rest.split_once(end).unwrap().0.to_owned()
}

/// The host and the rest of an address.
fn parts(url: &str) -> (&str, String) {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    (host, format!("/{path}"))
}
