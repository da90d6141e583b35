//! The data host: the users' accounts, and the shapes that its answers have.

use std::collections::BTreeMap;

use crate::{
    config::Config,
    data::{
        account::Account,
        error::DataError,
        limits::{ACCOUNTS, DAYS},
        node::Shapes,
    },
};

pub(crate) struct DataHost {
    pub(crate) accounts: BTreeMap<String, Account>,
    /// Access tokens of profiles, by consumer key and the application's own id of the user.
    pub(super) profiles: BTreeMap<(String, String), (String, String)>,
    pub(crate) shapes: Shapes,
}

impl DataHost {
    pub(crate) fn new(config: &Config) -> Self {
        let account = Account::new(&config.user.name, 0);
        Self {
            accounts: BTreeMap::from([(config.user.name.clone(), account)]),
            profiles: BTreeMap::new(),
            shapes: Shapes::new(config.odd_shapes, config.error_code_as_text),
        }
    }

    /// Makes an empty account for a user of a new name.
    pub(crate) fn add_account(&mut self, user: &str) -> Result<(), DataError> {
        if self.accounts.contains_key(user) {
            return Err(DataError::unknown_id("name", user));
        }
        if self.accounts.len() >= ACCOUNTS {
            let message =
                format!("User is performing too many actions: {ACCOUNTS} accounts are kept");
            return Err(DataError::new(12, message));
        }
        let account = Account::new(user, self.accounts.len());
        self.accounts.insert(user.to_owned(), account);
        Ok(())
    }

    /// The account of a user, to write something for that day.
    pub(crate) fn account(&mut self, user: &str, day: i64) -> Result<&mut Account, DataError> {
        if !DAYS.contains(&day) {
            return Err(DataError::out_of_range("date"));
        }
        self.accounts.get_mut(user).ok_or_else(|| DataError::new(1, "The user has no account"))
    }
}
