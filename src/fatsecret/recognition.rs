//! Food in a sentence, and food in a picture.
//!
//! FatSecret sells both separately. Its pages say that they work with OAuth 1.0; no program was found
//! that does so.
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
//! use tripod::fatsecret::recognition::{AnalyzeText, DetectedFood, Eaten, EatenFood, SuggestedServing};
//!
//! let request = AnalyzeText::new("two slices of whole wheat bread")
//!     .with_eaten_foods([EatenFood::new(3017.into(), "Whole Wheat Bread")]);
//! let found: Vec<DetectedFood> = fatsecret.execute(&request).await?.into_inner();
//! assert_eq!(found[0].food_id, 3017.into());
//! let eaten: &Eaten = found[0].eaten.as_ref().ok_or("FatSecret does not say how much")?;
//! assert_eq!(eaten.units, Some(2.into()));
//! let serving: Option<&SuggestedServing> = found[0].suggested_serving.as_ref();
//! assert_eq!(serving.and_then(|serving| serving.id), Some(30171.into()));
//! # Ok(())
//! # }
//! ```

// Public. The trap: these have no method name and take a JSON body, which is not signed;
// `format=json` stays in the query, which is.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

use super::{
    amount::Amount,
    define::{Param, methods},
    endpoint::Request,
    foods::Food,
    ids::{FoodId, ServingId},
    nutrition::Nutrition,
    wire::answer,
};

answer! {
    /// A food that was found in a text or a picture.
    pub struct DetectedFood from fields {
        /// Which food. May be stored without a time limit.
        pub food_id: FoodId = fields.get("food_id")?,
        /// The name that a diary entry of it would have.
        pub entry_name: String = fields.get("food_entry_name")?,
        /// How much was eaten, as far as FatSecret can tell.
        pub eaten: Option<Eaten> = fields.optional("eaten"),
        /// The serving that fits best.
        pub suggested_serving: Option<SuggestedServing> = fields.optional("suggested_serving"),
        /// The food itself, if it was asked for.
        pub food: Option<Food> = fields.optional("food"),
    }
}

answer! {
    /// How much of a food was eaten.
    pub struct Eaten from fields {
        /// The food's name for one of it.
        pub name_singular: Option<String> = fields.optional("food_name_singular"),
        /// The food's name for several of it.
        pub name_plural: Option<String> = fields.optional("food_name_plural"),
        /// The unit's name for one of it, such as "slice".
        pub singular_description: Option<String> = fields.optional("singular_description"),
        /// The unit's name for several of it.
        pub plural_description: Option<String> = fields.optional("plural_description"),
        /// How many units.
        pub units: Option<Amount> = fields.optional("units"),
        /// The metric unit, such as `g`.
        pub metric_description: Option<String> = fields.optional("metric_description"),
        /// How much it is altogether, in the metric unit.
        pub total_metric_amount: Option<Amount> = fields.optional("total_metric_amount"),
        /// How much one unit is, in the metric unit.
        pub per_unit_metric_amount: Option<Amount> = fields.optional("per_unit_metric_amount"),
        /// What it contains altogether. None if FatSecret does not know the serving.
        pub nutrition: Option<Nutrition> = fields.optional("total_nutritional_content"),
    }
}

answer! {
    /// The serving of a food that fits what was eaten.
    pub struct SuggestedServing from fields {
        /// Which serving. May be stored without a time limit.
        pub id: Option<ServingId> = fields.optional("serving_id"),
        /// Such as "1 slice".
        pub description: Option<String> = fields.optional("serving_description"),
        /// The serving in the words of the text.
        pub custom_description: Option<String> = fields.optional("custom_serving_description"),
        /// The metric unit, such as `g`.
        pub metric_description: Option<String> = fields.optional("metric_serving_description"),
        /// How much the serving is, in the metric unit.
        pub metric_amount: Option<Amount> = fields.optional("metric_measure_amount"),
        /// How many of the serving's measurement units were eaten.
        pub number_of_units: Option<Amount> = fields.optional("number_of_units"),
    }
}

/// A food that the user has eaten before, which helps to tell what is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "an eaten food does nothing until it is sent"]
pub struct EatenFood {
    id: FoodId,
    name: String,
    others: Vec<(&'static str, String)>,
}

impl EatenFood {
    /// Names a food.
    pub fn new(id: FoodId, name: impl Into<String>) -> Self {
        Self { id, name: name.into(), others: Vec::new() }
    }

