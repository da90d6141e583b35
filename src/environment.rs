// What a program reads from the environment: keys, tokens and secrets.

use std::{env, ffi::OsString};

use zeroize::{Zeroize as _, Zeroizing};

use crate::{
    credentials::{AccessToken, Consumer},
    error::{Error, kind::ErrorKind},
};

impl Consumer {
    /// Reads a consumer key and its secret from the environment: `PREFIX_CONSUMER_KEY` and
    /// `PREFIX_CONSUMER_SECRET`.
    ///
    /// A line break at the end of a value is removed, because values that were read from a file often
    /// have one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Environment`] names the variable that is missing, is empty, or is not UTF-8.
    ///
    /// # Security
    ///
    /// No error shows a value. The secret also stays in the environment, and every program that you start inherits
    /// it.
    ///
    /// # Examples
    ///
    /// ```
    /// use tripod::{Client, Consumer, Error, Provider};
    ///
    /// /// With `FATSECRET_CONSUMER_KEY` and `FATSECRET_CONSUMER_SECRET`.
    /// fn client() -> Result<Client, Error> {
    ///     Client::new(Provider::fatsecret(), Consumer::from_env("FATSECRET")?)
    /// }
    /// ```
    pub fn from_env(prefix: &str) -> Result<Self, Error> {
        Self::from_variables(prefix, of_this_process)
    }

    fn from_variables(
        prefix: &str,
        find: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, Error> {
        let key = Variable::read(format!("{prefix}_CONSUMER_KEY"), &find);
        let secret = Variable::read(format!("{prefix}_CONSUMER_SECRET"), &find);
        let (key, secret) = (key.filled()?, secret.filled()?);
        Ok(Self::new(key.as_str(), secret.as_str()))
    }
}

impl AccessToken {
    /// Reads a stored access token and its secret from the environment: `PREFIX_ACCESS_TOKEN` and
    /// `PREFIX_ACCESS_SECRET`. `None` if neither is set.
    ///
    /// For a program on a server or a command line that acts for one user. A line break at the end of a value is
    /// removed. The secret may be empty, as in [`new`](Self::new).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Environment`] names the variable: it is not set although the other one is, the token is empty, or the
    /// value is not UTF-8. A variable that is set to an empty text counts as set.
    ///
    /// # Security
    ///
    /// As for [`Consumer::from_env`].
    ///
    /// # Examples
    ///
    /// ```
    /// use tripod::{AccessToken, Client, Error, Session};
    ///
    /// /// With `FATSECRET_ACCESS_TOKEN` and `FATSECRET_ACCESS_SECRET`; otherwise the user has to log in.
    /// fn stored(client: &Client) -> Result<Option<Session>, Error> {
    ///     let token = AccessToken::from_env("FATSECRET")?;
    ///     Ok(token.map(|token| client.session(token)))
    /// }
    /// ```
    pub fn from_env(prefix: &str) -> Result<Option<Self>, Error> {
        Self::from_variables(prefix, of_this_process)
    }

    fn from_variables(
        prefix: &str,
        find: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Option<Self>, Error> {
        let token = Variable::read(format!("{prefix}_ACCESS_TOKEN"), &find);
        let secret = Variable::read(format!("{prefix}_ACCESS_SECRET"), &find);
        if token.value.is_none() && secret.value.is_none() {
            return Ok(None);
        }
        let (token, secret) = (token.filled()?, secret.text()?);
        Self::new(token.as_str(), secret.as_str()).map(Some)
    }
}

/// A variable of this process. A name that the system could not have is not asked for: `var_os` may panic then.
fn of_this_process(name: &str) -> Option<OsString> {
    (!name.contains(['=', '\0'])).then(|| env::var_os(name)).flatten()
}

/// A variable that was read once, of whose value no copy is left in memory.
struct Variable {
    name: String,
    /// The value if it is set, or why it cannot be used.
    value: Option<Result<Zeroizing<String>, &'static str>>,
}

impl Variable {
    fn read(name: String, find: impl Fn(&str) -> Option<OsString>) -> Self {
        let value = find(&name).map(|value| match value.into_string() {
            Ok(value) => Ok(Zeroizing::new(value)),
            Err(value) => {
                value.into_encoded_bytes().zeroize();
                Err("is not UTF-8")
            }
        });
        Self { name, value }
    }

