//! Food in a sentence, food in a picture, and feedback.

// Public, each an offer of its own. The trap: these three have no method name and take a
// JSON body, which is not signed; `format=json` stays in the query, which is.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

use super::{
    amount::Amount,
    define::{Param, endpoint},
    endpoint::Request,
    foods::Food,
    ids::{Barcode, FoodId, ServingId},
    nutrition::Nutrition,
    wire::{FromJson, Json, answer, outcome::FieldError},
    words::ImageExtension,
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

endpoint! {
    /// Finds foods in a sentence: natural language processing, version 1.
    ///
    /// Refused with code 211 if there is no food in it, and with 109 if it is too long.
    pub struct AnalyzeText: Public,
        Request::json("natural.language.processing", "natural-language-processing/v1").repeatable();
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
    reply(reply) -> Vec<DetectedFood> { reply.items("food_response") }
}

impl AnalyzeText {
    /// Foods that the user has eaten before.
    pub fn with_eaten_foods(mut self, foods: impl IntoIterator<Item = EatenFood>) -> Self {
        self.eaten_foods = Some(EatenFoods(foods.into_iter().collect()));
        self
    }
}

endpoint! {
    /// Finds foods in a picture: image recognition, version 2.
    ///
    /// Refused with code 211 if there is no food in it.
    pub struct RecognizeImage: Public,
        Request::json("image.recognition.v2", "image-recognition/v2").repeatable();
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
    reply(reply) -> Vec<DetectedFood> { reply.items("food_response") }
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
#[derive(Clone, PartialEq)]
pub struct Picture(String);

impl Picture {
    /// Takes the bytes of the picture's file.
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

endpoint! {
    /// Tells FatSecret that a food is wrong or missing: feedback, version 1.
    pub struct SendFeedback: Public, Request::json("feedback", "feedback/v1");
    required {
        /// the product's barcode.
        barcode: Barcode,
        /// what is wrong.
        issue: Issue,
        /// the application's own id for this report.
        external_id: String,
    }
    optional {
        /// What else there is to say.
        with_notes(notes: String),
        /// The file type of the pictures that will be uploaded.
        with_images(image_file_extension: ImageExtension),
    }
    localised { region, language, }
    also { returned_food: ReturnedFood, }
    reply(reply) -> FeedbackReceipt { FeedbackReceipt::from_json(reply.json()) }
}

impl SendFeedback {
    /// The food and serving that FatSecret gave for the barcode.
    pub fn with_returned_food(mut self, food_id: FoodId, serving_id: ServingId) -> Self {
        self.returned_food = Some(ReturnedFood { food_id, serving_id });
        self
    }
}

/// What is wrong with a food.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Issue {
    /// Its name or its brand.
    WrongNameOrBrand,
    /// Its nutrients.
    WrongNutrition,
    /// A serving is missing.
    MissingServing,
    /// The barcode is not known.
    BarcodeNotFound,
    /// Something else, in words.
    Other(String),
}

impl Param for Issue {
    fn put(&self, _: &'static str, request: &mut Request) {
        let number: u32 = match self {
            Self::WrongNameOrBrand => 1,
            Self::WrongNutrition => 2,
            Self::MissingServing => 3,
            Self::BarcodeNotFound => 4,
            Self::Other(_) => 99,
        };
        number.put("issue_type_id", request);
        if let Self::Other(words) = self {
            words.put("issue_type", request);
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct ReturnedFood {
    food_id: FoodId,
    serving_id: ServingId,
}

impl Param for ReturnedFood {
    fn put(&self, name: &'static str, request: &mut Request) {
        let json = serde_json::json!({
            "food_id": self.food_id.get(),
            "serving_id": self.serving_id.get(),
        });
        request.put(name, json);
    }
}

/// What FatSecret answers to feedback: signed URLs for pictures, and the content type to use.
///
/// The names of its fields are not known, so it is kept as it came. `Debug` does not show it: who
/// has a signed URL can upload.
#[derive(Clone, PartialEq)]
pub struct FeedbackReceipt {
    json: String,
}

impl FeedbackReceipt {
    /// The answer, as JSON.
    #[must_use]
    pub fn as_json(&self) -> &str {
        &self.json
    }
}

impl fmt::Debug for FeedbackReceipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FeedbackReceipt").finish_non_exhaustive()
    }
}

impl FromJson for FeedbackReceipt {
    fn from_json(json: Json<'_>) -> Result<Self, FieldError> {
        Ok(Self { json: json.as_str().to_owned() })
    }
}
