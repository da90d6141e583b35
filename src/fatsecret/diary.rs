//! The food diary: reading days and months, writing entries.
//!
//! `number_of_units` counts the serving's measurement unit, not servings: a whole "100 g" serving is 100
//! units, and "1 cup" is 1 unit. [`Serving::units`](super::foods::Serving::units) converts.
//!
//! # Examples
//!
//! Here `fatsecret` is a `FatSecret<Session>`, and 3017 is the id of a food:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sandbox = tripod_sandbox::Sandbox::start().await?;
//! # let client = tripod::Client::new(sandbox.provider(), sandbox.consumer())?;
//! # let fatsecret = tripod::fatsecret::FatSecret::new(client.session(sandbox.grant()));
//! use jiff::civil::date;
//! use tripod::fatsecret::{Meal, diary::{CreateFoodEntry, EditFoodEntry, FoodEntriesDay, FoodEntriesMonth}};
//!
//! let day = date(2026, 1, 1);
//! let bread = fatsecret.food(3017.into()).await?;
//! let serving = bread.default_serving().ok_or("it has no serving")?;
//! let toast = CreateFoodEntry::of(&bread, serving, serving.units(2), Meal::Breakfast);
//! let id = fatsecret.create_food_entry(&toast.with_date(day)).await?.into_inner();
//!
//! let edit = EditFoodEntry::new(id).with_number_of_units(3.into()).with_meal(Meal::Lunch);
//! fatsecret.edit_food_entry(&edit).await?;
//! let copied = fatsecret.copy_food_entries(day, day.tomorrow()?, Meal::Lunch).await?;
//! assert!(*copied);
//!
//! let month: FoodEntriesMonth = fatsecret.food_entries_month(day).await?.into_inner();
//! let days: Vec<FoodEntriesDay> = month.days;
//! assert_eq!(days.len(), 2);
//! assert_eq!(days[0].total, days[1].total);
//!
//! fatsecret.delete_food_entry(id).await?;
//! assert_eq!(fatsecret.food_entry(id).await?.into_inner(), None);
//! # Ok(())
//! # }
//! ```

// All delegated. The trap: `number_of_units` counts the serving's measurement unit and not
// servings. A whole "100 g" serving is 100 units (1 would be one gram); "1 cup" is 1 unit.

use jiff::civil::Date;

use super::{
    amount::Amount,
    define::methods,
    foods::{Food, Serving},
    ids::{FoodEntryId, FoodId, SavedMealId, ServingId},
    nutrition::{EntryNutrition, Macros},
    wire::{Fields, FromJson, Json, answer, outcome::FieldError},
    words::Meal,
};

answer! {
    /// One entry of the food diary.
    pub struct FoodEntry from fields {
        /// Which entry. May be stored without a time limit.
        pub id: FoodEntryId = fields.get("food_entry_id")?,
        /// The food that was eaten. May be stored without a time limit.
        pub food_id: FoodId = fields.get("food_id")?,
        /// The serving of that food. May be stored without a time limit.
        pub serving_id: ServingId = fields.get("serving_id")?,
        /// The entry's name, such as "Toast".
        pub name: String = fields.get("food_entry_name")?,
        /// The amount and the name in words, such as "1 slice Toast". If the user typed the amount in
        /// the app, it can be raw text, such as `0.1 :custom:10 g`. Show
        /// [`amount_text`](Self::amount_text) instead.
        pub description: Option<String> = fields.optional("food_entry_description"),
        /// The day it was eaten, in the user's calendar.
        pub date: Date = fields.get("date_int")?,
        /// The meal it belongs to.
        pub meal: Meal = fields.get("meal")?,
        /// How many of the serving's measurement units: grams of a "100 g" serving, cups of a
        /// "1 cup" serving.
        pub number_of_units: Amount = fields.get("number_of_units")?,
        /// What the whole entry contains: already multiplied by the number of units.
        pub nutrition: EntryNutrition = EntryNutrition::from_fields(fields)?,
    }
}

