//! The food diary: reading days and months, writing entries.

// All delegated. The trap: `number_of_units` counts the serving's measurement unit and not
// servings. A whole "100 g" serving is 100 units (1 would be one gram); "1 cup" is 1 unit.

use jiff::civil::Date;

use super::{
    amount::Amount,
    define::endpoint,
    endpoint::Request,
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
        /// The amount and the name in words, such as "1 slice Toast".
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
    /// A month of the diary, day by day. Days without entries are left out.
    pub struct FoodEntriesMonth from fields {
        /// The first day of the month.
        pub from: Date = fields.get("from_date_int")?,
        /// The last day of the month.
        pub to: Date = fields.get("to_date_int")?,
        /// The days with entries.
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

endpoint! {
    /// Reads the diary's entries of one day, or one entry: `food_entries.get` version 2.
    ///
    /// Without a parameter, FatSecret takes today (its own today; give the user's).
    ///
    /// # Examples
    ///
    /// ```
    /// use jiff::civil::date;
    /// use tripod::fatsecret::{Endpoint, GetFoodEntries, Meal};
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
    pub struct GetFoodEntries: Delegated, Request::read("food_entries.get.v2");
    required {}
    optional {
        /// The day whose entries are wanted, in the user's calendar.
        with_date(date: Date),
        /// The one entry that is wanted, instead of a day.
        with_food_entry_id(food_entry_id: FoodEntryId),
    }
    reply(reply) -> Vec<FoodEntry> { reply.list("food_entries", "food_entry") }
}

endpoint! {
    /// Reads the daily totals of a month: `food_entries.get_month` version 2.
    #[derive(Default)]
    pub struct GetFoodEntriesMonth: Delegated, Request::read("food_entries.get_month.v2");
    required {}
    optional {
        /// Any day of the month that is wanted; this month if left out.
        with_date(date: Date),
    }
    reply(reply) -> FoodEntriesMonth { reply.get("month") }
}

endpoint! {
    /// Writes an entry into the diary: `food_entry.create`. Gives the new entry's id.
    pub struct CreateFoodEntry: Delegated, Request::write("food_entry.create");
    required {
        /// what was eaten; a recipe's id counts as a food's.
        food_id: FoodId,
        /// the name that the diary shows.
        food_entry_name: String,
        /// one of the food's servings; not the derived one with the id 0.
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
    reply(reply) -> FoodEntryId { created_entry(reply) }
}

/// The documentation shows the whole entry as the answer, alone or in a list; seen live was
/// `{"food_entry_id":{"value":"1"}}`.
fn created_entry(reply: &Fields<'_>) -> Result<FoodEntryId, FieldError> {
    let whole: Vec<CreatedEntry> = match reply.items("food_entry")? {
        none if none.is_empty() => reply.list("food_entries", "food_entry")?,
        one => one,
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

endpoint! {
    /// Changes an entry of the diary: `food_entry.edit`.
    ///
    /// Its date cannot be changed: delete it and create another.
    pub struct EditFoodEntry: Delegated, Request::write("food_entry.edit").repeatable();
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
        /// The new meal. One of FatSecret's sources says that it must always be sent.
        with_meal(meal: Meal),
    }
    reply(reply) -> () { reply.success() }
}

endpoint! {
    /// Deletes an entry of the diary: `food_entry.delete`.
    pub struct DeleteFoodEntry: Delegated, Request::write("food_entry.delete").repeatable();
    required {
        /// which entry.
        food_entry_id: FoodEntryId,
    }
    optional {}
    reply(reply) -> () { reply.success() }
}

endpoint! {
    /// Copies the entries of one day to another: `food_entries.copy`.
    ///
    /// Refused with code 207 if there is nothing to copy. Sent twice, it copies twice.
    pub struct CopyFoodEntries: Delegated, Request::write("food_entries.copy");
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
    reply(reply) -> () { reply.success() }
}

endpoint! {
    /// Writes the foods of a saved meal into the diary: `food_entries.copy_saved_meal`.
    pub struct CopySavedMeal: Delegated, Request::write("food_entries.copy_saved_meal");
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
    reply(reply) -> () { reply.success() }
}
