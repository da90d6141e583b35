//! A request as the sandbox reads it: pairs of the query, the form and the header, kept apart.

// The trap: the base string is of what arrived. The path stays as it is written in the request
// line, and the host as the client named it, not as this server knows itself.

use axum::body::Bytes;
use http::{HeaderName, Method, header, request};

use crate::{
    endpoint::Placement,
    naive::{self, Pair},
    problem::Problem,
};

/// What arrived. Everything in here is bounded by the limits on head and body.
pub(crate) struct Received {
    pub(crate) verb: Method,
    pub(crate) host: String,
    pub(crate) path: String,
    /// Scheme, host and path: the base string URI of RFC 5849 section 3.4.1.2.
    pub(crate) base_uri: String,
    pub(crate) query: Vec<Pair>,
    pub(crate) form: Vec<Pair>,
    pub(crate) header: Vec<Pair>,
    pub(crate) realm: Option<String>,
    /// Pairs of a multipart body, where a provider signs them.
    pub(crate) parts: Vec<Pair>,
    pub(crate) is_form: bool,
    /// Whether the pairs of a form are signed, as the standard has it.
    pub(crate) signs_form: bool,
    pub(crate) body: Bytes,
    pub(crate) cookies: Vec<Pair>,
    pub(crate) user_agent: Option<String>,
    /// A key that stands in a header of its own, or as a bearer.
    pub(crate) api_key: Option<String>,
    content_type: String,
}

/// Where a request was sent, as far as that decides who answers it.
pub(crate) struct Address<'a> {
    pub(crate) host: &'a str,
    /// Whether that is the loopback interface, where all hosts of a provider are the sandbox.
    pub(crate) is_own: bool,
    pub(crate) path: &'a str,
    pub(crate) title: Option<&'a str>,
}

impl Received {
    /// Reads a request that was sent with this scheme.
    pub(crate) fn read(scheme: &str, parts: &request::Parts, body: Bytes) -> Result<Self, Problem> {
        let host = one(parts, &header::HOST)?.ok_or(Problem::Unreadable("no Host header"))?;
        let path = parts.uri.path().to_owned();

        let query = naive::parse_form(parts.uri.query().unwrap_or_default())
            .ok_or(Problem::Unreadable("the query is not UTF-8"))?;
        let content_type = one(parts, &header::CONTENT_TYPE)?.unwrap_or_default();
        let is_form = content_type.split(';').next().is_some_and(|mime| {
            mime.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
        });
        let form = if is_form {
            std::str::from_utf8(&body)
                .ok()
                .and_then(naive::parse_form)
                .ok_or(Problem::Unreadable("the form is not UTF-8"))?
        } else {
            Vec::new()
        };
        let authorization = one(parts, &header::AUTHORIZATION)?.unwrap_or_default();
        let mut header = naive::parse_header(authorization)
            .ok_or(Problem::Unreadable("the Authorization header"))?;
        let realm = header.iter().find(|(name, _)| naive::is_realm(name));
        let realm = realm.map(|(_, realm)| realm.clone());
        header.retain(|(name, _)| !naive::is_realm(name));
        let api_key = one(parts, &HeaderName::from_static("zotero-api-key"))?
            .or_else(|| authorization.strip_prefix("Bearer "));
        let cookies = parts
            .headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|cookie| cookie.trim().split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();

        Ok(Self {
            verb: parts.method.clone(),
            base_uri: naive::base_uri(scheme, host, &path),
            host: host.to_ascii_lowercase(),
            path,
            query,
            form,
            header,
            realm,
            parts: Vec::new(),
            is_form,
            signs_form: true,
            cookies,
            user_agent: one(parts, &header::USER_AGENT)?.map(str::to_owned),
            api_key: api_key.map(str::to_owned),
            content_type: content_type.to_owned(),
            body,
        })
    }

    pub(crate) fn address(&self) -> Address<'_> {
        Address {
            host: &self.host,
            is_own: is_loopback(&self.host),
            path: &self.path,
            title: find(&self.query, "title"),
        }
    }

    /// Reads the text parts of a multipart body, but for the one of that name.
    pub(crate) fn read_parts(&mut self, but: &str) {
        let boundary = self.content_type.split_once("boundary=").map(|(_, rest)| rest);
        let boundary = boundary.and_then(|rest| rest.split(';').next()).unwrap_or_default();
        let body = String::from_utf8_lossy(&self.body);
        let line = format!("--{}", boundary.trim().trim_matches('"'));
        self.parts = body
            .split(&*line)
            .skip(1)
            .filter_map(|part| part.strip_prefix("\r\n")?.split_once("\r\n\r\n"))
            .filter_map(|(head, text)| {
                let name = head.split_once("name=\"")?.1.split_once('"')?.0;
                let text = text.strip_suffix("\r\n").unwrap_or(text);
                (name != but).then(|| (name.to_owned(), text.to_owned()))
            })
            .collect();
    }

    /// The pairs of one place.
    pub(crate) fn pairs(&self, placement: Placement) -> &[Pair] {
        match placement {
            Placement::Header => &self.header,
            Placement::Query => &self.query,
            Placement::Form => &self.form,
        }
    }

    /// The places in which there are OAuth parameters.
    pub(crate) fn placements(&self) -> Vec<Placement> {
        [Placement::Header, Placement::Query, Placement::Form]
            .into_iter()
            .filter(|place| self.pairs(*place).iter().any(|(name, _)| is_oauth(name)))
            .collect()
    }

    /// All pairs of all places, as the base string wants them.
    pub(crate) fn all_pairs(&self) -> Vec<Pair> {
        let form = if self.signs_form { self.form.as_slice() } else { &[] };
        let places = [self.query.as_slice(), form, &self.parts, &self.header];
        places.into_iter().flatten().cloned().collect()
    }

    pub(crate) fn base_string(&self) -> String {
        naive::base_string(&self.verb, &self.base_uri, &self.all_pairs())
    }

    /// The first value of that name in the query, or else in the form.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        find(&self.query, name).or_else(|| find(&self.form, name))
    }
}

/// Returns whether a `Host` is the loopback interface, under any port.
pub(crate) fn is_loopback(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    ["127.0.0.1", "localhost", "[::1]"].contains(&name)
}

/// Returns whether the name belongs to the protocol.
pub(crate) fn is_oauth(name: &str) -> bool {
    name.starts_with("oauth_")
}

/// The first value of that name.
pub(crate) fn find<'a>(pairs: &'a [Pair], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(candidate, _)| candidate == name).map(|(_, value)| value.as_str())
}

/// A header that may be there once.
fn one<'a>(parts: &'a request::Parts, name: &HeaderName) -> Result<Option<&'a str>, Problem> {
    let mut values = parts.headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() {
        return Err(Problem::Unreadable("a header is given more than once"));
    }
    first
        .map(|value| value.to_str())
        .transpose()
        .map_err(|_| Problem::Unreadable("a header is not text"))
}