    /// The food's brand.
    pub fn with_brand(mut self, brand: impl Into<String>) -> Self {
        self.others.push(("food_brand", brand.into()));
        self
    }

    /// The serving in words.
    pub fn with_serving_description(mut self, description: impl Into<String>) -> Self {
        self.others.push(("serving_description", description.into()));
        self
    }

    /// The size of the serving.
    pub fn with_serving_size(mut self, size: impl Into<String>) -> Self {
        self.others.push(("serving_size", size.into()));
        self
    }
}

/// Foods that the user has eaten before.
#[derive(Clone, Debug, PartialEq)]
struct EatenFoods(Vec<EatenFood>);

impl Param for EatenFoods {
    fn put(&self, name: &'static str, request: &mut Request) {
        let foods = self.0.iter().map(|food| {
            let mut json = serde_json::Map::new();
            json.insert("food_id".into(), food.id.get().into());
            json.insert("food_name".into(), food.name.as_str().into());
            for (name, value) in &food.others {
                json.insert((*name).into(), value.as_str().into());
            }
            Value::Object(json)
        });
        request.put(name, Value::Array(foods.collect()));
    }
}

methods! {
    /// Food in a text or a picture. FatSecret sells both separately.
    impl FatSecret;

    /// Finds foods in a sentence: natural language processing, version 1.
    ///
    /// Refused with code 211 if there is no food in it, and with 109 if it is too long.
    pub struct AnalyzeText: Public -> Vec<DetectedFood>
        = json("natural.language.processing", 1, POST "natural-language-processing"; repeatable)
    {
        required {
            /// what the user has eaten, in words: at most 1000 characters.
            user_input: String,
        }
        optional {
            /// Whether to add the foods themselves.
            with_food_data(include_food_data: bool),
        }
        localised { region, language, }
        also { eaten_foods: EatenFoods, }
        reply(reply) { reply.items("food_response") }
    }
    calls {
        /// Finds foods in a sentence.
        analyze_text(text: impl Into<String>) = AnalyzeText::new(text);
    }

    /// Finds foods in a picture: image recognition, version 2.
    ///
    /// Refused with code 211 if there is no food in it.
    pub struct RecognizeImage: Public -> Vec<DetectedFood>
        = json("image.recognition", 2, POST "image-recognition"; repeatable)
    {
        required {
            /// the picture.
            image_b64: Picture,
        }
        optional {
            /// Whether to add the foods themselves.
            with_food_data(include_food_data: bool),
        }
        localised { region, language, }
        also { eaten_foods: EatenFoods, }
        reply(reply) { reply.items("food_response") }
    }
    calls {
        /// Finds foods in a picture.
        recognize_image(picture: Picture) = RecognizeImage::new(picture);
    }
}

impl AnalyzeText {
    /// Foods that the user has eaten before.
    pub fn with_eaten_foods(mut self, foods: impl IntoIterator<Item = EatenFood>) -> Self {
        self.eaten_foods = Some(EatenFoods(foods.into_iter().collect()));
        self
    }
}

impl RecognizeImage {
    /// Foods that the user has eaten before.
    pub fn with_eaten_foods(mut self, foods: impl IntoIterator<Item = EatenFood>) -> Self {
        self.eaten_foods = Some(EatenFoods(foods.into_iter().collect()));
        self
    }
}

/// A picture to send: JPEG, PNG or WebP.
///
/// At most about 1 MB, and 999,982 characters once it is base64 (749,986 bytes). 256 or 512 pixels
/// on each side are best.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let sandbox = tripod_sandbox::Sandbox::start().await?;
/// # let client = tripod::Client::new(sandbox.provider(), sandbox.consumer())?;
/// # let fatsecret = tripod::fatsecret::FatSecret::signed(client.signed());
/// # let jpeg = b"\xff\xd8\xff";
/// use tripod::fatsecret::recognition::{Picture, RecognizeImage};
///
/// // `jpeg` has the bytes of a file.
/// let request = RecognizeImage::new(Picture::new(jpeg)).with_food_data(true);
/// let found = fatsecret.execute(&request).await?;
/// assert!(found[0].food.is_some());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq)]
pub struct Picture(String);

impl Picture {
    /// Creates a picture from the bytes of its file.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        Self(STANDARD.encode(bytes))
    }
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Picture({} characters of base64)", self.0.len())
    }
}

impl Param for Picture {
    fn put(&self, name: &'static str, request: &mut Request) {
        self.0.put(name, request);
    }
}
