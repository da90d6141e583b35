//! What the program prints.

use std::{
    fmt::Write,
    time::{SystemTime, UNIX_EPOCH},
};

use tripod_sandbox::{Persona, Sandbox, Seen};

use crate::options::Options;

/// The start-up text. It shows the secrets, because the reader needs them.
pub(crate) fn start(sandbox: &Sandbox, options: &Options) -> String {
    let kind = match options.like {
        Some(persona) => {
            format!("A strict OAuth 1.0a provider for tests, with the habits of {persona}.")
        }
        None if options.generic => {
            "A strict OAuth 1.0a provider for tests, which follows RFC 5849 alone.".to_owned()
        }
        None => "A strict OAuth 1.0a provider for tests, with FatSecret's methods and habits."
            .to_owned(),
    };
    let mut out = format!(
        "{kind}\nPress Ctrl-C to stop it. It forgets everything then.\n\n\
         Endpoints\n  \
           request token    {}\n  \
           authorization    {}\n  \
           access token     {}\n",
        sandbox.request_token_url(),
        sandbox.authorize_url(),
        sandbox.access_token_url(),
    );
    if options.like.is_none_or(|persona| persona == Persona::FatSecret) {
        let _ = write!(
            out,
            "  methods by name  {}\n  methods by path  {}\n",
            sandbox.resource_url(),
            sandbox.data_url("")
        );
    } else {
        out.push_str("\nOrigins of the provider, which all answer at this sandbox's own\n");
        for origin in sandbox.origins() {
            let _ = writeln!(out, "  {origin}");
        }
    }
    let _ = write!(
        out,
        "\nConsumer\n  key     {}\n  secret  {}\n\n\
         User, who logs in on the authorization page\n  name      {}\n  password  {}\n\n\
         Access token, granted already\n",
        options.consumer_key, options.consumer_secret, options.user, options.password,
    );
    for (token, secret) in options.grants() {
        let _ = writeln!(out, "  token   {token}\n  secret  {secret}");
    }
    out.push_str("\nEnvironment variables for your program\n");
    let origin = sandbox.origin();
    let (token, token_secret) = options.grants().next().unwrap_or_default();
    for (name, value) in [
        ("URL", origin.as_str()),
        ("CONSUMER_KEY", &options.consumer_key),
        ("CONSUMER_SECRET", &options.consumer_secret),
        ("TOKEN", token),
        ("TOKEN_SECRET", token_secret),
    ] {
        let _ = writeln!(out, "  export TRIPOD_SANDBOX_{name}={}", quoted(value));
    }
    out.push('\n');
    out
}

/// A line of the log, with the time of the day in UTC.
pub(crate) fn request(seen: &Seen) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let (hour, minute, second) = (now / 3600 % 24, now / 60 % 60, now % 60);
    format!("{hour:02}:{minute:02}:{second:02}Z {seen}\n")
}

/// A value as a POSIX shell reads it.
fn quoted(value: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/".contains(&byte);
    if !value.is_empty() && value.bytes().all(is_plain) {
        value.to_owned()
    } else {
        format!("'{}'", value.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted_for_a_shell() {
        assert_eq!(quoted("http://127.0.0.1:8080"), "http://127.0.0.1:8080");
        assert_eq!(quoted("a b"), "'a b'");
        assert_eq!(quoted("it's $HOME"), r"'it'\''s $HOME'");
        assert_eq!(quoted(""), "''");
    }
}
