//! Foods: searching, reading, barcodes, brands, categories, and foods of one's own.

// Public, but for `createfood`. The trap: most of it needs a plan. What every free
// application has is [`SearchFoodsV1`] and [`GetFood`].

use super::{
    amount::Amount,
    define::endpoint,
    endpoint::Request,
    ids::{Barcode, FoodCategoryId, FoodId, ServingId},
    nutrition::Nutrition,
    wire::{Fields, FromJson, Json, answer, outcome::FieldError},
    words::{BrandType, DescriptionBasis, FoodType, MetricUnit},
};

/// One page of a search.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Page<T> {
    /// What was found, on this page.
    pub items: Vec<T>,
    /// How many there are on all pages.
    pub total_results: u32,
    /// Which page this is, counted from 0.
    pub page_number: Option<u32>,
    /// How many a page has at most.
    pub max_results: Option<u32>,
}

impl<T> Page<T> {
    /// Reads the page from its wrapper; one that is empty in any of FatSecret's ways is a page
    /// without results.
    pub(crate) fn read(
        reply: &Fields<'_>,
        wrapper: &str,
        items: impl FnOnce(&Fields<'_>) -> Result<Vec<T>, FieldError>,
    ) -> Result<Self, FieldError> {
        let Some(fields) = reply.object_or_none(wrapper)? else {
            return Ok(Self {
                items: Vec::new(),
                total_results: 0,
                page_number: None,
                max_results: None,
            });
        };
        Ok(Self {
            items: items(&fields)?,
            total_results: fields.get("total_results")?,
            page_number: fields.optional("page_number"),
            max_results: fields.optional("max_results"),
        })
    }
}

answer! {
    /// A food as the short lists have it.
    pub struct FoodSummary from fields {
        /// Which food. May be stored without a time limit.
        pub id: FoodId = fields.get("food_id")?,
        /// Its name, without the brand.
        pub name: String = fields.get("food_name")?,
        /// Whether it is a brand's.
        pub food_type: Option<FoodType> = fields.optional("food_type"),
        /// The brand, if it is a brand's.
        pub brand_name: Option<String> = fields.optional("brand_name"),
        /// Its page on FatSecret's site.
        pub url: Option<String> = fields.optional("food_url"),
        /// One line of English, such as `Per 100g - Calories: 75kcal | Fat: 1.00g | …`.
        pub description: Option<String> = fields.optional("food_description"),
        /// In favourites and histories: the serving that was chosen. May be stored without a limit.
        pub serving_id: Option<ServingId> = fields.optional("serving_id"),
        /// In favourites and histories: how many of the serving's measurement units.
        pub number_of_units: Option<Amount> = fields.optional("number_of_units"),
    }
}

answer! {
    /// A food with its servings.
    pub struct Food from fields {
        /// Which food. May be stored without a time limit.
        pub id: FoodId = fields.get("food_id")?,
        /// Its name, without the brand.
        pub name: String = fields.get("food_name")?,
        /// Whether it is a brand's.
        pub food_type: Option<FoodType> = fields.optional("food_type"),
        /// The brand, if it is a brand's.
        pub brand_name: Option<String> = fields.optional("brand_name"),
        /// Its page on FatSecret's site.
        pub url: Option<String> = fields.optional("food_url"),
        /// The names of its sub-categories, if they were asked for.
        pub sub_categories: Vec<String> =
            fields.optional_list("food_sub_categories", "food_sub_category"),
        /// Pictures, if they were asked for.
        pub images: Vec<FoodImage> = fields.optional_list("food_images", "food_image"),
        /// Allergens and preferences, if they were asked for.
        pub attributes: Option<FoodAttributes> = fields.optional("food_attributes"),
        /// Its servings.
        pub servings: Vec<Serving> = fields.list("servings", "serving")?,
    }
}

answer! {
    /// A picture of a food.
    pub struct FoodImage from fields {
        /// Where it is.
        pub url: String = fields.get("image_url")?,
        /// Such as `Standard` or `Isolated`.
        pub kind: Option<String> = fields.optional("image_type"),
    }
}

answer! {
    /// What a food contains and whom it suits.
    pub struct FoodAttributes from fields {
        /// Egg, Fish, Gluten, Lactose, Milk, Nuts, Peanuts, Sesame, Shellfish, Soy.
        pub allergens: Vec<FoodAttribute> = fields.optional_list("allergens", "allergen"),
        /// Vegan, Vegetarian.
        pub preferences: Vec<FoodAttribute> = fields.optional_list("preferences", "preference"),
    }
}

answer! {
    /// One allergen or preference.
    pub struct FoodAttribute from fields {
        /// FatSecret's number for it.
        pub id: Option<u64> = fields.optional("id"),
        /// Its name.
        pub name: String = fields.get("name")?,
        /// Whether the food has it. None if FatSecret does not know (it writes -1 then).
        pub value: Option<bool> = fields.optional::<Ternary>("value").and_then(|known| known.0),
    }
}

/// 1 for yes, 0 for no, -1 for unknown.
struct Ternary(Option<bool>);

impl FromJson for Ternary {
    fn from_json(json: Json<'_>) -> Result<Self, FieldError> {
        match i32::from_json(json) {
            Ok(-1) => Ok(Self(None)),
            Ok(0) => Ok(Self(Some(false))),
            Ok(1) => Ok(Self(Some(true))),
            _ => Err(json.odd("1, 0 or -1")),
        }
    }
}

answer! {
    /// One serving of a food, and what it contains.
    pub struct Serving from fields {
        /// Which serving. May be stored without a time limit. A derived "100 g" serving has the id
        /// 0, which the diary presumably refuses.
        pub id: ServingId = fields.get("serving_id")?,
        /// Such as "1 slice".
        pub description: Option<String> = fields.optional("serving_description"),
        /// Its page on FatSecret's site.
        pub url: Option<String> = fields.optional("serving_url"),
        /// How much it is, in `metric_unit`.
        pub metric_amount: Option<Amount> = fields.optional("metric_serving_amount"),
        /// Grams, millilitres or ounces.
        pub metric_unit: Option<MetricUnit> = fields.optional("metric_serving_unit"),
        /// How many measurement units it is: 100 for "100 g", 1 for "1 cup".
        pub number_of_units: Option<Amount> = fields.optional("number_of_units"),
        /// The measurement unit that the diary counts, such as `g` or `cup`.
        pub measurement_description: Option<String> = fields.optional("measurement_description"),
        /// Whether it is the default serving. Only there if it was asked for.
        pub is_default: Option<bool> = fields.optional("is_default"),
        /// What the serving contains.
        pub nutrition: Nutrition = Nutrition::from_fields(fields)?,
    }
}

answer! {
    /// A category of foods.
    pub struct FoodCategory from fields {
        /// Which category. May be stored without a time limit.
        pub id: FoodCategoryId = fields.get("food_category_id")?,
        /// Its name.
        pub name: String = fields.get("food_category_name")?,
        /// What belongs to it.
        pub description: Option<String> = fields.optional("food_category_description"),
    }
}

endpoint! {
    /// Searches foods: `foods.search` version 1, the one that free plans have.
    ///
    /// It gives a line of text for each food; [`GetFood`] has its nutrients. From a session, results
    /// are ordered by what the user has eaten before.
    #[derive(Default)]
    pub struct SearchFoodsV1: Public, Request::read("foods.search");
    required {}
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
    reply(reply) -> Page<FoodSummary> {
        Page::read(reply, "foods", |page| page.items("food"))
    }
}

endpoint! {
    /// Searches foods, and gives them whole: `foods.search` version 5. Needs a premier plan.
    #[derive(Default)]
    pub struct SearchFoods: Public, Request::read("foods.search.v5");
    required {}
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
        /// Whether to add pictures. Needs an offer of its own.
        with_images(include_food_images: bool),
        /// Whether to add allergens and preferences. Needs an offer of its own.
        with_attributes(include_food_attributes: bool),
    }
    localised { region, language, }
    reply(reply) -> Page<Food> {
        Page::read(reply, "foods_search", |page| page.list("results", "food"))
    }
}

