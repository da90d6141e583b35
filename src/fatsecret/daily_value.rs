//! Vitamins and minerals that are not given as a weight, or of which nobody can tell.
//!
//! The same four names, `vitamin_a`, `vitamin_c`, `calcium` and `iron`, stand for weights in one method,
//! for per cent in another, and for something unknown in a third. Types keep them apart.

// The trap: a type that is shared by methods whose units differ. The field table of each
// method's own page decides which type its fields have.

use std::{fmt, ops::Add, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::{
    amount::Amount,
    ids::ParseError,
    testing::filler::{Blank, Filler},
    wire::{FromJson, Json, outcome::FieldError},
};

/// A nutrient in per cent of a recommended daily amount, as [`RecipeNutrition`] has vitamins and
/// minerals.
///
/// It cannot be converted to a weight, because FatSecret does not say which daily amount it uses.
/// Prints with a per cent sign, `11%`, and serialises as that text.
///
/// [`RecipeNutrition`]: super::nutrition::RecipeNutrition
///
/// # Examples
///
/// ```
/// use tripod::fatsecret::nutrition::DailyValue;
///
/// # fn main() -> Result<(), tripod::fatsecret::ParseError> {
/// let calcium: DailyValue = "11%".parse()?;
/// assert_eq!(calcium.percent(), 11.into());
/// assert_eq!(calcium.to_string(), "11%");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DailyValue(Amount);

impl DailyValue {
    /// Returns the number of per cent: 11 for 11 per cent.
    #[must_use]
    pub fn percent(self) -> Amount {
        self.0
    }
}

impl FromStr for DailyValue {
    type Err = ParseError;

    /// Reads `11` and `11%`.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let text = text.trim();
        text.strip_suffix('%').unwrap_or(text).parse().map(Self)
    }
}

impl Add for DailyValue {
    type Output = Self;

    /// Adds as [`Amount`] does.
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl fmt::Display for DailyValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", self.0)
    }
}

impl fmt::Debug for DailyValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for DailyValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DailyValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Amount::read_printed(text.strip_suffix('%').unwrap_or(&text))
            .map(Self)
            .ok_or_else(|| D::Error::custom("it is not a number of per cent, such as \"11%\""))
    }
}

impl Blank for DailyValue {
    fn fill(filler: &mut Filler) -> Self {
        Self(Amount::fill(filler))
    }
}

impl FromJson for DailyValue {
    fn from_json(json: Json<'_>) -> Result<Self, FieldError> {
        json.parsed("a number of per cent")
    }
}

/// A number whose unit is not known, because FatSecret's sources contradict each other. The
/// vitamins and minerals of [`EntryNutrition`] have this type.
///
/// Version 1 of `food_entries.get` gave them in per cent of a daily amount. The only documented
/// change of version 2 is about lists, so they may still be per cent. One program's documentation
/// says milligrams. So this type shows the number as FatSecret wrote it, and does not convert to
/// [`Amount`] or [`DailyValue`]. The vitamins and minerals of [`GetFood`] have units that are
/// documented.
///
/// Two of these numbers compare by value. Serialises as text.
///
/// [`EntryNutrition`]: super::nutrition::EntryNutrition
/// [`GetFood`]: super::foods::GetFood
///
/// # Examples
///
/// ```
/// use tripod::fatsecret::{Amount, diary::FoodEntry, nutrition::UnsettledAmount, testing::blank};
///
/// let mut entry: FoodEntry = blank();
/// entry.nutrition.iron = Some(UnsettledAmount::from(Amount::from(2)));
/// assert_eq!(entry.nutrition.iron.map(|iron| iron.to_string()), Some("2".to_owned()));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct UnsettledAmount(Amount);

impl Add for UnsettledAmount {
    type Output = Self;

    /// Adds as [`Amount`] does: two numbers of the same nutrient have the same unit, whatever that is.
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl fmt::Display for UnsettledAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for UnsettledAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (unit unknown)", self.0)
    }
}

impl Serialize for UnsettledAmount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for UnsettledAmount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Amount::deserialize(deserializer).map(Self)
    }
}

impl From<Amount> for UnsettledAmount {
    /// For answers that you build in a test.
    fn from(amount: Amount) -> Self {
        Self(amount)
    }
}

impl Blank for UnsettledAmount {
    fn fill(filler: &mut Filler) -> Self {
        Self(Amount::fill(filler))
    }
}

impl FromJson for UnsettledAmount {
    fn from_json(json: Json<'_>) -> Result<Self, FieldError> {
        json.parsed("a decimal number").map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn per_cent_are_read_with_and_without_their_sign() {
        for text in ["11", "11%", " 11 % "] {
            assert_eq!(text.parse::<DailyValue>().unwrap().to_string(), "11%", "{text:?}");
        }
        for text in ["", "%", "11%%", "%11", "11 mg"] {
            assert!(text.parse::<DailyValue>().is_err(), "{text:?}");
        }
        let half: DailyValue = "0.50".parse().unwrap();
        assert_eq!(
            (format!("{half:?}"), half.percent().to_string()),
            ("0.50%".into(), "0.50".into())
        );
    }
}
