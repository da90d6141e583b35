//! Data without calls: what a test or an example wants to find in the user's account.
//!
//! The trap: these do not obey the rules of the calls. A weight may be a year old here.

use super::{
    super::Sandbox,
    ACCOUNTS, Account, DAYS, DataError,
    calendar::today,
    decimal::Decimal,
    diary::{Entry, MEALS},
};

/// A food's id and its serving's, and the number of units.
type Eaten = (u64, u64, f64);

/// What the example's user eats at a meal: one of these.
const BREAKFASTS: &[&[Eaten]] = &[
    &[(3001, 30_011, 1.0), (3004, 30_041, 0.5), (3038, 30_381, 1.0)],
    &[(3017, 30_171, 2.0), (3022, 30_221, 1.0), (3039, 30_391, 1.0)],
    &[(4003, 40_031, 1.0), (4001, 40_011, 1.0), (3003, 30_031, 1.0)],
    &[(3018, 30_181, 2.0), (3024, 30_241, 2.0), (3027, 30_271, 0.5), (3038, 30_381, 1.0)],
];
const LUNCHES: &[&[Eaten]] = &[
    &[(3028, 30_283, 150.0), (3020, 30_201, 1.0), (3016, 30_161, 1.0)],
    &[(3042, 30_421, 1.5), (3017, 30_171, 2.0)],
    &[(3031, 30_311, 1.0), (3011, 30_111, 2.0), (3013, 30_131, 1.0), (3043, 30_431, 1.0)],
    &[(3041, 30_411, 2.0)],
    &[(4006, 40_061, 1.0), (4007, 40_071, 1.0)],
];
const DINNERS: &[&[Eaten]] = &[
    &[(3030, 30_301, 1.0), (3009, 30_091, 2.0), (3010, 30_101, 2.0)],
    &[(3019, 30_191, 2.0), (3029, 30_292, 120.0), (3013, 30_131, 1.0)],
    &[(3033, 30_331, 1.0), (3021, 30_211, 1.0), (3012, 30_121, 1.0)],
    &[(3035, 30_351, 1.0), (3020, 30_201, 1.5), (3016, 30_161, 1.0), (3034, 30_341, 12.0)],
];
const OTHERS: &[&[Eaten]] = &[
    &[(3002, 30_021, 1.0)],
    &[(3036, 30_361, 3.0)],
    &[(4002, 40_021, 1.0)],
    &[(3034, 30_342, 1.0), (3006, 30_061, 1.0)],
    &[],
];

impl Sandbox {
    /// The day it is by the sandbox's clock, in UTC: days since 1970-01-01.
    #[must_use]
    pub fn today(&self) -> i64 {
        today(self.now())
    }

    /// Adds a user with an empty account, who can log in on the authorization page beside
    /// [`user`](Sandbox::user).
    ///
    /// # Errors
    ///
    /// [`DataError`] 106 if somebody has that name, 12 if the sandbox keeps too many accounts.
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
    /// let pin = approval.verifier().ok_or("the user said no")?;
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
        if state.accounts.contains_key(&name) {
            return Err(DataError::unknown_id("name", name));
        }
        if state.accounts.len() >= ACCOUNTS {
            let message =
                format!("User is performing too many actions: {ACCOUNTS} accounts are kept");
            return Err(DataError::new(12, message));
        }
        let account = Account::new(&name, state.accounts.len());
        state.accounts.insert(name.clone(), account);
        state.users.insert(name, password.into());
        Ok(())
    }

    /// Writes an entry into the user's food diary and gives its id.
    ///
    /// `day` is in days since 1970-01-01. `meal` is `breakfast`, `lunch`, `dinner` or `other`.
    /// `number_of_units` counts the serving's measurement units: a whole "100 g" serving is 100.
    ///
    /// # Errors
    ///
    /// [`DataError`] 106 if there is no such food or serving, 107 if the day or the number cannot
    /// be, 108 if there is no such meal, 12 if the sandbox keeps too much already.
    ///
    /// # Examples
    ///
    /// Food 3017 is whole wheat bread; its serving 30171 is a slice, and 30172 is 100 g.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let sandbox = tripod_sandbox::Sandbox::builder().start_blocking()?;
    /// let today = sandbox.today();
    /// sandbox.log_food(today, "breakfast", 3017, 30171, 2.0)?;
    /// sandbox.log_food(today, "breakfast", 3017, 30172, 50.0)?;
    /// sandbox.log_weight(today, 80.5)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn log_food(
        &self,
        day: i64,
        meal: &str,
        food_id: u64,
        serving_id: u64,
        number_of_units: f64,
    ) -> Result<u64, DataError> {
        let user = self.user().name();
        self.log_food_of(user, day, meal, (food_id, serving_id), number_of_units)
    }

    /// Writes an entry into the diary of a user whom [`add_user`](Self::add_user) made. `eaten` is
    /// the food's id and its serving's; the rest is as for [`log_food`](Self::log_food).
    ///
    /// # Errors
    ///
    /// As [`log_food`](Self::log_food); [`DataError`] 1 if there is nobody of that name.
    pub fn log_food_of(
        &self,
        user: &str,
        day: i64,
        meal: &str,
        eaten: (u64, u64),
        number_of_units: f64,
    ) -> Result<u64, DataError> {
        let meal = MEALS
            .iter()
            .position(|known| known.eq_ignore_ascii_case(meal))
            .ok_or_else(|| DataError::new(108, "Invalid type: meal"))?;
        let units = Decimal::of(number_of_units);
        if !units.is_positive() || units > Decimal::whole(100_000) {
            return Err(DataError::out_of_range("number_of_units"));
        }
        self.on(user, day, |account| account.eat(day, meal, eaten, units))
    }

    /// Writes a weight of the user's. The first comes with a goal of 75 kg and a height of 178 cm.
    ///
    /// `day` is in days since 1970-01-01; it may be any, unlike in a call.
    ///
    /// # Errors
    ///
    /// [`DataError`] 107 if the day or the weight cannot be, 12 if the sandbox keeps too much
    /// already.
    pub fn log_weight(&self, day: i64, kilograms: f64) -> Result<(), DataError> {
        let weight = Decimal::of(kilograms);
        if !weight.is_positive() || weight > Decimal::whole(1000) {
            return Err(DataError::out_of_range("current_weight_kg"));
        }
        self.on(self.user().name(), day, |account| account.weigh(day, weight, None))
    }

    /// Takes minutes of a day from resting and gives them to an exercise, such as 12, running.
    ///
    /// `day` is in days since 1970-01-01.
    ///
    /// # Errors
    ///
    /// [`DataError`] 201 if there is no such exercise, 203 if fewer minutes are left, 107 if the
    /// day or the minutes cannot be, 12 if the sandbox keeps too much already.
    pub fn log_exercise(&self, day: i64, exercise_id: u64, minutes: u32) -> Result<(), DataError> {
        if minutes == 0 {
            return Err(DataError::out_of_range("minutes"));
        }
        self.on(self.user().name(), day, |account| {
            account.exercise(day, exercise_id, minutes.into())
        })
    }

    /// Fills the user's account with a year that ends yesterday: meals of each day, weights with
    /// some gaps, exercise, and three favourite foods. The data are the same in each run; today
    /// stays empty. Call it once: a second call writes the same meals again.
    ///
    /// # Errors
    ///
    /// [`DataError`] 12 if the sandbox keeps too much already, or 107 if its clock is before 1971.
    pub fn seed_example_year(&self) -> Result<(), DataError> {
        let today = self.today();
        self.on(self.user().name(), today - 365, |account| {
            account.mark_favourites(&[3001, 3022, 4003])?;
            (0..365)
                .try_for_each(|index| account.example_day(today - 365 + i64::from(index), index))
        })
    }

    /// Works on the account of a user.
    fn on<T>(
        &self,
        user: &str,
        day: i64,
        work: impl FnOnce(&mut Account) -> Result<T, DataError>,
    ) -> Result<T, DataError> {
        if !DAYS.contains(&day) {
            return Err(DataError::out_of_range("date"));
        }
        let mut state = self.shared.lock();
        match state.accounts.get_mut(user) {
            Some(account) => work(account),
            None => Err(DataError::new(1, "The user has no account")),
        }
    }
}

