//! The consumer's key and secret: from a file, the environment, or whoever sits at the terminal. Never from arguments,
//! which every user of the machine can list.

use std::{env, fs, path::Path};

use serde::Deserialize;
use tripod::{Consumer, secrecy::SecretString};

use crate::{
    cli::Login,
    fail::{Exit, Failure},
    prompt,
    provider::choice::Choice,
    sandbox,
};

/// The largest file that is read.
const MOST: u64 = 64 << 10;

/// A consumer whose secret can be stored.
#[derive(Debug)]
pub(crate) struct Application {
    pub(crate) key: String,
    pub(crate) secret: SecretString,
}

impl Application {
    pub(crate) fn consumer(&self) -> Consumer {
        Consumer::new(self.key.as_str(), self.secret.clone())
    }
}

/// Finds the key and the secret, and asks for what is not found.
pub(crate) fn read(arguments: &Login, choice: &Choice) -> Result<Application, Failure> {
    if let Some(path) = &arguments.consumer_file {
        return from_file(path);
    }
    let prefix = arguments.consumer_env.clone().unwrap_or_else(|| usual_prefix(choice));
    let (key_name, secret_name) =
        (format!("{prefix}_CONSUMER_KEY"), format!("{prefix}_CONSUMER_SECRET"));
    let (mut key, mut secret) = (variable(&key_name), variable(&secret_name));
    if choice.sandbox.is_some() {
        key = key.or_else(|| Some(sandbox::KEY.to_owned()));
        secret = secret.or_else(|| Some(sandbox::SECRET.to_owned()));
    }
    if arguments.consumer_env.is_some() && (key.is_none() || secret.is_none()) {
        let missing = if key.is_none() { key_name } else { secret_name };
        let message = format!("the environment variable {missing} is not set");
        return Err(Failure::new(Exit::Configuration, message));
    }
    let hint = |failure: Failure| {
        let advice = format!("Set {key_name} and {secret_name}, or use `--consumer-file`.");
        failure.with_exit(Exit::Configuration).with_advice(advice)
    };
    let key = match key {
        Some(key) => key,
        None => prompt::line("Consumer key").map_err(hint)?,
    };
    if key.is_empty() {
        return Err(hint(Failure::new(Exit::Configuration, "the consumer key is empty")));
    }
    let secret = match secret {
        Some(secret) => secret.into(),
        None => prompt::secret("Consumer secret (not shown)").map_err(hint)?,
    };
    Ok(Application { key, secret })
}

/// `FATSECRET` for `fatsecret`.
fn usual_prefix(choice: &Choice) -> String {
    if choice.sandbox.is_some() {
        return "TRIPOD_SANDBOX".to_owned();
    }
    choice.name.to_ascii_uppercase().replace(['-', '.'], "_")
}

/// A variable that is set, without a line break at its end.
fn variable(name: &str) -> Option<String> {
    // The system could not have such a name, and asking for it may panic.
    if name.contains(['=', '\0']) {
        return None;
    }
    let value = env::var(name).ok()?;
    let value = value.trim_end_matches(['\r', '\n']);
    (!value.is_empty()).then(|| value.to_owned())
}

fn from_file(path: &Path) -> Result<Application, Failure> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        consumer_key: String,
        consumer_secret: String,
    }
    let unreadable = |error: &std::io::Error| {
        let failure = Failure::file("read the consumer's file", path, error);
        Failure::new(Exit::Configuration, failure.to_string()).with_cause(error)
    };
    let length = fs::metadata(path).map_err(|error| unreadable(&error))?.len();
    let text = if length > MOST {
        String::new()
    } else {
        fs::read_to_string(path).map_err(|error| unreadable(&error))?
    };
    #[cfg(unix)]
    warn_if_open(path);
    // The reader's own message quotes the line, which may be the secret's.
    let file: File = toml::from_str(&text).map_err(|_| {
        let message = format!("the consumer's file cannot be used: {}", path.display());
        Failure::new(Exit::Configuration, message).with_advice(
            "It has the two lines `consumer_key = \"…\"` and `consumer_secret = \"…\"`, and nothing else.",
        )
    })?;
    Ok(Application { key: file.consumer_key, secret: file.consumer_secret.into() })
}

/// Others who can read the file can act for the application.
#[cfg(unix)]
fn warn_if_open(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;

    use crate::text::say_line;

    if fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o077 != 0) {
        let path = path.display();
        say_line(&format!("warning: other users can read {path}. Use `chmod 600` on it."));
    }
}

#[cfg(test)]
mod tests {
    use tripod::secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn a_file_has_both_and_is_not_quoted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("consumer.toml");
        fs::File::create(&path).unwrap();
        #[cfg(unix)]
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        fs::write(&path, "consumer_key = \"k\"\nconsumer_secret = \"s\"\n").unwrap();
        let read = from_file(&path).unwrap();
        assert_eq!((&*read.key, read.secret.expose_secret()), ("k", "s"));

        for bad in ["consumer_secret = canary", "consumer_key = \"k\"", ""] {
            fs::write(&path, bad).unwrap();
            let failure = from_file(&path).unwrap_err();
            assert_eq!(failure.exit(), Exit::Configuration);
            assert!(!format!("{failure:?}").contains("canary"), "{failure:?}");
        }
        assert_eq!(from_file(&folder.path().join("none")).unwrap_err().exit(), Exit::Configuration);
    }

    #[test]
    fn the_variables_are_named_after_the_provider() {
        let choice = Choice::named("etrade-sandbox", None, None);
        assert_eq!(usual_prefix(&choice), "ETRADE_SANDBOX");
        let choice = Choice::named("x", None, None).at_sandbox("http://127.0.0.1:1").unwrap();
        assert_eq!(usual_prefix(&choice), "TRIPOD_SANDBOX");
    }
}
