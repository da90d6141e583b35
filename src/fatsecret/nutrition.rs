//! What food is made of, the same fields wherever they stand.
//!
//! Floor 5. The trap: vitamins and minerals are micrograms and milligrams in the versions that this
//! crate asks for; in version 1 of some methods they were percentages of a daily value.

use super::{amount::Amount, define::Param, endpoint::Request, wire::answer};

answer! {
    /// Energy and nutrients of one serving, one diary entry or one recipe's portion.
    ///
    /// The first four are always there; whether the others are depends on the food.
    pub struct Nutrition from fields {
        /// Energy, in kilocalories.
        pub calories: Amount = fields.get("calories")?,
        /// Carbohydrate, in grams.
        pub carbohydrate: Amount = fields.get("carbohydrate")?,
        /// Protein, in grams.
        pub protein: Amount = fields.get("protein")?,
        /// Fat, in grams.
        pub fat: Amount = fields.get("fat")?,
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
        /// Vitamin D, in micrograms.
        pub vitamin_d: Option<Amount> = fields.optional("vitamin_d"),
        /// Vitamin A, in micrograms.
        pub vitamin_a: Option<Amount> = fields.optional("vitamin_a"),
        /// Vitamin C, in milligrams.
        pub vitamin_c: Option<Amount> = fields.optional("vitamin_c"),
        /// Calcium, in milligrams.
        pub calcium: Option<Amount> = fields.optional("calcium"),
        /// Iron, in milligrams.
        pub iron: Option<Amount> = fields.optional("iron"),
    }
}

answer! {
    /// Energy and the three that supply it, as totals and short lists have them.
    pub struct Macros from fields {
        /// Energy, in kilocalories.
        pub calories: Amount = fields.get("calories")?,
        /// Carbohydrate, in grams.
        pub carbohydrate: Amount = fields.get("carbohydrate")?,
        /// Protein, in grams.
        pub protein: Amount = fields.get("protein")?,
        /// Fat, in grams.
        pub fat: Amount = fields.get("fat")?,
    }
}

impl Nutrition {
    /// Nutrients to send with a new food; set the other fields on it.
    ///
    /// `calories` in kilocalories, the others in grams.
    ///
    /// # Examples
    ///
    /// ```
    /// use tripod::fatsecret::Nutrition;
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
            calories,
            carbohydrate,
            protein,
            fat,
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

    /// The first four.
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