impl Account {
    fn eat(
        &mut self,
        day: i64,
        meal: usize,
        (food_id, serving_id): (u64, u64),
        units: Decimal,
    ) -> Result<u64, DataError> {
        let name = self.known_food(food_id)?.name.to_string();
        self.enter(Entry { food_id, serving_id, name, meal, day, units })
    }

    fn weigh(&mut self, day: i64, weight: Decimal, comment: Option<&str>) -> Result<(), DataError> {
        let weights = &mut self.weights;
        weights.write(day, weight, comment.map(str::to_owned))?;
        weights.goal.get_or_insert(Decimal::whole(75));
        weights.height.get_or_insert(Decimal::whole(178));
        Ok(())
    }

    fn example_day(&mut self, day: i64, index: i32) -> Result<(), DataError> {
        let choices = [BREAKFASTS, LUNCHES, DINNERS, OTHERS];
        for (meal, choices) in choices.into_iter().enumerate() {
            let choice = choices.get(pick(day, meal, choices.len()));
            for (food, serving, units) in choice.copied().unwrap_or_default() {
                self.eat(day, meal, (*food, *serving), Decimal::of(*units))?;
            }
        }

        // Down from 84 kg, slower and slower, with a fortnight without scales in between.
        let is_away = (200..214).contains(&index);
        if !is_away && pick(day, 10, 6) != 0 {
            let days = f64::from(index);
            let trend = 76.2 + 7.8 * (-days / 150.0).exp();
            let holiday = if index >= 214 { 0.9 * (-(days - 214.0) / 25.0).exp() } else { 0.0 };
            let noise = [-0.5, -0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.4, 0.5];
            let noise = noise.get(pick(day, 11, noise.len())).copied().unwrap_or_default();
            let comment = match index {
                0..=2 => Some("A new start"),
                214 => Some("Back from the sea"),
                _ => None,
            };
            let weight = ((trend + holiday + noise) * 10.0).round() / 10.0;
            self.weigh(day, Decimal::of(weight), comment)?;
        }

        self.exercise(day, 9, [20, 30, 45].get(pick(day, 12, 3)).copied().unwrap_or(20))?;
        match pick(day, 13, 5) {
            0 => self.exercise(day, 12, 40),
            1 => self.exercise(day, 18, 50),
            2 => self.exercise(day, 15, 60),
            _ => Ok(()),
        }
    }
}

/// A number below `below`, which is the same for the same day and `salt`.
fn pick(day: i64, salt: usize, below: usize) -> usize {
    let salt = u64::try_from(salt).unwrap_or(0);
    let mut mixed = day.unsigned_abs().wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (salt << 17);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    usize::try_from((mixed >> 33) % u64::try_from(below.max(1)).unwrap_or(1)).unwrap_or(0)
}
