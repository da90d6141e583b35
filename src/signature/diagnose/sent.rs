//! A request as it was sent, read for what its signature should cover.

use std::{borrow::Cow, fmt};

use http::{HeaderMap, header};
use percent_encoding::percent_decode_str;

use super::fields;
use crate::{
    error::{Error, kind::ErrorKind},
    shown::ShownUrl,
    signature::{
        params::{is_form_type, reserved_name},
        uri::{BaseUri, scheme},
    },
};

/// A request as it was sent: what its signer should have signed, and the signature.
///
/// Write it with all four fields; no others will be added.
///
/// # Examples
///
/// ```
/// use http::HeaderMap;
/// use tripod::signature::diagnose::Sent;
///
/// let mut headers = HeaderMap::new();
/// headers.insert("Authorization", r#"OAuth oauth_consumer_key="k", oauth_signature="%3D""#.parse().unwrap());
/// let sent = Sent { method: "GET", url: "https://api.example/1/me?a=b", headers: &headers, body: b"" };
/// assert_eq!(sent.method, "GET");
/// ```
#[derive(Clone, Copy)]
pub struct Sent<'a> {
    /// The HTTP method, such as `GET`.
    pub method: &'a str,
    /// The absolute URL, with its query.
    pub url: &'a str,
    /// The headers; only `Authorization`, `Content-Type` and `Host` are looked at.
    pub headers: &'a HeaderMap,
    /// The body, at most 64 KiB. Remove the bytes of a file from a multipart body that is larger: they are not signed.
    pub body: &'a [u8],
}

impl fmt::Debug for Sent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sent")
            .field("method", &self.method)
            .field("url", &format_args!("{}", ShownUrl::of(self.url)))
            .finish_non_exhaustive()
    }
}

/// The longest body that is read.
pub(super) const LONGEST_BODY: usize = 64 * 1024;
/// The longest URL, and the longest `Authorization` header.
const LONGEST_TEXT: usize = 64 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Header,
    Query,
    Form,
}

/// A parameter of OAuth's, decoded.
#[derive(Clone)]
pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) place: Place,
}

/// The parts of a URL as they stand in it.
#[derive(Clone, Copy, Default)]
pub(super) struct Parts<'a> {
    pub(super) tls: bool,
    pub(super) user: Option<&'a str>,
    pub(super) host: &'a str,
    pub(super) port: Option<&'a str>,
    pub(super) path: &'a str,
    pub(super) query: Option<&'a str>,
    pub(super) fragment: Option<&'a str>,
}

/// A request, read.
pub(super) struct Reading<'a> {
    pub(super) method: &'a str,
    pub(super) url: Parts<'a>,
    /// The `Host` header, if it is another than the URL's.
    pub(super) host_header: Option<&'a str>,
    pub(super) realm: Option<String>,
    pub(super) protocol: Vec<Parameter>,
    /// A body of the form type.
    pub(super) form: Option<&'a str>,
    /// Whether the body is of the form type, but is not UTF-8.
    pub(super) is_form_unreadable: bool,
    /// A body of another type, as text.
    pub(super) other_body: Option<&'a str>,
    /// The fields of that body which a signer may take for a form's.
    pub(super) fields: Vec<(String, String)>,
    pub(super) content_type: Option<&'a str>,
    /// The signature as it stands in its place, still encoded.
    pub(super) signature: String,
}

