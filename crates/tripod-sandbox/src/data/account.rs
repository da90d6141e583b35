//! What a user has stored, as plain data. What can be done with it is in the file of each subject.

use std::collections::{BTreeMap, BTreeSet};

use crate::data::{decimal::Decimal, table::Food};

/// What a user has stored.
#[derive(Debug, Default)]
pub(crate) struct Account {
    pub(crate) user: String,
    /// Ids of an account begin with its number, so that none is another's.
    number: u64,
    last_id: u64,
    pub(super) diary: Diary,
    pub(super) weights: Weights,
    pub(super) exercise: Exercise,
    pub(super) favourites: Favourites,
    pub(super) saved_meals: SavedMeals,
    pub(super) own_foods: Vec<Food>,
}

impl Account {
    /// The account of a user, who is the `number`th.
    pub(crate) fn new(user: &str, number: usize) -> Self {
        let number = u64::try_from(number).unwrap_or(0) + 1;
        Self { user: user.to_owned(), number, ..Self::default() }
    }

    pub(super) fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.number * 1_000_000 + self.last_id
    }
}

/// Entries by their ids, and the days that had some and may have lost them.
#[derive(Debug, Default)]
pub(super) struct Diary(pub(super) BTreeMap<u64, Entry>, pub(super) BTreeSet<i64>);

/// A food that was eaten.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) food_id: u64,
    pub(super) serving_id: u64,
    pub(super) name: String,
    /// Which of `diary::MEALS`.
    pub(super) meal: usize,
    pub(super) day: i64,
    pub(super) units: Decimal,
}

/// A user's weights and what goes with them. All kilograms and centimetres.
#[derive(Debug, Default)]
pub(super) struct Weights {
    pub(super) goal: Option<Decimal>,
    pub(super) height: Option<Decimal>,
    pub(super) weight_unit: usize,
    pub(super) height_unit: usize,
    pub(super) days: BTreeMap<i64, (Decimal, Option<String>)>,
}

/// Days that were saved, and what the others look like.
#[derive(Debug, Default)]
pub(super) struct Exercise {
    pub(super) days: BTreeMap<i64, Vec<Activity>>,
    /// By weekday, Sunday first; None: 8 hours of sleep and 16 of rest.
    pub(super) templates: [Option<Vec<Activity>>; 7],
}

/// Some of a day's minutes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Activity {
    pub(super) id: u64,
    /// The user's own name, if the id is 0.
    pub(super) name: String,
    pub(super) minutes: i64,
    /// The user's own kilocalories, if the id is 0.
    pub(super) kcal: i64,
}

/// A serving and the number of its units.
pub(super) type Portion = (u64, Decimal);

/// What the user has marked, in the order of marking.
#[derive(Debug, Default)]
pub(super) struct Favourites {
    pub(super) foods: Vec<(u64, Option<Portion>)>,
    pub(super) recipes: Vec<u64>,
}

/// A user's saved meals and all their foods, by their ids.
#[derive(Debug, Default)]
pub(super) struct SavedMeals {
    pub(super) meals: BTreeMap<u64, Meal>,
    pub(super) items: BTreeMap<u64, Item>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Meal {
    pub(super) name: String,
    pub(super) description: Option<String>,
    /// Indices of `diary::MEALS`.
    pub(super) meals: Vec<usize>,
}

#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) meal_id: u64,
    pub(super) food_id: u64,
    pub(super) serving_id: u64,
    pub(super) name: String,
    pub(super) units: Decimal,
}
