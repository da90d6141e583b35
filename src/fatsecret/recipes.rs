//! Recipes.
//!
//! # Examples
//!
//! Here `fatsecret` is a `FatSecret<Signed>`; a `FatSecret<Session>` can do the same:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sandbox = tripod_sandbox::Sandbox::start().await?;
//! # let client = tripod::Client::new(sandbox.provider(), sandbox.consumer())?;
//! # let fatsecret = tripod::fatsecret::FatSecret::signed(client.signed());
//! use tripod::fatsecret::nutrition::RecipeNutrition;
//! use tripod::fatsecret::recipes::{Direction, Ingredient, Recipe, RecipeCategory, RecipeServing, RecipeSort, RecipeSummary, SearchRecipes};
//!
//! let soups = SearchRecipes::new().with_types("Soup").with_sort(RecipeSort::FewestCalories);
//! let page = fatsecret.execute(&soups).await?;
//! let found: &RecipeSummary = &page.items[0];
//! assert_eq!(found.name, "Lentil Soup");
//!
//! let recipe: Recipe = fatsecret.recipe(found.id).await?.into_inner();
//! let first: &Ingredient = &recipe.ingredients[0];
//! assert!(first.number_of_units.is_some());
//! let step: &Direction = &recipe.directions[0];
//! assert_eq!((step.number, step.description.as_str()), (Some(1), "Fry the carrots."));
//! let serving: &RecipeServing = &recipe.servings[0];
//! let nutrition: &RecipeNutrition = &serving.nutrition;
//! assert!(nutrition.calories > Some(100.into()));
//! let category: &RecipeCategory = &recipe.categories[0];
//! assert!(fatsecret.recipe_types().await?.contains(&category.name));
//! # Ok(())
//! # }
//! ```

// Public. The trap: `serving_sizes` holds one object in recorded answers, although version
// 2 promises lists; and `total_results` comes after the list, so nothing here depends on order.

use std::ops::{Bound, RangeBounds};

use super::{
    amount::Amount,
    define::{Param, methods},
    endpoint::Request,
    ids::{FoodId, RecipeId, ServingId},
    nutrition::{Macros, RecipeNutrition},
    page::{Page, paged},
    wire::answer,
};

pub use super::words::RecipeSort;

answer! {
    /// A recipe as searches and favourites have it.
    pub struct RecipeSummary from fields {
        /// Which recipe. May be stored without a time limit.
        pub id: RecipeId = fields.get("recipe_id")?,
        /// Its name.
        pub name: String = fields.get("recipe_name")?,
        /// What it is like.
        pub description: Option<String> = fields.optional("recipe_description"),
        /// Its page on FatSecret's site. Favourites have it, searches do not.
        pub url: Option<String> = fields.optional("recipe_url"),
        /// A picture's URL.
        pub image: Option<String> = fields.optional("recipe_image"),
        /// What a serving contains. Searches have it, favourites do not.
        pub nutrition: Option<Macros> = fields.optional("recipe_nutrition"),
        /// What goes into it. Searches have it, favourites do not.
        #[serde(default)]
        pub ingredients: Vec<String> = fields.optional_list("recipe_ingredients", "ingredient"),
        /// Such as "Main Dish". May be stored without a time limit.
        #[serde(default)]
        pub types: Vec<String> = fields.optional_list("recipe_types", "recipe_type"),
    }
}

