//! The data host: FatSecret's methods as a table, of which the echo is the first.
//!
//! A method is one function of the account and the call. It is reached by its name at
//! `/rest/server.api` and by its path, as FatSecret's are; it never sees an OAuth parameter.

use http::Method;
use serde_json::{Value, json};

use super::{
    naive::Pair,
    problem::Problem,
    received::{Received, find, is_oauth},
};

/// What a user has stored. Methods keep their data here.
#[derive(Debug, Default)]
pub(super) struct Account {
    pub(super) user: String,
}

impl Account {
    pub(super) fn new(user: &str) -> Self {
        Self { user: user.to_owned() }
    }
}

/// A call without its OAuth parameters.
pub(super) struct Params {
    pub(super) verb: Method,
    pub(super) query: Vec<Pair>,
    pub(super) form: Vec<Pair>,
    pub(super) body_length: usize,
    /// Whether the call carried an access token.
    pub(super) delegated: bool,
}

impl Params {
    pub(super) fn of(received: &Received, delegated: bool) -> Self {
        let plain = |pairs: &[Pair]| -> Vec<Pair> {
            pairs.iter().filter(|(name, _)| !is_oauth(name)).cloned().collect()
        };
        Self {
            verb: received.verb.clone(),
            query: plain(&received.query),
            form: plain(&received.form),
            body_length: received.body.len(),
            delegated,
        }
    }

    /// The first value of that name, of the query or else of the form.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        find(&self.query, name).or_else(|| find(&self.form, name))
    }

    pub(super) fn wants_json(&self) -> bool {
        self.get("format") == Some("json")
    }
}

/// An error of the data host, in FatSecret's numbers.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ApiError {
    pub(super) code: u16,
    pub(super) message: String,
}

impl ApiError {
    pub(super) fn new(code: u16, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

impl From<&Problem> for ApiError {
    fn from(problem: &Problem) -> Self {
        Self::new(problem.code(), problem.sentence())
    }
}

/// One method of the data host.
pub(super) struct Handler {
    /// Its name at `/rest/server.api`.
    pub(super) method: &'static str,
    /// Its own path, with the version.
    pub(super) path: &'static str,
    /// The HTTP methods that reach it by its path; empty: all.
    pub(super) verbs: &'static [Method],
    /// Whether it needs an access token.
    pub(super) delegated: bool,
    pub(super) run: fn(&mut Account, &Params) -> Result<Value, ApiError>,
}

const HANDLERS: &[Handler] =
    &[Handler { method: "echo", path: "/rest/echo/v1", verbs: &[], delegated: false, run: echo }];

/// Finds the method that a call means.
pub(super) fn route(path: &str, params: &Params) -> Result<&'static Handler, ApiError> {
    let handler = if path == "/rest/server.api" {
        let name = params
            .get("method")
            .ok_or_else(|| ApiError::new(101, "Missing required parameter: method"))?;
        HANDLERS.iter().find(|handler| handler.method == name).ok_or_else(|| {
            ApiError::new(10, format!("Unknown method: '{}'", super::check::quoted(name)))
        })?
    } else {
        let found: Vec<&Handler> = HANDLERS.iter().filter(|handler| handler.path == path).collect();
        if found.is_empty() {
            return Err(ApiError::new(23, "API not found"));
        }
        found
            .into_iter()
            .find(|handler| handler.verbs.is_empty() || handler.verbs.contains(&params.verb))
            .ok_or_else(|| ApiError::new(22, "Invalid request: HTTP method not allowed"))?
    };
    if handler.delegated && !params.delegated {
        return Err(ApiError::new(2, "Missing required oauth parameter: oauth_token"));
    }
    Ok(handler)
}

#[expect(clippy::unnecessary_wraps, reason = "the methods of the table share a signature")]
fn echo(account: &mut Account, params: &Params) -> Result<Value, ApiError> {
    Ok(json!({
        "echo": {
            "verb": params.verb.as_str(),
            "query": params.query,
            "form": params.form,
            "body_length": params.body_length,
            "delegated": params.delegated,
            "user": params.delegated.then_some(&account.user),
        }
    }))
}

/// Writes an answer as XML, which FatSecret does when `format=json` is missing.
pub(super) fn xml(value: &Value) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"utf-8\" ?>");
    write_xml(&mut out, value);
    out
}

fn write_xml(out: &mut String, value: &Value) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                out.extend(["<", name, ">"]);
                write_xml(out, field);
                out.extend(["</", name, ">"]);
            }
        }
        Value::Array(items) => {
            for item in items {
                out.push_str("<item>");
                write_xml(out, item);
                out.push_str("</item>");
            }
        }
        Value::String(text) => out.push_str(&escape(text)),
        Value::Null => {}
        Value::Bool(_) | Value::Number(_) => out.push_str(&value.to_string()),
    }
}

/// Escapes text for XML and HTML, in elements and in quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // XML has no way to write most control characters.
            control if control.is_control() && !"\t\n\r".contains(control) => {
                escaped.push('\u{fffd}');
            }
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_escaped_in_xml() {
        let value = json!({"a": {"b": "<&'\"\u{1}", "c": [1, null, true]}});
        assert_eq!(
            xml(&value),
            "<?xml version=\"1.0\" encoding=\"utf-8\" ?><a><b>&lt;&amp;&#39;&quot;\u{fffd}</b>\
             <c><item>1</item><item></item><item>true</item></c></a>"
        );
    }
}
