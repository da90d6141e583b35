//! Ranges of days, which take many calls: a month each, and a day each.

// The trap: a day whose totals are all zero is listed, and may have entries; one project says that an
// empty day is answered with code 1. So every listed day is asked for, and one that fails is reported
// and does not end the range.

use std::{error::Error as StdError, fmt, ops::RangeInclusive, time::Duration};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    api::FatSecret,
    caller::{Caller, ForUser},
    codes::ErrorCode,
    diary::{FoodEntriesDay, FoodEntry, GetFoodEntries, GetFoodEntriesMonth},
    endpoint::Endpoint,
    error::{ApiError, ApiErrorKind},
    nutrition::Macros,
    results::{Pending, Results, Step},
    weight::{GetWeightsMonth, WeightDay},
    wire::outcome::Answer,
};
use crate::error::{Error, groups::PaceError, kind::ErrorKind};

/// How often a call is tried again.
const RETRIES: u32 = 3;
/// The longest pause that is waited for, but for the cool-down after code 12, whose length is the caller's
/// own. What lasts longer ends the range.
const LONGEST: Duration = Duration::from_secs(60);

/// A day of the diary, with its entries.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let sandbox = tripod_sandbox::Sandbox::start().await?;
/// # let client = tripod::Client::new(sandbox.provider(), sandbox.consumer())?;
/// # let fatsecret = tripod::fatsecret::FatSecret::new(client.session(sandbox.grant()));
/// use jiff::civil::date;
/// use tripod::fatsecret::{DiaryDay, Missed};
///
/// # sandbox.log_food(date(2026, 1, 1), "breakfast", 3017, 30171, 2.0)?;
/// let mut days = fatsecret.diary(date(2026, 1, 1)..=date(2026, 1, 31));
/// let (mut read, mut missed) = (Vec::<DiaryDay>::new(), Vec::<Missed>::new());
/// while let Some(day) = days.next().await {
///     match day {
///         Ok(day) => read.push(day),
///         Err(days) => missed.push(days), // to be read again later
///     }
/// }
/// assert_eq!((read[0].date, read[0].entries.len()), (date(2026, 1, 1), 1));
/// assert!(missed.is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DiaryDay {
    /// The day, in the user's calendar.
    pub date: Date,
    /// The day's totals, as the month's list has them.
    pub total: Macros,
    /// What was eaten.
    #[serde(default)]
    pub entries: Vec<FoodEntry>,
}

/// The days of a range that could not be read, and why.
///
/// The operator `?` turns it into an [`Error`].
#[derive(Debug)]
#[non_exhaustive]
pub struct Missed {
    /// The first of the days.
    pub from: Date,
    /// The last of the days, which is the first one if only one day is missed.
    pub to: Date,
    /// Why they could not be read.
    pub error: Error,
}

impl fmt::Display for Missed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.from == self.to {
            write!(f, "the day {} could not be read", self.from)
        } else {
            write!(f, "the days from {} to {} could not be read", self.from, self.to)
        }
    }
}

impl StdError for Missed {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.error)
    }
}

impl From<Missed> for Error {
    fn from(missed: Missed) -> Self {
        missed.error
    }
}

/// Ranges of days.
impl<C: Caller> FatSecret<C> {
    /// Reads the weights of a range of days, in the order of the days.
    ///
    /// It makes one call for each month. Without a [`Pace`](super::Pace) it makes 20 calls a minute: three months take a
    /// moment, and two years, which are 24 calls, about a minute.
    ///
    /// # Errors
    ///
    /// [`Missed`] names the days, as for [`diary`](Self::diary).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use jiff::civil::date;
    /// use tripod::{Session, fatsecret::FatSecret};
    ///
    /// async fn spring(fatsecret: &FatSecret<Session>) -> Result<(), tripod::Error> {
    ///     let days = date(2026, 3, 1)..=date(2026, 5, 31);
    ///     for day in fatsecret.weights(days).into_vec().await? {
    ///         println!("{} {} kg", day.date, day.weight_kg);
    ///     }
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Source
    ///
    /// <https://platform.fatsecret.com/docs/v2/weights.get_month>
    pub fn weights(&self, days: RangeInclusive<Date>) -> Results<WeightDay, Missed>
    where
        C: ForUser,
    {
        Results::new(weights(self.paced(), days))
    }