answer! {
    /// A recipe, whole.
    pub struct Recipe from fields {
        /// Which recipe. May be stored without a time limit.
        pub id: RecipeId = fields.get("recipe_id")?,
        /// Its name.
        pub name: String = fields.get("recipe_name")?,
        /// What it is like.
        pub description: Option<String> = fields.optional("recipe_description"),
        /// Its page on FatSecret's site.
        pub url: Option<String> = fields.optional("recipe_url"),
        /// How many servings it makes.
        pub number_of_servings: Option<Amount> = fields.optional("number_of_servings"),
        /// The weight of a serving, in grams.
        pub grams_per_portion: Option<Amount> = fields.optional("grams_per_portion"),
        /// How long it takes to prepare, in minutes.
        pub preparation_time_min: Option<u32> = fields.optional("preparation_time_min"),
        /// How long it takes to cook, in minutes.
        pub cooking_time_min: Option<u32> = fields.optional("cooking_time_min"),
        /// What users think of it.
        pub rating: Option<Amount> = fields.optional("rating"),
        /// Such as "Main Dish". May be stored without a time limit.
        #[serde(default)]
        pub types: Vec<String> = fields.optional_list("recipe_types", "recipe_type"),
        /// Where it is filed.
        #[serde(default)]
        pub categories: Vec<RecipeCategory> =
            fields.optional_list("recipe_categories", "recipe_category"),
        /// The URLs of pictures.
        #[serde(default)]
        pub images: Vec<String> = fields.optional_list("recipe_images", "recipe_image"),
        /// What a serving contains.
        #[serde(default)]
        pub servings: Vec<RecipeServing> = fields.list("serving_sizes", "serving")?,
        /// What goes into it.
        #[serde(default)]
        pub ingredients: Vec<Ingredient> = fields.list("ingredients", "ingredient")?,
        /// How it is made.
        #[serde(default)]
        pub directions: Vec<Direction> = fields.list("directions", "direction")?,
    }
}

answer! {
    /// Where a recipe is filed.
    pub struct RecipeCategory from fields {
        /// The category's name.
        pub name: String = fields.get("recipe_category_name")?,
        /// Its page on FatSecret's site.
        pub url: Option<String> = fields.optional("recipe_category_url"),
    }
}

answer! {
    /// A serving of a recipe.
    pub struct RecipeServing from fields {
        /// Such as "1 serving".
        pub size: Option<String> = fields.optional("serving_size"),
        /// What it contains.
        pub nutrition: RecipeNutrition = RecipeNutrition::from_fields(fields)?,
    }
}

answer! {
    /// One thing that goes into a recipe.
    pub struct Ingredient from fields {
        /// The food. May be stored without a time limit.
        pub food_id: FoodId = fields.get("food_id")?,
        /// Its name.
        pub name: String = fields.get("food_name")?,
        /// The serving of that food. May be stored without a time limit.
        pub serving_id: Option<ServingId> = fields.optional("serving_id"),
        /// How many of the serving's measurement units.
        pub number_of_units: Option<Amount> = fields.optional("number_of_units"),
        /// The measurement unit, such as `cup`.
        pub measurement_description: Option<String> = fields.optional("measurement_description"),
        /// The amount and the name in words, such as "2 cups flour".
        pub description: Option<String> = fields.optional("ingredient_description"),
        /// The food's page on FatSecret's site.
        pub url: Option<String> = fields.optional("ingredient_url"),
    }
}

answer! {
    /// One step of a recipe.
    pub struct Direction from fields {
        /// Which step, counted from 1.
        pub number: Option<u32> = fields.optional("direction_number"),
        /// What to do.
        pub description: String = fields.get("direction_description")?,
    }
}

/// The least and the most that is wanted, each of which may be missing.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Between {
    from: Option<u32>,
    to: Option<u32>,
}

impl Between {
    fn new(range: &impl RangeBounds<u32>) -> Self {
        let from = match range.start_bound() {
            Bound::Included(from) => Some(*from),
            Bound::Excluded(below) => Some(below.saturating_add(1)),
            Bound::Unbounded => None,
        };
        let to = match range.end_bound() {
            Bound::Included(to) => Some(*to),
            Bound::Excluded(above) => Some(above.saturating_sub(1)),
            Bound::Unbounded => None,
        };
        Self { from, to }
    }
}

