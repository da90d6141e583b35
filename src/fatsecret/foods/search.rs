//! Searching foods, in two versions: what every plan has, and what a premier plan has.

use crate::fatsecret::{
    define::methods,
    foods::{Food, FoodSummary},
    page::{Page, paged},
    words::{DescriptionBasis, FoodType},
};

methods! {
    /// Searching foods.
    impl FatSecret;

    /// Searches foods: `foods.search` version 1, which every plan has.
    ///
    /// FatSecret answers with a line of text about each food. [`GetFood`](super::GetFood) has its
    /// nutrients. For a user, foods that the user has eaten before come first.
    #[derive(Default)]
    pub struct SearchFoodsV1: Public -> Page<FoodSummary>
        = read("foods.search", 1, GET "foods/search")
    {
        optional {
            /// What to look for.
            with_expression(search_expression: String),
            /// Which page, counted from 0.
            with_page(page_number: u32),
            /// How many on a page: at most 50, and 20 if left out.
            with_max_results(max_results: u32),
            /// How generic foods are described. Needs a premium plan.
            with_description_basis(generic_description: DescriptionBasis),
        }
        localised { region, language, }
        reply(reply) { Page::read(reply, "foods", |page| page.items("food")) }
    }
    calls {
        /// Searches foods by words, on any plan. The answer has a line of text about each food;
        /// [`food`](Self::food) reads its servings.
        ///
        /// For pages and other parameters, pass [`SearchFoodsV1`] to [`execute`](Self::execute).
        search_foods(expression: impl Into<String>)
            = SearchFoodsV1::new().with_expression(expression);
    }

    /// Searches foods, and gives them with their servings: `foods.search` version 5. Needs a premier
    /// plan.
    #[derive(Default)]
    pub struct SearchFoodsV5: Public -> Page<Food>
        = read("foods.search", 5, GET "foods/search")
    {
        optional {
            /// What to look for.
            with_expression(search_expression: String),
            /// Which page, counted from 0.
            with_page(page_number: u32),
            /// How many on a page: at most 50, and 20 if left out.
            with_max_results(max_results: u32),
            /// Only generic foods, or only those of brands.
            with_food_type(food_type: FoodType),
            /// Whether to add the names of sub-categories.
            with_sub_categories(include_sub_categories: bool),
            /// Whether to mark the default serving.
            with_default_serving(flag_default_serving: bool),
            /// Whether to add pictures. FatSecret sells them separately.
            with_images(include_food_images: bool),
            /// Whether to add allergens and preferences. FatSecret sells them separately.
            with_attributes(include_food_attributes: bool),
        }
        localised { region, language, }
        reply(reply) { Page::read(reply, "foods_search", |page| page.list("results", "food")) }
    }
    calls {
        /// Searches foods by words, with the servings of each food in the answer. Needs a premier plan.
        ///
        /// For pages and other parameters, pass [`SearchFoodsV5`] to [`execute`](Self::execute).
        search_foods_with_servings(expression: impl Into<String>)
            = SearchFoodsV5::new().with_expression(expression);
    }
}

paged!(SearchFoodsV1: FoodSummary);
paged!(SearchFoodsV5: Food);
