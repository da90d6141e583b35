//! Favourite foods and recipes, and what the user has eaten most and lately.

// All delegated. Names are spelled as the API spells them. The trap: ids in these lists
// have been seen as JSON numbers, where elsewhere they are text.

use super::{
    amount::Amount,
    define::{Param, endpoint},
    endpoint::Request,
    foods::FoodSummary,
    ids::{FoodId, RecipeId, ServingId},
    recipes::RecipeSummary,
    words::Meal,
};

/// A serving and how many of its units: both are sent, or neither.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Portion {
    serving_id: ServingId,
    number_of_units: Amount,
}

impl Param for Portion {
    fn put(&self, _: &'static str, request: &mut Request) {
        self.serving_id.put("serving_id", request);
        self.number_of_units.put("number_of_units", request);
    }
}

endpoint! {
    /// Makes a food a favourite: `food.add_favorite`.
    pub struct AddFavoriteFood: Delegated, Request::write("food.add_favorite").repeatable();
    required {
        /// which food.
        food_id: FoodId,
    }
    optional {}
    also { portion: Portion, }
    reply(reply) -> () { reply.success() }
}

impl AddFavoriteFood {
    /// Keeps a serving and an amount with it. `number_of_units` counts the serving's measurement
    /// units.
    pub fn with_portion(mut self, serving_id: ServingId, number_of_units: Amount) -> Self {
        self.portion = Some(Portion { serving_id, number_of_units });
        self
    }
}

endpoint! {
    /// Takes a food out of the favourites: `food.delete_favorite`.
    pub struct DeleteFavoriteFood: Delegated, Request::write("food.delete_favorite").repeatable();
    required {
        /// which food.
        food_id: FoodId,
    }
    optional {}
    also { portion: Portion, }
    reply(reply) -> () { reply.success() }
}

impl DeleteFavoriteFood {
    /// Takes only the favourite with this serving and amount out. `number_of_units` counts the
    /// serving's measurement units.
    pub fn with_portion(mut self, serving_id: ServingId, number_of_units: Amount) -> Self {
        self.portion = Some(Portion { serving_id, number_of_units });
        self
    }
}

endpoint! {
    /// Lists the favourite foods: `foods.get_favorites` version 2.
    #[derive(Default)]
    pub struct GetFavoriteFoods: Delegated, Request::read("foods.get_favorites.v2");
    required {}
    optional {}
    reply(reply) -> Vec<FoodSummary> { reply.list("foods", "food") }
}

endpoint! {
    /// Lists the foods that the user eats most: `foods.get_most_eaten` version 2.
    #[derive(Default)]
    pub struct GetMostEatenFoods: Delegated, Request::read("foods.get_most_eaten.v2");
    required {}
    optional {
        /// Only for this meal.
        with_meal(meal: Meal),
    }
    reply(reply) -> Vec<FoodSummary> { reply.list("foods", "food") }
}

endpoint! {
    /// Lists the foods that the user has eaten lately: `foods.get_recently_eaten` version 2.
    #[derive(Default)]
    pub struct GetRecentlyEatenFoods: Delegated, Request::read("foods.get_recently_eaten.v2");
    required {}
    optional {
        /// Only for this meal.
        with_meal(meal: Meal),
    }
    reply(reply) -> Vec<FoodSummary> { reply.list("foods", "food") }
}

endpoint! {
    /// Makes a recipe a favourite: `recipe.add_favorite`.
    pub struct AddFavoriteRecipe: Delegated, Request::write("recipe.add_favorite").repeatable();
    required {
        /// which recipe.
        recipe_id: RecipeId,
    }
    optional {}
    reply(reply) -> () { reply.success() }
}

endpoint! {
    /// Takes a recipe out of the favourites: `recipe.delete_favorite`.
    pub struct DeleteFavoriteRecipe: Delegated,
        Request::write("recipe.delete_favorite").repeatable();
    required {
        /// which recipe.
        recipe_id: RecipeId,
    }
    optional {}
    reply(reply) -> () { reply.success() }
}

endpoint! {
    /// Lists the favourite recipes: `recipe.get_favorites` version 2.
    ///
    /// FatSecret's page has the title `recipes.get_favorites`, but demands this name.
    #[derive(Default)]
    pub struct GetFavoriteRecipes: Delegated, Request::read("recipe.get_favorites.v2");
    required {}
    optional {}
    reply(reply) -> Vec<RecipeSummary> { reply.list("recipes", "recipe") }
}
