//! Decimal numbers as FatSecret writes them: exact, small, and without rounding.

// The trap: FatSecret's `"14.30"` is not an `f64`. An `Amount` keeps the digits as an integer and
// the number of decimal places, so it is exact, `Copy`, and can be added up without drift; text-backed
// numbers would cost an allocation for each of the twenty nutrients of an entry. What does not fit
// (more than 18 digits) is refused when it is read, never rounded.

use std::{cmp::Ordering, fmt, hash, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Visitor};

use super::{
    ids::ParseError,
    testing::filler::{Blank, Filler},
    wire::{FromJson, Json, outcome::FieldError},
};

mod arithmetic;

pub use arithmetic::{AmountError, Rounding};

/// The most significant digits, and the most decimal places, of an amount that is read.
const MOST_DIGITS: u32 = 18;
/// The first whole number with more digits than that. Ten times it still fits a `u64`.
const END: u64 = 10_u64.pow(MOST_DIGITS);

/// The most decimal places of a result. The difference of two of these fits what `i128` can scale by.
const MOST_PLACES: u32 = 36;

/// An exact decimal number: kilocalories, grams, kilograms or units, as the field says.
///
/// Keeps the decimal places it was written with (`"1.500"` prints as `1.500`), and compares by
/// value (`1.5 == 1.500`). At most 18 digits and 18 decimal places are read; FatSecret sends up to 4
/// places. `{:.1}` rounds, halves away from zero.
///
/// `+`, `-`, `*` and [`Sum`](std::iter::Sum) are exact for numbers as FatSecret sends them, and never
/// panic: results have up to 38 digits. Beyond that they drop decimal places, and the `checked_…`
/// methods give an error. [`div`](Self::div) asks how to round.
///
/// There is no conversion from `f64` without rounding: `0.1 * 3.0` is 0.30000000000000004, and this
/// number would be sent to FatSecret. Calculate with amounts, or say how many decimal places to keep
/// ([`from_f64`](Self::from_f64)).
///
/// # Examples
///
/// ```
/// use tripod::fatsecret::Amount;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let carbohydrate: Amount = "14.30".parse()?;
/// let more: Amount = "0.1".parse()?;
/// assert_eq!(carbohydrate.to_string(), "14.30");
/// let total: Amount = [carbohydrate, more, more].into_iter().sum();
/// assert_eq!(total, "14.5".parse()?);
/// assert_eq!((more * 3).to_string(), "0.3");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Default)]
pub struct Amount {
    digits: i128,
    places: u32,
}

/// # Create and convert
impl Amount {
    /// The amount 0.
    pub const ZERO: Self = Self { digits: 0, places: 0 };

    /// Rounds an `f64` to so many decimal places, halves away from zero, without trailing zeros.
    ///
    /// For numbers that exist only as floats, such as those of a scale.
    ///
    /// # Errors
    ///
    /// If it is not a number, or has more than 18 digits.
    ///
    /// # Examples
    ///
    /// ```
    /// use tripod::fatsecret::Amount;
    ///
    /// # fn main() -> Result<(), tripod::fatsecret::ParseError> {
    /// assert_eq!(Amount::from_f64(0.1 * 3.0, 3)?.to_string(), "0.3");
    /// assert_eq!(Amount::from_f64(80.049_999, 1)?.to_string(), "80");
    /// # Ok(())
    /// # }
    /// ```
    pub fn from_f64(value: f64, places: u32) -> Result<Self, ParseError> {
        // The shortest text that stands for it first: 0.15 is less than that as a float, and would
        // be rounded down.
        let exact: Self = match value.to_string().parse() {
            Err(_) if value.abs() < 1.0 => format!("{value:.18}").parse()?,
            shortest => shortest?,
        };
        let (digits, places) = exact.round(places, Rounding::HalfAwayFromZero).reduced();
        Ok(Self { digits, places })
    }