    /// Reads the diary of a range of days, in the order of the days.
    ///
    /// It makes one call for each month, and one for each day that the month lists. A day without entries is left
    /// out, unless the month lists it. Without a [`Pace`](super::Pace) it makes 20 calls a minute: for a user who
    /// logs something every day, a month takes about one and a half minutes, and two years, which are 755 calls,
    /// about 38 minutes.
    ///
    /// After code 1, 20 or 24, or after a network failure, a call is tried again up to three times. After
    /// code 12 it waits as long as the cool-down lasts
    /// ([`Pace::with_user_cool_down`](super::Pace::with_user_cool_down)).
    ///
    /// # Errors
    ///
    /// [`Missed`] with the days and the error. If only these days cannot be read (code 1, or an answer
    /// that cannot be decoded), the range continues with the next day. After any other error it ends,
    /// and you can begin again at [`Missed::from`].
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use jiff::civil::date;
    /// use tripod::{Session, fatsecret::{ApiError, FatSecret}};
    ///
    /// async fn january(fatsecret: &FatSecret<Session>) {
    ///     let mut days = fatsecret.diary(date(2026, 1, 1)..=date(2026, 1, 31));
    ///     while let Some(day) = days.next().await {
    ///         match day {
    ///             Ok(day) => println!("{}: {} entries", day.date, day.entries.len()),
    ///             Err(missed) => match ApiError::of(&missed.error) {
    ///                 Some(refused) => eprintln!("{missed}: {refused}"),
    ///                 None => eprintln!("{missed}: {}", missed.error),
    ///             },
    ///         }
    ///     }
    /// }
    /// ```
    ///
    /// # Source
    ///
    /// <https://platform.fatsecret.com/docs/v2/food_entries.get_month>,
    /// <https://platform.fatsecret.com/docs/v2/food_entries.get>
    pub fn diary(&self, days: RangeInclusive<Date>) -> Results<DiaryDay, Missed>
    where
        C: ForUser,
    {
        Results::new(diary(self.paced(), days, Vec::new()))
    }
}

/// The days of the range that are in its first month, and the rest of the range.
type Month = (RangeInclusive<Date>, Option<RangeInclusive<Date>>);

/// `None` for a range without days.
fn first_month(days: &RangeInclusive<Date>) -> Option<Month> {
    let (from, to) = (*days.start(), *days.end());
    if from > to {
        return None;
    }
    let end = from.last_of_month();
    if end >= to {
        return Some((from..=to, None));
    }
    Some((from..=end, end.tomorrow().ok().map(|next| next..=to)))
}

fn weights<C: Caller>(
    fatsecret: FatSecret<C>,
    days: RangeInclusive<Date>,
) -> Pending<WeightDay, Missed> {
    Box::pin(async move {
        let mut step = Step::new();
        let Some((month, rest)) = first_month(&days) else { return step };
        let endpoint = GetWeightsMonth::new().with_date(*month.start());
        match patiently(&fatsecret, &endpoint).await {
            Ok(answer) => {
                let mut weights = step.note(answer).days;
                weights.retain(|day| month.contains(&day.date));
                weights.sort_by_key(|day| day.date);
                step.found.extend(weights.into_iter().map(Ok));
            }
            Err(error) => {
                if !miss(&mut step, &month, error) {
                    return step;
                }
            }
        }
        step.next = rest.map(|rest| weights(fatsecret, rest));
        step
    })
}

