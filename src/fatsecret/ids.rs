//! FatSecret's identifiers, each a type of its own, and the barcode.

// All of them may be stored without a time limit; the content they stand for may not (see
// the module's page). The trap: a serving id of 0 is a derived "100 g" serving, which the diary
// presumably does not take.

use std::{error::Error as StdError, fmt, str::FromStr};

use serde::Serialize;

use super::wire::{FromJson, Json, outcome::FieldError};

/// The text is not what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    expected: &'static str,
}

impl ParseError {
    pub(crate) fn new(expected: &'static str) -> Self {
        Self { expected }
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the text is not {}", self.expected)
    }
}

impl StdError for ParseError {}

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident, $expected:literal;)*) => { $(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub struct $name(u64);

        impl $name {
            /// The number.
            #[must_use]
            pub fn get(self) -> u64 {
                self.0
            }
        }

        impl From<u64> for $name {
            fn from(number: u64) -> Self {
                Self(number)
            }
        }

        impl FromStr for $name {
            type Err = ParseError;

            fn from_str(text: &str) -> Result<Self, ParseError> {
                let text = text.trim();
                // `u64` would take a plus sign.
                if text.starts_with('+') {
                    return Err(ParseError::new($expected));
                }
                text.parse().map(Self).map_err(|_| ParseError::new($expected))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl FromJson for $name {
            fn from_json(json: Json<'_>) -> Result<Self, FieldError> {
                json.parsed($expected)
            }
        }
    )* };
}

ids! {
    /// Names a food, or a recipe used as a food.
    FoodId, "a food id";
    /// Names one serving of one food.
    ServingId, "a serving id";
    /// Names one entry of a user's food diary.
    FoodEntryId, "a food entry id";
    /// Names a recipe.
    RecipeId, "a recipe id";
    /// Names a food category.
    FoodCategoryId, "a food category id";
    /// Names a saved meal of a user.
    SavedMealId, "a saved meal id";
    /// Names one food in a saved meal.
    SavedMealItemId, "a saved meal item id";
    /// Names an activity: 1 is sleeping, 2 resting, 0 "other" with a name of its own.
    ExerciseId, "an exercise id";
}

/// A product's barcode as FatSecret wants it: GTIN-13, thirteen digits.
///
/// Takes EAN-13, and UPC-A (12 digits) and EAN-8 (8 digits), which are padded with zeros on the
/// left. A UPC-E code also has 8 digits and looks like EAN-8: expand it to UPC-A first. The check
/// digit must be right, which also catches most UPC-E codes and misread ones.
///
/// # Examples
///
/// ```
/// use tripod::fatsecret::Barcode;
///
/// # fn main() -> Result<(), tripod::fatsecret::ParseError> {
/// let barcode: Barcode = "036000291452".parse()?;
/// assert_eq!(barcode.to_string(), "0036000291452");
/// assert!("036000291453".parse::<Barcode>().is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Barcode(u64);

impl FromStr for Barcode {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let error = ParseError::new("a barcode of 8, 12 or 13 digits whose check digit is right");
        let text = text.trim();
        if !matches!(text.len(), 8 | 12 | 13) || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(error);
        }
        // GS1: weights 1 and 3 alternate from the right, the check digit included.
        let sum: u32 = text
            .bytes()
            .rev()
            .zip([1, 3].into_iter().cycle())
            .map(|(byte, weight)| u32::from(byte - b'0') * weight)
            .sum();
        if sum % 10 != 0 {
            return Err(error);
        }
        text.parse().map(Self).map_err(|_| error)
    }
}

impl fmt::Display for Barcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:013}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_from_plain_numbers_only() {
        assert_eq!(" 33691 ".parse(), Ok(FoodId::from(33691)));
        for text in ["", "-1", "+1", "1.0", "1e3", "0x10", "18446744073709551616"] {
            assert!(text.parse::<FoodId>().is_err(), "{text:?}");
        }
        assert_eq!(FoodId::from(u64::MAX).to_string(), "18446744073709551615");
    }

    #[test]
    fn barcodes_are_padded_and_checked() {
        assert_eq!("96385074".parse::<Barcode>().unwrap().to_string(), "0000096385074");
        assert_eq!("4006381333931".parse::<Barcode>().unwrap().to_string(), "4006381333931");
        for text in ["", "4006381333932", "400638133393", "40063813339311", "96385O74"] {
            assert!(text.parse::<Barcode>().is_err(), "{text:?}");
        }
    }
}