impl<'a> Reading<'a> {
    pub(super) fn of(sent: &Sent<'a>) -> Result<Self, Error> {
        let invalid = |reason| Error::setup(ErrorKind::InvalidSetting { reason });
        if sent.body.len() > LONGEST_BODY {
            return Err(invalid(
                "the body is larger than the 64 KiB that are diagnosed; cut out what is not signed, such as the bytes of a file",
            ));
        }
        if sent.url.len() > LONGEST_TEXT {
            return Err(invalid("the URL is longer than the 64 KiB that are diagnosed"));
        }
        let url = parts(sent.url)?;
        let text = |name| sent.headers.get(name).and_then(|value| value.to_str().ok());
        let content_type = text(header::CONTENT_TYPE);
        let is_form = content_type.is_some_and(is_form_type);
        let readable = std::str::from_utf8(sent.body);
        let body = readable.ok().filter(|body| !body.is_empty());
        let host_header =
            text(header::HOST).filter(|host| !host.eq_ignore_ascii_case(&authority(&url)));
        let mut reading = Self {
            method: sent.method,
            url,
            host_header,
            realm: None,
            protocol: Vec::new(),
            form: body.filter(|_| is_form),
            is_form_unreadable: is_form && readable.is_err(),
            // A file among the parts need not be text.
            fields: if is_form {
                Vec::new()
            } else {
                let body = String::from_utf8_lossy(sent.body);
                fields::of_body(content_type.unwrap_or_default(), &body)
            },
            other_body: body.filter(|_| !is_form),
            content_type,
            signature: String::new(),
        };
        let mut signature = None;
        // A realm may have letters that are not ASCII, in whatever encoding. Only OAuth's header is read.
        let mut length = 0_usize;
        for value in sent.headers.get_all(header::AUTHORIZATION) {
            length = length.saturating_add(value.len());
            if length > LONGEST_TEXT {
                return Err(invalid("the Authorization header is longer than 64 KiB"));
            }
            reading.read_header(&String::from_utf8_lossy(value.as_bytes()), &mut signature);
        }
        for (text, place) in [(reading.url.query, Place::Query), (reading.form, Place::Form)] {
            for (name, value) in raw_pairs(text.unwrap_or_default(), &['&']) {
                let name = decode(name, true);
                if name.starts_with("oauth_") {
                    reading.take(name.into_owned(), value, place, &mut signature);
                }
            }
        }
        let missing = "the request has no oauth_signature; give it as it was sent, with its Authorization header";
        reading.signature = signature.ok_or_else(|| invalid(missing))?;
        Ok(reading)
    }

    fn take(&mut self, name: String, raw: &str, place: Place, signature: &mut Option<String>) {
        if name == "oauth_signature" {
            signature.get_or_insert_with(|| raw.to_owned());
        }
        let value = decode(raw, place != Place::Header).into_owned();
        self.protocol.push(Parameter { name, value, place });
    }

    /// Whether the body is a multipart body with text parts.
    pub(super) fn has_text_parts(&self) -> bool {
        self.content_type.is_some_and(fields::is_multipart) && !self.fields.is_empty()
    }

    /// Reads `OAuth name="value", …`, as leniently as servers do.
    fn read_header(&mut self, value: &str, signature: &mut Option<String>) {
        let Some((scheme, rest)) = value.trim_start().split_once([' ', '\t']) else { return };
        if !scheme.eq_ignore_ascii_case("oauth") {
            return;
        }
        for piece in split_outside_quotes(rest) {
            let Some((name, value)) = piece.split_once('=') else { continue };
            let value = value.trim();
            let value = value.strip_prefix('"').unwrap_or(value);
            let value = value.strip_suffix('"').unwrap_or(value);
            let name = decode(name.trim(), false);
            if name.eq_ignore_ascii_case("realm") {
                self.realm = Some(value.to_owned());
            } else {
                self.take(name.into_owned(), value, Place::Header, signature);
            }
        }
    }

    /// The values that grant access: tokens, verifiers, and the signature, which may be a key.
    pub(super) fn granting(&self) -> impl Iterator<Item = &str> {
        const NAMES: [&str; 4] =
            ["oauth_token", "oauth_verifier", "oauth_session_handle", "oauth_signature"];
        let granting = self.protocol.iter().filter(|one| NAMES.contains(&one.name.as_str()));
        granting.map(|one| one.value.as_str())
    }

    /// The value of a parameter of OAuth's.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.protocol.iter().find(|one| one.name == name).map(|one| one.value.as_str())
    }
}

/// Host and port as they stand in the URL.
fn authority(url: &Parts<'_>) -> String {
    match url.port {
        Some(port) => format!("{}:{port}", url.host),
        None => url.host.to_owned(),
    }
}

