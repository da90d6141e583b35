//! Sums that say whether they are complete.

use std::iter::Sum;

use super::amount::Amount;

/// A sum of values of which some may be missing.
///
/// FatSecret leaves out a nutrient that it does not know. Such a value counts as nothing in the sum,
/// and the sum says so.
///
/// # Examples
///
/// ```
/// use tripod::fatsecret::{Amount, Total};
///
/// let energy: Total<Amount> = [Some(Amount::from(75)), None].into_iter().sum();
/// assert_eq!(energy.value, 75.into());
/// assert!(!energy.is_complete);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Total<T> {
    /// The sum of the values that are there.
    pub value: T,
    /// Whether none was missing. If not, the real sum may be larger.
    pub is_complete: bool,
}

impl<T> Total<T> {
    pub(crate) fn new(value: T, is_complete: bool) -> Self {
        Self { value, is_complete }
    }
}

impl Sum<Option<Amount>> for Total<Amount> {
    fn sum<I: Iterator<Item = Option<Amount>>>(amounts: I) -> Self {
        amounts.fold(Self::new(Amount::ZERO, true), |sum, amount| match amount {
            Some(amount) => Self::new(sum.value + amount, sum.is_complete),
            None => Self::new(sum.value, false),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Amount {
        text.parse().unwrap()
    }

    #[test]
    fn a_sum_counts_what_is_missing_as_nothing_and_says_so() {
        let total: Total<Amount> = [Some(amount("1.5")), None, Some(amount("2"))].into_iter().sum();
        assert_eq!((total.value, total.is_complete), (amount("3.5"), false));
        let total: Total<Amount> = [Some(amount("1.5"))].into_iter().sum();
        assert_eq!((total.value, total.is_complete), (amount("1.5"), true));
        let total: Total<Amount> = std::iter::empty::<Option<Amount>>().sum();
        assert_eq!((total.value, total.is_complete), (Amount::ZERO, true));
    }
}
