//! FatSecret's identifiers, each a type of its own.

// All of them may be stored without a time limit; the content they stand for may not (see
// the module's page). The trap: a serving id of 0 is a derived "100 g" serving, which the diary
// does not take.

use std::{error::Error as StdError, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{
    testing::filler::{Blank, Filler},
    wire::{FromJson, Json, outcome::FieldError},
};

/// The error of parsing a text: it is not what was expected.
///
/// # Examples
///
/// ```
/// use tripod::fatsecret::{Amount, FoodId};
///
/// assert_eq!("33691".parse::<FoodId>()?, FoodId::from(33691));
/// let error = "a little".parse::<Amount>().unwrap_err();
/// assert_eq!(error.to_string(), "the text is not a decimal number of at most 18 digits, with a point");
/// # Ok::<(), tripod::fatsecret::ParseError>(())
/// ```
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
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(u64);

        impl $name {
            /// Returns the id as a number.
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

        impl Blank for $name {
            fn fill(filler: &mut Filler) -> Self {
                Self(filler.number())
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
}
