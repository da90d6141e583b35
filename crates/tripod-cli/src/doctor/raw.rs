//! The text of an HTTP request, as a log, a proxy or `curl -v` shows it.

use std::borrow::Cow;

use tripod::http::{HeaderMap, header};

use super::recorded::{Recorded, add_header, is_absolute};

/// More headers than any request has that people paste.
const MOST_HEADERS: usize = 100;

/// Reads a request line, headers, and a body behind an empty line. `scheme` is for a request that does not say
/// how it was sent.
pub(super) fn read(text: &[u8], scheme: Option<&str>) -> Result<Recorded, String> {
    let mut notes = Vec::new();
    let text = without_marks(text);
    let (line, rest) = match text.iter().position(|byte| *byte == b'\n') {
        Some(end) => text.split_at(end + 1),
        None => (&*text, &b""[..]),
    };
    let line = request_line(&String::from_utf8_lossy(line))?;
    let (head_end, body) = body_of(rest);
    let head = [line.as_bytes(), head_end, b"\r\n\r\n"].concat();

    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    request.parse(&head).map_err(|error| match error {
        httparse::Error::TooManyHeaders => format!("there are more than {MOST_HEADERS} headers"),
        httparse::Error::HeaderName | httparse::Error::HeaderValue => {
            "a header is not `Name: value`; between the headers and the body there is an empty line"
                .to_owned()
        }
        _ => NO_REQUEST.to_owned(),
    })?;
    let method = request.method.ok_or(NO_REQUEST)?.to_owned();
    let target = request.path.ok_or(NO_REQUEST)?;

    let mut headers = HeaderMap::new();
    for one in request.headers.iter() {
        add_header(&mut headers, one.name, one.value)?;
    }
    let url = if is_absolute(target) {
        target.to_owned()
    } else {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let host = host.ok_or(
            "the request has no Host header, so the host is not known; add it, or write the whole URL in the first line",
        )?;
        let scheme = scheme.unwrap_or_else(|| {
            let scheme = if is_loopback(host) { "http" } else { "https" };
            notes.push(format!(
                "the request does not say how it was sent; {scheme} is assumed (change it with --scheme)"
            ));
            scheme
        });
        format!("{scheme}://{host}{target}")
    };
    let body = within_length(body, &headers, &mut notes)?;
    Ok(Recorded { method, url, headers, body, notes })
}

const NO_REQUEST: &str =
    "this is neither a curl command nor an HTTP request, whose first line is `METHOD URL HTTP/1.1`";

/// Without the `> ` that `curl -v` puts before each line of a request, and without its other lines.
fn without_marks(text: &[u8]) -> Cow<'_, [u8]> {
    let start = text.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(text.len());
    let text = text.get(start..).unwrap_or_default();
    let is_marked = |line: &&[u8]| line.starts_with(b"> ") || line.trim_ascii_end() == b">";
    if !text.starts_with(b"*") && !text.starts_with(b"> ") {
        return Cow::Borrowed(text);
    }
    let lines = text.split_inclusive(|byte| *byte == b'\n').filter(is_marked);
    let lines = lines.map(|line| line.strip_prefix(b"> ").unwrap_or(&b"\r\n"[..]));
    Cow::Owned(lines.collect::<Vec<_>>().concat())
}

/// The first line with the version that the parser knows.
fn request_line(line: &str) -> Result<String, String> {
    let mut words = line.split_ascii_whitespace();
    let (method, target) = words.next().zip(words.next()).ok_or(NO_REQUEST)?;
    match words.next() {
        None => {}
        Some(version) if version.to_ascii_uppercase().starts_with("HTTP/") => {}
        Some(_) => return Err("the URL in the first line has a blank; write `%20`".to_owned()),
    }
    // The fragment is none of the target's characters, and Diagnose wants it as the signer knew it.
    Ok(format!("{method} {target} HTTP/1.1\r\n"))
}

/// Where the headers end, and what follows the empty line.
fn body_of(rest: &[u8]) -> (&[u8], &[u8]) {
    let mut start = 0;
    for line in rest.split_inclusive(|byte| *byte == b'\n') {
        let end = start + line.len();
        if line.trim_ascii().is_empty() {
            return (rest.get(..start).unwrap_or_default(), rest.get(end..).unwrap_or_default());
        }
        start = end;
    }
    (rest, b"")
}

