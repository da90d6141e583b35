//! The data host: FatSecret's methods as a table, and what each user has stored.
//!
//! A method is one function of the account and the call. It is reached by its name at
//! `/rest/server.api` and by its path, as FatSecret's are; it never sees an OAuth parameter. This
//! is a second view of the wire, written from its documentation without a line of the typed API:
//! a mistake made there must not be made here as well. Nothing a caller stores grows without bound.
//!
//! What nobody has documented is a guess: limits on the length of texts, an answer to a `user_id`
//! that is in use already, and which error comes first when there are several.

mod ai;
mod calendar;
mod catalogue;
mod decimal;
mod diary;
mod exercise;
mod favourites;
mod foods;
mod meals;
mod methods;
mod node;
mod params;
mod profile;
mod recipes;
mod route;
mod seed;
mod table;
mod weight;
mod xml;

use std::fmt;

pub(super) use self::{
    node::{Node, Shapes, write, write_error},
    params::Params,
    route::answer,
    xml::escape,
};
use super::problem::Problem;

/// Accounts that are kept.
pub(super) const ACCOUNTS: usize = 2000;
/// Things of one kind that an account keeps: diary entries, days, foods, favourites.
const THINGS: usize = 20_000;
/// The first day and the last that anything can be stored for.
const DAYS: std::ops::RangeInclusive<i64> = 0..=99_999;

/// What a user has stored.
#[derive(Debug, Default)]
pub(super) struct Account {
    pub(super) user: String,
    /// Ids of an account begin with its number, so that none is another's.
    number: u64,
    last_id: u64,
    diary: diary::Diary,
    weights: weight::Weights,
    exercise: exercise::Exercise,
    favourites: favourites::Favourites,
    saved_meals: meals::SavedMeals,
    own_foods: Vec<table::Food>,
}

impl Account {
    /// The account of a user, who is the `number`th.
    pub(super) fn new(user: &str, number: usize) -> Self {
        let number = u64::try_from(number).unwrap_or(0) + 1;
        Self { user: user.to_owned(), number, ..Self::default() }
    }

    fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.number * 1_000_000 + self.last_id
    }
}

/// An error of the data host, in FatSecret's numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataError {
    pub(super) code: u32,
    pub(super) message: String,
    /// What a developer should know and FatSecret does not say.
    reason: Option<&'static str>,
}

impl DataError {
    pub(super) fn new(code: u32, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), reason: None }
    }

    fn because(mut self, reason: &'static str) -> Self {
        self.reason = Some(reason);
        self
    }

    /// What the log says of it.
    pub(super) fn reason(&self) -> String {
        match self.reason {
            Some(reason) => format!("code {}: {reason}", self.code),
            None => self.to_string(),
        }
    }

    /// An id that names nothing, or nothing of this user's.
    fn unknown_id(name: &str, id: impl fmt::Display) -> Self {
        Self::new(106, format!("Invalid ID: {name} '{id}'"))
    }

    fn out_of_range(name: &str) -> Self {
        Self::new(107, format!("Value out of range: {name}"))
    }

    /// The sandbox's own limit, in the code that comes nearest.
    fn full(what: &str) -> Self {
        Self::new(12, format!("User is performing too many actions: {THINGS} {what} are kept"))
    }

    /// FatSecret's number for it.
    #[must_use]
    pub fn code(&self) -> u32 {
        self.code
    }
}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "code {}: {}", self.code, self.message)
    }
}

impl std::error::Error for DataError {}

impl From<&Problem> for DataError {
    fn from(problem: &Problem) -> Self {
        Self::new(problem.code(), problem.sentence())
    }
}
