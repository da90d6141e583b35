//! What food is made of: energy and nutrients, and the unit of each.

// The trap: vitamins and minerals are micrograms and milligrams in `food.get`, per cent in
// `recipe.get`, and nobody knows what in `food_entries.get`. So each of these methods has a type of
// its own, and what they have in common is written once.

use std::iter::Sum;

use super::{amount::Amount, define::Param, endpoint::Request, total::Total, wire::answer};

pub use super::daily_value::{DailyValue, UnsettledAmount};

/// Defines the nutrients of one method: those whose unit is the same everywhere, and its own.
macro_rules! nutrition {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $( $(#[$own_meta:meta])* pub $own:ident: $ty:ty, )*
        }
    ) => {
        answer! {
            $(#[$meta])*
            pub struct $name from fields {
                /// Energy, in kilocalories.
                pub calories: Option<Amount> = fields.expected("calories"),
                /// Carbohydrate, in grams.
                pub carbohydrate: Option<Amount> = fields.expected("carbohydrate"),
                /// Protein, in grams.
                pub protein: Option<Amount> = fields.expected("protein"),
                /// Fat, in grams.
                pub fat: Option<Amount> = fields.expected("fat"),
                /// Saturated fat, in grams.
                pub saturated_fat: Option<Amount> = fields.optional("saturated_fat"),
                /// Polyunsaturated fat, in grams.
                pub polyunsaturated_fat: Option<Amount> = fields.optional("polyunsaturated_fat"),
                /// Monounsaturated fat, in grams.
                pub monounsaturated_fat: Option<Amount> = fields.optional("monounsaturated_fat"),
                /// Trans fat, in grams.
                pub trans_fat: Option<Amount> = fields.optional("trans_fat"),
                /// Cholesterol, in milligrams.
                pub cholesterol: Option<Amount> = fields.optional("cholesterol"),
                /// Sodium, in milligrams.
                pub sodium: Option<Amount> = fields.optional("sodium"),
                /// Potassium, in milligrams.
                pub potassium: Option<Amount> = fields.optional("potassium"),
                /// Fibre, in grams.
                pub fiber: Option<Amount> = fields.optional("fiber"),
                /// Sugar, in grams.
                pub sugar: Option<Amount> = fields.optional("sugar"),
                /// Added sugars, in grams.
                pub added_sugars: Option<Amount> = fields.optional("added_sugars"),
                $( $(#[$own_meta])* pub $own: Option<$ty> = fields.optional(stringify!($own)), )*
            }
        }

        impl $name {
            /// Returns energy, carbohydrate, protein and fat.
            #[must_use]
            pub fn macros(&self) -> Macros {
                Macros {
                    calories: self.calories,
                    carbohydrate: self.carbohydrate,
                    protein: self.protein,
                    fat: self.fat,
                }
            }
        }
    };
}

nutrition! {
    /// Energy and nutrients of a food's serving, or of what was found in a text or a picture.
    ///
    /// The first four are nearly always there; whether the others are depends on the food.
    pub struct Nutrition {
        /// Vitamin D, in micrograms.
        pub vitamin_d: Amount,
        /// Vitamin A, in micrograms.
        pub vitamin_a: Amount,
        /// Vitamin C, in milligrams.
        pub vitamin_c: Amount,
        /// Calcium, in milligrams.
        pub calcium: Amount,
        /// Iron, in milligrams.
        pub iron: Amount,
    }
}

nutrition! {
    /// Energy and nutrients of a recipe's serving. Vitamins and minerals are per cent of a daily
    /// amount, not weights.
    ///
    /// The first four are nearly always there; whether the others are depends on the recipe.
    pub struct RecipeNutrition {
        /// Vitamin A, in per cent of a daily amount.
        pub vitamin_a: DailyValue,
        /// Vitamin C, in per cent of a daily amount.
        pub vitamin_c: DailyValue,
        /// Calcium, in per cent of a daily amount.
        pub calcium: DailyValue,
        /// Iron, in per cent of a daily amount.
        pub iron: DailyValue,
    }
}

nutrition! {
    /// Energy and nutrients of a diary entry, already multiplied by its number of units.
    ///
    /// The first four are nearly always there; whether the others are depends on the food. The unit of
    /// vitamins and minerals is unknown: see [`UnsettledAmount`].
    pub struct EntryNutrition {
        /// Vitamin D, in a unit that is unknown.
        pub vitamin_d: UnsettledAmount,
        /// Vitamin A, in a unit that is unknown.
        pub vitamin_a: UnsettledAmount,
        /// Vitamin C, in a unit that is unknown.
        pub vitamin_c: UnsettledAmount,
        /// Calcium, in a unit that is unknown.
        pub calcium: UnsettledAmount,
        /// Iron, in a unit that is unknown.
        pub iron: UnsettledAmount,
    }
}

answer! {
    /// Energy and the three that supply it, as totals and short lists have them.
    ///
    /// One that FatSecret leaves out is `None`, and reported with the answer. To add them up, sum into
    /// a [`Total`].
    pub struct Macros from fields {
        /// Energy, in kilocalories.
        pub calories: Option<Amount> = fields.expected("calories"),
        /// Carbohydrate, in grams.
        pub carbohydrate: Option<Amount> = fields.expected("carbohydrate"),
        /// Protein, in grams.
        pub protein: Option<Amount> = fields.expected("protein"),
        /// Fat, in grams.
        pub fat: Option<Amount> = fields.expected("fat"),
    }
}

impl Sum<Macros> for Total<Macros> {
    /// Adds each of the four. All four of the sum are there; a value that is missing counts as nothing,
    /// and the sum is not complete.
    ///
    /// # Examples
    ///
    /// ```
    /// use tripod::fatsecret::{Total, diary::FoodEntry, nutrition::Macros};
    ///
    /// fn of_a_meal(entries: &[FoodEntry]) -> Total<Macros> {
    ///     entries.iter().map(|entry| entry.nutrition.macros()).sum()
    /// }
    ///
    /// assert_eq!(of_a_meal(&[]).value.calories, Some(0.into()));
    /// ```
    fn sum<I: Iterator<Item = Macros>>(all: I) -> Self {
        let zero = Some(Amount::ZERO);
        let nothing = Macros { calories: zero, carbohydrate: zero, protein: zero, fat: zero };
        let mut is_complete = true;
        let value = all.fold(nothing, |sum, macros| {
            let mut add = |sum: Option<Amount>, more: Option<Amount>| {
                is_complete &= more.is_some();
                Some(sum.unwrap_or_default() + more.unwrap_or_default())
            };
            Macros {
                calories: add(sum.calories, macros.calories),
                carbohydrate: add(sum.carbohydrate, macros.carbohydrate),
                protein: add(sum.protein, macros.protein),
                fat: add(sum.fat, macros.fat),
            }
        });
        Self::new(value, is_complete)
    }
}

impl<'a> Sum<&'a Macros> for Total<Macros> {
    fn sum<I: Iterator<Item = &'a Macros>>(all: I) -> Self {
        all.cloned().sum()
    }
}

impl Nutrition {
    /// Nutrients to send with a new food; set the other fields on it.
    ///
    /// `calories` in kilocalories, the others in grams. FatSecret requires these four.
    ///
    /// # Examples
    ///
    /// ```
    /// use tripod::fatsecret::nutrition::Nutrition;
    ///
    /// # fn main() -> Result<(), tripod::fatsecret::ParseError> {
    /// let mut nutrition =
    ///     Nutrition::new(75.into(), "14.3".parse()?, "2.6".parse()?, 1.into());
    /// nutrition.sodium = Some(142.into());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn new(calories: Amount, carbohydrate: Amount, protein: Amount, fat: Amount) -> Self {
        Self {
            calories: Some(calories),
            carbohydrate: Some(carbohydrate),
            protein: Some(protein),
            fat: Some(fat),
            saturated_fat: None,
            polyunsaturated_fat: None,
            monounsaturated_fat: None,
            trans_fat: None,
            cholesterol: None,
            sodium: None,
            potassium: None,
            fiber: None,
            sugar: None,
            added_sugars: None,
            vitamin_d: None,
            vitamin_a: None,
            vitamin_c: None,
            calcium: None,
            iron: None,
        }
    }
}

impl Param for Nutrition {
    /// As parameters of their own, under their own names.
    fn put(&self, _: &'static str, request: &mut Request) {
        self.calories.put("calories", request);
        self.fat.put("fat", request);
        self.carbohydrate.put("carbohydrate", request);
        self.protein.put("protein", request);
        self.saturated_fat.put("saturated_fat", request);
        self.polyunsaturated_fat.put("polyunsaturated_fat", request);
        self.monounsaturated_fat.put("monounsaturated_fat", request);
        self.trans_fat.put("trans_fat", request);
        self.cholesterol.put("cholesterol", request);
        self.sodium.put("sodium", request);
        self.potassium.put("potassium", request);
        self.fiber.put("fiber", request);
        self.sugar.put("sugar", request);
        self.added_sugars.put("added_sugars", request);
        self.vitamin_d.put("vitamin_d", request);
        self.vitamin_a.put("vitamin_a", request);
        self.vitamin_c.put("vitamin_c", request);
        self.calcium.put("calcium", request);
        self.iron.put("iron", request);
    }
}
