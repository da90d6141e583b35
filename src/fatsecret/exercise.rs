//! The exercise diary.
//!
//! A day is always 24 hours, split among activities. Nothing is added or deleted: [`ShiftExercise`] moves
//! minutes from one activity, mostly resting, to another.
//!
//! # Examples
//!
//! Here `fatsecret` is a `FatSecret<Session>`, and 2 is the id of resting:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sandbox = tripod_sandbox::Sandbox::start().await?;
//! # let client = tripod::Client::new(sandbox.provider(), sandbox.consumer())?;
//! # let fatsecret = tripod::fatsecret::FatSecret::new(client.session(sandbox.grant()));
//! use jiff::civil::date;
//! use tripod::fatsecret::exercise::{Exercise, ExerciseDay, ExerciseEntriesMonth, ExerciseEntry, ShiftExercise, ShiftFrom, ShiftTo};
//!
//! let day = date(2026, 1, 1);
//! let known: Vec<Exercise> = fatsecret.exercises().await?.into_inner();
//! let is_running = |known: &&Exercise| known.name.starts_with("Running");
//! let running = known.iter().find(is_running).ok_or("it is not in the list")?;
//!
//! let resting = ShiftFrom::Listed(2.into());
//! let run = ShiftExercise::new(resting, ShiftTo::Listed(running.id), 45).with_date(day);
//! fatsecret.shift_exercise(&run).await?;
//!
//! let entries: Vec<ExerciseEntry> = fatsecret.exercise_entries(day).await?.into_inner();
//! assert_eq!(entries.iter().map(|entry| entry.minutes).sum::<u32>(), 1440);
//! let month: ExerciseEntriesMonth = fatsecret.exercise_entries_month(day).await?.into_inner();
//! let spent: Option<&ExerciseDay> = month.days.iter().find(|spent| spent.date == day);
//! assert!(spent.is_some_and(|spent| spent.calories > 1000.into()));
//!
//! fatsecret.commit_exercise_day(day.tomorrow()?).await?; // saves a day as it is shown
//! # Ok(())
//! # }
//! ```

// All delegated. The trap: a day is always 24 hours, split among activities. Nothing is
// added or deleted: minutes are shifted from one activity (mostly resting or sleeping) to another.

use jiff::civil::{Date, Weekday};

use super::{
    amount::Amount,
    define::{Param, methods},
    endpoint::Request,
    ids::ExerciseId,
    wire::answer,
};

answer! {
    /// A kind of activity.
    pub struct Exercise from fields {
        /// Which activity. May be stored without a time limit.
        pub id: ExerciseId = fields.get("exercise_id")?,
        /// Its name.
        pub name: String = fields.get("exercise_name")?,
    }
}

answer! {
    /// One activity's share of a day. It has no id of its own.
    pub struct ExerciseEntry from fields {
        /// The activity; 0 for one with a name of the user's own.
        pub id: ExerciseId = fields.get("exercise_id")?,
        /// Its name.
        pub name: String = fields.get("exercise_name")?,
        /// Minutes of the day. All entries of a day make 1440.
        pub minutes: u32 = fields.get("minutes")?,
        /// Energy spent, in kilocalories.
        pub calories: Amount = fields.get("calories")?,
        /// Whether this is the weekday's template, shown because the user has not saved the day.
        /// FatSecret leaves it out of saved days, mostly.
        pub is_template: Option<bool> = fields.optional("is_template_value"),
    }
}

answer! {
    /// A month of the exercise diary. Days may be missing.
    pub struct ExerciseEntriesMonth from fields {
        /// The first day of the month.
        pub from: Date = fields.get("from_date_int")?,
        /// The last day of the month.
        pub to: Date = fields.get("to_date_int")?,
        /// The days.
        #[serde(default)]
        pub days: Vec<ExerciseDay> = fields.items("day")?,
    }
}

answer! {
    /// The energy spent on one day.
    pub struct ExerciseDay from fields {
        /// The day.
        pub date: Date = fields.get("date_int")?,
        /// Energy, in kilocalories.
        pub calories: Amount = fields.get("calories")?,
    }
}

