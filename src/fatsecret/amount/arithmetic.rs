//! Arithmetic on amounts: exact wherever 38 digits are enough.

// The trap: numbers come from outside, so no operator may panic or wrap. An amount that is read
// has at most 18 digits and 18 places, and the sum, difference or product of two such is exact. Only
// a long chain of products loses places, and nothing else.

use std::{
    error::Error as StdError,
    fmt,
    iter::Sum,
    ops::{Add, AddAssign, Mul, Neg, Sub, SubAssign},
};

use super::{Amount, MOST_PLACES, power_of_ten};

/// How to cut off decimal places.
///
/// # Examples
///
/// ```
/// use tripod::fatsecret::{Amount, Rounding};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let half: Amount = "2.5".parse()?;
/// assert_eq!(half.round(0, Rounding::HalfAwayFromZero), 3.into());
/// assert_eq!(half.round(0, Rounding::HalfToEven), 2.into());
/// assert_eq!(half.round(0, Rounding::TowardZero), 2.into());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rounding {
    /// To the nearest; halves away from zero, as people round: 2.5 becomes 3.
    HalfAwayFromZero,
    /// To the nearest; halves to the even neighbour, as banks round: 2.5 becomes 2.
    HalfToEven,
    /// Towards zero: 2.9 becomes 2.
    TowardZero,
    /// Away from zero: 2.1 becomes 3.
    AwayFromZero,
}

/// Why a calculation has no result.
///
/// # Examples
///
/// ```
/// use tripod::fatsecret::{Amount, AmountError, Rounding};
///
/// /// Per serving; nothing for a recipe without servings.
/// fn per_serving(total: Amount, servings: Amount) -> Result<Option<Amount>, AmountError> {
///     match total.div(servings, 1, Rounding::HalfAwayFromZero) {
///         Err(AmountError::DivisionByZero) => Ok(None),
///         other => other.map(Some),
///     }
/// }
///
/// assert_eq!(per_serving(10.into(), 5.into()), Ok(Some(2.into())));
/// assert_eq!(per_serving(10.into(), 0.into()), Ok(None));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AmountError {
    /// The exact result has more digits than an [`Amount`] can hold (about 38, 36 of them decimal
    /// places).
    TooLong,
    /// The divisor is zero.
    DivisionByZero,
}

impl fmt::Display for AmountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "the exact result has more digits than an amount can hold",
            Self::DivisionByZero => "an amount cannot be divided by zero",
        })
    }
}

impl StdError for AmountError {}

/// # Calculate
impl Amount {
    const MAX: Self = Self { digits: i128::MAX, places: 0 };

    /// Returns the exact sum.
    ///
    /// # Errors
    ///
    /// [`AmountError::TooLong`]. This cannot happen for two amounts that were read from FatSecret.
    pub fn checked_add(self, other: Self) -> Result<Self, AmountError> {
        self.sum_at(other, self.places.max(other.places)).ok_or(AmountError::TooLong)
    }

    /// Returns the exact difference.
    ///
    /// # Errors
    ///
    /// The errors of [`checked_add`](Self::checked_add).
    pub fn checked_sub(self, other: Self) -> Result<Self, AmountError> {
        self.checked_add(-other)
    }

    /// Returns the exact product.
    ///
    /// # Errors
    ///
    /// The errors of [`checked_add`](Self::checked_add).
    pub fn checked_mul(self, other: Self) -> Result<Self, AmountError> {
        let exact = |one: (i128, u32), two: (i128, u32)| {
            let places = one.1.checked_add(two.1).filter(|places| *places <= MOST_PLACES)?;
            Some(Self { digits: one.0.checked_mul(two.0)?, places })
        };
        exact((self.digits, self.places), (other.digits, other.places))
            .or_else(|| exact(self.reduced(), other.reduced()))
            .ok_or(AmountError::TooLong)
    }

    /// Returns the quotient, with this many decimal places.
    ///
    /// # Errors
    ///
    /// [`AmountError::DivisionByZero`]; [`AmountError::TooLong`] for more than 36 places, or a
    /// quotient of more than 38 digits.
    ///
    /// # Examples
    ///
    /// ```
    /// use tripod::fatsecret::{Amount, Rounding};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let recipe: Amount = "1000.5".parse()?;
    /// let serving = recipe.div(3.into(), 2, Rounding::HalfAwayFromZero)?;
    /// assert_eq!(serving.to_string(), "333.50");
    /// # Ok(())
    /// # }
    /// ```
    pub fn div(self, by: Self, places: u32, rounding: Rounding) -> Result<Self, AmountError> {
        if by.digits == 0 {
            return Err(AmountError::DivisionByZero);
        }
        if places > MOST_PLACES {
            return Err(AmountError::TooLong);
        }
        let ((one, one_places), (two, two_places)) = (self.reduced(), by.reduced());
        let scale = |digits: i128, more: u32, less: u32| {
            let factor = power_of_ten(more.saturating_sub(less))?.unsigned_abs();
            digits.unsigned_abs().checked_mul(factor)
        };
        let quotient = || {
            let dividend = scale(one, two_places, one_places)?;
            let divisor = scale(two, one_places, two_places)?;
            let (mut quotient, mut rest) = (dividend / divisor, dividend % divisor);
            for _ in 0..places {
                let next = rest.checked_mul(10)?;
                quotient = quotient.checked_mul(10)?.checked_add(next / divisor)?;
                rest = next % divisor;
            }
            rounded_quotient(quotient, rest, divisor, rounding)
        };
        let digits = quotient().and_then(|digits| i128::try_from(digits).ok());
        let digits = digits.ok_or(AmountError::TooLong)?;
        let negative = (one < 0) != (two < 0);
        Ok(Self { digits: if negative { -digits } else { digits }, places })
    }

