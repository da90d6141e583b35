//! What is written into an account without a call, and a year of it.

// The trap: this does not obey the rules of the calls. A weight may be a year old here.

use crate::data::{
    account::{Account, Entry},
    decimal::Decimal,
    diary::MEALS,
    error::DataError,
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

impl Account {
    pub(crate) fn log_food(
        &mut self,
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
        self.eat(day, meal, eaten, units)
    }

    pub(crate) fn log_weight(&mut self, day: i64, kilograms: f64) -> Result<(), DataError> {
        let weight = Decimal::of(kilograms);
        if !weight.is_positive() || weight > Decimal::whole(1000) {
            return Err(DataError::out_of_range("current_weight_kg"));
        }
        self.weigh(day, weight, None)
    }

    pub(crate) fn log_exercise(
        &mut self,
        day: i64,
        id: u64,
        minutes: u32,
    ) -> Result<(), DataError> {
        if minutes == 0 {
            return Err(DataError::out_of_range("minutes"));
        }
        self.exercise(day, id, minutes.into())
    }

    /// Fills the 365 days before `today`.
    pub(crate) fn example_year(&mut self, today: i64) -> Result<(), DataError> {
        self.mark_favourites(&[3001, 3022, 4003])?;
        (0..365).try_for_each(|index| self.example_day(today - 365 + i64::from(index), index))
    }

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