    /// The value, without a line break at its end.
    fn text(self) -> Result<Zeroizing<String>, Error> {
        let value = self.value.unwrap_or(Err("is not set"));
        let mut value = value.map_err(|reason| wrong(self.name, reason))?;
        let end = value.strip_suffix('\n').map(|rest| rest.strip_suffix('\r').unwrap_or(rest));
        let length = end.map_or(value.len(), str::len);
        value.truncate(length);
        Ok(value)
    }

    /// The same for what cannot be empty.
    fn filled(self) -> Result<Zeroizing<String>, Error> {
        let name = self.name.clone();
        let value = self.text()?;
        if value.is_empty() { Err(wrong(name, "is empty")) } else { Ok(value) }
    }
}

fn wrong(variable: String, reason: &'static str) -> Error {
    Error::setup(ErrorKind::Environment { variable, reason })
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_consumer_is_read_from_two_variables() {
        let read = |key: Option<&str>, secret: Option<&str>| {
            Consumer::from_variables("APP", |name| match name {
                "APP_CONSUMER_KEY" => key.map(OsString::from),
                "APP_CONSUMER_SECRET" => secret.map(OsString::from),
                other => panic!("{other}"),
            })
        };
        for (secret, expected) in
            [("s 1", "s 1"), ("s\n", "s"), ("s\r\n", "s"), ("s\n\n", "s\n"), (" s\r", " s\r")]
        {
            let consumer = read(Some("key\n"), Some(secret)).unwrap();
            assert_eq!((consumer.key(), consumer.secret().expose_secret()), ("key", expected));
        }
        for (key, secret, variable, reason) in [
            (None, Some("canary"), "APP_CONSUMER_KEY", "is not set"),
            (Some("\r\n"), Some("canary"), "APP_CONSUMER_KEY", "is empty"),
            (Some("canary"), None, "APP_CONSUMER_SECRET", "is not set"),
            (Some("canary"), Some(""), "APP_CONSUMER_SECRET", "is empty"),
        ] {
            let error = read(key, secret).unwrap_err();
            let kind = ErrorKind::Environment { variable: variable.to_owned(), reason };
            assert_eq!(*error.kind(), kind);
            assert_eq!(error.to_string(), format!("the environment variable {variable} {reason}"));
            assert!(!format!("{error:?}").contains("canary"), "{error:?}");
        }
        for prefix in ["TRIPOD_TEST_THAT_IS_NOT_SET", "", "a=b", "a\0b"] {
            let kind = Consumer::from_env(prefix).unwrap_err().kind().clone();
            let variable = format!("{prefix}_CONSUMER_KEY");
            assert_eq!(kind, ErrorKind::Environment { variable, reason: "is not set" });
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_variable_that_is_no_text_is_refused() {
        use std::os::unix::ffi::OsStringExt;

        let find = |_: &str| Some(OsString::from_vec(vec![b'a', 0xff]));
        let error = Consumer::from_variables("APP", find).unwrap_err();
        assert_eq!(error.to_string(), "the environment variable APP_CONSUMER_KEY is not UTF-8");
    }

    #[test]
    fn an_access_token_is_read_from_two_variables_or_none() {
        let read = |token: Option<&str>, secret: Option<&str>| {
            AccessToken::from_variables("APP", |name| match name {
                "APP_ACCESS_TOKEN" => token.map(OsString::from),
                "APP_ACCESS_SECRET" => secret.map(OsString::from),
                other => panic!("{other}"),
            })
        };
        assert!(read(None, None).unwrap().is_none());
        for (secret, expected) in [("s", "s"), ("s\r\n", "s"), ("\n", ""), ("", "")] {
            let token = read(Some("t\n"), Some(secret)).unwrap().unwrap();
            assert_eq!((token.token(), token.secret().expose_secret()), ("t", expected));
        }
        for (token, secret, variable, reason) in [
            (Some("canary"), None, "APP_ACCESS_SECRET", "is not set"),
            (None, Some("canary"), "APP_ACCESS_TOKEN", "is not set"),
            (Some(""), Some("canary"), "APP_ACCESS_TOKEN", "is empty"),
        ] {
            let error = read(token, secret).unwrap_err();
            assert_eq!(error.to_string(), format!("the environment variable {variable} {reason}"));
            assert!(!format!("{error:?}").contains("canary"), "{error:?}");
        }
        for prefix in ["TRIPOD_TEST_THAT_IS_NOT_SET", "", "a=b", "a\0b"] {
            assert!(AccessToken::from_env(prefix).unwrap().is_none());
        }
    }
}