endpoint! {
    /// Reads a food and its servings: `food.get` version 5.
    pub struct GetFood: Public, Request::read("food.get.v5");
    required {
        /// which food.
        food_id: FoodId,
    }
    optional {
        /// Whether to add the names of sub-categories.
        with_sub_categories(include_sub_categories: bool),
        /// Whether to mark the default serving.
        with_default_serving(flag_default_serving: bool),
        /// Whether to add pictures. Needs a premium plan.
        with_images(include_food_images: bool),
        /// Whether to add allergens and preferences. Needs a premium plan.
        with_attributes(include_food_attributes: bool),
    }
    localised { region, language, }
    reply(reply) -> Food { reply.get("food") }
}

endpoint! {
    /// Completes what a user has begun to type: `foods.autocomplete` version 2. Needs a premier plan.
    pub struct AutocompleteFoods: Public, Request::read("foods.autocomplete.v2");
    required {
        /// the beginning of a food's name.
        expression: String,
    }
    optional {
        /// How many suggestions: at most 10, and 4 if left out.
        with_max_results(max_results: u32),
    }
    localised { region, language, }
    reply(reply) -> Vec<String> { reply.list("suggestions", "suggestion") }
}

endpoint! {
    /// Finds the id of the food with a barcode: `food.find_id_for_barcode` version 1.
    ///
    /// None if no food has it. Needs the barcode entitlement; without it, code 10.
    pub struct FindFoodIdForBarcode: Public, Request::read("food.find_id_for_barcode");
    required {
        /// the product's barcode.
        barcode: Barcode,
    }
    optional {}
    localised { region, language, }
    reply(reply) -> Option<FoodId> {
        let id: FoodId = reply.created("food_id")?;
        Ok((id.get() != 0).then_some(id))
    }
}