answer! {
    /// A month of the diary, day by day. Days that never had entries are left out. A day whose entries
    /// were all deleted is included, with totals of zero. So a day with totals of zero may have no
    /// entries, or entries without energy (water).
    pub struct FoodEntriesMonth from fields {
        /// The first day of the month.
        pub from: Date = fields.get("from_date_int")?,
        /// The last day of the month.
        pub to: Date = fields.get("to_date_int")?,
        /// The days that are listed, in no certain order.
        #[serde(default)]
        pub days: Vec<FoodEntriesDay> = fields.items("day")?,
    }
}

answer! {
    /// What was eaten on one day, in total.
    pub struct FoodEntriesDay from fields {
        /// The day.
        pub date: Date = fields.get("date_int")?,
        /// The day's totals.
        pub total: Macros = Macros::from_fields(fields)?,
    }
}

methods! {
    /// The food diary.
    impl FatSecret;

    /// Reads the diary's entries of one day: `food_entries.get` version 2.
    ///
    /// Without a date, FatSecret uses its own current day, which may not be the user's. So pass the
    /// user's day.
    ///
    /// # Examples
    ///
    /// ```
    /// use jiff::civil::date;
    /// use tripod::fatsecret::{Meal, diary::GetFoodEntries, endpoint::Endpoint};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let endpoint = GetFoodEntries::new().with_date(date(2026, 1, 1));
    /// assert_eq!(endpoint.request().pairs()[2], ("date".into(), "20454".into()));
    ///
    /// let body = br#"{"food_entries":{"food_entry":{"food_entry_id":"11","food_id":"22",
    ///     "food_entry_name":"Toast","food_entry_description":"1 slice Toast",
    ///     "date_int":"20454","meal":"Breakfast","serving_id":"33","number_of_units":"1.000",
    ///     "calories":"75","carbohydrate":"14.30","protein":"2.60","fat":"1.00"}}}"#;
    /// for entry in &endpoint.decode(http::StatusCode::OK, body)? {
    ///     assert_eq!(entry.meal, Meal::Breakfast);
    ///     assert_eq!(entry.nutrition.carbohydrate, Some("14.3".parse()?));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[derive(Default)]
    pub struct GetFoodEntries: Delegated -> Vec<FoodEntry>
        = read("food_entries.get", 2, GET "food-entries")
    {
        optional {
            /// The day whose entries are wanted, in the user's calendar.
            with_date(date: Date),
        }
        reply(reply) { reply.list("food_entries", "food_entry") }
    }
    calls {
        /// Reads the diary of one day of the user's calendar.
        food_entries(date: Date) = GetFoodEntries::new().with_date(date);
    }

    /// Reads one entry of the diary: `food_entries.get` version 2.
    ///
    /// `None` if there is no such entry, which includes code 106.
    pub struct GetFoodEntry: Delegated -> Option<FoodEntry>
        = read("food_entries.get", 2, GET "food-entries")
    {
        required {
            /// which entry.
            food_entry_id: FoodEntryId,
        }
        reply(reply) {
            let entries: Vec<FoodEntry> = reply.list("food_entries", "food_entry")?;
            Ok(entries.into_iter().next())
        }
        empty_if IdInvalid
    }
    calls {
        /// Reads one entry of the diary. `None` if there is no such entry.
        food_entry(id: FoodEntryId) = GetFoodEntry::new(id);
    }

    /// Reads the daily totals of a month: `food_entries.get_month` version 2.
    #[derive(Default)]
    pub struct GetFoodEntriesMonth: Delegated -> FoodEntriesMonth
        = read("food_entries.get_month", 2)
    {
        optional {
            /// Any day of the month that is wanted; this month if left out.
            with_date(date: Date),
        }
        reply(reply) { reply.get("month") }
    }
    calls {
        /// Reads the totals of each day of a month, given by any day of it.
        food_entries_month(date: Date) = GetFoodEntriesMonth::new().with_date(date);
    }

    /// Creates an entry in the diary: `food_entry.create`. Returns the new entry's id.
    ///
    /// [`CreateFoodEntry::of`] creates it from a food and one of its servings. You can also use the
    /// ids of an older entry, for a food that the catalogue does not show (a food of another region,
    /// or the user's own). You cannot set the nutrients of an entry.
    pub struct CreateFoodEntry: Delegated -> FoodEntryId
        = write("food_entry.create", 1, POST "food-entries")
    {
        required {
            /// what was eaten; a recipe's id counts as a food's.
            food_id: FoodId,
            /// the name that the diary shows.
            food_entry_name: String,
            /// one of the food's servings. The derived one with the id 0 cannot be logged.
            serving_id: ServingId,
            /// how many of the serving's measurement units: 150 for 150 grams of a "100 g" serving.
            number_of_units: Amount,
            /// the meal.
            meal: Meal,
        }
        optional {
            /// The day, in the user's calendar; FatSecret's today if left out.
            with_date(date: Date),
        }
        reply(reply) { created_entry(reply) }
    }
    calls {
        /// Creates an entry in the diary, and returns its id.
        create_food_entry(entry: &CreateFoodEntry) = *entry;
    }

    /// Changes an entry of the diary: `food_entry.edit`.
    ///
    /// The date cannot be changed: delete the entry and create another one. [`FoodEntry::edit`]
    /// begins with the entry's meal, which one of FatSecret's sources says must always be sent.
    pub struct EditFoodEntry: Delegated
        = write("food_entry.edit", 1, PUT "food-entries"; repeatable)
    {
        required {
            /// which entry.
            food_entry_id: FoodEntryId,
        }
        optional {
            /// The new name.
            with_name(food_entry_name: String),
            /// Another serving of the same food.
            with_serving(serving_id: ServingId),
            /// The new number of the serving's measurement units.
            with_number_of_units(number_of_units: Amount),
            /// The new meal.
            with_meal(meal: Meal),
        }
    }
    calls {
        /// Changes an entry of the diary. Its day cannot be changed.
        edit_food_entry(edit: &EditFoodEntry) = *edit;
    }

    /// Deletes an entry of the diary: `food_entry.delete`.
    pub struct DeleteFoodEntry: Delegated
        = write("food_entry.delete", 1, DELETE "food-entries"; repeatable)
    {
        required {
            /// which entry.
            food_entry_id: FoodEntryId,
        }
    }
    calls {
        /// Deletes an entry of the diary.
        delete_food_entry(id: FoodEntryId) = DeleteFoodEntry::new(id);
    }

    /// Copies the entries of one day to another: `food_entries.copy`.
    ///
    /// The answer is `false` if there was nothing to copy (code 207). Sent twice, it copies twice.
    pub struct CopyFoodEntries: Delegated -> bool
        = write("food_entries.copy", 1, POST "food-entries/copy")
    {
        required {
            /// the day to copy from.
            from_date: Date,
            /// the day to copy to.
            to_date: Date,
        }
        optional {
            /// Only this meal; all meals if left out.
            with_meal(meal: Meal),
        }
        reply(reply) { reply.success().map(|()| true) }
        empty_if NothingToCopy
    }
    calls {
        /// Copies one meal of a day to another day, or all its meals for `None`.
        ///
        /// The answer is `false` if there was nothing to copy.
        copy_food_entries(from: Date, to: Date, meal: impl Into<Option<Meal>>)
            = CopyFoodEntries::new(from, to).of(meal.into());
    }

    /// Adds the foods of a saved meal to the diary: `food_entries.copy_saved_meal`.
    ///
    /// If the saved meal has no foods, FatSecret refuses with code 207
    /// ([`NothingToCopy`](super::ErrorCode::NothingToCopy)).
    pub struct CopySavedMeal: Delegated
        = write("food_entries.copy_saved_meal", 1, POST "food-entries/copy/saved-meal")
    {
        required {
            /// which saved meal.
            saved_meal_id: SavedMealId,
            /// the meal of the diary.
            meal: Meal,
        }
        optional {
            /// The day, in the user's calendar; FatSecret's today if left out.
            with_date(date: Date),
        }
    }
    calls {
        /// Adds the foods of a saved meal to the diary.
        copy_saved_meal(id: SavedMealId, meal: Meal, date: Date)
            = CopySavedMeal::new(id, meal).with_date(date);
    }
}

