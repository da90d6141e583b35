//! Saved meals: lists of foods that go into the diary together.

// All delegated. The trap: `meals` is one text with commas in both directions.

use super::{
    amount::Amount,
    define::{Param, endpoint},
    endpoint::Request,
    ids::{FoodId, SavedMealId, SavedMealItemId, ServingId},
    wire::{FromJson, Json, answer, outcome::FieldError},
    words::Meal,
};

answer! {
    /// A saved meal, without its foods.
    pub struct SavedMeal from fields {
        /// Which saved meal. May be stored without a time limit.
        pub id: SavedMealId = fields.get("saved_meal_id")?,
        /// Its name.
        pub name: String = fields.get("saved_meal_name")?,
        /// What the user wrote about it.
        pub description: Option<String> = fields.optional("saved_meal_description"),
        /// The meals of the day that it is meant for.
        pub meals: Vec<Meal> = fields.optional::<Meals>("meals").unwrap_or_default().0,
    }
}

answer! {
    /// One food of a saved meal.
    pub struct SavedMealItem from fields {
        /// Which item. May be stored without a time limit.
        pub id: SavedMealItemId = fields.get("saved_meal_item_id")?,
        /// The food. May be stored without a time limit.
        pub food_id: FoodId = fields.get("food_id")?,
        /// The item's name.
        pub name: String = fields.get("saved_meal_item_name")?,
        /// The serving of that food. May be stored without a time limit.
        pub serving_id: ServingId = fields.get("serving_id")?,
        /// How many of the serving's measurement units.
        pub number_of_units: Amount = fields.get("number_of_units")?,
    }
}

/// Meals in one text.
#[derive(Clone, Debug, Default, PartialEq)]
struct Meals(Vec<Meal>);

impl FromJson for Meals {
    fn from_json(json: Json<'_>) -> Result<Self, FieldError> {
        let text = String::from_json(json)?;
        let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
        // A list like any other, and so with the same limit.
        words
            .map(|word| json.count_item().map(|()| Meal::from(word)))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl Param for Meals {
    fn put(&self, name: &'static str, request: &mut Request) {
        let words: Vec<&str> = self.0.iter().map(Meal::as_str).collect();
        request.put(name, words.join(","));
    }
}

endpoint! {
    /// Creates a saved meal, without foods: `saved_meal.create`.
    pub struct CreateSavedMeal: Delegated, Request::write("saved_meal.create");
    required {
        /// its name.
        saved_meal_name: String,
    }
    optional {
        /// What to write about it.
        with_description(saved_meal_description: String),
    }
    also { meals: Meals, }
    reply(reply) -> SavedMealId { reply.created("saved_meal_id") }
}

impl CreateSavedMeal {
    /// The meals of the day that it is meant for.
    pub fn with_meals(mut self, meals: impl IntoIterator<Item = Meal>) -> Self {
        self.meals = Some(Meals(meals.into_iter().collect()));
        self
    }
}

endpoint! {
    /// Changes a saved meal, but for its foods: `saved_meal.edit`.
    pub struct EditSavedMeal: Delegated, Request::write("saved_meal.edit").repeatable();
    required {
        /// which saved meal.
        saved_meal_id: SavedMealId,
    }
    optional {
        /// The new name.
        with_name(saved_meal_name: String),
        /// What to write about it.
        with_description(saved_meal_description: String),
    }
    also { meals: Meals, }
    reply(reply) -> () { reply.success() }
}

impl EditSavedMeal {
    /// The meals of the day that it is meant for.
    pub fn with_meals(mut self, meals: impl IntoIterator<Item = Meal>) -> Self {
        self.meals = Some(Meals(meals.into_iter().collect()));
        self
    }
}

endpoint! {
    /// Deletes a saved meal: `saved_meal.delete`.
    pub struct DeleteSavedMeal: Delegated, Request::write("saved_meal.delete").repeatable();
    required {
        /// which saved meal.
        saved_meal_id: SavedMealId,
    }
    optional {}
    reply(reply) -> () { reply.success() }
}

endpoint! {
    /// Lists the user's saved meals: `saved_meals.get` version 2.
    #[derive(Default)]
    pub struct GetSavedMeals: Delegated, Request::read("saved_meals.get.v2");
    required {}
    optional {
        /// Only those that are meant for this meal.
        with_meal(meal: Meal),
    }
    reply(reply) -> Vec<SavedMeal> { reply.list("saved_meals", "saved_meal") }
}

endpoint! {
    /// Adds a food to a saved meal: `saved_meal_item.add`.
    pub struct AddSavedMealItem: Delegated, Request::write("saved_meal_item.add");
    required {
        /// which saved meal.
        saved_meal_id: SavedMealId,
        /// the food.
        food_id: FoodId,
        /// the item's name.
        saved_meal_item_name: String,
        /// one of the food's servings.
        serving_id: ServingId,
        /// how many of the serving's measurement units.
        number_of_units: Amount,
    }
    optional {}
    reply(reply) -> SavedMealItemId { reply.created("saved_meal_item_id") }
}

endpoint! {
    /// Changes a food of a saved meal: `saved_meal_item.edit`. Its serving cannot be changed.
    pub struct EditSavedMealItem: Delegated, Request::write("saved_meal_item.edit").repeatable();
    required {
        /// which item.
        saved_meal_item_id: SavedMealItemId,
    }
    optional {
        /// The new name.
        with_name(saved_meal_item_name: String),
        /// The new number of the serving's measurement units.
        with_number_of_units(number_of_units: Amount),
    }
    reply(reply) -> () { reply.success() }
}

endpoint! {
    /// Takes a food out of a saved meal: `saved_meal_item.delete`.
    pub struct DeleteSavedMealItem: Delegated,
        Request::write("saved_meal_item.delete").repeatable();
    required {
        /// which item.
        saved_meal_item_id: SavedMealItemId,
    }
    optional {}
    reply(reply) -> () { reply.success() }
}

endpoint! {
    /// Lists the foods of a saved meal: `saved_meal_items.get` version 2.
    pub struct GetSavedMealItems: Delegated, Request::read("saved_meal_items.get.v2");
    required {
        /// which saved meal.
        saved_meal_id: SavedMealId,
    }
    optional {}
    reply(reply) -> Vec<SavedMealItem> { reply.list("saved_meal_items", "saved_meal_item") }
}
