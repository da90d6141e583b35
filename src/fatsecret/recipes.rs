//! Recipes.

// Public. The trap: `serving_sizes` holds one object in recorded answers, although version
// 2 promises lists; and `total_results` comes after the list, so nothing here depends on order.

use super::{
    amount::Amount,
    define::{Param, endpoint},
    endpoint::Request,
    foods::Page,
    ids::{FoodId, RecipeId, ServingId},
    nutrition::{Macros, RecipeNutrition},
    wire::answer,
    words::RecipeSort,
};

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
        pub ingredients: Vec<String> = fields.optional_list("recipe_ingredients", "ingredient"),
        /// Such as "Main Dish". May be stored without a time limit.
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
        pub types: Vec<String> = fields.optional_list("recipe_types", "recipe_type"),
        /// Where it is filed.
        pub categories: Vec<RecipeCategory> =
            fields.optional_list("recipe_categories", "recipe_category"),
        /// The URLs of pictures.
        pub images: Vec<String> = fields.optional_list("recipe_images", "recipe_image"),
        /// What a serving contains.
        pub servings: Vec<RecipeServing> = fields.list("serving_sizes", "serving")?,
        /// What goes into it.
        pub ingredients: Vec<Ingredient> = fields.list("ingredients", "ingredient")?,
        /// How it is made.
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

/// Two bounds, each of which may be missing.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Between(u32, u32);

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
                $( if let Some(Between(from, to)) = self.$field {
                    from.put($from, request);
                    to.put($to, request);
                } )*
            }
        }

        impl SearchRecipes {
            $(
                $(#[$meta])*
                pub fn $with(mut self, from: u32, to: u32) -> Self {
                    self.bounds.get_or_insert_default().$field = Some(Between(from, to));
                    self
                }
            )*
        }
    };
}

bounds! {
    /// Only recipes with so many kilocalories per serving, both bounds included.
    with_calories calories "calories.from" "calories.to";
    /// Only recipes whose energy comes from carbohydrate by so many per cent.
    with_carb_percentage carb_percentage "carb_percentage.from" "carb_percentage.to";
    /// Only recipes whose energy comes from protein by so many per cent.
    with_protein_percentage protein_percentage "protein_percentage.from" "protein_percentage.to";
    /// Only recipes whose energy comes from fat by so many per cent.
    with_fat_percentage fat_percentage "fat_percentage.from" "fat_percentage.to";
    /// Only recipes that take so many minutes to prepare.
    with_prep_time prep_time "prep_time.from" "prep_time.to";
}

endpoint! {
    /// Searches recipes: `recipes.search` version 3.
    #[derive(Default)]
    pub struct SearchRecipes: Public, Request::read("recipes.search.v3");
    required {}
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
    reply(reply) -> Page<RecipeSummary> {
        Page::read(reply, "recipes", |page| page.items("recipe"))
    }
}

endpoint! {
    /// Reads a recipe: `recipe.get` version 2.
    pub struct GetRecipe: Public, Request::read("recipe.get.v2");
    required {
        /// which recipe.
        recipe_id: RecipeId,
    }
    optional {
        /// The region, as ISO 3166 has it (`US`). Needs a plan with localisation.
        with_region(region: String),
    }
    reply(reply) -> Recipe { reply.get("recipe") }
}

endpoint! {
    /// Lists the types of recipes: `recipe_types.get` version 2. They may be stored without a time
    /// limit.
    #[derive(Default)]
    pub struct GetRecipeTypes: Public, Request::read("recipe_types.get.v2");
    required {}
    optional {}
    reply(reply) -> Vec<String> {
        match reply.list("recipe_types", "recipe_type")? {
            // An old example nests the list in its own name.
            none if none.is_empty() => reply.list("recipe_types", "recipe_types"),
            some => Ok(some),
        }
    }
}