/// `listed` are the days of the month that was read last, the last of them first.
fn diary<C: Caller>(
    fatsecret: FatSecret<C>,
    days: RangeInclusive<Date>,
    mut listed: Vec<FoodEntriesDay>,
) -> Pending<DiaryDay, Missed> {
    Box::pin(async move {
        let mut step = Step::new();
        let Some(FoodEntriesDay { date, total }) = listed.pop() else {
            return month(fatsecret, days).await;
        };
        match patiently(&fatsecret, &GetFoodEntries::new().with_date(date)).await {
            Ok(answer) => {
                let entries = step.note(answer);
                step.found.push(Ok(DiaryDay { date, total, entries }));
            }
            Err(error) => {
                if !miss(&mut step, &(date..=date), error) {
                    return step;
                }
            }
        }
        step.next = Some(diary(fatsecret, days, listed));
        step
    })
}

/// Reads which days the next month has. `days` are those that no month was read of.
async fn month<C: Caller>(
    fatsecret: FatSecret<C>,
    days: RangeInclusive<Date>,
) -> Step<DiaryDay, Missed> {
    let mut step = Step::new();
    let Some((month, rest)) = first_month(&days) else { return step };
    let mut listed = Vec::new();
    match patiently(&fatsecret, &GetFoodEntriesMonth::new().with_date(*month.start())).await {
        Ok(answer) => {
            listed = step.note(answer).days;
            listed.retain(|day| month.contains(&day.date));
            listed.sort_by_key(|day| std::cmp::Reverse(day.date));
        }
        Err(error) => {
            if !miss(&mut step, &month, error) {
                return step;
            }
        }
    }
    // A range that is over begins after its end.
    let rest = rest.unwrap_or(Date::MAX..=Date::MIN);
    step.next = Some(diary(fatsecret, rest, listed));
    step
}

/// Reports the days. Gives whether the range goes on.
fn miss<T>(step: &mut Step<T, Missed>, days: &RangeInclusive<Date>, error: Error) -> bool {
    let goes_on = match ApiError::of(&error).map(ApiError::kind) {
        Some(ApiErrorKind::Refused { code, .. }) => *code == ErrorCode::Unknown,
        Some(ApiErrorKind::Field(_)) => true,
        Some(ApiErrorKind::NotAnAnswer { .. }) => {
            error.status().is_some_and(|status| status.is_success())
        }
        _ => false,
    };
    step.found.push(Err(Missed { from: *days.start(), to: *days.end(), error }));
    goes_on
}

/// Calls, and calls again after failures that pass. For reads only.
async fn patiently<C: Caller, E: Endpoint + Sync>(
    fatsecret: &FatSecret<C>,
    endpoint: &E,
) -> Result<Answer<E::Output>, Error> {
    let mut tries = 0;
    loop {
        let error = match fatsecret.perform(endpoint).await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        let Some(pause) = pause(&error, tries) else { return Err(error) };
        tokio::time::sleep(pause).await;
        tries += 1;
    }
}

/// How long to wait before the call is tried again, if it is.
fn pause(error: &Error, tries: u32) -> Option<Duration> {
    if tries == RETRIES {
        return None;
    }
    let is_refused =
        ApiError::of(error).and_then(ApiError::code) == Some(ErrorCode::TooManyActions);
    let is_cooling = matches!(error.kind(), ErrorKind::Pace(PaceError::UserCoolDown));
    // What remains of a cool-down, during which calls fail unsent.
    if let Some(pause) = error.retry_after() {
        return Some(pause).filter(|pause| is_refused || is_cooling || *pause <= LONGEST);
    }
    error.is_retryable().then(|| Duration::from_secs(1 << tries))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_range_is_cut_into_months() {
        let (first, last) = (date(2025, 12, 30), date(2026, 2, 2));
        let mut months = Vec::new();
        let mut days = Some(first..=last);
        while let Some((month, rest)) = days.as_ref().and_then(first_month) {
            months.push((*month.start(), *month.end()));
            days = rest;
        }
        assert_eq!(
            months,
            [
                (first, date(2025, 12, 31)),
                (date(2026, 1, 1), date(2026, 1, 31)),
                (date(2026, 2, 1), last),
            ]
        );
        assert!(first_month(&(last..=first)).is_none());
        assert_eq!(first_month(&(Date::MAX..=Date::MAX)).unwrap().1, None);
    }
}
