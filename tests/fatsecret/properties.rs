//! Anything at all in the place of what FatSecret answers: no panic, no wrong number, and no call that
//! fails for an optional field.

use crate::all::*;
use http::StatusCode;
use proptest::prelude::*;
use serde_json::Value;

const ENTRY: &str = r#"{"food_entry_id":"11","food_id":"22","food_entry_name":"Toast",
    "date_int":"20454","meal":"Breakfast","serving_id":"33","number_of_units":"1.000",
    "calories":"75","carbohydrate":"14.30","protein":"2.60","fat":"1.00","sodium":"140"}"#;

const FOOD: &str = r#"{"food":{"food_id":"22","food_name":"Toast","brand_name":"Mill",
    "food_sub_categories":{"food_sub_category":["Bread","Toast"]},
    "food_attributes":{"allergens":{"allergen":[{"id":"1","name":"Milk","value":"1"}]},
        "preferences":{"preference":{"id":"3","name":"Vegan","value":"0"}}},
    "servings":{"serving":[{"serving_id":"29131","serving_description":"1 slice",
        "metric_serving_amount":"25.000","metric_serving_unit":"g","number_of_units":"1.000",
        "is_default":"1","calories":"66","carbohydrate":"12.65","protein":"1.91","fat":"0.82",
        "iron":"0.94"}]}}}"#;

const RECIPE: &str = r#"{"recipe":{"recipe_id":"91","recipe_name":"Soup",
    "recipe_url":"https://r.example/soup","recipe_description":"Warm","number_of_servings":"4",
    "grams_per_portion":"250.123","preparation_time_min":"10","cooking_time_min":"20","rating":"5",
    "recipe_types":{"recipe_type":"Soup"},
    "recipe_categories":{"recipe_category":[{"recipe_category_name":"Winter","recipe_category_url":"https://r.example/w"}]},
    "recipe_images":{"recipe_image":["https://m.example/soup.jpg"]},
    "serving_sizes":{"serving":{"serving_size":"1 serving","calories":"120","carbohydrate":"20.5","protein":"4","fat":"2.1","sodium":"300"}},
    "ingredients":{"ingredient":[{"food_id":"22","food_name":"Toast","serving_id":"33","number_of_units":"2.000",
        "measurement_description":"slice","ingredient_url":"https://f.example/t","ingredient_description":"2 slices toast"}]},
    "directions":{"direction":{"direction_number":"1","direction_description":"Heat."}}}}"#;

/// What became of a body: the answer as JSON and the number of unreadable fields, or the error.
type Outcome = Result<(Value, usize), ApiError>;

/// A sample answer and the endpoint that reads it.
struct Sample {
    body: Value,
    decode: Decode,
}

type Decode = Box<dyn Fn(&[u8]) -> Outcome>;

fn sample<E>(endpoint: E, body: &str) -> Sample
where
    E: Endpoint<Output: serde::Serialize> + 'static,
{
    Sample {
        body: serde_json::from_str(body).unwrap(),
        decode: Box::new(move |body| {
            let answer = endpoint.decode(StatusCode::OK, body)?;
            let unreadable = answer.unreadable().len();
            Ok((serde_json::to_value(answer.into_inner()).unwrap(), unreadable))
        }),
    }
}

fn samples() -> Vec<Sample> {
    let entries = format!(r#"{{"food_entries":{{"food_entry":[{ENTRY}]}}}}"#);
    vec![
        sample(GetFoodEntries::new(), &entries),
        sample(GetFood::new(22.into()), FOOD),
        sample(GetRecipe::new(91.into()), RECIPE),
        sample(
            GetWeightsMonth::new(),
            r#"{"month":{"day":[{"date_int":"20455","weight_kg":"80.0000","weight_comment":"x"}],
                "from_date_int":"20454","to_date_int":"20484"}}"#,
        ),
        sample(
            GetFavoriteFoods::new(),
            r#"{"foods":{"food":[{"food_id":22,"food_name":"Toast","serving_id":33,
                "number_of_units":"1.00"}]}}"#,
        ),
        sample(
            GetSavedMeals::new(),
            r#"{"saved_meals":{"saved_meal":{"saved_meal_id":5,"saved_meal_name":"Usual",
                "meals":"Lunch,Other"}}}"#,
        ),
        sample(
            GetExerciseEntries::new(),
            r#"{"exercise_entries":{"exercise_entry":{"calories":"600","exercise_id":"1",
                "exercise_name":"Sleeping","is_template_value":"1","minutes":"480"}}}"#,
        ),
        sample(EditFoodEntry::new(11.into()), r#"{"success":{"value":"1"}}"#),
    ]
}

