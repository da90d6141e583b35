//! Texts, yes and no, whole numbers and dates.

// The trap: a whole number may come as `"5.00"`; it is read as a decimal number first, so
// that nothing is cut off.

use std::borrow::Cow;

use jiff::civil::Date;

use super::{FromJson, Json, outcome::FieldError};
use crate::fatsecret::amount::Amount;

impl FromJson for String {
    /// A number becomes its digits: a food may be called 7.
    fn from_json(json: Json<'_>) -> Result<Self, FieldError> {
        json.scalar().map(Cow::into_owned).ok_or_else(|| json.odd("a text"))
    }
}

impl FromJson for bool {
    fn from_json(json: Json<'_>) -> Result<Self, FieldError> {
        match (json.as_str(), json.scalar().as_deref()) {
            ("true", _) | (_, Some("1" | "true")) => Ok(true),
            ("false", _) | (_, Some("0" | "false")) => Ok(false),
            _ => Err(json.odd("a yes or no")),
        }
    }
}

macro_rules! whole_numbers {
    ($($integer:ty),*) => { $(
        impl FromJson for $integer {
            /// Takes `5`, `"5"` and `"5.00"`.
            fn from_json(json: Json<'_>) -> Result<Self, FieldError> {
                json.parsed::<Amount>("a whole number")?
                    .to_whole()
                    .and_then(|number| number.try_into().ok())
                    .ok_or_else(|| json.odd("a whole number in range"))
            }
        }
    )* };
}
whole_numbers!(u32, u64, i32);

impl FromJson for Date {
    /// Days since 1970-01-01.
    fn from_json(json: Json<'_>) -> Result<Self, FieldError> {
        date_of_day(i32::from_json(json)?)
            .ok_or_else(|| json.odd("a count of days since 1970-01-01"))
    }
}

/// The day's number, counted from 1970-01-01, which is 0. Every date of the calendar has one.
pub(crate) fn day_of_date(date: Date) -> i64 {
    date.duration_since(Date::constant(1970, 1, 1)).as_hours() / 24
}

/// The date with that number, if the calendar (years -9999 to 9999) has it.
pub(crate) fn date_of_day(day: i32) -> Option<Date> {
    Date::constant(1970, 1, 1).checked_add(jiff::Span::new().try_days(day).ok()?).ok()
}
