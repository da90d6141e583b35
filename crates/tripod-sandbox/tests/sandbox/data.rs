//! Helpers for calls to the data host, which are signed as the other tests sign theirs.

use serde_json::Value;
use tripod_sandbox::Sandbox;

use crate::support::*;

/// A sandbox at 2026-01-01, and its user's access token.
pub(crate) struct User {
    pub(crate) sandbox: Sandbox,
    token: (String, String),
}

/// 2026-01-01.
pub(crate) const TODAY: i64 = 20_454;

impl User {
    /// With tidy shapes, so that tests can name values; those of the odd ones are apart.
    pub(crate) fn tidy() -> Self {
        Self::of(builder().odd_shapes(false))
    }

    pub(crate) fn odd() -> Self {
        Self::of(builder())
    }

    pub(crate) fn of(builder: tripod_sandbox::Builder) -> Self {
        let sandbox = builder.access_token("user-token", "user-secret").start_blocking().unwrap();
        let _ = sandbox.grant();
        Self { sandbox, token: ("user-token".to_owned(), "user-secret".to_owned()) }
    }

    /// The same sandbox with another access token.
    pub(crate) fn with_token(mut self, token: &str, secret: &str) -> Self {
        self.token = (token.to_owned(), secret.to_owned());
        self
    }

    /// Calls a method by its name with the user's token.
    #[track_caller]
    pub(crate) fn call(&self, method: &str, params: &[(&str, &str)]) -> Value {
        let mut all = vec![("method", method)];
        all.extend(params);
        self.send(self.signed("GET", "server.api"), &all)
    }

    /// Calls a method by its path with the user's token.
    #[track_caller]
    pub(crate) fn path(&self, verb: &'static str, path: &str, params: &[(&str, &str)]) -> Value {
        self.send(self.signed(verb, path), params)
    }

    /// Calls a method by its name, signed without a token.
    #[track_caller]
    pub(crate) fn public(&self, method: &str, params: &[(&str, &str)]) -> Value {
        let mut all = vec![("method", method)];
        all.extend(params);
        self.send(Call::new("GET", self.sandbox.data_url("server.api"), Way::Query), &all)
    }

    pub(crate) fn signed(&self, verb: &'static str, path: &str) -> Call {
        Call::new(verb, self.sandbox.data_url(path), Way::Query).token(&self.token.0, &self.token.1)
    }

    #[track_caller]
    fn send(&self, call: Call, params: &[(&str, &str)]) -> Value {
        let call = call.query("format", "json");
        let call = params.iter().fold(call, |call, (name, value)| call.query(name, value));
        let reply = call.send(&self.sandbox);
        assert_eq!(reply.status, 200);
        assert_eq!(reply.header("content-type"), Some("application/json; charset=utf-8"));
        reply.json()
    }

    /// A change that succeeds.
    #[track_caller]
    pub(crate) fn done(&self, method: &str, params: &[(&str, &str)]) {
        assert_eq!(self.call(method, params), serde_json::json!({"success": {"value": 1}}));
    }

    /// The code of the error that a call gives.
    #[track_caller]
    pub(crate) fn code(&self, method: &str, params: &[(&str, &str)]) -> u64 {
        code(&self.call(method, params))
    }
}

/// The code of an error.
#[track_caller]
pub(crate) fn code(reply: &Value) -> u64 {
    reply["error"]["code"].as_u64().unwrap_or_else(|| panic!("no error: {reply}"))
}

/// Adds to some parameters, or replaces them.
pub(crate) fn with<'a>(
    params: &[(&'a str, &'a str)],
    name: &'a str,
    value: &'a str,
) -> Vec<(&'a str, &'a str)> {
    let mut params: Vec<_> = without(params, name);
    params.push((name, value));
    params
}

/// Takes a parameter away.
pub(crate) fn without<'a>(params: &[(&'a str, &'a str)], name: &str) -> Vec<(&'a str, &'a str)> {
    params.iter().copied().filter(|(candidate, _)| *candidate != name).collect()
}
