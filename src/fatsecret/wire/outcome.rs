//! What decoding gives: a value with a list of what was left out, or the field that failed it.

// Floor 5. The trap: a report says what was found, which came from outside: bounded and masked.

use std::{borrow::Cow, error::Error as StdError, fmt, ops::Deref};

use serde::{Deserialize, Serialize};

use crate::protocol::redact;

/// A decoded answer: the value, and a list of the fields that could not be read.
///
/// Take its [`value`](Self::value), or use the answer like the value: it derefs to the value, and
/// iterates if the value is a list. If your program must not miss anything, for example because it
/// copies a diary, check [`unreadable`](Self::unreadable) and [`omitted`](Self::omitted).
///
/// # Examples
///
/// ```
/// use tripod::fatsecret::{endpoint::Endpoint, weight::GetWeightsMonth};
///
/// # fn main() -> Result<(), tripod::fatsecret::ApiError> {
/// let body = br#"{"month":{"from_date_int":"20454","to_date_int":"20484",
///     "day":{"date_int":"20455","weight_kg":"80.0000","weight_comment":[1]}}}"#;
/// let month = GetWeightsMonth::new().decode(http::StatusCode::OK, body)?;
/// assert_eq!(month.days[0].comment, None);
/// assert_eq!(month.unreadable()[0].path(), "month.day[0].weight_comment");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer<T> {
    /// The decoded value.
    pub value: T,
    #[serde(default)]
    unreadable: Vec<FieldError>,
    #[serde(default)]
    omitted: usize,
}

impl<T> Answer<T> {
    pub(crate) fn new(value: T, unreadable: Vec<FieldError>) -> Self {
        Self::noted(value, (unreadable, 0))
    }

    pub(super) fn noted(value: T, (unreadable, omitted): (Vec<FieldError>, usize)) -> Self {
        Self { value, unreadable, omitted }
    }

    /// Returns the value.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// Returns the fields that could not be read: optional fields, which are `None` (or an empty
    /// list) in the value, and items of lists, which are left out. Usually the list is empty; it
    /// has at most 32 fields.
    ///
    /// If it is not empty, log it: FatSecret has changed a field, or this crate is wrong about it.
    pub fn unreadable(&self) -> &[FieldError] {
        &self.unreadable
    }

    /// Returns how many items of lists were left out because they could not be read.
    ///
    /// The number is exact, even if there are more of them than [`unreadable`](Self::unreadable) keeps.
    pub fn omitted(&self) -> usize {
        self.omitted
    }
}

impl<T, E> Answer<Result<T, E>> {
    pub(crate) fn transpose(self) -> Result<Answer<T>, E> {
        Ok(Answer { value: self.value?, unreadable: self.unreadable, omitted: self.omitted })
    }
}

impl<T> From<T> for Answer<T> {
    /// Creates an answer in which everything could be read, for your tests.
    fn from(value: T) -> Self {
        Self::new(value, Vec::new())
    }
}

impl<T> Deref for Answer<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: IntoIterator> IntoIterator for Answer<T> {
    type Item = T::Item;
    type IntoIter = T::IntoIter;

    fn into_iter(self) -> T::IntoIter {
        self.value.into_iter()
    }
}

#[expect(clippy::into_iter_without_iter, reason = "`iter` is that of the list, by deref")]
impl<'a, T> IntoIterator for &'a Answer<T>
where
    &'a T: IntoIterator,
{
    type Item = <&'a T as IntoIterator>::Item;
    type IntoIter = <&'a T as IntoIterator>::IntoIter;

    fn into_iter(self) -> Self::IntoIter {
        (&self.value).into_iter()
    }
}

/// A field that is missing or cannot be read.
///
/// # Examples
///
/// ```
/// use tripod::fatsecret::{FieldError, endpoint::Endpoint, weight::GetWeightsMonth};
///
/// let body = br#"{"month":{"from_date_int":"20454","to_date_int":"20484",
///     "day":{"date_int":"20455","weight_kg":"heavy"}}}"#;
/// let error = GetWeightsMonth::new().decode(http::StatusCode::OK, body).unwrap_err();
/// let field: Option<&FieldError> = error.field();
/// assert_eq!(field.map(FieldError::path), Some("month.day[0].weight_kg"));
/// assert_eq!(field.map(FieldError::expected), Some("a decimal number"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    path: String,
    expected: Cow<'static, str>,
    found: Option<String>,
}

impl FieldError {
    pub(super) fn new(path: String, expected: &'static str, found: Option<String>) -> Self {
        Self { path, expected: expected.into(), found }
    }

    /// Masks these secrets in what was found.
    pub(crate) fn without(&mut self, secrets: &[&str]) {
        self.found = self.found.take().map(|found| redact::without(found, secrets));
    }

    /// Returns the path of the field, such as `food_entries.food_entry[0].meal`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns what was expected.
    #[must_use]
    pub fn expected(&self) -> &str {
        &self.expected
    }

    /// Returns what was found: at most 60 characters, with everything masked that looks like a
    /// token. `None` if the field is missing.
    #[must_use]
    pub fn found(&self) -> Option<&str> {
        self.found.as_deref()
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.path {
            "" => f.write_str("the reply")?,
            path => write!(f, "the field {path}")?,
        }
        write!(f, " should be {}, ", self.expected)?;
        match &self.found {
            Some(found) => write!(f, "and is {found}"),
            None => f.write_str("and is missing"),
        }
    }
}

impl StdError for FieldError {}