/// How many values there are in `json`, itself included.
fn count(json: &Value) -> usize {
    1 + match json {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(members) => members.values().map(count).sum(),
        _ => 0,
    }
}

/// Puts `other` in the place of the value with that number.
fn replace(json: &mut Value, place: &mut usize, other: &Value) {
    if *place == 0 {
        *json = other.clone();
        *place = usize::MAX;
        return;
    }
    *place -= 1;
    let inner: Box<dyn Iterator<Item = &mut Value>> = match json {
        Value::Array(items) => Box::new(items.iter_mut()),
        Value::Object(members) => Box::new(members.values_mut()),
        _ => return,
    };
    for value in inner {
        if *place == usize::MAX {
            return;
        }
        replace(value, place, other);
    }
}

/// All numbers in `json`, those written as text included.
fn numbers(json: &Value, out: &mut Vec<f64>) {
    match json {
        Value::Array(items) => items.iter().for_each(|item| numbers(item, out)),
        Value::Object(members) => members.values().for_each(|value| numbers(value, out)),
        Value::Number(number) => out.extend(number.as_f64()),
        Value::String(text) => out.extend(text.trim().parse::<f64>().ok()),
        _ => {}
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        (0..30_000_u32).prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        "-?[0-9]{0,12}(\\.[0-9]{0,8})?".prop_map(Into::into),
        ".{0,8}".prop_map(Into::into),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::vec(("value|food|[a-z_]{0,6}", inner), 0..4)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Any JSON in the place of any value of an answer: no panic, and no number in the answer that
    /// FatSecret did not send.
    #[test]
    fn anything_anywhere_never_gives_a_wrong_number(
        which in any::<prop::sample::Index>(),
        place in any::<prop::sample::Index>(),
        other in any_json(),
    ) {
        let samples = samples();
        let sample = &samples[which.index(samples.len())];
        let mut body = sample.body.clone();
        replace(&mut body, &mut place.index(count(&sample.body)), &other);
        if let Ok((answer, _)) = (sample.decode)(body.to_string().as_bytes()) {
            let (mut sent, mut read) = (Vec::new(), Vec::new());
            numbers(&body, &mut sent);
            numbers(&answer, &mut read);
            for number in read {
                prop_assert!(sent.contains(&number), "{number} from {body}");
            }
        }
    }

    /// Any JSON in an optional field leaves the call and the other fields as they are.
    #[test]
    fn anything_in_an_optional_field_leaves_the_rest(other in any_json()) {
        for (sample, path, field) in [
            (&samples()[0], "/food_entries/food_entry/0", "sodium"),
            (&samples()[1], "/food", "food_attributes"),
            (&samples()[1], "/food/servings/serving/0", "metric_serving_amount"),
            (&samples()[3], "/month/day/0", "weight_comment"),
        ] {
            let mut body = sample.body.clone();
            body.pointer_mut(path).unwrap()[field] = other.clone();
            let outcome = (sample.decode)(body.to_string().as_bytes());
            prop_assert!(outcome.is_ok(), "{:?} from {}", outcome.err(), body);
        }
    }

    /// Any bytes: an error, no panic, and a bounded one.
    #[test]
    fn any_bytes_are_taken(bytes in prop::collection::vec(any::<u8>(), 0..600), status in 100..600_u16) {
        let status = StatusCode::from_u16(status).unwrap();
        if let Err(error) = GetProfile::new().decode(status, &bytes) {
            prop_assert!(error.to_string().chars().count() < 2000);
        }
    }
}

#[test]
fn deep_and_large_replies_are_taken() {
    let deep = 100_000;
    let nested = format!(
        r#"{{"profile":{{"height_cm":"187.96","x":{}{}}}}}"#,
        "[".repeat(deep),
        "]".repeat(deep)
    );
    let decode = |body: &str| GetProfile::new().decode(StatusCode::OK, body.as_bytes());
    let profile = decode(&nested).unwrap();
    assert_eq!(profile.height_cm, "187.96".parse().ok());
    let error = decode(&"{\"profile\":".repeat(deep)).unwrap_err();
    assert!(matches!(
        error.kind(),
        ApiErrorKind::NotAnAnswer { looks_like: "JSON that is cut off", .. }
    ));
    assert!(format!("{error:?}").len() < 2000);

    let many = format!(r#"{{"food_entries":{{"food_entry":[{}]}}}}"#, vec![ENTRY; 4_000].join(","));
    let entries = GetFoodEntries::new().decode(StatusCode::OK, many.as_bytes()).unwrap();
    assert_eq!(entries.len(), 4_000);
}
