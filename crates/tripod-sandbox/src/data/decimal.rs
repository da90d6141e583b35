//! Exact decimal numbers, just enough for the data host.

// The trap: FatSecret rounds each kind of number to places of its own (`"14.30"`, `"1.500"`), so a
// number is kept in ten-thousandths and cut to its places only when it is written.

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
}