/// Takes a URL apart without changing a byte of it.
pub(super) fn parts(url: &str) -> Result<Parts<'_>, Error> {
    let (before, fragment) = match url.split_once('#') {
        Some((before, fragment)) => (before, Some(fragment)),
        None => (url, None),
    };
    let (tls, rest) = scheme(before)?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    let (path, query) = match rest.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (rest, None),
    };
    let (user, host) = match authority.rsplit_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, authority),
    };
    // The colon of a port is not inside the brackets of an IPv6 address.
    let (host, port) = match host.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (host, None),
    };
    // Whatever else is wrong with the host, its reader says it.
    BaseUri::parse(&format!("http://{host}/"))?;
    Ok(Parts { tls, user, host, port, path, query, fragment })
}

/// The undecoded names and values of a query or a form. Empty pieces vanish.
pub(super) fn raw_pairs<'t>(
    text: &'t str,
    separators: &'t [char],
) -> impl Iterator<Item = (&'t str, &'t str)> {
    text.split(separators)
        .filter(|piece| !piece.is_empty())
        .map(|piece| piece.split_once('=').unwrap_or((piece, "")))
}

/// Decodes once.
pub(super) fn decode(text: &str, plus_is_space: bool) -> Cow<'_, str> {
    let decoded: Cow<'_, [u8]> = percent_decode_str(text).into();
    let decoded = match (plus_is_space && text.contains('+'), decoded) {
        (false, Cow::Borrowed(_)) => return Cow::Borrowed(text),
        (false, decoded) => decoded.into_owned(),
        (true, _) => percent_decode_str(&text.replace('+', " ")).collect(),
    };
    Cow::Owned(
        String::from_utf8(decoded)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
    )
}

/// A name as a diagnosis may show it.
pub(super) fn shown_name(name: &str) -> String {
    match reserved_name(name) {
        short if short.is_empty() => "(unreadable)".to_owned(),
        short => short,
    }
}

/// The pieces between commas that are in no quotes.
fn split_outside_quotes(text: &str) -> impl Iterator<Item = &str> {
    let mut in_quotes = false;
    text.split(move |character| {
        in_quotes ^= character == '"';
        character == ',' && !in_quotes
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_taken_apart_as_it_stands() {
        let url = parts("HTTPS://u:p@Host.example:8443/a%2f/?b=c?d#e").unwrap();
        assert!(url.tls);
        assert_eq!((url.user, url.host, url.port), (Some("u:p"), "Host.example", Some("8443")));
        assert_eq!((url.path, url.query, url.fragment), ("/a%2f/", Some("b=c?d"), Some("e")));
        let bare = parts("http://[::1]").unwrap();
        assert_eq!((bare.host, bare.port, bare.path, bare.query), ("[::1]", None, "", None));
        for wrong in ["", "a.example/x", "ftp://a.example", "https://", "https://a b/"] {
            assert!(parts(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_header_is_read_as_servers_read_it() {
        let mut headers = HeaderMap::new();
        let value = r#"oauth realm="a, b",oauth_token="t%20x", oauth_signature=a%2Bb"#;
        headers.insert(header::AUTHORIZATION, value.parse().unwrap());
        let sent = Sent {
            method: "GET",
            url: "http://a.example/?oauth_x=1+2",
            headers: &headers,
            body: b"",
        };
        let reading = Reading::of(&sent).unwrap();
        assert_eq!(reading.realm.as_deref(), Some("a, b"));
        assert_eq!(reading.get("oauth_token"), Some("t x"));
        assert_eq!(reading.get("oauth_x"), Some("1 2"));
        assert_eq!(reading.signature, "a%2Bb");
        for realm in ["Müller".as_bytes(), b"M\xfcller"] {
            let value = [&b"OAuth realm=\""[..], realm, b"\", oauth_signature=\"a\""].concat();
            let value = http::HeaderValue::from_bytes(&value).unwrap();
            headers.insert(header::AUTHORIZATION, "Bearer t".parse().unwrap());
            headers.append(header::AUTHORIZATION, value);
            let sent =
                Sent { method: "GET", url: "http://a.example/", headers: &headers, body: b"" };
            assert_eq!(Reading::of(&sent).unwrap().signature, "a");
        }
        headers.clear();
        let sent = Sent { method: "GET", url: "http://a.example/", headers: &headers, body: b"" };
        let error = Reading::of(&sent).err().unwrap();
        assert!(error.to_string().contains("oauth_signature"), "{error}");
    }
}
