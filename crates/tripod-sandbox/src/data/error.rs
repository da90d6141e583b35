//! The data host's errors.

use std::{error::Error, fmt};

use crate::{data::limits::THINGS, problem::Problem};

/// An error of the data host, with FatSecret's code and message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataError {
    pub(super) code: u32,
    pub(super) message: String,
    /// What a developer should know and FatSecret does not say.
    reason: Option<&'static str>,
}

impl DataError {
    pub(crate) fn new(code: u32, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), reason: None }
    }

    pub(super) fn because(mut self, reason: &'static str) -> Self {
        self.reason = Some(reason);
        self
    }

    /// What the log says of it.
    pub(crate) fn reason(&self) -> String {
        match self.reason {
            Some(reason) => format!("code {}: {reason}", self.code),
            None => self.to_string(),
        }
    }

    /// An id that names nothing, or nothing of this user's.
    pub(crate) fn unknown_id(name: &str, id: impl fmt::Display) -> Self {
        Self::new(106, format!("Invalid ID: {name} '{id}'"))
    }

    pub(crate) fn out_of_range(name: &str) -> Self {
        Self::new(107, format!("Value out of range: {name}"))
    }

    /// The sandbox's own limit, in the code that comes nearest.
    pub(super) fn full(what: &str) -> Self {
        Self::new(12, format!("User is performing too many actions: {THINGS} {what} are kept"))
    }

    /// Returns FatSecret's code for the error.
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

impl Error for DataError {}

impl From<&Problem> for DataError {
    fn from(problem: &Problem) -> Self {
        Self::new(problem.code(), problem.sentence())
    }
}