/// The body without the line break that an editor has put behind it.
fn within_length(
    body: &[u8],
    headers: &HeaderMap,
    notes: &mut Vec<String>,
) -> Result<Vec<u8>, String> {
    if headers.contains_key(header::TRANSFER_ENCODING) {
        return Err("the body is sent in chunks; remove the Transfer-Encoding header and the lines with the chunks' sizes".to_owned());
    }
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let announced = announced.and_then(|value| value.trim().parse::<usize>().ok());
    let trimmed = body.trim_ascii_end();
    match announced {
        None => Ok(trimmed.to_vec()),
        Some(length) => {
            if let Some(body) = body.get(..length) {
                return Ok(body.to_vec());
            }
            notes.push(format!(
                "the body has {} bytes, and Content-Length says {length}; was it changed or cut off?",
                body.len()
            ));
            Ok(body.to_vec())
        }
    }
}

fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => name,
        _ => host,
    };
    ["localhost", "127.0.0.1", "[::1]"].contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, method: &str, url: &str, body: &str) -> Recorded {
        let request = read(text.as_bytes(), None).unwrap();
        assert_eq!((request.method.as_str(), request.url.as_str()), (method, url));
        assert_eq!(String::from_utf8_lossy(&request.body), body);
        request
    }

    #[test]
    fn a_request_is_read_as_it_was_sent() {
        let read = check(
            "POST /1/x?a=b%20c HTTP/1.1\r\nHost: api.example\r\nContent-Length: 3\r\nAuthorization: OAuth a=\"b\"\r\n\r\nf=1\n",
            "POST",
            "https://api.example/1/x?a=b%20c",
            "f=1",
        );
        assert_eq!(read.headers["authorization"], "OAuth a=\"b\"");
        assert_eq!(read.notes.len(), 1, "{:?}", read.notes);
        assert!(read.notes[0].contains("https is assumed"), "{:?}", read.notes);
    }

    #[test]
    fn the_url_is_in_the_first_line_or_in_the_host_header() {
        check(
            "GET https://a.example/x HTTP/2\nHost: b.example\n",
            "GET",
            "https://a.example/x",
            "",
        );
        check("GET http://a.example/x\n", "GET", "http://a.example/x", "");
        check("GET http://a.example/x", "GET", "http://a.example/x", "");
        check("\n\nGET / HTTP/1.1\nHost: 127.0.0.1:80\n\n", "GET", "http://127.0.0.1:80/", "");
        check("GET / HTTP/1.1\nhost: [::1]:8080\n\n", "GET", "http://[::1]:8080/", "");
        check(
            "GET /x?u=https://y HTTP/1.1\nHost: a.example\n\n",
            "GET",
            "https://a.example/x?u=https://y",
            "",
        );
        let text = b"GET /x HTTP/1.1\nHost: a.example\n\n";
        assert_eq!(read(text, Some("http")).unwrap().url, "http://a.example/x");
    }

    #[test]
    fn what_curl_shows_with_v_is_read() {
        check(
            "*   Trying 127.0.0.1:80...\n* Connected\n> POST /x HTTP/2\n> Host: a.example\n> X: \n> \n* sent\n< HTTP/2 401\n< date: now\n<\n{\"a\":1}\n",
            "POST",
            "https://a.example/x",
            "",
        );
        check("> GET /x HTTP/1.1\n> Host: a.example\n>\n", "GET", "https://a.example/x", "");
    }

    #[test]
    fn a_body_ends_where_its_length_says() {
        let head = "POST http://a.example/ HTTP/1.1\n";
        check(&format!("{head}\na=1\r\n\r\n"), "POST", "http://a.example/", "a=1");
        check(&format!("{head}Content-Length: 4\n\na=1\n"), "POST", "http://a.example/", "a=1\n");
        let text = format!("{head}Content-Length: 9\n\na=1");
        let short = check(&text, "POST", "http://a.example/", "a=1");
        assert_eq!(
            short.notes,
            ["the body has 3 bytes, and Content-Length says 9; was it changed or cut off?"]
        );
    }

    #[test]
    fn what_is_no_request_is_said() {
        for (text, said) in [
            ("", "neither a curl command nor an HTTP request"),
            ("hello", "neither a curl command nor an HTTP request"),
            ("GET /x HTTP/1.1\n\n", "no Host header"),
            ("GET /a b HTTP/1.1\nHost: a.example\n", "has a blank"),
            ("GET /x HTTP/1.1\nnot a header\n", "a header is not"),
            ("GET /\u{1} HTTP/1.1\nHost: a\n", "neither"),
            ("POST http://a.example/\nTransfer-Encoding: chunked\n\n3\na=1\n0\n", "in chunks"),
            (&format!("GET http://a.example/ HTTP/1.1\n{}", "a: b\n".repeat(101)), "more than 100"),
        ] {
            let error = read(text.as_bytes(), None).err().unwrap();
            assert!(error.contains(said), "{text}: {error}");
        }
    }
}