    /// Returns the amount rounded to at most this many decimal places.
    ///
    /// # Examples
    ///
    /// ```
    /// use tripod::fatsecret::{Amount, Rounding};
    ///
    /// # fn main() -> Result<(), tripod::fatsecret::ParseError> {
    /// let amount: Amount = "14.25".parse()?;
    /// assert_eq!(amount.round(1, Rounding::HalfAwayFromZero).to_string(), "14.3");
    /// assert_eq!(amount.round(1, Rounding::HalfToEven).to_string(), "14.2");
    /// assert_eq!(format!("{amount:.1} {amount:.4}"), "14.3 14.2500");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn round(self, places: u32, rounding: Rounding) -> Self {
        let Some(too_many) = self.places.checked_sub(places).filter(|more| *more > 0) else {
            return self;
        };
        // More places than digits: less than half of the last place that stays.
        let divisor = power_of_ten(too_many).unwrap_or(i128::MAX).unsigned_abs();
        let digits = self.digits.unsigned_abs();
        let digits = rounded_quotient(digits / divisor, digits % divisor, divisor, rounding)
            .and_then(|digits| i128::try_from(digits).ok())
            .unwrap_or(i128::MAX);
        Self { digits: if self.digits < 0 { -digits } else { digits }, places }
    }

    fn sum_at(self, other: Self, places: u32) -> Option<Self> {
        let digits = self.digits_at(places)?.checked_add(other.digits_at(places)?)?;
        // So that there is always a number of the other sign.
        (digits != i128::MIN).then_some(Self { digits, places })
    }

    /// The largest number of that sign.
    fn largest(negative: bool) -> Self {
        if negative { -Self::MAX } else { Self::MAX }
    }
}

/// Puts the rest of a division into the quotient.
fn rounded_quotient(quotient: u128, rest: u128, divisor: u128, rounding: Rounding) -> Option<u128> {
    let half = rest.cmp(&(divisor - rest));
    let up = rest > 0
        && match rounding {
            Rounding::TowardZero => false,
            Rounding::AwayFromZero => true,
            Rounding::HalfAwayFromZero => half.is_ge(),
            Rounding::HalfToEven => half.is_gt() || half.is_eq() && quotient % 2 == 1,
        };
    quotient.checked_add(u128::from(up))
}

const NEAREST: Rounding = Rounding::HalfAwayFromZero;

impl Add for Amount {
    type Output = Self;

    /// Adds exactly, where 38 digits are enough: always for amounts that were read. Otherwise drops
    /// decimal places, and ends at the largest number there is.
    fn add(self, other: Self) -> Self {
        let most = self.places.max(other.places);
        (0..=most)
            .rev()
            .find_map(|places| {
                self.round(places, NEAREST).sum_at(other.round(places, NEAREST), places)
            })
            .unwrap_or_else(|| Self::largest(self.digits < 0))
    }
}

impl Neg for Amount {
    type Output = Self;

    fn neg(self) -> Self {
        Self { digits: self.digits.saturating_neg(), ..self }
    }
}

impl Sub for Amount {
    type Output = Self;

    /// Subtracts as [`Add`] adds.
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Mul for Amount {
    type Output = Self;

    /// Multiplies exactly, where 38 digits are enough: always for two amounts that were read.
    /// Otherwise drops decimal places, and ends at the largest number there is.
    fn mul(self, other: Self) -> Self {
        let (mut one, mut two) = (self, other);
        loop {
            if let Ok(product) = one.checked_mul(two) {
                return product;
            }
            // The one with more digits loses a place, as long as it has one.
            let first = match (one.places, two.places) {
                (0, 0) => return Self::largest((self.digits < 0) != (other.digits < 0)),
                (_, 0) => true,
                (0, _) => false,
                _ => one.digits.unsigned_abs() >= two.digits.unsigned_abs(),
            };
            let longer = if first { &mut one } else { &mut two };
            *longer = longer.round(longer.places - 1, NEAREST);
        }
    }
}

impl AddAssign for Amount {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Amount {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

// No impls for other integers: with one, the type of the `3` in `amount * 3` is known.
impl Mul<i64> for Amount {
    type Output = Self;

    fn mul(self, by: i64) -> Self {
        self * Self::from(by)
    }
}

impl Sum for Amount {
    /// Adds as [`Add`] does. For amounts of which some may be missing see
    /// [`Total`](crate::fatsecret::Total).
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl<'a> Sum<&'a Amount> for Amount {
    fn sum<I: Iterator<Item = &'a Amount>>(amounts: I) -> Self {
        amounts.copied().sum()
    }
}

#[cfg(test)]
mod tests;
