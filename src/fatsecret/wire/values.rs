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
    // Years begin in March, so that the leap day is the last one; 400 years are always 146,097 days.
    let days = i64::from(day) + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next_year) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    let year = i16::try_from(year + 400 * era + next_year).ok()?;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against the calendar of another crate.
    #[test]
    fn each_day_is_its_date() {
        let epoch = Date::constant(1970, 1, 1);
        let by_jiff = |day: i32| epoch.checked_add(jiff::Span::new().try_days(day).ok()?).ok();
        let ends = [-4_371_588, -4_371_587, 2_932_896, 2_932_897, i32::MIN, i32::MAX];
        for day in (-800_000..800_000).step_by(37).chain(-1_500..1_500).chain(ends) {
            let date = date_of_day(day);
            assert_eq!(date, by_jiff(day), "{day}");
            assert!(date.is_none_or(|date| day_of_date(date) == i64::from(day)), "{day}");
        }
        assert_eq!((date_of_day(-4_371_588), date_of_day(2_932_897)), (None, None));
        assert!(date_of_day(-4_371_587).is_some() && date_of_day(2_932_896).is_some());
    }
}
