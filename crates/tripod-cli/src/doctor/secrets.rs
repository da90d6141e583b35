//! The secrets that a request should have been signed with: from an account, files, the environment, or a prompt.

// The trap: none of them may be an argument, which other users of the machine can see.

use std::{
    env,
    path::{Path, PathBuf},
};

use clap::Args;
use tripod::{secrecy::SecretString, signature::diagnose::Secrets};

use crate::{
    account::{self, AccountSelection},
    fail::{Exit, Failure},
    prompt,
};

/// Where the secrets come from.
#[derive(Args, Debug)]
pub(super) struct Sources {
    /// Use the secrets of this account, by its name in `tripod status`
    #[arg(long, value_name = "NAME", conflicts_with_all = ["consumer_secret_file", "token_secret_file"])]
    account: Option<String>,
    /// Read the consumer secret from a file
    #[arg(long, value_name = "FILE")]
    consumer_secret_file: Option<PathBuf>,
    /// Read the token's secret from a file
    #[arg(long, value_name = "FILE")]
    token_secret_file: Option<PathBuf>,
    /// Also try the application's OAuth 2.0 secret: ask for it, or take it from `TRIPOD_OAUTH2_SECRET`
    #[arg(long)]
    oauth2_secret: bool,
    /// Also try the request token's secret: ask for it, or take it from `TRIPOD_REQUEST_TOKEN_SECRET`
    #[arg(long)]
    request_token_secret: bool,
}

/// Gathers the secrets. That of the token is needed only if the request names one.
pub(super) async fn gather(sources: &Sources, with_token: bool) -> Result<Secrets, Failure> {
    let mut secrets = if let Some(name) = &sources.account {
        let account = account::open(&AccountSelection { account: Some(name.clone()) }).await?;
        let secrets = Secrets::new(account.consumer_secret);
        let token = account.session.access_token().secret().clone();
        if with_token { secrets.with_token(token) } else { secrets }
    } else {
        let file = sources.consumer_secret_file.as_deref();
        let consumer = find("consumer secret", "TRIPOD_CONSUMER_SECRET", file)?;
        let secrets = Secrets::new(consumer);
        if with_token {
            let file = sources.token_secret_file.as_deref();
            secrets.with_token(find("token secret", "TRIPOD_TOKEN_SECRET", file)?)
        } else {
            secrets
        }
    };
    if sources.oauth2_secret {
        secrets = secrets.with_oauth2(find("OAuth 2.0 secret", "TRIPOD_OAUTH2_SECRET", None)?);
    }
    if sources.request_token_secret {
        let secret = find("request token's secret", "TRIPOD_REQUEST_TOKEN_SECRET", None)?;
        secrets = secrets.with_request_token(secret);
    }
    Ok(secrets)
}

/// A secret from the file, or else from the variable, or else from whoever is at the terminal.
fn find(what: &str, variable: &str, file: Option<&Path>) -> Result<SecretString, Failure> {
    if let Some(path) = file {
        let bytes = super::file(path)?;
        let text = String::from_utf8(bytes).map_err(|_| {
            Failure::new(Exit::Usage, format!("the file is not UTF-8: {}", path.display()))
        })?;
        return Ok(SecretString::from(text.trim_end_matches(['\r', '\n'])));
    }
    match env::var(variable) {
        Ok(value) => Ok(value.into()),
        Err(env::VarError::NotUnicode(_)) => Err(Failure::new(
            Exit::Usage,
            format!("the environment variable {variable} is not UTF-8"),
        )),
        Err(env::VarError::NotPresent) => prompt::secret(what).map_err(|failure| {
            failure.with_advice(format!(
                "Set {variable}, or run this in a terminal and type the {what}."
            ))
        }),
    }
}
