//! Answers for the tests of your own program.
//!
//! The structs of answers may get more fields, so your program cannot construct them directly.
//! Begin with [`blank`], and set what your test needs. `Answer::from` wraps a value as a call
//! returns it.
//!
//! ```
//! use jiff::civil::date;
//! use tripod::fatsecret::{Answer, Meal, diary::FoodEntry, testing::blank};
//!
//! let mut toast: FoodEntry = blank();
//! toast.name = "Toast".into();
//! toast.date = date(2026, 1, 1);
//! toast.meal = Meal::Breakfast;
//! toast.nutrition.calories = Some(75.into());
//! let day = Answer::from(vec![toast]);
//! assert_eq!(day[0].nutrition.calories, Some(75.into()));
//! assert!(day.unreadable().is_empty());
//! ```
//!
//! Answers can also be read from JSON in this crate's own format, in which they serialise: the names of the
//! Rust fields, amounts as text, dates as `2026-01-01`. [`decode`](super::endpoint::Endpoint::decode) reads
//! FatSecret's own format. For replies over HTTP, use the crate `tripod-sandbox`.

// The trap: `blank` is no `Default`. A program that takes the id 0 for a food by mistake should have to write
// `testing` for it.

pub(crate) mod filler;

pub use filler::Blank;

use filler::Filler;

/// Creates an empty answer: ids and numbers are 0, texts and lists are empty, dates are 1970-01-01, words are
/// the first of their kind, and optional fields are `None`.
///
/// # Examples
///
/// ```
/// use tripod::fatsecret::{Answer, testing::blank, weight::{WeightDay, WeightsMonth}};
///
/// let mut day: WeightDay = blank();
/// day.weight_kg = 80.into();
/// let mut month: WeightsMonth = blank();
/// month.days = vec![day];
/// let answer = Answer::from(month); // as a call returns it
/// assert_eq!(answer.days[0].weight_kg, 80.into());
/// ```
#[must_use]
pub fn blank<T: Blank>() -> T {
    T::fill(&mut Filler::nothing())
}

#[cfg(test)]
mod tests;
