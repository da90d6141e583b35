//! Favourite foods and recipes, and what the user has eaten most and lately.
//!
//! # Examples
//!
//! Here `fatsecret` is a `FatSecret<Session>`, 3017 and 30171 are the ids of a food and of its serving, and 504 is that of a recipe:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sandbox = tripod_sandbox::Sandbox::start().await?;
//! # let client = tripod::Client::new(sandbox.provider(), sandbox.consumer())?;
//! # let fatsecret = tripod::fatsecret::FatSecret::new(client.session(sandbox.grant()));
//! use tripod::fatsecret::{Meal, RecipeId, foods::FoodSummary};
//! use tripod::fatsecret::favorites::{AddFavoriteFood, GetMostEatenFoods};
//!
//! let two_slices = AddFavoriteFood::new(3017.into()).with_portion(30171.into(), 2.into());
//! fatsecret.execute(&two_slices).await?;
//! let favorites: Vec<FoodSummary> = fatsecret.favorite_foods().await?.into_inner();
//! assert_eq!(favorites[0].number_of_units, Some(2.into()));
//!
//! let soup = RecipeId::from(504);
//! fatsecret.add_favorite_recipe(soup).await?;
//! assert_eq!(fatsecret.favorite_recipes().await?[0].id, soup);
//!
//! let dinners = fatsecret.execute(&GetMostEatenFoods::new().with_meal(Meal::Dinner)).await?;
//! assert!(dinners.is_empty()); // nothing was logged
//! assert!(fatsecret.recently_eaten_foods().await?.is_empty());
//!
//! fatsecret.delete_favorite_food(3017.into()).await?;
//! fatsecret.delete_favorite_recipe(soup).await?;
//! # Ok(())
//! # }
//! ```

// All delegated. Names are spelled as the API spells them. The trap: ids in these lists
// have been seen as JSON numbers, where elsewhere they are text.

use super::{
    amount::Amount,
    define::{Param, methods},
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

methods! {
    /// Favourites, and what the user eats.
    impl FatSecret;

    /// Adds a food to the user's favourites: `food.add_favorite`.
    pub struct AddFavoriteFood: Delegated
        = write("food.add_favorite", 1, POST "food/favorite"; repeatable)
    {
        required {
            /// which food.
            food_id: FoodId,
        }
        also { portion: Portion, }
    }
    calls {
        /// Adds a food to the user's favourites.
        add_favorite_food(id: FoodId) = AddFavoriteFood::new(id);
    }

    /// Removes a food from the user's favourites: `food.delete_favorite`.
    pub struct DeleteFavoriteFood: Delegated
        = write("food.delete_favorite", 1, DELETE "food/favorite"; repeatable)
    {
        required {
            /// which food.
            food_id: FoodId,
        }
        also { portion: Portion, }
    }
    calls {
        /// Removes a food from the user's favourites.
        delete_favorite_food(id: FoodId) = DeleteFavoriteFood::new(id);
    }

    /// Lists the favourite foods: `foods.get_favorites` version 2.
    #[derive(Default)]
    pub struct GetFavoriteFoods: Delegated -> Vec<FoodSummary>
        = read("foods.get_favorites", 2, GET "food/favorites")
    {
        reply(reply) { reply.list("foods", "food") }
    }
    calls {
        /// Lists the favourite foods.
        favorite_foods() = GetFavoriteFoods::new();
    }

    /// Lists the foods that the user eats most: `foods.get_most_eaten` version 2.
    #[derive(Default)]
    pub struct GetMostEatenFoods: Delegated -> Vec<FoodSummary>
        = read("foods.get_most_eaten", 2, GET "food/most-eaten")
    {
        optional {
            /// Only for this meal.
            with_meal(meal: Meal),
        }
        reply(reply) { reply.list("foods", "food") }
    }
    calls {
        /// Lists the foods that the user eats most.
        most_eaten_foods() = GetMostEatenFoods::new();
    }

    /// Lists the foods that the user has eaten lately: `foods.get_recently_eaten` version 2.
    #[derive(Default)]
    pub struct GetRecentlyEatenFoods: Delegated -> Vec<FoodSummary>
        = read("foods.get_recently_eaten", 2, GET "food/recently-eaten")
    {
        optional {
            /// Only for this meal.
            with_meal(meal: Meal),
        }
        reply(reply) { reply.list("foods", "food") }
    }
    calls {
        /// Lists the foods that the user has eaten lately.
        recently_eaten_foods() = GetRecentlyEatenFoods::new();
    }

    /// Adds a recipe to the user's favourites: `recipe.add_favorite`.
    pub struct AddFavoriteRecipe: Delegated
        = write("recipe.add_favorite", 1, POST "recipe/favorites"; repeatable)
    {
        required {
            /// which recipe.
            recipe_id: RecipeId,
        }
    }
    calls {
        /// Adds a recipe to the user's favourites.
        add_favorite_recipe(id: RecipeId) = AddFavoriteRecipe::new(id);
    }

    /// Removes a recipe from the user's favourites: `recipe.delete_favorite`.
    pub struct DeleteFavoriteRecipe: Delegated
        = write("recipe.delete_favorite", 1, DELETE "recipe/favorites"; repeatable)
    {
        required {
            /// which recipe.
            recipe_id: RecipeId,
        }
    }
    calls {
        /// Removes a recipe from the user's favourites.
        delete_favorite_recipe(id: RecipeId) = DeleteFavoriteRecipe::new(id);
    }

    /// Lists the favourite recipes: `recipe.get_favorites` version 2.
    ///
    /// The title of FatSecret's page is `recipes.get_favorites`, but FatSecret accepts only this
    /// name.
    #[derive(Default)]
    pub struct GetFavoriteRecipes: Delegated -> Vec<RecipeSummary>
        = read("recipe.get_favorites", 2, GET "recipe/favorites")
    {
        reply(reply) { reply.list("recipes", "recipe") }
    }
    calls {
        /// Lists the favourite recipes.
        favorite_recipes() = GetFavoriteRecipes::new();
    }
}

impl AddFavoriteFood {
    /// Saves a serving and an amount with the favourite. `number_of_units` counts the serving's
    /// measurement units.
    pub fn with_portion(mut self, serving_id: ServingId, number_of_units: Amount) -> Self {
        self.portion = Some(Portion { serving_id, number_of_units });
        self
    }
}

impl DeleteFavoriteFood {
    /// Removes only the favourite with this serving and amount. `number_of_units` counts the
    /// serving's measurement units.
    pub fn with_portion(mut self, serving_id: ServingId, number_of_units: Amount) -> Self {
        self.portion = Some(Portion { serving_id, number_of_units });
        self
    }
}
