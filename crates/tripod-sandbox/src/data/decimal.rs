//! Exact decimal numbers and calendar days, just enough for the data host.
//!
//! The trap: FatSecret rounds each kind of number to places of its own (`"14.30"`, `"1.500"`), so a
//! number is kept in ten-thousandths and cut to its places only when it is written.

/// A decimal number, in ten-thousandths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Decimal(i64);

/// Ten-thousandths in one.
const ONE: i64 = 10_000;
const PLACES: u32 = 4;

impl Decimal {
    pub(super) const fn whole(number: i64) -> Self {
        Self(number * ONE)
    }

    /// Reads digits with at most nine before the point; those after the fourth place are dropped.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || whole.len() > 9 || fraction.is_empty() || fraction.len() > 20 {
            return None;
        }
        if !all_digits(whole) || !all_digits(fraction) {
            return None;
        }
        let fraction: String = fraction.chars().chain("0000".chars()).take(4).collect();
        let value = whole.parse::<i64>().ok()? * ONE + fraction.parse::<i64>().ok()?;
        Some(Self(if negative { -value } else { value }))
    }

    /// The nearest decimal; 0 for what is none.
    pub(super) fn of(number: f64) -> Self {
        Self::parse(&format!("{number:.4}")).unwrap_or_default()
    }

    pub(super) fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// This times `by`, for each `per`; rounded half up.
    pub(super) fn times(self, by: Self, per: Self) -> Self {
        if per.0 <= 0 {
            return Self(0);
        }
        let (this, by, per) = (i128::from(self.0), i128::from(by.0), i128::from(per.0));
        let value = (2 * this * by + per).div_euclid(2 * per);
        Self(i64::try_from(value).unwrap_or(i64::MAX))
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The nearest whole number, half up.
    pub(super) fn rounded(self) -> i64 {
        self.0.saturating_add(ONE / 2).div_euclid(ONE)
    }

    /// With that many places, at most four, rounded half up.
    pub(super) fn places(self, places: u32) -> String {
        let unit = 10_i64.pow(PLACES.saturating_sub(places));
        let value = self.0.saturating_add(unit / 2).div_euclid(unit);
        if places == 0 {
            return value.to_string();
        }
        let scale = 10_u64.pow(places.min(PLACES));
        let sign = if value < 0 { "-" } else { "" };
        let value = value.unsigned_abs();
        let width = places as usize;
        format!("{sign}{}.{:0width$}", value / scale, value % scale)
    }

    /// Without zeros at the end.
    pub(super) fn short(self) -> String {
        let text = self.places(PLACES);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

/// The first and last day of the month that a day is in, all in days since 1970-01-01.
pub(super) fn month_of(day: i64) -> (i64, i64) {
    let (year, month) = year_and_month(day);
    let next = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    (first_of(year, month), first_of(next.0, next.1) - 1)
}

/// The weekday, with Sunday as 0. The first day of 1970 was a Thursday.
pub(super) fn weekday(day: i64) -> usize {
    usize::try_from((day + 4).rem_euclid(7)).unwrap_or(0)
}

/// Years are counted from March here, so that a leap day is the last of its year.
fn year_and_month(day: i64) -> (i64, i64) {
    let day = day + 719_468;
    let era = day.div_euclid(146_097);
    let of_era = day.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let march_month = (5 * of_year + 2) / 153;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    (year + era * 400 + i64::from(month <= 2), month)
}

fn first_of(year: i64, month: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let march_month = (month + 9) % 12;
    let of_year = (153 * march_month + 2) / 5;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact_and_rounded_when_written() {
        let number = Decimal::parse("14.305").unwrap();
        assert_eq!(
            [0, 1, 2, 3, 4].map(|n| number.places(n)),
            ["14", "14.3", "14.31", "14.305", "14.3050"]
        );
        assert_eq!(number.short(), "14.305");
        assert_eq!(Decimal::whole(100).short(), "100");
        assert_eq!(Decimal::parse("-0.5").unwrap().places(2), "-0.50");
        let third = Decimal::whole(10).times(Decimal::whole(1), Decimal::whole(3));
        assert_eq!(third.places(4), "3.3333");
        for bad in ["", ".", "1.", ".5", "1e3", "1,5", "NaN", "+1", "1234567890", "1.5 "] {
            assert_eq!(Decimal::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn months_have_their_first_and_last_day() {
        // 2026-01-01, 2024-02-29, 1970-01-01, 2026-12-31, 1969-12-31.
        assert_eq!(month_of(20_454), (20_454, 20_484));
        assert_eq!(month_of(19_782), (19_754, 19_782));
        assert_eq!(month_of(0), (0, 30));
        assert_eq!(month_of(20_818), (20_788, 20_818));
        assert_eq!(month_of(-1), (-31, -1));
        assert_eq!((weekday(20_454), weekday(3), weekday(-1)), (4, 0, 3));
    }
}