methods! {
    /// The exercise diary.
    impl FatSecret;

    /// Lists the activities that FatSecret knows: `exercises.get` version 2.
    #[derive(Default)]
    pub struct GetExercises: Delegated -> Vec<Exercise> = read("exercises.get", 2, GET "exercises") {
        localised { region, language, }
        reply(reply) {
            // Documented is `exercise_types`; `exercises` was seen live.
            let live = reply.has("exercises");
            reply.list(if live { "exercises" } else { "exercise_types" }, "exercise")
        }
    }
    calls {
        /// Lists the activities that FatSecret knows.
        exercises() = GetExercises::new();
    }

    /// Reads how a day is split among activities: `exercise_entries.get` version 2.
    #[derive(Default)]
    pub struct GetExerciseEntries: Delegated -> Vec<ExerciseEntry>
        = read("exercise_entries.get", 2, GET "exercise-entries")
    {
        optional {
            /// The day, in the user's calendar; FatSecret's today if left out.
            with_date(date: Date),
        }
        reply(reply) { reply.list("exercise_entries", "exercise_entry") }
    }
    calls {
        /// Reads how a day's 24 hours were spent.
        exercise_entries(date: Date) = GetExerciseEntries::new().with_date(date);
    }

    /// Reads the energy spent on each day of a month: `exercise_entries.get_month` version 2.
    #[derive(Default)]
    pub struct GetExerciseEntriesMonth: Delegated -> ExerciseEntriesMonth
        = read("exercise_entries.get_month", 2, GET "exercise-entries/month")
    {
        optional {
            /// Any day of the month that is wanted; this month if left out.
            with_date(date: Date),
        }
        reply(reply) { reply.get("month") }
    }
    calls {
        /// Reads the energy spent on each day of a month, given by any day of it.
        exercise_entries_month(date: Date) = GetExerciseEntriesMonth::new().with_date(date);
    }

    /// Shifts minutes of a day from one activity to another: `exercise_entry.edit`.
    ///
    /// With this you log an exercise, and also undo it. It saves the whole day. If you send it
    /// twice, it shifts twice. FatSecret refuses with code 202 if both activities are the same,
    /// with 203 if the first activity has fewer minutes, and with 209 if a fitness tracker has
    /// recorded the activity.
    ///
    /// # Examples
    ///
    /// ```
    /// use tripod::fatsecret::ExerciseId;
    /// use tripod::fatsecret::exercise::{ShiftExercise, ShiftFrom, ShiftTo};
    ///
    /// let resting = ShiftFrom::Listed(ExerciseId::from(2));
    /// let rowing = ShiftTo::Custom { name: "Rowing".into(), kcal: 300 };
    /// let endpoint = ShiftExercise::new(resting, rowing, 45);
    /// ```
    pub struct ShiftExercise: Delegated = write("exercise_entry.edit", 1) {
        required {
            /// the activity that gives the minutes.
            from: ShiftFrom,
            /// the activity that gets them.
            to: ShiftTo,
            /// how many minutes.
            minutes: u32,
        }
        optional {
            /// The day, in the user's calendar; FatSecret's today if left out.
            with_date(date: Date),
        }
    }
    calls {
        /// Shifts minutes of a day from one activity to another.
        shift_exercise(shift: &ShiftExercise) = *shift;
    }

    /// Saves a day as it is shown: `exercise_entries.commit_day`.
    ///
    /// FatSecret refuses with code 204 if there is nothing to save.
    #[derive(Default)]
    pub struct CommitExerciseDay: Delegated
        = write("exercise_entries.commit_day", 1, POST "exercise-entries/day"; repeatable)
    {
        optional {
            /// The day, in the user's calendar; FatSecret's today if left out.
            with_date(date: Date),
        }
    }
    calls {
        /// Saves a day's activities as they are shown.
        commit_exercise_day(date: Date) = CommitExerciseDay::new().with_date(date);
    }

    /// Makes a day's split the template of some weekdays: `exercise_entries.save_template`.
    ///
    /// # Examples
    ///
    /// ```
    /// use jiff::civil::Weekday;
    /// use tripod::fatsecret::endpoint::Endpoint;
    /// use tripod::fatsecret::exercise::{SaveExerciseTemplate, Weekdays};
    ///
    /// let days = Weekdays::from_iter([Weekday::Tuesday, Weekday::Thursday]);
    /// let request = SaveExerciseTemplate::new(days).request();
    /// assert_eq!(request.pairs()[2], ("days".into(), "20".into()));
    /// ```
    pub struct SaveExerciseTemplate: Delegated
        = write("exercise_entries.save_template", 1; repeatable)
    {
        required {
            /// the weekdays.
            days: Weekdays,
        }
        optional {
            /// The day to copy, in the user's calendar; FatSecret's today if left out.
            with_date(date: Date),
        }
    }
    calls {
        /// Makes a day's activities the template of some weekdays.
        save_exercise_template(days: Weekdays, date: Date)
            = SaveExerciseTemplate::new(days).with_date(date);
    }
}

