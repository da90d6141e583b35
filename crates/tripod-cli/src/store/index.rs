//! The list of accounts. It holds no secret; the sessions are sealed, each in an entry of its own.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::{
    account::nobody,
    fail::{Exit, Failure},
    provider::choice::Choice,
};

/// What this version of the program writes.
const VERSION: u32 = 1;

/// Where the sealing key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Holder {
    Keyring,
    File,
}

/// All accounts.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Index {
    version: u32,
    /// None until the first login.
    pub(crate) key: Option<Holder>,
    pub(crate) default: Option<String>,
    pub(crate) accounts: Vec<Entry>,
}

/// One account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) choice: Choice,
    pub(crate) consumer_key: String,
    /// When the user logged in, in Unix seconds.
    pub(crate) since: u64,
    /// When the access token ends, in Unix seconds, if that is known.
    pub(crate) until: Option<u64>,
    /// Counts the account's sessions. Each has a place of its own.
    pub(crate) edition: u64,
}

impl Entry {
    pub(crate) fn until(&self) -> Option<SystemTime> {
        self.until.and_then(|seconds| UNIX_EPOCH.checked_add(Duration::from_secs(seconds)))
    }
}

impl Default for Index {
    fn default() -> Self {
        Self { version: VERSION, key: None, default: None, accounts: Vec::new() }
    }
}

/// What every version of the list begins with.
#[derive(Deserialize)]
struct Head {
    version: u32,
}

impl Index {
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Failure> {
        let broken = |error: &serde_json::Error| {
            Failure::new(Exit::Store, "the list of accounts cannot be read").with_cause(error)
        };
        let head: Head = serde_json::from_slice(bytes).map_err(|error| broken(&error))?;
        if head.version != VERSION {
            return Err(Failure::new(
                Exit::Store,
                format!(
                    "another version of this program wrote the list of accounts (version {})",
                    head.version
                ),
            )
            .with_advice("Use that version of `tripod`, or update this one."));
        }
        serde_json::from_slice(bytes).map_err(|error| broken(&error))
    }

    pub(crate) fn write(&self) -> Result<Vec<u8>, Failure> {
        serde_json::to_vec(self).map_err(|error| {
            Failure::new(Exit::Store, "the list of accounts cannot be written").with_cause(&error)
        })
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Entry> {
        self.accounts.iter().find(|entry| entry.name == name)
    }

    /// The account of that name, or the default one.
    pub(crate) fn select(&self, name: Option<&str>) -> Result<&Entry, Failure> {
        if self.accounts.is_empty() {
            return Err(nobody());
        }
        let Some(wanted) = name.or(self.default.as_deref()) else {
            return Err(Failure::new(Exit::Usage, "there is no default account").with_advice(
                "Name one with `--account NAME`, or choose one with `tripod use NAME`.",
            ));
        };
        self.get(wanted).ok_or_else(|| {
            let names: Vec<&str> = self.accounts.iter().map(|entry| &*entry.name).collect();
            Failure::new(Exit::Reauthorize, format!("no account has the name {wanted}"))
                .with_advice(format!("There are: {}.", names.join(", ")))
        })
    }

    /// Adds an account, in place of one of its name. The first one is the default.
    pub(crate) fn put(&mut self, entry: Entry, make_default: bool) {
        if make_default || self.default.is_none() {
            self.default = Some(entry.name.clone());
        }
        self.accounts.retain(|other| other.name != entry.name);
        self.accounts.push(entry);
        self.accounts.sort_by(|one, other| one.name.cmp(&other.name));
    }

    /// Removes an account. If no default is left, and only one account, that one is the default.
    pub(crate) fn remove(&mut self, name: &str) {
        self.accounts.retain(|entry| entry.name != name);
        if self.default.as_deref().is_none_or(|default| default == name) {
            self.default = match &*self.accounts {
                [only] => Some(only.name.clone()),
                _ => None,
            };
        }
    }
}

/// Checks the name of an account: it becomes the name of an entry and a word of a command.
pub(crate) fn check_name(name: &str) -> Result<String, String> {
    let is_good = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if (1..=64).contains(&name.len()) && name.chars().all(is_good) && !name.starts_with('-') {
        Ok(name.to_owned())
    } else {
        Err("an account's name is 1 to 64 letters, digits, '-', '_' and '.'".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str) -> Entry {
        let choice = Choice::named("x", None, None);
        Entry {
            name: name.to_owned(),
            choice,
            consumer_key: "key".to_owned(),
            since: 1,
            until: None,
            edition: 0,
        }
    }

    #[test]
    fn the_first_account_is_the_default_and_the_last_one_becomes_it() {
        let mut index = Index::default();
        index.put(entry("b"), false);
        index.put(entry("a"), false);
        assert_eq!(index.select(None).unwrap().name, "b");
        assert_eq!(index.select(Some("a")).unwrap().name, "a");
        assert_eq!(index.select(Some("c")).unwrap_err().exit(), Exit::Reauthorize);
        index.remove("b");
        assert_eq!(index.select(None).unwrap().name, "a");
        index.put(entry("c"), true);
        index.put(entry("d"), false);
        index.remove("c");
        assert_eq!(index.select(None).unwrap_err().exit(), Exit::Usage);
        index.remove("a");
        assert_eq!(index.select(None).unwrap().name, "d");
        let read = Index::read(&index.write().unwrap()).unwrap();
        assert_eq!(read.accounts, index.accounts);
    }

    #[test]
    fn a_list_of_another_version_is_refused() {
        let failure = Index::read(br#"{"version":2,"accounts":{}}"#).unwrap_err();
        assert_eq!(failure.exit(), Exit::Store);
        assert!(failure.to_string().contains("version 2"));
        assert_eq!(Index::read(b"{").unwrap_err().exit(), Exit::Store);
    }

    #[test]
    fn names_are_plain() {
        assert_eq!(check_name("work.2_x").as_deref(), Ok("work.2_x"));
        for bad in ["", "-x", "a b", "a/b", "a@b", "ä", &"a".repeat(65)] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
    }
}
