//! An account that was logged in to: the session, and what a command needs beside it.
//!
//! Commands that call a provider flatten [`AccountSelection`] into their arguments and begin with [`open`]:
//!
//! ```ignore
//! let account = account::open(&arguments.account).await?;
//! let url = account.url("profile/v1")?; // below the provider's API, or as it is if it is absolute
//! let reply = account.session.get(&url).send().await?;
//! ```

use clap::Args;
use tripod::{Session, secrecy::SecretString};

use crate::{
    fail::{Exit, Failure},
    store::{Data, key, session},
};

/// Which account a command works with.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct AccountSelection {
    /// The account to use, by its name in `tripod status`; without it, the default account
    #[arg(long, value_name = "NAME", env = "TRIPOD_ACCOUNT")]
    pub(crate) account: Option<String>,
}

/// A stored account that was opened.
#[derive(Debug)]
pub(crate) struct Account {
    /// Its name, as `tripod status` shows it.
    pub(crate) name: String,
    /// The provider's short name, such as `fatsecret`; for a provider from a file, the file's `name`.
    pub(crate) provider_name: String,
    /// The session, with the consumer and the access token.
    pub(crate) session: Session,
    /// Where relative URLs go, with a slash at the end, such as `https://platform.fatsecret.com/rest/`. None if
    /// the provider's file does not say.
    pub(crate) api_base: Option<String>,
    /// The consumer's secret, for commands that explain a signature. The session has it already.
    pub(crate) consumer_secret: SecretString,
}

impl Account {
    /// Returns the URL that `given` means: an absolute one as it is, one that begins with a slash at the API's
    /// origin, and any other below [`api_base`](Self::api_base).
    ///
    /// # Errors
    ///
    /// [`Exit::Usage`] if it is relative and the provider's API is not known.
    pub(crate) fn url(&self, given: &str) -> Result<String, Failure> {
        resolve(self.api_base.as_deref(), given).ok_or_else(|| {
            Failure::new(
                Exit::Usage,
                format!("it is not known where the API of {} is", self.provider_name),
            )
            .with_advice(
                "Write the whole URL, or add `api = \"https://…\"` to the provider's file and log in again.",
            )
        })
    }
}

/// Opens the selected account, or the default one.
///
/// # Errors
///
/// [`Exit::Reauthorize`] if nobody is logged in or the account is not there, [`Exit::Store`] if it cannot be opened.
pub(crate) async fn open(selection: &AccountSelection) -> Result<Account, Failure> {
    let Some(data) = Data::existing().await? else { return Err(nobody()) };
    let index = data.index().await?;
    let mut entry = index.select(selection.account.as_deref())?.clone();
    let keys = key::existing(data.folder(), index.key).await?;
    let mut loaded = session::load(&data, keys.clone(), &entry).await;
    if loaded.is_err() {
        // Another `tripod` may have replaced the session since the list was read.
        let now = data.index().await?.select(Some(&entry.name))?.clone();
        if now != entry {
            entry = now;
            loaded = session::load(&data, keys, &entry).await;
        }
    }
    let (session, consumer_secret) = loaded?;
    Ok(Account {
        name: entry.name.clone(),
        provider_name: entry.choice.name.clone(),
        api_base: entry.choice.api_base()?,
        session,
        consumer_secret,
    })
}

/// The failure where there is no account at all.
pub(crate) fn nobody() -> Failure {
    Failure::new(Exit::Reauthorize, "no account is logged in").with_advice(
        "Log in with `tripod login PROVIDER`. To try things out without registering anywhere, use `tripod login sandbox`.",
    )
}

fn resolve(base: Option<&str>, given: &str) -> Option<String> {
    // A query may have a URL in it.
    if given.find("://").is_some_and(|at| !given[..at].contains(['/', '?', '#'])) {
        return Some(given.to_owned());
    }
    let base = base?;
    match given.strip_prefix('/') {
        Some(path) => {
            let host = base.find("://")? + 3;
            let end = base[host..].find('/').map_or(base.len(), |at| host + at);
            Some(format!("{}/{path}", &base[..end]))
        }
        None => Some(format!("{base}{given}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_urls_go_to_the_api() {
        let base = Some("https://api.example/rest/");
        for (given, expected) in [
            ("profile/v1", "https://api.example/rest/profile/v1"),
            ("/2/me?x=1", "https://api.example/2/me?x=1"),
            ("/2/me?x=http://a.example", "https://api.example/2/me?x=http://a.example"),
            ("find?x=http://a.example", "https://api.example/rest/find?x=http://a.example"),
            ("", "https://api.example/rest/"),
            ("https://other.example/x", "https://other.example/x"),
            ("http://127.0.0.1:80/x", "http://127.0.0.1:80/x"),
        ] {
            assert_eq!(resolve(base, given).as_deref(), Some(expected), "{given}");
        }
        assert_eq!(
            resolve(Some("https://api.example/"), "/a").as_deref(),
            Some("https://api.example/a")
        );
        assert_eq!(resolve(None, "profile"), None);
        assert_eq!(resolve(None, "https://x.example/").as_deref(), Some("https://x.example/"));
    }
}