impl CopyFoodEntries {
    fn of(mut self, meal: Option<Meal>) -> Self {
        self.meal = meal;
        self
    }
}

impl CreateFoodEntry {
    /// Creates the entry of a food and one of its servings, with the food's name.
    ///
    /// `units` counts the serving's measurement unit: [`Serving::units`] converts servings. The day is
    /// FatSecret's today, unless [`with_date`](Self::with_date) says otherwise.
    ///
    /// # Examples
    ///
    /// ```
    /// use tripod::fatsecret::{Meal, diary::CreateFoodEntry, foods::Food};
    ///
    /// fn two_servings(food: &Food) -> Option<CreateFoodEntry> {
    ///     let serving = food.default_serving()?;
    ///     Some(CreateFoodEntry::of(food, serving, serving.units(2), Meal::Lunch))
    /// }
    /// ```
    pub fn of(food: &Food, serving: &Serving, units: impl Into<Amount>, meal: Meal) -> Self {
        Self::new(food.id, food.name.as_str(), serving.id, units.into(), meal)
    }
}

impl FoodEntry {
    /// Returns the amount in words, such as "1 slice", without the name of the food.
    ///
    /// An amount that was typed in the app, `2 1/2 :custom:250s  g`, becomes "2 1/2 × 250 g". `None` if
    /// FatSecret sent no description, or nothing but the name.
    #[must_use]
    pub fn amount_text(&self) -> Option<String> {
        let text = self.description.as_deref()?.trim();
        let text = text.strip_suffix(self.name.as_str()).unwrap_or(text);
        let text = match text.split_once(":custom:") {
            Some((count, of)) => format!("{count} × {}", without_plural(of)),
            None => text.to_owned(),
        };
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        (!text.is_empty()).then_some(text)
    }

