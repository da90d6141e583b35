use proptest::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

use super::*;
use crate::fatsecret::{
    Amount, Answer, Barcode, FoodId, Meal, Page, diary::*, exercise::*, foods::*, nutrition::*,
    profile::*, recipes::*, recognition::*, saved_meals::*, weight::*,
};

/// The answer of any seed is the same after a trip through JSON.
fn round_trips<T>(seed: u64) -> Result<(), TestCaseError>
where
    T: Blank + Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let value = Answer::from(T::fill(&mut Filler::random(seed)));
    let text = serde_json::to_string(&value).unwrap();
    let back: Answer<T> = serde_json::from_str(&text).unwrap();
    prop_assert_eq!(&back, &value, "{}", text);
    // By way of a tree, in which other readers keep JSON.
    let tree = serde_json::to_value(&value.value).unwrap();
    prop_assert_eq!(serde_json::from_value::<T>(tree).unwrap(), value.value);
    Ok(())
}

macro_rules! all_round_trip {
    ($($ty:ty),* $(,)?) => {
        proptest! {
            #[test]
            fn every_answer_round_trips(seed in any::<u64>()) {
                $( round_trips::<$ty>(seed)?; )*
            }
        }
    };
}

all_round_trip! {
    Amount, FoodId, Meal, String,
    Vec<FoodEntry>, Option<FoodEntry>, FoodEntriesMonth, FoodEntriesDay,
    Vec<Exercise>, Vec<ExerciseEntry>, ExerciseEntriesMonth, ExerciseDay,
    Page<FoodSummary>, Page<Food>, Food, FoodImage, FoodAttributes, FoodAttribute, Serving, FoodCategory,
    Nutrition, EntryNutrition, RecipeNutrition, Macros, DailyValue, UnsettledAmount,
    Profile, Page<RecipeSummary>, Recipe, RecipeCategory, RecipeServing, Ingredient, Direction,
    Vec<DetectedFood>, Eaten, SuggestedServing,
    Vec<SavedMeal>, Vec<SavedMealItem>, WeightsMonth, WeightDay,
}

#[test]
fn the_form_is_that_of_the_rust_fields() {
    let mut day: WeightDay = blank();
    day.weight_kg = "80.50".parse().unwrap();
    let text = serde_json::to_string(&day).unwrap();
    assert_eq!(text, r#"{"date":"1970-01-01","weight_kg":"80.50","comment":null}"#);

    let barcode: Barcode = "036000291452".parse().unwrap();
    assert_eq!(serde_json::to_string(&barcode).unwrap(), "\"0036000291452\"");
    assert_eq!(serde_json::from_str::<Barcode>("\"0036000291452\"").unwrap(), barcode);
    assert!(serde_json::from_str::<Barcode>("\"0036000291453\"").is_err());
}

#[test]
fn what_an_older_program_stored_has_the_newer_fields_empty() {
    let food: Food = serde_json::from_str(r#"{"id":1,"name":"Toast","other":[]}"#).unwrap();
    let mut expected: Food = blank();
    (expected.id, expected.name) = (1.into(), "Toast".into());
    assert_eq!(food, expected);
    assert!(serde_json::from_str::<Food>(r#"{"name":"Toast"}"#).is_err());
    let answer: Answer<u32> = serde_json::from_str(r#"{"value":5}"#).unwrap();
    assert_eq!((answer.value, answer.unreadable().len(), answer.omitted()), (5, 0, 0));
}

#[test]
fn an_amount_is_text_or_a_whole_number_and_never_a_float() {
    let read = |text: &str| serde_json::from_str::<Amount>(text);
    assert_eq!(read("\"14.30\"").unwrap().to_string(), "14.30");
    assert_eq!(read("-7").unwrap().to_string(), "-7");
    // The result of a calculation has more digits than what FatSecret sends.
    let long =
        Amount::from(i64::MAX) * Amount::from(i64::MAX) * "0.0001".parse::<Amount>().unwrap();
    assert_eq!(read(&format!("\"{long}\"")).unwrap(), long);
    for text in
        ["0.3", "\"\"", "\"-\"", "\"1.\"", "\".5\"", "\"1e3\"", "\"+1\"", "\"1,5\"", "true", "null"]
    {
        assert!(read(text).is_err(), "{text}");
    }
    assert!(read(&format!("\"0.{}1\"", "0".repeat(36))).is_err());
    assert!(read(&format!("\"{}\"", "9".repeat(40))).is_err());
}
