//! Foods: searching, reading, barcodes, brands, categories, and foods of the user's own.
//!
//! Every plan can search and read foods: [`SearchFoodsV1`] and [`GetFood`]. The rest needs an
//! entitlement or a plan; without it, FatSecret answers code 10.
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
//! use tripod::fatsecret::foods::{BrandType, DescriptionBasis, Food, FoodAttribute, FoodAttributes, FoodImage, FoodSummary, FoodType, GetFood, GetFoodBrands, SearchFoodsV1, SearchFoodsV5};
//!
//! // On any plan: a line of text about each food.
//! let search = SearchFoodsV1::new()
//!     .with_expression("bread")
//!     .with_description_basis(DescriptionBasis::Portion);
//! let found: Vec<FoodSummary> = fatsecret.execute(&search).await?.into_inner().items;
//! let bread: Food = fatsecret.food(found[0].id).await?.into_inner();
//! assert_eq!(bread.name, found[0].name);
//!
//! // On a premier plan: the foods with their servings, in one call.
//! let search = SearchFoodsV5::new().with_expression("bread").with_food_type(FoodType::Generic);
//! let page = fatsecret.execute(&search).await?;
//! assert!(page.items.iter().all(|food| food.brand_name.is_none() && !food.servings.is_empty()));
//!
//! // Pictures, and what a food contains:
//! let whole = GetFood::new(bread.id).with_images(true).with_attributes(true);
//! let bread = fatsecret.execute(&whole).await?;
//! let picture: Option<&FoodImage> = bread.images.first();
//! assert!(picture.is_some_and(|picture| picture.url.starts_with("https://")));
//! let has: &FoodAttributes = bread.attributes.as_ref().ok_or("FatSecret does not know")?;
//! let is_gluten = |allergen: &&FoodAttribute| allergen.name == "Gluten";
//! assert_eq!(has.allergens.iter().find(is_gluten).and_then(|gluten| gluten.value), Some(true));
//!
//! let brands = GetFoodBrands::new().with_starts_with("*").with_brand_type(BrandType::Supermarket);
//! assert_eq!(fatsecret.execute(&brands).await?.into_inner(), ["1st Choice"]);
//! # Ok(())
//! # }
//! ```

// Public, but for `food.create`. The trap: a serving of its own, "100 g", is derived, and has the id 0.

use super::{
    amount::Amount,
    ids::{FoodCategoryId, FoodId, ServingId},
    nutrition::Nutrition,
    wire::{FromJson, Json, answer, outcome::FieldError},
};

pub(super) mod create;
pub(super) mod lists;
pub(super) mod lookup;
pub(super) mod search;

pub use super::words::{BrandType, DescriptionBasis, FoodType, MetricUnit};
pub use create::CreateFood;
pub use lists::{AutocompleteFoods, GetFoodBrands, GetFoodCategories, GetFoodSubCategories};
pub use lookup::{FindFoodForBarcode, FindFoodIdForBarcode, GetFood};
pub use search::{SearchFoodsV1, SearchFoodsV5};

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
        #[serde(default)]
        pub sub_categories: Vec<String> =
            fields.optional_list("food_sub_categories", "food_sub_category"),
        /// Pictures, if they were asked for.
        #[serde(default)]
        pub images: Vec<FoodImage> = fields.optional_list("food_images", "food_image"),
        /// Allergens and preferences, if they were asked for.
        pub attributes: Option<FoodAttributes> = fields.optional("food_attributes"),
        /// Its servings.
        #[serde(default)]
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
        #[serde(default)]
        pub allergens: Vec<FoodAttribute> = fields.optional_list("allergens", "allergen"),
        /// Vegan, Vegetarian.
        #[serde(default)]
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
        /// 0, and cannot be logged.
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

impl Food {
    /// Returns the serving to begin with: the one that is marked as the default, or else the first.
    ///
    /// It never returns the derived "100 g" serving with the id 0, which cannot be logged. `None` if
    /// there is no other serving.
    #[must_use]
    pub fn default_serving(&self) -> Option<&Serving> {
        let can_be_logged = |serving: &&Serving| serving.id.get() != 0;
        let mut servings = self.servings.iter().filter(can_be_logged);
        let marked = servings.clone().find(|serving| serving.is_default == Some(true));
        marked.or_else(|| servings.next())
    }
}

impl Serving {
    /// Returns the number of diary units in this many servings: two servings of "100 g" are 200
    /// units, and two of "1 cup" are 2.
    ///
    /// # Examples
    ///
    /// ```
    /// use tripod::fatsecret::{Amount, foods::Serving};
    ///
    /// fn one_and_a_half(serving: &Serving) -> Result<Amount, tripod::fatsecret::ParseError> {
    ///     Ok(serving.units("1.5".parse::<Amount>()?))
    /// }
    /// ```
    #[must_use]
    pub fn units(&self, servings: impl Into<Amount>) -> Amount {
        self.number_of_units.unwrap_or(1.into()) * servings.into()
    }
}