/// Where minutes are taken from.
///
/// # Examples
///
/// ```
/// use tripod::fatsecret::endpoint::Endpoint;
/// use tripod::fatsecret::exercise::{ShiftExercise, ShiftFrom, ShiftTo};
///
/// // Back to resting, for an activity that the user has named:
/// let dancing = ShiftFrom::Custom { name: "Dancing".into() };
/// let request = ShiftExercise::new(dancing, ShiftTo::Listed(2.into()), 30).request();
/// assert_eq!(request.pairs()[3], ("shift_from_name".into(), "Dancing".into()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ShiftFrom {
    /// An activity of FatSecret's list.
    Listed(ExerciseId),
    /// An activity with a name of the user's own.
    Custom {
        /// Its name, as it is in the day.
        name: String,
    },
}

/// Where minutes go to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ShiftTo {
    /// An activity of FatSecret's list, whose energy FatSecret computes.
    Listed(ExerciseId),
    /// An activity with a name of the user's own.
    Custom {
        /// Its name.
        name: String,
        /// The energy spent, in kilocalories.
        kcal: u32,
    },
}

impl Param for ShiftFrom {
    fn put(&self, _: &'static str, request: &mut Request) {
        match self {
            Self::Listed(id) => id.put("shift_from_id", request),
            Self::Custom { name } => {
                ExerciseId::from(0).put("shift_from_id", request);
                name.put("shift_from_name", request);
            }
        }
    }
}

impl Param for ShiftTo {
    fn put(&self, _: &'static str, request: &mut Request) {
        match self {
            Self::Listed(id) => id.put("shift_to_id", request),
            Self::Custom { name, kcal } => {
                ExerciseId::from(0).put("shift_to_id", request);
                name.put("shift_to_name", request);
                kcal.put("kcal", request);
            }
        }
    }
}

/// A set of weekdays.
///
/// # Examples
///
/// ```
/// use jiff::civil::Weekday;
/// use tripod::fatsecret::exercise::Weekdays;
///
/// let days: Weekdays = [Weekday::Sunday, Weekday::Tuesday].into_iter().collect();
/// assert_eq!((days.bits(), Weekdays::ALL.bits()), (5, 127));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Weekdays(u8);

impl Weekdays {
    /// All seven.
    pub const ALL: Self = Self(127);

    /// The set as FatSecret counts it: Sunday is 1, Monday 2, Tuesday 4, and Saturday 64.
    #[must_use]
    pub fn bits(self) -> u8 {
        self.0
    }
}

impl FromIterator<Weekday> for Weekdays {
    fn from_iter<I: IntoIterator<Item = Weekday>>(weekdays: I) -> Self {
        Self(
            weekdays
                .into_iter()
                .fold(0, |bits, weekday| bits | (1 << weekday.to_sunday_zero_offset())),
        )
    }
}

impl Param for Weekdays {
    fn put(&self, name: &'static str, request: &mut Request) {
        u32::from(self.0).put(name, request);
    }
}
