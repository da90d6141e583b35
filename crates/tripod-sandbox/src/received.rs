//! A request as the sandbox reads it: pairs of the query, the form and the header, kept apart.

// The trap: the base string is of what arrived. The path stays as it is written in the request
// line, and the host as the client named it, not as this server knows itself.

use axum::body::Bytes;
use http::{Method, header, request};

use crate::{
    endpoint::Placement,
    naive::{self, Pair},
    problem::Problem,
};

/// What arrived. Everything in here is bounded by the limits on head and body.
pub(crate) struct Received {
    pub(crate) verb: Method,
    pub(crate) path: String,
    /// Scheme, host and path: the base string URI of RFC 5849 section 3.4.1.2.
    pub(crate) base_uri: String,
    pub(crate) query: Vec<Pair>,
    pub(crate) form: Vec<Pair>,
    pub(crate) header: Vec<Pair>,
    pub(crate) is_form: bool,
    pub(crate) body: Bytes,
    pub(crate) cookies: Vec<Pair>,
}

impl Received {
    pub(crate) fn read(parts: &request::Parts, body: Bytes) -> Result<Self, Problem> {
        let host = one(parts, &header::HOST)?.ok_or(Problem::Unreadable("no Host header"))?;
        let path = parts.uri.path().to_owned();

        let query = naive::parse_form(parts.uri.query().unwrap_or_default())
            .ok_or(Problem::Unreadable("the query is not UTF-8"))?;
        let is_form = one(parts, &header::CONTENT_TYPE)?
            .and_then(|value| value.split(';').next())
            .is_some_and(|mime| {
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
        let header = one(parts, &header::AUTHORIZATION)?.unwrap_or_default();
        let header =
            naive::parse_header(header).ok_or(Problem::Unreadable("the Authorization header"))?;
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
            base_uri: naive::base_uri("http", host, &path),
            path,
            query,
            form,
            header,
            is_form,
            body,
            cookies,
        })
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
        [&self.query, &self.form, &self.header].into_iter().flatten().cloned().collect()
    }

    pub(crate) fn base_string(&self) -> String {
        naive::base_string(&self.verb, &self.base_uri, &self.all_pairs())
    }

    /// The first value of that name in the query, or else in the form.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        find(&self.query, name).or_else(|| find(&self.form, name))
    }
}

/// Whether the name belongs to the protocol.
pub(crate) fn is_oauth(name: &str) -> bool {
    name.starts_with("oauth_")
}

/// The first value of that name.
pub(crate) fn find<'a>(pairs: &'a [Pair], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(candidate, _)| candidate == name).map(|(_, value)| value.as_str())
}

/// A header that may be there once.
fn one<'a>(
    parts: &'a request::Parts,
    name: &header::HeaderName,
) -> Result<Option<&'a str>, Problem> {
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