/// The names of the two bounds are the field's with `.from` and `.to`.
macro_rules! bounds {
    ($($(#[$meta:meta])* $with:ident $field:ident $from:literal $to:literal;)*) => {
        /// What a search for recipes is narrowed down to, by numbers.
        #[derive(Clone, Copy, Debug, Default, PartialEq)]
        struct Bounds {
            $( $field: Option<Between>, )*
        }

        impl Param for Bounds {
            fn put(&self, _: &'static str, request: &mut Request) {
                $( if let Some(between) = self.$field {
                    between.from.put($from, request);
                    between.to.put($to, request);
                } )*
            }
        }

        impl SearchRecipes {
            $(
                $(#[$meta])*
                pub fn $with(mut self, range: impl RangeBounds<u32>) -> Self {
                    self.bounds.get_or_insert_default().$field = Some(Between::new(&range));
                    self
                }
            )*
        }
    };
}

bounds! {
    /// Only recipes with so many kilocalories per serving: `100..=250`, or `..=500` for at most 500.
    with_calories calories "calories.from" "calories.to";
    /// Only recipes whose energy comes from carbohydrate by so many per cent.
    with_carb_percentage carb_percentage "carb_percentage.from" "carb_percentage.to";
    /// Only recipes whose energy comes from protein by so many per cent.
    with_protein_percentage protein_percentage "protein_percentage.from" "protein_percentage.to";
    /// Only recipes whose energy comes from fat by so many per cent.
    with_fat_percentage fat_percentage "fat_percentage.from" "fat_percentage.to";
    /// Only recipes that take so many minutes to prepare and cook.
    with_prep_time prep_time "prep_time.from" "prep_time.to";
}

methods! {
    /// Recipes.
    impl FatSecret;

    /// Searches recipes: `recipes.search` version 3.
    ///
    /// # Examples
    ///
    /// ```
    /// use tripod::fatsecret::recipes::SearchRecipes;
    ///
    /// let light_soups = SearchRecipes::new().with_expression("soup").with_calories(..=300);
    /// ```
    #[derive(Default)]
    pub struct SearchRecipes: Public -> Page<RecipeSummary>
        = read("recipes.search", 3, GET "recipes/search")
    {
        optional {
            /// What to look for.
            with_expression(search_expression: String),
            /// Only recipes of these types, separated by commas, such as `Breakfast,Snack`.
            with_types(recipe_types: String),
            /// Whether all of those types must fit; one is enough if left out.
            with_all_types(recipe_types_matchall: bool),
            /// Whether only recipes with pictures are wanted.
            with_images_only(must_have_images: bool),
            /// Which page, counted from 0.
            with_page(page_number: u32),
            /// How many on a page: at most 50, and 20 if left out.
            with_max_results(max_results: u32),
            /// In which order; the newest first if left out.
            with_sort(sort_by: RecipeSort),
            /// The region, as ISO 3166 has it (`US`). Needs a plan with localisation.
            with_region(region: String),
        }
        also { bounds: Bounds, }
        reply(reply) { Page::read(reply, "recipes", |page| page.items("recipe")) }
    }
    calls {
        /// Searches recipes by words.
        ///
        /// For filters, pages and order, pass [`SearchRecipes`] to [`execute`](Self::execute).
        search_recipes(expression: impl Into<String>)
            = SearchRecipes::new().with_expression(expression);
    }

    /// Reads a recipe: `recipe.get` version 2.
    pub struct GetRecipe: Public -> Recipe = read("recipe.get", 2, GET "recipe") {
        required {
            /// which recipe.
            recipe_id: RecipeId,
        }
        optional {
            /// The region, as ISO 3166 has it (`US`). Needs a plan with localisation.
            with_region(region: String),
        }
        reply(reply) { reply.get("recipe") }
    }
    calls {
        /// Reads a recipe.
        recipe(id: RecipeId) = GetRecipe::new(id);
    }

    /// Lists the types of recipes: `recipe_types.get` version 2. They may be stored without a time
    /// limit.
    #[derive(Default)]
    pub struct GetRecipeTypes: Public -> Vec<String>
        = read("recipe_types.get", 2, GET "recipe-types")
    {
        localised { region, language, }
        reply(reply) {
            // An old example nests the list in its own name.
            reply.list_of("recipe_types", &["recipe_type", "recipe_types"])
        }
    }
    calls {
        /// Lists the types of recipes.
        recipe_types() = GetRecipeTypes::new();
    }
}

paged!(SearchRecipes: RecipeSummary);
