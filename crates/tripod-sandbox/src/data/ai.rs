//! Food in a sentence, food in a picture, and feedback: plain rules in place of cleverness.

// The trap: these have a path but no name, and take a JSON body, which is not signed.

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::data::{
    account::Account,
    catalogue::{digits, nothing_detected},
    decimal::Decimal,
    error::DataError,
    foods::food_node,
    node::Node,
    nutrients::nutrient_fields,
    params::{Params, missing, too_long},
    table::{Food, foods},
};

/// Longest sentence, in characters.
const SENTENCE: usize = 1000;
/// Longest picture, in characters of base64.
const PICTURE: usize = 999_982;
/// Foods that are looked for in a sentence.
const FOODS: usize = 20;
const EXTENSIONS: [&str; 4] = ["jpg", "jpeg", "png", "tiff"];

fn check_body(params: &Params) -> Result<(), DataError> {
    if params.is_json {
        return Ok(());
    }
    Err(DataError::new(22, "Invalid request: the body is no JSON object"))
}

/// Finds a food in each part between commas and "and".
pub(super) fn sentence(_: &mut Account, params: &Params) -> Result<Node, DataError> {
    check_body(params)?;
    let sentence = params.whole_text("user_input")?;
    if sentence.chars().count() > SENTENCE {
        return Err(too_long("user_input"));
    }
    let sentence = sentence.to_lowercase().replace(" and ", ",");
    let found = sentence.split(',').take(FOODS).filter_map(|part| {
        let number = part.split_whitespace().find_map(number).unwrap_or(Decimal::whole(1));
        Some((best_fit(part)?, number))
    });
    answer(found.collect(), params)
}

/// Sees a food in every picture, and the same in the same.
pub(super) fn picture(_: &mut Account, params: &Params) -> Result<Node, DataError> {
    check_body(params)?;
    let picture = params.whole_text("image_b64")?;
    if picture.len() > PICTURE {
        return Err(too_long("image_b64"));
    }
    let bytes = STANDARD.decode(picture).unwrap_or_default();
    let is_webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    if !bytes.starts_with(b"\xff\xd8\xff") && !bytes.starts_with(b"\x89PNG") && !is_webp {
        return Err(DataError::new(108, "Invalid type: image_b64"));
    }
    let sum: usize = bytes.iter().map(|byte| usize::from(*byte)).sum();
    let food = foods().get(sum % foods().len().max(1));
    answer(food.map(|food| (food, Decimal::whole(1))).into_iter().collect(), params)
}

fn number(word: &str) -> Option<Decimal> {
    let words = ["a", "two", "three", "four", "five"];
    let spelled = words.iter().zip(1..).find(|(spelled, _)| **spelled == word);
    let number = spelled.map(|(_, number)| Decimal::whole(number));
    number
        .or_else(|| Decimal::parse(word))
        .filter(|number| number.is_positive() && *number <= Decimal::whole(1000))
}

/// The food that has most words of its name in the text; the first of those.
fn best_fit(text: &str) -> Option<&'static Food> {
    let hits = |food: &Food| {
        let name = food.name.to_lowercase();
        let long = name.split(' ').filter(|word| word.len() > 3);
        long.filter(|word| text.contains(word.trim_end_matches("es").trim_end_matches('s'))).count()
    };
    let mut best = (0, None);
    for food in foods() {
        let hits = hits(food);
        if hits > best.0 {
            best = (hits, Some(food));
        }
    }
    best.1
}

fn answer(found: Vec<(&'static Food, Decimal)>, params: &Params) -> Result<Node, DataError> {
    if found.is_empty() {
        return Err(nothing_detected());
    }
    let with_food = params.flag("include_food_data")?;
    let found = found.into_iter().map(|(food, times)| {
        let mut fields =
            vec![("food_id", Node::number(food.id)), ("food_entry_name", Node::text(&*food.name))];
        if let Some(serving) = food.servings.first() {
            let (grams, metric) = serving.metric.unwrap_or((Decimal::default(), "g"));
            let units = serving.units.times(times, Decimal::whole(1));
            let nutrients = serving.nutrients.times(times, Decimal::whole(1));
            fields.push((
                "eaten",
                Node::Object(vec![
                    ("food_name_singular", Node::text(food.name.trim_end_matches('s'))),
                    ("food_name_plural", Node::text(&*food.name)),
                    ("singular_description", Node::text(&*serving.measurement)),
                    ("plural_description", Node::text(format!("{}s", serving.measurement))),
                    ("units", Node::Number(units.places(2))),
                    ("metric_description", Node::text(metric)),
                    (
                        "total_metric_amount",
                        Node::Number(grams.times(times, Decimal::whole(1)).places(3)),
                    ),
                    (
                        "per_unit_metric_amount",
                        Node::Number(grams.times(Decimal::whole(1), serving.units).places(3)),
                    ),
                    ("total_nutritional_content", Node::Object(nutrient_fields(&nutrients, 2))),
                ]),
            ));
            fields.push((
                "suggested_serving",
                Node::Object(vec![
                    ("serving_id", Node::number(serving.id)),
                    ("serving_description", Node::text(&*serving.description)),
                    ("custom_serving_description", Node::text(&*serving.measurement)),
                    ("metric_serving_description", Node::text(metric)),
                    ("metric_measure_amount", Node::Number(grams.places(3))),
                    ("number_of_units", Node::Number(units.places(3))),
                ]),
            ));
        }
        if with_food {
            fields.push(("food", food_node(food, params, u8::MAX)?));
        }
        Ok(Node::Object(fields))
    });
    Ok(Node::one("food_response", Node::List(found.collect::<Result<_, DataError>>()?)))
}

/// Takes feedback and throws it away. One page wants the barcode always, another one a food for the first
/// three issues and its serving for two of them: this wants all of it. Of the answer, only the content
/// type's name is known.
pub(super) fn feedback(_: &mut Account, params: &Params) -> Result<Node, DataError> {
    check_body(params)?;
    digits(params)?;
    match params.int("issue_type_id")? {
        1 => {
            params.id("returned_food.food_id")?;
        }
        2 | 3 => {
            params.id("returned_food.food_id")?;
            params.id("returned_food.serving_id")?;
        }
        4 => {}
        99 => {
            params.optional_text("issue_type")?.ok_or_else(|| missing("issue_type"))?;
        }
        _ => return Err(DataError::out_of_range("issue_type_id")),
    }
    params.text("external_id")?;
    params.optional_text("notes")?;
    let mut fields = vec![("feedback_id", Node::number(1))];
    if let Some(kind) = params.one_of("image_file_extension", &EXTENSIONS)? {
        let kind = EXTENSIONS.get(kind).copied().unwrap_or("jpg");
        for (name, side) in
            [("barcode", "barcode"), ("packaging", "package"), ("nutritionFacts", "label")]
        {
            let url = format!("https://uploads.fatsecret.example/1/{side}.{kind}?signature=none");
            fields.push((name, Node::text(url)));
        }
        let mime = if kind == "jpg" { "jpeg" } else { kind };
        fields.push(("contentTypeHeader", Node::text(format!("image/{mime}"))));
    }
    Ok(Node::one("feedback", Node::Object(fields)))
}