endpoint! {
    /// Finds the food with a barcode: `food.find_id_for_barcode` version 2.
    ///
    /// None if no food has it: what FatSecret answers then is not documented, so code 211, an empty
    /// answer and version 1's id of 0 are all taken for it. Needs the barcode entitlement; without
    /// it, code 10.
    pub struct FindFoodForBarcode: Public, Request::read("food.find_id_for_barcode.v2");
    required {
        /// the product's barcode.
        barcode: Barcode,
    }
    optional {
        /// Whether to add the names of sub-categories.
        with_sub_categories(include_sub_categories: bool),
        /// Whether to mark the default serving.
        with_default_serving(flag_default_serving: bool),
        /// Whether to add pictures. Needs a premium plan.
        with_images(include_food_images: bool),
        /// Whether to add allergens and preferences. Needs a premium plan.
        with_attributes(include_food_attributes: bool),
    }
    localised { region, language, }
    reply(reply) -> Option<Food> {
        match reply.object_or_none("food")? {
            Some(food) => Food::from_fields(&food).map(Some),
            None if reply.is_empty() || reply.has("food") => Ok(None),
            None => match reply.created::<FoodId>("food_id")?.get() {
                0 => Ok(None),
                _ => reply.get("food").map(Some),
            },
        }
    }
    empty_if NoFoodDetected
}

endpoint! {
    /// Lists brands: `food_brands.get` version 2. Needs a premier plan.
    pub struct GetFoodBrands: Public, Request::read("food_brands.get.v2");
    required {
        /// the first letter, or `*` for those that begin with a digit.
        starts_with: String,
    }
    optional {
        /// What kind of brand; manufacturers if left out.
        with_brand_type(brand_type: BrandType),
    }
    localised { region, language, }
    reply(reply) -> Vec<String> { reply.list("food_brands", "food_brand") }
}

endpoint! {
    /// Lists the categories of foods: `food_categories.get` version 2. Needs a premier plan.
    #[derive(Default)]
    pub struct GetFoodCategories: Public, Request::read("food_categories.get.v2");
    required {}
    optional {}
    localised { region, language, }
    reply(reply) -> Vec<FoodCategory> { reply.list("food_categories", "food_category") }
}

endpoint! {
    /// Lists the names of a category's parts: `food_sub_categories.get` version 2. Needs a premier
    /// plan.
    pub struct GetFoodSubCategories: Public, Request::read("food_sub_categories.get.v2");
    required {
        /// which category.
        food_category_id: FoodCategoryId,
    }
    optional {}
    localised { region, language, }
    reply(reply) -> Vec<String> { reply.list("food_sub_categories", "food_sub_category") }
}

endpoint! {
    /// Creates a food for this user: `food.create` version 2. Needs a premium plan.
    pub struct CreateFood: Delegated, Request::write("food.create.v2");
    required {
        /// what kind of brand it has.
        brand_type: BrandType,
        /// the brand.
        brand_name: String,
        /// the food's name, without the brand.
        food_name: String,
        /// the serving in words, such as "1 slice".
        serving_size: String,
        /// what that serving contains.
        nutrition: Nutrition,
    }
    optional {
        /// How much the serving is, in the unit of [`with_serving_unit`](Self::with_serving_unit).
        with_serving_amount(serving_amount: Amount),
        /// The unit of that amount; grams if left out.
        with_serving_unit(serving_amount_unit: MetricUnit),
        /// Energy that comes from fat, in kilocalories.
        with_calories_from_fat(calories_from_fat: Amount),
    }
    localised { region, language, }
    reply(reply) -> FoodId { reply.created("food_id") }
}
