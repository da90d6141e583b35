//! Saved meals: lists of foods that go into the diary together.
//!
//! # Examples
//!
//! Here `fatsecret` is a `FatSecret<Session>`, and 3017 and 30171 are the ids of a food and of its serving:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sandbox = tripod_sandbox::Sandbox::start().await?;
//! # let client = tripod::Client::new(sandbox.provider(), sandbox.consumer())?;
//! # let fatsecret = tripod::fatsecret::FatSecret::new(client.session(sandbox.grant()));
//! use tripod::fatsecret::{Meal, SavedMealId, SavedMealItemId};
//! use tripod::fatsecret::saved_meals::{AddSavedMealItem, CreateSavedMeal, EditSavedMeal, EditSavedMealItem, SavedMeal, SavedMealItem};
//!
//! let lunch = CreateSavedMeal::new("Usual").with_meals([Meal::Lunch]);
//! let id: SavedMealId = fatsecret.create_saved_meal(&lunch).await?.into_inner();
//! fatsecret.edit_saved_meal(&EditSavedMeal::new(id).with_name("Quick lunch")).await?;
//!
//! let bread = AddSavedMealItem::new(id, 3017.into(), "Bread", 30171.into(), 2.into());
//! let item: SavedMealItemId = fatsecret.add_saved_meal_item(&bread).await?.into_inner();
//! let more = EditSavedMealItem::new(item).with_number_of_units(3.into());
//! fatsecret.edit_saved_meal_item(&more).await?;
//!
//! let meals: Vec<SavedMeal> = fatsecret.saved_meals().await?.into_inner();
//! assert_eq!(meals[0].name, "Quick lunch");
//! let items: Vec<SavedMealItem> = fatsecret.saved_meal_items(id).await?.into_inner();
//! assert_eq!(items[0].number_of_units, 3.into());
//!
//! // Into the diary, all of it:
//! fatsecret.copy_saved_meal(id, Meal::Lunch, jiff::civil::date(2026, 1, 1)).await?;
//! fatsecret.delete_saved_meal_item(item).await?;
//! fatsecret.delete_saved_meal(id).await?;
//! # Ok(())
//! # }
//! ```

// All delegated. The trap: `meals` is one text with commas in both directions.

use super::{
    amount::Amount,
    define::{Param, methods},
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
        #[serde(default)]
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

methods! {
    /// Saved meals.
    impl FatSecret;

    /// Lists the user's saved meals: `saved_meals.get` version 2.
    #[derive(Default)]
    pub struct GetSavedMeals: Delegated -> Vec<SavedMeal>
        = read("saved_meals.get", 2, GET "saved-meals")
    {
        optional {
            /// Only those that are meant for this meal.
            with_meal(meal: Meal),
        }
        reply(reply) { reply.list("saved_meals", "saved_meal") }
    }
    calls {
        /// Lists the saved meals.
        saved_meals() = GetSavedMeals::new();
    }

    /// Creates a saved meal, without foods: `saved_meal.create`.
    pub struct CreateSavedMeal: Delegated -> SavedMealId
        = write("saved_meal.create", 1, POST "saved-meals")
    {
        required {
            /// its name.
            saved_meal_name: String,
        }
        optional {
            /// What to write about it.
            with_description(saved_meal_description: String),
        }
        also { meals: Meals, }
        reply(reply) { reply.created("saved_meal_id") }
    }
    calls {
        /// Creates a saved meal, without foods.
        create_saved_meal(meal: &CreateSavedMeal) = *meal;
    }

    /// Changes a saved meal, but for its foods: `saved_meal.edit`.
    pub struct EditSavedMeal: Delegated
        = write("saved_meal.edit", 1, PUT "saved-meals"; repeatable)
    {
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
    }
    calls {
        /// Changes a saved meal's name, description or meals of the day.
        edit_saved_meal(edit: &EditSavedMeal) = *edit;
    }

    /// Deletes a saved meal: `saved_meal.delete`.
    pub struct DeleteSavedMeal: Delegated
        = write("saved_meal.delete", 1, DELETE "saved-meals"; repeatable)
    {
        required {
            /// which saved meal.
            saved_meal_id: SavedMealId,
        }
    }
    calls {
        /// Deletes a saved meal.
        delete_saved_meal(id: SavedMealId) = DeleteSavedMeal::new(id);
    }

    /// Lists the foods of a saved meal: `saved_meal_items.get` version 2.
    pub struct GetSavedMealItems: Delegated -> Vec<SavedMealItem>
        = read("saved_meal_items.get", 2, GET "saved-meals/item")
    {
        required {
            /// which saved meal.
            saved_meal_id: SavedMealId,
        }
        reply(reply) { reply.list("saved_meal_items", "saved_meal_item") }
    }
    calls {
        /// Lists the foods of a saved meal.
        saved_meal_items(id: SavedMealId) = GetSavedMealItems::new(id);
    }

    /// Adds a food to a saved meal: `saved_meal_item.add`.
    pub struct AddSavedMealItem: Delegated -> SavedMealItemId
        = write("saved_meal_item.add", 1, POST "saved-meals/item")
    {
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
        reply(reply) { reply.created("saved_meal_item_id") }
    }
    calls {
        /// Adds a food to a saved meal.
        add_saved_meal_item(item: &AddSavedMealItem) = *item;
    }

    /// Changes a food of a saved meal: `saved_meal_item.edit`. Its serving cannot be changed.
    pub struct EditSavedMealItem: Delegated
        = write("saved_meal_item.edit", 1, PUT "saved-meals/item"; repeatable)
    {
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
    }
    calls {
        /// Changes the name or the amount of a food in a saved meal.
        edit_saved_meal_item(edit: &EditSavedMealItem) = *edit;
    }

    /// Removes a food from a saved meal: `saved_meal_item.delete`.
    pub struct DeleteSavedMealItem: Delegated
        = write("saved_meal_item.delete", 1, DELETE "saved-meals/item"; repeatable)
    {
        required {
            /// which item.
            saved_meal_item_id: SavedMealItemId,
        }
    }
    calls {
        /// Removes a food from a saved meal.
        delete_saved_meal_item(id: SavedMealItemId) = DeleteSavedMealItem::new(id);
    }
}

impl CreateSavedMeal {
    /// The meals of the day that it is meant for.
    pub fn with_meals(mut self, meals: impl IntoIterator<Item = Meal>) -> Self {
        self.meals = Some(Meals(meals.into_iter().collect()));
        self
    }
}

impl EditSavedMeal {
    /// The meals of the day that it is meant for.
    pub fn with_meals(mut self, meals: impl IntoIterator<Item = Meal>) -> Self {
        self.meals = Some(Meals(meals.into_iter().collect()));
        self
    }
}
