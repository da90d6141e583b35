//! Names: suggestions, brands, categories. All of it needs a premier plan.

use crate::fatsecret::{
    define::methods, foods::FoodCategory, ids::FoodCategoryId, words::BrandType,
};

methods! {
    /// Names of foods, brands and categories, which need a premier plan.
    impl FatSecret;

    /// Suggests search words while a user types: `foods.autocomplete` version 2. Needs a premier
    /// plan.
    ///
    /// FatSecret documents only the region for this method.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = tripod_sandbox::Sandbox::start().await?;
    /// # let client = tripod::Client::new(sandbox.provider(), sandbox.consumer())?;
    /// # let fatsecret = tripod::fatsecret::FatSecret::signed(client.signed());
    /// use tripod::fatsecret::foods::AutocompleteFoods;
    ///
    /// let request = AutocompleteFoods::new("ban").with_max_results(10);
    /// let words: Vec<String> = fatsecret.execute(&request).await?.into_inner();
    /// assert_eq!(words, ["bananas"]);
    /// # Ok(())
    /// # }
    /// ```
    pub struct AutocompleteFoods: Public -> Vec<String>
        = read("foods.autocomplete", 2, GET "food/autocomplete")
    {
        required {
            /// the beginning of a food's name.
            expression: String,
        }
        optional {
            /// How many suggestions: at most 10, and 4 if left out.
            with_max_results(max_results: u32),
        }
        localised { region, language, }
        reply(reply) { reply.list("suggestions", "suggestion") }
    }
    calls {
        /// Suggests search words while a user types.
        autocomplete_foods(expression: impl Into<String>) = AutocompleteFoods::new(expression);
    }

    /// Lists brands: `food_brands.get` version 2. Needs a premier plan.
    ///
    /// Without a first letter, FatSecret answers with the most popular brands.
    #[derive(Default)]
    pub struct GetFoodBrands: Public -> Vec<String> = read("food_brands.get", 2, GET "brands") {
        optional {
            /// Only brands that begin with this letter, or with a digit for `*`.
            with_starts_with(starts_with: String),
            /// What kind of brand; manufacturers if left out.
            with_brand_type(brand_type: BrandType),
        }
        localised { region, language, }
        reply(reply) { reply.list("food_brands", "food_brand") }
    }
    calls {
        /// Lists the brands that begin with a letter, or with a digit for `*`.
        food_brands(starts_with: impl Into<String>)
            = GetFoodBrands::new().with_starts_with(starts_with);
    }

    /// Lists the categories of foods: `food_categories.get` version 2. Needs a premier plan.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = tripod_sandbox::Sandbox::start().await?;
    /// # let client = tripod::Client::new(sandbox.provider(), sandbox.consumer())?;
    /// # let fatsecret = tripod::fatsecret::FatSecret::signed(client.signed());
    /// use tripod::fatsecret::{FoodCategoryId, foods::FoodCategory};
    ///
    /// let all: Vec<FoodCategory> = fatsecret.food_categories().await?.into_inner();
    /// let fruit = all.iter().find(|category| category.name == "Fruit").ok_or("there is none")?;
    /// let id: FoodCategoryId = fruit.id; // may be stored without a time limit
    /// assert!(fatsecret.food_sub_categories(id).await?.contains(&"Apples".to_owned()));
    /// # Ok(())
    /// # }
    /// ```
    #[derive(Default)]
    pub struct GetFoodCategories: Public -> Vec<FoodCategory>
        = read("food_categories.get", 2, GET "food-categories")
    {
        localised { region, language, }
        reply(reply) { reply.list("food_categories", "food_category") }
    }
    calls {
        /// Lists the categories of foods.
        food_categories() = GetFoodCategories::new();
    }

    /// Lists the names of a category's sub-categories: `food_sub_categories.get` version 2. Needs a
    /// premier plan.
    pub struct GetFoodSubCategories: Public -> Vec<String>
        = read("food_sub_categories.get", 2, GET "food-sub-categories")
    {
        required {
            /// which category.
            food_category_id: FoodCategoryId,
        }
        localised { region, language, }
        reply(reply) { reply.list("food_sub_categories", "food_sub_category") }
    }
    calls {
        /// Lists the sub-categories of a category.
        food_sub_categories(category: FoodCategoryId) = GetFoodSubCategories::new(category);
    }
}
