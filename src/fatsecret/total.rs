//! Sums that say whether they are complete.

use std::{iter::Sum, ops::Add};

use super::amount::Amount;

/// A sum of values of which some may be missing.
///
/// FatSecret leaves out a nutrient that it does not know. In the sum such a value counts as zero, and
/// `is_complete` is `false`. `sum()` makes a total of amounts, of [`Macros`](super::nutrition::Macros), and of
/// all nutrients ([`Nutrition`](super::nutrition::Nutrition),
/// [`EntryNutrition`](super::nutrition::EntryNutrition),
/// [`RecipeNutrition`](super::nutrition::RecipeNutrition)).
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
    /// The sum of the known values.
    pub value: T,
    /// Whether no value was missing. If `false`, the real sum may be larger.
    ///
    /// Of all nutrients, most foods lack some; `missing()` says which.
    pub is_complete: bool,
    /// A bit for each field of `value` that was missing somewhere.
    missing: u32,
}

impl<T> Total<T> {
    pub(crate) fn new(value: T, is_complete: bool) -> Self {
        Self { value, is_complete, missing: 0 }
    }

    /// Adds a value to field number `field` of the sum, or notes that it is missing.
    pub(crate) fn add<V: Copy + Add<Output = V>>(
        &mut self,
        field: u32,
        sum: impl FnOnce(&mut T) -> &mut Option<V>,
        more: Option<V>,
    ) {
        let Some(more) = more else {
            self.is_complete = false;
            self.missing |= 1 << field;
            return;
        };
        let sum = sum(&mut self.value);
        *sum = Some(sum.map_or(more, |sum| sum + more));
    }

    /// Those of the fields' names that were missing somewhere.
    pub(crate) fn missing_of(
        &self,
        names: &'static [&'static str],
    ) -> impl Iterator<Item = &'static str> + use<T> {
        let missing = self.missing;
        (0_u32..)
            .zip(names)
            .filter(move |(field, _)| missing >> field & 1 == 1)
            .map(|(_, name)| *name)
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
