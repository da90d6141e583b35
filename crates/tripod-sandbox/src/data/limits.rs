//! How much the data host keeps.

use std::ops::RangeInclusive;

/// Accounts that are kept.
pub(crate) const ACCOUNTS: usize = 2000;
/// Things of one kind that an account keeps: diary entries, days, foods, favourites.
pub(super) const THINGS: usize = 20_000;
/// The first day and the last that anything can be stored for.
pub(crate) const DAYS: RangeInclusive<i64> = 0..=99_999;