    /// Returns an edit of this entry, which keeps its meal. Set what you want to change.
    ///
    /// # Examples
    ///
    /// ```
    /// use tripod::fatsecret::{FatSecret, diary::FoodEntry};
    ///
    /// async fn double(
    ///     fatsecret: &FatSecret<tripod::Session>,
    ///     entry: &FoodEntry,
    /// ) -> Result<(), tripod::Error> {
    ///     let edit = entry.edit().with_number_of_units(entry.number_of_units * 2);
    ///     fatsecret.edit_food_entry(&edit).await
    /// }
    /// ```
    pub fn edit(&self) -> EditFoodEntry {
        EditFoodEntry::new(self.id).with_meal(self.meal.clone())
    }
}

/// Takes out the `s` that FatSecret puts behind the number, as if it were a word: `250s  g`.
fn without_plural(amount: &str) -> String {
    let amount = amount.trim_start();
    let number = amount.trim_start_matches(|digit: char| digit.is_ascii_digit() || digit == '.');
    match number.strip_prefix('s') {
        Some(unit) if number.len() < amount.len() && !unit.starts_with(char::is_alphabetic) => {
            format!("{}{unit}", &amount[..amount.len() - number.len()])
        }
        _ => amount.to_owned(),
    }
}

/// The documentation shows the whole entry as the answer, alone or in a list; seen live was
/// `{"food_entry_id":{"value":"1"}}`.
fn created_entry(reply: &Fields<'_>) -> Result<FoodEntryId, FieldError> {
    let whole: Vec<CreatedEntry> = if reply.has("food_entry") {
        reply.items("food_entry")?
    } else if reply.has("food_entries") {
        reply.list("food_entries", "food_entry")?
    } else {
        return reply.created("food_entry_id");
    };
    match whole.first() {
        Some(entry) => Ok(entry.id),
        None => reply.created("food_entry_id"),
    }
}

/// Of a whole entry, what is wanted: the rest of it is not worth failing for, as it is written.
struct CreatedEntry {
    id: FoodEntryId,
}

impl FromJson for CreatedEntry {
    fn from_json(json: Json<'_>) -> Result<Self, FieldError> {
        let id = json.fields()?.created("food_entry_id")?;
        Ok(Self { id })
    }
}
