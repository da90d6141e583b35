//! Calendar days as FatSecret counts them: days since 1970-01-01.

use jiff::{ToSpan, civil::Date};

const SECONDS_A_DAY: i64 = 86_400;
/// 9999-12-31, after which jiff has no days.
const LAST: i64 = 2_932_896;

/// The day that a Unix time is in.
pub(crate) fn today(now: i64) -> i64 {
    now.div_euclid(SECONDS_A_DAY)
}

/// The first and last day of the month that a day is in.
pub(super) fn month_of(day: i64) -> (i64, i64) {
    let date = date(day);
    (number(date.first_of_month()), number(date.last_of_month()))
}

/// The weekday, with Sunday as 0.
pub(super) fn weekday(day: i64) -> usize {
    usize::try_from(date(day).weekday().to_sunday_zero_offset()).unwrap_or(0)
}

/// The date of a day; for days before 1970 or after 9999, the nearest.
pub(crate) fn date(day: i64) -> Date {
    let epoch = Date::constant(1970, 1, 1);
    epoch.checked_add(day.clamp(0, LAST).days()).unwrap_or(epoch)
}

fn number(date: Date) -> i64 {
    (date - Date::constant(1970, 1, 1)).get_days().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_have_their_first_and_last_day() {
        // 2026-01-01, 2024-02-29, 1970-01-01, 2026-12-31, 9999-12-31.
        assert_eq!(month_of(20_454), (20_454, 20_484));
        assert_eq!(month_of(19_782), (19_754, 19_782));
        assert_eq!(month_of(0), (0, 30));
        assert_eq!(month_of(20_818), (20_788, 20_818));
        assert_eq!(month_of(LAST), (LAST - 30, LAST));
        assert_eq!((weekday(20_454), weekday(0), weekday(3)), (4, 4, 0));
    }

    #[test]
    fn days_beyond_the_calendar_are_its_nearest() {
        for day in [i64::MIN, -1] {
            assert_eq!((month_of(day), weekday(day)), ((0, 30), 4));
        }
        assert_eq!(month_of(i64::MAX), month_of(LAST));
        assert_eq!((today(0), today(86_399), today(-1)), (0, 0, -1));
    }
}
