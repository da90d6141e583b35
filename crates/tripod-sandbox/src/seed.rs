//! Data without calls: what a test or an example wants to find in the user's account.

use std::fmt::Display;

use jiff::civil::Date;

use crate::{
    data::{
        calendar::{date, today},
        error::DataError,
    },
    sandbox::Sandbox,
};

/// A day of the user's calendar: a [`Date`], or a count of days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day(i64);

impl From<i64> for Day {
    fn from(days: i64) -> Self {
        Self(days)
    }
}

impl From<i32> for Day {
    fn from(days: i32) -> Self {
        Self(days.into())
    }
}

impl From<Date> for Day {
    fn from(date: Date) -> Self {
        Self(date.duration_since(Date::constant(1970, 1, 1)).as_hours() / 24)
    }
}

/// The number that an id or an amount prints; one that there is not, if it prints none.
fn number(printed: &impl Display) -> f64 {
    printed.to_string().parse().unwrap_or(f64::NAN)
}

/// No id is 0.
fn id(printed: &impl Display) -> u64 {
    printed.to_string().parse().unwrap_or_default()
}

impl Sandbox {
    /// Returns today's date by the sandbox's clock, in UTC. A clock before 1970 or after 9999 has the nearest date.
    ///
    /// [`Date`] is the type of `jiff` 1, which `tripod` re-exports as `tripod::jiff` with its feature `fatsecret`.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let sandbox = tripod_sandbox::Sandbox::builder().fixed_time(1_767_225_600).start_blocking()?;
    /// assert_eq!(sandbox.today().to_string(), "2026-01-01");
    /// sandbox.log_weight(sandbox.today().yesterday()?, 80.5)?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn today(&self) -> Date {
        date(today(self.now()))
    }

    /// Adds another user with an empty account, who can log in on the authorization page.
    ///
    /// # Errors
    ///
    /// [`DataError`] with code 106 if a user has that name already, 12 if the sandbox has too many
    /// accounts.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use tripod::{Callback, Client};
    /// use tripod_sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::start().await?;
    /// sandbox.add_user("grace", "hopper")?;
    /// let client = Client::new(sandbox.provider(), sandbox.consumer())?;
    ///
    /// let issued = client.begin(Callback::out_of_band()).request_token().await?;
    /// let approval = sandbox.approve_as(&issued.authorization_url(), "grace")?;
    /// let pin = approval.verifier().ok_or("the user denied access")?;
    /// let session = issued.authorize(pin)?.exchange().await?;
    ///
    /// let url = sandbox.data_url("echo/v1");
    /// let echo = session.get(url).query(&[("format", "json")]).send().await?;
    /// assert!(echo.text()?.contains(r#""user":"grace""#));
    /// # Ok(())
    /// # }
    /// ```
    pub fn add_user(
        &self,
        name: impl Into<String>,
        password: impl Into<String>,
    ) -> Result<(), DataError> {
        let name = name.into();
        let mut state = self.shared.lock();
        state.data.add_account(&name)?;
        state.oauth.passwords.insert(name, password.into());
        Ok(())
    }

    /// Adds an entry to the user's food diary and returns the entry's id.
    ///
    /// `day` is a [`Date`], or days since 1970-01-01. `meal` is `breakfast`, `lunch`, `dinner` or `other`.
    /// `number_of_units` counts the serving's measurement unit, so a whole "100 g" serving is 100. Ids, words and
    /// amounts are those of `tripod::fatsecret`, or numbers and texts: whatever prints as one.
    ///
    /// # Errors
    ///
    /// [`DataError`] with code 106 if there is no such food or serving, 107 if the day or the number
    /// is out of range, 108 if there is no such meal, 12 if the account is full.
    ///
    /// # Examples
    ///
    /// Food 3017 is whole wheat bread; its serving 30171 is a slice, and 30172 is 100 g. The page of [the crate](crate)
    /// has a table of foods.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let sandbox = tripod_sandbox::Sandbox::builder().start_blocking()?;
    /// let today = sandbox.today();
    /// sandbox.log_food(today, "breakfast", 3017, 30171, 2.0)?;
    /// sandbox.log_food(today, "breakfast", 3017, 30172, 50.0)?;
    /// sandbox.log_food(jiff::civil::date(2026, 1, 1), "lunch", 3017, 30172, "62.5")?;
    /// sandbox.log_weight(today, 80.5)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn log_food(
        &self,
        day: impl Into<Day>,
        meal: impl Display,
        food_id: impl Display,
        serving_id: impl Display,
        number_of_units: impl Display,
    ) -> Result<u64, DataError> {
        let user = self.user().name();
        self.log_food_of(user, day, meal, (food_id, serving_id), number_of_units)
    }

    /// Adds an entry to the diary of a user whom [`add_user`](Self::add_user) added.
    ///
    /// `eaten` is the id of the food and the id of its serving. The other arguments are those of
    /// [`log_food`](Self::log_food).
    ///
    /// # Errors
    ///
    /// The errors of [`log_food`](Self::log_food), and [`DataError`] with code 1 if no user has that name.
    pub fn log_food_of(
        &self,
        user: &str,
        day: impl Into<Day>,
        meal: impl Display,
        eaten: (impl Display, impl Display),
        number_of_units: impl Display,
    ) -> Result<u64, DataError> {
        let (Day(day), (food, serving)) = (day.into(), eaten);
        let (eaten, units) = ((id(&food), id(&serving)), number(&number_of_units));
        self.shared.lock().data.account(user, day)?.log_food(day, &meal.to_string(), eaten, units)
    }

    /// Adds a weight of the user. The first one also sets a goal of 75 kg and a height of 178 cm.
    ///
    /// `day` is a [`Date`], or days since 1970-01-01. Unlike in an API call, it can be any day. `kilograms` is an
    /// `Amount` of `tripod::fatsecret`, or a number.
    ///
    /// # Errors
    ///
    /// [`DataError`] with code 107 if the day or the weight is out of range, 12 if the account is
    /// full.
    pub fn log_weight(
        &self,
        day: impl Into<Day>,
        kilograms: impl Display,
    ) -> Result<(), DataError> {
        let (user, Day(day)) = (self.user().name(), day.into());
        self.shared.lock().data.account(user, day)?.log_weight(day, number(&kilograms))
    }

    /// Moves minutes of a day from resting to an exercise, such as 12, which is running.
    ///
    /// `day` is a [`Date`], or days since 1970-01-01. `exercise_id` is an id of `tripod::fatsecret`, or a number.
    ///
    /// # Errors
    ///
    /// [`DataError`] with code 201 if there is no such exercise, 203 if fewer minutes of resting are
    /// left, 107 if the day or the minutes are out of range, 12 if the account is full.
    pub fn log_exercise(
        &self,
        day: impl Into<Day>,
        exercise_id: impl Display,
        minutes: u32,
    ) -> Result<(), DataError> {
        let (user, Day(day)) = (self.user().name(), day.into());
        // 0 is an exercise, so an id that is none is one that there is not.
        let exercise = exercise_id.to_string().parse().unwrap_or(u64::MAX);
        self.shared.lock().data.account(user, day)?.log_exercise(day, exercise, minutes)
    }

    /// Fills the user's account with a year that ends yesterday: meals of each day, weights with
    /// some gaps, exercise, and three favourite foods.
    ///
    /// The data are the same in each run. Today stays empty. Call this once, because a second call
    /// adds the same meals again.
    ///
    /// # Errors
    ///
    /// [`DataError`] with code 12 if the account is full, or 107 if the sandbox's clock is before
    /// 1971.
    pub fn seed_example_year(&self) -> Result<(), DataError> {
        let today = today(self.now());
        let user = self.user().name();
        self.shared.lock().data.account(user, today - 365)?.example_year(today)
    }
}
