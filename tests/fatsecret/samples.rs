//! Sample answers, and how they are decoded.

use std::fmt::Debug;

use crate::all::*;
use http::StatusCode;

/// Decodes a reply with status 200 and expects nothing unreadable in it.
#[track_caller]
pub(crate) fn decode<E: Endpoint>(endpoint: &E, body: &str) -> E::Output {
    let answer = endpoint.decode(StatusCode::OK, body.as_bytes()).unwrap();
    assert_eq!(answer.unreadable(), []);
    answer.into_inner()
}

#[track_caller]
pub(crate) fn refuse<E: Endpoint<Output: Debug>>(endpoint: &E, body: &str) -> ApiError {
    endpoint.decode(StatusCode::OK, body.as_bytes()).unwrap_err()
}

/// Compares the text too: digits and decimal places are kept.
#[track_caller]
pub(crate) fn same(amount: Amount, text: &str) {
    assert_eq!(amount.to_string(), text);
}

pub(crate) const TOAST: &str = r#"{"food_entry_id":"11","food_id":"22","food_entry_name":"Toast",
    "food_entry_description":"1 slice Toast","date_int":"20454","meal":"Breakfast",
    "serving_id":"33","number_of_units":"1.000","calories":"75","carbohydrate":"14.30",
    "protein":"2.60","fat":"1.00"}"#;

pub(crate) const SERVING: &str = r#"{"serving_id":"29131","serving_description":"1 slice",
    "serving_url":"http://foods.example/(1)%20slice","metric_serving_amount":"25.000",
    "metric_serving_unit":"g","number_of_units":"1.000","measurement_description":"slice",
    "is_default":"1","calories":"66","carbohydrate":"12.65","protein":"1.91","fat":"0.82",
    "saturated_fat":"0.179","sodium":"170","fiber":"0.6","vitamin_a":"0","iron":"0.94"}"#;

pub(crate) fn food(servings: &str) -> String {
    format!(
        r#"{{"food_id":"22","food_name":"Toast","brand_name":"Mill","food_type":"Brand",
        "food_url":"https://foods.example/toast",
        "food_sub_categories":{{"food_sub_category":["Bread","Toast"]}},
        "food_images":{{"food_image":[{{"image_url":"https://m.example/1.jpg","image_type":"Standard"}}]}},
        "food_attributes":{{"allergens":{{"allergen":[{{"id":"1","name":"Milk","value":"1"}},
            {{"id":2,"name":"Egg","value":-1}}]}},
            "preferences":{{"preference":{{"id":"3","name":"Vegan","value":"0"}}}}}},
        "servings":{{"serving":{servings}}}}}"#
    )
}

pub(crate) const RECIPE: &str = r#"{"recipe":{"recipe_id":"91","recipe_name":"Soup",
    "recipe_url":"https://r.example/soup","recipe_description":"Warm","number_of_servings":"4",
    "grams_per_portion":"250.123","preparation_time_min":"10","cooking_time_min":"20","rating":"5",
    "recipe_types":{"recipe_type":"Soup"},
    "recipe_categories":{"recipe_category":[{"recipe_category_name":"Winter","recipe_category_url":"https://r.example/w"}]},
    "recipe_images":{"recipe_image":["https://m.example/soup.jpg"]},
    "serving_sizes":{"serving":{"serving_size":"1 serving","calories":"120","carbohydrate":"20.5","protein":"4","fat":"2.1","sodium":"300"}},
    "ingredients":{"ingredient":[{"food_id":"22","food_name":"Toast","serving_id":"33","number_of_units":"2.000",
        "measurement_description":"slice","ingredient_url":"https://f.example/t","ingredient_description":"2 slices toast"}]},
    "directions":{"direction":{"direction_number":"1","direction_description":"Heat."}}}}"#;