    /// Returns the nearest `f64`, for charts and for arithmetic where a rounding error does not matter.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        // Through the text: dividing two floats would round twice.
        self.to_string().parse().unwrap_or(f64::NAN)
    }

    /// Returns the whole number that this is, if it has no fraction.
    #[must_use]
    pub fn to_whole(self) -> Option<i64> {
        if self.places == 0 {
            return i64::try_from(self.digits).ok();
        }
        let scale = power_of_ten(self.places)?;
        if self.digits % scale != 0 {
            return None;
        }
        i64::try_from(self.digits / scale).ok()
    }

    fn digits_at(self, places: u32) -> Option<i128> {
        self.digits.checked_mul(power_of_ten(places.checked_sub(self.places)?)?)
    }

    /// Without trailing zeros, so that equal values are equal pairs.
    fn reduced(self) -> (i128, u32) {
        let (mut digits, mut places) = (self.digits, self.places);
        while places > 0 && digits % 10 == 0 {
            digits /= 10;
            places -= 1;
        }
        (digits, places)
    }

    /// Reads digits with at most one point, which is how numbers nearly always come.
    fn read_plain(text: &str, negative: bool) -> Option<Self> {
        let (mut digits, mut point) = (0_u64, None);
        for (at, byte) in text.bytes().enumerate() {
            match byte {
                b'0'..=b'9' => digits = digits * 10 + u64::from(byte - b'0'),
                b'.' if point.is_none() && at > 0 && at + 1 < text.len() => point = Some(at),
                _ => return None,
            }
            if digits >= END {
                return None;
            }
        }
        let places = point.map_or(0, |point| text.len() - point - 1);
        let places = u32::try_from(places).ok().filter(|places| *places <= MOST_DIGITS)?;
        let digits = i128::from(digits);
        (!text.is_empty())
            .then_some(Self { digits: if negative { -digits } else { digits }, places })
    }

    /// Reads what an amount prints: the result of a calculation, too, which may be longer than what
    /// FatSecret sends.
    pub(super) fn read_printed(text: &str) -> Option<Self> {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = match text.split_once('.') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (text, ""),
        };
        let places = u32::try_from(fraction.len()).ok().filter(|places| *places <= MOST_PLACES)?;
        if whole.is_empty() {
            return None;
        }
        let mut digits: i128 = 0;
        for byte in whole.bytes().chain(fraction.bytes()) {
            let digit = byte.is_ascii_digit().then(|| i128::from(byte - b'0'))?;
            digits = digits.checked_mul(10)?.checked_add(digit)?;
        }
        Some(Self { digits: if negative { -digits } else { digits }, places })
    }

    /// Reads JSON's number syntax, with leading zeros allowed.
    fn read(text: &str) -> Option<Self> {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        if let Some(amount) = Self::read_plain(text, negative) {
            return Some(amount);
        }
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            // Nobody sends exponents beyond a few digits; a longer one cannot be exact here.
            Some((mantissa, exponent)) if exponent.len() <= 4 => {
                (mantissa, exponent.parse::<i32>().ok()?)
            }
            Some(_) => return None,
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty()
            || !is_digits(whole)
            || !is_digits(fraction)
            || (fraction.is_empty() && mantissa.contains('.'))
        {
            return None;
        }
        let mut digits: u64 = 0;
        for byte in whole.bytes().chain(fraction.bytes()) {
            digits = digits * 10 + u64::from(byte - b'0');
            if digits >= END {
                return None;
            }
        }
        let mut places = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
        if digits == 0 {
            places = places.max(0);
        }
        while places < 0 {
            digits *= 10;
            places += 1;
            if digits >= END {
                return None;
            }
        }
        let places = u32::try_from(places).ok()?;
        if places > MOST_DIGITS {
            return None;
        }
        let digits = i128::from(digits);
        Some(Self { digits: if negative { -digits } else { digits }, places })
    }
}

fn power_of_ten(exponent: u32) -> Option<i128> {
    10_i128.checked_pow(exponent)
}

impl FromStr for Amount {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::read(text.trim())
            .ok_or(ParseError::new("a decimal number of at most 18 digits, with a point"))
    }
}

macro_rules! from_integers {
    ($($integer:ty),*) => { $(
        impl From<$integer> for Amount {
            fn from(value: $integer) -> Self {
                Self { digits: i128::from(value), places: 0 }
            }
        }
    )* };
}
from_integers!(i32, u32, i64, u64);

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wanted = f.precision();
        let shown = match wanted.and_then(|wanted| u32::try_from(wanted).ok()) {
            Some(wanted) => self.round(wanted, Rounding::HalfAwayFromZero),
            None => *self,
        };
        let places = shown.places as usize;
        let mut text = format!("{:0>width$}", shown.digits.unsigned_abs(), width = places + 1);
        let more = wanted.map_or(0, |wanted| wanted.saturating_sub(places));
        if places + more > 0 {
            text.insert(text.len() - places, '.');
            text.extend(std::iter::repeat_n('0', more));
        }
        f.pad_integral(shown.digits >= 0, "", &text)
    }
}

impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl PartialEq for Amount {
    fn eq(&self, other: &Self) -> bool {
        self.reduced() == other.reduced()
    }
}

impl Eq for Amount {}

impl hash::Hash for Amount {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.reduced().hash(state);
    }
}

impl PartialOrd for Amount {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Amount {
    fn cmp(&self, other: &Self) -> Ordering {
        let places = self.places.max(other.places);
        match (self.digits_at(places), other.digits_at(places)) {
            (Some(one), Some(two)) => one.cmp(&two),
            // The one that cannot be written with the other's places is further from zero.
            (None, _) => self.digits.cmp(&0),
            (_, None) => 0.cmp(&other.digits),
        }
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Amount {
    /// Takes text, and whole numbers; a number with a fraction would have been rounded on its way.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Printed;

        impl Visitor<'_> for Printed {
            type Value = Amount;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a decimal number as text, such as \"14.30\"")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Amount, E> {
                Amount::read_printed(text)
                    .ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Amount, E> {
                Ok(number.into())
            }

            fn visit_i64<E>(self, number: i64) -> Result<Amount, E> {
                Ok(number.into())
            }
        }

        if deserializer.is_human_readable() {
            deserializer.deserialize_any(Printed)
        } else {
            deserializer.deserialize_str(Printed)
        }
    }
}

impl Blank for Amount {
    fn fill(filler: &mut Filler) -> Self {
        let digits = i128::from(filler.number()) * i128::from(filler.number() >> 1);
        let places = u32::try_from(filler.number() % 37).unwrap_or_default();
        let amount = Self { digits, places };
        if filler.number() % 2 == 1 { -amount } else { amount }
    }
}

impl FromJson for Amount {
    fn from_json(json: Json<'_>) -> Result<Self, FieldError> {
        json.parsed("a decimal number")
    }
}

#[cfg(test)]
mod tests;
