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
    ///
    /// # Examples
    ///
    /// ```
    /// use tripod::fatsecret::{Total, diary::FoodEntry, nutrition::EntryNutrition};
    ///
    /// fn sodium(day: &[FoodEntry]) -> String {
    ///     let total: Total<EntryNutrition> = day.iter().map(|entry| &entry.nutrition).sum();
    ///     let sodium = total.value.sodium.unwrap_or_default();
    ///     let at_least = if total.missing().any(|name| name == "sodium") { "at least " } else { "" };
    ///     format!("{at_least}{sodium:.0} mg")
    /// }
    ///
    /// assert_eq!(sodium(&[]), "0 mg");
    /// ```
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
    /// Energy, carbohydrate, protein and fat, as totals and short lists have them.
    ///
    /// If FatSecret leaves out a value, it is `None`, and the answer reports it. To add them up, sum
    /// into a [`Total`].
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

impl Copy for Macros {}

/// Defines the sum of a type whose fields are all `Option`s, the macronutrients among them.
macro_rules! sums {
    ($name:ident { $($field:ident)* }) => {
        impl Sum<$name> for Total<$name> {
            /// Adds each field by itself. A value that is missing counts as nothing, and the sum is then not complete.
            ///
            /// Energy, carbohydrate, protein and fat of the sum are always there. Another field is `None` if
            /// no value was there.
            fn sum<I: Iterator<Item = $name>>(all: I) -> Self {
                let nothing = $name { $( $field: None, )* };
                let mut total = Self::new(nothing.with_macros(Macros::ZERO), true);
                for one in all {
                    let mut fields = 0..;
                    $( total.add(
                        fields.next().unwrap_or_default(),
                        |sum| &mut sum.$field,
                        one.$field,
                    ); )*
                }
                total
            }
        }

        impl<'a> Sum<&'a $name> for Total<$name> {
            fn sum<I: Iterator<Item = &'a $name>>(all: I) -> Self {
                all.cloned().sum()
            }
        }

        impl Total<$name> {
            /// Returns the names of the fields of which at least one value was missing, such as
            /// `vitamin_d`.
            pub fn missing(&self) -> impl Iterator<Item = &'static str> {
                self.missing_of(&[$( stringify!($field) ),*])
            }
        }

        impl $name {
            fn with_macros(mut self, macros: Macros) -> Self {
                self.calories = macros.calories;
                self.carbohydrate = macros.carbohydrate;
                self.protein = macros.protein;
                self.fat = macros.fat;
                self
            }
        }
    };
}

impl Macros {
    const ZERO: Self = {
        let zero = Some(Amount::ZERO);
        Self { calories: zero, carbohydrate: zero, protein: zero, fat: zero }
    };
}

sums!(Macros { calories carbohydrate protein fat });
sums!(Nutrition {
    calories carbohydrate protein fat saturated_fat polyunsaturated_fat monounsaturated_fat trans_fat
    cholesterol sodium potassium fiber sugar added_sugars vitamin_d vitamin_a vitamin_c calcium iron
});
sums!(EntryNutrition {
    calories carbohydrate protein fat saturated_fat polyunsaturated_fat monounsaturated_fat trans_fat
    cholesterol sodium potassium fiber sugar added_sugars vitamin_d vitamin_a vitamin_c calcium iron
});
sums!(RecipeNutrition {
    calories carbohydrate protein fat saturated_fat polyunsaturated_fat monounsaturated_fat trans_fat
    cholesterol sodium potassium fiber sugar added_sugars vitamin_a vitamin_c calcium iron
});

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

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "as the fields have it")]
    fn amount(text: &str) -> Option<Amount> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn a_sum_of_all_nutrients_names_what_was_missing() {
        let mut one = Nutrition::new(75.into(), 14.into(), 3.into(), 1.into());
        one.sodium = amount("142.50");
        one.iron = amount("0.4");
        let mut two = one.clone();
        two.fat = None;
        two.iron = None;
        two.fiber = amount("1.2");

        let total: Total<Nutrition> = [&one, &two].into_iter().sum();
        let mut expected = Nutrition::new(150.into(), 28.into(), 6.into(), 1.into());
        expected.sodium = amount("285");
        expected.iron = amount("0.4");
        expected.fiber = amount("1.2");
        assert_eq!(total.value, expected);
        assert!(!total.is_complete);
        let missing: Vec<&str> = total.missing().collect();
        assert_eq!(missing[..3], ["fat", "saturated_fat", "polyunsaturated_fat"]);
        assert_eq!(missing[missing.len() - 2..], ["calcium", "iron"]);
        assert!(!missing.contains(&"sodium") && missing.contains(&"fiber"));

        let total: Total<Macros> = [one.macros(), one.macros()].into_iter().sum();
        assert_eq!((total.value.calories, total.is_complete), (amount("150"), true));
        assert_eq!(total.missing().count(), 0);
        let total: Total<EntryNutrition> = std::iter::empty::<EntryNutrition>().sum();
        assert_eq!((total.value.macros(), total.value.iron), (Macros::ZERO, None));
        assert!(total.is_complete);
    }
}
